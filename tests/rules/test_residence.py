"""Who is here, and who may call whom."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from onedoor.rules.access import Role
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, NOT_READY, Refused
from onedoor.rules.residence import (
    CallFacts,
    check_arrival,
    check_call,
    check_cancelling,
    check_span,
    half_of,
    halves_here,
    is_open,
    monday,
)

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CALL = CallFacts(centre=1, unit=7, called_at=AT, arrived=False, cancelled=False)


@pytest.mark.parametrize(
    ("mode", "working", "rota", "here"),
    [
        ("fixed", True, (), ("am", "pm")), ("fixed", False, ("am",), ()), ("rota", True, ("pm",), ("pm",)),
        ("rota", False, ("pm", "am"), ("am", "pm")), ("rota", True, (), ()), ("on_call", True, (), ()),
        ("appointment", True, (), ()), ("reachable", True, (), ()),
    ],
)  # fmt: skip
def test_who_is_here_follows_from_the_mode(
    mode: str, working: bool, rota: tuple[str, ...], here: tuple[str, ...]
) -> None:
    assert halves_here(mode, working=working, rota=rota) == here


def test_the_day_is_halved_at_half_past_twelve() -> None:
    assert [half_of(time(12, 29, 59)), half_of(time(12, 30)), half_of(time(0))] == ["am", "pm", "am"]
    assert monday(date(2026, 3, 8)) == monday(date(2026, 3, 2)) == date(2026, 3, 2)


def test_a_temporary_window_is_open_from_its_first_to_its_last_day() -> None:
    first, last = date(2026, 3, 2), date(2026, 3, 4)
    days = [first - timedelta(days=1), first, last, last + timedelta(days=1)]
    assert [is_open("temporary", day, first, last) for day in days] == [False, True, True, False]
    assert is_open("window", first, None, None) and not is_open("temporary", first, None, None)
    assert check_span(first, first) == (first, first)
    for given, field in (((None, last), "first"), ((first, None), "last"), ((last, first), "last")):
        with pytest.raises(Refused) as caught:
            check_span(*given)
        assert set(caught.value.fields) == {field}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None), ({"role": Role.DIRECTOR}, NOT_ALLOWED), ({"role": Role.HANDLER}, NOT_ALLOWED),
        ({"unit": 2}, NOT_ALLOWED), ({"mode": "fixed"}, NOT_READY), ({"active": False}, NOT_READY),
        ({"waiting": True}, CONFLICT),
    ],
)  # fmt: skip
def test_the_hall_calls_an_on_call_unit_once(changes: dict[str, object], code: str | None) -> None:
    given: dict[str, object] = {"role": Role.CLERK, "unit": 1, "centre": 1, "mode": "on_call", "active": True}
    given |= {"waiting": False} | changes
    if code is None:
        check_call(**given)  # type: ignore[arg-type]
        return
    with pytest.raises(Refused) as caught:
        check_call(**given)  # type: ignore[arg-type]
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("role", "unit", "allowed"),
    [
        (Role.CLERK, 1, True), (Role.HANDLER, 7, True), (Role.UNIT_LEAD, 7, True), (Role.CLERK, 2, False),
        (Role.HANDLER, 8, False), (Role.AUDITOR, 1, False), (Role.CLERK, 7, False),
    ],
)  # fmt: skip
def test_hall_and_unit_note_the_arrival(role: Role, unit: int, allowed: bool) -> None:
    if allowed:
        check_arrival(CALL, role=role, unit=unit, at=AT)
    else:
        with pytest.raises(Refused) as caught:
            check_arrival(CALL, role=role, unit=unit, at=AT)
        assert caught.value.code == NOT_ALLOWED


def test_a_call_ends_once() -> None:
    arrived = CallFacts(1, 7, AT, arrived=True, cancelled=False)
    cancelled = CallFacts(1, 7, AT, arrived=False, cancelled=True)
    for facts in (arrived, cancelled):
        with pytest.raises(Refused) as caught:
            check_arrival(facts, role=Role.CLERK, unit=1, at=AT)
        assert caught.value.code == CONFLICT
        with pytest.raises(Refused):
            check_cancelling(facts, role=Role.CLERK, unit=1)
    check_cancelling(CALL, role=Role.CLERK, unit=1)
    with pytest.raises(Refused):
        check_cancelling(CALL, role=Role.HANDLER, unit=7)
    with pytest.raises(Refused):
        check_arrival(CALL, role=Role.CLERK, unit=1, at=AT - timedelta(seconds=1))
