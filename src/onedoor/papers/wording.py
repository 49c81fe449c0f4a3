"""A centre's own words on a form: heading, title, opening, closing, with a few placeholders that are known."""

import re
from dataclasses import dataclass

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
    """What is empty is as the form has it."""

    heading: str = ""
    title: str = ""
    opening: str = ""
    closing: str = ""
    word: str = ""


def wording_of(form: str) -> Wording:
    found = PaperWording.objects.filter(form=form).first()
    return Wording(found.heading, found.title, found.opening, found.closing, found.word) if found else Wording()


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
    organisation = facts.unit if form.by_unit and facts.unit else facts.centre
    if form.file and facts.mediation:
        organisation = str(facts.mediation["unit"])
    blocks: list[Block] = [
        *body(fill(own.opening, facts)),
        *form.build(facts, given),
        *body(fill(own.closing, facts)),
    ]
    shown = number or (form.numbered(facts) if form.numbered else "")
    return Document(fill(own.heading, facts) or organisation, own.title or form.name, shown, tuple(blocks))
