"""网格地图: the grid layer, and on it the matters that a person may see, gathered into marks."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone
from django.views.decorators.http import require_safe

from onedoor.cases.queries.cases import Filters
from onedoor.cases.queries.points import by_division, points
from onedoor.grid.queries.on_map import Bounds, grid_layer, version
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import must_act
from onedoor.rules.flow import FINISHED, STAGE_NAMES
from onedoor.rules.grids import SEES_MAP
from onedoor.rules.refusal import invalid
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import POLICY, page
from onedoor.web.ranges import sent_in_ranges

SHOWN = {"open": "没有办结的", "today": "今天登记的"}
_OPEN = tuple(str(stage) for stage in STAGE_NAMES if stage not in FINISHED)
_packed = GZipMiddleware(lambda request: HttpResponse())


def map_page(
    request: HttpRequest, signed: SignedIn, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page with a map: it may also ask the host of the base map for tiles, where one is configured."""
    answer = page(request, signed, template, {**context, "base_map": base_map()}, status)
    hosts = " ".join(settings.MAP_HOSTS)
    if hosts:
        opened = POLICY.replace("img-src 'self' data:", f"img-src 'self' data: blob: {hosts}")
        answer["Content-Security-Policy"] = f"{opened}; connect-src 'self' {hosts}"
    return answer


def base_map() -> str:
    """What the script needs to know of the base map, as JSON; nothing of it without one."""
    file = settings.MAP_FILE
    if file is not None and file.exists():
        return orjson.dumps({"pmtiles": "/desk/map/base", "credit": settings.MAP_CREDIT}).decode()
    if settings.MAP_TILES:
        return orjson.dumps({"tiles": settings.MAP_TILES, "credit": settings.MAP_CREDIT}).decode()
    return ""


@require_safe
@staff
def show_map(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Without a script it is the table: where most of them are."""
    must_act(signed.actors, SEES_MAP, "看网格地图")
    shown = _shown(request)
    context = {
        "shown": shown,
        "choices": SHOWN,
        "most": by_division(signed.viewer(), _filters(shown)),
        "since": timezone.localdate().isoformat() if shown == "today" else "",
    }
    return map_page(request, signed, "map.html", context)


@require_safe
@staff
def layer(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The grids of the viewer's own area."""
    paths = own_area(signed)
    return shapes_answer(request, grid_layer(paths, _bounds(request)))


@require_safe
@staff
def marks(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Matters within the bounds that the viewer may see, as marks."""
    must_act(signed.actors, SEES_MAP, "看网格地图")
    bounds = _bounds(request)
    if bounds is None:
        raise invalid("bounds", "请给出地图的范围。")
    found = points(signed.viewer(), _filters(_shown(request)), bounds)
    body = {"marks": found.marks, "count": found.count, "without": found.without, "capped": found.capped}
    answer = HttpResponse(orjson.dumps(body), content_type="application/json")
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_safe
@staff
def base_file(request: HttpRequest, signed: SignedIn) -> HttpResponseBase:
    """The archive of the base map, in ranges."""
    file = settings.MAP_FILE
    if file is None or not file.exists():
        raise Http404
    stamp = file.stat()
    digest = sha256(f"{stamp.st_mtime_ns}-{stamp.st_size}".encode()).hexdigest()[:32]
    return sent_in_ranges(request, file, "application/vnd.pmtiles", digest)


def own_area(signed: SignedIn) -> list[Sequence[int]]:
    """The paths of the divisions at which the viewer's posts look, of those that open the map."""
    must_act(signed.actors, SEES_MAP, "看网格地图")
    return [actor.division_path for actor in signed.actors if actor.role in SEES_MAP]


def shapes_answer(request: HttpRequest, collection: dict[str, Any]) -> HttpResponse:
    """Shapes as GeoJSON, packed; they are about nobody."""
    body = orjson.dumps(collection)
    mark = f'"{version()}-{sha256(body).hexdigest()[:16]}"'
    answer = HttpResponse(body, content_type="application/geo+json")
    if request.headers.get("If-None-Match") in (mark, f"W/{mark}"):
        answer = HttpResponse(status=304)
    answer["ETag"], answer["Cache-Control"] = mark, "no-cache, private"
    if answer.status_code == 200:
        _packed.process_response(request, answer)
    return answer


def _shown(request: HttpRequest) -> str:
    shown = request.GET.get("show", "")
    return shown if shown in SHOWN else "open"


def _filters(shown: str) -> Filters:
    if shown == "today":
        return Filters(since=timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0))
    return Filters(stages=_OPEN)


def _bounds(request: HttpRequest) -> Bounds | None:
    """`bounds=west,south,east,north` in degrees."""
    text = request.GET.get("bounds", "")
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise invalid("bounds", "地图范围要是四个数。") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise invalid("bounds", "地图范围不对。")
    return west, south, east, north
