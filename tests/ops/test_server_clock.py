"""A clock of the server that jumps is noticed, said, and believed only after a while."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from onedoor.cases import jobs, server_clock
from onedoor.cases.models import ClockJump, Heartbeat
from onedoor.cases.sql import execute, rows


def test_a_minute_is_a_jump_and_less_is_a_correction(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = server_clock.Watch()
    assert watch.jumped() == 0.0
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 59)
    assert watch.jumped() == 0.0
    monkeypatch.setattr(time, "time", lambda: real() + 59 + 61)
    assert watch.jumped() == pytest.approx(61, abs=1)
    assert watch.jumped() == 0.0, "said once"
    monkeypatch.setattr(time, "time", lambda: real() - 3600)
    assert watch.jumped() == pytest.approx(-3720, abs=1)


def test_a_jump_is_noted_and_ends_the_worker(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = server_clock.Watch()
    ended: list[int] = []
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 3600)
    monkeypatch.setattr("onedoor.cases.server_clock.connection.close", lambda: None)  # the test's transaction
    server_clock.watch_and_end(watch, ended.append)
    assert ended == [server_clock.JUMPED]
    assert ClockJump.objects.get().seconds == pytest.approx(-3600, abs=1)


def test_jobs_of_times_that_come_again_run_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """procrastinate defers each time of a periodic job once: after a clock went back they would wait for an hour."""
    monkeypatch.setattr("onedoor.cases.server_clock.connection.close", lambda: None)
    soon, ago = int(time.time()) + 1800, int(time.time()) - 1800
    for at in (soon, ago):
        execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp, periodic_id) VALUES ('t', %s, '')",
            [at],
        )
    server_clock.note(-3600)
    assert [row["defer_timestamp"] for row in rows("SELECT defer_timestamp FROM procrastinate_periodic_defers")] == [
        ago
    ]


@pytest.mark.parametrize(("seconds", "held"), [(86_400.0, True), (-86_400.0, False)])
def test_after_going_forward_jobs_wait_for_a_person(db: None, seconds: float, held: bool) -> None:
    now = datetime.now(UTC)
    ClockJump.objects.create(noticed_at=now, seconds=seconds)
    assert server_clock.is_held(now) is held
    assert server_clock.is_held(now + settings.CLOCK_HOLD - timedelta(seconds=1)) is held
    assert not server_clock.is_held(now + settings.CLOCK_HOLD)
    assert not server_clock.is_held(now - timedelta(days=1)), "the clock has gone back since"


def test_healthz_says_it(client: Client, db: None) -> None:
    for name in ("worker", "sweeper"):
        jobs.mark_alive(name)
    assert client.get("/healthz").json()["clock"] == "ok"
    ClockJump.objects.create(noticed_at=datetime.now(UTC), seconds=-3600.0)
    answer = client.get("/healthz")
    assert answer.status_code == 503 and answer.json()["clock"].startswith("jumped -3600 s at ")


def test_a_sign_of_life_to_come_is_none(client: Client, db: None) -> None:
    """Else a worker that is dead would count as alive for as long as the clock went back."""
    Heartbeat.objects.create(name="worker", at=datetime.now(UTC) + timedelta(hours=1))
    assert client.get("/healthz").json()["worker"] == "no sign of life"


def test_a_worker_that_starts_in_the_past_says_so(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onedoor.cases.server_clock.connection.close", lambda: None)
    server_clock.note_if_behind()
    Heartbeat.objects.create(name="worker", at=datetime.now(UTC) + timedelta(seconds=30))
    server_clock.note_if_behind()
    assert not ClockJump.objects.exists(), "a correction"
    Heartbeat.objects.create(name="sweeper", at=datetime.now(UTC) + timedelta(hours=2))
    server_clock.note_if_behind()
    assert ClockJump.objects.get().seconds == pytest.approx(-7200, abs=2)


def test_a_worker_that_ended_in_a_time_to_come_is_remembered(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """It noticed a jump forward and ended; the clock was set right before the next one had begun."""
    monkeypatch.setattr("onedoor.cases.server_clock.connection.close", lambda: None)
    ClockJump.objects.create(noticed_at=datetime.now(UTC) + timedelta(days=1), seconds=86_400.0)
    server_clock.note_if_behind()
    assert ClockJump.objects.latest("pk").seconds == pytest.approx(-86_400, abs=2)
    server_clock.note_if_behind()
    assert ClockJump.objects.count() == 2, "said once"


def test_no_sign_of_life_stands_after_a_jump(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even one of after the jump, which the worker gave before it noticed: it is about to end."""
    monkeypatch.setattr("onedoor.cases.server_clock.connection.close", lambda: None)
    jobs.mark_alive()
    server_clock.note(-86_400)
    assert rows("SELECT name FROM heartbeat") == []


def test_jobs_of_a_worker_that_died_in_a_time_to_come_are_taken_up(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onedoor.cases.server_clock.connection.close", lambda: None)
    execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() + interval '1 day')", [])
    server_clock.note(-86_400)
    ages = rows("SELECT now() - last_heartbeat > interval '1 minute' AS stalled FROM procrastinate_workers")
    assert ages == [{"stalled": True}]
