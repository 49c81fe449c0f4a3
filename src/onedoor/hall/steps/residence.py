"""入驻: units at a hall, added, changed, switched on and off."""

from collections.abc import Mapping
from typing import Any

from onedoor.hall.models import Call, Duty, Residence
from onedoor.hall.steps._find import place_or_none, unit_or_none
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.refusal import CONFLICT, NOT_FOUND, Refused, invalid
from onedoor.rules.residence import MODES, MOST_MINUTES

FIELDS = ("mode", "unit", "name", "purpose", "phone", "address", "place", "minutes")


def add_residence(*, by: By, centre: int, given: Mapping[str, str]) -> Residence:
    """A unit in residence, or a firm that is only listed as reachable. `given` has FIELDS; `place` is a code."""
    read = _read(centre, given)
    with administering(by):
        _once(centre, read, None)
        last = Residence.objects.filter(centre_id=centre).order_by("-position").first()
        made = Residence(centre_id=centre, position=last.position + 1 if last else 0, **read)
        made.save(force_insert=True)
        by.log("hall", f"residence:{made.pk}", "新增入驻")
    return made


def change_residence(*, by: By, centre: int, residence: int, given: Mapping[str, str]) -> None:
    """The same fields. Refuses another mode while a call is open or half days lie ahead."""
    read = _read(centre, given)
    with administering(by):
        there = find_residence(centre, residence)
        if read["mode"] != there.mode or read["unit"] != there.unit:
            _unused(there, by)
        if there.active:
            _once(centre, read, there)
        for field, value in read.items():
            setattr(there, field, value)
        there.save(update_fields=list(read))
        by.log("hall", f"residence:{residence}", "修改入驻")


def switch_residence(*, by: By, centre: int, residence: int, active: bool) -> None:
    """In use or not. Its half days to come go with it."""
    with administering(by):
        there = find_residence(centre, residence)
        if there.active == active:
            return
        if active:
            _once(centre, {"unit": there.unit, "mode": there.mode}, there)
        else:
            _unused(there, by)
        there.active = active
        there.save(update_fields=["active"])
        by.log("hall", f"residence:{residence}", "启用入驻" if active else "停用入驻")


def find_residence(centre: int, residence: int) -> Residence:
    found = Residence.objects.select_related("unit", "place").filter(centre_id=centre, pk=residence).first()
    if found is None:
        raise Refused(NOT_FOUND, "没有这个入驻单位。")
    return found


def _unused(there: Residence, by: By) -> None:
    if Call.objects.filter(residence=there, arrived_at=None, cancelled_at=None).exists():
        raise Refused(CONFLICT, "正在呼叫这个单位，请先登记到岗或取消呼叫。")
    if Duty.objects.filter(residence=there, day__gte=by.at.date()).exists():
        raise Refused(CONFLICT, "轮值表里还有它以后的班次，请先在轮值表里去掉。")


def _once(centre: int, read: Mapping[str, Any], own: Residence | None) -> None:
    """The database holds it too (`residence_of_a_unit_once`); here it gets its sentence."""
    if read["unit"] is None:
        return
    others = Residence.objects.filter(centre_id=centre, unit=read["unit"], mode=read["mode"], active=True)
    if own is not None:
        others = others.exclude(pk=own.pk)
    if others.exists():
        raise invalid("unit", f"“{read['unit']}”已经是{MODES[read['mode']]}单位。")


def _read(centre: int, given: Mapping[str, str]) -> dict[str, Any]:
    form = Form()
    mode = form.choice("mode", given.get("mode", ""), "入驻方式", MODES)
    listed = mode == "reachable"
    read: dict[str, Any] = {
        "mode": mode,
        "unit": None if listed else unit_or_none(form, given.get("unit", "")),
        "name": form.text("name", given.get("name", ""), "名称", 60, required=listed) if listed else "",
        "purpose": form.text("purpose", given.get("purpose", ""), "办什么", 120, required=False),
        "phone": form.text("phone", given.get("phone", ""), "公开电话", 30, required=listed),
        "address": form.text("address", given.get("address", ""), "地址", 120, required=False),
        "place": place_or_none(form, centre, given.get("place", "")),
        "minutes": None,
    }
    if not listed and read["unit"] is None:
        form.fault("unit", "请填写单位；律所、公证处等没有账号的，入驻方式选“信息入驻”。")
    if mode == "on_call":
        typed = given.get("minutes", "").strip()
        if typed.isascii() and typed.isdecimal() and len(typed) < 5 and 1 <= int(typed) <= MOST_MINUTES:
            read["minutes"] = int(typed)
        else:
            form.fault("minutes", f"随叫随驻请填写几分钟内到岗，1到{MOST_MINUTES}的整数。")
    form.check()
    return read
