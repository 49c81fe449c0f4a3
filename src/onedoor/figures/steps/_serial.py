"""Numbers of reports and bulletins: a run of each centre, kind and year, without a gap."""

from onedoor.cases.sql import rows


def next_serial(centre: int, kind: str, year: int) -> int:
    """The next one; its row is locked until the transaction ends, so that it is written with the paper or not
    given."""
    found = rows(
        "INSERT INTO figures_serial (centre_id, kind, year, last) VALUES (%s, %s, %s, 1)"
        " ON CONFLICT (centre_id, kind, year) DO UPDATE SET last = figures_serial.last + 1 RETURNING last",
        [centre, kind, year],
    )
    return int(found[0]["last"])
