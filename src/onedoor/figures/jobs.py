"""What the worker does for the room by the clock. Each may be killed at any moment and run twice at once."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from onedoor.cases.jobs import advisory_lock
from onedoor.figures.steps.findings import find_gaming
from onedoor.figures.steps.points import compute_due

_ONE_LOOK = 7_308_002


@app.periodic(cron="37 4 * * *")
@app.task(name="onedoor.points", queueing_lock="onedoor.points")
def compute_points(timestamp: int) -> None:
    """The months that have ended and are not computed yet."""
    compute_due(datetime.now(UTC))


@app.periodic(cron="17 2 * * *")
@app.task(name="onedoor.gaming", queueing_lock="onedoor.gaming")
def look_for_gaming(timestamp: int) -> None:
    with advisory_lock(_ONE_LOOK) as got:
        if got:
            find_gaming(at=datetime.now(UTC))
