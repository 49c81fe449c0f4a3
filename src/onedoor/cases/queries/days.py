"""Days and times that people ask by."""

from datetime import date, datetime, timedelta

from onedoor.cases.counting import ZONE as ZONE
from onedoor.rules.refusal import invalid


def today() -> date:
    """The day at the deployment's place."""
    return datetime.now(ZONE).date()


def day_of(text: str, field: str, *, end: bool = False) -> datetime | None:
    """A date stands for its whole day in the deployment's zone; a time needs its offset."""
    if not text:
        return None
    try:
        if len(text) == 10:
            day = date.fromisoformat(text) + timedelta(days=1 if end else 0)
            return datetime(day.year, day.month, day.day, tzinfo=ZONE)
        # a plus sign that was not escaped in the address arrives as a blank
        read = datetime.fromisoformat(text.replace(" ", "+"))
    except (ValueError, OverflowError) as error:
        raise invalid(field, "日期应为 2026-03-01 或带时区的时间。") from error
    if read.tzinfo is None:
        raise invalid(field, "时间应带时区，如 2026-03-01T09:00:00+08:00。")
    return read


def number_of(text: str, field: str) -> int | None:
    """A small whole number, as an hour or a day of the week."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise invalid(field, "这里要填一个整数。")
    return int(text)
