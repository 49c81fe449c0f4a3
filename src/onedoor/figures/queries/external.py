"""Figures from outside: what is kept, the newest version of each month, and what a report takes from them."""

from datetime import date, timedelta
from typing import Any

from onedoor.figures.models import ExternalMonth
from onedoor.rules.external import added
from onedoor.rules.reports import ReportSpan

PAGE = 24


def newest_months(centre: int, since: date, until: date) -> dict[date, ExternalMonth]:
    """Of each month from one to the other (both first days) the newest version, in one statement."""
    found = (
        ExternalMonth.objects.filter(centre=centre, month__gte=since, month__lte=until)
        .order_by("month", "-version")
        .distinct("month")
    )
    return {one.month: one for one in found}


def list_months(centre: int) -> list[ExternalMonth]:
    """The newest version of the last PAGE months, newest first."""
    found = (
        ExternalMonth.objects.filter(centre=centre)
        .select_related("imported_by")
        .order_by("-month", "-version")
        .distinct("month")
    )
    return list(found[:PAGE])


def versions_of(centre: int, month: date) -> list[ExternalMonth]:
    """Newest first."""
    found = ExternalMonth.objects.filter(centre=centre, month=month).select_related("imported_by")
    return list(found.order_by("-version"))


def external_of(centre: int, span: ReportSpan) -> dict[str, Any]:
    """`counts`: three sums by kind, null where one of the months says nothing of it; `months`: those of the period
    with their versions and sources; `missing`: those of which nothing was imported."""
    periods = (span.period, span.period.before(), span.period.year_before())
    wanted = [_months(one.since, one.until) for one in periods]
    there = newest_months(centre, min(map(min, wanted)), max(map(max, wanted)))
    return {
        "counts": [added([there[month].counts if month in there else {} for month in months]) for months in wanted],
        "months": [
            {"month": f"{month:%Y-%m}", "version": there[month].version, "source": there[month].source}
            for month in wanted[0]
            if month in there
        ],
        "missing": [f"{month:%Y-%m}" for month in wanted[0] if month not in there],
    }


def _months(since: date, until: date) -> list[date]:
    """The first days of the months from one day to the other."""
    found, month = [], since.replace(day=1)
    while month <= until:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found
