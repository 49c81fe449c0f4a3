"""What a form is: its name, when it can be made, what is asked for by hand, and how its blocks are built."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from onedoor.cases.counting import ZONE
from onedoor.papers.facts import PEOPLE, PaperFacts, Person
from onedoor.papers.model import BLANK, Block, Places, Table

Given = Mapping[str, str]
# Never; as soon as it is issued; once it has been served (信访工作条例 §35: the right to a review runs from then);
# once the agreement of which it is is in effect (人民调解法 §29).
ToApplicant = Literal["", "issued", "served", "effective"]
# Who makes one: the centre; also the lead unit and who mediates; whoever has a part in the matter.
MadeBy = Literal["centre", "lead", "any"]
Options = Callable[[PaperFacts], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that the record does not hold and the maker fills in; `long`: more than a line. `options`: what it is
    chosen from, as value and label."""

    name: str
    label: str
    long: bool = False
    required: bool = False
    options: Options | None = None
    help: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A paragraph that stands on every paper of a form and that a centre may word in its own way."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Form:
    """One official paper. `word`: of its number, as 〔2026〕告字第3号; empty for a paper without one. `file`: its
    place in the 人民调解 file (domain.md §4.1), 0 for none. `fits`: whether it belongs to such a matter at all;
    `why_not`: a sentence when it cannot be made of this case yet. `build` finds the `fixed` paragraphs in its second
    argument, under their names. `many`: a file may hold several, each with versions of its own.
    `made_by`: whose paper it is; a unit that only helps issues none in the name of another.
    `to_applicant`: from when on the applicant reads it on the web, "" for never: a form is internal unless it says
    otherwise."""

    code: str
    name: str
    build: Callable[[PaperFacts, Given], list[Block]]
    asks: tuple[Ask, ...] = ()
    word: str = ""
    file: int = 0
    why_not: Callable[[PaperFacts], str] = lambda _: ""
    numbered: Callable[[PaperFacts], str] | None = None  # where the paper bears a number that is there already
    by_unit: bool = False  # bears the lead unit's name rather than the centre's
    fits: Callable[[PaperFacts], bool] = lambda _: True
    many: bool = False
    fixed: tuple[Fixed, ...] = ()
    to_applicant: ToApplicant = ""
    made_by: MadeBy = "lead"

    def refusal(self, facts: PaperFacts) -> str:
        """Why it cannot be made of this case now, or nothing."""
        return self.why_not(facts) if self.fits(facts) else f"《{self.name}》不适用于这件事项。"

    def title(self, facts: PaperFacts) -> str:
        """Its name; what is mediated by an office or a court is not called 人民调解."""
        return self.name.replace(PEOPLE, facts.mediated_as)


def of_disputes(facts: PaperFacts) -> bool:
    return facts.kind == "dispute" or facts.mediation is not None


def of_petitions(facts: PaperFacts) -> bool:
    return facts.purpose == "petition" or facts.kind == "appeal"


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


JOBS = Ask("jobs", "职业或职务", long=True, help="按当事人的次序，一行一人；空着的，表里不列这一栏。")
LEGAL = Ask("legal", "单位当事人的法定代表人或者负责人", long=True, help="按单位当事人的次序，一行一个。")


def people_table(people: list[Person], given: Given, *, jobs: bool = False) -> Table:
    """当事人基本情况 (人民调解法 §29), of persons and organisations. No line for ethnicity: DESIGN §2. Occupations
    have a column where they were filled in, or where `jobs` leaves it to be written by hand; who stands for an
    organisation has one where there is an organisation."""
    worked, standing = _lines(given, "jobs"), iter(_lines(given, "legal"))
    columns: list[tuple[str, Callable[[int, Person], str]]] = [
        ("身份", lambda _, one: one.part_name),
        ("姓名或名称", lambda _, one: one.name),
        ("性别", lambda _, one: one.sex),
        ("年龄", lambda _, one: one.age),
    ]
    if jobs or any(worked):
        columns.append(("职业或职务", lambda place, _: worked[place] if place < len(worked) else ""))
    if any(one.kind == "organisation" for one in people):
        columns.append(("法定代表人", lambda _, one: next(standing, "") if one.kind == "organisation" else "—"))
    columns += [("联系方式", lambda _, one: one.phone), ("单位或住址", lambda _, one: one.address)]
    return Table(
        tuple(head for head, _ in columns),
        tuple(tuple(cell(place, one) for _, cell in columns) for place, one in enumerate(people)),
    )


def _lines(given: Given, name: str) -> list[str]:
    return [line.strip() for line in given.get(name, "").split("\n")]


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


def mediator_word(facts: PaperFacts) -> str:
    """人民调解员 is who mediates for a people's committee (人民调解法 §13)."""
    return "人民调解员" if facts.peoples else "调解员"
