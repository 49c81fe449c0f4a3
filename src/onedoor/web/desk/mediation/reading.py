"""What was typed into the forms of mediation, as the steps take it."""

from datetime import date, datetime
from decimal import Decimal

from onedoor.cases.counting import ZONE

# Beyond these nothing is counted: months and zones have room on both sides.
YEARS = range(2000, 2201)


def instant(typed: str) -> datetime | None:
    """`2026-03-02T09:00` of a form, in the deployment's zone; None for what is no time, or none of these centuries."""
    try:
        read = datetime.fromisoformat(typed.strip())
    except ValueError:
        return None
    if read.year not in YEARS:
        return None
    return read.replace(tzinfo=ZONE) if read.tzinfo is None else read


def local(at: datetime) -> str:
    """The other way round, for the field."""
    return f"{at.astimezone(ZONE):%Y-%m-%dT%H:%M}"


def day(typed: str) -> date | None:
    try:
        read = date.fromisoformat(typed.strip())
    except ValueError:
        return None
    return read if read.year in YEARS else None


def cents(typed: str) -> int | None:
    """元 with at most two decimals as 分; None for nothing, -1 for what is no amount."""
    text = typed.replace(",", "").replace("，", "").strip()
    if not text:
        return None
    try:
        found = Decimal(text) * 100
    except ArithmeticError:
        return -1
    return int(found) if found.is_finite() and found == found.to_integral_value() and abs(found) < 10**16 else -1
