"""Tables that only grow: partitioned by month of `recorded_at`, with a default partition that must stay empty.

Their primary key is (county, recorded_at, id) and no foreign key points at them, so that a province can
spread them by county over a distributed PostgreSQL.
"""

import logging
from collections.abc import Iterator
from datetime import date

from django.db import IntegrityError, connection, transaction

LEDGERS = ("event", "access_log")
MONTHS_AHEAD = 12
log = logging.getLogger(__name__)


def _months(first: date, count: int) -> Iterator[tuple[date, date]]:
    year, month = first.year, first.month
    for _ in range(count):
        start = date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        yield start, date(year, month, 1)


def make_partitions(today: date, *, months: int = MONTHS_AHEAD) -> int:
    """Makes the partitions of this month and the next `months`; returns how many were new. Safe to repeat.

    A month whose rows already lie in the default partition gets none, and an error in the log.
    """
    made = 0
    with connection.cursor() as cursor:
        for table in LEDGERS:
            for start, end in _months(today, months + 1):
                name = f"{table}_{start:%Y%m}"
                cursor.execute("SELECT to_regclass(%s)", [name])
                if cursor.fetchone() != (None,):
                    continue
                try:
                    with transaction.atomic():
                        cursor.execute(
                            f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} "
                            f"FOR VALUES FROM ('{start} 00:00+00') TO ('{end} 00:00+00')"
                        )
                except IntegrityError:
                    # Rows of that month lie in the default partition: they stay there, and work goes on.
                    log.error("%s: rows in the default partition, no partition made", name)  # noqa: TRY400
                else:
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
