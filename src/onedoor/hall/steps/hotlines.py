"""热线: added, changed, switched on and off. None is deleted: calls tell of it."""

from collections.abc import Mapping
from typing import Any

from onedoor.hall.models import Hotline
from onedoor.hall.steps._find import unit_or_none
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid

FIELDS = ("name", "number", "unit", "hours")


def add_hotline(*, by: By, centre: int, given: Mapping[str, str]) -> Hotline:
    """A line of this centre; it stands last. `given` has FIELDS; without a unit it is the centre's own."""
    read = _read(given)
    with administering(by):
        _alone(centre, read["number"], None)
        last = Hotline.objects.filter(centre_id=centre).order_by("-position").first()
        line = Hotline(centre_id=centre, position=last.position + 1 if last else 0, **read)
        line.save(force_insert=True)
        by.log("hall", f"hotline:{line.pk}", "新增热线")
    return line


def change_hotline(*, by: By, centre: int, hotline: int, given: Mapping[str, str]) -> None:
    read = _read(given)
    with administering(by):
        there = find_hotline(centre, hotline)
        _alone(centre, read["number"], there.pk)
        for field, value in read.items():
            setattr(there, field, value)
        there.save(update_fields=list(read))
        by.log("hall", f"hotline:{hotline}", "修改热线")


def switch_hotline(*, by: By, centre: int, hotline: int, active: bool) -> None:
    """Out of use it is shown to nobody and takes no more calls; what was noted stays."""
    with administering(by):
        there = find_hotline(centre, hotline)
        there.active = active
        there.save(update_fields=["active"])
        by.log("hall", f"hotline:{hotline}", "启用热线" if active else "停用热线")


def find_hotline(centre: int, hotline: int) -> Hotline:
    found = Hotline.objects.select_related("unit").filter(pk=hotline, centre_id=centre).first()
    if found is None:
        raise Refused(NOT_FOUND, "没有这条热线。")
    return found


def _alone(centre: int, number: str, own: int | None) -> None:
    """The database holds it too; here it gets its sentence."""
    same = Hotline.objects.filter(centre_id=centre, number=number).exclude(pk=own or 0).first()
    if same is not None:
        raise invalid("number", f"号码 {number} 已是“{same}”。")


def _read(given: Mapping[str, str]) -> dict[str, Any]:
    form = Form()
    read: dict[str, Any] = {
        "name": form.text("name", given.get("name", ""), "名称", 30),
        "number": form.text("number", given.get("number", ""), "号码", 30),
        "unit": unit_or_none(form, given.get("unit", "")),
        "hours": form.text("hours", given.get("hours", ""), "接听时间", 40, required=False),
    }
    if "number" not in form.faults and not any(sign.isdigit() for sign in read["number"]):
        form.fault("number", "号码应为电话号码，如 0990-5550100。")
    form.check()
    return read
