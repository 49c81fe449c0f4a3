"""Slips: who moves which, what may never go out, when one is late."""

from datetime import date, timedelta

import pytest

from onedoor.rules.handover import (
    HandoverFacts,
    check_due,
    check_leading,
    check_move,
    check_source,
    check_what,
    is_late,
)
from onedoor.rules.refusal import CONFLICT, INVALID, NOT_ALLOWED, NOT_READY, Refused

DAY = date(2026, 3, 2)


def code_of(what: object, *args: object, **named: object) -> str:
    with pytest.raises(Refused) as caught:
        what(*args, **named)  # type: ignore[operator]
    return caught.value.code


@pytest.mark.parametrize("direction", ["out", "in"])
@pytest.mark.parametrize("state", ["sent", "received", "answered", "returned"])
@pytest.mark.parametrize("to", ["received", "answered", "returned"])
def test_every_move_from_every_state(direction: str, state: str, to: str) -> None:
    facts, raw = HandoverFacts(direction, state), {"answer": "已办好。"}
    over = state in ("answered", "returned") or state == to == "received"
    if over:
        assert code_of(check_move, facts, to, raw, partner=False) == CONFLICT
    else:
        assert check_move(facts, to, raw, partner=False) == ("" if to == "received" else "已办好。")
    if direction == "in":
        assert code_of(check_move, facts, to, raw, partner=True) == NOT_ALLOWED
    elif not over:
        check_move(facts, to, raw, partner=True)


@pytest.mark.parametrize("to", ["sent", "", "closed", "已答复"])
def test_no_other_state(to: str) -> None:
    assert code_of(check_move, HandoverFacts("out", "sent"), to, {"answer": "好"}, partner=True) == INVALID


@pytest.mark.parametrize("answer", ["", None, 7, "打13912345678"])
def test_an_answer_is_there_and_names_nobody(answer: object) -> None:
    for to in ("answered", "returned"):
        assert code_of(check_move, HandoverFacts("out", "sent"), to, {"answer": answer}, partner=True) == INVALID


def test_what_is_protected_never_goes_out() -> None:
    check_source(confidentiality="ordinary")
    assert code_of(check_source, confidentiality="accusation") == NOT_READY
    assert code_of(check_source, confidentiality="restricted") == NOT_READY
    assert code_of(check_source, accusation=True) == NOT_READY
    assert code_of(check_what, "身份证110101199003071234") == INVALID


def test_what_came_in_leads_once_and_by_its_channel() -> None:
    came = HandoverFacts("in", "sent")
    check_leading(came, already=False)
    assert code_of(check_leading, came, already=True) == CONFLICT
    assert code_of(check_leading, came, already=False, channel="window") == INVALID
    assert code_of(check_leading, HandoverFacts("out", "sent"), already=False) == CONFLICT
    assert code_of(check_leading, HandoverFacts("in", "returned"), already=False) == CONFLICT


@pytest.mark.parametrize(("away", "late"), [(-1, True), (0, False), (1, False)])
def test_a_slip_is_late_the_day_after(away: int, late: bool) -> None:
    due = DAY + timedelta(days=away)
    assert is_late("sent", due, DAY) is is_late("received", due, DAY) is late
    assert not is_late("answered", due, DAY) and not is_late("returned", due, DAY)


def test_the_day_of_an_answer_lies_ahead() -> None:
    check_due(DAY, DAY)
    check_due(DAY + timedelta(days=366), DAY)
    for wrong in (DAY - timedelta(days=1), DAY + timedelta(days=367)):
        assert code_of(check_due, wrong, DAY) == INVALID
