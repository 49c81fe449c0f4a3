"""The form in which a scheme's next version is written: what is shown, and what is read back."""

from collections.abc import Mapping
from typing import Any

from onedoor.people.steps.form import Form
from onedoor.rules.access import ROLE_NAMES, Role
from onedoor.rules.refusal import Refused
from onedoor.rules.scheme_book import to_content
from onedoor.rules.schemes import BINDS, CLOCK_NAMES, UNIT_NAMES, Scheme, SchemeItem
from onedoor.web.desk.admin.fields import Fields, whole

WARN = {"share": "用去一定比例的时间", "after": "自起算满", "left": "距到期还有"}
APPROVES = {str(role): ROLE_NAMES[role] for role in (Role.UNIT_LEAD, Role.DIRECTOR)}
_UNITS = {str(unit): name.removeprefix("个") for unit, name in UNIT_NAMES.items()}


def typed_of(scheme: Scheme) -> dict[str, str]:
    """What the form says before anybody has typed."""
    typed = {"name": scheme.name, "note": scheme.note, "to_choose": "yes" if scheme.to_choose else ""}
    for kind, item in scheme.items.items():
        typed |= {f"{kind}.{name}": value for name, value in _typed_item(item).items()}
    return typed


def _typed_item(item: SchemeItem) -> dict[str, str]:
    how, value, unit = "share", _percent(item.warn), ""
    for name, period in (("after", item.warn_after), ("left", item.warn_left)):
        if period is not None:
            how, value, unit = name, str(period.amount), str(period.unit)
    extension = item.extension
    return {
        "amount": str(item.amount),
        "unit": str(item.unit),
        "roll": "yes" if item.roll else "",
        "warn_how": how,
        "warn": value,
        "warn_unit": unit,
        "basis": item.basis,
        "local": "yes" if item.local else "",
        "extends": "yes" if extension else "",
        "most": str(extension.most) if extension else "",
        "most_unit": str(extension.unit) if extension else "",
        "by": str(extension.by) if extension else "",
        "extension_basis": extension.basis if extension else "",
    }


def _percent(share: float) -> str:
    return f"{share * 100:g}"


def fields_of(scheme: Scheme, typed: Mapping[str, Any], refused: Refused | None) -> dict[str, Any]:
    """The fields as the template draws them: `top`, and `limits` with theirs."""
    form = Fields(typed, refused)
    return {
        "top": [
            form.text("name", "方案名称"),
            form.text("note", "说明", required=False),
            form.tick("to_choose", "待选定（还没有定下来用不用，规则暂不指向它）"),
        ],
        "limits": [
            {
                "kind": kind,
                "name": CLOCK_NAMES[kind],
                "binds": BINDS[item.binds],
                "fault": form.faults.get(kind, ""),
                "fields": _item_fields(form, kind),
                "extension": _extension_fields(form, kind),
                "extends": bool(typed.get(f"{kind}.extends")),
            }
            for kind, item in scheme.items.items()
        ],
        "reason": form.text("reason", "修改理由", help="写明文件、会议纪要或领导批示。"),
    }


def _item_fields(form: Fields, kind: str) -> list[Any]:
    return [
        form.number(f"{kind}.amount", "期限"),
        form.one(f"{kind}.unit", "单位", _UNITS),
        form.text(f"{kind}.basis", "依据"),
        form.one(f"{kind}.warn_how", "何时变黄", WARN),
        form.number(f"{kind}.warn", "变黄的数值", help="比例填百分数，如 70。"),
        form.one(f"{kind}.warn_unit", "变黄的单位（比例不选）", _UNITS, required=False),
        form.tick(f"{kind}.roll", "最后一日是休息日的，顺延到下一个工作日"),
        form.tick(f"{kind}.local", "待核（法律没有规定或读法还没有确认）"),
    ]


def _extension_fields(form: Fields, kind: str) -> list[Any]:
    return [
        form.tick(f"{kind}.extends", "可以延期一次"),
        form.number(f"{kind}.most", "最多延长", required=False),
        form.one(f"{kind}.most_unit", "延长的单位", _UNITS, required=False),
        form.one(f"{kind}.by", "由谁审批", APPROVES, required=False),
        form.text(f"{kind}.extension_basis", "延期的依据", required=False),
    ]


def read_content(scheme: Scheme, typed: Mapping[str, str]) -> dict[str, Any]:
    """The scheme's content with what was typed over it; refuses with every fault at its field. What the form does not
    show, such as who is bound and what starts a limit, stays as it was."""
    form = Form()
    content = to_content(scheme)
    content["name"] = form.text("name", typed.get("name", ""), "方案名称", 60)
    content["note"] = form.text("note", typed.get("note", ""), "说明", 500, required=False)
    content["to_choose"] = bool(typed.get("to_choose"))
    form.text("reason", typed.get("reason", ""), "修改理由", 500)
    for kind, item in scheme.items.items():
        given = {name: typed.get(f"{kind}.{name}", "") for name in _typed_item(item)}
        content["items"][kind] |= _read_item(form, kind, item, given)
        for gone in ("warn_after", "warn_left", "extension"):
            if content["items"][kind].get(gone) is None:
                content["items"][kind].pop(gone, None)
    form.check()
    return content


def _read_item(form: Form, kind: str, item: SchemeItem, given: dict[str, str]) -> dict[str, Any]:
    changed: dict[str, Any] = {
        "limit": _period(form, kind, "amount", "unit", "期限", given, least=0),
        "basis": form.text(f"{kind}.basis", given["basis"], "依据", 300),
        "roll": bool(given["roll"]),
        "local": bool(given["local"]),
        "warn_after": None,
        "warn_left": None,
        "extension": _read_extension(form, kind, item, given) if given["extends"] else None,
    }
    how = form.choice(f"{kind}.warn_how", given["warn_how"], "何时变黄", WARN)
    if how == "share":
        changed["warn"] = _share(form, f"{kind}.warn", given["warn"], item.warn)
    elif how in WARN:
        changed[f"warn_{how}"] = _period(form, kind, "warn", "warn_unit", "变黄的数值", given)
    return changed


def _read_extension(form: Form, kind: str, item: SchemeItem, given: dict[str, str]) -> dict[str, Any]:
    """Whom it must be told to and who must agree stay; of a new extension the applicant is told."""
    was = item.extension
    return {
        "most": _period(form, kind, "most", "most_unit", "最多延长", given),
        "by": form.choice(f"{kind}.by", given["by"], "由谁审批", APPROVES),
        "basis": form.text(f"{kind}.extension_basis", given["extension_basis"], "延期的依据", 300),
        "told": list(was.told) if was else ["applicant"],
        "consent": was.consent if was else False,
        "local": was.local if was else bool(given["local"]),
    }


def _period(
    form: Form, kind: str, amount: str, unit: str, label: str, given: dict[str, str], *, least: int = 1
) -> str:
    number = whole(given[amount], least, 3650)
    if number is None:
        form.fault(f"{kind}.{amount}", f"{label}应为{least}到3650的整数。")
    form.choice(f"{kind}.{unit}", given[unit], "单位", _UNITS)
    return f"{number} {given[unit].strip()}"


def _share(form: Form, field: str, typed: str, was: float) -> float:
    """A per cent as it was typed; one that was not touched stays exactly as it was."""
    if typed.strip() == _percent(was):
        return was
    share = whole(typed, 1, 99)
    if share is None:
        form.fault(field, "比例应为1到99的整数。")
        return was
    return share / 100
