"""Units: adding, changing, switching on and off. A unit is never deleted: cases tell who handled them."""

from onedoor.people.find import find_division
from onedoor.people.models import Division, Unit, UnitKind
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.refusal import CONFLICT, Refused, invalid

KINDS = {kind.value: kind.label for kind in UnitKind}
_CENTRE = UnitKind.CENTRE


def add_unit(*, by: By, code: str, name: str, short_name: str = "", kind: str, division: str, phone: str = "") -> Unit:
    """A new unit in use. `kind` by code or Chinese name, `division` by code or name. Without a short name the
    beginning of the full one serves."""
    form = Form()
    code = form.word("code", code, "代码", 40)
    read = _read(form, name, short_name, kind, division, phone)
    with administering(by):
        if Unit.objects.filter(code=code).exists():
            raise invalid("code", f"单位代码 {code} 已在使用。")
        unit = Unit(code=code, **read)
        _one_centre(unit)
        unit.save(force_insert=True)
        by.log("unit", code, "新增单位")
    return unit


def change_unit(
    *, by: By, unit: int, name: str, short_name: str = "", kind: str, division: str, phone: str = ""
) -> bool:
    """The same fields of a unit that is there, all but its code; whether anything was different."""
    read = _read(Form(), name, short_name, kind, division, phone)
    with administering(by):
        there = Unit.objects.get(pk=unit)
        changed = [field for field, value in read.items() if getattr(there, field) != value]
        if not changed:
            return False
        # cases keep the path of the centre that has them
        if _CENTRE in (there.kind, read["kind"]) and {"kind", "division"} & set(changed):
            field = "kind" if "kind" in changed else "division"
            raise invalid(field, "综治中心的类别和区划不能改。请停用这个单位，另建一个。")
        for field in changed:
            setattr(there, field, read[field])
        there.save(update_fields=changed)
        by.log("unit", there.code, f"修改单位：{'、'.join(_NAMES[field] for field in changed)}")
    return True


def switch_unit(*, by: By, unit: int, active: bool) -> None:
    """In use or not. Posts in a unit out of use give no rights. Who switches one off asks first whether cases
    wait there: `cases.steps.switch_unit_off`."""
    with administering(by):
        there = Unit.objects.select_related("division").get(pk=unit)
        if there.active == active:
            return
        there.active = active
        if active:
            _one_centre(there)
        there.save(update_fields=["active"])
        by.log("unit", there.code, "启用单位" if active else "停用单位")


_NAMES = {"name": "全称", "short_name": "简称", "kind": "类别", "division": "区划", "phone": "电话"}


def _read(form: Form, name: str, short_name: str, kind: str, division: str, phone: str) -> dict[str, object]:
    name = form.text("name", name, "全称", 80)
    read: dict[str, object] = {
        "name": name,
        "short_name": form.text("short_name", short_name, "简称", 20, required=False) or name[:20],
        "kind": form.choice("kind", kind, "类别", KINDS),
        "phone": form.text("phone", phone, "公开电话", 30, required=False),
    }
    try:
        read["division"] = find_division(division)
    except Refused as refused:
        form.take(refused)
    form.check()
    return read


def _one_centre(unit: Unit) -> None:
    """The database holds it too (`one_centre_per_division`); here it gets its sentence."""
    if unit.kind != _CENTRE:
        return
    division: Division = unit.division
    other = Unit.objects.filter(kind=_CENTRE, active=True, division=division).exclude(pk=unit.pk).first()
    if other is not None:
        sentence = f"“{division}”已有综治中心“{other}”，一个区划只能有一个。"
        raise Refused(CONFLICT, sentence, {"division": sentence})
