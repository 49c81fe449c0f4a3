"""Outside figures are whole numbers and nothing else."""

from datetime import date
from typing import Any

import pytest

from onedoor.rules.external import EXTERNAL_KINDS, MAIN, added, check_counts, check_month, read_count, read_month
from onedoor.rules.refusal import Refused


@pytest.mark.parametrize(
    ("cell", "count"), [(0, 0), (7, 7), (7.0, 7), ("12", 12), (" 3 ", 3), (None, None), ("", None), ("  ", None)]
)
def test_a_whole_number_or_nothing(cell: Any, count: int | None) -> None:
    assert read_count("fire", cell) == count


@pytest.mark.parametrize(
    "cell",
    [-1, 1.5, "-1", "1.5", "张三", "3起", "１２", "1e3", True, False, float("nan"), float("inf"), 10_000_001, "123456789",
     date(2026, 3, 1), "13812345678"],
)  # fmt: skip
def test_anything_else_is_refused_at_its_column(cell: Any) -> None:
    with pytest.raises(Refused) as refused:
        read_count("fire", cell)
    assert set(refused.value.fields) == {"fire"}


@pytest.mark.parametrize("text", ["2026-03", "2026年3月", "2026/3", "2026-03-15", "2026-03-01 00:00:00", "2026.3"])
def test_months_as_people_write_them(text: str) -> None:
    assert read_month(text) == date(2026, 3, 1)


@pytest.mark.parametrize("text", ["", "3月", "2026-13", "二〇二六年三月", "26-03", "2026", "2026-03-01-02"])
def test_no_month(text: str) -> None:
    with pytest.raises(Refused):
        read_month(text)


def test_no_month_that_has_not_come() -> None:
    check_month(date(2026, 3, 1), date(2026, 3, 1))
    with pytest.raises(Refused):
        check_month(date(2026, 4, 1), date(2026, 3, 31))


def test_parts_are_not_more_than_their_whole() -> None:
    check_counts({"criminal": 5, "injury": 2, "theft": 3, "theft_home": 3})
    check_counts({"injury": 2})
    with pytest.raises(Refused, match="加起来是4"):
        check_counts({"theft": 3, "theft_home": 3, "pickpocketing": 1})
    with pytest.raises(Refused, match="没有任何数字"):
        check_counts(dict.fromkeys(EXTERNAL_KINDS))


def test_a_sum_says_nothing_where_a_month_says_nothing() -> None:
    assert added([{"fire": 2}, {"fire": 3}])["fire"] == 5
    assert added([{"fire": 2}, {"fire": None}])["fire"] is None
    assert added([{"fire": 2}, {}])["fire"] is None
    assert added([])["fire"] is None


def test_every_part_belongs_to_a_column() -> None:
    assert all(not kind.within or kind.within in EXTERNAL_KINDS for kind in EXTERNAL_KINDS.values())
    assert [EXTERNAL_KINDS[code].name for code in MAIN] == [
        "刑事警情", "治安警情", "治安灾害事故", "交通事故", "火灾", "群众求助", "举报投诉", "其他警情"
    ]  # fmt: skip
