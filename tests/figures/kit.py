"""Closed matters of a month, with what applicants said of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from cases.kit import DAY, HOUR, NOW, move, register_case, walk
from onedoor.figures.subjects import Named, named
from onedoor.people.models import Unit
from onedoor.rules.points import Subject

MARCH = date(2026, 3, 1)
APRIL_3 = datetime(2026, 4, 3, 1, tzinfo=UTC)
ANSWER = "已上门清理走廊杂物，通道恢复畅通，双方约定不再堆放。"


def closed_case(at: datetime = NOW, *, answer: str = ANSWER, satisfied: bool | None = None, **fields: Any) -> str:
    """One of the housing office's, handled within a day; called back two days later if `satisfied` is given."""
    number = register_case(at=at, **fields)
    walk(
        number,
        ("accept", "clerk", {}),
        ("dispatch", "dispatcher", {"unit": "zjj"}),
        ("sign", "handler2", {}),
        ("report_progress", "handler2", {"text": "已到现场查看。"}),
        ("conclude", "handler2", {"outcome": "answered", "answer": answer}),
        ("close", "supervisor", {}),
        at=at + HOUR,
    )
    if satisfied is not None:
        move(number, "follow_up", "clerk", at=at + 2 * DAY, satisfied=satisfied)
    return number


def month_of_work(count: int = 6, *, rated: int = 0) -> list[str]:
    """So many closed on different days of March, the first `rated` of them found well at the call-back."""
    return [
        closed_case(NOW + timedelta(days=place), satisfied=True if place < rated else None) for place in range(count)
    ]


def unit(code: str) -> Subject:
    return Subject("unit", Unit.objects.get(code=code).pk)


def named_unit(code: str) -> Named:
    return named("unit", [unit(code)])[unit(code)]
