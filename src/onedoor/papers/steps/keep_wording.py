"""文书格式: a centre's own heading and words, kept by the administrator."""

from collections.abc import Mapping

from onedoor.papers.forms import FORMS
from onedoor.papers.models import PaperWording
from onedoor.papers.wording import Wording, check
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.identity import check_text
from onedoor.rules.refusal import NOT_FOUND, Refused


def read_wording(given: Mapping[str, str]) -> Wording:
    """What was typed, or a refusal that names every fault."""
    form = Form()
    lines = {
        name: form.text(name, given.get(name, ""), label, most, required=False)
        for name, label, most in (("heading", "发文单位", 60), ("title", "标题", 60), ("word", "文号字", 12))
    }
    texts = {}
    for name, label in (("opening", "开头"), ("closing", "结尾")):
        try:
            texts[name] = check_text(given.get(name, ""), most=2000, field=name, label=label, required=False)
            check(texts[name], name)
        except Refused as refused:
            form.take(refused)
    form.check()
    check(lines["heading"], "heading")
    return Wording(lines["heading"], lines["title"], texts["opening"], texts["closing"], lines["word"])


def keep_wording(*, by: By, form: str, given: Mapping[str, str]) -> None:
    """Saves it; all empty: the form's own words again. Papers that were issued stay as they are."""
    if form not in FORMS:
        raise Refused(NOT_FOUND, "没有这种文书。")
    wording = read_wording(given)
    with administering(by):
        PaperWording.objects.update_or_create(
            form=form,
            defaults={
                "heading": wording.heading,
                "title": wording.title,
                "opening": wording.opening,
                "closing": wording.closing,
                "word": wording.word,
            },
        )
        by.log("paper_wording", form, "保存文书格式")
