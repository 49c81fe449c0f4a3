"""Jobs that join two rooms: reminders of bookings and answers to questions go out by the notices' ways."""

import time
from datetime import UTC, datetime

from procrastinate import JobContext
from procrastinate.contrib.django import app

from onedoor.hall.steps.remind import forget_bookings, remind_next
from onedoor.notices.ways import send
from onedoor.voices.steps.question import tell_next

MOST_SECONDS = 50.0


@app.periodic(cron="* * * * *")
@app.task(name="onedoor.remind_bookings", queueing_lock="onedoor.remind_bookings", pass_context=True)
def remind_bookings(context: JobContext, timestamp: int) -> None:
    """Reminders that are due, until none is left or the minute is over."""
    give_way_at = time.monotonic() + MOST_SECONDS
    while time.monotonic() < give_way_at and not context.should_abort():
        if not remind_next(now=datetime.now(UTC), send=send):
            return


@app.periodic(cron="41 3 * * *")
@app.task(name="onedoor.forget_bookings", queueing_lock="onedoor.forget_bookings", pass_context=True)
def forget_old_bookings(context: JobContext, timestamp: int) -> None:
    """Names and telephones whose time is over; in pieces."""
    while forget_bookings(now=datetime.now(UTC)) and not context.should_abort():
        pass


@app.periodic(cron="* * * * *")
@app.task(name="onedoor.tell_askers", queueing_lock="onedoor.tell_askers", pass_context=True)
def tell_askers(context: JobContext, timestamp: int) -> None:
    """Messages to who has asked something, until none is left or the minute is over."""
    give_way_at = time.monotonic() + MOST_SECONDS
    while time.monotonic() < give_way_at and not context.should_abort():
        if not tell_next(now=datetime.now(UTC), send=send):
            return
