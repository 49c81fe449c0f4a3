"""接待: one coming of one or more people. A visit is no case; it leads to none, one or several.

It counts batches (批次) and persons (人次), as the yearly petition statistics do, and holds no name: who came is a
number. What is an accusation is never written here, it goes straight into a case of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from onedoor.rules.access import Role
from onedoor.rules.identity import check_text
from onedoor.rules.nameless import ID_NUMBER
from onedoor.rules.refusal import CONFLICT, NOT_READY, Refused, invalid

PURPOSES: dict[str, str] = {
    "consultation": "咨询",
    "service": "求助办事",
    "dispute": "纠纷",
    "petition": "信访",
    "accusation": "检举控告",
    "other": "其他",
}
# How a visit ended.
ENDINGS: dict[str, str] = {
    "answered": "当场答复",
    "registered": "登记为事项",
    "left": "未办结离开",
}
# 信访工作条例 §20: several who come together with one demand name at most five representatives.
REPRESENTATIVES = 5
MOST_PERSONS = 5000
MOST_TEXT = 5000
MOST_WINDOW = 20

# Takes visits, and sees those of the own centre; the others only see them.
RECEIVES = frozenset({Role.CLERK, Role.DISPATCHER, Role.SUPERVISOR})
SEES_VISITS = RECEIVES | {Role.DIRECTOR}
# Reads how many came, at the centres of his division and below: numbers, and no visit.
READS_VISIT_FIGURES = frozenset({Role.SUPERVISOR, Role.DIRECTOR, Role.DISPATCHER, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Reception:
    """What is taken down when somebody comes."""

    purpose: str
    persons: int
    asked: str
    window: str
    answer: str


@dataclass(frozen=True, slots=True)
class VisitFacts:
    purpose: str
    ended: bool


def check_reception(raw: Mapping[str, object]) -> Reception:
    """Reads `purpose`, `persons`, `asked`, `window` and `answer`; refuses at the field."""
    purpose = str(raw.get("purpose") or "")
    if purpose not in PURPOSES:
        raise invalid("purpose", "请选择来访目的。")
    asked = _text(raw, "asked", "来访内容", required=purpose != "accusation")
    answer = _text(raw, "answer", "答复")
    if purpose == "accusation" and (asked or answer):
        raise invalid("asked" if asked else "answer", "检举控告的内容不写在接待记录里，请直接登记为事项。")
    window = _text(raw, "window", "窗口", most=MOST_WINDOW)
    return Reception(purpose, _persons(raw.get("persons", 1)), asked, window, answer)


def _text(raw: Mapping[str, object], name: str, label: str, *, required: bool = False, most: int = MOST_TEXT) -> str:
    value = raw.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid(name, f"{label}应为文字。")
    return _nameless(check_text(value or "", most=most, field=name, label=label, required=required), name)


def _nameless(text: str, field: str) -> str:
    if ID_NUMBER.search(text):
        raise invalid(field, "接待记录不写身份证号，请删去；需要记当事人的，请登记为事项。")
    return text


def _persons(value: object) -> int:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal() and len(value) < 8:
        value = int(value)
    if type(value) is not int or not 1 <= value <= MOST_PERSONS:
        raise invalid("persons", f"人数应为1到{MOST_PERSONS}的整数。")
    return value


JOINT = f"多人来访请推选代表，代表不超过{REPRESENTATIVES}人（《信访工作条例》第二十条）。"


def hint(persons: int) -> str:
    """What the law asks of a large batch."""
    if persons > REPRESENTATIVES:
        return JOINT
    return ""


def check_answer(facts: VisitFacts, answer: str) -> str:
    """The answer given at once, which ends the visit."""
    _check_open(facts)
    if facts.purpose == "accusation":
        raise Refused(NOT_READY, "检举控告不在接待中答复，请登记为事项。")
    return _nameless(check_text(answer, most=MOST_TEXT, field="answer", label="答复"), "answer")


def check_leaving(facts: VisitFacts, reason: str) -> str:
    """Why a visit ends without an answer and without a case."""
    _check_open(facts)
    return _nameless(check_text(reason, most=500, field="reason", label="原因"), "reason")


def check_remark(text: str) -> str:
    """What is added later; nothing that was written is changed."""
    return _nameless(check_text(text, most=1000, field="text", label="补记"), "text")


def _check_open(facts: VisitFacts) -> None:
    if facts.ended:
        raise Refused(CONFLICT, "这次接待已经结束，可以补记。")
