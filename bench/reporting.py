"""`report`: a month's report of the whole county, from counting to the Word document, without keeping it."""

import time
from typing import Any

ROUNDS = 3


def reports() -> dict[str, Any]:
    """Seconds of the slowest of some rounds, for counting, putting together and writing as DOCX and as PDF, and how
    many statements the counting takes; `year` the same of a whole year, once."""
    from django.utils import timezone

    from onedoor.rules.reports import span_of

    scope, now = centre_scope(), timezone.now()
    rounds = [_once(scope, span_of("month", 2025, 3), now) for _ in range(ROUNDS)]
    slowest = max(rounds, key=lambda one: one["seconds"])
    return {**slowest, "year": _once(scope, span_of("year", 2025, 1), now)}


def centre_scope() -> Any:
    from onedoor.figures.queries.scope import scope_of
    from onedoor.people.models import Unit
    from onedoor.people.units import public_centre

    centre = public_centre()
    assert isinstance(centre, Unit), "the seed has a centre"
    return scope_of(centre.pk)


def _once(scope: Any, span: Any, now: Any) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from onedoor.figures.queries.report_figures import report_figures
    from onedoor.figures.report import Report
    from onedoor.papers.docx import to_docx
    from onedoor.papers.pdf import to_pdf

    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        figures = report_figures(scope, span, now)
    counted = time.perf_counter()
    document = Report(span, figures, {}, {}).document("草稿", now.date())
    word = to_docx(document)
    written = time.perf_counter()
    to_pdf(document)
    return {
        "seconds": round(written - begun, 3),
        "counting": round(counted - begun, 3),
        "docx": round(written - counted, 3),
        "pdf": round(time.perf_counter() - written, 3),
        "statements": sum(1 for one in asked if one["sql"].lstrip().startswith(("SELECT", "WITH"))),
        "slowest": sorted((float(one["time"]) for one in asked), reverse=True)[:5],
        "registered": figures["totals"]["registered"][0][0],
        "docx_bytes": len(word),
    }
