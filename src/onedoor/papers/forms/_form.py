"""What a form is: its name, when it can be made, what is asked for by hand, and how its blocks are built."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from onedoor.cases.counting import ZONE
from onedoor.papers.facts import PaperFacts, Person
from onedoor.papers.model import BLANK, Block, Places, Table

Given = Mapping[str, str]
# Never; as soon as it is issued; once it has been served (信访工作条例 §35: the right to a review runs from then);
# once the agreement of which it is is in effect (人民调解法 §29).
ToApplicant = Literal["", "issued", "served", "effective"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that the record does not hold and the maker fills in; `long`: more than a line."""

    name: str
    label: str
    long: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One official paper. `word`: of its number, as 〔2026〕告字第3号; empty for a paper without one. `file`: its
    place in the 人民调解 file (domain.md §4.1), 0 for none. `why_not`: a sentence when it cannot be made of this case
    yet. `to_applicant`: from when on the applicant reads it on the web, "" for never: a form is internal unless it
    says otherwise."""

    code: str
    name: str
    build: Callable[[PaperFacts, Given], list[Block]]
    asks: tuple[Ask, ...] = ()
    word: str = ""
    file: int = 0
    mandatory: bool = False
    why_not: Callable[[PaperFacts], str] = lambda _: ""
    numbered: Callable[[PaperFacts], str] | None = None  # where the paper bears a number that is there already
    by_unit: bool = False  # bears the lead unit's name rather than the centre's
    to_applicant: ToApplicant = ""


def day(on: date | datetime | None) -> str:
    """2026年3月2日 in the deployment's zone; a line to fill in for nothing."""
    on = on.astimezone(ZONE) if isinstance(on, datetime) else on
    return f"{on.year}年{on.month}月{on.day}日" if on is not None else "　　　　年　　月　　日"


def moment(at: datetime | None) -> str:
    return f"{day(at)}{at.astimezone(ZONE):%H时%M分}" if at is not None else "　　　　年　　月　　日　　时　　分"


def yuan(fen: int | None) -> str:
    if fen is None:
        return BLANK
    return f"{fen // 100:,}.{fen % 100:02d}元"


def or_line(text: str) -> str:
    """What is not known is written in by hand."""
    return text or BLANK


def people_table(people: list[Person]) -> Table:
    """当事人基本情况 (人民调解法 §29). No line for ethnicity: DESIGN §2."""
    return Table(
        ("身份", "姓名或名称", "性别", "年龄", "职业或职务", "联系方式", "单位或住址"),
        tuple((one.part_name, one.name, one.sex, one.age, "", one.phone, one.address) for one in people),
    )


def parties(facts: PaperFacts) -> list[Person]:
    return [*facts.side("applicant"), *facts.side("respondent")]


def others(facts: PaperFacts) -> list[Person]:
    """Representatives and agents."""
    return [*facts.side("representative"), *facts.side("agent")]


def places(*lines: str, dated: bool = True) -> Places:
    return Places((*(f"{line}：{BLANK}" for line in lines), *(["　　　　年　　月　　日"] if dated else [])))


def sealed(organisation: str, on: date) -> Places:
    """Whose seal, and when."""
    return Places((f"{organisation}（印章）", day(on)))


def no_mediation(facts: PaperFacts) -> str:
    return "" if facts.mediation else "还没有启动调解。"


def no_agreement(facts: PaperFacts) -> str:
    return "" if facts.agreement else "还没有拟定调解协议。"


def organisation(facts: PaperFacts) -> str:
    return str(facts.mediation["unit"]) if facts.mediation else facts.unit or facts.centre


def mediators(facts: PaperFacts) -> str:
    return "、".join(facts.mediation["mediator_names"]) if facts.mediation else facts.handler
