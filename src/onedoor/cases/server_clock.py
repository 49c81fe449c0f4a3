"""The server's own clock: whether it has jumped. Limits, retention and periodic jobs believe it, so a clock that was
set wrong would make matters late and erase what is not yet to be erased.

The worker looks several times a second. After a jump it notes it, ends, and, started anew, does nothing for a while
when the clock went forward: time for a person to set it right. `/healthz` and `verify` say it.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from onedoor.cases.sql import rows

log = logging.getLogger(__name__)

JUMP = 60.0  # seconds; less is a correction
EVERY = 0.25
JUMPED = 75  # exit code of a worker that has to begin anew


class Watch:
    """Compares the clock with one that only counts on. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ahead = time.time() - time.monotonic()

    def jumped(self) -> float:
        """Seconds by which the clock has jumped since the last look; 0.0 for less than a minute."""
        with self._lock:
            ahead = time.time() - time.monotonic()
            by, self._ahead = ahead - self._ahead, ahead
            return by if abs(by) >= JUMP else 0.0


def watch_and_end(watch: Watch, end: Callable[[int], object] = os._exit) -> None:
    """Never returns while the clock is right. After a jump: notes it and ends the process, for what runs in it has
    planned by the old clock."""
    while not (by := watch.jumped()):
        time.sleep(EVERY)
    log.error("服务器时钟跳变 %+.0f 秒，后台任务重新开始", by)
    try:
        note(by)
    except DatabaseError:
        log.exception("时钟跳变没有记下")
    end(JUMPED)


def note(seconds: float) -> None:
    """Records the jump. Signs of life are none until the worker has begun anew, not even one that it gave after the
    jump and before it noticed. Periodic jobs of times that are now to come again would else not run until then, and
    jobs of workers that have died not be taken up."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO clock_jump (noticed_at, seconds) VALUES (%s, %s)", [datetime.now(UTC), seconds])
        cursor.execute("DELETE FROM heartbeat")
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = clock_timestamp() - interval '1 hour'"
            " WHERE last_heartbeat > clock_timestamp()"
        )
        cursor.execute("DELETE FROM procrastinate_periodic_defers WHERE defer_timestamp > %s", [int(time.time())])
    connection.close()


def note_if_behind() -> None:
    """At the start of a worker: the clock went back while none ran, if the last one left signs of life to come, or
    noticed a jump in a time to come and ended."""
    found = rows(
        "SELECT extract(epoch FROM greatest((SELECT max(at) FROM heartbeat),"
        " (SELECT noticed_at FROM clock_jump ORDER BY id DESC LIMIT 1)))::float AS last"
    )[0]["last"]
    if found is not None and time.time() - found < -JUMP:
        log.error("服务器时钟比上次运行时慢 %.0f 秒", found - time.time())
        note(time.time() - found)


def last_jump(now: datetime) -> dict[str, Any] | None:
    """`seconds` and `noticed_at` of a jump within the last CLOCK_HOLD; of an older one nothing is to be done."""
    found = rows("SELECT noticed_at, seconds FROM clock_jump ORDER BY id DESC LIMIT 1")
    if not found or not timedelta(0) <= now - found[0]["noticed_at"] < settings.CLOCK_HOLD:
        return None
    return found[0]


def is_held(now: datetime) -> bool:
    """Whether jobs wait because the clock has just gone forward."""
    jump = last_jump(now)
    return jump is not None and jump["seconds"] > 0


def jumps() -> list[dict[str, Any]]:
    return rows("SELECT noticed_at, seconds FROM clock_jump ORDER BY id")
