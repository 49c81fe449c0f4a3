"""A unit's own words on a form: heading, title, number word, opening, closing and the standing paragraphs, with a few
placeholders that are known."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from onedoor.papers.facts import PaperFacts
from onedoor.papers.forms import Form
from onedoor.papers.forms._form import Given, day
from onedoor.papers.model import Block, Document, body
from onedoor.papers.models import PaperWording
from onedoor.rules.refusal import invalid

PLACEHOLDERS = {
    "编号": "事项编号",
    "中心": "中心全称",
    "单位": "承办单位全称",
    "申请人": "申请人姓名",
    "日期": "制作日期",
}
_HOLE = re.compile(r"[{｛]([^{}｛｝]*)[}｝]")


@dataclass(frozen=True, slots=True)
class Wording:
    """What is empty is as the form has it; `fixed` by the paragraph's name."""

    heading: str = ""
    title: str = ""
    opening: str = ""
    closing: str = ""
    word: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any((self.heading, self.title, self.opening, self.closing, self.word, *self.fixed.values()))


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose paper it is: the lead unit, the mediating organisation or the centre."""

    unit: int
    name: str


def issuer_of(form: Form, facts: PaperFacts) -> Issuer:
    if form.by_unit and facts.unit:
        return Issuer(facts.unit_id, facts.unit)
    if form.file and facts.mediation:
        return Issuer(int(facts.mediation["unit_id"]), str(facts.mediation["unit"]))
    return Issuer(facts.centre_id, facts.centre)


def wording_of(form: Form, facts: PaperFacts) -> Wording:
    """The issuer's own words, else the centre's, else those for all."""
    return kept_wording(form.code, (issuer_of(form, facts).unit, facts.centre_id))


def kept_wording(form: str, units: Iterable[int]) -> Wording:
    """What is kept for the first of these units that has any, else for all."""
    order = [*units, None]
    found = {one.unit_id: one for one in PaperWording.objects.filter(form=form)}
    for unit in order:
        if unit in found:
            one = found[unit]
            return Wording(one.heading, one.title, one.opening, one.closing, one.word, one.fixed)
    return Wording()


def check(text: str, field: str) -> str:
    """Refuses a placeholder that nobody would fill."""
    for hole in _HOLE.findall(text):
        if hole not in PLACEHOLDERS:
            raise invalid(
                field, f"没有“{{{hole}}}”这个占位；可用的是{'、'.join('{' + one + '}' for one in PLACEHOLDERS)}。"
            )
    return text


def fill(text: str, facts: PaperFacts) -> str:
    values = {
        "编号": facts.number,
        "中心": facts.centre,
        "单位": facts.unit,
        "申请人": facts.names("applicant"),
        "日期": day(facts.today),
    }
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), text)


def make(form: Form, facts: PaperFacts, given: Given, own: Wording, number: str = "") -> Document:
    """The paper as it would be issued."""
    fixed = {one.name: fill(own.fixed.get(one.name, "") or one.text, facts) for one in form.fixed}
    blocks: list[Block] = [
        *body(fill(own.opening, facts)),
        *form.build(facts, {**given, **fixed}),
        *body(fill(own.closing, facts)),
    ]
    heading = fill(own.heading, facts) or issuer_of(form, facts).name
    shown = number or (form.numbered(facts) if form.numbered else "")
    return Document(heading, fill(own.title, facts) or form.title(facts), shown, tuple(blocks))
