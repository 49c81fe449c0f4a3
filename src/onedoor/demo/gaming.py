"""Tricks planted in the honest county, so that the look for them can be tried: a handful of each, in one table.

A planted matter says so: its external number is of the platform 演示植入. Nothing reads that but tests and the demo's
own call-backs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import ceil

from onedoor.demo.cast import COUNTY_DESK, SUPERVISOR, handler_of
from onedoor.demo.matters import ORDINARY, Matter, Place, compose
from onedoor.demo.story import Story
from onedoor.demo.text import Text
from onedoor.demo.texts import phrases, services
from onedoor.demo.worktime import DAY, MORNING, WorkTime

SYSTEM = "演示植入"
FIRST = 3000  # their people are nobody else's
_INCIDENTS = services.INCIDENTS
_PLACE = Place("990101101201", "石桥湾村")
_OTHER_PLACE = Place("990101200201", "云脚坳村")
HOUR, _SOON = 3600, 1200  # seconds

PROMISES = (
    "您反映的问题已转交相关股室，下一步将尽快安排人员处理。",
    "此事已列入明年维修计划，待资金到位后实施，请您耐心等待。",
)
SHORT = ("已处理。", "已办结，请知悉。", "情况属实，已解决。", "该问题已处理完毕，感谢您的反映。")
COPIED = (
    "接到群众反映后，我局高度重视，执法人员第一时间到达现场核查取证，依照有关法规对当事人进行了批评教育，当事人表示今后"
    "一定注意，我局同时加强了日常巡查。"
)
ELSEWHERE = (
    "经核对工资台账，用人单位已补发三个月劳动报酬并补缴社会保险，双方当面签收。",
    "双方确认抚养费每月八百元，自本月起按月转入指定账户，探望时间另行约定。",
    "考生档案已补录完毕，录取资格得到确认，报到通知书同日寄出。",
)
_Told = Callable[[Story, int], None]


@dataclass(frozen=True, slots=True)
class Plant:
    """So many matters of one trick, told by `tell`. `text`: index of the first one's text among the incidents, the
    next ones take the next (`same`: all the same, which is the trick itself); `ago`: working days before now at which
    the first was registered, and `apart` between them; `unit`: who handles it, if not the text's own."""

    kind: str
    count: int
    tell: _Told
    ago: float
    apart: float = 1.7
    text: int = 0
    same: bool = False
    unit: str = ""
    clerk: str = ""
    place: Place = _PLACE


def _closed(s: Story, answer: str = "", *, pace: float = 1.0) -> None:
    """Handled within its limit and closed; with another answer than the honest one, if one is given."""
    s.span = int(5 * DAY * pace)
    s.to_handling()
    s.do("conclude", s.handler, 2 * HOUR, outcome="put_right", answer=answer or s.matter.answer)
    s.close()


def _promise(s: Story, n: int) -> None:
    _closed(s, PROMISES[n % len(PROMISES)])


def _unseen(s: Story, n: int) -> None:
    """Signed, and reported as put right a quarter of an hour later."""
    s.to_dispatched()
    s.sign()
    s.do("conclude", s.handler, 720 + 120 * n, outcome="put_right", answer=s.matter.answer)
    s.close()


def _short(s: Story, n: int) -> None:
    _closed(s, SHORT[n % len(SHORT)])


def _copied(s: Story, n: int) -> None:
    _closed(s, COPIED)


def _off_topic(s: Story, n: int) -> None:
    _closed(s, ELSEWHERE[n % len(ELSEWHERE)])


def _rated(s: Story, n: int) -> None:
    """Closed on different days, and all rated within a few minutes of one another (see `_meet`)."""
    _closed(s)
    s.do("rate", "", 3 * HOUR, satisfied=True, ability=5, manner=5, result=5)


def _at_window(s: Story, n: int) -> None:
    s.settle_on_spot()
    s.do("rate", "", 60 + 10 * n, satisfied=True, ability=5, manner=5, result=5)


def _own_call(s: Story, n: int) -> None:
    _closed(s)
    s.do("follow_up", s.clerk, 300 + 120 * n, satisfied=True, text="电话回访，申请人满意。")


def _sent_again(s: Story, n: int) -> None:
    """Recalled as its limit ends and sent to the same unit, twice."""
    s.accept()
    s.recalled(s.unit)
    s.recalled(s.unit)
    s.dispatch()
    s.sign()
    s.handle()
    s.do("conclude", s.handler, 2 * HOUR, outcome="put_right", answer=s.matter.answer)
    s.close()


def _suspended_again(s: Story, n: int) -> None:
    s.span = 4 * DAY
    s.to_handling(reports=1)
    for turn in range(2):
        s.do("request_suspension", s.handler, HOUR, days=20, reason=phrases.SUSPENSION[turn])
        s.suspend()
        s.do("resume", s.handler, 9 * HOUR, reason=phrases.RESUMED[turn])
    s.tell()
    s.do("conclude", s.handler, 2 * HOUR, outcome="put_right", answer=s.matter.answer)
    s.close()


def _split(s: Story, n: int) -> None:
    _closed(s, pace=0.6)


PLANTED = (
    Plant("no_result", 2, _promise, ago=48, text=0),
    Plant("no_result", 2, _unseen, ago=41, text=2, place=_OTHER_PLACE),
    Plant("too_short", 4, _short, ago=46, text=4),
    Plant("copied", 5, _copied, ago=52, text=0, unit="cgj", place=_OTHER_PLACE),
    Plant("off_topic", 3, _off_topic, ago=38, text=5, place=_OTHER_PLACE),
    Plant("staff_rating", 3, _rated, ago=34, apart=2.2, text=1, unit="jtj"),
    Plant("staff_rating", 3, _at_window, ago=22, apart=0.1, text=6, unit="scjgj", clerk="clerk2"),
    Plant("staff_rating", 2, _own_call, ago=30, text=3, place=_OTHER_PLACE),
    Plant("clock_reset", 2, _sent_again, ago=33, text=2),
    Plant("clock_reset", 1, _suspended_again, ago=44, text=7, place=_OTHER_PLACE),
    Plant("split", 3, _split, ago=26, apart=0.25, text=4, same=True, clerk="clerk3", place=_OTHER_PLACE),
    Plant("split", 2, _split, ago=18, apart=0.4, text=8, same=True, clerk="clerk"),
)


@dataclass(frozen=True, slots=True)
class PlantedLife:
    """As `lives.Life` has it."""

    matter: Matter
    registrar: str
    at: int
    story: Story


def planted(work: WorkTime) -> Iterator[PlantedLife]:
    """All planted matters, in the order of the table."""
    number = FIRST
    for plant in PLANTED:
        for n in range(plant.count):
            number += 1
            # from the beginning of a day, so that what belongs together is not torn apart by a night or a holiday
            first = int(work.end - plant.ago * DAY) // DAY * DAY + 600
            at = first + int(n * plant.apart * DAY)
            yield _life(plant, n, number, at, work)


def _life(plant: Plant, n: int, number: int, at: int, work: WorkTime) -> PlantedLife:
    text: Text = _INCIDENTS[(plant.text + (0 if plant.same else n)) % len(_INCIDENTS)]
    matter = compose(FIRST if plant.same else number, text, ORDINARY, plant.place, work.at(at))
    raw = {
        **matter.raw,
        "channel": "window",
        "urgent": False,
        "anonymous": False,
        "people_involved": None,
        "external_numbers": [{"system": SYSTEM, "number": f"{plant.kind}-{number}"}],
    }
    unit = plant.unit or matter.unit
    matter = replace(matter, raw=raw, unit=unit, co="", outcome="put_right")
    story = Story(number, matter, COUNTY_DESK, plant.clerk)
    if plant.clerk:
        story.clerk = plant.clerk
    story.registrar = story.clerk
    story.second = SUPERVISOR
    assert handler_of(unit)
    plant.tell(story, n)
    if plant.tell is _rated:
        _meet(plant, n, story)
    # nothing of it waits for anybody: called back like any other where nobody has rated it, and filed
    story.archive() if story.steps[-1].move in ("rate", "follow_up") else story.end()
    _keep_together(story, at)
    return PlantedLife(matter, story.registrar, at, story)


def _meet(plant: Plant, n: int, story: Story) -> None:
    """Moves the rating to three minutes after the one before it, on one morning, whenever its matter was closed."""
    rating = story.steps.pop()
    before = sum(step.gap for step in story.steps)
    meeting = (ceil(plant.count * plant.apart) + 12) * DAY + HOUR  # seconds after the first one's registration
    gap = meeting - int(n * plant.apart * DAY) + 180 * n - before
    assert gap > 0, "all are closed by then"
    story.steps.append(replace(rating, gap=gap))


def _keep_together(story: Story, at: int) -> None:
    """What follows within minutes follows on the same morning: the step before it waits for the next one, if need
    be."""
    second = at
    for place, step in enumerate(story.steps):
        second += step.gap
        soon = place + 1 < len(story.steps) and story.steps[place + 1].gap <= _SOON
        if soon and second % DAY > MORNING - 2 * _SOON:
            wait = DAY - second % DAY + 600
            story.steps[place] = replace(step, gap=step.gap + wait)
            second += wait
