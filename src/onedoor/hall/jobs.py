"""What the worker does for the hall by the clock."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from procrastinate.contrib.django import app

from onedoor.hall.steps.visit import erase_visit_texts

EVERY_DAY = "23 3 * * *"


@app.periodic(cron=EVERY_DAY)
@app.task(name="onedoor.erase_visits", queueing_lock="onedoor.erase_visits")
def erase_visits(timestamp: int) -> None:
    """Texts of visits whose time is over; in pieces, so that it may be killed at any moment."""
    now = datetime.now(UTC)
    while erase_visit_texts(before=now - timedelta(days=366 * settings.VISIT_YEARS), at=now):
        pass
