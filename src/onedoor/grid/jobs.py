"""What the worker does for the grid by the clock. Each may be killed at any moment and run twice."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app

from onedoor.grid.steps import files, waiting


@app.periodic(cron="*/5 * * * *")
@app.task(name="onedoor.field_waiting", queueing_lock="onedoor.field_waiting")
def field_waiting(timestamp: int) -> None:
    """Entries that wait for each other or for a file: most are carried out when it comes, the rest here."""
    waiting.sweep_waiting(at=datetime.now(UTC))


@app.periodic(cron="17 * * * *")
@app.task(name="onedoor.field_tidy", queueing_lock="onedoor.field_tidy", pass_context=True)
def field_tidy(context: JobContext, timestamp: int) -> None:
    now = datetime.now(UTC)
    while files.drop_abandoned(at=now) and not context.should_abort():
        pass
    files.drop_strays(at=now)
    while waiting.forget_positions(before=now - timedelta(days=settings.FIELD_POSITION_DAYS)):
        pass
    while waiting.forget_files(before=now - timedelta(days=settings.FIELD_FILE_DAYS)):
        pass
