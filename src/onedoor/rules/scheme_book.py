"""The schemes that come with the platform, from `schemes.toml`; a deployer's own are read by the same functions."""

import tomllib
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from onedoor.rules.access import Role
from onedoor.rules.intake import PARTS
from onedoor.rules.mediation_flow import ALL_MOVES
from onedoor.rules.schemes import (
    ACCEPTANCE,
    APPLICATION,
    BINDS,
    CLOCK_NAMES,
    CONSEQUENCES,
    HANDLE_STARTS,
    LEVELS,
    NEEDED,
    ORDERED,
    PAUSE_NAMES,
    RUNG_STARTS,
    RUNG_TELLS,
    TRACKS,
    UNIT_NAMES,
    Extension,
    Period,
    Rule,
    Rung,
    Scheme,
    SchemeItem,
    Threshold,
    Unit,
)


class Unreadable(ValueError):
    """A scheme that cannot be; `place` names the item and the field, the text says in Chinese what is wrong."""

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(f"{place}：{sentence}")
        self.place, self.sentence = place, sentence


def read_period(text: object, place: str, *, least: int = 1) -> Period:
    """`15 working_days`. Unreadable unless it is a whole number of a known unit."""
    amount, _, unit = str(text).partition(" ")
    if not amount.isdecimal() or unit not in UNIT_NAMES or not least <= int(amount) <= 3650:
        raise Unreadable(place, "期限应为“数量 单位”，如“15 working_days”。")
    return Period(int(amount), Unit(unit))


def read_scheme(code: str, version: int, given: Mapping[str, Any], book: Mapping[str, Any]) -> Scheme:
    """A scheme of the shape of `schemes.toml`; `book` gives what is usual. Raises Unreadable.

    `usual = false`: the scheme has the limits that it writes out and no others; none that is usual comes by itself.
    """
    usual = book.get("usual", {}) if given.get("usual", True) else {}
    items = {**usual, **given.get("items", {})}
    for kind in NEEDED:
        if kind not in items:
            raise Unreadable(kind, f"方案不能没有“{CLOCK_NAMES[kind]}”时限，办理流程要用到它。")
    if not str(given.get("name", "")).strip():
        raise Unreadable("name", "请填写方案名称。")
    if items.get("inform", {"watch": False}).get("watch", True) and not given.get("unit_accepts"):
        raise Unreadable(
            "unit_accepts", "有“书面告知”时限的，须由承办单位先决定是否受理；不是这样的，请删去这项时限。"
        )
    if ACCEPTANCE in items["handle"].get("starts", ()) and not given.get("unit_accepts"):
        raise Unreadable("handle", "承办单位不作受理决定的，办理期限不能自其受理起算。")
    return Scheme(
        code=code,
        name=str(given["name"]),
        version=version,
        items={kind: _read_item(kind, one) for kind, one in items.items()},
        ladder=_read_ladder(given.get("ladder", book.get("ladder", ()))),
        unit_accepts=bool(given.get("unit_accepts", False)),
        to_choose=bool(given.get("to_choose", False)),
        note=str(given.get("note", "")),
    )


_FIELDS = frozenset(
    {"limit", "basis", "roll", "extension", "binds", "starts", "stops", "pauses", "consequence", "watch", "local"}
    | {"warn", "warn_after", "warn_left", "red", "red_after", "red_left"}
)


def _read_item(kind: str, given: Mapping[str, Any]) -> SchemeItem:
    if kind not in CLOCK_NAMES:
        raise Unreadable(kind, "没有这种时限。")
    if unknown := set(given) - _FIELDS:
        raise Unreadable(kind, f"不认识的项：{'、'.join(sorted(unknown))}。")
    # a limit of no days ends with the very day (当日)
    limit = read_period(given.get("limit", ""), kind, least=0)
    if limit.amount == 0 and limit.unit is not Unit.CALENDAR_DAYS:
        raise Unreadable(kind, "只有按自然日计的期限可以为零（当日）。")
    if not str(given.get("basis", "")).strip():
        raise Unreadable(kind, "请写明依据。")
    for name, known in (("binds", BINDS), ("consequence", CONSEQUENCES)):
        if given.get(name) is not None and given[name] not in known:
            raise Unreadable(kind, f"{name}只能是{'、'.join(known)}。")
    watch = bool(given.get("watch", True))
    if kind in NEEDED and not watch:
        raise Unreadable(kind, f"“{CLOCK_NAMES[kind]}”时限须由平台计时，办理流程要用到它。")
    if kind == "handle" and tuple(given.get("starts", ())) not in ((), *((one,) for one in HANDLE_STARTS)):
        raise Unreadable(kind, f"办理期限只能自中心受理或{'、'.join(HANDLE_STARTS.values())}起算。")
    if kind not in ORDERED and watch and not (given.get("starts") and given.get("stops")):
        raise Unreadable(kind, "请写明由哪个事件起算，到哪个事件为止。")
    named = {*given.get("starts", ()), *given.get("stops", ())} - ({APPLICATION} if kind == "handle" else set())
    if unknown := named - ALL_MOVES.keys():
        raise Unreadable(kind, f"没有这样的事件：{'、'.join(sorted(unknown))}。")
    pauses = tuple(given.get("pauses", PAUSE_NAMES))
    if not set(pauses) <= PAUSE_NAMES.keys():
        raise Unreadable(kind, f"暂停事由只能是{'、'.join(PAUSE_NAMES)}。")
    return SchemeItem(
        kind=kind,
        amount=limit.amount,
        unit=limit.unit,
        basis=str(given["basis"]),
        roll=bool(given.get("roll", True)),
        extension=_read_extension(kind, given["extension"]) if given.get("extension") else None,
        warn=_read_threshold(kind, "warn", given),
        red=_read_threshold(kind, "red", given) if _THRESHOLDS["red"] & given.keys() else None,
        binds=str(given.get("binds", "unit")),
        starts=tuple(given.get("starts", ())),
        stops=tuple(given.get("stops", ())),
        pauses=pauses,
        consequence=str(given.get("consequence", "supervise")),
        watch=watch,
        local=bool(given.get("local", False)),
    )


_THRESHOLDS = {name: frozenset({name, f"{name}_after", f"{name}_left"}) for name in ("warn", "red")}


def _read_threshold(kind: str, name: str, given: Mapping[str, Any]) -> Threshold:
    """`warn = 0.7`, `warn_after = "5 working_days"` or `warn_left = "2 hours"`: one of the three; so of `red`."""
    if len(said := _THRESHOLDS[name] & given.keys()) > 1:
        raise Unreadable(kind, f"{'、'.join(sorted(said))}只能写一项。")
    share = given.get(name, Threshold().share)
    if not isinstance(share, float) or not 0 < share < 1:
        raise Unreadable(kind, "变灯的比例应在0和1之间。")
    after, left = (given.get(f"{name}_{how}") for how in ("after", "left"))
    return Threshold(share, read_period(after, kind) if after else None, read_period(left, kind) if left else None)


def _read_extension(kind: str, given: Mapping[str, Any]) -> Extension:
    most = read_period(given.get("most", ""), kind)
    if given.get("by") not in (Role.UNIT_LEAD, Role.DIRECTOR):
        raise Unreadable(kind, "延期只能由单位负责人（unit_lead）或中心主任（director）审批。")
    if not given.get("told") or not str(given.get("basis", "")).strip():
        raise Unreadable(kind, "延期须写明依据和须告知的当事人。")
    if not set(given["told"]) <= PARTS.keys():
        raise Unreadable(kind, f"延期须告知的当事人只能是{'、'.join(PARTS)}。")
    return Extension(
        most=most.amount,
        unit=most.unit,
        by=Role(given["by"]),
        told=tuple(given["told"]),
        basis=str(given["basis"]),
        consent=bool(given.get("consent", False)),
        local=bool(given.get("local", False)),
    )


def _read_ladder(given: Iterable[Mapping[str, Any]]) -> tuple[Rung, ...]:
    """The steps, each later than the one before it and no lower: the sweeper goes up them in this order."""
    ladder = tuple(_read_rung(one) for one in given)
    for place, rung in enumerate(ladder):
        if rung.on == "warn" and (place or rung.after.amount):
            raise Unreadable(f"ladder.{place}.on", "变黄灯时的督办只能是梯级的第一级，立即督办。")
    for place, (before, rung) in enumerate(pairwise(ladder), 1):
        if before.after.amount and before.after.unit != rung.after.unit:
            raise Unreadable(f"ladder.{place}.unit", "督办梯级各级请用同一个单位，才分得出先后。")
        if before.on == rung.on and before.after.amount >= rung.after.amount:
            raise Unreadable(f"ladder.{place}.after", "督办梯级的后一级要比前一级晚。")
        if list(LEVELS).index(before.level) > list(LEVELS).index(rung.level):
            raise Unreadable(f"ladder.{place}.level", "督办梯级的级别不能比前一级低。")
    return ladder


def _read_rung(given: Mapping[str, Any]) -> Rung:
    if given.get("level") not in LEVELS or given.get("tell") not in RUNG_TELLS:
        raise Unreadable("ladder", "督办级别或告知对象不对。")
    if given.get("on", "due") not in RUNG_STARTS:
        raise Unreadable("ladder", f"督办梯级只能自{'、'.join(RUNG_STARTS.values())}起算。")
    after = read_period(given.get("after", ""), "ladder", least=0)
    return Rung(after, str(given["level"]), str(given["tell"]), str(given.get("on", "due")))


def to_content(scheme: Scheme) -> dict[str, Any]:
    """The shape that `read_scheme` reads, with every limit and every step of the ladder written out: what is usual may
    change with a release, a version that somebody wrote may not."""
    return {
        "usual": False,
        "name": scheme.name,
        "unit_accepts": scheme.unit_accepts,
        "to_choose": scheme.to_choose,
        "note": scheme.note,
        "items": {kind: _item_content(item) for kind, item in scheme.items.items()},
        "ladder": [
            {"after": _written(rung.after), "level": rung.level, "tell": rung.tell}
            | ({"on": rung.on} if rung.on != "due" else {})
            for rung in scheme.ladder
        ],
    }


def _item_content(item: SchemeItem) -> dict[str, Any]:
    content: dict[str, Any] = {
        "limit": _written(Period(item.amount, item.unit)),
        "basis": item.basis,
        "roll": item.roll,
        "binds": item.binds,
        "starts": list(item.starts),
        "stops": list(item.stops),
        "pauses": list(item.pauses),
        "consequence": item.consequence,
        "watch": item.watch,
        "local": item.local,
    }
    for name, threshold in (("warn", item.warn), ("red", item.red)):
        if threshold is not None:
            content |= _threshold_content(name, threshold)
    if item.extension is not None:
        most = item.extension
        content["extension"] = {
            "most": _written(Period(most.most, most.unit)),
            "by": str(most.by),
            "told": list(most.told),
            "basis": most.basis,
            "consent": most.consent,
            "local": most.local,
        }
    return content


def _threshold_content(name: str, threshold: Threshold) -> dict[str, Any]:
    for how, period in (("after", threshold.after), ("left", threshold.left)):
        if period is not None:
            return {f"{name}_{how}": _written(period)}
    return {name: threshold.share}


def _written(period: Period) -> str:
    return f"{period.amount} {period.unit}"


LEVEL_NAMES = {"1": "第一级（最上级）"} | {
    str(depth): f"第{number}级" for depth, number in enumerate("二三四五六七八九", 2)
}
_CONDITIONS = ("purpose", "track", "category", "kind", "channel", "urgent", "level")


def read_rule(given: Mapping[str, Any], schemes: Mapping[str, Scheme]) -> Rule:
    """One line of the table. Raises Unreadable; a scheme that is still to be chosen is chosen by no rule."""
    scheme, why = str(given.get("scheme", "")), str(given.get("why", "")).strip()
    if scheme not in schemes:
        raise Unreadable("scheme", f"没有方案“{scheme}”。")
    if schemes[scheme].to_choose:
        raise Unreadable("scheme", f"“{schemes[scheme].name}”是待选定的模板，请先选定读法，另存为本地方案再用。")
    if not why:
        raise Unreadable("why", "请写明为什么适用。")
    if given.get("track", "") not in TRACKS:
        raise Unreadable("track", "没有这个办理程序。")
    if (level := given.get("level", "")) and str(level) not in LEVEL_NAMES:
        raise Unreadable("level", "现办中心的层级应为1到9。")
    if unknown := set(given) - {"scheme", "why", *_CONDITIONS}:
        raise Unreadable("scheme", f"不认识的条件：{'、'.join(sorted(unknown))}。")
    return Rule(scheme, why, **{name: value for name, value in given.items() if name in _CONDITIONS})


def rule_content(rule: Rule) -> dict[str, Any]:
    """The shape that `read_rule` reads: the conditions that are given, no others."""
    conditions = {name: getattr(rule, name) for name in _CONDITIONS}
    given = {name: value for name, value in conditions.items() if value not in ("", None)}
    return {"scheme": rule.scheme, "why": rule.why, **given}


BOOK: dict[str, Any] = tomllib.loads(Path(__file__).with_name("schemes.toml").read_text("utf-8"))
SCHEMES: dict[str, Scheme] = {code: read_scheme(code, 1, given, BOOK) for code, given in BOOK["schemes"].items()}
RULES: tuple[Rule, ...] = tuple(read_rule(one, SCHEMES) for one in BOOK["rules"])
