"""Two threads recompute what a calendar has moved: each case once, none left out."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from pytest_django import DjangoDbBlocker

from cases.kit import HOUR, NOW, TO_HANDLING, register_case, sql, walk, whats
from onedoor.cases import calendars
from onedoor.cases.calendars import calendar_of
from onedoor.cases.models import CalendarChange, CalendarDay
from onedoor.cases.steps import recompute as recomputing
from onedoor.people.models import Division


@pytest.fixture
def many(committed_county: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[str]]:
    with django_db_blocker.unblock():
        numbers = [register_case(at=NOW, kind="incident") for _ in range(9)]
        for number in numbers:
            walk(number, *TO_HANDLING, at=NOW + HOUR)
        yield numbers
        calendars._table = (-calendars.FRESH, {}, {})


def test_several_hands_move_each_clock_once(many: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recomputing, "WRITE", 2)
    root = Division.objects.get(parent__isnull=True).pk
    CalendarDay(division=root, day=date(2026, 3, 18), working=False, name="县庆").save(force_insert=True)
    work = CalendarChange(division=root, days=["2026-03-18"], reason="县人民政府通知")
    work.save(force_insert=True)
    CalendarChange.objects.filter(pk=work.pk).update(at=NOW)
    calendar_of((), newest=True)
    assert recomputing.recompute(at=NOW + timedelta(days=2), settle=timedelta(0), hands=3) == len(many)
    assert sql("SELECT case_id, count(*) FROM event WHERE kind = 'recompute' GROUP BY 1 HAVING count(*) > 1") == []
    assert sql("SELECT count(*) FROM event WHERE kind = 'recompute'") == [(len(many),)]
    work.refresh_from_db()
    assert (work.moved, work.held, work.done_at is not None) == (len(many), 0, True)
    assert whats() == set()
