"""What the worker does for mediation by the clock."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from onedoor.mediation.steps.remind import remind

EVERY_MORNING = "7 0 * * *"  # in UTC: seven past eight where the centre is


@app.periodic(cron=EVERY_MORNING)
@app.task(name="onedoor.remind_promises", queueing_lock="onedoor.remind_promises")
def remind_promises(timestamp: int) -> None:
    """Promises that fall due in a week, tomorrow, or fell due yesterday; each is told of once."""
    while remind(at=datetime.now(UTC)):
        pass
