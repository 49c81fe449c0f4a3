"""转介: psychological help, care for women and children and the like, at the person's own wish and with the least that
the other side must know.

个人信息保护法 §§6, 13, 23, 29: least data, consent, separate consent where it goes to somebody else and where it is
sensitive. What is known of it stays with who made it and the centre's confidential posts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from onedoor.rules.harm import REFERRALS, WRITES
from onedoor.rules.refusal import INVALID, NOT_READY, Refused, invalid

SERVICES = REFERRALS
MAKES = WRITES
REFERRAL_STATES = {"made": "已转介", "taken": "对方已接", "closed": "已结束"}
KEPT_FOR = timedelta(days=366)  # after it is closed; 待核, no text that was read settles it
LEFT_FOR = timedelta(days=366)  # after which one of which nothing more was heard is over; 待核


@dataclass(frozen=True, slots=True)
class Asked:
    service: str
    who: str
    reached: str
    consent: str
    told: str


def check_referral(given: Asked) -> None:
    faults: dict[str, str] = {}
    if given.service not in SERVICES:
        faults["service"] = "请选择转介的服务。"
    if not given.who:
        faults["who"] = "请写明是谁。"
    if not given.reached:
        faults["reached"] = "请写明怎样联系本人是安全的。"
    if not given.consent:
        faults["consent"] = "转介须本人同意（未成年人由监护人同意），请写明何时、怎样同意的。"
    if not given.told:
        faults["told"] = "请写明告诉了对方什么，只告诉必要的。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)


def check_answer(state: str, to: str, text: str) -> None:
    """`to`: the next state, with what the service has said."""
    if state == "closed":
        raise Refused(NOT_READY, "这次转介已经结束。")
    if to not in ("taken", "closed") or to == state:
        raise invalid("to", "请选择转介的进展。")
    if not text:
        raise invalid("text", "请写明对方的答复或者结果。")


def erased_by(now: datetime) -> datetime:
    """What was closed before that is erased."""
    return now - KEPT_FOR
