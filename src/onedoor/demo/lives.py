"""When everything happens: the lives of the plan, laid out on the hours of work before now."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from onedoor.demo.cast import COUNTY_DESK, DESKS, GRID_WORKER, SUPERVISOR, Desk
from onedoor.demo.county import DIVISIONS, TOWNS
from onedoor.demo.gaming import planted
from onedoor.demo.grids import spot
from onedoor.demo.matters import ACCUSATION, DISPUTE, ELSEWHERE, HOTLINE, ORDINARY, TEXTS, Matter, Place, compose
from onedoor.demo.plan import AGE, AT_COUNTY, AT_TOWN, EVEN, FROM_GRID, LATE, MERGED, PLAN, SHARE, Line
from onedoor.demo.story import LIMITS, Step, Story, between
from onedoor.demo.text import TOWN, Text
from onedoor.demo.texts import phrases
from onedoor.demo.worktime import DAY, WorkTime
from onedoor.people.demo_county import DIVISIONS as FIRST_DIVISIONS
from onedoor.people.demo_county import GRID, GRID_VILLAGE

DAYS = 108  # five months of working days
_VILLAGES = tuple(
    Place(code, name) for code, name, _ in sorted({*FIRST_DIVISIONS, *DIVISIONS}) if len(code) == len(GRID_VILLAGE)
)
_TOWN_OF_UNIT = {f"gov-{word}": code for code, word, _, _ in TOWNS}
# who is accused, and where; the text about a village's funds and the one about the township's staff in turn
_ACCUSED = (
    Place("990101100201", "禾丰塘村", "禾丰塘村村民委员会"),
    Place("990101100202", "柳岸头村", "清禾镇人民政府"),
    Place("990101100202", "柳岸头村", "柳岸头村村民委员会"),
    Place("990101102201", "红枫渡头村", "枫渡口镇人民政府"),
)


@dataclass(frozen=True, slots=True)
class Life:
    """One matter from its registration on. `moves`: each with its second on the working-time line; `into`: the
    place in the list of the life that it is merged into."""

    matter: Matter
    registrar: str
    at: int
    moves: tuple[tuple[int, Step], ...]
    into: int | None = None


class _Choice:
    """Takes texts and villages in turn, so that all of them occur, and no text much oftener than another."""

    def __init__(self) -> None:
        self._places = count(7)
        self._accused = count()
        self._used: Counter[str] = Counter()  # by narrative

    def text(self, line: Line, track: str, unit: str) -> Text:
        at_town = unit in _TOWN_OF_UNIT or (line.where != AT_COUNTY and not unit)
        wanted = TOWN if at_town else unit
        found = [
            text
            for text in (ELSEWHERE[line.pool] if line.pool else TEXTS[track])
            if wanted in ("", text.unit)
            and not (line.pool and text.category.startswith("dispute") != (track == DISPUTE))
            and not (line.co and not text.co)
            and not (line.calm and text.hurt)
        ]
        rarest = min(found, key=lambda text: self._used[text.narrative])
        self._used[rarest.narrative] += 1
        return rarest

    def place(self, line: Line, track: str, unit: str) -> Place:
        if track == ACCUSATION:
            return _ACCUSED[next(self._accused) % len(_ACCUSED)]
        if line.where == FROM_GRID:
            return next(place for place in _VILLAGES if place.code == GRID_VILLAGE)
        turn = next(self._places) * 29
        town = _TOWN_OF_UNIT.get(unit, "")
        found = [place for place in _VILLAGES if place.code.startswith(town)]
        return found[turn % len(found)]


def lives(work: WorkTime) -> list[Life]:
    """All lives of the plan; the same for the same moment. Nothing in them lies at or after `work.end`."""
    choice, number = _Choice(), count(1)
    found = [_life(line, place, next(number), choice, work) for line in PLAN for place in range(line.count)]
    again = next(number)
    # the planted and the late ones at the end: places in the list stay what they are without them
    number = count(again + MERGED)
    late = [_life(line, place, next(number), choice, work) for line in LATE for place in range(line.count)]
    return [*found, *_merged(found, again, work), *_planted(work), *late]


def _planted(work: WorkTime) -> Iterator[Life]:
    for one in planted(work):
        yield Life(one.matter, one.registrar, one.at, tuple(_moves(one.story.steps, one.at, 1)))


def _life(line: Line, place: int, number: int, choice: _Choice, work: WorkTime) -> Life:
    track = line.tracks[place % len(line.tracks)]
    unit = line.units[place % len(line.units)] if line.units else ""
    text, where = choice.text(line, track, unit), choice.place(line, track, unit)
    anonymous = not line.named and number % 4 == 1 and track in (HOTLINE, ORDINARY)
    desk, registrar = _desk(line, where)
    if track == ACCUSATION:
        registrar = SUPERVISOR
    # who does what, and how long it takes, does not depend on the day; what is typed names it
    told = Story(number, compose(number, text, track, where, work.at(0), anonymous=anonymous), desk, registrar)
    line.shape(told)
    start, moves = _laid_out(line, place, told, work.end)
    matter = compose(number, text, track, where, work.at(start), anonymous=anonymous)
    if line.where == FROM_GRID:
        matter.raw["channel"] = "grid"
    if matter.raw["channel"] == "grid" and (
        there := spot(where.code, number, GRID if line.where == FROM_GRID else "")
    ):
        matter.raw["division"], (matter.raw["lon"], matter.raw["lat"]) = there
    return Life(matter, told.registrar, start, tuple(moves))


def _desk(line: Line, where: Place) -> tuple[Desk, str]:
    """The centre that takes it down, and who does if it is nobody of the desk."""
    if line.where == FROM_GRID:
        return DESKS[GRID_VILLAGE], GRID_WORKER
    return (DESKS[where.code[:9]] if line.where == AT_TOWN else COUNTY_DESK), ""


def _laid_out(line: Line, place: int, told: Story, end: int) -> tuple[int, Iterator[tuple[int, Step]]]:
    """The second of registration, and of each move."""
    total = sum(step.gap for step in told.steps)
    if line.when == EVEN:
        room = end - total - DAY
        assert room > 0, "a life longer than the five months"
        # the centre is better known from month to month
        share = ((place + 0.5) / line.count) ** 0.8
        start = int(room * share) + between(-DAY // 2, DAY // 2, told.number)
        return max(start, 0), _moves(told.steps, max(start, 0), 1)
    days = line.days[place % len(line.days)] * (between(90, 110, told.number, "age") / 100)
    if line.when == SHARE:
        days *= LIMITS[told.track]
    age = max(int(days * DAY), 300)
    if line.when in (AGE, SHARE):
        # what has been done must have been done in the time there was
        pace = min(1, age * 0.9 / total) if total else 1
    else:
        age, pace = age + total, 1
    start = max(end - 1 - age, 0)
    return start, _moves(told.steps, start, pace)


def _moves(steps: Sequence[Step], start: int, pace: float) -> Iterator[tuple[int, Step]]:
    at = float(start)
    for step in steps:
        at += step.gap * pace
        yield int(at), step


def _merged(found: Sequence[Life], number: int, work: WorkTime) -> Iterator[Life]:
    """The same person calls again while the matter is being handled: entered anew, found, merged."""
    targets = [
        (place, life, begins, ends)
        for place, life in enumerate(found)
        if life.registrar in COUNTY_DESK.clerks
        and not (life.matter.raw["anonymous"] or life.matter.raw["confidential"] or life.matter.raw["purpose"])
        and not any(step.move in ("restrict", "send_down", "settle_on_spot") for _, step in life.moves)
        for (begins, _), (ends, step) in zip(life.moves, life.moves[1:], strict=False)
        if step.move == "report_progress" and ends - begins > 2 * DAY
    ]
    for more in range(MERGED):
        place, life, begins, ends = targets[more * len(targets) // MERGED]
        start = begins + (ends - begins) // 3
        clerk = COUNTY_DESK.clerks[more % len(COUNTY_DESK.clerks)]
        raw = {
            **life.matter.raw,
            "channel": "hotline",
            "narrative": phrases.AGAIN.format(title=life.matter.raw["title"]),
            "external_numbers": [{"system": "12345", "number": f"RX{work.at(start):%Y%m%d}{number + more:05d}"}],
        }
        step = Step(900, "merge", clerk, {"reason": phrases.MERGED})
        yield Life(replace(life.matter, raw=raw), clerk, start, ((start + 900, step),), into=place)
