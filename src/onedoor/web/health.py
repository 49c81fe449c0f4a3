"""`/healthz`: whether the parts stand."""

import logging

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse

from onedoor.cases.queries.work import FRESH_SECONDS, heartbeats

log = logging.getLogger(__name__)


def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when database, worker and sweeper answer; 503 with the name of what does not."""
    parts = {"database": "ok", "worker": "ok", "sweeper": "ok"}
    try:
        ages = heartbeats()
        for name, most in FRESH_SECONDS.items():
            if ages.get(name, most + 1) > most:
                parts[name] = "no sign of life"
    except DatabaseError:
        log.exception("healthz: the database does not answer")
        parts = {"database": "unreachable", "worker": "unknown", "sweeper": "unknown"}
    well = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ok" if well else "failing", **parts}, status=200 if well else 503)
