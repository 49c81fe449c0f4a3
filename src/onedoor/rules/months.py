"""Months by their first day."""

from datetime import date

from onedoor.rules.refusal import invalid


def month_of(text: str) -> date:
    """2026-03 as its first day."""
    try:
        return date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        raise invalid("month", "请写成 2026-03 这样的月份。") from None


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def month_before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
