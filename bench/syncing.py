"""`sync`: batches of the field through `take_in`, by several processes at once, as the web server's workers do."""

import json
import multiprocessing
import time
from typing import Any

import orjson

from bench.fieldwork import MIX, make_beats, phone

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

    from bench.measure import cpu_seconds

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
        before, begun = cpu_seconds().get("postgres", 0.0), time.perf_counter()
        python = sum(pool.imap_unordered(_take, batches))
        seconds = time.perf_counter() - begun
        postgres = cpu_seconds().get("postgres", 0.0) - before
    return {
        "per_second": round(entries / seconds),
        "python_ms": round(python / entries * 1000, 3),
        "postgres_ms": round(postgres / entries * 1000, 3),
        # what two cores that do nothing else would take
        "by_processor_per_second": round(PROCESSES * entries / (python + postgres)),
    }


def _small(seed: int, beat: Any) -> bytes:
    return orjson.dumps({"entries": phone(seed, 20, beat).entries})


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
    answers = take_in(signed=signed, actors=signed.actors, entries=entries, sent_at=None, at=timezone.now())
    used = time.process_time() - begun
    bad = [one for one in answers if one["state"] != "received"]
    if bad:
        raise RuntimeError(json.dumps(bad[:2], ensure_ascii=False))
    return used
