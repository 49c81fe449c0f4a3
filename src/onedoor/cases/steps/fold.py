"""Counters kept in order: deltas folded into them, cases looked at whose limit has ended, all of it filled anew.

Each may be killed at any moment and run twice at once: a fold takes its deltas and adds them in one statement, and
only one fold or filling works at a time.
"""

from collections.abc import Callable

from django.db import connection, transaction

from onedoor.cases.counted import DELTA_COLUMNS, LAYOUT, MEASURES
from onedoor.cases.counting import ZONE
from onedoor.cases.queries._cuts import cut
from onedoor.cases.queries._figures import AMOUNT, AS_BITS, COUNTED_UNTIL, ENDED
from onedoor.cases.queries.gate import COLUMNS
from onedoor.cases.sql import execute, rows
from onedoor.cases.steps._record import flush
from onedoor.cases.steps._state import load_moving

MANY = 5000  # deltas folded in one transaction
TURNED = 500  # cases looked at in one transaction
_ONE_FOLDER = 7_301_003  # advisory lock
# number by number: an array put together by a query takes ten times as long
_SUMS = ", ".join(f"counter.counts[{place}] + excluded.counts[{place}]" for place in range(1, len(MEASURES) + 1))
_FOLD = f"""
    WITH taken AS (DELETE FROM counter_delta
                    WHERE id IN (SELECT id FROM counter_delta ORDER BY id LIMIT %s) RETURNING *),
         same AS (SELECT day, hour, category_id, channel, unit_id, ending, level, path, audiences, counted,
                         sum(n) AS n, sum(n * fen) AS fen
                    FROM taken
                   GROUP BY day, hour, category_id, channel, unit_id, ending, level, path, audiences, counted),
         one AS MATERIALIZED (SELECT * FROM same WHERE n <> 0 OR fen <> 0),
         added AS (INSERT INTO counter (scope, cut, day, key, counts, fen) {cut("one")}
             ON CONFLICT (scope, cut, day, key) DO UPDATE
                SET fen = counter.fen + excluded.fen, counts = ARRAY[{_SUMS}] RETURNING 1)
    SELECT (SELECT count(*) FROM taken) AS taken, (SELECT count(*) FROM added) AS added
"""
_TURNED = f"""
    SELECT {COLUMNS} FROM "case" c WHERE c.id IN
           (SELECT id FROM "case" WHERE counted_until < now() ORDER BY counted_until LIMIT %s)
     ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED
"""
# What every ordinary case counts for, as deltas.
DELTAS = f"""
    SELECT (c.registered_at AT TIME ZONE '{ZONE.key}')::date AS day,
           extract(hour FROM c.registered_at AT TIME ZONE '{ZONE.key}')::int AS hour, c.category_id, c.channel,
           coalesce(c.lead_unit_id, 0) AS unit_id, {ENDED} AS ending,
           jsonb_array_length(c.present_path) AS level,
           ARRAY(SELECT e::bigint FROM jsonb_array_elements_text(c.division_path) WITH ORDINALITY p (e, o) ORDER BY o)
               AS path,
           ARRAY(SELECT v.audience FROM visible v WHERE v.case_id = c.id AND (v.audience %% 4 = 1 OR v.audience IN
                    ((c.division_path->>1)::bigint * 4 + 2, (c.receiving_path->>1)::bigint * 4 + 2,
                     (c.present_path->>1)::bigint * 4 + 2)) ORDER BY v.audience) AS audiences,
           c.counted, {AMOUNT} AS fen, 1 AS n
      FROM "case" c WHERE c.confidentiality = 'ordinary'
"""


def fold_some(limit: int = MANY) -> int:
    """Folds the oldest deltas; how many. None while another is at it."""
    with transaction.atomic(durable=True):
        if not rows("SELECT pg_try_advisory_xact_lock(%s) AS got", [_ONE_FOLDER])[0]["got"]:
            return 0
        if is_of_a_newer_release():
            return 0
        rows("SELECT set_config('work_mem', '64MB', TRUE)")
        return int(rows(_FOLD, [limit])[0]["taken"])


def count_turned(limit: int = TURNED) -> int:
    """Looks at cases of which a limit has ended since they were written; how many."""
    with transaction.atomic(durable=True):
        states = load_moving(rows(_TURNED, [limit]))
        flush(states)
    return len(states)


def keep_counters(stop: Callable[[], bool] = lambda: False) -> None:
    """All that waits. A batch that is not full was the last: of what is left others hold the locks, or our clock is
    behind the database's."""
    while not stop() and count_turned() == TURNED:
        pass
    while not stop() and fold_some():
        pass


def fill_counters(*, only_if_needed: bool = False) -> int:
    """Counts every case anew: after an update that counts more, or where counters and cases have come apart. How many
    cases count; nobody can write meanwhile, and who reads sees what was there before."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute('LOCK TABLE "case" IN EXCLUSIVE MODE')
        if only_if_needed and not is_to_be_filled():
            return 0  # another has done it while this one waited
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_FOLDER])
        cursor.execute(
            f'UPDATE "case" t SET counted = f.bits, counted_until = f.until'
            f' FROM (SELECT c.id, ({AS_BITS}) AS bits, {COUNTED_UNTIL} AS until FROM "case" c) f'
            " WHERE t.id = f.id AND (t.counted, t.counted_until) IS DISTINCT FROM (f.bits, f.until)"
        )
        cursor.execute("DELETE FROM counter")
        cursor.execute("DELETE FROM counter_delta")
        count = execute(f"INSERT INTO counter_delta ({', '.join(DELTA_COLUMNS)}) {DELTAS}", [])
        cursor.execute(
            "INSERT INTO counter_layout (id, layout) VALUES (1, %s)"
            " ON CONFLICT (id) DO UPDATE SET layout = excluded.layout",
            [LAYOUT],
        )
    while fold_some(20 * MANY):
        pass
    return count


def is_to_be_filled() -> bool:
    """Whether this release counts something that the counters do not hold. Never those of a newer one, which runs
    beside this one during an upgrade: each would fill them anew for ever."""
    stored = _stored_layout()
    return stored != LAYOUT and _release(stored) <= _release(LAYOUT)


def is_of_a_newer_release() -> bool:
    """Whether the counters are not ours to fold into."""
    return _release(_stored_layout()) > _release(LAYOUT)


def _stored_layout() -> str:
    found = rows("SELECT layout FROM counter_layout")
    return str(found[0]["layout"]) if found else ""


def _release(layout: str) -> int:
    """The number that a layout begins with."""
    number = layout.partition(" ")[0]
    return int(number) if number.isdecimal() else 0


def fill_if_needed() -> bool:
    """Fills the counters if they are to be; whether it has."""
    if not is_to_be_filled():
        return False
    fill_counters(only_if_needed=True)
    return True
