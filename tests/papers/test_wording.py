"""A centre's own words: whose count, what they may change, the whole paper in the preview."""

from datetime import timedelta

import pytest

from cases.kit import NOW, person
from mediation.kit import MEDIATOR, opened, wage_case
from onedoor.cases.queries.gate import case_for
from onedoor.cases.steps._state import load
from onedoor.papers.facts import facts_of
from onedoor.papers.forms import FORMS
from onedoor.papers.model import text_of
from onedoor.papers.models import Paper, PaperWording
from onedoor.papers.sample import sample
from onedoor.papers.steps.issue import issue
from onedoor.papers.wording import Wording, make, wording_of
from onedoor.people.models import Unit
from web.kit import Screens, words

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


def test_the_issuers_words_count_then_the_centres_then_those_for_all(county: None) -> None:
    number = wage_case()
    opened(number)
    signed = person(MEDIATOR)
    facts = facts_of(signed.viewer(), load(case_for(signed.viewer(), number)), LATER, full=False)
    form = FORMS["rights_notice"]
    for code, title in (("", "通用"), ("centre", "中心的"), ("tw-laodong", "调委会的")):
        unit = Unit.objects.get(code=code) if code else None
        PaperWording.objects.create(form=form.code, unit=unit, title=title)
        assert wording_of(form, facts).title == title
    PaperWording.objects.create(form=form.code, unit=Unit.objects.get(code="rsj"), title="别人的")
    assert wording_of(form, facts).title == "调委会的"


def test_all_that_a_centre_may_word_is_on_the_issued_paper(screens: Screens) -> None:
    number = wage_case()
    opened(number)
    answer = screens.send(
        "admin", "admin/papers/termination_letter?unit=tw-laodong", heading="劳动调委会", title="终止调解函", word="终函",
        opening="开头的话，{编号}。", closing="结尾的话。", **{"fixed.in_time": "自己的期间提示。"},
    )  # fmt: skip
    assert answer.status_code == 302, words(answer)
    from mediation.kit import row, who
    from onedoor.mediation.steps import mediate

    mediate.end_mediation(
        who=who(MEDIATOR, number), mediation=str(row("mediation", number)["id"]), ending="failed", routes=["起诉"],
        text="不成。",
    )  # fmt: skip
    signed = person(MEDIATOR)
    issue(viewer=signed.viewer(), actors=signed.actors, number=number, form="termination_letter", raw={}, at=LATER)
    content = str(Paper.objects.get().content)
    for wanted in ("劳动调委会", "终止调解函", "终函〔2026〕1号", f"开头的话，{number}", "结尾的话", "自己的期间提示"):
        assert wanted in content, wanted
    assert "法律对时效和期间有规定" not in content
    # all empty: back to the words that come with the form
    screens.send("admin", "admin/papers/termination_letter?unit=tw-laodong")
    assert not PaperWording.objects.exists()


def test_the_preview_is_the_whole_paper_and_saves_nothing(screens: Screens) -> None:
    answer = screens.send(
        "admin",
        "admin/papers/rights_notice?unit=centre",
        preview="1",
        title="权利告知",
        **{"fixed.duties": "按时到场。"},
    )
    page = words(answer)
    assert "权利告知" in page and "1．按时到场。" in page and "要求调解公开进行" in page
    assert not PaperWording.objects.exists()


def test_an_unknown_placeholder_is_refused_at_its_field(screens: Screens) -> None:
    answer = screens.send("admin", "admin/papers/receipt", **{"fixed.follow": "{身份证号}"})
    assert answer.status_code == 422 and "没有“{身份证号}”这个占位" in words(answer)
    assert screens.open("admin", "admin/papers/receipt?unit=nobody").status_code == 404
    assert screens.open("clerk", "admin/papers").status_code == 403


@pytest.mark.parametrize("code", FORMS)
def test_every_form_can_be_previewed(code: str, county: None) -> None:
    form = FORMS[code]
    facts, given = sample(form, NOW, "某县中心", "某局")
    assert form.refusal(facts) == ""
    own = Wording(fixed={one.name: f"改过的{one.name}" for one in form.fixed})
    said = text_of(make(form, facts, given, own))
    assert all(f"改过的{one.name}" in said for one in form.fixed)
