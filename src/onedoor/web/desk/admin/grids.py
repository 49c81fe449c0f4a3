"""网格: the list by place and state, one grid with its shape and contacts."""

from typing import Any

import orjson
import shapely
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.grid.queries.faults import square_metres
from onedoor.grid.queries.grids import (
    STATES,
    OneGrid,
    grid_figures,
    list_grids,
    one_grid,
    places_with_grids,
    trail_of,
)
from onedoor.grid.queries.on_map import grid_layer
from onedoor.grid.steps import grids as steps
from onedoor.people.models import Division
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import ROLE_NAMES
from onedoor.rules.geo import SYSTEMS
from onedoor.rules.grids import CONTACT_KINDS, GRID_KINDS
from onedoor.rules.refusal import Refused
from onedoor.web.desk.admin.access import administrator, attempt, done_or_told, not_there
from onedoor.web.desk.admin.fields import Fields, divisions
from onedoor.web.desk.admin.paging import address_with, kept
from onedoor.web.desk.grid_map import map_page, shapes_answer
from onedoor.web.grid_table import drawn

FILTERS = ("q", "kind", "state", "below", "after")


@require_safe
@administrator
def grid_list(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """Grids at or below one place, which is walked down to like the tree of divisions."""
    values = kept(request, FILTERS)
    here = place_of(values["below"])
    kind = values["kind"] if values["kind"] in GRID_KINDS else ""
    state = values["state"] if values["state"] in STATES else ""
    found = list_grids(q=values["q"], below=here.pk if here else None, kind=kind, state=state, after=values["after"])
    context = {
        "values": values,
        "items": found.items,
        "next": address_with("desk:admin_grids", values, found.following) if found.following else "",
        "kinds": GRID_KINDS,
        "states": STATES,
        "figures": grid_figures(),
        "trail": [one for one in trail_of(here) if one.parent_id is not None] if here else [],
        "places": [one for one in places_with_grids(here.pk if here else None) if one.grids],
        "filtered": any(values[name] for name in ("q", "kind", "state", "below")),
    }
    return map_page(request, signed, "admin/grids.html", context)


def place_of(code: str) -> Division | None:
    if not code:
        return None
    found = Division.objects.filter(code=code).first()
    if found is None:
        raise not_there("区划")
    return found


@require_http_methods(["GET", "POST"])
@administrator
def new_grid(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("code", "parent", *steps.FIELDS)}
    refused = None
    if request.method == "POST":
        refused = attempt(lambda: steps.add_grid(by=by, code=given["code"], parent=given["parent"], given=given))
        if refused is None:
            messages.success(request, f"已新增“{given['name'].strip()}”，接着画范围、登记联系人。")
            return HttpResponseRedirect(_address(given["code"].strip()))
    else:
        given |= {"kind": "ordinary", "parent": request.GET.get("parent", "")[:120]}
    form = Fields(given, refused)
    context = {
        "refused": refused,
        "fields": [
            form.text(
                "code",
                "代码",
                help="自定，用小写字母和数字，定下后不能改。通常为村（社区）代码加顺序号，如 …201g01。",
            ),
            form.place("parent", "上级", divisions(), help="所在的村、社区，或上级网格；填名称或代码。"),
            *_basics(form),
        ],
    }
    return map_page(request, signed, "admin/grid_new.html", context, 422 if refused else 200)


def _basics(form: Fields) -> list[Any]:
    return [
        form.text("name", "名称"),
        form.one("kind", "类别", GRID_KINDS),
        form.text(
            "level_name", "称谓", required=False, help="本地怎么叫这一级，如 网格、片区、微网格；不填则随类别。"
        ),
        form.text("shown_name", "公示的网格员", required=False, help="居民在“我的网格”里看到的名字。"),
        form.text("shown_phone", "公示的电话", required=False, help="用岗位电话，不用私人电话。"),
        form.number("households", "户数", required=False),
    ]


@require_http_methods(["GET", "POST"])
@administrator
def edit_grid(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    found = _one(code)
    if request.method == "GET":
        return _shown(request, signed, found)
    given = {name: request.POST.get(name, "") for name in steps.FIELDS}
    refused = attempt(lambda: steps.change_grid(by=by, grid=found.grid.pk, given=given))
    if refused is not None:
        return _shown(request, signed, found, basics=refused)
    messages.success(request, "已保存。")
    return HttpResponseRedirect(_address(code))


@require_POST
@administrator
def shape(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    """From the text, or from the file where one was chosen."""
    found = _one(code)
    text, system = request.POST.get("shape", "").strip(), request.POST.get("system", "cgcs2000")
    sent = request.FILES.get("file")
    if sent is not None and not isinstance(sent, list):
        text = sent.read(2 * 1024 * 1024).decode("utf-8-sig", "replace").strip()

    def draw() -> object:
        # a shape that was drawn is checked twice: what is kept is always in the national system
        area = drawn(text, system) if text else None
        return steps.draw_grid(by=by, grid=found.grid.pk, shape=area)

    refused = attempt(draw)
    if refused is not None:
        return _shown(request, signed, found, shaping=refused)
    messages.success(request, "范围已保存。" if text else "范围已清除。")
    return HttpResponseRedirect(_address(code))


@require_POST
@administrator
def switch(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    found, active = _one(code), bool(request.POST.get("active"))
    return done_or_told(
        request,
        lambda: steps.switch_grid(by=by, grid=found.grid.pk, active=active),
        "已启用。" if active else "已停用，地图和名单里不再有它，已有的事项不变。",
        _address(code),
    )


@require_POST
@administrator
def contact(request: HttpRequest, signed: SignedIn, by: By, code: str, contact: int | None = None) -> HttpResponse:
    """A new one, or one that is changed or removed."""
    found = _one(code)
    given = {name: request.POST.get(name, "") for name in steps.CONTACT_FIELDS}
    if contact is not None and "remove" in request.POST:
        return done_or_told(
            request,
            lambda: steps.remove_contact(by=by, grid=found.grid.pk, contact=contact),
            "联系人已删除。",
            _address(code),
        )
    refused = attempt(lambda: steps.keep_contact(by=by, grid=found.grid.pk, given=given, contact=contact))
    if refused is not None and contact is None:
        return _shown(request, signed, found, standing=refused)
    if refused is not None:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "联系人已保存。")
    return HttpResponseRedirect(_address(code))


@require_safe
@administrator
def grid_shapes(request: HttpRequest, signed: SignedIn, by: By, code: str) -> HttpResponse:
    """The grid among its neighbours, for the small map of its page."""
    grid = _one(code).grid
    bounds = None
    if grid.shape is not None:
        west, south, east, north = shapely.geometry.shape(grid.shape).bounds
        wide, high = max(east - west, 0.002) / 2, max(north - south, 0.002) / 2
        bounds = (west - wide, south - high, east + wide, north + high)
    parents = [grid.division.path] if bounds else [grid.division.path[:-1]]
    layer = grid_layer([[grid.division.path[0]]] if bounds else parents, bounds)
    for feature in layer["features"]:
        if feature["properties"]["code"] == code:
            feature["properties"]["kind"] = "own"
            feature["geometry"] = grid.shape
    return shapes_answer(request, layer | ({"bounds": bounds} if bounds else {}))


def _one(code: str) -> OneGrid:
    found = one_grid(code.replace("\0", "\ufffd"))
    if found is None:
        raise not_there("网格")
    return found


def _address(code: str) -> str:
    return reverse("desk:admin_grid", args=[code])


def _shown(
    request: HttpRequest,
    signed: SignedIn,
    found: OneGrid,
    *,
    basics: Refused | None = None,
    shaping: Refused | None = None,
    standing: Refused | None = None,
) -> HttpResponse:
    grid = found.grid
    now = {name: getattr(grid, name) if name != "name" else grid.division.name for name in steps.FIELDS}
    now = {name: "" if value is None else value for name, value in now.items()}
    text = request.POST.get("shape", "") if shaping else orjson.dumps(grid.shape).decode() if grid.shape else ""
    person = Fields(request.POST if standing else {"shown": "yes"}, standing)
    context = {
        "found": found,
        "grid": grid,
        "refused": basics or shaping or standing,
        "basics": _basics(Fields(request.POST if basics else now, basics)),
        "area": square_metres(grid.shape) / 1e6 if grid.shape else None,
        "shape_text": text if len(text) < 20_000 else "",
        "shape_fault": shaping.sentence if shaping else "",
        "systems": SYSTEMS,
        "system": request.POST.get("system", "cgcs2000") if shaping else "cgcs2000",
        "posts": [one | {"role_name": ROLE_NAMES[one["role"]]} for one in found.posts],
        "kind_name": GRID_KINDS[grid.kind],
        "standing": [
            person.one("kind", "身份", CONTACT_KINDS),
            person.text("name", "姓名"),
            person.text("office", "单位", required=False),
            person.text("phone", "电话"),
            person.tick("shown", "向居民公示"),
        ],
    }
    return map_page(request, signed, "admin/grid.html", context, 422 if context["refused"] else 200)
