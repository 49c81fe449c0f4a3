"""服务目录: the centre's administrators keep it. A service is never deleted: others may have kept its address."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Max

from onedoor.cases.models import Category
from onedoor.cases.pinyin import initials
from onedoor.cases.schemes import book
from onedoor.hall.models import Service, ServiceGroup
from onedoor.people.find import find_unit
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.identity import check_text
from onedoor.rules.intake import KINDS, PURPOSES
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid
from onedoor.rules.services import MOST_LINE, MOST_NAME, MOST_TEXT, WINDOW_KINDS

LONGEST_CODE = 40
# What an administrator fills in, with the words of the form.
LONG = {"what": "是什么", "for_whom": "谁可以办", "bring": "带什么", "basis": "依据"}
LINES = {"handled_by": "由谁办理", "form": "填什么表", "fee": "收费", "unconfirmed": "待核"}
NAMES = {
    "name": "名称", "group": "类别", **LONG, **LINES, "unit": "承办单位", "scheme": "时限方案", "line": "取号窗口",
    "category": "登记类别", "kind": "登记性质", "purpose": "信访目的",
}  # fmt: skip


def add_service(*, by: By, code: str, raw: Mapping[str, str]) -> Service:
    """A service in use, last of its group. `raw` has the names of NAMES; refuses with every faulty field."""
    form = Form()
    code = form.word("code", code, "代码", LONGEST_CODE)
    read = _read(form, raw)
    with administering(by):
        if Service.objects.filter(code=code).exists():
            raise invalid("code", f"服务代码 {code} 已在使用。")
        made = Service(code=code, changed_at=by.at, position=_last(read["group"]), **read)
        made.save(force_insert=True)
        by.log("service", code, "新增服务")
    return made


def change_service(*, by: By, code: str, raw: Mapping[str, str]) -> bool:
    """The same fields of a service that is there; whether anything was different. In another group it stands last."""
    read = _read(Form(), raw)
    with administering(by):
        there = _find(code)
        changed = [name for name in NAMES if getattr(there, name) != read[name]]
        if not changed:
            return False
        if "group" in changed:
            there.position = _last(read["group"])
        for name, value in read.items():
            setattr(there, name, value)
        there.changed_at = by.at
        there.save()
        by.log("service", code, f"修改服务：{'、'.join(NAMES[name] for name in changed)}")
    return True


def switch_service(*, by: By, code: str, active: bool) -> None:
    """Shown to residents or not."""
    with administering(by):
        there = _find(code)
        if there.active == active:
            return
        there.active, there.changed_at = active, by.at
        there.save(update_fields=["active", "changed_at"])
        by.log("service", code, "启用服务" if active else "停用服务")


def move_service(*, by: By, code: str, up: bool) -> None:
    """One place up or down within its group."""
    with administering(by):
        there = _find(code)
        _moved(list(Service.objects.filter(group=there.group).order_by("position", "code")), there, up=up)
        by.log("service", code, "上移服务" if up else "下移服务")


def add_group(*, by: By, code: str, name: str) -> ServiceGroup:
    """A heading, last in the guide. It is not shown until a service in use stands below it."""
    form = Form()
    code = form.word("code", code, "代码", LONGEST_CODE)
    name = form.text("name", name, "名称", MOST_NAME)
    form.check()
    with administering(by):
        if ServiceGroup.objects.filter(code=code).exists():
            raise invalid("code", f"服务类别代码 {code} 已在使用。")
        last = ServiceGroup.objects.aggregate(last=Max("position"))["last"]
        made = ServiceGroup(code=code, name=name, position=0 if last is None else last + 1)
        made.save(force_insert=True)
        by.log("service", code, "新增服务类别")
    return made


def rename_group(*, by: By, code: str, name: str) -> bool:
    """Whether the name was different."""
    form = Form()
    name = form.text("name", name, "名称", MOST_NAME)
    form.check()
    with administering(by):
        there = _find_group(code)
        if there.name == name:
            return False
        by.log("service", code, f"服务类别改名：{there.name}改为{name}")
        there.name = name
        there.save(update_fields=["name"])
    return True


def switch_group(*, by: By, code: str, active: bool) -> None:
    """Shown to residents or not, with all that stands below it."""
    with administering(by):
        there = _find_group(code)
        if there.active == active:
            return
        there.active = active
        there.save(update_fields=["active"])
        by.log("service", code, "启用服务类别" if active else "停用服务类别")


def move_group(*, by: By, code: str, up: bool) -> None:
    """One place up or down in the guide."""
    with administering(by):
        there = _find_group(code)
        _moved(list(ServiceGroup.objects.order_by("position", "code")), there, up=up)
        by.log("service", code, "上移服务类别" if up else "下移服务类别")


def _moved(all_of_them: list[Any], there: Any, *, up: bool) -> None:
    """Changes places with the neighbour, if there is one, and writes all places anew: old ones may be the same."""
    place = all_of_them.index(there)
    other = place - 1 if up else place + 1
    if 0 <= other < len(all_of_them):
        all_of_them[place], all_of_them[other] = all_of_them[other], all_of_them[place]
    for position, one in enumerate(all_of_them):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])


def _read(form: Form, raw: Mapping[str, str]) -> dict[str, Any]:
    name = form.text("name", raw.get("name", ""), NAMES["name"], MOST_NAME)
    read: dict[str, Any] = {"name": name, "initials": ""}
    for field, label in LONG.items():
        try:
            text = raw.get(field, "").replace("\r\n", "\n")
            read[field] = check_text(text, most=MOST_TEXT, field=field, label=label, required=field == "what")
        except Refused as refused:
            form.take(refused)
    for field, label in LINES.items():
        read[field] = form.text(field, raw.get(field, ""), label, MOST_LINE, required=False)
    read["group"] = ServiceGroup.objects.filter(code=raw.get("group", "").strip()).first()
    if read["group"] is None:
        form.fault("group", "请选择类别。")
    read["unit"] = _unit(form, raw.get("unit", ""))
    read["line"] = _line(form, raw.get("line", ""))
    schemes = {code: one.name for code, one in book(newest=True).schemes.items()}
    categories = dict(Category.objects.filter(active=True).values_list("code", "name"))
    for field, known in (("scheme", schemes), ("category", categories), ("kind", KINDS), ("purpose", PURPOSES)):
        read[field] = raw.get(field, "").strip()
        if read[field] and read[field] not in known:
            form.fault(field, f"没有这个{NAMES[field]}，请重新选择。")
    form.check()
    read["initials"] = initials(name)[:MOST_NAME]
    return read


def _unit(form: Form, typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return find_unit(typed).code
    except Refused as refused:
        form.take(refused)
        return ""


def _line(form: Form, typed: str) -> str:
    """A kind of window by its code or name, or the code of a line of the centre's own."""
    by_name = {name: code for code, name in WINDOW_KINDS.items()}
    text = by_name.get(typed.strip(), typed.strip())
    return form.word("line", text, NAMES["line"], LONGEST_CODE) if text else ""


def _last(group: ServiceGroup) -> int:
    last = group.services.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def _find(code: str) -> Service:
    found = Service.objects.select_related("group").filter(code=code.replace("\0", "\ufffd")).first()
    if found is None:
        raise Refused(NOT_FOUND, "没有这项服务。")
    return found


def _find_group(code: str) -> ServiceGroup:
    found = ServiceGroup.objects.filter(code=code.replace("\0", "\ufffd")).first()
    if found is None:
        raise Refused(NOT_FOUND, "没有这个服务类别。")
    return found
