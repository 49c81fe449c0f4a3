"""The worker's jobs: each may be killed at any moment and run twice at once."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoDbBlocker

from cases.kit import attach_file, person, register_case, sql
from onedoor.cases import jobs
from onedoor.cases.checkpoints import checkpoint_files
from onedoor.cases.files import path_of
from onedoor.cases.models import Attachment, Heartbeat, IdempotencyKey, SearchQueue
from onedoor.people.ledgers import make_partitions


def test_the_heartbeat(db: None) -> None:
    jobs.mark_alive()
    Heartbeat.objects.update(at=datetime(2020, 1, 1, tzinfo=UTC))

    jobs.beat(0)

    beat = Heartbeat.objects.get(name="worker")
    assert datetime.now(UTC) - beat.at < timedelta(minutes=1)


def test_texts_are_indexed_until_none_is_left(county: None) -> None:
    for _ in range(3):
        register_case()

    assert [jobs.index_some(2) for _ in range(3)] == [2, 1, 0]

    assert not SearchQueue.objects.exists()
    assert sql("SELECT count(*) FROM case_text WHERE matter @@ '''走廊'''::tsquery") == [(3,)]


def test_an_index_job_that_fails_leaves_the_queue(county: None, monkeypatch: pytest.MonkeyPatch) -> None:
    register_case()
    monkeypatch.setattr("onedoor.cases.search_index.bigrams", lambda _text: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        jobs.index_some()

    assert SearchQueue.objects.count() == 1


def test_a_checkpoint_a_day(county: None) -> None:
    register_case()
    now = datetime.now(UTC)

    assert jobs.write_checkpoint_if_due(now) is not None
    assert jobs.write_checkpoint_if_due(now + timedelta(hours=22)) is None
    assert jobs.write_checkpoint_if_due(now + timedelta(hours=24)) is not None

    assert len(checkpoint_files()) == 2


def test_old_idempotency_keys_go(county: None) -> None:
    for key in ("old", "older", "young"):
        register_case(key=key)
    now = datetime.now(UTC)
    IdempotencyKey.objects.filter(key__startswith="old").update(
        created_at=now - settings.IDEMPOTENCY_LIFE - timedelta(seconds=1)
    )

    assert [jobs.forget_keys(now, 1) for _ in range(3)] == [1, 1, 0]

    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["young"]


def test_partitions_are_made_ahead_and_a_full_default_is_told(county: None, caplog: pytest.LogCaptureFixture) -> None:
    jobs.partitions(0)
    assert "默认分区" not in caplog.text
    month = f"event_{datetime.now(UTC):%Y%m}"
    assert sql("SELECT to_regclass(%s) IS NOT NULL", month) == [(True,)]

    register_case()  # of a month that has no partition

    jobs.partitions(0)
    assert "event：1 行落入默认分区" in caplog.text


def test_a_month_that_cannot_have_a_partition_does_not_stop_the_others(county: None) -> None:
    register_case(at=datetime(2026, 3, 31, 1, tzinfo=UTC))

    made = make_partitions(datetime(2026, 3, 1, tzinfo=UTC).date(), months=1)

    assert made == 3
    assert sql("SELECT to_regclass('event_202603'), to_regclass('event_202604')::text") == [(None, "event_202604")]


def test_bytes_are_removed_only_when_old_and_unused(county: None) -> None:
    attach_file(register_case(), text=b"some text")
    (sha256,) = map(bytes, Attachment.objects.values_list("sha256", flat=True))
    path = path_of(sha256)

    assert jobs.remove_bytes(sha256)
    assert path.exists()  # still in use

    Attachment.objects.all().delete()
    assert not jobs.remove_bytes(sha256)
    assert path.exists()  # an upload may be on its way
    jobs.remove_file(sha256.hex())
    assert ProcrastinateJob.objects.filter(task_name="onedoor.remove_file").count() == 1

    past = time.time() - 2 * 3600
    path.rename(path.with_suffix(".removed"))  # killed in the middle
    os.utime(path.with_suffix(".removed"), (past, past))
    assert jobs.remove_bytes(sha256)
    assert list(path.parent.iterdir()) == []


def test_every_job_is_known_to_the_worker() -> None:
    names = {name for name in app.tasks if name.startswith("onedoor.")}
    periodic = {name for name, _ in app.periodic_registry.periodic_tasks}

    assert names == periodic | {"onedoor.remove_file"}
    assert len(periodic) == 30


@pytest.fixture
def committed(committed_county: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        connection.close()


def test_two_indexers_never_take_the_same(committed: None) -> None:
    assert person("clerk")
    for _ in range(3):
        register_case()
    counts: list[int] = []

    def other() -> None:
        counts.append(jobs.index_some(10))
        connection.close()

    with transaction.atomic():
        assert jobs.index_some(2) == 2
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
    assert counts == [0]
    other()
    assert counts == [0, 1]


def test_an_indexer_takes_no_more_than_asked_however_it_is_planned(county: None) -> None:
    for _ in range(3):
        register_case()
    with connection.cursor() as cursor:
        for way in ("hashagg", "sort", "hashjoin", "mergejoin", "material"):
            cursor.execute(f"SET LOCAL enable_{way} = off")  # what the planner does anyway with some statistics
    assert jobs.index_some(2) == 2


def test_the_worker_beats_at_once_indexes_and_takes_up_what_a_dead_one_left(committed: None) -> None:
    register_case()
    Heartbeat.objects.all().delete()
    sql("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - INTERVAL '1 hour')")
    for name, lock in (("onedoor.remove_file", None), ("onedoor.beat", "onedoor.beat")):
        sql(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, queueing_lock, worker_id)"
            " SELECT 'default', %s, %s::jsonb, 'doing', %s, max(id) FROM procrastinate_workers",
            name,
            '{"sha256": "00"}' if lock is None else '{"timestamp": 0}',
            lock,
        )
    worker = subprocess.Popen(
        [sys.executable, "-m", "onedoor.ops", "worker"],
        env={**os.environ, "DATABASE_URL": _url(), "DJANGO_SETTINGS_MODULE": "onedoor.config.settings"},
    )
    try:
        wait_for(lambda: Heartbeat.objects.filter(name="worker").exists(), 10)
        wait_for(lambda: not SearchQueue.objects.exists(), 20)
        wait_for(lambda: not ProcrastinateJob.objects.filter(task_name="onedoor.remove_file").exists(), 20)
        wait_for(lambda: not ProcrastinateJob.objects.filter(status="doing").exists(), 20)
    finally:
        worker.terminate()
        assert worker.wait(20) is not None
    assert not ProcrastinateJob.objects.filter(status="failed").exists()


def wait_for(what: Callable[[], bool], seconds: float) -> None:
    give_up_at = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < give_up_at
        time.sleep(0.1)


def _url() -> str:
    given = connection.get_connection_params()
    return f"postgresql://{given['user']}:{given['password']}@/{given['dbname']}?host={given['host']}"
