"""Periods of reports, numbers in words, holes in sentences, what the analyst writes."""

from datetime import date

import pytest

from onedoor.rules.figures import Period
from onedoor.rules.refusal import Refused
from onedoor.rules.report_wording import WORDINGS, check_holes, check_wordings, pieces
from onedoor.rules.reports import (
    PLACES,
    blank,
    check_complete,
    check_over,
    check_texts,
    compared,
    direction,
    span_of,
)


@pytest.mark.parametrize(
    ("kind", "year", "number", "since", "until", "name", "before", "year_before"),
    [
        ("month", 2026, 3, "2026-03-01", "2026-03-31", "2026年3月", "2026-02-01", "2025-03-01"),
        ("month", 2026, 1, "2026-01-01", "2026-01-31", "2026年1月", "2025-12-01", "2025-01-01"),
        ("month", 2024, 2, "2024-02-01", "2024-02-29", "2024年2月", "2024-01-01", "2023-02-01"),
        ("month", 2026, 12, "2026-12-01", "2026-12-31", "2026年12月", "2026-11-01", "2025-12-01"),
        ("quarter", 2026, 4, "2026-10-01", "2026-12-31", "2026年第四季度", "2026-07-01", "2025-10-01"),
        ("half", 2026, 1, "2026-01-01", "2026-06-30", "2026年上半年", "2025-07-01", "2025-01-01"),
        ("year", 2026, 1, "2026-01-01", "2026-12-31", "2026年", "2025-01-01", "2025-01-01"),
    ],
)
def test_a_period_is_of_whole_months(
    kind: str, year: int, number: int, since: str, until: str, name: str, before: str, year_before: str
) -> None:
    span = span_of(kind, year, number)
    assert span.period == Period("", date.fromisoformat(since), date.fromisoformat(until))
    assert span.name == name
    assert span.period.before().since.isoformat() == before
    assert span.period.year_before().since.isoformat() == year_before
    assert bool(span.year) == (kind != "year"), "of a year, the year before is the period before"


def test_a_month_of_28_days_is_not_divided_by_31() -> None:
    assert span_of("month", 2026, 2).days == 28
    assert span_of("month", 2015, 8).days == 31, "安康 2015-08: 6689 over 31 days is 215.8, not 239"
    assert span_of("year", 2024, 1).days == 366


@pytest.mark.parametrize(
    ("kind", "year", "number"),
    [("month", 2026, 13), ("month", 2026, 0), ("quarter", 2026, 5), ("half", 2026, 3), ("year", 2026, 2), ("week", 2026, 1),
     ("month", 1999, 1)],
)  # fmt: skip
def test_there_is_no_such_period(kind: str, year: int, number: int) -> None:
    with pytest.raises(Refused):
        span_of(kind, year, number)


def test_what_is_not_over_is_not_reported() -> None:
    span = span_of("month", 2026, 2)
    with pytest.raises(Refused, match="还没有过完"):
        check_over(span, date(2026, 2, 28))
    check_over(span, date(2026, 3, 1))


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (386, 330, "增加56件，上升17.0%"),  # 锡盟 2021-04
        (869, 840, "增加29件，上升3.5%"),  # 黄石 2016-08
        (6689, 8600, "减少1911件，下降22.2%"),  # 安康 2015-08
        (310, 378, "减少68件，下降18.0%"),
        (0, 44, "减少44件，下降100.0%"),
        (1, 44, "减少43件，下降97.7%"),
        (1, 4000, "减少3999件，下降99.9%"),  # not all are gone
        (8, 2, "增加6件，上升300.0%"),
        (5, 0, "新增5件"),
        (0, 0, "持平"),
        (7, 7, "持平"),
        (100_001, 100_000, "增加1件，上升不足0.1%"),
        (99_999, 100_000, "减少1件，下降不足0.1%"),
    ],
)
def test_a_change_is_said_as_it_is(now: int, before: int, said: str) -> None:
    assert compared(now, before) == said


@pytest.mark.parametrize(
    ("now", "before", "said"), [(2, 1, "升"), (1, 2, "降"), (1, 1, "平"), (0, 0, "零"), (0, 1, "降")]
)
def test_a_division_rose_fell_or_had_none(now: int, before: int, said: str) -> None:
    assert direction(now, before) == said


def test_sentences_are_cut_at_their_holes() -> None:
    assert pieces("登记{登记数}件，｛办结率｝。") == [
        ("登记", False), ("登记数", True), ("件，", False), ("办结率", True), ("。", False)
    ]  # fmt: skip
    assert pieces("没有") == [("没有", False)]
    assert pieces("") == []
    assert pieces("坏了{{登记数}") == [("坏了{{登记数}", False)]


@pytest.mark.parametrize("name", WORDINGS)
def test_each_sentence_uses_its_own_holes(name: str) -> None:
    check_holes(name, WORDINGS[name].text)
    used = {part for part, is_hole in pieces(WORDINGS[name].text) if is_hole}
    assert used <= set(WORDINGS[name].holes)
    assert set(WORDINGS[name].holes) - used <= {"时段", "区域"}, "nothing is offered that is never said"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{登记数}件，{申请人}", "没有“{申请人}”"),
        ("{登记数件", "成对"),
        ("登记数}件", "成对"),
        ("{{登记数}}件", "成对"),
        ("电话13812345678", "手机"),
        ("长" * 1001, "最多"),
    ],
)
def test_a_sentence_that_cannot_be_filled_is_refused_at_its_field(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        check_wordings({"overview": text})
    assert set(refused.value.fields) == {"overview"}


def test_only_changed_sentences_are_kept() -> None:
    own = check_wordings({"overview": "{时段}共{登记数}件。", "limits": WORDINGS["limits"].text, "ratings": " "})
    assert own == {"overview": "{时段}共{登记数}件。"}


def test_the_analyst_names_nobody_by_number() -> None:
    with pytest.raises(Refused) as refused:
        check_texts({"important": "联系人手机 138 1234 5678", "risks": "11010519491231002X"})
    assert set(refused.value.fields) == {"important", "risks"}
    assert check_texts({"risks": " 无 "}) == {name: "无" if name == "risks" else "" for name in PLACES}


def test_nothing_is_issued_with_an_empty_place() -> None:
    texts = dict.fromkeys(PLACES, "无")
    check_complete(texts)
    for name in PLACES:
        with pytest.raises(Refused, match=PLACES[name].label):
            check_complete({**texts, name: ""})
        assert "【此处由分析员填写：" in blank(name)
