"""网格任务: from the order to the result.

A task is for one worker, or for whoever of the grid takes it first. What a worker does without signal may meet what
somebody else has done meanwhile: where he could not know it (the version that he saw is not the one that is there),
both stay and a person decides (`Asks`); where he knew it, he is told why not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from onedoor.rules import fieldwork
from onedoor.rules.access import Actor
from onedoor.rules.field import Asks
from onedoor.rules.fieldwork import GUESTS, LEADS, WORKS, YEAR, Path, Reading
from onedoor.rules.nameless import check_nameless
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, STALE_VERSION, Refused, invalid

STATES: dict[str, str] = {"open": "待签收", "signed": "已签收", "done": "已完成", "cancelled": "已取消"}
RUNNING = ("open", "signed")
STEPS: dict[str, str] = {
    "order": "布置",
    "change": "修改",
    "sign": "签收",
    "done": "完成",
    "more": "另有完成情况",
    "assign": "改派",
    "return": "退回",
    "cancel": "取消",
}
MOST_TITLE, MOST_TEXT, MOST_RESULT, MOST_WORD = 80, 2000, 2000, 300


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What is known of a task when somebody acts on it. `path`: of its grid, root first."""

    state: str
    version: int
    account: int | None  # for whom it is; None for whoever comes first
    signed_by: int | None
    guests: bool
    path: Path


@dataclass(frozen=True, slots=True)
class Order:
    title: str
    text: str
    due_on: date | None
    guests: bool


def check_order(raw: Mapping[str, object], today: date) -> Order:
    """What a task asks for; refuses with every faulty field. `due_on` may be left out."""
    read = Reading()
    title = read(lambda: check_nameless(raw.get("title"), most=MOST_TITLE, field="title", label="任务"), "")
    text = read(
        lambda: check_nameless(raw.get("text"), most=MOST_TEXT, field="text", label="要求", required=False), ""
    )
    due_on = read(lambda: _due(raw, today), None)
    read.check()
    return Order(title, text, due_on, bool(raw.get("guests")))


def _due(raw: Mapping[str, object], today: date) -> date | None:
    due_on = fieldwork.read_day(raw, "due_on", "完成期限", required=False)
    if due_on is not None and not today <= due_on <= today + YEAR:
        raise invalid("due_on", "完成期限应在今天到一年之内。")
    return due_on


def orders(actors: Iterable[Actor], path: Path) -> Actor | None:
    """The post from which somebody orders in that grid."""
    return fieldwork.at(actors, LEADS, path)


def must_order(actors: Iterable[Actor], path: Path) -> Actor:
    found = orders(actors, path)
    if found is None:
        raise Refused(NOT_ALLOWED, "网格任务由网格长和上级中心的分流专员、主任布置。")
    return found


def takes(actors: Iterable[Actor], facts: TaskFacts) -> Actor | None:
    """The post from which somebody may sign for it; a guest only for what is open to guests."""
    roles = WORKS | GUESTS if facts.guests else WORKS
    return fieldwork.at(actors, roles, facts.path)


def sees(actors: Iterable[Actor], facts: TaskFacts) -> bool:
    """Who looks after the grid sees all its tasks, a worker of the grid too; a guest those that he may take."""
    actors = tuple(actors)
    return fieldwork.at(actors, fieldwork.LOOKS, facts.path) is not None or takes(actors, facts) is not None


def check_sign(facts: TaskFacts, who: int, seen: int | None, *, decided: bool = False) -> bool:
    """Whether signing changes anything. Signing twice is signing once."""
    if facts.signed_by == who and facts.state in ("signed", "done"):
        return False
    if facts.state == "open" and facts.account in (None, who):
        return True
    if decided:  # whoever decides gives it to him, unless it is over
        return facts.state in RUNNING
    raise _meanwhile(facts, seen, "签收")


def check_done(facts: TaskFacts, who: int, seen: int | None, *, decided: bool = False) -> str:
    """`done` where it ends the task; `more` where it is kept beside what has ended it. Who does it has signed for it
    by that."""
    if facts.state == "signed" and facts.signed_by == who:
        return "done"
    if facts.state == "open" and facts.account in (None, who):
        return "done"
    if decided:
        return "more" if facts.state == "done" else "done"
    raise _meanwhile(facts, seen, "完成")


def _meanwhile(facts: TaskFacts, seen: int | None, what: str) -> Exception:
    """Why not. Asks, unless he had seen that it was so."""
    if facts.state == "done":
        why = "这项任务已有人完成"
    elif facts.state == "cancelled":
        why = "这项任务已取消"
    elif facts.state == "signed":
        why = "这项任务已由别人签收"
    else:
        why = "这项任务已改派给别人"
    if seen is not None and seen >= facts.version:
        return Refused(CONFLICT, f"{why}，不能{what}。")
    return Asks(f"task_{facts.state}", f"{why}，您的内容已留下，由网格长决定。")


def check_result(raw: Mapping[str, object]) -> str:
    return check_nameless(raw.get("text"), most=MOST_RESULT, field="text", label="完成情况")


def check_seen(facts: TaskFacts, seen: int | None) -> None:
    """Who orders acts on what he has seen."""
    if seen is not None and seen != facts.version:
        raise Refused(STALE_VERSION, "这项任务刚刚有变化，请看过再办。")


def check_running(facts: TaskFacts) -> None:
    if facts.state not in RUNNING:
        raise Refused(CONFLICT, f"这项任务{STATES[facts.state]}，不能再改。")


def check_return(facts: TaskFacts, raw: Mapping[str, object]) -> str:
    """The word with which a result goes back to who has done it."""
    if facts.state != "done":
        raise Refused(CONFLICT, "完成了的任务才能退回。")
    return check_nameless(raw.get("word"), most=MOST_WORD, field="word", label="退回的话")


def check_word(raw: Mapping[str, object], label: str) -> str:
    return check_nameless(raw.get("word"), most=MOST_WORD, field="word", label=label)


def is_late(state: str, due_on: date | None, done_on: date | None, today: date) -> bool:
    """Late from the day after, and for good where it was done too late."""
    if due_on is None or state == "cancelled":
        return False
    return (done_on if state == "done" and done_on is not None else today) > due_on
