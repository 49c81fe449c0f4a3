"""统计: figures of a period beside the period before and the year before; every number opens its list."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page

from onedoor.cases import references
from onedoor.cases.queries.cases import Filters
from onedoor.cases.queries.choices import divisions
from onedoor.cases.queries.days import today
from onedoor.cases.queries.figures import (
    BY_NAMES,
    NONE,
    Counted,
    count_figures,
    figure_by,
    limits_of,
    part_of,
    shown_to,
)
from onedoor.cases.references import DivisionFacts
from onedoor.exchange.figures_file import workbook
from onedoor.people.access_log import log_access
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import must_act
from onedoor.rules.figures import CONDITIONS, FIGURES, PERIODS, READS, Period, change, daily, percent, period, yuan
from onedoor.rules.intake import CHANNELS
from onedoor.rules.refusal import Refused, invalid
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page

BROKEN_DOWN = ("registered", "closing", "on_time_closing", "resolution")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TURNS = ("环比", "同比")  # the change against the period before, and against the year before
# how the list is narrowed to one group of a table
_LIST = {"category": "category", "channel": "channel", "division": "place", "unit": "lead"}


@gzip_page  # many addresses that are alike
@staff
def figures_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The page, or with `as=xlsx` the same as a workbook."""
    must_act(signed.actors, READS, "查看统计")
    asked = {name: request.GET.get(name, "").strip() for name in ("period", "since", "until", "place", "by")}
    faults: dict[str, str] = {}
    asked["period"] = asked["period"] or ("" if asked["since"] or asked["until"] else "month")
    place, chosen = None, period("month", today())
    try:
        place = place_asked(signed, asked["place"])
        chosen = period_asked(asked)
    except Refused as refused:
        faults = refused.fields
    by = asked["by"] if asked["by"] in BY_NAMES else "category"
    found = _counted(signed, chosen, place)
    groups = _groups(signed, chosen, place, by)
    if request.GET.get("as") == "xlsx" and not faults:
        span = f"{chosen.since}/{chosen.until}"
        log_access(action="figures", account=signed.account, subject=span, reason="导出统计", rows=len(groups))
        answer = HttpResponse(workbook(chosen, place.name if place else "全部", found, BY_NAMES[by], groups), XLSX)
        name = f"figures-{chosen.since:%Y%m%d}-{chosen.until:%Y%m%d}.xlsx"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    context = {
        "asked": asked, "faults": faults, "chosen": chosen, "place": place, "found": found, "periods": PERIODS,
        "by": by, "by_names": BY_NAMES, "groups": groups, "divisions": divisions(),
        "columns": [FIGURES[name] for name in BROKEN_DOWN], "now": timezone.now(),
        "file": f"?{_query(request)}&as=xlsx",
    }  # fmt: skip
    return page(request, signed, "figures.html", context, 422 if faults else 200)


def place_asked(signed: SignedIn, code: str) -> DivisionFacts | None:
    if not code:
        return None
    _, places = references.places([], [code] if "\0" not in code else [])
    if code not in places:
        raise invalid("place", "没有这个区划。")
    return places[code]


def period_asked(asked: dict[str, str]) -> Period:
    if asked["period"] in PERIODS:
        return period(asked["period"], today())
    try:
        since, until = date.fromisoformat(asked["since"]), date.fromisoformat(asked["until"])
    except ValueError:
        raise invalid("since", "请填写起止日期，如 2026-03-01 至 2026-03-31。") from None
    if not date(1950, 1, 1) <= since <= until <= date(2150, 1, 1):
        raise invalid("since", "结束日期不能早于开始日期。")
    return Period("所选时段", since, until)


def filters_of(signed: SignedIn, chosen: Period, place: DivisionFacts | None) -> Filters:
    at = place.id if place is not None and place.id != signed.root else None
    since, until = limits_of(chosen)
    return Filters(root=signed.root, place=at, since=since, until=until, now=timezone.now())


def _counted(signed: SignedIn, chosen: Period, place: DivisionFacts | None) -> list[dict[str, Any]]:
    """Each figure with its numbers, as addresses of lists, and its two comparisons."""
    viewer = signed.viewer()
    figures = shown_to(viewer)
    spans = compared_spans(chosen)
    counted = [count_figures(viewer, filters_of(signed, one, place), figures) for one in spans]
    return [
        {**one, "daily": daily(one["part"], chosen.since, chosen.until) if one["plain"] else ""}
        for one in beside(counted, spans, place)
    ]


def compared_spans(chosen: Period) -> tuple[Period, Period, Period]:
    """The period, the one before it and the same of the year before."""
    return chosen, chosen.before(), chosen.year_before()


def beside(
    counted: Sequence[Sequence[Counted]], spans: Sequence[Period], place: DivisionFacts | None
) -> list[dict[str, Any]]:
    """Figures as counted of `compared_spans`: each with the list of its part and of its whole, and so what it is
    compared with, under `then`."""
    return [
        {
            **_with_lists(now, spans[0], place),
            "figure": now.figure,
            "plain": now.whole is None and now.fen is None,
            "part_words": CONDITIONS[now.figure.part],
            "whole_words": CONDITIONS[now.figure.whole] if now.figure.whole else "",
            "then": [
                {**_with_lists(one, span, place), "name": span.name, "change": compared(now, one), "turn": turn}
                for one, span, turn in zip(earlier, spans[1:], TURNS, strict=True)
            ],
        }
        for now, *earlier in zip(*counted, strict=True)
    ]


def _with_lists(one: Counted, span: Period, place: DivisionFacts | None) -> dict[str, Any]:
    return {
        "said": said(one),
        "part": one.part,
        "whole": one.whole,
        "money": one.fen is not None,
        "part_list": list_address(part_of(one.figure), span, place),
        "whole_list": list_address(one.figure.whole, span, place) if one.figure.whole else "",
    }


def said(one: Counted) -> str:
    if one.fen is not None:
        return yuan(one.fen)
    return str(one.part) if one.whole is None else percent(one.part, one.whole)


def compared(one: Counted, earlier: Counted) -> str:
    """A change of counts; of rates both are shown, and no difference of percentages is made of them."""
    if one.fen is not None and earlier.fen is not None:
        return change(one.fen, earlier.fen)
    return change(one.part, earlier.part) if one.whole is None else ""


def _groups(signed: SignedIn, chosen: Period, place: DivisionFacts | None, by: str) -> list[dict[str, Any]]:
    figures = [FIGURES[name] for name in BROKEN_DOWN]
    depth = len(place.path) if place is not None else 1
    found = figure_by(signed.viewer(), filters_of(signed, chosen, place), figures, by, depth=depth)
    most = max((row["counted"][0].part for row in found), default=0)
    return [
        {
            "name": CHANNELS[row["key"]] if by == "channel" else row["name"],
            "most": most,
            "counted": [
                {
                    "label": one.figure.label,
                    "said": said(one),
                    "part": one.part,
                    "whole": one.whole,
                    "list": _list_of(part_of(one.figure), chosen, place, by, row["key"]),
                    "whole_list": _list_of(one.figure.whole or "all", chosen, place, by, row["key"]),
                }
                for one in row["counted"]
            ],
        }
        for row in found
    ]


def _list_of(condition: str, chosen: Period, place: DivisionFacts | None, by: str, key: str) -> str:
    """The list of one number of a table."""
    more: dict[str, str] = {}
    if by == "month":
        chosen = chosen.month_of(date.fromisoformat(f"{key}-01"))
    elif by == "division" and key == NONE:
        more["alone"] = "1"
    else:
        more[_LIST[by]] = key
    return list_address(condition, chosen, place, more)


def list_address(
    condition: str, chosen: Period, place: DivisionFacts | None, more: Mapping[str, str] | None = None
) -> str:
    """The list of the matters of one number; `more` narrows it, and "" takes a limit of the period away."""
    query = QueryDict(mutable=True)
    query.update({"condition": condition, "since": chosen.since.isoformat(), "until": chosen.until.isoformat()})
    if place is not None:
        query["place"] = place.code
    for name, value in (more or {}).items():
        query[name] = value  # a division below takes the place of the one above
        if not value:
            del query[name]
    return f"{reverse('desk:cases')}?{query.urlencode()}"


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("as", None)
    return query.urlencode()
