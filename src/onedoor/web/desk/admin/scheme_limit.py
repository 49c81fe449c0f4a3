"""One limit in the form of a scheme: what is shown of it, and what is read back."""

import re
from collections.abc import Mapping
from typing import Any

from onedoor.people.steps.form import Form
from onedoor.rules.access import ROLE_NAMES, Role
from onedoor.rules.intake import PARTS
from onedoor.rules.mediation_flow import ALL_MOVES
from onedoor.rules.schemes import (
    BINDS,
    CLOCK_NAMES,
    CONSEQUENCES,
    HANDLE_STARTS,
    NEEDED,
    ORDERED,
    PAUSE_NAMES,
    UNIT_NAMES,
    SchemeItem,
    Threshold,
    Unit,
)
from onedoor.web.desk.admin.fields import Fields, whole

WARN = {"share": "用去一定比例的时间", "after": "自起算满", "left": "距到期还有"}
RED = {"end": "到期时", **WARN}
APPROVES = {str(role): ROLE_NAMES[role] for role in (Role.UNIT_LEAD, Role.DIRECTOR)}
UNITS = {str(unit): name.removeprefix("个") for unit, name in UNIT_NAMES.items()}
MOVES = {name: move.label for name, move in ALL_MOVES.items()}
_EXTENDED = "handle"  # the flow extends no other limit


def blank(kind: str) -> dict[str, str]:
    """The fields of a limit that is new to the scheme."""
    return typed_limit(SchemeItem(kind, 0, Unit.WORKING_DAYS, basis="")) | {f"{kind}.amount": "", f"{kind}.unit": ""}


def typed_limit(item: SchemeItem) -> dict[str, str]:
    """What the form says of a limit before anybody has typed, by field."""
    extension = item.extension
    typed = {
        "amount": str(item.amount),
        "unit": str(item.unit),
        "roll": _tick(item.roll),
        **_typed_threshold("warn", item.warn),
        **_typed_threshold("red", item.red),
        "binds": item.binds,
        "consequence": item.consequence,
        "watch": _tick(item.watch),
        **{f"starts.{place}": MOVES[name] for place, name in enumerate(item.starts) if name in MOVES},
        **{f"stops.{place}": MOVES[name] for place, name in enumerate(item.stops)},
        **{f"pauses.{name}": "yes" for name in item.pauses},
        "basis": item.basis,
        "local": _tick(item.local),
        "extends": _tick(extension is not None),
        **({"begins": "".join(item.starts)} if item.kind == _EXTENDED else {}),
    }
    if extension is not None:
        typed |= {
            "most": str(extension.most),
            "most_unit": str(extension.unit),
            "by": str(extension.by),
            **{f"told.{part}": "yes" for part in extension.told},
            "consent": _tick(extension.consent),
            "extension_local": _tick(extension.local),
            "extension_basis": extension.basis,
        }
    return {f"{item.kind}.{name}": value for name, value in typed.items()}


def _tick(holds: bool) -> str:
    return "yes" if holds else ""


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


def limit_fields(form: Fields, kind: str) -> dict[str, Any]:
    """One limit as the template draws it: its fields by group, and whether it stands open."""
    typed = form.given
    amount, unit = typed.get(f"{kind}.amount", ""), UNIT_NAMES.get(typed.get(f"{kind}.unit", ""), "")
    return {
        "kind": kind,
        "name": CLOCK_NAMES[kind],
        "said": f"{amount}{unit}，{BINDS.get(typed.get(f'{kind}.binds', ''), '')}遵守" if amount and unit else "",
        "needed": kind in NEEDED,
        "ordered": kind in ORDERED,
        "fault": form.faults.get(kind, ""),
        "open": any(name == kind or name.startswith(f"{kind}.") for name in form.faults),
        "length": [
            form.number(f"{kind}.amount", "期限"),
            form.one(f"{kind}.unit", "单位", UNITS),
            form.one(f"{kind}.binds", "由谁遵守", BINDS),
            form.one(f"{kind}.consequence", "逾期的后果", CONSEQUENCES),
            form.tick(f"{kind}.roll", "最后一日是休息日的，顺延到下一个工作日"),
            *([] if kind in NEEDED else [form.tick(f"{kind}.watch", "平台计时（不勾的仅供试算）")]),
        ],
        "lights": [
            form.one(f"{kind}.warn_how", "何时变黄", WARN),
            form.number(f"{kind}.warn", "变黄的数值", help="比例填百分数，如 70。"),
            form.one(f"{kind}.warn_unit", "变黄的单位（比例不选）", UNITS, required=False),
            form.one(f"{kind}.red_how", "何时变红", RED),
            form.number(f"{kind}.red", "变红的数值（到期时不填）", required=False),
            form.one(f"{kind}.red_unit", "变红的单位（比例不选）", UNITS, required=False),
        ],
        "course": [
            *([] if kind in ORDERED else _event_fields(form, kind)),
            *(
                [form.one(f"{kind}.begins", "从何时起算（不选的自中心受理起）", HANDLE_STARTS, required=False)]
                if kind == _EXTENDED
                else []
            ),
            form.ticks(f"{kind}.pauses", "哪些暂停的时间不计入", PAUSE_NAMES),
        ],
        "source": [
            form.text(f"{kind}.basis", "依据"),
            form.tick(f"{kind}.local", "待核（法律没有规定或读法还没有确认）"),
        ],
        "extension": _extension_fields(form, kind) if kind == _EXTENDED or typed.get(f"{kind}.extends") else [],
    }


def _event_fields(form: Fields, kind: str) -> list[Any]:
    return [
        form.events(f"{kind}.starts", "由哪些事件起算"),
        form.events(f"{kind}.stops", "到哪些事件为止"),
    ]


def _extension_fields(form: Fields, kind: str) -> list[Any]:
    return [
        form.tick(f"{kind}.extends", "可以延期一次"),
        form.number(f"{kind}.most", "最多延长", required=False),
        form.one(f"{kind}.most_unit", "延长的单位", UNITS, required=False),
        form.one(f"{kind}.by", "由谁审批", APPROVES, required=False),
        form.text(f"{kind}.extension_basis", "延期的依据", required=False),
        form.ticks(f"{kind}.told", "须告知谁", PARTS),
        form.tick(f"{kind}.consent", "须经当事人同意"),
        form.tick(f"{kind}.extension_local", "延期的规定待核"),
    ]


def read_limit(form: Form, kind: str, was: SchemeItem | None, typed: Mapping[str, str]) -> dict[str, Any]:
    """The limit as `read_scheme` reads it; faults go to the form, each at its field. `was`: as it stands now."""
    given = {name.removeprefix(f"{kind}."): text for name, text in typed.items() if name.startswith(f"{kind}.")}
    watch = kind in NEEDED or bool(given.get("watch"))
    content: dict[str, Any] = {
        "limit": read_period(form, kind, "amount", "unit", "期限", given, least=0),
        "basis": form.text(f"{kind}.basis", given.get("basis", ""), "依据", 300),
        "roll": bool(given.get("roll")),
        "local": bool(given.get("local")),
        "watch": watch,
        "binds": form.choice(f"{kind}.binds", given.get("binds", ""), "由谁遵守", BINDS),
        "consequence": form.choice(f"{kind}.consequence", given.get("consequence", ""), "逾期的后果", CONSEQUENCES),
        "pauses": [name for name in PAUSE_NAMES if given.get(f"pauses.{name}")],
        **_read_threshold(form, kind, "warn", "变黄", WARN, was.warn if was else None, given),
        **_read_threshold(form, kind, "red", "变红", RED, was.red if was else None, given),
    }
    if kind == _EXTENDED and given.get("begins"):
        content["starts"] = [form.choice(f"{kind}.begins", given["begins"], "从何时起算", HANDLE_STARTS)]
    if kind not in ORDERED:
        content["starts"] = _events(form, f"{kind}.starts", typed)
        content["stops"] = _events(form, f"{kind}.stops", typed)
        for name, what in (("starts", "由哪个事件起算"), ("stops", "到哪个事件为止")):
            if watch and not content[name]:
                form.fault(f"{kind}.{name}", f"请选择{what}；平台看不到的，请去掉“平台计时”的勾。")
    if given.get("extends"):
        content["extension"] = _read_extension(form, kind, given)
    return content


def _events(form: Form, field: str, typed: Mapping[str, str]) -> list[str]:
    """The moves whose names were typed, each once."""
    found: list[str] = []
    for name, text in typed.items():
        if name.startswith(f"{field}."):
            found += [one.strip() for one in re.split("[、，,]", text) if one.strip()]
    names = {label: name for name, label in MOVES.items()} | {name: name for name in MOVES}
    unknown = [one for one in found if one not in names]
    if unknown:
        form.fault(field, f"没有“{unknown[0][:40]}”这个事件，请从列表里选。")
    return list(dict.fromkeys(names[one] for one in found if one in names))


def _read_threshold(
    form: Form,
    kind: str,
    name: str,
    label: str,
    ways: Mapping[str, str],
    was: Threshold | None,
    given: Mapping[str, str],
) -> dict[str, Any]:
    """The one of the three ways to say it that was chosen; none for red with the end."""
    how = form.choice(f"{kind}.{name}_how", given.get(f"{name}_how", ""), f"何时{label}", ways)
    if how == "share":
        return {name: _share(form, f"{kind}.{name}", given.get(name, ""), was.share if was else Threshold().share)}
    if how in ("after", "left"):
        return {f"{name}_{how}": read_period(form, kind, name, f"{name}_unit", f"{label}的数值", given)}
    return {}


def _read_extension(form: Form, kind: str, given: Mapping[str, str]) -> dict[str, Any]:
    told = [part for part in PARTS if given.get(f"told.{part}")]
    if not told:
        form.fault(f"{kind}.told", "请选择须告知谁；延期不能谁都不告知。")
    return {
        "most": read_period(form, kind, "most", "most_unit", "最多延长", given),
        "by": form.choice(f"{kind}.by", given.get("by", ""), "由谁审批", APPROVES),
        "basis": form.text(f"{kind}.extension_basis", given.get("extension_basis", ""), "延期的依据", 300),
        "told": told,
        "consent": bool(given.get("consent")),
        "local": bool(given.get("extension_local")),
    }


def read_period(
    form: Form, place: str, amount: str, unit: str, label: str, given: Mapping[str, str], *, least: int = 1
) -> str:
    """`15 working_days`, as typed in the fields `amount` and `unit` of that place."""
    number = whole(given.get(amount, ""), least, 3650)
    if number is None:
        form.fault(f"{place}.{amount}", f"{label}应为{least}到3650的整数。")
    return f"{number} {form.choice(f'{place}.{unit}', given.get(unit, ''), '单位', UNITS)}"


def _share(form: Form, field: str, typed: str, was: float) -> float:
    """A per cent as it was typed; one that was not touched stays exactly as it was."""
    if typed.strip() == _percent(was):
        return was
    share = whole(typed, 1, 99)
    if share is None:
        form.fault(field, "比例应为1到99的整数。")
        return was
    return share / 100
