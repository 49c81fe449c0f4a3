"""`/healthz`: whether the parts stand."""

import logging
from datetime import UTC, datetime

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse

from onedoor.cases.queries.work import FRESH_SECONDS, heartbeats
from onedoor.cases.server_clock import JUMP, last_jump
from onedoor.cases.space import short_of

log = logging.getLogger(__name__)


def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when database, worker and sweeper answer and the disks have room, and the clock has not just
    jumped; 503 with the name of what does not."""
    parts = {"database": "ok", "worker": "ok", "sweeper": "ok", "clock": "ok"}
    try:
        ages = heartbeats()
        for name, most in FRESH_SECONDS.items():
            if not -JUMP < ages.get(name, most + 1) <= most:  # one to come is of before the clock went back
                parts[name] = "no sign of life"
    except DatabaseError:
        log.exception("healthz: the database does not answer")
        parts = {"database": "unreachable", "worker": "unknown", "sweeper": "unknown", "clock": "unknown"}
    else:
        if jump := last_jump(datetime.now(UTC)):
            parts["clock"] = f"jumped {jump['seconds']:+.0f} s at {jump['noticed_at']:%Y-%m-%d %H:%M:%S} UTC"
    short = short_of()
    parts["disk"] = f"full: {', '.join(short)}" if short else "ok"
    well = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ok" if well else "failing", **parts}, status=200 if well else 503)
