"""The call-back after a case is closed."""

from datetime import datetime

from onedoor.rules.access import Actor
from onedoor.rules.facts import CaseFacts, ClockOrder, Decision, Inputs, NewStatement, NoticeOrder
from onedoor.rules.parts import without

MARKS = {"ability": "办事能力", "manner": "服务态度", "result": "办理结果"}
MOST_MARK = 5
# A unit sees figures of so many ratings or more, and never a single one.
FEWEST_RATINGS = 5


def call_back_waits(*, sampled: bool, anonymous: bool, satisfied: bool | None) -> bool:
    """Whether the applicant will be called back and has not been yet."""
    return sampled and not anonymous and satisfied is None


def sample(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """抽样回访: the applicant of a matter that was not chosen at its registration is called back after all, within the
    scheme's time, before it can be filed."""
    return Decision(facts.stage, case={"sampled": True}, clocks=[ClockOrder("start", "follow_up")])


def follow_up(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """An unsatisfied applicant is brought to the centre's notice, not to the unit's."""
    return Decision(
        "followed_up",
        case={"satisfied": take.satisfied, "followed_up_at": at},
        statements=[NewStatement("follow_up", take.text)] if take.text else [],
        codes={"satisfied": take.satisfied},
        notices=[] if take.satisfied else [NoticeOrder("unsatisfied", unit=facts.present_centre)],
    )


def rate(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """评价 by the applicant himself: marks of 1 to 5, and words that the unit concerned does not read. Who is not
    satisfied is heard by the supervisor, who reopens the matter or answers with reasons; where it has been filed
    already, in the way of a contest."""
    marks = {name: getattr(take, name) for name in MARKS}
    case: dict[str, object] = {"satisfied": take.satisfied, "followed_up_at": at}
    if facts.stage == "archived" and not take.satisfied:
        case["pending"] = {**without(facts, "contest"), "contest": {"by": actor.account}}
    return Decision(
        "archived" if facts.stage == "archived" else "followed_up",
        case=case,
        statements=[NewStatement("rating", take.text)] if take.text else [],
        codes={"satisfied": take.satisfied, **marks},
        notices=[] if take.satisfied else [NoticeOrder("unsatisfied", unit=facts.present_centre)],
    )
