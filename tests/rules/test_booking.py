"""When something can be booked."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.rules.booking import (
    Hours,
    check_change,
    check_person,
    check_time,
    next_reminder,
    read_hours,
    reminder,
    slots,
)
from onedoor.rules.refusal import Refused
from rules.kit import CALENDAR, EveryDay

MONDAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOURS = read_hours("周一 09:00-11:30\n周三 14：00~16:00")


class RestOnWeekends(EveryDay):
    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5


def test_hours_are_read_line_by_line_and_kept_in_order() -> None:
    assert (Hours(0, time(9), time(11, 30)), Hours(2, time(14), time(16))) == HOURS
    assert read_hours("\n".join(map(str, HOURS))) == HOURS


@pytest.mark.parametrize(
    "text",
    ["", "每天上午", "周一 11:00-09:00", "周一 25:00-26:00", "周一 09:00-11:00\n周一 10:30-12:00", "周八 09:00-10:00"],
)
def test_what_is_no_opening_time_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_hours(text)
    assert set(refused.value.fields or ()) == {"hours"}


def times(day: date, minutes: int = 30, *, closed: bool = False) -> list[str]:
    return [f"{one.starts_at:%H:%M}" for one in slots(HOURS, minutes, day, closed=closed, calendar=CALENDAR, zone=UTC)]


def test_a_day_is_cut_into_whole_times() -> None:
    assert times(MONDAY) == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    assert times(MONDAY, 40) == ["09:00", "09:40", "10:20"], "what does not fit is not offered"
    assert times(date(2026, 3, 3)) == [] and times(MONDAY, closed=True) == []
    saturday = read_hours("周六 09:00-10:00")
    resting = RestOnWeekends()
    assert not list(slots(saturday, 30, date(2026, 3, 7), closed=False, calendar=resting, zone=UTC)), "a day of rest"


@given(st.integers(5, 480), st.integers(0, 6))
def test_times_never_overlap_and_lie_within_the_hours(minutes: int, weekday: int) -> None:
    found = list(slots(HOURS, minutes, MONDAY + timedelta(days=weekday), closed=False, calendar=CALENDAR, zone=UTC))
    for one, after in pairwise(found):
        assert one.ends_at <= after.starts_at
    for one in found:
        assert any(hours.begins <= one.starts_at.time() and one.ends_at.time() <= hours.ends for hours in HOURS)


def test_too_soon_and_too_far_are_refused() -> None:
    slot = next(slots(HOURS, 30, MONDAY, closed=False, calendar=CALENDAR, zone=UTC))
    assert check_time(slot, slot.starts_at - timedelta(minutes=30)) is slot
    for now in (slot.starts_at - timedelta(minutes=29), slot.starts_at - timedelta(days=16)):
        with pytest.raises(Refused):
            check_time(slot, now)
    with pytest.raises(Refused):
        check_time(None, NOW)


def test_who_books_gives_something_to_be_called_by_and_a_telephone() -> None:
    assert check_person("王女士", "138 0000 5678") == ("王女士", "13800005678")
    with pytest.raises(Refused) as refused:
        check_person(" ", "")
    assert set(refused.value.fields or ()) == {"name", "phone"}


def test_what_is_over_stays_so() -> None:
    check_change("booked", "cancelled")
    check_change("missed", "arrived")
    for state, wanted in (("cancelled", "arrived"), ("arrived", "cancelled"), ("booked", "booked")):
        with pytest.raises(Refused):
            check_change(state, wanted)


def test_reminders_go_the_day_and_the_hour_before_and_name_no_matter() -> None:
    starts = datetime(2026, 3, 4, 1, tzinfo=UTC)
    assert next_reminder(starts, NOW) == starts - timedelta(days=1)
    assert next_reminder(starts, starts - timedelta(days=1)) == starts - timedelta(hours=1)
    assert next_reminder(starts, starts - timedelta(hours=1)) is None
    assert reminder("法律援助咨询", "二楼", starts, UTC) == "您预约了3月4日01:00到二楼。不能来的请提前取消，方便他人。"
