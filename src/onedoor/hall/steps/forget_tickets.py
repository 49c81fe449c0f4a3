"""What is over of numbers: they are counted by line and day, and removed."""

from datetime import date

from django.db import transaction

from onedoor.cases.sql import execute, rows


def forget_tickets(*, before: date) -> int:
    """Counts and removes the oldest day that lies before; how many numbers. Run again until there is none. The day's
    rows are locked, so of two that run at once one counts them and the other finds nothing."""
    with transaction.atomic(durable=True):
        found = rows("SELECT min(day) AS day FROM hall_ticket WHERE day < %s", [before])
        day = found[0]["day"]
        if day is None:
            return 0
        old = rows("SELECT id FROM hall_ticket WHERE day = %s ORDER BY id FOR UPDATE", [day])
        ids = [one["id"] for one in old]
        execute(
            "INSERT INTO hall_ticketcount (line_id, day, drawn, priority, served, waited, took)"
            " SELECT line_id, day, count(*), count(*) FILTER (WHERE priority), count(*) FILTER (WHERE state = 'done'),"
            " coalesce(sum(extract(epoch FROM called_at - drawn_at)) FILTER (WHERE called_at IS NOT NULL), 0)::bigint,"
            " coalesce(sum(extract(epoch FROM ended_at - begun_at)) FILTER (WHERE state = 'done'), 0)::bigint"
            " FROM hall_ticket WHERE id = ANY(%s) GROUP BY line_id, day"
            " ON CONFLICT (line_id, day) DO UPDATE SET drawn = hall_ticketcount.drawn + excluded.drawn,"
            " priority = hall_ticketcount.priority + excluded.priority,"
            " served = hall_ticketcount.served + excluded.served,"
            " waited = hall_ticketcount.waited + excluded.waited, took = hall_ticketcount.took + excluded.took",
            [ids],
        )
        execute("DELETE FROM hall_ticketcall WHERE ticket_id = ANY(%s)", [ids])
        execute("DELETE FROM hall_ticket WHERE id = ANY(%s)", [ids])
        for table in ("hall_hallday", "hall_windowday"):
            execute(f"DELETE FROM {table} WHERE day <= %s", [day])
    return max(1, len(ids))
