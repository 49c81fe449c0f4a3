"""`kill`: web server, worker, PostgreSQL or everything killed with -9, again and again, under load. Every change that
was acknowledged is there exactly once, and nothing is half done."""

import argparse
import random
import time
from collections import Counter
from pathlib import Path

from drill.lives import Clients, prepare
from drill.result import Result
from drill.server import Server, database, joined, running, say

KILLS = 50
# of all kills, in a hundred
WHAT = {"web": 20, "one of the web's": 10, "worker": 15, "postgres": 20, "one of postgres'": 10, "everything": 25}
AT_ONCE = 0.15  # of the kills fall into the recovery from the one before
CHANGES = 30  # acknowledged between two kills, so that each falls into work


def drill(data: Path, asked: argparse.Namespace) -> Result:
    kills = KILLS if asked.kills is None else asked.kills
    tokens = prepare(data)
    pick, begun = random.Random(asked.seed), time.monotonic()
    killed: Counter[str] = Counter()
    down: list[float] = []
    with running(Server(data)) as server:
        clients = Clients(server.port, tokens, seed=asked.seed)
        clients.start()
        at_once = True
        while killed.total() < kills:
            if not at_once:
                clients.work(CHANGES)
            at_once = pick.random() < AT_ONCE
            time.sleep(pick.uniform(0.0, 1.5))
            what = pick.choices(list(WHAT), list(WHAT.values()))[0]
            fell, before = time.monotonic(), clients.tally.acknowledged
            if not server.kill(what, pick):
                continue
            killed[what] += 1
            while not at_once and clients.tally.acknowledged == before:
                time.sleep(0.05)
            down.append(time.monotonic() - fell)
            say(f"{killed.total()}/{kills} kill -9：{what}；{clients.tally.acknowledged} 次已确认")
        clients.work(CHANGES)
        clients.finish()
        server.wait()
        with joined(data):
            from drill.whole import settled

            drained, waiting = settled()
    with database(data):
        from drill.whole import compare

        wrong, found, faults = compare(data, clients.lives)
    tally = clients.tally
    wrong |= {"waiting": len(waiting), "refused": len(tally.faults), "bare_errors": len(tally.bare)}
    figures = {
        "seed": asked.seed, "kills": dict(killed), "acknowledged": tally.acknowledged, "repeats": tally.repeats,
        "statuses": dict(tally.statuses), "longest_without_answer": round(max(down, default=0), 1),
        "drained_seconds": drained, **found,
    }  # fmt: skip
    done = f"{sum(killed.values())} kills, {tally.acknowledged} acknowledged changes of {found['cases']} lives"
    return Result(done, wrong, figures, [*tally.faults, *tally.bare, *waiting, *faults], time.monotonic() - begun)
