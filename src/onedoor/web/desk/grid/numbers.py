"""工作量 and 异常增多."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from onedoor.cases.queries.days import today
from onedoor.grid.queries.surges import surges
from onedoor.grid.queries.workload import COLUMNS, workload
from onedoor.people.tokens import SignedIn
from onedoor.rules.surges import ALPHA, FACTOR, FEWEST, WEEKS
from onedoor.web.desk.access import staff
from onedoor.web.desk.grid.context import field_page, period


@require_safe
@staff
def workload_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    first, last = period(request)
    found = workload(signed, first, last, today())
    context = {
        "first": first,
        "last": last,
        "columns": COLUMNS,
        "items": [{**one, "counts": [(name, one[code]) for code, name in COLUMNS.items()]} for one in found],
        "sums": [(name, sum(one[code] for one in found)) for code, name in COLUMNS.items()],
    }
    return field_page(request, signed, "field_workload", "workload.html", context)


@require_safe
@staff
def surges_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    now = timezone.now()
    found = surges(signed, now)
    context = {
        "found": found,
        "items": [{**one, "chance": _chance(one["surge"].chance)} for one in found.items],
        "since": (now - timedelta(days=6)).date(),
        "now": now,
        "weeks": WEEKS,
        "fewest": FEWEST,
        "factor": FACTOR,
        "once_in": round(1 / ALPHA),
    }
    return field_page(request, signed, "field_surges", "surges.html", context)


def _chance(chance: float) -> str:
    return "不到万分之一" if chance < 0.0001 else f"万分之{chance * 10_000:.0f}"
