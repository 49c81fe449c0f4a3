"""`/healthz`: whether the parts stand."""

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

FRESH_SECONDS = 180
log = logging.getLogger(__name__)


def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when database and worker answer; 503 with the name of what does not."""
    parts = {"database": "ok", "worker": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM now() - at) FROM heartbeat WHERE name = %s", ["worker"])
            row = cursor.fetchone()
        if row is None or row[0] > FRESH_SECONDS:
            parts["worker"] = "no sign of life"
    except DatabaseError:
        log.exception("healthz: the database does not answer")
        parts = {"database": "unreachable", "worker": "unknown"}
    well = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ok" if well else "failing", **parts}, status=200 if well else 503)
