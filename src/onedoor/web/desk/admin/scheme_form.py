"""The form in which a scheme's next version is written: what is shown, and what is read back."""

from collections.abc import Mapping
from typing import Any

from onedoor.people.steps.form import Form
from onedoor.rules.access import ROLE_NAMES, Role
from onedoor.rules.refusal import Refused
from onedoor.rules.scheme_book import to_content
from onedoor.rules.schemes import BINDS, CLOCK_NAMES, UNIT_NAMES, Scheme, SchemeItem, Threshold
from onedoor.web.desk.admin.fields import Fields, whole

WARN = {"share": "用去一定比例的时间", "after": "自起算满", "left": "距到期还有"}
RED = {"end": "到期时", **WARN}
APPROVES = {str(role): ROLE_NAMES[role] for role in (Role.UNIT_LEAD, Role.DIRECTOR)}
_UNITS = {str(unit): name.removeprefix("个") for unit, name in UNIT_NAMES.items()}


def typed_of(scheme: Scheme) -> dict[str, str]:
    """What the form says before anybody has typed."""
    typed = {"name": scheme.name, "note": scheme.note, "to_choose": "yes" if scheme.to_choose else ""}
    for kind, item in scheme.items.items():
        typed |= {f"{kind}.{name}": value for name, value in _typed_item(item).items()}
    return typed


def _typed_item(item: SchemeItem) -> dict[str, str]:
    extension = item.extension
    return {
        "amount": str(item.amount),
        "unit": str(item.unit),
        "roll": "yes" if item.roll else "",
        **_typed_threshold("warn", item.warn),
        **_typed_threshold("red", item.red),
        "basis": item.basis,
        "local": "yes" if item.local else "",
        "extends": "yes" if extension else "",
        "most": str(extension.most) if extension else "",
        "most_unit": str(extension.unit) if extension else "",
        "by": str(extension.by) if extension else "",
        "extension_basis": extension.basis if extension else "",
    }


def _typed_threshold(name: str, threshold: Threshold | None) -> dict[str, str]:
    how, value, unit = "end", "", ""
    if threshold is not None:
        how, value = "share", _percent(threshold.share)
        for one, period in (("after", threshold.after), ("left", threshold.left)):
            if period is not None:
                how, value, unit = one, str(period.amount), str(period.unit)
    return {f"{name}_how": how, name: value, f"{name}_unit": unit}


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
                "basis": form.text(f"{kind}.basis", "依据"),
                "extension": _extension_fields(form, kind),
                "extension_basis": form.text(f"{kind}.extension_basis", "延期的依据", required=False),
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
        form.one(f"{kind}.warn_how", "何时变黄", WARN),
        form.number(f"{kind}.warn", "变黄的数值", help="比例填百分数，如 70。"),
        form.one(f"{kind}.warn_unit", "变黄的单位（比例不选）", _UNITS, required=False),
        form.one(f"{kind}.red_how", "何时变红", RED),
        form.number(f"{kind}.red", "变红的数值（到期时不填）", required=False),
        form.one(f"{kind}.red_unit", "变红的单位（比例不选）", _UNITS, required=False),
        form.tick(f"{kind}.roll", "最后一日是休息日的，顺延到下一个工作日"),
        form.tick(f"{kind}.local", "待核（法律没有规定或读法还没有确认）"),
    ]


def _extension_fields(form: Fields, kind: str) -> list[Any]:
    return [
        form.tick(f"{kind}.extends", "可以延期一次"),
        form.number(f"{kind}.most", "最多延长", required=False),
        form.one(f"{kind}.most_unit", "延长的单位", _UNITS, required=False),
        form.one(f"{kind}.by", "由谁审批", APPROVES, required=False),
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
        for gone in [name for name, value in content["items"][kind].items() if value is None]:
            del content["items"][kind][gone]
    form.check()
    return content


def _read_item(form: Form, kind: str, item: SchemeItem, given: dict[str, str]) -> dict[str, Any]:
    changed: dict[str, Any] = {
        "limit": _period(form, kind, "amount", "unit", "期限", given, least=0),
        "basis": form.text(f"{kind}.basis", given["basis"], "依据", 300),
        "roll": bool(given["roll"]),
        "local": bool(given["local"]),
        **_read_threshold(form, kind, "warn", "变黄", WARN, item.warn, given),
        **_read_threshold(form, kind, "red", "变红", RED, item.red, given),
        "extension": _read_extension(form, kind, item, given) if given["extends"] else None,
    }
    return changed


def _read_threshold(
    form: Form, kind: str, name: str, label: str, ways: dict[str, str], was: Threshold | None, given: dict[str, str]
) -> dict[str, Any]:
    """The three ways to say it, the one that was chosen filled in."""
    said: dict[str, Any] = dict.fromkeys((name, f"{name}_after", f"{name}_left"))
    how = form.choice(f"{kind}.{name}_how", given[f"{name}_how"], f"何时{label}", ways)
    if how == "share":
        said[name] = _share(form, f"{kind}.{name}", given[name], was.share if was else Threshold().share)
    elif how in ("after", "left"):
        said[f"{name}_{how}"] = _period(form, kind, name, f"{name}_unit", f"{label}的数值", given)
    return said


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
