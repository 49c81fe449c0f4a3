"""协议回访: visits after an agreement, planned by the type of dispute.

人民调解法 §31: the committee sees to it that an agreement is kept. That it calls back, and when, is a local habit; the
days are the deployer's (`AGREEMENT_VISITS`), and those that come with the platform await confirmation (待核).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from onedoor.rules.facts import CaseFacts, Decision
from onedoor.rules.refusal import INVALID, NOT_READY, Refused

VISIT_STATES = {"planned": "待回访", "done": "已回访", "dropped": "不再回访"}
KEPT = {"kept": "已按约定履行", "partly": "部分履行", "broken": "没有履行", "not_due": "还没有到期"}
ANY = "*"


@dataclass(frozen=True, slots=True)
class Visit:
    """What was found. `satisfied` None: they did not say."""

    on: date | None
    kept: str
    satisfied: bool | None
    sued: str
    hazards: str
    measures: str


def visits_of(category: str, days: Mapping[str, tuple[int, ...]], effective_on: date) -> list[date]:
    """The days of the visits; the nearest group of categories above decides."""
    code = category
    while code and code not in days:
        code = code.rpartition(".")[0]
    return [effective_on + timedelta(days=after) for after in days.get(code or ANY, ())]


def record_visit(facts: CaseFacts, state: str, visit: Visit, today: date) -> Decision:
    """登记回访: whether it is kept, whether they are content, a lawsuit, what may flare up, and what is done."""
    if state != "planned":
        raise Refused(NOT_READY, f"这次回访{VISIT_STATES[state]}。")
    faults: dict[str, str] = {}
    if visit.on is None or visit.on > today:
        faults["on"] = "请填写回访日期，不能晚于今天。"
    if visit.kept not in KEPT:
        faults["kept"] = "请选择履行情况。"
    if visit.kept == "broken" and not visit.measures:
        faults["measures"] = "没有履行的，请写明采取的措施。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return Decision(facts.stage, codes={"kept": visit.kept})
