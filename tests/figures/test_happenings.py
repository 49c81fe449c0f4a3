"""What a month's facts are, where the record has gone on since."""

from datetime import UTC, date, datetime
from typing import Any

from cases.kit import DAY, HOUR, NOW, TO_HANDLING, move, register_case, sql, walk
from figures.kit import APRIL_3, MARCH, unit
from onedoor.cases.steps.sweep import sweep
from onedoor.figures.models import PointsEntry
from onedoor.figures.queries.happenings import happenings
from onedoor.figures.steps.points import compute_month

REPLY_OVER = datetime(2026, 3, 3, 16, tzinfo=UTC)  # of a notice of NOW + 5 * HOUR


def facts(fact: str, month: date = MARCH) -> list[Any]:
    return [(one.subject, one.at, one.excluded) for one in happenings(month) if one.fact == fact]


def groundless() -> list[Any]:
    return [subject for subject, _, _ in facts("objection_groundless")]


def test_a_unit_named_in_the_place_of_another_has_not_objected(county: None) -> None:
    number = register_case()
    walk(
        number,
        ("accept", "clerk", {}),
        ("dispatch", "dispatcher", {"unit": "zjj"}),
        ("recall", "dispatcher", {"reason": "送错了。"}),
        ("dispatch", "dispatcher", {"unit": "rsj"}),
        ("object", "handler", {"reason": "不属本单位职责。"}),
        ("designate", "dispatcher", {"unit": "zjj", "reason": "异议成立。"}),
    )
    assert groundless() == []


def test_an_objection_without_ground_counts_once_however_often_the_unit_had_the_matter(county: None) -> None:
    number = register_case()
    walk(
        number,
        ("accept", "clerk", {}),
        ("dispatch", "dispatcher", {"unit": "zjj"}),
        ("recall", "dispatcher", {"reason": "送早了。"}),
        ("dispatch", "dispatcher", {"unit": "zjj"}),
        ("object", "handler2", {"reason": "不属本单位职责。"}),
        ("designate", "dispatcher", {"unit": "zjj", "reason": "异议不成立。"}),
    )
    assert groundless() == [unit("zjj")]
    compute_month(month=MARCH, at=APRIL_3)
    assert PointsEntry.objects.filter(fact="objection_groundless").count() == 1


def noticed() -> str:
    number = register_case(at=NOW, kind="incident")
    walk(number, *TO_HANDLING)
    move(number, "supervise", "supervisor", at=NOW + 5 * HOUR, level="ordinary", reason="请说明。")
    return number


def test_a_reply_that_did_not_come_stays_where_it_was_when_more_is_demanded(county: None) -> None:
    number = noticed()
    sweep(at=REPLY_OVER)
    assert facts("reply_late") == [(unit("zjj"), REPLY_OVER, "")]
    compute_month(month=MARCH, at=APRIL_3)
    entry = PointsEntry.objects.get(fact="reply_late")
    move(number, "demand_more", "supervisor", at=APRIL_3, reason="请回告。", days=1)
    assert facts("reply_late") == [(unit("zjj"), REPLY_OVER, "")]
    compute_month(month=MARCH, at=APRIL_3 + DAY)
    assert PointsEntry.objects.get(fact="reply_late").pk == entry.pk, "a recount keeps the entry"


def test_each_day_to_reply_by_that_passes_is_a_miss(county: None) -> None:
    number = noticed()
    sweep(at=REPLY_OVER)
    move(number, "demand_more", "supervisor", at=REPLY_OVER + 5 * DAY, reason="请回告。", days=1)
    sweep(at=REPLY_OVER + 9 * DAY)
    assert sorted(at for _, at, _ in facts("reply_late")) == [REPLY_OVER, REPLY_OVER + 9 * DAY]
    compute_month(month=MARCH, at=APRIL_3)
    assert PointsEntry.objects.filter(fact="reply_late").count() == 2
    # the second does not change what the first is known by
    first, second = PointsEntry.objects.filter(fact="reply_late").order_by("at")
    (notice,) = sql("SELECT id FROM supervision WHERE reply_days IS NOT NULL ORDER BY issued_at LIMIT 1")[0]
    assert (first.ref, second.ref) == (f"chased:{notice}", f"chased:{notice}:1")
