"""What the worker does for the room by the clock."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from procrastinate.contrib.django import app

from onedoor.cases.counting import ZONE
from onedoor.grid.steps.care import erase_plans
from onedoor.grid.steps.opinions import erase_field_opinions
from onedoor.grid.steps.visits import erase_visits


@app.periodic(cron="17 3 * * *")
@app.task(name="onedoor.erase_field", queueing_lock="onedoor.erase_field")
def erase_field(timestamp: int) -> None:
    """Visits, care plans and opinions whose time is over; in pieces: it may be killed at any moment."""
    now = datetime.now(UTC)
    today = now.astimezone(ZONE).date()
    while erase_visits(before=today - timedelta(days=settings.HOUSEHOLD_VISIT_DAYS), at=now):
        pass
    while erase_plans(before=today - timedelta(days=settings.CARE_PLAN_DAYS), at=now):
        pass
    while erase_field_opinions(before=today - timedelta(days=366 * settings.OPINION_YEARS), at=now):
        pass
