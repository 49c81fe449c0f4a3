"""Rates, changes and periods, against figures that places have published (domain.md §5)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.rules.figures import (
    CONDITIONS,
    FIGURES,
    NEW,
    NOTHING,
    Period,
    change,
    daily,
    percent,
    period,
    shares,
    yuan,
)

BIG = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("part", "whole", "digits", "said"),
    [
        (1894, 1921, 1, "98.6%"),  # 玉门: 化解率
        (796, 824, 1, "96.6%"),  # 玉门: 分流
        (53595, 53609, 1, "99.9%"),  # 玉门: 99.974, and not all are settled
        (842, 869, 1, "96.9%"),  # 黄石 2016-08: 调解成功率
        (376, 386, 2, "97.41%"),  # 锡林郭勒 2021-04
        (7746, 8299, 1, "93.3%"),  # 敦煌: 办结率
        (1, 3, 1, "33.3%"),
        (1, 8, 1, "12.5%"),
        (1, 2000, 1, "0.1%"),  # half up
        (0, 7, 1, "0.0%"),
        (7, 7, 1, "100.0%"),
        (7, 7, 0, "100%"),
        (999, 1000, 0, "99%"),
        (0, 0, 1, NOTHING),
    ],
)
def test_shares_as_published(part: int, whole: int, digits: int, said: str) -> None:
    assert percent(part, whole, digits) == said


def test_sources_of_a_month_make_a_whole() -> None:
    # 黄石 2016-08: 869 by source
    assert shares([455, 378, 36]) == ["52.4%", "43.5%", "4.1%"]


@pytest.mark.parametrize(
    ("now", "before", "digits", "said"),
    [
        (869, 869 + 159, 1, "-15.5%"),  # 黄石 2016-08: 同比
        (869, 869 - 29, 1, "+3.5%"),  # 环比
        (386, 330, 2, "+16.97%"),  # 锡林郭勒 2021-04: 环比
        (8, 2, 0, "+300%"), (14, 4, 0, "+250%"), (100, 42, 1, "+138.1%"), (217, 170, 2, "+27.65%"),
        (46, 68, 2, "-32.35%"), (1, 44, 2, "-97.73%"),
        (0, 5, 0, "-100%"),  # 房屋宅基地: none left
        (6689, 8600, 1, "-22.2%"), (6689, 7210, 1, "-7.2%"),  # 安康 2015-08
        (310, 378, 2, "-17.99%"),  # its text cut to 17.9
        (1, 100_000, 1, "-99.9%"),  # one is left
        (5, 5, 1, "0.0%"), (0, 0, 1, NOTHING), (3, 0, 1, NEW),
    ],
)  # fmt: skip
def test_changes_as_published(now: int, before: int, digits: int, said: str) -> None:
    assert change(now, before, digits) == said


def test_a_day_s_share_counts_the_days_there_are() -> None:
    # 安康 2015-08 wrote 239, having divided by 28
    assert daily(6689, date(2015, 8, 1), date(2015, 8, 31)) == "215.8"
    assert daily(29, date(2024, 2, 1), date(2024, 2, 29)) == "1.0"
    with pytest.raises(ValueError, match="one day"):
        daily(1, date(2024, 2, 2), date(2024, 2, 1))


@given(BIG, BIG)
def test_all_is_said_only_of_all_and_nothing_only_where_it_rounds_so(one: int, other: int) -> None:
    part, whole = sorted((one, other))
    said = percent(part, whole)
    assert said.startswith("100") == (part == whole > 0)
    assert (said == NOTHING) == (whole == 0)
    if whole:
        assert abs(float(said[:-1]) - part * 100 / whole) <= 0.1


@given(BIG, BIG)
def test_a_change_has_its_sign_and_all_is_gone_only_where_it_is(now: int, before: int) -> None:
    said = change(now, before)
    assert said.startswith("-100") == (before > 0 and now == 0)
    if before and said != "0.0%":
        assert said[0] == ("+" if now > before else "-")


@pytest.mark.parametrize(("part", "whole"), [(1, 0), (3, 2), (-1, 2)])
def test_what_is_no_part_is_a_fault_of_ours(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="part"):
        percent(part, whole)


@pytest.mark.parametrize(
    ("code", "today", "since", "until"),
    [
        ("month", date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 1)),
        ("last_month", date(2026, 1, 15), date(2025, 12, 1), date(2025, 12, 31)),
        ("last_month", date(2024, 3, 31), date(2024, 2, 1), date(2024, 2, 29)),
        ("quarter", date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        ("year", date(2026, 6, 1), date(2026, 1, 1), date(2026, 6, 1)),
        ("last_year", date(2026, 6, 1), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_periods(code: str, today: date, since: date, until: date) -> None:
    found = period(code, today)
    assert (found.since, found.until) == (since, until)


@pytest.mark.parametrize(
    ("one", "before", "year_before"),
    [
        # whole months are compared with whole months, however many days they have
        ((date(2024, 3, 1), date(2024, 3, 31)), (date(2024, 2, 1), date(2024, 2, 29)), (date(2023, 3, 1), date(2023, 3, 31))),
        ((date(2024, 2, 1), date(2024, 2, 29)), (date(2024, 1, 1), date(2024, 1, 31)), (date(2023, 2, 1), date(2023, 2, 28))),
        ((date(2025, 2, 1), date(2025, 2, 28)), (date(2025, 1, 1), date(2025, 1, 31)), (date(2024, 2, 1), date(2024, 2, 29))),
        ((date(2026, 1, 1), date(2026, 3, 31)), (date(2025, 10, 1), date(2025, 12, 31)), (date(2025, 1, 1), date(2025, 3, 31))),
        # a month under way with as many days before it
        ((date(2026, 3, 1), date(2026, 3, 10)), (date(2026, 2, 19), date(2026, 2, 28)), (date(2025, 3, 1), date(2025, 3, 10))),
        ((date(2024, 2, 29), date(2024, 2, 29)), (date(2024, 2, 28), date(2024, 2, 28)), (date(2023, 2, 28), date(2023, 2, 28))),
        # the last days of February, in a leap year and out of one
        ((date(2028, 2, 1), date(2028, 2, 28)), (date(2028, 1, 4), date(2028, 1, 31)), (date(2027, 2, 1), date(2027, 2, 28))),
        ((date(2028, 1, 1), date(2028, 2, 28)), (date(2027, 11, 3), date(2027, 12, 31)), (date(2027, 1, 1), date(2027, 2, 28))),
        ((date(2028, 2, 28), date(2028, 2, 28)), (date(2028, 2, 27), date(2028, 2, 27)), (date(2027, 2, 28), date(2027, 2, 28))),
        ((date(2028, 2, 10), date(2028, 2, 29)), (date(2028, 1, 21), date(2028, 2, 9)), (date(2027, 2, 10), date(2027, 2, 28))),
        ((date(2024, 2, 29), date(2024, 3, 15)), (date(2024, 2, 13), date(2024, 2, 28)), (date(2023, 2, 28), date(2023, 3, 15))),
        ((date(2025, 1, 1), date(2025, 2, 28)), (date(2024, 11, 1), date(2024, 12, 31)), (date(2024, 1, 1), date(2024, 2, 29))),
        # what is no whole month has the same days, not one more
        ((date(2025, 2, 28), date(2025, 2, 28)), (date(2025, 2, 27), date(2025, 2, 27)), (date(2024, 2, 28), date(2024, 2, 28))),
        ((date(2025, 2, 15), date(2025, 2, 28)), (date(2025, 2, 1), date(2025, 2, 14)), (date(2024, 2, 15), date(2024, 2, 28))),
    ],
)  # fmt: skip
def test_what_a_period_is_compared_with(
    one: tuple[date, date], before: tuple[date, date], year_before: tuple[date, date]
) -> None:
    asked = Period("", *one)
    assert (asked.before().since, asked.before().until) == before
    assert (asked.year_before().since, asked.year_before().until) == year_before


def test_money() -> None:
    assert yuan(123_45) == "123.45元"
    assert yuan(5227_1000_000) == "52,271.00万元"
    assert yuan(999_999) == "9,999.99元"
    assert yuan(0) == "0.00元"


def test_each_figure_names_conditions_that_are_there() -> None:
    for name, figure in FIGURES.items():
        assert figure.name == name and figure.label
        assert figure.part in CONDITIONS
        assert not figure.whole or (figure.whole in CONDITIONS and figure.formula)
    used = {one for figure in FIGURES.values() for one in (figure.part, figure.whole)} - {""}
    assert used <= CONDITIONS.keys()
