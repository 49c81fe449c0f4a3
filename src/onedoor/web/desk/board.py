"""统计图表: the board. Every number opens the list of exactly its matters, every region the board one level down."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from onedoor.cases import references
from onedoor.cases.queries.choices import divisions
from onedoor.cases.queries.days import today
from onedoor.cases.queries.figures import part_of
from onedoor.exchange.board_file import board_workbook
from onedoor.figures.queries import seeing
from onedoor.figures.queries.seeing import Place, place_of
from onedoor.grid.queries.on_map import grid_labels, grid_layer, outlines
from onedoor.people.access_log import log_access
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import SEES_DIVISION, acting, must_act
from onedoor.rules.figures import CONDITIONS, PERIODS, READS, Period, period
from onedoor.rules.refusal import Refused
from onedoor.rules.seeing import SETS_UP_SCREENS
from onedoor.web.desk import board_tables as tables
from onedoor.web.desk.access import staff
from onedoor.web.desk.figures import XLSX, compared, filters_of, list_address, period_asked, place_asked, said
from onedoor.web.desk.grid_map import shapes_answer
from onedoor.web.desk.page import page


@gzip_page  # many addresses that are alike
@require_safe
@staff
def board_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The page, or with `as=xlsx` the same numbers as a workbook."""
    must_act(signed.actors, READS, "查看统计")
    asked = {name: request.GET.get(name, "").strip() for name in ("period", "since", "until", "place")}
    asked["period"] = asked["period"] or ("" if asked["since"] or asked["until"] else "month")
    faults: dict[str, str] = {}
    chosen, place = period("month", today()), _own_place(signed)
    try:
        if asked["place"]:
            found = place_asked(signed, asked["place"])
            place = found.id if found else place
        chosen = period_asked(asked)
    except Refused as refused:
        faults = refused.fields
    shown = _Board(signed, chosen, place_of(place), asked["period"])
    if request.GET.get("as") == "xlsx" and not faults:
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
        "above": [(one, shown.address(one.code)) for one in shown.place.above],
        "sets_up_screens": acting(signed.actors, SETS_UP_SCREENS) is not None,
        "shapes": f"{reverse('desk:board_shapes')}?place={shown.place.code}",
    }  # fmt: skip
    return page(request, signed, "board.html", context, 422 if faults else 200)


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

    def __init__(self, signed: SignedIn, chosen: Period, place: Place, code: str) -> None:
        self.place, self._chosen, self._code = place, chosen, code
        self._facts = references.DivisionFacts(place.id, place.code, place.name, place.path)
        viewer, filters = signed.viewer(), filters_of(signed, chosen, self._facts)
        seen = seeing.seen(viewer, filters)
        names = seeing.names(seen, len(place.path))
        still = seeing.still_open(viewer, filters, today())
        self.count, self.open = seen.count, still.count
        self.open_list = self._list("open", {"since": "", "until": ""})
        self.headlines = self._headlines(signed)
        self.lights = tables.lights_of(still, self._list)
        self.ages = tables.ages_of(still, today(), self._list)
        self.days = tables.days_of(seen, chosen, self._list)
        self.divisions = tables.divisions_of(seen, names, place, self._list, self.address)
        self.grids = tables.grids_of(seen, grid_labels(place.path), self._list)
        # the page lists the first of them, the map draws all
        self.grid_counts = {row.key: row.cells[0].count for row in self.grids.rows}
        self.grid_list = self._list("registered", {"place": "GRID", "alone": "1"})
        self.categories = tables.categories_of(seen, names, self._list)
        self.kinds = tables.kinds_of(seen, names, self._list)
        self.channels = tables.channels_of(seen, self._list)
        self.flow = tables.flow_of(seen, self._list)
        self.hours = tables.hours_of(seen, self._list)
        self.units = tables.units_of(seen, names, self._list)
        self.levels = tables.levels_of(seen, self._list)

    @property
    def tables(self) -> list[tables.Table]:
        return [
            self.ages, self.days, self.divisions, self.grids, self.categories, self.kinds, self.channels, self.flow,
            self.hours, self.units, self.levels,
        ]  # fmt: skip

    def address(self, code: str) -> str:
        """The same board for another place."""
        span = f"period={self._code}" if self._code else f"since={self._chosen.since}&until={self._chosen.until}"
        return f"{reverse('desk:board')}?{span}&place={code}"

    def _list(self, condition: str, more: Mapping[str, str] | None = None) -> str:
        return list_address(condition, self._chosen, self._facts, more)

    def _headlines(self, signed: SignedIn) -> list[dict[str, Any]]:
        viewer = signed.viewer()
        now, then, last = (
            seeing.headlines(viewer, filters_of(signed, one, self._facts))
            for one in (self._chosen, self._chosen.before(), self._chosen.year_before())
        )
        return [
            {
                "figure": one.figure,
                "said": said(one),
                "part": one.part,
                "whole": one.whole,
                "part_list": self._list(part_of(one.figure)),
                "whole_list": self._list(one.figure.whole) if one.figure.whole else "",
                "part_words": CONDITIONS[one.figure.part],
                "whole_words": CONDITIONS[one.figure.whole] if one.figure.whole else "",
                "before": compared(one, before),
                "before_said": said(before),
                "year": compared(one, year),
                "year_said": said(year),
            }
            for one, before, year in zip(now, then, last, strict=True)
        ]
