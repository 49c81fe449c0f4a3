"""A county with many cases, made by the writer itself, kept for the next run."""

import json
import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.progress import Progress

VERSION, RUNNING_VERSION = 3, 2
CHUNK = 250
START = datetime(2024, 1, 2, 1, tzinfo=UTC)
SPAN = timedelta(days=900)
# unit, its handler, share of the dispatched cases; one unit has fifty, one none at all
UNITS = (
    ("xfj", "handler4", 50),
    ("rsj", "handler", 20),
    ("tw-lianhe", "mediator", 20),
    ("tw-laodong", "mediator2", 10),
)
FIFTY = ("zjj", "handler2")
CATEGORIES = (
    "dispute.neighbours", "dispute.contract", "dispute.labour.wages", "dispute.property", "dispute.land",
    "petition.construction", "petition.environment", "petition.other", "incident.hazard", "service.legal-advice",
)  # fmt: skip


def ready(data: Path, cases: int, *, running: bool) -> bool:
    """Whether the seed of that size and version is already there."""
    note = data / "seed.json"
    return note.exists() and json.loads(note.read_text()) == _note(cases, running)


def _note(cases: int, running: bool) -> dict[str, int]:
    return {"version": RUNNING_VERSION if running else VERSION, "cases": cases}


def make(data: Path, cases: int, *, processes: int = 2, running: bool = False) -> None:
    """Makes the database anew, whatever a killed or an older seed has left of it. `running`: every case has just been
    accepted and its time runs; else four in five are over."""
    from django.core.management import call_command
    from django.db import connection

    from onedoor.cases.steps.fold import keep_counters
    from onedoor.people import demo
    from onedoor.people.ledgers import make_partitions

    (data / "seed.json").unlink(missing_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
    make_partitions(datetime.now(UTC).date())
    demo.load()
    definitions = _drop_indexes()
    connection.close()
    jobs = [(start, min(start + CHUNK, cases), running) for start in range(0, cases, CHUNK)]
    with multiprocessing.get_context("spawn").Pool(processes, _begin) as pool, Progress() as progress:
        bar = progress.add_task("造案", total=cases)
        for start, stop, _ in pool.imap_unordered(_work, jobs):
            progress.advance(bar, stop - start)
        bar = progress.add_task("建索引", total=len(definitions) + 1)
        for _ in pool.imap_unordered(_execute, definitions):
            progress.advance(bar)
        keep_counters()
        pool.map(_execute, ["DELETE FROM search_queue", "VACUUM ANALYZE", "CHECKPOINT"], chunksize=3)
        progress.advance(bar)
    (data / "seed.json").write_text(json.dumps(_note(cases, running)))


_TABLES = ['"case"', "case_text", "visible", "party", "assignment", "statement", "clock", "event", "external_number"]


def _drop_indexes() -> list[str]:
    """Drops what no constraint needs, and returns how to make it again: an index that is built at the end costs
    a tenth of one that grows row by row."""
    from django.db import connection

    from onedoor.cases.sql import rows

    found = rows(
        "SELECT i.indexrelid::regclass::text AS name,"
        "       replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') AS made"
        "  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indrelid::regclass::text = ANY(%s) AND NOT i.indisunique ORDER BY c.relname LIKE 'case_text%%' DESC",
        [['"case"', "case_text", "visible", "party", "assignment", "statement", "clock", "event", "external_number"]],
    )
    with connection.cursor() as cursor:
        for index in found:
            cursor.execute(f"DROP INDEX {index['name']}")
    return [str(index["made"]) for index in found]


def _execute(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(statement)


def _begin() -> None:
    import django

    django.setup()


def _work(job: tuple[int, int, bool]) -> tuple[int, int, bool]:
    from django.db import connection, transaction

    from onedoor.cases.search_index import index
    from onedoor.cases.steps._record import flush
    from onedoor.cases.steps.register import reserve_numbers

    start, stop, running = job
    life = _running if running else _life
    now = datetime.now(UTC)
    numbers = reserve_numbers("990101", now, stop - start)
    cast = _cast()
    states = [life(place, number, now, cast) for place, number in zip(range(start, stop), numbers, strict=True)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        flush(states)
        if not running:
            index([state.case["id"] for state in states])
    return job


_people: dict[str, Any] = {}


def _cast() -> dict[str, Any]:
    from onedoor.cases import references
    from onedoor.people.models import Account
    from onedoor.people.tokens import signed_in_as

    if not _people:
        for account in Account.objects.all():
            signed = signed_in_as(account.pk)
            if signed is not None and signed.actors:
                _people[account.username] = signed.actors[0]
        units = references.units_by_code([*(unit for unit, _, _ in UNITS), FIFTY[0]])
        _people.update({f"unit:{code}": unit for code, unit in units.items()})
    return _people


def _life(place: int, number: str, now: datetime, cast: dict[str, Any]) -> Any:
    """One case: four in five are over, the rest stand at every stage, and the sweeper has been at all of them."""
    from bench.texts import matter
    from onedoor.cases.steps._reading import read_matter
    from onedoor.cases.steps.register import draft, surroundings
    from onedoor.cases.steps.sweep import sweep_case

    title, narrative, answer, name = matter(place)
    at = START + SPAN * ((place * 7919) % 1_000_003 / 1_000_003)
    raw: dict[str, Any] = {
        "channel": ("window", "hotline", "web", "grid", "visit")[place % 5],
        "category": CATEGORIES[place % len(CATEGORIES)],
        "kind": ("dispute", "appeal", "incident")[place % 3],
        "title": title,
        "narrative": narrative,
        "parties": [{"part": "applicant", "name": name, "phone": f"138{place % 100_000_000:08d}"}],
    }
    if place % 200 == 199:
        raw["confidential"] = True
    clerk = cast["clerk_town"] if place % 4 == 0 else cast["clerk"]
    asked = read_matter(raw, today=now.date())
    key = f"{raw['category']}:{clerk.account}:{'confidential' in raw}"
    found = cast.get(key) or cast.setdefault(key, surroundings(asked, clerk, at))
    state = draft(asked, found, number=number, actor=clerk, at=at, recorded_at=now)
    for move, actor, later, take, given in _moves(place, cast, clerk, answer, confidential="confidential" in raw):
        _step(state, move, actor, at + later, take, given, now)
    for _ in sweep_case(state, now, now):
        pass
    state.new.pop("notice", None)
    return state


RUNNING_SINCE = timedelta(days=10)


def _running(place: int, number: str, now: datetime, cast: dict[str, Any]) -> Any:
    """A case accepted within the last ten days: nothing is due, nothing warns yet."""
    from bench.texts import matter
    from onedoor.cases.steps._reading import read_matter
    from onedoor.cases.steps.register import draft, surroundings
    from onedoor.rules.facts import Inputs

    title, narrative, _, name = matter(place)
    at = now - timedelta(hours=1) - RUNNING_SINCE * ((place * 7919) % 1_000_003 / 1_000_003)
    raw: dict[str, Any] = {
        "channel": "window",
        "category": CATEGORIES[place % len(CATEGORIES)],
        "kind": ("dispute", "appeal", "incident")[place % 3],
        "title": title,
        "narrative": narrative[:60],
        "parties": [{"part": "applicant", "name": name}],
    }
    clerk = cast["clerk"]
    key = f"running:{raw['category']}"
    asked = read_matter(raw, today=now.date())
    found = cast.get(key) or cast.setdefault(key, surroundings(asked, clerk, at))
    state = draft(asked, found, number=number, actor=clerk, at=at, recorded_at=now)
    _step(state, "accept", clerk, at + timedelta(minutes=5), Inputs(), frozenset(), now)
    state.new.pop("notice", None)
    return state


def _moves(place: int, cast: dict[str, Any], clerk: Any, answer: str, *, confidential: bool) -> Iterator[Any]:
    from onedoor.rules.facts import Inputs

    stop = place % 25  # 0: registered … 4: concluded; from 5: closed; from 8: archived
    if confidential or stop == 0:
        return
    yield "accept", clerk, timedelta(hours=1), Inputs(), frozenset()
    if stop == 1:
        return
    if clerk is cast["clerk_town"]:  # what is not settled there on the spot waits there
        if stop > 4:
            take = Inputs(outcome="answered", answer=answer, confirmed=True)
            yield "settle_on_spot", clerk, timedelta(hours=2), take, frozenset({"outcome", "answer", "confirmed"})
        return
    unit, handler = _unit(place)
    target = cast[f"unit:{unit}"]
    yield "dispatch", cast["dispatcher"], timedelta(hours=2), Inputs(unit=target), frozenset({"unit"})
    if stop == 2:
        return
    yield "sign", cast[handler], timedelta(hours=3), Inputs(), frozenset()
    if stop == 3:
        return
    given = frozenset({"outcome", "answer"})
    yield "conclude", cast[handler], timedelta(days=3), Inputs(outcome="answered", answer=answer), given
    if stop == 4:
        return
    yield "close", cast["supervisor"], timedelta(days=4), Inputs(), frozenset()
    if stop < 8:
        return
    yield "follow_up", cast["supervisor"], timedelta(days=6), Inputs(satisfied=place % 9 > 0), frozenset({"satisfied"})
    yield "archive", cast["supervisor"], timedelta(days=7), Inputs(reason="已向申请人说明。"), frozenset({"reason"})


def _unit(place: int) -> tuple[str, str]:
    if place < 50 * 25 and place % 25 == 10:
        return FIFTY
    share = place * 31 % 100
    for unit, handler, width in UNITS:
        share -= width
        if share < 0:
            return unit, handler
    return UNITS[0][0], UNITS[0][1]


def _step(state: Any, move: str, actor: Any, at: datetime, take: Any, given: frozenset[str], now: datetime) -> None:
    from onedoor.cases.steps._record import apply
    from onedoor.rules.decide import decide

    decision = decide(move, state.facts(), actor, at, take, given)
    apply(state, move, decision, actor=actor, at=at, recorded_at=now)
