"""From the body of a move to `Inputs`: types checked, codes resolved."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from onedoor.cases import references
from onedoor.rules import identity
from onedoor.rules.facts import Inputs, PersonFacts, UnitFacts
from onedoor.rules.flow import INPUT_NAMES
from onedoor.rules.follow_up import MARKS, MOST_MARK
from onedoor.rules.refusal import INVALID, Refused, invalid

TEXTS = {
    "reason": 2000,
    "text": identity.MOST_NARRATIVE,
    "answer": identity.MOST_NARRATIVE,
    "route": 2000,
    "basis": 500,
    "destination": 200,
    "proof": 500,
    "code": 40,
    "value": 200,
}
WORDS = ("outcome", "level", "field", "assignment", "cause", "track", "supervision")
FLAGS = ("accepted", "granted", "upheld", "satisfied", "performed", "confirmed")
UNIT_LISTS = ("units", "co_units", "accused_units")


def read_inputs(given: Mapping[str, Any]) -> Inputs:
    """The inputs of a move, or a refusal that names every faulty field. `into` is resolved by the step."""
    faults: dict[str, str] = {}
    values: dict[str, Any] = {}

    def attempt(name: str, read: Callable[[], Any]) -> None:
        try:
            values[name] = read()
        except Refused as refused:
            faults.update(refused.fields or {name: refused.sentence})

    units = _units(given)
    people = _persons(given)
    for name, value in given.items():
        if name in TEXTS:
            attempt(name, partial(_text, name, value))
        elif name in WORDS:
            attempt(name, partial(_word, name, value))
        elif name in FLAGS:
            attempt(name, partial(_flag, name, value))
        elif name == "days":
            attempt(name, partial(_days, value))
        elif name in MARKS:
            attempt(name, partial(_mark, name, value))
        elif name == "on":
            attempt(name, partial(_day, value))
        elif name in ("unit", "centre"):
            attempt(name, partial(_unit, name, value, units))
        elif name in UNIT_LISTS:
            attempt(name, partial(_unit_list, name, value, units))
        elif name == "persons":
            attempt(name, partial(_person_list, value, people))
        elif name == "mediator":
            attempt(name, partial(_mediator, value, people))
        elif name == "amounts":
            attempt(name, partial(_amounts, value))
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    values.pop("code", None)
    return Inputs(**values)


def _units(given: Mapping[str, Any]) -> dict[str, UnitFacts]:
    codes = _codes(*(given.get(name) for name in ("unit", "centre")))
    for name in UNIT_LISTS:
        value = given.get(name)
        if isinstance(value, list | tuple):
            codes |= _codes(*value)
    return references.units_by_code(codes)


def _persons(given: Mapping[str, Any]) -> dict[str, PersonFacts]:
    names = _codes(given.get("mediator"))
    if isinstance(given.get("persons"), list | tuple):
        names |= _codes(*given["persons"])
    return references.persons(names)


def _codes(*values: object) -> set[str]:
    """Those that can be a code at all: PostgreSQL takes no NUL even to look for."""
    return {value for value in values if isinstance(value, str) and "\0" not in value}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise invalid(name, f"{INPUT_NAMES[name]}应为文字。")
    return identity.check_text(value, most=TEXTS[name], field=name, label=INPUT_NAMES[name])


def _word(name: str, value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > 60:
        raise invalid(name, f"请填写{INPUT_NAMES[name]}。")
    return value


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise invalid(name, f"{INPUT_NAMES[name]}只能是“是”或“否”（true 或 false）。")
    return value


def _days(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 3650:
        raise invalid("days", "天数应为1到3650的整数。")
    return value


def _mark(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_MARK:
        raise invalid(name, f"{INPUT_NAMES[name]}请评1到{MOST_MARK}分。")
    return value


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise invalid("on", "日期应写成 2026-03-01。") from None


def _unit(name: str, value: object, units: Mapping[str, UnitFacts]) -> UnitFacts:
    if not isinstance(value, str) or value not in units:
        raise invalid(name, "没有这个单位，或单位已停用。")
    return units[value]


def _unit_list(name: str, value: object, units: Mapping[str, UnitFacts]) -> tuple[UnitFacts, ...]:
    if not isinstance(value, list | tuple):
        raise invalid(name, f"{INPUT_NAMES[name]}应为列表。")
    if len(value) != len(set(map(str, value))):
        raise invalid(name, "同一个单位不能重复。")
    return tuple(_unit(name, code, units) for code in value)


def _person_list(value: object, people: Mapping[str, PersonFacts]) -> tuple[PersonFacts, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise invalid("persons", "知悉人应为用户名的列表。")
    unknown = [name for name in value if name not in people]
    if unknown:
        raise invalid("persons", f"没有这个人员：{unknown[0][:40]}。")
    return tuple(people[name] for name in dict.fromkeys(value))


def _mediator(value: object, people: Mapping[str, PersonFacts]) -> PersonFacts:
    person = people.get(value) if isinstance(value, str) else None
    if person is None or "mediator" not in person.roles:
        raise invalid("mediator", "没有这名调解员。")
    return person


def _amounts(value: object) -> dict[str, int]:
    if not isinstance(value, Mapping) or not all(
        isinstance(party, str) and isinstance(amount, int) and not isinstance(amount, bool)
        for party, amount in value.items()
    ):
        raise invalid("amounts", "金额应逐人填写，单位为分。")
    return dict(value)
