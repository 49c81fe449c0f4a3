"""预约: when something can be booked, and what is asked of who books.

Purpose of the name and the telephone: to remind and to call up. Basis: who books gives them himself (个人信息保护法
§13(1)). End: thirty days after the day.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from onedoor.rules.deadlines import Calendar
from onedoor.rules.identity import check_phone, check_text
from onedoor.rules.refusal import CONFLICT, INVALID, NOT_READY, Refused, invalid

STATES: dict[str, str] = {
    "booked": "已预约",
    "arrived": "已到",
    "missed": "未到",
    "cancelled": "已取消",
}
# Whoever comes or is to come holds his seat.
HOLDS = ("booked", "arrived")
WEEKDAYS = "一二三四五六日"
DAYS_AHEAD = 14
# A time that begins sooner than this can only be had at the counter.
AT_LEAST_AHEAD = timedelta(minutes=30)
# At the counter somebody is booked for any time that has not begun, further ahead than he can do it himself.
STAFF_DAYS_AHEAD = 60
# Who has booked says so much earlier at most that he is here: he is called before who waits.
EARLY = timedelta(hours=1)
KEPT_FOR = timedelta(days=30)
# Before the time: the day before, and an hour before.
REMINDERS = (timedelta(days=1), timedelta(hours=1))
MOST_SEATS, LONGEST_MINUTES = 50, 480
_HOURS = re.compile(r"周?([一二三四五六日])\s*(\d{1,2}):(\d{2})\s*[-—~至]\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Hours:
    """Open on that weekday (0: Monday) from one time to the other, local time."""

    weekday: int
    begins: time
    ends: time

    def __str__(self) -> str:
        return f"周{WEEKDAYS[self.weekday]} {self.begins:%H:%M}-{self.ends:%H:%M}"


@dataclass(frozen=True, slots=True)
class Slot:
    """One time that can be booked; instants with their zone."""

    starts_at: datetime
    ends_at: datetime


def read_hours(text: str) -> tuple[Hours, ...]:
    """One line each, as 周一 09:00-11:30. Refuses (field "hours") what cannot be read, ends before it begins or
    overlaps."""
    found: list[Hours] = []
    for place, line in enumerate(filter(None, map(str.strip, text.replace("：", ":").splitlines())), start=1):
        read = _HOURS.fullmatch(line)
        try:
            weekday, *times = read.groups() if read else ("", "", "", "", "")
            hours = Hours(
                WEEKDAYS.index(weekday) if weekday else -1,
                time(int(times[0]), int(times[1])),
                time(int(times[2]), int(times[3])),
            )
        except ValueError:
            raise invalid("hours", f"第{place}行应写成“周一 09:00-11:30”。") from None
        if hours.begins >= hours.ends:
            raise invalid("hours", f"第{place}行的结束时间应晚于开始时间。")
        if any(one.weekday == hours.weekday and one.begins < hours.ends and hours.begins < one.ends for one in found):
            raise invalid("hours", f"第{place}行与前面的时间重叠。")
        found.append(hours)
    if not found:
        raise invalid("hours", "请至少写一行开放时间，如“周一 09:00-11:30”。")
    return tuple(sorted(found, key=lambda one: (one.weekday, one.begins)))


def slots(
    hours: Iterable[Hours], minutes: int, day: date, *, closed: bool, calendar: Calendar, zone: tzinfo
) -> Iterator[Slot]:
    """The times of a day in their order; none on a day of rest or one that is closed. On a make-up day the hours of
    its own weekday count; a Saturday or Sunday without hours has none."""
    if closed or not calendar.is_working_day(day):
        return
    length = timedelta(minutes=minutes)
    for one in hours:
        if one.weekday != day.weekday():
            continue
        begins, ends = (datetime.combine(day, at, zone) for at in (one.begins, one.ends))
        while begins + length <= ends:
            yield Slot(begins, begins + length)
            begins += length


def check_time(slot: Slot | None, now: datetime, *, staff: bool = False) -> Slot:
    """Refuses what is no time of the thing, begins too soon or lies too far ahead (field "at"); `staff` books until it
    begins, and further ahead."""
    if slot is None:
        raise invalid("at", "没有这个时间，请重新选择。")
    if staff and slot.starts_at <= now:
        raise invalid("at", "这个时间已经开始了，请选择稍后的时间。")
    if not staff and slot.starts_at < now + AT_LEAST_AHEAD:
        raise invalid("at", "这个时间太近了，请选择稍后的时间，或直接到大厅取号。")
    most = STAFF_DAYS_AHEAD if staff else DAYS_AHEAD
    if slot.starts_at > now + timedelta(days=most + 1):
        raise invalid("at", f"最多提前{most}天预约。")
    return slot


def check_person(name: str, phone: str, *, staff: bool = False) -> tuple[str, str]:
    """A name to be called by, which need not be the whole one, and a telephone; who is booked at the counter may have
    none."""
    faults: dict[str, str] = {}
    try:
        name = check_text(name, most=20, field="name", label="称呼", required=True)
    except Refused as refused:
        faults["name"] = refused.sentence
    if phone.strip() or not staff:
        try:
            phone = check_phone(phone)
        except Refused as refused:
            faults["phone"] = refused.sentence if phone.strip() else "请填写电话，用于提醒和到场核对。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return name, phone.strip()


def check_same(*, same: bool) -> None:
    """A form that was sent before, now with something else in it: what was booked stands."""
    if not same:
        raise Refused(CONFLICT, "这张表已经约过一次，和这次填的不一样。要改时间的，请先取消原来的，再重新预约。")


def check_change(state: str, wanted: str) -> None:
    """Which change a booking may take: what has been cancelled or is over stays so."""
    allowed = {"booked": ("arrived", "missed", "cancelled"), "missed": ("arrived",), "arrived": ()}
    if wanted not in allowed.get(state, ()):
        raise Refused(NOT_READY, f"这个预约现为“{STATES[state]}”，不能改为“{STATES[wanted]}”。")


def check_arrival(starts_at: datetime, now: datetime, zone: tzinfo) -> None:
    """Whether who has booked may say at the kiosk that he is here: from an hour before on, on that day."""
    begins, local = starts_at.astimezone(zone), now.astimezone(zone)
    when = f"{begins.month}月{begins.day}日{begins:%H:%M}"
    if starts_at - now > EARLY:
        raise Refused(NOT_READY, f"您约的是{when}，提前{EARLY.seconds // 3600}小时以内再来登记。")
    if local.date() > begins.date():
        raise Refused(NOT_READY, f"您约的是{when}，已经过了，请重新预约或直接取号。")


def next_reminder(starts_at: datetime, now: datetime) -> datetime | None:
    """When the next reminder is due; None when there is no more."""
    due = sorted(starts_at - before for before in REMINDERS)
    return next((at for at in due if at > now), None)


def reminder(what: str, place: str, starts_at: datetime, zone: tzinfo) -> str:
    """Time and place only: a telephone may be read by others."""
    local = starts_at.astimezone(zone)
    return f"您预约了{local.month}月{local.day}日{local:%H:%M}到{place or '综治中心'}。不能来的请提前取消，方便他人。"
