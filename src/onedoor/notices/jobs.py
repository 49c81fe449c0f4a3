"""What the worker does for notices by the clock. Every job may be killed at any moment and run twice at once."""

import contextlib
import time
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from onedoor.notices.steps.deliver import deliver_next, forget_deliveries
from onedoor.notices.steps.gather import due_channels, gather
from onedoor.notices.steps.read import forget_old
from onedoor.notices.steps.tell_applicants import forget_applicant_messages, tell_next_applicant

EVERY_MINUTE, HALF_A_MINUTE_LATER, EVERY_HOUR = "* * * * *", "* * * * * 30", "37 * * * *"
# A server that does not answer must not hold one of the worker's two places for long.
MOST_SECONDS = 50.0


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="onedoor.gather_notices", queueing_lock="onedoor.gather_notices", pass_context=True)
def gather_notices(context: JobContext, timestamp: int) -> None:
    """One message for each channel that has something new."""
    now = datetime.now(UTC)
    for channel in due_channels(now):
        if context.should_abort():
            return
        gather(channel=channel, at=now)


@app.periodic(cron=HALF_A_MINUTE_LATER)
@app.task(name="onedoor.deliver", queueing_lock="onedoor.deliver", pass_context=True)
def deliver(context: JobContext, timestamp: int) -> None:
    """Messages that are due, until none is left or the minute is over."""
    give_way_at = time.monotonic() + MOST_SECONDS
    while time.monotonic() < give_way_at and not context.should_abort() and deliver_next(at=datetime.now(UTC)):
        pass


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="onedoor.tell_applicants", queueing_lock="onedoor.tell_applicants", pass_context=True)
def tell_applicants(context: JobContext, timestamp: int) -> None:
    """Text messages to applicants that are due, until none is left or the minute is over."""
    give_way_at = time.monotonic() + MOST_SECONDS
    while time.monotonic() < give_way_at and not context.should_abort() and tell_next_applicant(at=datetime.now(UTC)):
        pass


@app.periodic(cron=EVERY_HOUR)
@app.task(name="onedoor.forget_notices", queueing_lock="onedoor.forget_notices", pass_context=True)
def forget_notices(context: JobContext, timestamp: int) -> None:
    """Notices and messages whose time is over; in pieces."""
    before = datetime.now(UTC) - settings.NOTICE_LIFE
    while forget_old(before=before) and not context.should_abort():
        pass
    while forget_deliveries(before=before) and not context.should_abort():
        pass
    while forget_applicant_messages(before=before) and not context.should_abort():
        pass


def tell_soon() -> None:
    """Lets the worker send what has just been asked for, without waiting for the minute."""
    # one that waits already will do it, and its refusal spoils nothing of the caller's
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task("onedoor.tell_applicants", queueing_lock="onedoor.tell_applicants").defer(
            timestamp=int(time.time())
        )
