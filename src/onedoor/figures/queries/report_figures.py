"""The numbers of a report, counted at one moment in a fixed number of statements.

Counted as the director of the centre's division sees matters, ordinary ones only, by the queries of the page of
figures: so each number is that of the list which its conditions open.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from onedoor.cases.counting import ZONE
from onedoor.cases.queries._plainly import Span
from onedoor.cases.queries.cases import Filters
from onedoor.cases.queries.figures import NONE, Counted, count_figures, limits_of
from onedoor.cases.queries.spans import count_spans
from onedoor.cases.queries.supervision import Asked, issued_numbers
from onedoor.cases.sql import rows
from onedoor.figures.queries.external import external_of
from onedoor.figures.queries.scope import Scope
from onedoor.figures.queries.weekly import weekly_surges
from onedoor.rules.figures import FIGURES, Figure
from onedoor.rules.intake import CHANNELS
from onedoor.rules.reports import LONG_DAYS, ReportSpan

LATE_OPEN = Figure("late_open", "超期在办数", "late_open")
DISPUTES = Figure("disputes", "矛盾纠纷登记数", "disputes")
SETTLED = Figure("settled", "办结数", "settled")
COUNTED = (*FIGURES.values(), LATE_OPEN, DISPUTES, SETTLED)
GROUPS = ("category", "channel", "division", "unit")
Frozen = dict[str, Any]


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read within is of one moment, whatever is written meanwhile. Within a transaction of the caller it is
    that transaction's."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def report_figures(scope: Scope, span: ReportSpan, at: datetime) -> Frozen:
    """All numbers of a report, as they are kept with it: plain values, dates as text.

    `totals`: of each figure by name part, whole and fen for `now`, `before` and `year`. `groups`: by kind of group a
    row for each with `counts`, registered and settled for the three periods. `open`: what is not ended at that
    moment, whenever it was registered. `surges`, `supervision` and `external` as their queries say.
    """
    periods = (span.period, span.period.before(), span.period.year_before())
    viewer, spans = scope.viewer(), [limits_of(one) for one in periods]
    base = Filters(root=scope.root, division=None if scope.is_root else scope.division, now=at)
    with one_moment():
        totals: dict[str, list[list[int | None]]] = {figure.name: [] for figure in COUNTED}
        for since, until in spans:
            asked = Filters(root=base.root, division=base.division, now=at, since=since, until=until)
            for one in count_figures(viewer, asked, COUNTED):
                totals[one.figure.name].append(_values(one))
        groups = {
            by: count_spans(viewer, base, ("registered", "settled"), spans, by, depth=len(scope.path)) for by in GROUPS
        }
        day = at.astimezone(ZONE).date()
        return {
            "counted_at": at.isoformat(timespec="seconds"),
            "scope": {"code": scope.code, "name": scope.name, "centre": scope.centre_name, "root": scope.is_root},
            "spans": [[one.since.isoformat(), one.until.isoformat()] for one in periods],
            "totals": totals,
            "groups": {**groups, "division": _with_all_below(scope, groups["division"]), "channel": _named(groups)},
            "open": _open(scope, base, day),
            "surges": weekly_surges(scope, base, span),
            "supervision": _supervision(scope, spans[0]),
            "external": external_of(scope.centre, span),
        }


def _values(one: Counted) -> list[int | None]:
    return [one.part, one.whole, one.fen]


def _named(groups: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [{**row, "name": CHANNELS[row["key"]]} for row in groups["channel"]]


def _with_all_below(scope: Scope, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The divisions below with those in which nothing was registered; then `former` ones, which are not offered any
    more, and what belongs to none of them."""
    below = rows(
        "SELECT code AS key, name FROM people_division WHERE parent_id = %s AND offered ORDER BY code",
        [scope.division],
    )
    there = {row["key"]: row for row in found}
    nothing = [[0, 0, 0], [0, 0, 0]]
    listed = [{**one, "counts": there[one["key"]]["counts"] if one["key"] in there else nothing} for one in below]
    known = {one["key"] for one in below}
    others = [row | ({} if row["key"] == NONE else {"former": True}) for row in found if row["key"] not in known]
    return listed + sorted(others, key=lambda row: row["key"] == NONE)


def _open(scope: Scope, base: Filters, day: date) -> Frozen:
    """`days`: until when what has waited so long was registered; `all` and, of the longest kinds, `by`: a number for
    any time and one for each of them."""
    limits = [day - timedelta(days=days) for days in LONG_DAYS]
    spans: list[Span] = [(None, None), *((None, limits_of_day(limit)) for limit in limits)]
    found = count_spans(scope.viewer(), base, ("open",), spans, "category")
    rows_of = [{"key": row["key"], "name": row["name"], "counts": row["counts"][0]} for row in found]
    return {
        "days": [limit.isoformat() for limit in limits],
        "all": [sum(row["counts"][place] for row in rows_of) for place in range(len(spans))],
        "by": [row for row in rows_of if row["counts"][1]],
    }


def limits_of_day(day: date) -> datetime:
    """The end of that day, as the list's `until` has it."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(days=1)


def _supervision(scope: Scope, limits: tuple[datetime, datetime]) -> Frozen:
    """Notices issued in the period, as they stand now: `all`, and by `level`, `cause` and `state`."""
    asked = Asked(since=limits[0], until=limits[1], division=None if scope.is_root else scope.division)
    found = issued_numbers(scope.viewer(), asked)
    numbers: dict[str, dict[str, int]] = {"level": {}, "cause": {}, "state": {}}
    for row in found:
        for column, counts in numbers.items():
            counts[row[column]] = counts.get(row[column], 0) + row["n"]
    return {"all": sum(row["n"] for row in found), **numbers}
