"""Every form, made of a matter of the demo county: the same words in PDF and DOCX, every field of domain.md §4."""

import io
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from cases.kit import person
from onedoor.cases.queries.gate import case_for
from onedoor.cases.sql import rows
from onedoor.cases.steps._state import load
from onedoor.papers.docx import to_docx
from onedoor.papers.facts import PaperFacts, facts_of
from onedoor.papers.forms import FORMS
from onedoor.papers.model import text_of
from onedoor.papers.models import Paper
from onedoor.papers.pdf import to_pdf
from onedoor.papers.queries.bundles import bundle
from onedoor.papers.queries.papers import rendered
from onedoor.papers.wording import Wording, make
from papers.fields import FIELDS, filled_of, labels_of
from papers.words import docx_words, pdf_words, squeezed

# By form: the matters from which one of its kind is taken, the first of which it can be made.
_PETITION = "c.purpose = 'petition' AND c.scheme = 'petition-statutory'"
_AGREED = "EXISTS (SELECT 1 FROM agreement a WHERE a.case_id = c.id AND a.form = 'written' AND a.state = 'effective')"
_WHERE = {
    "oral_agreement_register": "EXISTS (SELECT 1 FROM agreement a WHERE a.case_id = c.id AND a.form = 'oral')",
    "termination_letter": "EXISTS (SELECT 1 FROM mediation m WHERE m.case_id = c.id AND m.state = 'ended')",
    "supervision_notice": "EXISTS (SELECT 1 FROM supervision s WHERE s.case_id = c.id)",
    "petition_refusal": f"{_PETITION} AND EXISTS (SELECT 1 FROM assignment a WHERE a.case_id = c.id AND NOT a.accepted)",
    "petition_extension": f"{_PETITION} AND EXISTS (SELECT 1 FROM clock k WHERE k.case_id = c.id AND k.extended > 0)",
    "petition_opinion": f"{_PETITION} AND c.stage IN ('closed', 'followed_up')",
}


def matter_for(code: str) -> PaperFacts:
    usual = f"{_PETITION} AND c.stage = 'handling'" if code.startswith("petition") else _AGREED
    found = rows(
        f"SELECT c.number FROM \"case\" c WHERE {_WHERE.get(code, usual)} AND c.confidentiality = 'ordinary'"
        " AND NOT c.anonymous ORDER BY (SELECT coalesce(sum(i.paid), 0) FROM agreement_item i WHERE i.case_id = c.id)"
        " DESC, c.number"
    )
    viewer = person("supervisor").viewer()
    for row in found:
        facts = facts_of(viewer, load(case_for(viewer, row["number"])), timezone.now(), full=True)
        if not FORMS[code].refusal(facts):
            return facts
    raise AssertionError(f"no matter of the demo county for {code}")


@pytest.mark.parametrize("code", FORMS)
def test_both_renderings_say_the_same_and_hold_every_field(code: str, full: int) -> None:
    form, facts = FORMS[code], matter_for(code)
    given = {
        ask.name: ask.options(facts)[0][0] if ask.options else f"填写的{ask.label}"
        for ask in form.asks
        if code == "investigation_record"
        or ask.required
        or (ask.long and code != "file_note")
        or ask.options
        or ask.name in ("recorder", "court")
    }
    document = make(form, facts, given, Wording(), f"澜平{form.word}〔2026〕1号" if form.word else "")
    said = squeezed(text_of(document))
    assert docx_words(to_docx(document)) == said
    assert pdf_words(to_pdf(document)) == said
    wanted = FIELDS[code]
    assert set(wanted.labels.split()) <= labels_of(document), set(wanted.labels.split()) - labels_of(document)
    for words in wanted.words.split():
        assert squeezed(words) in said, words
    assert set(wanted.filled.split()) <= filled_of(document), set(wanted.filled.split()) - filled_of(document)
    for party in facts.people:
        if code in ("mediation_application", "agreement", "oral_agreement_register", "confirmation_application"):
            assert squeezed(party.name) in said


def test_papers_are_there_at_first_sight_and_a_whole_file_can_be_had(full: int) -> None:
    forms: list[Any] = list(Paper.objects.values_list("form", flat=True))
    assert {
        "agreement", "termination_letter", "petition_acceptance", "petition_opinion", "proof_of_service",
        "petition_refusal",
    } <= set(forms)  # fmt: skip
    viewer = person("supervisor").viewer()
    number = Paper.objects.filter(form="agreement").values_list("case__number", flat=True)[0]
    state = load(case_for(viewer, number))
    made = bundle(viewer, state, timezone.now(), "file")
    assert len(PdfReader(io.BytesIO(made.content)).pages) >= 9
    for paper in Paper.objects.filter(case__number=number):
        for kind in ("pdf", "docx"):
            assert rendered(state, str(paper.pk), kind).same
