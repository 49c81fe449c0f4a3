"""Gathering and delivering by several at once, and by a worker that is killed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from cases.kit import sql
from notices.kit import PHONE, Gateway, deliver_all, listen, sent_to, soon, states
from onedoor.notices.steps.deliver import LEASE, deliver_next
from onedoor.notices.steps.gather import due_channels, gather
from web.kit import Screens


@pytest.fixture
def committed(committed_county: None, django_db_blocker: DjangoDbBlocker, gateway: Gateway) -> Iterator[Screens]:
    """Everything is committed, for several connections."""
    with django_db_blocker.unblock():
        sql("TRUNCATE notice, notice_channel CASCADE")
        yield Screens()
        sql("TRUNCATE notice, notice_channel CASCADE")
        connection.close()


def at_once(count: int, what: Any) -> list[Any]:
    answers: list[Any] = []

    def one() -> None:
        try:
            answers.append(what())
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_two_that_gather_at_once_make_one_message(committed: Screens) -> None:
    now = listen(committed, "handler2")
    sent_to(committed)
    channel = due_channels(now)[0]

    made = at_once(6, lambda: gather(channel=channel, at=now))

    assert len([one for one in made if one is not None]) == 1
    assert len(states()) == 1


def test_who_is_gathering_is_not_waited_for(committed: Screens) -> None:
    now = listen(committed, "handler2")
    sent_to(committed)
    channel = due_channels(now)[0]
    with transaction.atomic():
        sql("SELECT 1 FROM notice_channel WHERE id = %s FOR UPDATE", channel)
        assert at_once(1, lambda: gather(channel=channel, at=now)) == [None]
    assert gather(channel=channel, at=now) is not None


def test_two_that_deliver_at_once_send_each_message_once(committed: Screens, gateway: Gateway) -> None:
    for who in ("handler2", "unit_lead2", "handler", "clerk", "dispatcher", "director"):
        committed.send(who, "me/channels/sms", address=PHONE)

    at_once(4, lambda: deliver_all(soon()))

    ids = [headers["Idempotency-Key"] for _, headers, _ in gateway.taken]
    assert len(ids) == len(set(ids)) == 6


def test_a_worker_killed_while_it_sends_loses_nothing(committed: Screens, gateway: Gateway) -> None:
    """A process of its own, killed while the other side has not answered yet."""
    committed.send("handler2", "me/channels/sms", address=PHONE)
    hold, reached = threading.Event(), threading.Event()
    gateway.before_answer = lambda: (reached.set(), hold.wait(20))
    program = (
        "import django; django.setup()\n"
        "from datetime import UTC, datetime\n"
        "from onedoor.notices.steps.deliver import deliver_next\n"
        "deliver_next(at=datetime.now(UTC))\n"
    )
    given = connection.get_connection_params()
    url = f"postgresql://{given['user']}:{given['password']}@/{given['dbname']}?host={given['host']}"
    environment = {**os.environ, "DATABASE_URL": url, "ONEDOOR_SMS": f"{gateway.base}/sms"}
    worker = subprocess.Popen([sys.executable, "-c", program], env=environment)
    assert reached.wait(30)
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    hold.set()
    gateway.before_answer = lambda: None
    assert states() == [("waiting", 1, 0)]

    assert not deliver_next(at=datetime.now(UTC)), "still leased"
    assert deliver_next(at=datetime.now(UTC) + LEASE)

    assert states() == [("sent", 2, 0)]
    ids = [headers["Idempotency-Key"] for _, headers, _ in gateway.taken]
    assert len(ids) == 2 and len(set(ids)) == 1
