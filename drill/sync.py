"""`sync`: thousands of phones bring their entries over a network that breaks, to a server that is killed. At the end
every entry is at the centre, once, as it was made."""

import argparse
import contextlib
import multiprocessing
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from drill.phones import Order, Tally, carry
from drill.result import Result
from drill.server import Server, database, running, say

PROCESSES = 2
KILLS = 5


def options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--phones", type=int, default=3_000)
    parser.add_argument("--entries", type=int, default=100_000)


def drill(data: Path, asked: argparse.Namespace) -> Result:
    entries, seed = asked.entries, asked.seed
    phones = min(asked.phones, entries)  # none without an entry
    kills = KILLS if asked.kills is None else asked.kills
    say(f"准备{phones}部手机、{entries}条，种子 {seed}")
    orders = _prepare(data, phones, entries, seed)
    now = datetime.now(UTC)
    begun = time.monotonic()
    with running(Server(data)) as server:
        tallies, killed = _let_them_go(server, orders, now, entries, kills, seed)
    seconds = time.monotonic() - begun
    tally = _sum(tallies)
    say("核对数据库")
    from drill.count import compare

    found = compare(data, orders, now)
    faults = [*tally.faults, *found.pop("faults")]
    wrong = {name: found.pop(name) for name in ("missing", "twice", "changed", "findings")}
    wrong["missing"] = max(wrong["missing"], entries - found["there"])
    figures = {
        "phones": phones,
        "entries": entries,
        "seed": seed,
        "kills": killed,
        "entries_per_second": round(entries / seconds),
        "requests": tally.requests,
        "entries_sent": tally.sent,
        "fates": tally.fates,
        "unanswered": tally.broken,
        "answers_that_wait": tally.waited,
        **found,
    }
    done = f"{found['there']} of {entries} entries of {phones} phones there, {len(killed)} kills"
    return Result(done, {**wrong, "refused": len(tally.faults)}, figures, faults, seconds)


def _prepare(data: Path, phones: int, entries: int, seed: int) -> list[Order]:
    """The demo county's accounts, a worker for each phone with his grid, and his sign-in."""
    with database(data):
        from bench.fieldwork import make_beats
        from django.db import connection

        from onedoor.people import demo
        from onedoor.people.ledgers import make_partitions
        from onedoor.people.models import Account
        from onedoor.people.tokens import issue

        make_partitions(datetime.now(UTC).date())
        demo.load()
        beats = make_beats(phones, tasks=6)
        now, orders = datetime.now(UTC), []
        for place, (beat, account) in enumerate(
            zip(beats, Account.objects.filter(username__startswith="worker").order_by("username"), strict=True)
        ):
            assert beat.account == account.pk
            token, _ = issue(account, at=now, life=timedelta(hours=12))
            own = entries * (place + 1) // phones - entries * place // phones
            orders.append(Order(seed * 10_000 + place, own, beat, token))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return orders


def _let_them_go(
    server: Server, orders: list[Order], now: datetime, entries: int, kills: int, seed: int
) -> tuple[list[Tally], list[dict[str, Any]]]:
    context = multiprocessing.get_context("spawn")
    progress, results = context.Value("q", 0), context.Queue()
    hands = [
        context.Process(target=carry, args=(server.port, orders[place::PROCESSES], now, progress, results))
        for place in range(min(PROCESSES, len(orders)))
    ]
    for hand in hands:
        hand.start()
    pick = random.Random(seed)
    killed: list[dict[str, Any]] = []
    tallies: list[Tally] = []
    begun = time.monotonic()
    points = [entries * (place + pick.uniform(0.3, 0.9)) / (kills + 1) for place in range(kills)]
    told = 0.0
    while len(tallies) < len(hands):
        with contextlib.suppress(Exception):
            tallies.append(results.get(timeout=0.2))
        if any(hand.exitcode not in (None, 0) for hand in hands):
            raise RuntimeError("一组手机出了故障")
        if points and progress.value >= points[0]:
            points.pop(0)
            what = "everything" if len(killed) % 2 == 0 else "web"
            server.kill(what)
            killed.append({"what": what, "at_entries": progress.value, "second": round(time.monotonic() - begun, 1)})
            say(f"kill -9：{what}，已确认{progress.value}条")
            server.wait()
        if time.monotonic() - told > 10:
            told = time.monotonic()
            say(f"{told - begun:.0f} 秒：已确认{progress.value}条")
    for hand in hands:
        hand.join()
    return tallies, killed


def _sum(tallies: list[Tally]) -> Tally:
    whole = Tally()
    for one in tallies:
        whole.requests += one.requests
        whole.sent += one.sent
        whole.broken += one.broken
        whole.waited += one.waited
        whole.faults += one.faults
        for fate, count in one.fates.items():
            whole.fates[fate] += count
    return whole
