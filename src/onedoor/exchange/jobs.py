"""What the worker does for imports."""

import time
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

KEPT = 3600.0  # seconds between looking at a table and confirming it
EVERY_HOUR = "17 * * * *"


def uploads() -> Path:
    """Where tables wait for their confirmation, for the owner's eyes only: they may hold first passwords."""
    return Path(settings.DATA) / "uploads"


def drop_old_uploads(now: float) -> int:
    """Tables that nobody confirmed; returns how many."""
    kept = (file for kind in ("*.xlsx", "*.geojson") for file in uploads().glob(kind))
    old = [file for file in kept if file.stat().st_mtime < now - KEPT]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


@app.periodic(cron=EVERY_HOUR)
@app.task(name="onedoor.old_uploads", queueing_lock="onedoor.old_uploads")
def old_uploads(timestamp: int) -> None:
    drop_old_uploads(time.time())
