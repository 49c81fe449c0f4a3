"""文书格式: a unit's own words on a form, kept by the administrator."""

from collections.abc import Mapping

from onedoor.papers.forms import FORMS
from onedoor.papers.models import PaperWording
from onedoor.papers.wording import Wording, check
from onedoor.people.models import Unit
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.identity import check_text
from onedoor.rules.refusal import NOT_FOUND, Refused

FIXED = "fixed."  # what the fields of standing paragraphs are called


def read_wording(form: str, given: Mapping[str, str]) -> Wording:
    """What was typed, or a refusal that names every fault."""
    reading = Form()
    lines = {
        name: reading.text(name, given.get(name, ""), label, most, required=False)
        for name, label, most in (("heading", "发文单位", 60), ("title", "标题", 60), ("word", "文号字", 12))
    }
    texts = {}
    paragraphs = [(f"{FIXED}{one.name}", one.label) for one in FORMS[form].fixed]
    for name, label in (("opening", "开头"), ("closing", "结尾"), *paragraphs):
        try:
            texts[name] = check_text(given.get(name, ""), most=2000, field=name, label=label, required=False)
            check(texts[name], name)
        except Refused as refused:
            reading.take(refused)
    for name in ("heading", "title"):
        try:
            check(lines[name], name)
        except Refused as refused:
            reading.take(refused)
    reading.check()
    fixed = {name.removeprefix(FIXED): text for name, text in texts.items() if name.startswith(FIXED) and text}
    return Wording(lines["heading"], lines["title"], texts["opening"], texts["closing"], lines["word"], fixed)


def keep_wording(*, by: By, form: str, unit: str, given: Mapping[str, str]) -> None:
    """Saves it for the unit of that code, or for all where it is empty; all empty: what it had goes, and the next in
    line counts. Papers that were issued stay as they are."""
    if form not in FORMS:
        raise Refused(NOT_FOUND, "没有这种文书。")
    wording = read_wording(form, given)
    with administering(by):
        whose = Unit.objects.filter(code=unit).first() if unit else None
        if unit and whose is None:
            raise Refused(NOT_FOUND, "没有这个单位。")
        if not wording:
            PaperWording.objects.filter(form=form, unit=whose).delete()
        else:
            PaperWording.objects.update_or_create(
                form=form,
                unit=whose,
                defaults={
                    "heading": wording.heading,
                    "title": wording.title,
                    "opening": wording.opening,
                    "closing": wording.closing,
                    "word": wording.word,
                    "fixed": wording.fixed,
                },
            )
        by.log("paper_wording", f"{form} {unit}".strip(), "保存文书格式")
