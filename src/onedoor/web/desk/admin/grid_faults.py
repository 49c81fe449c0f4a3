"""What is wrong with the shapes of grids, listed and on the map; and all of them to take away."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from onedoor.grid.queries import faults as checking
from onedoor.grid.queries.grids import whole_table
from onedoor.grid.queries.on_map import grid_layer
from onedoor.people.models import Division
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.web.desk.admin.access import administrator
from onedoor.web.desk.admin.fields import whole
from onedoor.web.desk.admin.grids import place_of
from onedoor.web.desk.admin.paging import kept
from onedoor.web.desk.grid_map import map_page, shapes_answer
from onedoor.web.grid_table import as_geojson, as_workbook

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@administrator
def fault_list(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    tolerance, below = _fault_filters(request)
    found = checking.faults(below=below.pk if below else None, tolerance=float(tolerance))
    context = {
        "found": found,
        "items": [
            {
                "number": number,
                "one": one,
                "what": checking.FAULT_NAMES[one.kind],
                "grids": list(zip(one.codes, one.names, strict=True)),
            }
            for number, one in enumerate(found.items, 1)
        ],
        "tolerance": tolerance,
        "below": below,
        "most": checking.MOST_FAULTS,
        "query": request.GET.urlencode(),
    }
    return map_page(request, signed, "admin/grid_faults.html", context)


@require_safe
@administrator
def fault_shapes(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    tolerance, below = _fault_filters(request)
    layer = grid_layer([below.path if below else [signed.root]])
    found = checking.faults(below=below.pk if below else None, tolerance=float(tolerance))
    for number, one in enumerate(found.items, 1):
        properties = {"code": "", "name": f"第{number}处：{checking.FAULT_NAMES[one.kind]}", "kind": "fault"}
        layer["features"].append({"type": "Feature", "properties": properties, "geometry": one.shape})
    return shapes_answer(request, layer)


def _fault_filters(request: HttpRequest) -> tuple[int, Division | None]:
    tolerance = whole(request.GET.get("tolerance", ""), 0, 1_000_000)
    return int(checking.TOLERANCE) if tolerance is None else tolerance, place_of(kept(request, ("below",))["below"])


@require_safe
@administrator
def export(request: HttpRequest, signed: SignedIn, by: By, kind: str) -> HttpResponse:
    """Everything in use at or below a place, as GeoJSON or as a workbook; both can be imported again."""
    below = place_of(kept(request, ("below",))["below"])
    table = whole_table(below.pk if below else None)
    by.log("export", "网格", f"{kind}，{len(table)} 个")
    body, media = (as_workbook(table), _WORKBOOK) if kind == "xlsx" else (as_geojson(table), "application/geo+json")
    answer = HttpResponse(body, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="grids-{timezone.localdate():%Y%m%d}.{kind}"'
    return answer
