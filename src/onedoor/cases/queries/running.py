"""How the system runs, for `/metrics`. No question here grows with the number of matters; each stops at a limit."""

from dataclasses import dataclass

from onedoor.cases.sql import rows

MOST = 1000  # counted at most, of what has no natural end
STUCK_SECONDS = 600  # a job that could have begun so long ago waits for a worker that does not come
SILENT_SECONDS = 90  # a worker that has not been heard of for so long is dead; each says so every ten seconds


@dataclass(frozen=True, slots=True)
class Running:
    """Numbers of one moment; those of `jobs`, `jobs_stuck`, `texts_waiting` and `clocks_late` end at MOST."""

    jobs: dict[str, int]  # by state: todo, doing, failed
    jobs_stuck: int
    texts_waiting: int
    clocks_running: int  # estimated, in hundreds
    clocks_late: int
    connections: int
    connections_most: int
    database_bytes: int


# Failed jobs stay, so that all of the table is not looked at.
_JOBS = """
    SELECT s.state, (SELECT count(*) FROM (
               SELECT 1 FROM procrastinate_jobs j WHERE j.status = s.state::procrastinate_job_status LIMIT %s) those)
      FROM unnest(ARRAY['todo', 'doing', 'failed']) AS s(state)
"""
_STUCK = """
    SELECT (SELECT count(*) FROM (
                SELECT 1 FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
                 WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %s))
                 LIMIT %s) dead)
         + (SELECT count(*) FROM (
                SELECT 1 FROM procrastinate_jobs
                 WHERE status = 'todo' AND scheduled_at < now() - make_interval(secs => %s) LIMIT %s) waiting) AS stuck
"""
# Those of confidential matters are in no number. Running ones are told by the size of their index as the database last
# estimated it, in hundreds: counting a million would take a second, and an exact number would hold confidential ones.
_CLOCKS = """
    SELECT (SELECT round(greatest(reltuples, 0)::numeric, -2)::bigint
              FROM pg_class WHERE oid = 'clock_running'::regclass) AS running,
           (SELECT count(*) FROM (
                SELECT 1 FROM clock k JOIN "case" c ON c.id = k.case_id AND c.confidentiality = 'ordinary'
                 WHERE k.stopped_at IS NULL AND k.paused_at IS NULL AND k.due_at < now() LIMIT %s) those) AS late
"""
_SERVER = """
    SELECT (SELECT sum(numbackends) FROM pg_stat_database)::int AS connections,
           current_setting('max_connections')::int AS most,
           pg_database_size(current_database()) AS bytes,
           (SELECT count(*) FROM (SELECT 1 FROM search_queue LIMIT %s) those) AS texts
"""


def running() -> Running:
    jobs = {row["state"]: row["count"] for row in rows(_JOBS, [MOST])}
    stuck = rows(_STUCK, [SILENT_SECONDS, MOST, STUCK_SECONDS, MOST])[0]["stuck"]
    clocks = rows(_CLOCKS, [MOST])[0]
    server = rows(_SERVER, [MOST])[0]
    return Running(
        jobs=jobs,
        jobs_stuck=stuck,
        texts_waiting=server["texts"],
        clocks_running=clocks["running"],
        clocks_late=clocks["late"],
        connections=server["connections"],
        connections_most=server["most"],
        database_bytes=server["bytes"],
    )
