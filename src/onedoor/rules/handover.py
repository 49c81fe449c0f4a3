"""转接: a slip between the centre and a partner office (市民中心、政务服务中心), both ways.

A slip says what the person needs there and names nobody. It moves no case: a service errand goes beside the matter; a
matter that leaves altogether is handed out by the moves `transfer_out` and `take_back`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from onedoor.rules.access import Confidentiality
from onedoor.rules.nameless import check_nameless
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, NOT_READY, Refused, invalid
from onedoor.rules.visits import RECEIVES, SEES_VISITS

DIRECTIONS: Final[dict[str, str]] = {"out": "转出", "in": "转入"}
HANDOVER_STATES: Final[dict[str, str]] = {
    "sent": "待接收",
    "received": "已接收",
    "answered": "已答复",
    "returned": "已退回",
}
OPEN: Final = frozenset({"sent", "received"})
HANDS_OVER, SEES_HANDOVERS = RECEIVES, SEES_VISITS
CHANNEL: Final = "transfer"
MOST_WHAT: Final = 1000
MOST_ANSWER: Final = 2000
FURTHEST: Final = timedelta(days=366)
# Working days for an answer where the partner has none of its own; the centre's own order (local).
USUAL_DAYS: Final = 5
MOST_DAYS: Final = 60
ONLY_REPLY: Final = "已收到，由本中心依法处理。"


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """`direction`: `out` from the centre, `in` to it."""

    direction: str
    state: str


def check_what(what: object) -> str:
    """What the person needs there, or what they hand to us."""
    return check_nameless(what, most=MOST_WHAT, field="what", label="需要办什么")


def goes_out(confidentiality: str) -> bool:
    """Whether a slip to a partner may come from such a matter at all."""
    return confidentiality == Confidentiality.ORDINARY


def check_source(*, confidentiality: str = Confidentiality.ORDINARY, accusation: bool = False) -> None:
    """信访工作条例 §30: of an accusation nothing goes to others; what is restricted stays with the persons named."""
    if accusation or confidentiality == Confidentiality.ACCUSATION:
        raise Refused(NOT_READY, "检举控告不能转接到外单位。")
    if not goes_out(confidentiality):
        raise Refused(NOT_READY, "限制知悉的事项不能转接到外单位。")


def check_reply(text: str, *, confidentiality: str) -> None:
    """What the other office is told of a matter that its slip has led to. Of an accusation or a restricted matter it
    learns that the centre has it, and no more (信访工作条例 §30)."""
    if text and not goes_out(confidentiality) and text != ONLY_REPLY:
        raise invalid("answer", f"这件事项不对外答复办理情况，只能写：{ONLY_REPLY}")


def check_due(due: date, today: date) -> None:
    if not today <= due <= today + FURTHEST:
        raise invalid("due_day", "答复期限应在今天到今后一年之间。")


def check_move(facts: HandoverFacts, to: str, raw: Mapping[str, object], *, partner: bool) -> str:
    """The text that goes with the move `to` received, answered or returned. The partner moves what was sent to it;
    the centre moves what it was sent, and notes for the partner what that one says on paper or by telephone."""
    if to not in HANDOVER_STATES or to == "sent":
        raise invalid("state", "状态只能是 received（已接收）、answered（已答复）或 returned（已退回）。")
    if partner and facts.direction == "in":
        raise Refused(NOT_ALLOWED, "这张转接单是您转来的，由综治中心答复。")
    if facts.state not in OPEN:
        raise Refused(CONFLICT, f"这张转接单{HANDOVER_STATES[facts.state]}，不能再改。")
    if to == "received" and facts.state == "received":
        raise Refused(CONFLICT, "这张转接单已经接收过。")
    if to == "received":
        return ""
    label = "答复" if to == "answered" else "退回的原因"
    return check_nameless(raw.get("answer"), most=MOST_ANSWER, field="answer", label=label)


def check_leading(facts: HandoverFacts, *, already: bool, channel: object = CHANNEL) -> None:
    """What came in may become one visit and one matter of the channel *transfer*. `already`: it has."""
    if facts.direction != "in":
        raise Refused(CONFLICT, "只有转入的转接单可以登记为接待或事项。")
    if facts.state == "returned":
        raise Refused(CONFLICT, "这张转接单已退回，不能再登记。")
    if already:
        raise Refused(CONFLICT, "这张转接单已经登记过，打开转接单可以看到。")
    if channel != CHANNEL:
        raise invalid("channel", "这件事项由外单位转来，渠道请选“转来”。")


def is_late(state: str, due: date, today: date) -> bool:
    return state in OPEN and due < today
