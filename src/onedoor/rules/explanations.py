"""Saying in words how a clock was counted, for the people on both sides of the desk."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby

from onedoor.rules.access import ROLE_NAMES
from onedoor.rules.deadlines import EXACT, ONE_DAY, Calendar, due, last_day, reckon, rolls
from onedoor.rules.intake import PARTS
from onedoor.rules.mediation_flow import ALL_MOVES
from onedoor.rules.schemes import (
    APPLICATION,
    BINDS,
    CLOCK_NAMES,
    CONSEQUENCES,
    HANDLE_STARTS,
    LEVELS,
    PAUSE_NAMES,
    RUNG_TELLS,
    UNIT_NAMES,
    Extension,
    Period,
    Rung,
    Scheme,
    SchemeItem,
    Threshold,
    Unit,
)

_WEEKDAYS = "一二三四五六日"


def explain(
    scheme: Scheme,
    kind: str,
    started_at: datetime,
    *,
    calendar: Calendar,
    zone: tzinfo,
    extended: int = 0,
    given_back: timedelta = timedelta(0),
) -> list[str]:
    """How the due instant comes about, in Chinese sentences for the people on both sides of the desk.

    `extended` and `given_back` are those of the running clock, if there is one. Empty if the scheme has no such limit.
    """
    item = scheme.items.get(kind)
    if item is None:
        return []
    roll = rolls(item)
    amount = f"{item.amount}{UNIT_NAMES[item.unit]}"
    lines = [f"“{CLOCK_NAMES[kind]}”期限{amount}，方案：{scheme.name}（第{scheme.version}版），依据：{item.basis}。"]
    if item.local:
        lines.append("本项属地方规定或尚待核实，以部署方确认为准。")
    first = end = reckon(item, started_at, calendar=calendar, zone=zone).due_at
    lines += _counted(started_at, item.amount, item.unit, roll, end, calendar, zone)
    if extended and item.extension is not None:
        unit = item.extension.unit
        before, end = end, due(end, extended, unit, calendar=calendar, zone=zone, roll=roll)
        basis = item.extension.basis
        lines.append(f"经批准延长{extended}{UNIT_NAMES[unit]}，自原到期日接续计算，依据：{basis}。")
        lines += _counted(before, extended, unit, roll, end, calendar, zone)
    # by a pause, or kept when a day off was withdrawn (`steps/recompute.py`): the sum does not tell which
    if given_back:
        why = "因暂停计时（或工作日历变化后保留原到期日）"
        lines.append(f"{why}共退还{_back(item, given_back)}，到期时间由{moment(end, zone)}顺延。")
    times = reckon(item, started_at, calendar=calendar, zone=zone, extended=extended, given_back=given_back)
    lines.append(f"到期时间：{moment(times.due_at, zone)}。")
    moved = "，随到期时间顺延" if times.due_at != first else ""
    lines.append(f"预警时间：{moment(times.warn_at, zone)}（{threshold_words(item.warn)}{moved}）。")
    if item.red is not None and times.red_at is not None:
        lines.append(f"亮红灯时间：{moment(times.red_at, zone)}（{threshold_words(item.red)}{moved}）。")
    if item.consequence != "supervise":
        lines.append(f"{CONSEQUENCES[item.consequence]}。")
    return lines


def threshold_words(threshold: Threshold) -> str:
    """When a light turns, in words."""
    if threshold.after is not None:
        return f"自起算满{threshold.after}"
    if threshold.left is not None:
        return f"距到期{threshold.left}"
    return f"用去{threshold.share * 100:g}%的时间"


def amount_words(item: SchemeItem) -> str:
    return str(Period(item.amount, item.unit)) if item.amount else "当日"


def limit_words(item: SchemeItem) -> str:
    """All that a limit says besides how long it is and where it comes from."""
    warn = f"{threshold_words(item.warn)}变黄"
    if item.red is not None:
        warn += f"，{threshold_words(item.red)}变红"
    lines = [
        f"{BINDS[item.binds]}遵守，{warn}，{'遇休息日顺延' if item.roll else '遇休息日不顺延'}。",
        _course_words(item),
        f"{item.follows}。" if item.follows else "",
        # a right of the parties runs on whatever happens here
        _pause_words(item.pauses) if item.counts and item.watch else "",
        _extension_words(item.extension) if item.extension is not None else "",
    ]
    return "".join(lines)


def _course_words(item: SchemeItem) -> str:
    said = "" if item.watch else "平台不计时。"
    if item.starts:
        until = f"，到{_moves(item.stops)}为止" if item.stops else ""
        said += f"自{_moves(item.starts)}起算{until}。"
    return said


def _moves(names: Iterable[str]) -> str:
    return "或".join(
        f"“{HANDLE_STARTS[APPLICATION] if name == APPLICATION else ALL_MOVES[name].label}”" for name in names
    )


def _pause_words(pauses: Iterable[str]) -> str:
    names = "、".join(PAUSE_NAMES[one] for one in pauses)
    return f"{names}的时间不计入。" if names else "任何暂停的时间都计入。"


def _extension_words(extension: Extension) -> str:
    return (
        f"可以延期一次，最多{Period(extension.most, extension.unit)}，由{ROLE_NAMES[extension.by]}审批，"
        f"{'须当事人同意，' if extension.consent else ''}告知{'、'.join(PARTS[one] for one in extension.told)}"
        f"（{extension.basis}{'；待核' if extension.local else ''}）。"
    )


def rung_words(rung: Rung) -> str:
    """One step of the ladder: when, what, who hears."""
    after = f"超期满{rung.after}" if rung.after.amount else "超期后立即"
    if rung.on == "warn":
        after = "变黄灯时"
    return f"{after}：{LEVELS[rung.level]}督办，告知{RUNG_TELLS[rung.tell]}"


def _back(item: SchemeItem, given_back: timedelta) -> str:
    if item.unit in EXACT:
        return _span(given_back)
    return f"{given_back // ONE_DAY}{'个工作日' if item.unit is Unit.WORKING_DAYS else '天'}"


def _span(time: timedelta) -> str:
    days, rest = divmod(time, ONE_DAY)
    hours, rest = divmod(rest, timedelta(hours=1))
    parts = (f"{days}天" if days else "", f"{hours}小时" if hours else "")
    return "".join(parts) or f"{max(1, rest // timedelta(minutes=1))}分钟"


def _counted(
    start: datetime, amount: int, unit: Unit, roll: bool, end: datetime, calendar: Calendar, zone: tzinfo
) -> Iterator[str]:
    """Which days count between two instants, which do not, and where the last one lies."""
    if unit in EXACT:
        yield f"自{moment(start, zone)}起连续计算，休息日计入。"
        return
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    if not amount:
        yield f"须在起算当日（{_day(first, calendar)}）办结。"
        return
    nominal = last_day(first, amount, unit, calendar)
    yield f"{_day(first, calendar)}当日不计入，从次日起算。"
    days = [first + number * ONE_DAY for number in range(1, (last - first).days + 1)]
    if unit is Unit.WORKING_DAYS:
        rest = [day for day in days if not calendar.is_working_day(day)]
        made_up = [day for day in days if day.weekday() >= 5 and calendar.is_working_day(day)]
        yield f"只计工作日，第{amount}个工作日为{_day(last, calendar)}。"
        if rest:
            yield f"不计入休息日{len(rest)}天：{_spans(rest, calendar)}。"
        if made_up:
            yield f"计入调休上班日{len(made_up)}天：{'、'.join(_day(day, calendar) for day in made_up)}。"
    else:
        yield f"连续计算，休息日计入，最后一日为{_day(nominal, calendar)}。"
        if last != nominal:
            yield f"最后一日是休息日，顺延至{_day(last, calendar)}（参照民事诉讼法第八十五条）。"
        elif calendar.is_working_day(nominal):
            yield "最后一日是工作日，不需顺延。"
        else:
            yield "最后一日是休息日，但本期限不顺延。"
    expected = sorted({day.year for day in days if calendar.is_expected(day)})
    if expected:
        years = "、".join(f"{year}年" for year in expected)
        yield f"{years}没有已公布的放假安排，暂按周末和固定日期的节日预计，公布后可能变化。"


def _spans(days: list[date], calendar: Calendar) -> str:
    """Days in a row of the same name, each row once: 国庆节10月1日至10月8日."""

    def row(place: tuple[int, date]) -> tuple[int, str]:
        return place[1].toordinal() - place[0], calendar.name_of(place[1])

    spans = []
    for (_, name), places in groupby(enumerate(days), row):
        group = [day for _, day in places]
        dates = f"{group[0].month}月{group[0].day}日"
        if len(group) > 1:
            dates += f"至{group[-1].month}月{group[-1].day}日"
        spans.append(f"{name or '周末'}{dates}")
    return "、".join(spans)


def _day(day: date, calendar: Calendar) -> str:
    notes = [f"周{_WEEKDAYS[day.weekday()]}"]
    name, working = calendar.name_of(day), calendar.is_working_day(day)
    if name:
        notes.append(f"{name}调休上班" if working else name)
    if calendar.is_expected(day):
        notes.append("预计")
    return f"{day.year}年{day.month}月{day.day}日（{'，'.join(notes)}）"


def moment(at: datetime, zone: tzinfo) -> str:
    """2026年3月2日09:00:00 in that zone."""
    local = at.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M:%S}"
