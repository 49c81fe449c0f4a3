"""接待统计: batches and persons of a period beside the period before and the year before, and broken down."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from onedoor.cases.queries.choices import divisions
from onedoor.cases.queries.days import today
from onedoor.exchange.visit_figures_file import workbook
from onedoor.hall.queries.visit_figures import BY_NAMES, VisitCounts, count_visits
from onedoor.people.access_log import log_access
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import must_act
from onedoor.rules.figures import PERIODS, change, percent, period
from onedoor.rules.refusal import Refused
from onedoor.rules.visits import READS_VISIT_FIGURES, REPRESENTATIVES
from onedoor.web.desk.access import staff
from onedoor.web.desk.figures import XLSX, period_asked, place_asked
from onedoor.web.desk.page import page


@staff
def visit_figures_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The page, or with `as=xlsx` the same as a workbook."""
    must_act(signed.actors, READS_VISIT_FIGURES, "查看接待统计")
    asked = {name: request.GET.get(name, "").strip() for name in ("period", "since", "until", "place", "by")}
    faults: dict[str, str] = {}
    asked["period"] = asked["period"] or ("" if asked["since"] or asked["until"] else "year")
    place, chosen = None, period("year", today())
    try:
        place = place_asked(signed, asked["place"])
        chosen = period_asked(asked)
    except Refused as refused:
        faults = refused.fields
    by = asked["by"] if asked["by"] in BY_NAMES else "month"
    at = place.id if place is not None else None
    spans = (chosen, chosen.before(), chosen.year_before())
    now, then, last = (count_visits(signed.actors, one, place=at)[0] for one in spans)
    groups = [_shown(one) for one in count_visits(signed.actors, chosen, by, place=at)]
    if request.GET.get("as") == "xlsx" and not faults:
        span = f"{chosen.since}/{chosen.until}"
        log_access(action="figures", account=signed.account, subject=span, reason="导出接待统计", rows=len(groups))
        totals = [
            (f"{one.since}至{one.until}", _shown(counts)) for one, counts in zip(spans, (now, then, last), strict=True)
        ]
        answer = HttpResponse(workbook(chosen, place.name if place else "全部", totals, BY_NAMES[by], groups), XLSX)
        answer["Content-Disposition"] = (
            f'attachment; filename="visits-{chosen.since:%Y%m%d}-{chosen.until:%Y%m%d}.xlsx"'
        )
        return answer
    query = request.GET.copy()
    query["as"] = "xlsx"
    context = {
        "asked": asked, "faults": faults, "chosen": chosen, "place": place, "periods": PERIODS, "by": by,
        "by_names": BY_NAMES, "groups": groups, "most": max((one["batches"] for one in groups), default=0),
        "total": _shown(now), "compared": _compared(now, then, last), "divisions": divisions(),
        "representatives": REPRESENTATIVES, "now": timezone.now(), "file": f"?{query.urlencode()}",
    }  # fmt: skip
    return page(request, signed, "visit_figures.html", context, 422 if faults else 200)


def _shown(one: VisitCounts) -> dict[str, Any]:
    return {
        "name": one.name, "batches": one.batches, "persons": one.persons, "joint": one.joint,
        "joint_persons": one.joint_persons, "ended": one.ended, "answered": one.answered,
        "registered": one.registered, "rate": percent(one.answered, one.ended),
    }  # fmt: skip


def _compared(now: VisitCounts, then: VisitCounts, last: VisitCounts) -> list[dict[str, Any]]:
    """The rows of the first table."""
    rows = [
        {"label": label, "now": here, "before": before, "before_change": change(here, before), "year": year,
         "year_change": change(here, year)}
        for label, here, before, year in (
            ("接待批次", now.batches, then.batches, last.batches),
            ("接待人次", now.persons, then.persons, last.persons),
            (f"超过{REPRESENTATIVES}人批次", now.joint, then.joint, last.joint),
            ("登记为事项", now.registered, then.registered, last.registered),
        )
    ]  # fmt: skip
    rates = [percent(one.answered, one.ended) for one in (now, then, last)]
    rows.append(
        {"label": "当场答复率", "now": rates[0], "part": now.answered, "whole": now.ended, "before": rates[1],
         "year": rates[2]}
    )  # fmt: skip
    return rows
