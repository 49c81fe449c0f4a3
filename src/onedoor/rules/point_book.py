"""Sets of rules for points (积分办法) as data: strict reading, and the set that comes with the platform."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from onedoor.rules.points import (
    EXCLUSIONS,
    FACTS,
    MOST_POINTS,
    RANKED_BY,
    SUBJECTS,
    TRAITS,
    PointRule,
    RuleSet,
    written,
)
from onedoor.rules.refusal import INVALID, Refused

# What must never be counted, and why: people would knock at doors and write reports for the number alone.
_MERE_NUMBERS = frozenset({"reports", "visits", "registered", "entries", "rounds", "matters"})

_SET = frozenset({"name", "basis", "local", "fewest", "smallest_group", "appeal_days", "rank_by", "exclude", "rules"})
_RULE = frozenset({"name", "fact", "for", "points", "doubled", "cap", "basis", "local"})


def read_set(code: str, version: int, given: Mapping[str, Any]) -> RuleSet:
    """A set of the shape of `points.toml`. Refused with every fault at its place (`rules.CODE.FIELD`)."""
    faults: dict[str, str] = {}
    if unknown := set(given) - _SET:
        faults["set"] = f"不认识的项：{'、'.join(sorted(unknown))}。"
    name, basis = str(given.get("name", "")).strip(), str(given.get("basis", "")).strip()
    if not 1 <= len(name) <= 60:
        faults["name"] = "请填写办法名称，不超过60个字。"
    if not basis:
        faults["basis"] = "请写明依据；没有公开依据的，写“待核”和由谁确定。"
    numbers = {
        "fewest": _whole(given, "fewest", 1, 1000, "参加排名的最少件数", faults),
        "smallest_group": _whole(given, "smallest_group", 2, 100, "排名的最少个数", faults),
        "appeal_days": _whole(given, "appeal_days", 3, 60, "申诉天数", faults),
    }
    rank_by = str(given.get("rank_by", ""))
    if rank_by not in RANKED_BY:
        faults["rank_by"] = f"排名方式只能是{'、'.join(RANKED_BY)}。"
    exclude = _words(given.get("exclude", []), EXCLUSIONS, "exclude", "剔除情形", faults)
    if "exclude" not in faults and "notice_excluded" not in exclude:
        faults["exclude"] = "已剔除的督办不能扣分，剔除情形里必须有 notice_excluded。"
    listed = given.get("rules")
    rules: list[PointRule] = []
    if not isinstance(listed, Mapping) or not listed:
        faults["rules"] = "至少要有一条规则。"
    else:
        rules = [rule for key, one in listed.items() if (rule := _read_rule(str(key), one, faults)) is not None]
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return RuleSet(
        code, version, name, basis, bool(given.get("local", True)), rank_by=rank_by, exclude=frozenset(exclude),
        rules=tuple(rules), **numbers,
    )  # fmt: skip


def _read_rule(code: str, given: object, faults: dict[str, str]) -> PointRule | None:
    at = f"rules.{code}"
    if not isinstance(given, Mapping) or not code.isidentifier() or len(code) > 40:
        faults[at] = "规则代码只能用字母、数字和下划线，规则写成一张表。"
        return None
    before = len(faults)
    if unknown := set(given) - _RULE:
        faults[at] = f"不认识的项：{'、'.join(sorted(map(str, unknown)))}。"
    name, basis = str(given.get("name", "")).strip(), str(given.get("basis", "")).strip()
    if not 1 <= len(name) <= 40:
        faults[f"{at}.name"] = "请填写规则名称，不超过40个字。"
    if not basis:
        faults[f"{at}.basis"] = "请写明依据；没有公开依据的，写“待核”。"
    fact_code = str(given.get("fact", ""))
    fact = FACTS.get(fact_code)
    if fact is None:
        mere = fact_code in _MERE_NUMBERS
        faults[f"{at}.fact"] = "上报、走访、登记的数量本身不能计分。" if mere else f"没有这种情形：{fact_code}。"
    subjects = _words(given.get("for", []), SUBJECTS, f"{at}.for", "考核对象", faults)
    doubled = _words(given.get("doubled", []), TRAITS, f"{at}.doubled", "加倍情形", faults)
    points = _hundredths(given.get("points"))
    cap = _hundredths(given.get("cap", 0))
    if not subjects and f"{at}.for" not in faults:
        faults[f"{at}.for"] = "请选择考核对象。"
    if points is None or points == 0 or abs(points) > MOST_POINTS:
        faults[f"{at}.points"] = "分值应是不为零、绝对值不超过100的数，最多两位小数。"
    if cap is None or cap < 0:
        faults[f"{at}.cap"] = "上限应是不小于零的数（零表示没有上限），最多两位小数。"
    if fact is not None:
        if points and (points < 0) != fact.costs:
            faults[f"{at}.points"] = f"“{fact.label}”只能{'扣分' if fact.costs else '加分'}。"
        if wrong := [SUBJECTS[one] for one in subjects if one not in fact.subjects]:
            faults[f"{at}.for"] = f"“{fact.label}”不能用来考核{'、'.join(wrong)}。"
        if fact.rating and doubled:
            faults[f"{at}.doubled"] = "评价类规则不能加倍，否则从合计能推出是哪一件。"
    if cap and points and 0 < cap < abs(points):
        faults[f"{at}.cap"] = "上限不能小于一次的分值。"
    if len(faults) > before or points is None or cap is None:
        return None
    return PointRule(
        code, name, fact_code, tuple(subjects), points, tuple(doubled), cap, basis, bool(given.get("local", True))
    )


def _whole(given: Mapping[str, Any], name: str, least: int, most: int, label: str, faults: dict[str, str]) -> int:
    value = given.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    faults[name] = f"{label}应是{least}到{most}的整数。"
    return least


def _words(given: object, known: Mapping[str, str], at: str, label: str, faults: dict[str, str]) -> list[str]:
    if not isinstance(given, list) or any(one not in known for one in given) or len(set(given)) < len(given):
        faults[at] = f"{label}只能从{'、'.join(known)}中选，不能重复。"
        return []
    return list(given)


def _hundredths(given: object) -> int | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal):
        return None
    try:
        exact = Decimal(str(given)) * 100
        return int(exact) if exact.is_finite() and exact == int(exact) and abs(exact) <= 10**7 else None
    except (InvalidOperation, ValueError):
        return None


def content_of(rules: RuleSet) -> dict[str, Any]:
    """The set in the shape that `read_set` reads."""
    return {
        "name": rules.name, "basis": rules.basis, "local": rules.local, "fewest": rules.fewest,
        "smallest_group": rules.smallest_group, "appeal_days": rules.appeal_days, "rank_by": rules.rank_by,
        "exclude": sorted(rules.exclude),
        "rules": {
            one.code: {
                "name": one.name, "fact": one.fact, "for": list(one.subjects), "points": written(one.points),
                "doubled": list(one.doubled), "cap": written(one.cap), "basis": one.basis, "local": one.local,
            }
            for one in rules.rules
        },
    }  # fmt: skip


def same_rules(one: RuleSet, other: RuleSet) -> bool:
    return content_of(one) == content_of(other)


DEFAULT = read_set("default", 1, tomllib.loads((Path(__file__).parent / "points.toml").read_text("utf-8")))
"""The set that comes with the platform; nothing in it is settled by law."""
