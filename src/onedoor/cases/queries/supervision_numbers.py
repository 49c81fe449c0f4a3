"""Supervision in numbers, for the centre to publish: of ordinary matters only, so that no total betrays another."""

from datetime import datetime

from onedoor.cases.sql import rows
from onedoor.rules.articles import SupervisionNumbers


def supervision_numbers(since: datetime, until: datetime) -> SupervisionNumbers:
    """Of the notices issued from `since` until before `until`, as they stand now."""
    found = rows(
        'SELECT s.level, s.state, count(*) AS count FROM supervision s JOIN "case" c ON c.id = s.case_id'
        " WHERE s.issued_at >= %s AND s.issued_at < %s AND c.confidentiality = 'ordinary' GROUP BY s.level, s.state",
        [since, until],
    )
    levels: dict[str, int] = {}
    states: dict[str, int] = {}
    for row in found:
        levels[row["level"]] = levels.get(row["level"], 0) + row["count"]
        states[row["state"]] = states.get(row["state"], 0) + row["count"]
    return SupervisionNumbers(levels, states)
