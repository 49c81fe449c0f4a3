"""What the worker does for the grid by the clock. Each may be killed at any moment and run twice."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app

from onedoor.cases.counting import ZONE
from onedoor.grid.steps import files, waiting
from onedoor.grid.steps.care import erase_plans
from onedoor.grid.steps.opinions import erase_field_opinions
from onedoor.grid.steps.retention import remove_tasks
from onedoor.grid.steps.visits import erase_visits


@app.periodic(cron="*/5 * * * *")
@app.task(name="onedoor.field_waiting", queueing_lock="onedoor.field_waiting")
def field_waiting(timestamp: int) -> None:
    """Entries that wait for each other or for a file: most are carried out when it comes, the rest here."""
    waiting.sweep_waiting(at=datetime.now(UTC))


@app.periodic(cron="37 * * * *")
@app.task(name="onedoor.field_tidy", queueing_lock="onedoor.field_tidy", pass_context=True)
def field_tidy(context: JobContext, timestamp: int) -> None:
    """Files that nobody has gone on with, positions and pictures whose time is over."""
    now = datetime.now(UTC)
    while files.drop_abandoned(at=now) and not context.should_abort():
        pass
    files.drop_strays(at=now)
    while waiting.forget_positions(before=now - timedelta(days=settings.FIELD_POSITION_DAYS)):
        pass
    while waiting.forget_visitors(before=now - timedelta(days=settings.HOUSEHOLD_VISIT_DAYS)):
        pass
    while waiting.forget_files(before=now - timedelta(days=settings.FIELD_FILE_DAYS)):
        pass


@app.periodic(cron="17 3 * * *")
@app.task(name="onedoor.erase_field", queueing_lock="onedoor.erase_field")
def erase_field(timestamp: int) -> None:
    """Visits, care plans, errands and opinions whose time is over; in pieces: it may be killed at any moment."""
    now = datetime.now(UTC)
    today = now.astimezone(ZONE).date()
    while erase_visits(before=today - timedelta(days=settings.HOUSEHOLD_VISIT_DAYS), at=now):
        pass
    while erase_plans(before=today - timedelta(days=settings.CARE_PLAN_DAYS), at=now):
        pass
    while remove_tasks(before=now - timedelta(days=settings.FIELD_TASK_DAYS)):
        pass
    while erase_field_opinions(before=today - timedelta(days=366 * settings.OPINION_YEARS), at=now):
        pass
