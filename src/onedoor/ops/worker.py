"""The background worker: procrastinate on Django's database. SIGTERM lets running jobs end first."""

GRACE_SECONDS = 5


def run(argv: list[str]) -> int:
    """Runs until SIGTERM. `argv` goes to procrastinate's `worker`."""
    import signal

    from django.core.management import call_command

    from onedoor.cases.jobs import mark_alive, sweep_at_start

    # The command line's own handler would end a job in the middle; procrastinate installs its own.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    mark_alive()  # `up` waits for it; the job that does so each minute would come too late
    sweep_at_start()
    options = ["--concurrency", "3", "--shutdown-graceful-timeout", str(GRACE_SECONDS)]
    options += ["--delete-jobs", "successful"]
    call_command("procrastinate", "worker", *options, *argv)
    return 0
