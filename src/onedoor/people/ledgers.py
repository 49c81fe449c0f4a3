"""Tables that only grow: partitioned by month of `recorded_at`, with a default partition that must stay empty.

Their primary key is (county, recorded_at, id) and no foreign key points at them, so that a province can
spread them by county over a distributed PostgreSQL.
"""

from collections.abc import Iterator
from datetime import date

from django.db import connection

LEDGERS = ("event", "access_log")
MONTHS_AHEAD = 12


def _months(first: date, count: int) -> Iterator[tuple[date, date]]:
    year, month = first.year, first.month
    for _ in range(count):
        start = date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        yield start, date(year, month, 1)


def make_partitions(today: date, *, months: int = MONTHS_AHEAD) -> int:
    """Makes the partitions of this month and the next `months`; returns how many were new. Safe to repeat."""
    made = 0
    with connection.cursor() as cursor:
        for table in LEDGERS:
            for start, end in _months(today, months + 1):
                name = f"{table}_{start:%Y%m}"
                cursor.execute("SELECT to_regclass(%s)", [name])
                if cursor.fetchone() == (None,):
                    cursor.execute(
                        f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} "
                        f"FOR VALUES FROM ('{start} 00:00+00') TO ('{end} 00:00+00')"
                    )
                    made += 1
    return made


def default_partition_rows() -> dict[str, int]:
    """Ledger → rows that fell into the default partition (an alarm when above nought), capped at 1,000."""
    found = {}
    with connection.cursor() as cursor:
        for table in LEDGERS:
            cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table}_default LIMIT 1000) rows")
            row = cursor.fetchone()
            found[table] = int(row[0]) if row else 0
    return found
