"""A calendar changes: what runs by it is counted anew, each change an event that says why."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from cases.kit import HOUR, NOW, TO_HANDLING, case_id, move, person, register_case, sql, walk, whats
from onedoor.cases import calendars
from onedoor.cases.calendars import calendar_of
from onedoor.cases.models import CalendarChange
from onedoor.cases.sql import array, rows
from onedoor.cases.steps import _writes
from onedoor.cases.steps import recompute as steps
from onedoor.cases.steps._recount import recount
from onedoor.cases.steps.calendar import change_days
from onedoor.cases.steps.recompute import note_published_years, recompute
from onedoor.cases.steps.sweep import sweep
from onedoor.people.models import Division
from onedoor.people.steps.administering import By
from onedoor.rules.refusal import Refused

DAY = timedelta(days=1)
COUNTY, TOWN = "990101", "990101100"
AT_ONCE = timedelta(0)


@pytest.fixture(autouse=True)
def fresh_table(db: None) -> Iterator[None]:
    """The table of days as this test makes it, and nothing of it for the next one."""
    calendar_of((), newest=True)
    yield
    calendars._table = (-calendars.FRESH, {}, {})


def admin() -> By:
    who = person("admin")
    return By(next(actor for actor in who.actors if actor.role == "admin"), NOW)


def change(division: str, days: dict[date, tuple[bool, str] | None], at: datetime = NOW) -> CalendarChange:
    work = change_days(by=admin(), division=division, days=days, reason="县人民政府通知")
    CalendarChange.objects.filter(pk=work.pk).update(at=at - DAY)
    return work


def due(number: str, kind: str = "handle") -> date:
    ((at,),) = sql("SELECT due_at FROM clock WHERE case_id = %s AND kind = %s", case_id(number), kind)
    return at.astimezone(datetime.fromisoformat("2026-01-01T00:00:00+08:00").tzinfo).date()  # type: ignore[no-any-return]


def kinds(number: str) -> list[str]:
    return [kind for (kind,) in sql("SELECT kind FROM event WHERE case_id = %s ORDER BY seq", case_id(number))]


@pytest.fixture
def running(county: None) -> str:
    """Fifteen working days from Monday 2 March 2026 at ten: to Monday 23 March."""
    number = register_case(at=NOW, kind="incident")
    walk(number, *TO_HANDLING, at=NOW + HOUR)
    assert due(number) == date(2026, 3, 23)
    return number


def test_a_holiday_added_moves_what_it_touches_and_says_why(running: str) -> None:
    other = register_case(at=NOW)
    before = kinds(other)
    work = change(COUNTY, {date(2026, 3, 18): (False, "县庆")})
    assert recompute(at=NOW + 2 * DAY, settle=AT_ONCE) == 1
    assert due(running) == date(2026, 3, 24)
    assert kinds(running)[-1] == "recompute"
    assert kinds(other) == before, "a limit that ends before the day is left alone"
    ((due_at, visible_due),) = sql(
        'SELECT c.due_at, v.due_at FROM "case" c JOIN visible v ON v.case_id = c.id WHERE c.id = %s LIMIT 1',
        case_id(running),
    )
    assert due_at == visible_due
    work.refresh_from_db()
    assert (work.moved, work.held) == (1, 0)
    assert work.done_at is not None
    assert recompute(at=NOW + 2 * DAY, settle=AT_ONCE) == 0
    assert whats() == set()


def test_a_day_withdrawn_moves_it_back(running: str) -> None:
    change(COUNTY, {date(2026, 3, 18): (False, "县庆")})
    recompute(at=NOW + 2 * DAY, settle=AT_ONCE)
    change(COUNTY, {date(2026, 3, 18): None})
    recompute(at=NOW + 2 * DAY, settle=AT_ONCE)
    assert due(running) == date(2026, 3, 23)
    assert kinds(running)[-2:] == ["recompute", "recompute"]


def test_a_division_has_its_days_for_itself_and_all_below(running: str) -> None:
    in_town = register_case(by="clerk_town", at=NOW, kind="incident")
    walk(in_town, ("accept", "clerk_town", {}), at=NOW + HOUR)
    change(TOWN, {date(2026, 3, 18): (False, "庙会")})
    recompute(at=NOW + 2 * DAY, settle=AT_ONCE)
    assert (due(in_town), due(running)) == (date(2026, 3, 24), date(2026, 3, 23))
    # the nearest word counts: the town works on the day that the county has off
    change(COUNTY, {date(2026, 3, 19): (False, "县庆")})
    change(TOWN, {date(2026, 3, 19): (True, "照常上班")})
    recompute(at=NOW + 2 * DAY, settle=AT_ONCE)
    assert (due(in_town), due(running)) == (date(2026, 3, 24), date(2026, 3, 24))


def test_what_would_be_late_only_by_the_change_is_put_before_a_person(running: str) -> None:
    now = datetime(2026, 3, 23, 2, 0, tzinfo=UTC)  # its last day, ten in the morning
    sweep(at=now)
    change(COUNTY, {date(2026, 3, 7): (True, "调休上班")}, at=now)
    assert recompute(at=now, settle=AT_ONCE) == 1
    assert due(running) == date(2026, 3, 23)
    assert kinds(running)[-1] == "hold_due"
    assert "clock_late" not in kinds(running)
    with pytest.raises(Refused):
        move(running, "decide_due", "clerk", at=now, granted=True, reason="按新日历。")
    move(running, "decide_due", "supervisor", at=now, granted=False, reason="变更前已按原日期告知申请人。")
    assert due(running) == date(2026, 3, 23)
    # what was given back still reaches the same Monday after one more day; after three it does not
    change(COUNTY, {date(2026, 3, day): (True, "调休上班") for day in (8, 14, 15)}, at=now)
    assert recompute(at=now, settle=AT_ONCE) == 1, "a second change asks again"
    move(running, "decide_due", "supervisor", at=now, granted=True, reason="以新日历为准。")
    assert due(running) < date(2026, 3, 23)
    assert sweep(at=now).turns["late"] == 1
    assert whats() == set()


def test_what_was_held_is_let_go_when_the_day_is_withdrawn(running: str) -> None:
    now = datetime(2026, 3, 23, 2, 0, tzinfo=UTC)
    sweep(at=now)
    change(COUNTY, {date(2026, 3, 7): (True, "调休上班")}, at=now)
    recompute(at=now, settle=AT_ONCE)
    change(COUNTY, {date(2026, 3, 7): None}, at=now)
    assert recompute(at=now, settle=AT_ONCE) == 1
    assert (due(running), kinds(running)[-1]) == (date(2026, 3, 23), "recompute")
    assert sql('SELECT pending::text FROM "case" WHERE id = %s', case_id(running)) == [("{}",)]
    assert sql("SELECT DISTINCT given_back FROM clock WHERE case_id = %s", case_id(running)) == [(0,)]
    with pytest.raises(Refused):
        move(running, "decide_due", "supervisor", at=now, granted=True, reason="已无可定。")
    assert whats() == set()


def test_a_request_under_way_has_time_to_end_before_the_recomputation(running: str) -> None:
    change_days(by=admin(), division=COUNTY, days={date(2026, 3, 18): (False, "县庆")}, reason="通知")
    assert recompute(at=datetime.now(UTC)) == 0
    assert recompute(at=datetime.now(UTC) + timedelta(minutes=1)) == 1


def test_a_year_that_is_published_recomputes_like_any_change(county: None, monkeypatch: pytest.MonkeyPatch) -> None:
    start = datetime(2026, 12, 28, 1, 0, tzinfo=UTC)  # a Monday; 2027 is a guess: weekends and fixed days
    number = register_case(at=start, kind="incident")
    walk(number, *TO_HANDLING, at=start + HOUR)
    assert due(number) == date(2027, 1, 19)
    assert note_published_years(start) is None, "the first look only takes it down"
    national = calendars.national_calendar()
    guessed = national._year(2027)
    published = guessed._replace(rest=(guessed.rest | {date(2027, 1, 4)}) - {date(2027, 1, 9)}, expected=False)
    monkeypatch.setitem(national._years, 2027, published)
    work = note_published_years(start)
    assert work is not None
    assert work.days == ["2027-01-04", "2027-01-09"]
    assert recompute(at=datetime.now(UTC) + HOUR, settle=AT_ONCE) == 0, "one day off and one day worked: the same end"
    monkeypatch.setitem(national._years, 2027, published._replace(rest=published.rest | {date(2027, 1, 9)}))
    assert note_published_years(start) is not None
    assert recompute(at=datetime.now(UTC) + HOUR, settle=AT_ONCE) == 1
    assert due(number) == date(2027, 1, 20)
    assert note_published_years(start) is None


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({}, "days"),
        ({date(1999, 1, 1): (False, "x")}, "days"),
        ({date(2026, 3, 18): (False, "x" * 41)}, "days"),
    ],
)
def test_a_change_that_cannot_be_is_refused_at_its_field(
    county: None, days: dict[date, tuple[bool, str] | None], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        change_days(by=admin(), division=COUNTY, days=days, reason="通知")
    assert field in refused.value.fields
    with pytest.raises(Refused) as refused:
        change_days(by=admin(), division="110000", days={date(2026, 3, 18): (False, "")}, reason="通知")
    assert "division" in refused.value.fields
    with pytest.raises(Refused):
        change_days(by=admin(), division=COUNTY, days={date(2026, 3, 18): None}, reason="没有可撤的")


def test_root_of_the_tree_reaches_everybody(running: str) -> None:
    root = Division.objects.get(parent__isnull=True)
    change(root.code, {date(2026, 3, 18): (False, "临时放假")})
    assert recompute(at=NOW + 2 * DAY, settle=AT_ONCE) == 1


def test_many_cases_at_once_are_written_as_each_by_itself(running: str, monkeypatch: pytest.MonkeyPatch) -> None:
    later = register_case(at=NOW + 6 * DAY, kind="incident")
    walk(later, *TO_HANDLING, at=NOW + 6 * DAY + HOUR)
    now = datetime(2026, 3, 23, 2, 0, tzinfo=UTC)
    sweep(at=now)
    change(COUNTY, {date(2026, 3, 7): (True, "调休上班"), date(2026, 3, 25): (False, "县庆")}, at=now)

    def stand() -> list[object]:
        one = "SELECT to_jsonb(t) - 'head' FROM {} t ORDER BY (to_jsonb(t) - 'head')::text"
        return [sql(one.format(table)) for table in ('"case"', "clock", "visible", "supervision", "assignment")]

    before, start = stand(), transaction.savepoint()
    assert recompute(at=now, settle=AT_ONCE) == 2
    alone = stand()
    transaction.savepoint_rollback(start)
    assert stand() == before
    monkeypatch.setattr(_writes, "COPY_FROM", 0)
    assert recompute(at=now, settle=AT_ONCE) == 2
    assert stand() == alone != before
    assert kinds(running)[-1] == "hold_due", "with what a JSON column keeps of the old date"
    assert kinds(later)[-1] == "recompute"
    assert whats() == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", ["", "NULL", None, 'a"b', "back\\slash", "{1,2}", " 空 格 ", "'", "\n\t", '{"钱": "\\"5,0\\""}']),
        ("bytea", [b"", b"\x00\\\xff", None]),
        ("boolean", [True, False, None]),
        ("bigint", [-1, 2**40, None]),
        ("timestamptz", [NOW, NOW + timedelta(microseconds=1), None]),
    ],
)
def test_an_array_reaches_the_server_as_it_is(kind: str, values: list[object]) -> None:
    found = rows(f"SELECT one FROM unnest(%s::{kind}[]) WITH ORDINALITY u(one, place) ORDER BY place", [array(values)])
    assert [row["one"] for row in found] == values


def test_the_short_way_writes_what_every_other_change_does(running: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cases of which only clocks move are written without decision and state: here beside all others."""
    register_case(at=NOW + 15 * DAY)
    register_case(at=NOW + 15 * DAY, confidential=True)
    for begun in (0, 3, 6, 9, 14):  # yellow, green; with a part that may still be objected to
        walk(register_case(at=NOW + begun * DAY), *TO_HANDLING, at=NOW + begun * DAY + HOUR)
    walk(register_case(at=NOW + 15 * DAY, kind="incident"), *TO_HANDLING[:2], at=NOW + 15 * DAY + HOUR)
    now = NOW + 16 * DAY
    sweep(at=now)
    change(COUNTY, {date(2026, 3, day): (False, "县庆") for day in (19, 20, 23)}, at=now)
    left: list[int] = []

    def stand() -> list[object]:
        one = "SELECT to_jsonb(t) - '{{head,hash,previous,id}}'::text[] FROM {} t ORDER BY 1"
        return [sql(one.format(table)) for table in ('"case"', "clock", "visible", "assignment", "event", "notice")]

    def counted(locked: Any, *rest: Any) -> Any:
        moved, others = recount(locked, *rest)
        left.append(len(others))
        return moved, others

    start = transaction.savepoint()
    monkeypatch.setattr(steps, "recount", counted)
    moved = recompute(at=now, settle=AT_ONCE)
    short = stand()
    assert moved > sum(left) > 0, "some went the short way, some the other"
    assert whats() == set()
    transaction.savepoint_rollback(start)
    monkeypatch.setattr(steps, "recount", lambda locked, *_: (0, list(locked)))
    assert recompute(at=now, settle=AT_ONCE) == moved
    assert stand() == short
