"""The measuring process: its environment names the bench's own data directory before Django is set up."""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "onedoor.config.settings"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="+")
    parser.add_argument("--cases", type=int)
    parser.add_argument("--seconds", type=float)
    asked = parser.parse_args()
    from onedoor.ops.data import database

    data = Path(os.environ["ONEDOOR_DATA"])
    with database(data, "bench", lambda sentence: print(sentence, file=sys.stderr)):
        import django

        django.setup()
        from django.core.management import call_command

        from bench import (
            clocks,
            exporting,
            figuring,
            gridding,
            importing,
            life,
            measure,
            papering,
            polling,
            reading,
            registering,
            reporting,
            run,
            seed,
            starting,
            syncing,
        )
        from onedoor.cases.steps.fold import fill_if_needed

        running = bool(set(run.OF_THE_CLOCK) & set(asked.names))
        seeded = not set(asked.names) <= {"papers", "grids", "start"}  # which read no case
        if seeded and not seed.ready(data, asked.cases, running=running):
            seed.make(data, asked.cases, running=running)
        call_command("migrate", verbosity=0)  # a seed of an earlier version of the code
        fill_if_needed()
        result: dict[str, object] = {"machine": measure.machine(), "cases": asked.cases, "at": run.now()}
        if "list" in asked.names:
            result["list"] = reading.lists()
        if "search" in asked.names:
            result["search"] = reading.searches()
        if "figures" in asked.names:
            result["figures"] = figuring.figures()
        if "report" in asked.names:
            result["report"] = reporting.reports()
        if "page" in asked.names:
            result["page"] = reading.pages()
        if "register" in asked.names:
            result["register"] = registering.registers()
        if "badges" in asked.names:
            result["badges"] = polling.badges()
        if "export" in asked.names:
            result["export"] = exporting.exports()
        if "papers" in asked.names:
            result["papers"] = papering.papers()
        if "grids" in asked.names:
            result["grids"] = gridding.grids()
        if "life" in asked.names:
            with run.server() as port:
                life.steady(port, 3)  # warms up
                steady = life.steady(port, asked.seconds)
                result["life"] = {
                    "steady": steady,
                    "stepped": life.stepped(port, asked.seconds),
                    "drained_seconds": life.drained(),
                }
        if "import" in asked.names:
            result["import"] = importing.imports()
        if "sync" in asked.names:
            result["sync"] = syncing.syncs()
        if "start" in asked.names:
            result["start"] = starting.starts()
        if "sweep" in asked.names:
            result["sweep"] = clocks.sweeps()
        if "recompute" in asked.names:
            result["recompute"] = clocks.recomputes()
        if "kill" in asked.names:
            result["kill"] = clocks.kills()
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
