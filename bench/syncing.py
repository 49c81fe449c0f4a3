"""`sync`: batches of the field through `take_in`, by several processes at once, as the web server's workers do."""

import contextlib
import json
import multiprocessing
import os
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from bench.fieldwork import MIX, make_beats, phone
from bench.measure import TICK

BATCH = 200
ROUNDS = 3
PROCESSES = 2


def syncs(entries: int = 12_000) -> dict[str, Any]:
    """Entries a second, from the bytes of a batch to the last commit: reports alone, and the mix. The processor's time
    of one entry stands beside it, Python's and PostgreSQL's, since other programs share the machine."""
    found: dict[str, Any] = {"entries": entries, "processes": PROCESSES, "batch": BATCH, "mix": dict(MIX)}
    for name, mix in (("reports", {"report": 100}), ("mix", dict(MIX))):
        rounds = sorted((_round(mix, entries) for _ in range(ROUNDS)), key=lambda one: one["per_second"])
        found[name] = {**rounds[ROUNDS // 2], "rounds": rounds}
    return found


def _round(mix: dict[str, int], entries: int) -> dict[str, Any]:
    from django.db import connection

    beats = make_beats(entries // BATCH, tasks=BATCH // 10)
    connection.close()
    seed = time.time_ns() % 10**9
    batches = [
        (beat.account, orjson.dumps({"entries": phone(seed + place, BATCH, beat, mix=mix).entries}))
        for place, beat in enumerate(beats)
    ]
    with multiprocessing.get_context("spawn").Pool(PROCESSES, _begin) as pool:
        warm = [(beat.account, _small(seed - place - 1, beat)) for place, beat in enumerate(beats[: PROCESSES * 4])]
        pool.map(_take, warm, chunksize=1)
        before, begun = _server(), time.perf_counter()
        python = sum(pool.imap_unordered(_take, batches))
        seconds = time.perf_counter() - begun
        postgres = _server() - before
    return {
        "per_second": round(entries / seconds),
        "python_ms": round(python / entries * 1000, 3),
        "postgres_ms": round(postgres / entries * 1000, 3),
        # what two cores that do nothing else would take
        "by_processor_per_second": round(PROCESSES * entries / (python + postgres)),
    }


def _server() -> float:
    """Processor seconds so far of this bench's own PostgreSQL, with those of its processes that have ended."""
    leader = (Path(os.environ["ONEDOOR_DATA"]) / "pg" / "postmaster.pid").read_text().split()[0]
    seconds = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if stat.parent.name == leader:
                seconds += sum(map(int, fields[11:15])) / TICK
            elif fields[1] == leader:
                seconds += sum(map(int, fields[11:13])) / TICK
    return seconds


def _small(seed: int, beat: Any) -> bytes:
    return orjson.dumps({"entries": phone(seed, 20, replace(beat, tasks=())).entries})


def _begin() -> None:
    import django

    django.setup()


def _take(job: tuple[int, bytes]) -> float:
    """Takes one batch in; processor time of this process."""
    from django.utils import timezone

    from onedoor.grid.steps.sync import take_in
    from onedoor.people.tokens import signed_in_as

    account, body = job
    begun = time.process_time()
    signed = signed_in_as(account)
    assert signed is not None
    entries = orjson.loads(body)["entries"]
    try:
        answers = take_in(signed=signed, actors=signed.actors, entries=entries, sent_at=None, at=timezone.now())
    except Exception as error:  # as words: not every exception comes through to the other process
        raise RuntimeError(traceback.format_exc()) from error
    used = time.process_time() - begun
    bad = [one for one in answers if one["state"] != "received"]
    if bad:
        raise RuntimeError(json.dumps(bad[:2], ensure_ascii=False))
    return used
