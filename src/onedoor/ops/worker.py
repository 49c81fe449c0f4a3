"""The background worker: procrastinate on Django's database. SIGTERM lets running jobs end first."""

import threading
import time
from datetime import UTC, datetime

GRACE_SECONDS = 5
HELD_FOR = 2.0


def run(argv: list[str]) -> int:
    """Runs until SIGTERM. `argv` goes to procrastinate's `worker`."""
    import signal

    from django.core.management import call_command

    from onedoor.cases import server_clock
    from onedoor.cases.jobs import mark_alive, sweep_at_start

    # The command line's own handler would end a job in the middle; procrastinate installs its own.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    server_clock.note_if_behind()
    threading.Thread(target=server_clock.watch_and_end, args=[server_clock.Watch()], daemon=True).start()
    mark_alive()  # `up` waits for it; the job that does so each minute would come too late
    while server_clock.is_held(datetime.now(UTC)):
        time.sleep(HELD_FOR)
        mark_alive()
    sweep_at_start()
    options = ["--concurrency", "3", "--shutdown-graceful-timeout", str(GRACE_SECONDS)]
    options += ["--delete-jobs", "successful"]
    call_command("procrastinate", "worker", *options, *argv)
    return 0
