"""统计图表: the board. Every number opens the list of exactly its matters, every region the board one level down."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from onedoor.cases import references
from onedoor.cases.queries.choices import divisions
from onedoor.cases.queries.days import today
from onedoor.exchange.board_file import board_workbook
from onedoor.figures.queries import seeing
from onedoor.figures.queries.seeing import Place, place_of
from onedoor.grid.queries.on_map import grid_labels, grid_layer, outlines
from onedoor.people.access_log import log_access
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import SEES_DIVISION, acting, must_act
from onedoor.rules.figures import PERIODS, READS, Period, period
from onedoor.rules.refusal import Refused
from onedoor.rules.seeing import SETS_UP_SCREENS
from onedoor.web.desk import board_tables as tables
from onedoor.web.desk.access import staff
from onedoor.web.desk.board_tables import Table
from onedoor.web.desk.figures import (
    XLSX,
    beside,
    compared_spans,
    filters_of,
    list_address,
    period_asked,
    place_asked,
)
from onedoor.web.desk.grid_map import shapes_answer
from onedoor.web.desk.page import page


@gzip_page  # many addresses that are alike
@require_safe
@staff
def board_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The page, or with `as=xlsx` the same numbers as a workbook."""
    must_act(signed.actors, READS, "查看统计")
    asked = _asked(request)
    faults: dict[str, str] = {}
    chosen, place = period("month", today()), _own_place(signed)
    try:
        chosen, place = _span_and_place(signed, asked)
    except Refused as refused:
        faults = refused.fields
    as_file = request.GET.get("as") == "xlsx" and not faults
    with_grids = as_file or bool(request.GET.get("grids"))
    shown = _Board(signed, chosen, place_of(place), asked["period"], with_grids=with_grids)
    if as_file:
        span = f"{chosen.since}/{chosen.until}"
        log_access(action="figures", account=signed.account, subject=span, reason="导出统计图表")
        book = board_workbook(chosen, shown.place.name, shown.headlines, shown.lights, shown.tables)
        answer = HttpResponse(book, XLSX)
        name = f"board-{chosen.since:%Y%m%d}-{chosen.until:%Y%m%d}.xlsx"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    asked["place"] = shown.place.code
    context = {
        "asked": asked, "faults": faults, "chosen": chosen, "board": shown, "place": shown.place,
        "periods": PERIODS, "divisions": divisions(also=[shown.place.code]), "now": timezone.now(),
        "file": f"{shown.address(shown.place.code)}&as=xlsx",
        "grids_page": f"{shown.address(shown.place.code)}&grids=1#grids",
        "above": [(one, shown.address(one.code)) for one in shown.place.above],
        "sets_up_screens": acting(signed.actors, SETS_UP_SCREENS) is not None,
        "shapes": f"{reverse('desk:board_shapes')}?place={shown.place.code}",
    }  # fmt: skip
    return page(request, signed, "board.html", context, 422 if faults else 200)


@require_safe
@staff
def board_grids(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """How many matters of the same span and place lie in each grid, by its code, for the map; grids without any are
    left out."""
    must_act(signed.actors, READS, "查看统计")
    chosen, key = _span_and_place(signed, _asked(request))
    place = place_of(key)
    facts = references.DivisionFacts(place.id, place.code, place.name, place.path)
    labels = grid_labels(place.path)
    counts = seeing.in_grids(signed.viewer(), filters_of(signed, chosen, facts), [key for key, _, _ in labels])
    body = {code: counts[key].count for key, code, _ in labels if key in counts}
    answer = HttpResponse(orjson.dumps(body), content_type="application/json")
    answer["Cache-Control"] = "no-store, private"
    return answer


def _asked(request: HttpRequest) -> dict[str, str]:
    asked = {name: request.GET.get(name, "").strip() for name in ("period", "since", "until", "place")}
    asked["period"] = asked["period"] or ("" if asked["since"] or asked["until"] else "month")
    return asked


def _span_and_place(signed: SignedIn, asked: dict[str, str]) -> tuple[Period, int]:
    place = place_asked(signed, asked["place"])
    return period_asked(asked), place.id if place else _own_place(signed)


@require_safe
@staff
def board_shapes(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """What the map is drawn of: the divisions below a place, or its grids (`by=grid`). They are about nobody."""
    must_act(signed.actors, READS, "查看统计")
    place = place_asked(signed, request.GET.get("place", "").strip())
    path = place.path if place else (signed.root,)
    return shapes_answer(request, grid_layer([path]) if request.GET.get("by") == "grid" else outlines(path))


def _own_place(signed: SignedIn) -> int:
    """Where somebody looks first: the division of his post; a unit's lead has matters anywhere."""
    actor = acting(signed.actors, READS & SEES_DIVISION)
    return actor.division if actor and not signed.viewer().whole_tree else signed.root


class _Board:
    """All that one board shows."""

    def __init__(self, signed: SignedIn, chosen: Period, place: Place, code: str, *, with_grids: bool) -> None:
        self.place, self._chosen, self._code = place, chosen, code
        self._facts = references.DivisionFacts(place.id, place.code, place.name, place.path)
        viewer, filters = signed.viewer(), filters_of(signed, chosen, self._facts)
        seen = seeing.seen(viewer, filters, len(place.path))
        names = seeing.names(seen)
        still = seeing.still_open(viewer, filters, today())
        self.count, self.open = seen.count, still.count
        self.open_list = self._list("open", {"since": "", "until": ""})
        self.headlines = self._headlines(signed)
        self.lights = tables.lights_of(still, self._list)
        self.ages = tables.ages_of(still, today(), self._list)
        self.days = tables.days_of(seen, chosen, self._list)
        self.divisions = tables.divisions_of(seen, names, place, self._list, self.address)
        self.grids = self._grids(signed) if with_grids else None
        self.grid_list = self._list("registered", {"place": "GRID", "alone": "1"})
        self.categories = tables.categories_of(seen, names, self._list)
        self.kinds = tables.kinds_of(seen, names, self._list)
        self.channels = tables.channels_of(seen, self._list)
        self.flow = tables.flow_of(seen, self._list)
        self.hours = tables.hours_of(seen, self._list)
        self.units = tables.units_of(seen, names, self._list)
        self.levels = tables.levels_of(seen, self._list)

    @property
    def tables(self) -> list[Table]:
        grids = [self.grids] if self.grids else []
        return [
            self.ages, self.days, self.divisions, *grids, self.categories, self.kinds, self.channels, self.flow,
            self.hours, self.units, self.levels,
        ]  # fmt: skip

    def address(self, code: str, of: str = "desk:board") -> str:
        """The same board for another place, or another address of the same span and place."""
        span = f"period={self._code}" if self._code else f"since={self._chosen.since}&until={self._chosen.until}"
        return f"{reverse(of)}?{span}&place={code}"

    def grids_address(self) -> str:
        return self.address(self.place.code, "desk:board_grids")

    def _list(self, condition: str, more: Mapping[str, str] | None = None) -> str:
        return list_address(condition, self._chosen, self._facts, more)

    def _grids(self, signed: SignedIn) -> Table:
        labels = grid_labels(self.place.path)
        filters = filters_of(signed, self._chosen, self._facts)
        counts = seeing.in_grids(signed.viewer(), filters, [key for key, _, _ in labels])
        return tables.grids_of(counts, labels, self._list)

    def _headlines(self, signed: SignedIn) -> list[dict[str, Any]]:
        spans = compared_spans(self._chosen)
        counted = [seeing.headlines(signed.viewer(), filters_of(signed, one, self._facts)) for one in spans]
        return beside(counted, spans, self._facts)
