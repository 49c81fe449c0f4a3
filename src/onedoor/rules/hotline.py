"""热线: a note of one call. Like a visit it is no case, holds no name, and is counted.

It is answered on the spot or leads to a matter of the channel *hotline*, whose narrative is what was noted; what is
taken down by ear is read back to the caller and confirmed before it is registered. An accusation is not noted, it goes
straight into a case of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from onedoor.rules.nameless import check_nameless
from onedoor.rules.refusal import CONFLICT, NOT_READY, Refused, invalid
from onedoor.rules.visits import MOST_TEXT, RECEIVES, SEES_VISITS

CALL_ENDINGS: dict[str, str] = {
    "answered": "当场答复",
    "registered": "登记为事项",
    "dropped": "断线或误拨",
}
CHANNEL = "hotline"
# The same people who take visits.
TAKES_CALLS, SEES_NOTES = RECEIVES, SEES_VISITS


@dataclass(frozen=True, slots=True)
class Note:
    """What is taken down of a call; `ending` is empty while it waits for an answer or a registration."""

    asked: str
    answer: str
    accusation: bool
    ending: str


@dataclass(frozen=True, slots=True)
class NoteFacts:
    accusation: bool
    ending: str


def check_note(raw: Mapping[str, object]) -> Note:
    """Reads `asked`, `answer`, `accusation` and `dropped` (flags); refuses at the field."""
    accusation, dropped = bool(raw.get("accusation")), bool(raw.get("dropped"))
    asked = check_nameless(
        raw.get("asked"), most=MOST_TEXT, field="asked", label="来电内容", required=not (accusation or dropped)
    )
    answer = check_nameless(raw.get("answer"), most=MOST_TEXT, field="answer", label="答复", required=False)
    if accusation and (asked or answer):
        raise invalid("asked" if asked else "answer", "检举控告的内容不写在来电记录里，请直接登记为事项。")
    if dropped and (answer or accusation):
        raise invalid("answer", "断线或误拨的没有答复；已经答复的，请选“当场答复”。")
    return Note(asked, answer, accusation, "dropped" if dropped else "answered" if answer else "")


def check_answer(facts: NoteFacts, answer: str) -> str:
    """The answer given later, which ends the call."""
    _check_open(facts)
    if facts.accusation:
        raise Refused(NOT_READY, "检举控告不在来电记录里答复，请登记为事项。")
    return check_nameless(answer, most=MOST_TEXT, field="answer", label="答复")


def check_drop(facts: NoteFacts) -> None:
    _check_open(facts)


def check_leading(facts: NoteFacts, *, channel: object, read_back: object) -> None:
    """Whether the note may become a matter as it is handed in. A call may lead to several."""
    if facts.ending == "dropped":
        raise Refused(CONFLICT, "这个来电已记为断线或误拨，请重新记一个来电。")
    if channel != CHANNEL:
        raise invalid("channel", "这件事项来自热线来电，渠道请选“热线”。")
    if read_back is not True:
        raise invalid("read_back", "电话里记下的内容要向来电人复述，确认无误后勾选。")


def _check_open(facts: NoteFacts) -> None:
    if facts.ending:
        raise Refused(CONFLICT, f"这个来电已经结束（{CALL_ENDINGS[facts.ending]}）。")
