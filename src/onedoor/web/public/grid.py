"""我的网格, for everybody: whose grid it is, and whom to ring there. Nothing of who asks is kept."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from onedoor.grid.queries.grids import places_with_grids, shown_grid, trail_of
from onedoor.grid.queries.lookup import grid_at
from onedoor.people.models import Division
from onedoor.rules.geo import check_point
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.web.public.page import public, public_page

FAR = 3_000.0  # metres beyond which the nearest grid is no help


@csrf_exempt  # it looks something up and changes nothing; and so the page may be packed
@require_http_methods(["GET", "HEAD", "POST"])
@public
def grid_page(request: HttpRequest) -> HttpResponse:
    """Level by level down to a grid; POST with `lon` and `lat` finds the one of a place. That comes in the body,
    so that no log and no history has it."""
    if request.method == "POST":
        return _by_position(request)
    code = request.GET.get("at", "").replace("\0", "\ufffd")[:20]
    here = Division.objects.filter(code=code).first() if code else None
    if code and here is None:
        raise Refused(NOT_FOUND, "没有这个地方。")
    return _shown(request, here)


def _by_position(request: HttpRequest) -> HttpResponse:
    try:
        lon, lat = check_point(*(float(request.POST.get(name, "")) for name in ("lon", "lat")))
    except (ValueError, Refused):
        return _shown(request, None, told="没有得到您的位置，请按下面的地名找。", status=422)
    found = grid_at(lon, lat)
    if found is None or found.distance_m > FAR:
        return _shown(request, None, told="您的位置不在已公布的网格里，请按下面的地名找。")
    told = "您的位置在这个网格里。"
    if not found.inside:
        told = f"您的位置不在任何网格里，最近的是这个，约{max(10, round(found.distance_m, -1)):.0f}米。"
    return _shown(request, Division.objects.get(pk=found.division_id), told=told, over=found.special)


def _shown(
    request: HttpRequest, here: Division | None, *, told: str = "", over: object = None, status: int = 200
) -> HttpResponse:
    context = {
        "grid": shown_grid(here.pk) if here else None,
        "over": over,
        "told": told,
        "trail": [one for one in trail_of(here) if one.parent_id is not None] if here else [],
        "places": places_with_grids(here.pk if here else None),
    }
    return public_page(request, "public/grid.html", context, status, personal=request.method == "POST")
