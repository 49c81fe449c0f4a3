"""`leak`: everybody asks for everything, by every method and at every address, and nobody learns of what is not his.

Seeded matters whose every word is one of a kind (`leaks/world.py`); the people of the county and strangers
(`leaks/askers.py`); all addresses of the URL configuration (`leaks/addresses.txt`). Searched for those words: status,
headers, redirects, bodies and what is packed in them, log lines at any level, rows of what goes out, also those that
a request writes. Compared: guesses
with ids that were never given out; all lists, figures and walls with the day before the secret came.

How long an answer takes is not compared: that is out of this drill's scope.
"""

import argparse
import logging
import time
from pathlib import Path

from drill.result import Result
from drill.server import database, say


def options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--small", action="store_true", help="不装入全部演示事项")


def drill(data: Path, asked: argparse.Namespace) -> Result:
    begun = time.monotonic()
    with database(data):
        from django.db import transaction

        from drill.leaks.askers import EVERYBODY
        from drill.leaks.run import run

        prepare(full=not asked.small)
        logging.raiseExceptions = False
        transaction.set_autocommit(False)
        try:
            found = run(EVERYBODY, report=say)
        finally:
            transaction.rollback()
            transaction.set_autocommit(True)
    tally = found.tally
    done = f"{tally.requests} requests, {tally.comparisons} comparisons"
    done += f", {found.addresses} addresses, {found.askers} askers"
    wrong = {
        "leaks": tally.leaks,
        "broken": tally.broken,
        "traces": len(found.traces),
        "without_a_line": len(found.unlisted),
    }
    figures = {"requests": tally.requests, "comparisons": tally.comparisons, "log_lines": found.log_lines}
    figures["rows_written"] = found.rows
    faults = [*found.unlisted, *found.traces, *tally.faults]
    return Result(done, wrong, figures, faults, time.monotonic() - begun)


def prepare(*, full: bool) -> None:
    """The demo county in the size of a real one; committed."""
    from datetime import UTC, datetime

    from onedoor.demo.load import load
    from onedoor.people import demo
    from onedoor.people.ledgers import make_partitions

    make_partitions(datetime.now(UTC).date())
    demo.load()
    if full:
        say("装入演示县")
        load(datetime.now(UTC))
