"""Counters while several write and fold, are killed, and after any series of moves; with what they have committed."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from cases.kit import HOUR, NOW, TO_CLOSED, findings, move, person, register_case, sql
from cases.test_counters import asked, counted, right
from cases.test_sweep import _url, many  # noqa: F401  (a fixture)
from onedoor.cases.queries._counters import tally
from onedoor.cases.steps.fold import fold_some
from onedoor.cases.steps.sweep import sweep
from onedoor.rules.refusal import Refused

_MOVES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    *TO_CLOSED,
    ("guide", "clerk", {"reason": "属于法院受理范围", "route": "向人民法院起诉"}),
    ("settle_on_spot", "clerk", {"outcome": "answered", "answer": "当场已经答复清楚，申请人认可。"}),
    ("object", "handler2", {"reason": "不属于我单位职责"}),
    ("send_back", "supervisor", {"reason": "答复不完整，请补充。"}),
    ("restrict", "supervisor", {"level": "restricted", "reason": "涉及个人隐私", "persons": ["supervisor"]}),
    ("follow_up", "supervisor", {"satisfied": True}),
    ("archive", "supervisor", {"reason": "已向申请人说明。"}),
    ("ask_correction", "clerk", {"reason": "请补充材料"}),
    ("reopen", "supervisor", {"reason": "有新的情况"}),
    ("recall", "dispatcher", {"reason": "改派"}),
    ("suspend", "supervisor", {}),
)


def _made(number: str, at: datetime, name: str, who: str, inputs: dict[str, Any]) -> bool:
    try:
        move(number, name, who, at=at, **inputs)
    except Refused:
        return False
    return True


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(-1, len(_MOVES) - 1), st.integers(0, 40)), min_size=5, max_size=40
    ),
    st.randoms(use_true_random=False),
)
def test_after_any_moves_the_counters_are_a_recount(
    committed_county: None,
    django_db_blocker: DjangoDbBlocker,
    steps: list[tuple[int, int, int]],
    chance: random.Random,
) -> None:
    with django_db_blocker.unblock():
        numbers: dict[int, str] = {}
        at = NOW
        for which, what, hours in steps:
            at += timedelta(hours=hours)
            if which not in numbers or what < 0:
                fields = {"amount": 100 * which} if which else {}
                division = {"division": ("990101100", "990101101201", "990101")[which % 3]}
                numbers[which] = register_case(at=at, channel=("window", "web")[which % 2], **fields, **division)
            else:
                # the first that may be made, from the one that was drawn on
                any(_made(numbers[which], at, *one) for one in (*_MOVES[what:], *_MOVES[:what]))
            if chance.random() < 0.2:
                fold_some(chance.choice((1, 3, 100)))
            if chance.random() < 0.1:
                sweep(at=at)
        counted()
        counted("unit_lead")
        counted("dispatcher_town")
        assert [one for one in findings() if one.table == "counter" or "统计" in one.what] == []


def test_two_that_write_and_two_that_fold_at_once(many: list[str]) -> None:
    failed: list[Exception] = []
    before = counted()

    def write(mine: list[str]) -> None:
        try:
            for number in mine:
                move(number, "accept", "clerk")
                move(number, "dispatch", "dispatcher", unit="zjj", at=NOW + 2 * HOUR)
        except Exception as error:  # noqa: BLE001
            failed.append(error)
        finally:
            connection.close()

    stop = threading.Event()

    def folds() -> None:
        try:
            while not stop.is_set():
                fold_some(3)
        except Exception as error:  # noqa: BLE001
            failed.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(many[place::2],)) for place in range(2)]
    folders = [threading.Thread(target=folds) for _ in range(2)]
    for thread in (*writers, *folders):
        thread.start()
    seen = []
    while any(thread.is_alive() for thread in writers):
        found = tally(person("director").viewer(), asked(), ("all", "accepted", "dispatched"))[""].counts
        seen.append(found)
    for thread in writers:
        thread.join()
    stop.set()
    for thread in folders:
        thread.join()
    assert not failed
    assert {one["all"] for one in seen} == {before["all"]}, "a fold in between takes nothing and doubles nothing"
    accepted = [one["accepted"] for one in seen]
    assert accepted == sorted(accepted)
    assert counted()["dispatched"] == before.get("dispatched", 0) + len(many)
    assert right()


FOLDER = """
import django; django.setup()
from onedoor.cases.steps import fold
while fold.fold_some(1): pass
"""


def test_a_fold_that_is_killed_loses_and_doubles_nothing(many: list[str]) -> None:
    for number in many:
        move(number, "accept", "clerk")
    accepted = counted()["accepted"]
    environment = {**os.environ, "DATABASE_URL": _url(), "DJANGO_SETTINGS_MODULE": "onedoor.config.settings"}
    command = [sys.executable, "-c", FOLDER]
    waiting = [int(str(sql("SELECT count(*) FROM counter_delta")[0][0]))]
    for _ in range(3):
        process = subprocess.Popen(command, env=environment)
        while process.poll() is None and sql("SELECT count(*) FROM counter_delta") == [(waiting[-1],)]:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        waiting.append(int(str(sql("SELECT count(*) FROM counter_delta")[0][0])))
        assert counted()["accepted"] == accepted
        assert [one for one in findings() if one.table == "counter"] == []
    assert waiting[0] > waiting[1] > 0 or waiting[1] == 0
    assert right()
    assert fold_some() == 0
