"""帮扶计划: help for a person, with a basis, a purpose and an end.

Processing what the plan knows of him rests on his consent (个人信息保护法 §13(一)) or on a duty by law (§13(三)), then
named. It may be seen by the worker on it and by who has made it; no role opens it. The person is shown it, and
ends a plan of consent himself (§15).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from onedoor.rules import fieldwork
from onedoor.rules.access import Role
from onedoor.rules.fieldwork import Reading
from onedoor.rules.identity import check_name, check_phone, check_text
from onedoor.rules.nameless import check_nameless
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, Refused, invalid

BASES: dict[str, str] = {
    "consent": "本人（监护人）同意",
    "duty": "法定职责",  # 个人信息保护法 §13(三): the law or order of law is named beside it
}
ENDS: dict[str, str] = {
    "person": "本人不再需要",
    "done": "目的已达到",
    "moved": "已迁走",
    "renewed": "已另立新计划",
    "other": "其他原因",
}
MAKES = frozenset({Role.GRID_LEAD, Role.DISPATCHER})
VISITS = frozenset({Role.GRID_WORKER, Role.GRID_LEAD})
LONGEST = timedelta(days=366)
OLDEST_CONSENT = timedelta(days=30)
BACKWARDS = timedelta(days=90)
MOST_NOTE, MOST_PURPOSE, MOST_HELP, MOST_BASIS = 1000, 200, 1000, 200


@dataclass(frozen=True, slots=True)
class PlanFacts:
    basis: str
    begins_on: date
    ends_on: date
    ended: bool
    worker: int
    made_by: int

    def lives(self, today: date) -> bool:
        return not self.ended and today <= self.ends_on


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What was decided: on what it rests, what for, how long."""

    basis: str
    basis_text: str
    consented_on: date | None
    purpose: str
    help: str
    every_days: int
    begins_on: date
    ends_on: date


def check_person(raw: Mapping[str, object], read: Reading) -> Person:
    name = read(lambda: check_name(_typed(raw, "name")), "")
    typed = _typed(raw, "phone").strip()
    phone = read(lambda: check_phone(typed), "") if typed else ""
    address = read(lambda: check_text(_typed(raw, "address"), most=200, field="address", label="地址"), "")
    return Person(name, phone, address)


def check_terms(raw: Mapping[str, object], today: date, read: Reading) -> Terms:
    """A plan begins today at the latest a month ago, and ends within a year of its beginning. Consent is of a day; a
    duty names the article."""
    basis = read(lambda: fieldwork.read_choice(raw, "basis", "依据", BASES), "")
    basis_text = read(lambda: _basis_text(raw, basis), "")
    consented_on = read(lambda: _consent(raw, today), None) if basis == "consent" else None
    purpose = read(lambda: check_nameless(raw.get("purpose"), most=MOST_PURPOSE, field="purpose", label="目的"), "")
    what = read(lambda: check_nameless(raw.get("help"), most=MOST_HELP, field="help", label="帮扶内容"), "")
    every = read(lambda: fieldwork.read_count(raw, "every_days", "每隔几天看望", most=92), 1) or 1
    ends_on = read(lambda: fieldwork.must_day(raw, "ends_on", "结束日期"), today)
    if "ends_on" not in read.faults and not today < ends_on <= today + LONGEST:
        read.faults["ends_on"] = "结束日期应在明天到一年之内；到期后还需要的，另作决定。"
    return Terms(basis, basis_text, consented_on, purpose, what, every, today, ends_on)


def _basis_text(raw: Mapping[str, object], basis: str) -> str:
    label = "哪部法律第几条" if basis == "duty" else "怎样同意的"
    text = check_nameless(raw.get("basis_text"), most=MOST_BASIS, field="basis_text", label=label)
    if basis == "duty" and "条" not in text and "§" not in text:
        raise invalid("basis_text", "请写明法律的名称和第几条，如 《未成年人保护法》第四十三条。")
    return text


def _consent(raw: Mapping[str, object], today: date) -> date:
    day = fieldwork.must_day(raw, "consented_on", "同意日期")
    if not today - OLDEST_CONSENT <= day <= today:
        raise invalid("consented_on", f"应为过去{OLDEST_CONSENT.days}天内的同意；更早的请重新征求本人意见。")
    return day


def _typed(raw: Mapping[str, object], name: str) -> str:
    given = raw.get(name)
    return given if isinstance(given, str) else ""


def may_read(facts: PlanFacts, account: int) -> bool:
    """The worker on the plan and who has made it; nobody by his role."""
    return account in (facts.worker, facts.made_by)


def check_maker(facts: PlanFacts, account: int, what: str) -> None:
    if account != facts.made_by:
        raise Refused(NOT_ALLOWED, f"只有建立计划的人可以{what}。")


def check_living(facts: PlanFacts, today: date) -> None:
    if not facts.lives(today):
        raise Refused(CONFLICT, "这份帮扶计划已经结束。")


def check_end_by_person(facts: PlanFacts, today: date) -> None:
    """What rests on his consent he ends by a word (个人信息保护法 §15); what rests on a duty he can object to."""
    check_living(facts, today)
    if facts.basis != "consent":
        raise Refused(CONFLICT, "这份计划依法设立，不能在这里结束；您有不同意见，可以向中心提出。")


def check_care_visit(raw: Mapping[str, object], facts: PlanFacts, account: int, today: date) -> tuple[date, str]:
    """Day and note of a visit by the worker on the plan, while it ran."""
    if account != facts.worker:
        raise Refused(CONFLICT, "这份帮扶计划现在由别人负责。")
    read = Reading()
    on = read(lambda: fieldwork.must_day(raw, "on", "看望日期"), today)
    note = read(lambda: check_nameless(raw.get("text"), most=MOST_NOTE, field="text", label="看望情况"), "")
    if "on" not in read.faults and not max(facts.begins_on, today - BACKWARDS) <= on <= min(facts.ends_on, today):
        read.faults["on"] = "看望日期应在计划期间，不晚于今天。"
    read.check()
    if facts.ended:
        raise Refused(CONFLICT, "这份帮扶计划已经结束，不再记录看望。")
    return on, note


def next_visit(every_days: int, on: date, next_on: date | None, ends_on: date) -> date | None:
    """Counted from the newest visit; none after the end."""
    ahead = on + timedelta(days=every_days)
    found = ahead if next_on is None else max(ahead, next_on)
    return found if found <= ends_on else None
