"""What the worker does by the clock. Every job may be killed at any moment and run twice at once.

None holds a lock of the queue's: a killed worker would leave it held. Where two must not work at the same
time the database's own locks see to it, which end with the connection.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from procrastinate import JobContext, RetryStrategy, exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from onedoor.cases import files
from onedoor.cases.checkpoints import checkpoint_files, write_checkpoint
from onedoor.cases.search_index import drain
from onedoor.cases.sql import rows
from onedoor.cases.steps.draft import drop_old_drafts
from onedoor.cases.steps.erase import KEEPS_FILES, REMOVE_AFTER, REMOVE_FILE
from onedoor.cases.steps.fold import fill_if_needed, keep_counters
from onedoor.cases.steps.recompute import note_published_years, recompute
from onedoor.cases.steps.sweep import sweep
from onedoor.people.ledgers import default_partition_rows, make_partitions

log = logging.getLogger(__name__)

TEXTS = 500  # indexed in one transaction
KEYS = 5000  # removed in one statement
CHECKPOINT_EVERY = timedelta(hours=23)
COUNTING_SECONDS = 8.0
_ONE_INDEXER, _ONE_RECOMPUTER = 7_301_001, 7_301_002  # advisory locks
SWEEP = "onedoor.sweep"
EVERY_MINUTE, EVERY_TEN_SECONDS = "* * * * *", "* * * * * */10"
# Daily and rarer work is looked at each hour, for a machine may be off at night.
EVERY_HOUR = "7 * * * *"


def mark_alive(name: str = "worker") -> None:
    """Sets the heartbeat that `/healthz` looks at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO heartbeat (name, at) VALUES (%s, clock_timestamp())"
            " ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            [name],
        )


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="onedoor.beat", queueing_lock="onedoor.beat", priority=10)
def beat(timestamp: int) -> None:
    mark_alive()


@app.periodic(cron=EVERY_TEN_SECONDS)
@app.task(name="onedoor.index_texts", queueing_lock="onedoor.index_texts", pass_context=True)
def index_texts(context: JobContext, timestamp: int) -> None:
    """Makes queued texts searchable until none is left."""
    while index_some() and not context.should_abort():
        pass


def index_some(limit: int = TEXTS) -> int:
    """One batch; how many. None while another worker is at it: each has two slots, and a long queue must not
    fill both."""
    with transaction.atomic():
        if not rows("SELECT pg_try_advisory_xact_lock(%s) AS got", [_ONE_INDEXER])[0]["got"]:
            return 0
        return drain(limit)


@app.periodic(cron=EVERY_TEN_SECONDS)
@app.task(name="onedoor.keep_counters", queueing_lock="onedoor.keep_counters", pass_context=True)
def count_up(context: JobContext, timestamp: int) -> None:
    """Folds what the writer has left for the counters, and looks at limits that have ended. A long import must not
    hold one of the worker's two places: the next turn goes on."""
    fill_if_needed()
    ends = time.monotonic() + COUNTING_SECONDS
    keep_counters(stop=lambda: context.should_abort() or time.monotonic() > ends)


@app.periodic(cron=EVERY_HOUR)
@app.task(name="onedoor.checkpoint", queueing_lock="onedoor.checkpoint")
def checkpoint(timestamp: int) -> None:
    write_checkpoint_if_due(datetime.now(UTC))


def write_checkpoint_if_due(at: datetime) -> Path | None:
    """A checkpoint a day: none when the newest is younger than 23 hours."""
    newest = max((path.stat().st_mtime for path in checkpoint_files()), default=0.0)
    if at.timestamp() - newest < CHECKPOINT_EVERY.total_seconds():
        return None
    return write_checkpoint(at)


@app.periodic(cron=EVERY_HOUR)
@app.task(name="onedoor.partitions", queueing_lock="onedoor.partitions")
def partitions(timestamp: int) -> None:
    """Months ahead for the ledgers; says it loudly when rows fell beside them."""
    make_partitions(datetime.now(UTC).date())
    for table, count in default_partition_rows().items():
        if count:
            log.error("%s：%s 行落入默认分区，请检查服务器时间和分区", table, count)


def _now() -> datetime:
    return datetime.now(UTC)


@app.periodic(cron=EVERY_MINUTE)
@app.task(name=SWEEP, queueing_lock=SWEEP, priority=5, pass_context=True)
def sweep_clocks(context: JobContext, timestamp: int) -> None:
    """What the clock does. Late or early, now is what counts; the heartbeat is set when all is done."""
    sweep(at=_now(), clock=_now, stop=context.should_abort)
    if not context.should_abort():
        mark_alive("sweeper")


def sweep_at_start(seconds: float = 5.0) -> None:
    """A first sweep before any job runs, at most so long: whoever looks then need not wait for the next minute."""
    ends = time.monotonic() + seconds
    try:
        sweep(at=_now(), clock=_now, stop=lambda: time.monotonic() > ends)
    except Exception:
        log.exception("扫描失败")
    else:
        mark_alive("sweeper")


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="onedoor.recompute", queueing_lock="onedoor.recompute", pass_context=True)
def recompute_clocks(context: JobContext, timestamp: int) -> None:
    """One worker at a time: two would only wait for each other's cases."""
    note_published_years(datetime.now(UTC))
    with advisory_lock(_ONE_RECOMPUTER) as got:
        if got:
            recompute(at=datetime.now(UTC), hands=2, stop=context.should_abort)


@contextmanager
def advisory_lock(key: int) -> Iterator[bool]:
    """Whether this session got the lock; it ends with the block, or with the session."""
    got = bool(rows("SELECT pg_try_advisory_lock(%s) AS got", [key])[0]["got"])
    try:
        yield got
    finally:
        if got:
            rows("SELECT pg_advisory_unlock(%s)", [key])


@app.periodic(cron=EVERY_HOUR)
@app.task(name="onedoor.tidy", queueing_lock="onedoor.tidy", pass_context=True)
def tidy(context: JobContext, timestamp: int) -> None:
    drop_old_drafts(at=datetime.now(UTC))
    files.forget_halves(datetime.now(UTC))
    while forget_keys(datetime.now(UTC)) and not context.should_abort():
        pass


def forget_keys(at: datetime, limit: int = KEYS) -> int:
    """Removes idempotency keys that are past their life, at most `limit`; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM idempotency_key WHERE (account_id, key) IN (SELECT account_id, key FROM idempotency_key"
            " WHERE created_at < %s ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED)",
            [at - settings.IDEMPOTENCY_LIFE, limit],
        )
        return int(cursor.rowcount)


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="onedoor.take_up", queueing_lock="onedoor.take_up", pass_context=True)
async def take_up(context: JobContext, timestamp: int) -> None:
    """Puts back the jobs of workers that have died. One that waits again by itself is dropped."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        try:
            await manager.retry_job(job)
        except exceptions.ConnectorException:
            await manager.finish_job(job, status=Status.FAILED, delete_job=True)


# A paper keeps its digests when it is erased, in hex.
_PAPERS = """
    SELECT 1 AS one FROM paper WHERE sha256 = %s AND erased_at IS NULL
     UNION ALL SELECT 1 FROM paper WHERE docx_sha256 = %s AND erased_at IS NULL LIMIT 1
"""


@app.task(name=REMOVE_FILE, retry=RetryStrategy(max_attempts=10, wait=600))
def remove_file(sha256: str) -> None:
    """Removes the bytes of an erased attachment or paper, unless something else refers to the same bytes."""
    if not remove_bytes(bytes.fromhex(sha256)):
        app.configure_task(REMOVE_FILE, schedule_in={"seconds": int(REMOVE_AFTER.total_seconds())}).defer(
            sha256=sha256
        )


def remove_bytes(sha256: bytes) -> bool:
    """False when the file is so young that an upload may be about to refer to it: try again later."""
    path = files.path_of(sha256)
    # Moved away before its age is looked at: an upload that comes in between stores a file of its own.
    aside = path.with_suffix(".removed")
    if aside.exists() and not path.exists():  # killed half-way through this
        aside.rename(path)
    referred = any(rows(f"SELECT 1 AS one FROM {table} WHERE sha256 = %s LIMIT 1", [sha256]) for table in KEEPS_FILES)
    if not path.exists() or referred or rows(_PAPERS, [sha256.hex(), sha256.hex()]):
        return True
    path.rename(aside)
    if time.time() - aside.stat().st_mtime < REMOVE_AFTER.total_seconds():
        aside.rename(path)
        return False
    aside.unlink()
    return True
