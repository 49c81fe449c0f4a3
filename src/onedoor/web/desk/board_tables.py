"""The tables of numbers of the board: the charts, the page and the workbook are made of the same ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from onedoor.cases.queries.figures import NONE
from onedoor.figures.queries.seeing import Named, Names, Open, Place, Seen, Tally, gathered
from onedoor.rules.figures import Period
from onedoor.rules.intake import CHANNELS
from onedoor.rules.seeing import AGES, ENDINGS, LIGHTS, WEEKDAYS, age_name, by_months, level_name, registered_for

COUNTS = ("登记", "已办结")
LIGHT_NAMES = {"red": "红灯（超期、紧急）", "yellow": "黄灯（将到期）", "green": "绿灯（正常）", "none": "不计时"}
MOST_LISTED = 200  # rows of a table on the page

# What a list is asked for: the condition, and what narrows it.
Address = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and the list of exactly its matters."""

    count: int
    list: str


@dataclass(frozen=True, slots=True)
class Row:
    """`key` is what the chart knows it by; `board` leads to the same board one level down."""

    key: str
    name: str
    cells: tuple[Cell, ...]
    board: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    code: str
    title: str
    first: str  # what the rows are
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def listed(self) -> tuple[Row, ...]:
        return self.rows[:MOST_LISTED]

    @property
    def unlisted(self) -> int:
        return len(self.rows) - len(self.listed)


def _pair(address: Address, tally: Tally, more: Mapping[str, str]) -> tuple[Cell, ...]:
    return (
        Cell(tally.count, address("registered", more)),
        Cell(tally.settled, address("registered.settled", more)),
    )


def days_of(seen: Seen, chosen: Period, address: Address) -> Table:
    """Every day of the period, or every month of a long one; those without a matter too."""
    if by_months(chosen):
        found: dict[date, Tally] = {}
        first = chosen.since.replace(day=1)
        while first <= chosen.until:
            found[first] = Tally(0, 0)
            first = (first + timedelta(days=32)).replace(day=1)
        for day, tally in seen.days.items():
            before = found[day.replace(day=1)]
            found[day.replace(day=1)] = Tally(before.count + tally.count, before.settled + tally.settled)
        rows = []
        for month, tally in found.items():
            span = chosen.month_of(month)
            rows.append(Row(f"{month:%Y-%m}", f"{month.year}年{month.month}月", _pair(address, tally, _span(span))))
        return Table("days", "逐月趋势", "月份", COUNTS, tuple(rows))
    days = [chosen.since + timedelta(days=number) for number in range((chosen.until - chosen.since).days + 1)]
    return Table(
        "days", "逐日趋势", "日期", COUNTS,
        tuple(
            Row(
                day.isoformat(), f"{day.month}月{day.day}日",
                _pair(address, seen.days.get(day, Tally(0, 0)), _span(Period("", day, day))),
            )
            for day in days
        ),
    )  # fmt: skip


def _span(span: Period) -> dict[str, str]:
    return {"since": span.since.isoformat(), "until": span.until.isoformat()}


def categories_of(seen: Seen, names: Names, address: Address) -> Table:
    found = gathered((names.categories.get(key), tally) for key, tally in seen.categories.items())
    rows = [
        Row(name.code, name.name, _pair(address, tally, {"category": name.code}))
        for name, tally in _most(found)
        if name
    ]
    return Table("categories", "类别", "类别", COUNTS, tuple(rows))


def kinds_of(seen: Seen, names: Names, address: Address) -> Table:
    """The categories themselves, without those below them."""
    found = gathered((names.kinds.get(key), tally) for key, tally in seen.categories.items())
    rows = [
        Row(name.code, name.name, _pair(address, tally, {"category": name.code, "exact": "1"}))
        for name, tally in _most(found)
        if name
    ]
    return Table("kinds", "细类", "细类", COUNTS, tuple(rows))


def divisions_of(seen: Seen, names: Names, place: Place, address: Address, board: Address) -> Table:
    """Every child of the place, and what stands at the place itself."""
    found: dict[Named | None, Tally] = {name: Tally(0, 0) for name in place.children}
    found |= gathered((names.divisions.get(key), tally) for key, tally in seen.divisions.items())
    rows = [
        Row(name.code, name.name, _pair(address, tally, {"place": name.code}), board(name.code))
        if name
        else Row(NONE, f"{place.name}本级", _pair(address, tally, {"place": place.code, "alone": "1"}))
        for name, tally in _most(found)
    ]
    return Table("divisions", "区域", "区域", COUNTS, tuple(rows))


def grids_of(counts: Mapping[int, Tally], labels: Iterable[tuple[int, str, str]], address: Address) -> Table:
    """Grids with matters of their own; `labels`: id, code and name of each that is drawn."""
    found = [(Named(code, name), counts[key]) for key, code, name in labels if key in counts]
    rows = [
        Row(name.code, name.name, _pair(address, tally, {"place": name.code, "alone": "1"}))
        for name, tally in sorted(found, key=lambda one: (-one[1].count, one[0].code))
    ]
    return Table("grids", "网格", "网格", COUNTS, tuple(rows))


def units_of(seen: Seen, names: Names, address: Address) -> Table:
    found = gathered((names.units.get(key), tally) for key, tally in seen.units.items())
    rows = [
        Row(
            name.code if name else NONE,
            name.name if name else "尚未交办",
            _pair(address, tally, {"lead": name.code if name else NONE}),
        )
        for name, tally in _most(found)
    ]
    return Table("units", "主办单位", "单位", COUNTS, tuple(rows))


def channels_of(seen: Seen, address: Address) -> Table:
    found: dict[str, Tally] = {}
    for (channel, _), tally in seen.flow.items():
        before = found.get(channel, Tally(0, 0))
        found[channel] = Tally(before.count + tally.count, before.settled + tally.settled)
    rows = [
        Row(channel, CHANNELS[channel], _pair(address, tally, {"channel": channel}))
        for channel, tally in sorted(found.items(), key=lambda one: (-one[1].count, one[0]))
    ]
    return Table("channels", "渠道", "渠道", COUNTS, tuple(rows))


def levels_of(seen: Seen, address: Address) -> Table:
    rows = [
        Row(str(level), level_name(level), _pair(address, tally, {"level": str(level)}))
        for level, tally in sorted(seen.levels.items())
    ]
    return Table("levels", "现在由哪一级中心办理", "层级", COUNTS, tuple(rows), "从上往下数，第一级是最上面的中心。")


def flow_of(seen: Seen, address: Address) -> Table:
    """From each channel to each ending."""
    channels = [channel for channel in CHANNELS if any(one == channel for one, _ in seen.flow)]
    endings = [ending for ending in ENDINGS if any(one == ending for _, one in seen.flow)]
    rows = [
        Row(
            channel,
            CHANNELS[channel],
            tuple(
                Cell(
                    seen.flow.get((channel, ending), Tally(0, 0)).count,
                    address("registered", {"channel": channel, "ending": ending}),
                )
                for ending in endings
            ),
        )
        for channel in channels
    ]
    return Table("flow", "从渠道到去向", "渠道", tuple(ENDINGS[ending] for ending in endings), tuple(rows))


def hours_of(seen: Seen, address: Address) -> Table:
    """By the hour and the day of the week of registration; the hours from the first to the last with a matter."""
    hours = [hour for _, hour in seen.hours] or [0]
    rows = [
        Row(
            str(hour),
            f"{hour}时",
            tuple(
                Cell(
                    seen.hours.get((weekday, hour), Tally(0, 0)).count,
                    address("registered", {"weekday": str(weekday), "hour": str(hour)}),
                )
                for weekday in WEEKDAYS
            ),
        )
        for hour in range(min(hours), max(hours) + 1)
    ]
    return Table("hours", "登记的时段与星期", "时段", tuple(WEEKDAYS.values()), tuple(rows), "按登记时间，当地时区。")


def ages_of(still: Open, today: date, address: Address) -> Table:
    """Open matters by age, and each age by light."""
    rows = []
    for number, (first, last) in enumerate(AGES):
        since, until = registered_for(today, first, last)
        span = {"since": since.isoformat() if since else "", "until": until.isoformat()}
        cells = [Cell(still.of_age(number), address("open", span))]
        for light in LIGHTS:
            cells.append(Cell(still.by.get((number, light), 0), address("open", {**span, "light": light})))
        rows.append(Row(str(number), age_name(first, last), tuple(cells)))
    columns = ("合计", *LIGHT_NAMES.values())
    return Table("ages", "没有办结的事项，登记后过了多久", "天数", columns, tuple(rows), "截至现在，与所选时段无关。")


def lights_of(still: Open, address: Address) -> Sequence[tuple[str, str, Cell]]:
    """The light board: code, name and number of each."""
    everything: dict[str, str] = {"since": "", "until": ""}
    return [
        (light, LIGHT_NAMES[light], Cell(still.of_light(light), address("open", {**everything, "light": light})))
        for light in LIGHTS
    ]


def _most(found: Mapping[Named | None, Tally]) -> list[tuple[Named | None, Tally]]:
    return sorted(found.items(), key=lambda one: (-one[1].count, one[0].code if one[0] else ""))
