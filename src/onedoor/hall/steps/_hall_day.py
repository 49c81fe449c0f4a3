"""The one lock of a hall's numbers."""

from datetime import date, datetime

from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows


def day_of(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def touch(centre: int, day: date) -> int:
    """The hall's next version of the day. Its row stays locked until the transaction ends: whatever is read after this
    is what the one before has left."""
    found = rows(
        "INSERT INTO hall_hallday (centre_id, day, version) VALUES (%s, %s, 1)"
        " ON CONFLICT (centre_id, day) DO UPDATE SET version = hall_hallday.version + 1 RETURNING version",
        [centre, day],
    )
    return int(found[0]["version"])
