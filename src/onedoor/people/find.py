"""Divisions and units as people write them: by code, by name, or as 名称（代码）."""

import re

from django.db.models import Q

from onedoor.people.models import Division, Unit
from onedoor.rules.refusal import invalid

_MOST_NAMED = 5
_WITH_CODE = re.compile(r".*（([^（）\s]+)）")


def written(name: str, code: str) -> str:
    """How forms offer a place; what is read back by its code."""
    return f"{name}（{code}）"


def _code_in(text: str) -> str:
    found = _WITH_CODE.fullmatch(text)
    return found[1] if found else text


def find_division(typed: str, *, field: str = "division") -> Division:
    """The division of that code or, where only one has it, of that name. Refuses at `field`."""
    text = typed.strip()
    if not text:
        raise invalid(field, "请填写区划。")
    if "\0" in text:
        raise invalid(field, "没有这个区划。")
    by_code = Division.objects.filter(code=_code_in(text)).first()
    if by_code is not None:
        return by_code
    found = list(Division.objects.filter(name=text).order_by("code")[: _MOST_NAMED + 1])
    if len(found) == 1:
        return found[0]
    if not found:
        raise invalid(field, f"没有区划“{text[:40]}”，请填写区划的代码或名称。")
    codes = "、".join(division.code for division in found[:_MOST_NAMED])
    raise invalid(field, f"有多个区划叫“{text}”，请填写代码（{codes}{'等' if len(found) > _MOST_NAMED else ''}）。")


def find_unit(typed: str, *, field: str = "unit") -> Unit:
    """The unit in use of that code or, where only one has it, of that full or short name. Refuses at `field`."""
    text = typed.strip()
    if not text:
        raise invalid(field, "请填写单位。")
    if "\0" in text:
        raise invalid(field, "没有这个单位。")
    units = Unit.objects.select_related("division").order_by("code")
    found = list(units.filter(code=_code_in(text)))
    if not found:
        named = list(units.filter(Q(name=text) | Q(short_name=text))[: _MOST_NAMED + 1])
        found = [unit for unit in named if unit.active] or named
    if not found:
        raise invalid(field, f"没有单位“{text[:40]}”，请填写单位的代码或名称。")
    if len(found) > 1:
        codes = "、".join(unit.code for unit in found[:_MOST_NAMED])
        raise invalid(field, f"有多个单位叫“{text}”，请填写代码（{codes}）。")
    if not found[0].active:
        raise invalid(field, f"单位“{found[0]}”已停用，请另选。")
    return found[0]
