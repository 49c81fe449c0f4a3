"""Figures over HTTP: a rate with its numerator, denominator and formula."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from onedoor.api.cases import answer
from onedoor.api.session import who
from onedoor.cases.queries.cases import Filters
from onedoor.cases.queries.days import today
from onedoor.cases.queries.figures import Counted, count_figures, figure_by, limits_of, part_of, shown_to
from onedoor.cases.references import places, units_by_code
from onedoor.rules.access import must_act
from onedoor.rules.figures import READS, Period, percent, period
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid

router = Router()


class FiguresQuery(Schema):
    since: str = Field("", alias="from")
    until: str = Field("", alias="to")
    division: str = ""
    unit: str = ""
    by: str = ""


@router.get("/{name}", summary="统计指标")
def one_figure(request: HttpRequest, name: str, query: Query[FiguresQuery]) -> HttpResponse:
    """One figure of the matters registered between two days (this month unless given), whole or broken down `by`
    category, channel, division, unit or month. `division`: where they happened; `unit`: who leads them.
    `condition` and `whole_condition` are what `GET /cases?condition=` lists."""
    signed = who(request)
    must_act(signed.actors, READS, "查看统计")
    viewer = signed.viewer()
    figure = next((one for one in shown_to(viewer) if one.name == name), None)
    if figure is None:
        raise Refused(NOT_FOUND, "没有这项指标。")
    chosen = _period(query)
    place = lead = None
    depth = 1
    if query.division:
        found = places([], [query.division] if "\0" not in query.division else [])[1].get(query.division)
        if found is None:
            raise invalid("division", "没有这个区划。")
        place, depth = found.id, len(found.path)
    if query.unit:
        unit = units_by_code([query.unit] if "\0" not in query.unit else []).get(query.unit)
        if unit is None:
            raise invalid("unit", "没有这个单位。")
        lead = unit.id
    since, until = limits_of(chosen)
    filters = Filters(
        root=signed.root, place=place if place != signed.root else None, lead=lead, since=since, until=until,
        now=timezone.now(),
    )  # fmt: skip
    if query.by:
        rows = [
            {"key": row["key"], "name": row["name"], **_row(row["counted"][0])}
            for row in figure_by(viewer, filters, [figure], query.by, depth=depth)
        ]
    else:
        rows = [{"key": "", "name": "", **_row(count_figures(viewer, filters, [figure])[0])}]
    return answer(
        request,
        {
            "name": figure.name,
            "label": figure.label,
            "formula": figure.formula,
            "source": figure.source,
            "unsure": figure.unsure,
            "from": chosen.since.isoformat(),
            "to": chosen.until.isoformat(),
            "condition": part_of(figure),
            "whole_condition": figure.whole,
            "rows": rows,
        },
    )


def _row(one: Counted) -> dict[str, Any]:
    """`value` is written as the rule rounds it; `amount` is in 分."""
    value = percent(one.part, one.whole) if one.whole is not None else str(one.part)
    return {"numerator": one.part, "denominator": one.whole, "amount": one.fen, "value": value}


def _period(query: FiguresQuery) -> Period:
    if not query.since and not query.until:
        return period("month", today())
    fields: dict[str, date] = {}
    for field, text in (("from", query.since), ("to", query.until)):
        try:
            fields[field] = date.fromisoformat(text)
        except ValueError:
            raise invalid(field, "日期应为 2026-03-01 的样子，from 和 to 都要有。") from None
    if not date(1950, 1, 1) <= fields["from"] <= fields["to"] <= date(2150, 1, 1):
        raise invalid("to", "to 不能早于 from。")
    return Period("", fields["from"], fields["to"])
