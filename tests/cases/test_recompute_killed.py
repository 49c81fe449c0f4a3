"""A recomputation whose processes are killed in the middle, on a database of its own that they share with the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date

import pytest

from cases.kit import HOUR, NOW, sql, whats
from cases.test_recompute import COUNTY, change, due, kinds
from cases.test_sweep import _url, many  # noqa: F401  (a fixture)
from onedoor.cases import calendars
from onedoor.cases.calendars import calendar_of

RECOMPUTER = """
import django; django.setup()
from datetime import datetime, timedelta
from onedoor.cases.steps import recompute as steps
steps.LOOK, steps.WRITE, steps.MANY = 7, 3, 1
steps.recompute(at=datetime.fromisoformat({at!r}), settle=timedelta(0), hands=2)
"""


def _moved() -> int:
    return int(sql("SELECT count(*) FROM event WHERE kind = 'recompute'")[0][0])  # type: ignore[call-overload]


@pytest.fixture
def fresh_table(many: list[str]) -> Iterator[None]:
    calendar_of((), newest=True)
    yield
    calendars._table = (-calendars.FRESH, {}, {})


@pytest.mark.usefixtures("fresh_table")
def test_killed_while_processes_help_and_taken_up_again_each_is_moved_once(many: list[str]) -> None:
    work = change(COUNTY, {date(2026, 3, 3): (False, "县庆")})
    at = NOW + HOUR
    environment = {**os.environ, "DATABASE_URL": _url(), "DJANGO_SETTINGS_MODULE": "onedoor.config.settings"}
    command = [sys.executable, "-c", RECOMPUTER.format(at=at.isoformat())]
    stood: list[int] = []
    for _ in range(2):
        process = subprocess.Popen(command, env=environment)
        before = _moved()
        while process.poll() is None and _moved() == before:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        stood.append(_moved())
    assert 0 < stood[0] < len(many)
    subprocess.run(command, env=environment, check=True)
    work.refresh_from_db()
    assert work.done_at is not None
    assert all(kinds(number) == ["register", "recompute"] for number in many)
    assert {due(number, "accept") for number in many} == {date(2026, 3, 4)}
    assert whats() == set()
