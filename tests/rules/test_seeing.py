"""Ages, endings, and what is told of few."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.figures import FIGURES, Period
from onedoor.rules.seeing import (
    AGES,
    ENDING_OUTCOMES,
    ENDINGS,
    HEADLINES,
    SMALL,
    age_name,
    age_of,
    by_months,
    level_name,
    line_of,
    not_small,
    registered_for,
)  # fmt: skip

DAY = date(2026, 3, 1)


def test_ages_follow_one_another_without_a_gap() -> None:
    for (_, last), (first, _) in pairwise(AGES):
        assert last is not None and first == last + 1
    assert AGES[0][0] == 0 and AGES[-1][1] is None
    assert [age_name(*age) for age in AGES] == ["0—7天", "8—15天", "16—30天", "31—60天", "61—90天", "90天以上"]


def test_each_day_of_registration_has_one_age() -> None:
    for days in range(200):
        day = DAY - timedelta(days=days)
        spans = [registered_for(DAY, *age) for age in AGES]
        (only,) = (
            place for place, (since, until) in enumerate(spans) if (since is None or since <= day) and day <= until
        )
        assert age_of(DAY, day) == only
    assert age_of(DAY, DAY + timedelta(days=1)) == 0, "by a clock that was set back since"
    assert registered_for(DAY, 8, 15) == (date(2026, 2, 14), date(2026, 2, 21))


def test_each_outcome_has_one_ending_at_most() -> None:
    named = [outcome for outcomes in ENDING_OUTCOMES.values() for outcome in outcomes]
    assert len(named) == len(set(named)) and set(named) <= set(OUTCOME_NAMES)
    assert set(ENDING_OUTCOMES) <= set(ENDINGS)
    assert set(HEADLINES) <= set(FIGURES)


@pytest.mark.parametrize(("days", "months"), [(92, False), (93, True)])
def test_a_long_period_is_told_by_months(days: int, months: bool) -> None:
    assert by_months(Period("", DAY, DAY + timedelta(days=days - 1))) is months


def test_levels_are_counted_from_above() -> None:
    assert [level_name(level) for level in (1, 3, 10)] == ["第一级中心", "第三级中心", "第10级中心"]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": 12, "b": 7}, {"a": 12, "b": 7}),
        ({"a": 12, "b": 0}, {"a": 12, "b": 0}),  # nobody is told of by nought
        # one hidden alone would follow from the total: the next smallest goes with it
        ({"a": 12, "b": 4, "c": 9}, {"a": 12, "b": None, "c": None}),
        ({"a": 12, "b": 4, "c": 1}, {"a": 12, "b": None, "c": None}),
        ({"a": 12, "b": 2, "c": 1}, {"a": None, "b": None, "c": None}),
        ({"a": 4}, {"a": None}),
        # with so few in all, an empty place would tell where they are
        ({"a": 4, "b": 0}, {"a": None, "b": None}),
        ({"a": 5, "b": 4, "c": 0}, {"a": None, "b": None, "c": 0}),
        ({"a": 5}, {"a": 5}),
        ({}, {}),
    ],
)  # fmt: skip
def test_what_is_few_in_one_place_is_not_told(counts: dict[str, int], told: dict[str, int | None]) -> None:
    assert not_small(counts) == told


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 30), max_size=12))
def test_no_count_below_five_can_be_read_or_reckoned(counts: dict[str, int]) -> None:
    told = not_small(counts)
    assert all(count is None or count == 0 or count >= SMALL for count in told.values())
    hidden = [name for name, count in told.items() if count is None]
    # from the total only a sum follows: of two places at least, and of SMALL matters, or nothing is told at all
    assert (
        not hidden or len(hidden) == len(told) or (len(hidden) > 1 and sum(counts[name] for name in hidden) >= SMALL)
    )


def test_a_matter_is_told_as_far_as_it_is_one_of_many() -> None:
    known = {("a", "x"): 5, ("a", "y"): 2, ("b", "x"): 1, ("b", "z"): 1}
    assert line_of("a", "x", known) == ("a", "x")
    assert line_of("b", "x", known) == ("", "x")
    assert line_of("a", "y", known) == ("a", "")
    assert line_of("b", "z", known) == ("", "")
    assert line_of("c", "q", {}) == ("", "")
