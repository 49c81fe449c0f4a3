"""窗口、功能室、工作室: added, changed, switched on and off. None is deleted: numbers and visits tell where."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef

from onedoor.hall.models import Line, LineWindow, Place
from onedoor.hall.steps._find import day_or_none, unit_or_none
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.refusal import CONFLICT, NOT_FOUND, Refused, invalid
from onedoor.rules.residence import CALLS_NUMBERS, PLACE_KINDS, check_span

FIELDS = ("name", "kind", "purpose", "location", "unit", "mediator", "first", "last")


def add_place(*, by: By, centre: int, code: str, given: Mapping[str, str]) -> Place:
    """A place of this hall; it stands last. `given` has FIELDS; a temporary window needs its first and last day."""
    form = Form()
    code = form.word("code", code, "代码", 20)
    read = _read(form, given)
    with administering(by):
        there = Place.objects.filter(centre_id=centre)
        if there.filter(code=code).exists():
            raise invalid("code", f"代码 {code} 已在使用。")
        last = there.order_by("-position").first()
        place = Place(centre_id=centre, code=code, position=last.position + 1 if last else 0, **read)
        place.save(force_insert=True)
        by.log("hall", f"place:{code}", "新增窗口或场所")
    return place


def change_place(*, by: By, centre: int, code: str, given: Mapping[str, str]) -> None:
    """The same fields of a place that is there, all but its code."""
    read = _read(Form(), given)
    with administering(by):
        there = find_place(centre, code)
        if read["kind"] not in CALLS_NUMBERS:
            _dispensable(there)
        for field, value in read.items():
            setattr(there, field, value)
        there.save(update_fields=list(read))
        by.log("hall", f"place:{code}", "修改窗口或场所")


def switch_place(*, by: By, centre: int, code: str, active: bool) -> None:
    """In use or not; what is out of use is on no page for the public."""
    with administering(by):
        there = find_place(centre, code)
        if not active:
            _dispensable(there)
        there.active = active
        there.save(update_fields=["active"])
        by.log("hall", f"place:{code}", "启用窗口或场所" if active else "停用窗口或场所")


def _dispensable(there: Place) -> None:
    """Refuses where numbers of a line would be drawn and nobody could call them."""
    others = LineWindow.objects.filter(line=OuterRef("pk"), window__active=True).exclude(window=there)
    served = Line.objects.filter(active=True, windows=there).exclude(Exists(others)).first()
    if served is not None:
        raise Refused(CONFLICT, f"“{served}”只有这个窗口叫号，请先给它换窗口，或停用这项业务。")


def find_place(centre: int, code: str) -> Place:
    found = Place.objects.select_related("unit").filter(centre_id=centre, code=code.replace("\0", "\ufffd")).first()
    if found is None:
        raise Refused(NOT_FOUND, "没有这个窗口或场所。")
    return found


def _read(form: Form, given: Mapping[str, str]) -> dict[str, Any]:
    kind = form.choice("kind", given.get("kind", ""), "类别", PLACE_KINDS)
    read: dict[str, Any] = {
        "name": form.text("name", given.get("name", ""), "名称", 20),
        "kind": kind,
        "purpose": form.text("purpose", given.get("purpose", ""), "办什么", 60, required=False),
        "location": form.text("location", given.get("location", ""), "位置", 40, required=False),
        "unit": unit_or_none(form, given.get("unit", "")),
        "mediator": form.text("mediator", given.get("mediator", ""), "首席调解员", 20, required=kind == "studio"),
        "first": day_or_none(form, "first", given.get("first", "")),
        "last": day_or_none(form, "last", given.get("last", "")),
    }
    if kind != "studio":
        read["mediator"] = ""
    if kind != "temporary":
        read["first"] = read["last"] = None
    elif not {"first", "last"} & set(form.faults):
        try:
            check_span(read["first"], read["last"])
        except Refused as refused:
            form.take(refused)
    form.check()
    return read
