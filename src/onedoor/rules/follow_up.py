"""The call-back after a case is closed."""

from datetime import datetime

from onedoor.rules.access import Actor
from onedoor.rules.facts import CaseFacts, Decision, Inputs, NewStatement, NoticeOrder


def call_back_waits(*, sampled: bool, anonymous: bool, satisfied: bool | None) -> bool:
    """Whether the applicant will be called back and has not been yet."""
    return sampled and not anonymous and satisfied is None


def follow_up(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """An unsatisfied applicant is brought to the centre's notice, not to the unit's."""
    return Decision(
        "followed_up",
        case={"satisfied": take.satisfied, "followed_up_at": at},
        statements=[NewStatement("follow_up", take.text)] if take.text else [],
        codes={"satisfied": take.satisfied},
        notices=[] if take.satisfied else [NoticeOrder("unsatisfied", unit=facts.present_centre)],
    )
