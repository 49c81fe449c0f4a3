"""Who is called next, and how long it takes: the rule as its sentence says it, for any order of coming."""

import random
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.rules.access import Role
from onedoor.rules.refusal import Refused
from onedoor.rules.tickets import (
    LONG_WAIT,
    MOST_MINUTES,
    Estimate,
    Waiting,
    ahead_of,
    check_open,
    check_state,
    choose,
    estimate,
    may_call,
    number_of,
    shared_ahead,
)

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def ticket(place: int, *, priority: bool = False, minute: int = 0) -> Waiting:
    return Waiting(place, AT + timedelta(minutes=minute), priority)


def called(waiting: list[Waiting], times: int, *, now: datetime = AT, favoured: bool = False) -> list[Waiting]:
    """What one window calls, one after the other, when nobody else comes."""
    left, order = sorted(waiting, key=lambda one: one.place), []
    for _ in range(times):
        first = {kind: next((one for one in left if one.priority is kind), None) for kind in (False, True)}
        chosen = choose(None, first[False], first[True], favoured=favoured, now=now)
        if chosen is None:
            break
        favoured = chosen.priority
        left.remove(chosen)
        order.append(chosen)
    return order


queues = st.lists(st.booleans(), min_size=1, max_size=40).map(
    lambda kinds: [ticket(place, priority=kind) for place, kind in enumerate(kinds, 1)]
)


@given(queues, st.booleans())
def test_of_two_calls_at_most_one_is_a_priority_number_while_others_wait(waiting: list[Waiting], last: bool) -> None:
    order = called(waiting, len(waiting), favoured=last)
    assert sorted(one.place for one in order) == [one.place for one in waiting], "each is called once"
    for place, (one, after) in enumerate(zip([None, *order], order, strict=False)):
        was_priority = last if one is None else one.priority
        if was_priority and after.priority:
            assert not [rest for rest in order[place:] if not rest.priority]


@given(queues)
def test_within_a_kind_the_order_is_that_of_drawing(waiting: list[Waiting]) -> None:
    order = called(waiting, len(waiting))
    for kind in (False, True):
        places = [one.place for one in order if one.priority is kind]
        assert places == sorted(places)


@given(queues, st.integers(0, 39))
def test_nobody_waits_for_more_calls_than_the_rule_says(waiting: list[Waiting], which: int) -> None:
    me = waiting[which % len(waiting)]
    before = [one for one in waiting if one.place < me.place]
    ahead = ahead_of(
        priority=me.priority,
        ordinary_before=sum(not one.priority for one in before),
        priority_before=sum(one.priority for one in before),
        ordinary=sum(not one.priority for one in waiting) - (not me.priority),
        priorities=sum(one.priority for one in waiting) - me.priority,
    )
    for favoured in (False, True):
        order = called(waiting, len(waiting), favoured=favoured)
        assert order.index(me) <= ahead


@given(queues, st.booleans())
def test_who_has_waited_long_comes_first_in_the_order_of_drawing(waiting: list[Waiting], last: bool) -> None:
    order = called(waiting, len(waiting), now=AT + LONG_WAIT, favoured=last)
    assert order == sorted(waiting, key=lambda one: one.place)


def test_a_second_short_of_it_priority_goes_before() -> None:
    ordinary, priority = ticket(1), ticket(2, priority=True)
    just = AT + LONG_WAIT - timedelta(seconds=1)
    assert choose(None, ordinary, priority, favoured=False, now=just) is priority
    assert choose(None, ordinary, priority, favoured=False, now=AT + LONG_WAIT) is ordinary
    assert choose(None, ordinary, priority, favoured=True, now=just) is ordinary


def test_who_was_passed_on_comes_first() -> None:
    passed = ticket(9)
    assert choose(passed, ticket(1), ticket(2, priority=True), favoured=False, now=AT + LONG_WAIT) is passed
    assert choose(None, None, None, favoured=False, now=AT) is None
    assert choose(None, None, ticket(2, priority=True), favoured=True, now=AT) is not None


@pytest.mark.parametrize(
    ("role", "unit", "window_unit", "allowed"),
    [
        (Role.CLERK, 1, None, True), (Role.HANDLER, 7, 7, True), (Role.CLERK, 1, 7, True),
        (Role.HANDLER, 7, None, False), (Role.HANDLER, 8, 7, False), (Role.AUDITOR, 1, None, False),
        (Role.ADMIN, 1, None, False),
    ],
)  # fmt: skip
def test_who_may_call_at_a_window(role: Role, unit: int, window_unit: int | None, allowed: bool) -> None:
    assert may_call(role=role, unit=unit, centre=1, window_unit=window_unit) is allowed


def test_numbers_are_given_out_from_the_first_to_the_last_minute() -> None:
    opens, closes = time(9), time(17)
    for now, working, every_day, part in (
        (time(8, 59, 59), True, False, "取号时间是09:00到17:00"), (time(9), True, False, ""),
        (time(16, 59, 59), True, False, ""), (time(17), True, False, "取号时间"), (time(9), False, False, "今天休息"),
        (time(9), False, True, ""),
    ):  # fmt: skip
        if not part:
            check_open(now, opens, closes, working=working, every_day=every_day)
            continue
        with pytest.raises(Refused, match=part):
            check_open(now, opens, closes, working=working, every_day=every_day)
    assert [number_of("A", serial) for serial in (1, 999, 1000)] == ["A001", "A999", "A1000"]
    check_state("called", "called", "no_show")
    with pytest.raises(Refused, match="已办完"):
        check_state("done", "called")


@given(st.integers(0, 60), st.integers(1, 10), st.integers(1, 120), st.lists(st.floats(0, 240), max_size=60))
def test_an_estimate_is_a_span_of_whole_steps(ahead: int, windows: int, usual: int, served: list[float]) -> None:
    found = estimate(ahead, windows, usual, served)
    assert found is not None and 0 <= found.low <= found.high <= 240 and found.high >= 5
    assert found.low % 5 == found.high % 5 == 0
    longer = estimate(ahead + 5, windows, usual, served)
    assert longer is not None and longer.high >= found.high


def test_what_an_estimate_says() -> None:
    assert estimate(3, 0, 10, []) is None
    assert str(Estimate(10, 25)) == "约10–25分钟" and str(Estimate(0, 5)) == "5分钟以内"
    assert str(Estimate(90, 240)) == "约90分钟以上"
    even = [10.0] * 60
    assert estimate(4, 2, 10, even) == Estimate(20, 30)
    # what was served today weighs more than the usual
    assert estimate(5, 1, 10, [20.0] * 60).low > estimate(5, 1, 10, even).low  # type: ignore[union-attr]
    # who can also go elsewhere counts in part; who goes elsewhere alone does not
    mine, other = frozenset({1, 2}), frozenset({2, 3})
    assert shared_ahead([(4, mine), (2, other), (9, frozenset({3}))], mine) == 5.0


@pytest.mark.parametrize("windows", [1, 3, 6])
@pytest.mark.parametrize("usual", [6, 15])
def test_about_four_of_five_waits_lie_within(windows: int, usual: int) -> None:
    """A hall played many times: windows busy, times of service as uneven as people are."""
    chance, within, played = random.Random(windows * 100 + usual), 0, 600

    def service() -> float:
        return min(120.0, chance.lognormvariate(0, 0.6) * usual * 0.835)

    for _ in range(played):
        ahead = chance.randrange(0, 25)
        served = [service() for _ in range(chance.choice((10, 60)))]
        # each window is somewhere within the number it serves
        free = [service() * chance.random() for _ in range(windows)]
        for _ in range(ahead):
            first = free.index(min(free))
            free[first] += service()
        waited = min(free)
        found = estimate(ahead, windows, usual, served)
        assert found is not None
        within += found.low <= waited <= found.high or (found.high == MOST_MINUTES and waited > found.low)
    assert 0.72 <= within / played <= 0.99, within / played
