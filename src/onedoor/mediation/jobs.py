"""What the worker does for mediation by the clock."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from onedoor.mediation.steps.harm import erase_harm
from onedoor.mediation.steps.remind import remind
from onedoor.rules.harm import erased_by

EVERY_MORNING, EVERY_DAY = "7 0 * * *", "41 3 * * *"  # in UTC: seven past eight where the centre is


@app.periodic(cron=EVERY_MORNING)
@app.task(name="onedoor.remind_promises", queueing_lock="onedoor.remind_promises")
def remind_promises(timestamp: int) -> None:
    """Promises that fall due in a week, tomorrow, or fell due yesterday; each is told of once."""
    while remind(at=datetime.now(UTC)):
        pass


@app.periodic(cron=EVERY_DAY)
@app.task(name="onedoor.erase_harm", queueing_lock="onedoor.erase_harm")
def erase_old_harm(timestamp: int) -> None:
    """Reports whose time is over; in pieces, so that it may be killed at any moment."""
    while erase_harm(before=erased_by(datetime.now(UTC))):
        pass
