"""What the worker does for the hall by the clock."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from procrastinate.contrib.django import app

from onedoor.cases.counting import ZONE
from onedoor.hall.steps.call import forget_calls, tell_late_calls
from onedoor.hall.steps.call_note import erase_note_texts
from onedoor.hall.steps.forget_tickets import forget_tickets
from onedoor.hall.steps.handover import erase_handover_texts
from onedoor.hall.steps.outreach import erase_outreach_texts
from onedoor.hall.steps.rota import forget_duties
from onedoor.hall.steps.visit import erase_visit_texts

EVERY_MINUTE, EVERY_DAY = "* * * * *", "23 3 * * *"


@app.periodic(cron=EVERY_DAY)
@app.task(name="onedoor.erase_visits", queueing_lock="onedoor.erase_visits")
def erase_visits(timestamp: int) -> None:
    """Texts of visits, calls, slips and half days in the villages whose time is over;
    in pieces, so that it may be killed at any moment."""
    now = datetime.now(UTC)
    before = now - timedelta(days=366 * settings.VISIT_YEARS)
    for erase in (erase_visit_texts, erase_note_texts, erase_handover_texts):
        while erase(before=before, at=now):
            pass
    while erase_outreach_texts(before=before.astimezone(ZONE).date(), at=now):
        pass


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="onedoor.late_calls", queueing_lock="onedoor.late_calls")
def late_calls(timestamp: int) -> None:
    """Units that have not come in time; each is told once, for a call that was told is marked with its notice."""
    while tell_late_calls(at=datetime.now(UTC)):
        pass


@app.periodic(cron=EVERY_DAY)
@app.task(name="onedoor.forget_duties", queueing_lock="onedoor.forget_duties")
def forget_old_duties(timestamp: int) -> None:
    """The rota and the calls of years that are over."""
    before = datetime.now(UTC) - timedelta(days=366 * settings.DUTY_YEARS)
    forget_duties(before=before.astimezone(ZONE).date())
    while forget_calls(before=before):
        pass


@app.periodic(cron=EVERY_DAY)
@app.task(name="onedoor.forget_tickets", queueing_lock="onedoor.forget_tickets")
def forget_old_tickets(timestamp: int) -> None:
    """Numbers whose time is over, day by day; what stays is counted."""
    before = (datetime.now(UTC) - timedelta(days=settings.TICKET_DAYS)).astimezone(ZONE).date()
    while forget_tickets(before=before):
        pass
