"""场所巡查 at the desk: places with their rounds, and the checklists."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from onedoor.cases.queries.days import today
from onedoor.grid.queries.area import grids_of
from onedoor.grid.queries.places import SEES, checklist, checklists, list_places, place_for, place_numbers
from onedoor.grid.steps.places import keep_checklist, keep_place, keeps_checklists
from onedoor.people.find import written
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Role
from onedoor.rules.fieldwork import LEADS, areas
from onedoor.rules.places import PLACE_KINDS, UNSURE, items_as_text
from onedoor.rules.refusal import NOT_ALLOWED, Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.admin.fields import Fields, whole
from onedoor.web.desk.grid.context import chosen, field_page, form_id, kept, onward
from onedoor.web.desk.move_form import Field

TAB = "field_places"


@require_safe
@staff
def places_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    values = kept(request, "grid", "kind", "due", "off")
    grids = grids_of(signed, SEES)
    found = list_places(
        signed, today(), kind=chosen(values, "kind", PLACE_KINDS), due=bool(values["due"]), off=bool(values["off"]),
        grid=values["grid"],
        cursor=request.GET.get("cursor", ""),
    )  # fmt: skip
    context = {
        "values": values,
        "items": found.items,
        "count": found.count,
        "capped": found.capped,
        "next": onward(values, found.next_cursor),
        "numbers": place_numbers(signed, today()),
        "grids": grids,
        "kinds": PLACE_KINDS,
        "keeps": bool(areas(signed.actors, LEADS)),
        "filtered": any(values.values()),
    }
    return field_page(request, signed, TAB, "places.html", context)


@require_safe
@staff
def place_page(request: HttpRequest, signed: SignedIn, place: UUID) -> HttpResponse:
    return field_page(request, signed, TAB, "place.html", {"one": place_for(signed, place, today())})


@require_http_methods(["GET", "POST"])
@staff
def edit_place(request: HttpRequest, signed: SignedIn, place: UUID | None = None) -> HttpResponse:
    """A new place, or the one that is there."""
    if not areas(signed.actors, LEADS):
        raise Refused(NOT_ALLOWED, "场所由网格长和上级中心的分流专员、主任维护。")
    there = place_for(signed, place, today()) if place is not None else None
    refused: Refused | None = None
    given: dict[str, Any] = request.POST.dict() if request.method == "POST" else _as_form(there)
    if request.method == "POST":
        key = place if place is not None else form_id(request)
        raw = {**given, "active": bool(given.get("active")) if there else True}
        try:
            keep_place(signed=signed, at=timezone.now(), place=key, raw=raw, new=there is None)
        except Refused as error:
            if not error.fields:
                raise
            refused = error
        else:
            messages.success(request, "已保存。")
            return HttpResponseRedirect(reverse("desk:field_place", args=[key]))
    context = {
        "there": there,
        "id": given.get("id") or str(uuid4()),
        "fields": _fields(given, refused, signed, there),
        "refused": refused,
    }
    return field_page(request, signed, TAB, "place_edit.html", context, 422 if refused else 200)


def _as_form(there: dict[str, Any] | None) -> dict[str, Any]:
    if there is None:
        return {"every_days": "30", "next_on": today().isoformat()}
    return {
        **{name: there[name] for name in ("kind", "name", "address", "checklist")},
        **{name: "" if there[name] is None else str(there[name]) for name in ("lon", "lat", "every_days")},
        "next_on": there["next_on"].isoformat() if there["next_on"] else "",
        "grid": written(there["grid_name"], there["grid"]),
        "active": "yes" if there["active"] else "",
    }


def _fields(
    given: dict[str, Any], refused: Refused | None, signed: SignedIn, there: dict[str, Any] | None
) -> list[Field]:
    form = Fields(given, refused)
    lists = {one["code"]: one["name"] for one in checklists() if one["active"]}
    if there and there["checklist"] and there["checklist"] not in lists:
        lists[there["checklist"]] = f"{there['checklist_name'] or there['checklist']}（已停用）"
    grids = [written(one["name"], one["code"]) for one in grids_of(signed, LEADS)]
    return [
        form.text("name", "名称", help="场所或设施的名称，不写人的姓名。"),
        form.one("kind", "类别", PLACE_KINDS),
        form.place("grid", "哪个网格", grids, help="填名称或代码。"),
        form.text("address", "位置", required=False, help="不是谁的家。"),
        form.text("lon", "经度", required=False, help="CGCS2000（同 WGS-84），十进制的度，如 100.1234。"),
        form.text("lat", "纬度", required=False),
        form.one("checklist", "检查表", lists, required=False),
        form.number("every_days", "每隔几天巡查", required=False, help="不填，就不定期巡查。"),
        form.day("next_on", "下次巡查", required=False),
        *([form.tick("active", "在用")] if there else []),
    ]


@require_safe
@staff
def checklists_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    _must_see_checklists(signed)
    context = {"items": checklists(), "keeps": keeps_checklists(signed) is not None, "unsure": UNSURE}
    return field_page(request, signed, TAB, "checklists.html", context)


@require_http_methods(["GET", "POST"])
@staff
def edit_checklist(request: HttpRequest, signed: SignedIn, code: str = "") -> HttpResponse:
    """A new list, or the next version of one."""
    if keeps_checklists(signed) is None:
        raise Refused(NOT_ALLOWED, "检查表由系统管理员和最上级中心的分流专员、主任维护。")
    there = checklist(code) if code else None
    refused: Refused | None = None
    given: dict[str, Any] = request.POST.dict()
    if request.method == "POST":
        raw = {**given, "active": bool(given.get("active")) if there else True}
        try:
            keep_checklist(
                signed=signed, at=timezone.now(), code=code or given.get("code", ""),
                seen=whole(given.get("seen", ""), 0, 2**31 - 1) or 0, raw=raw,
            )  # fmt: skip
        except Refused as error:
            if error.code == NOT_ALLOWED:
                raise
            refused = error
        else:
            messages.success(request, f"“{given['name'].strip()}”已保存，手机下次联网时收到。")
            return HttpResponseRedirect(reverse("desk:field_checklists"))
    elif there:
        given = {
            "name": there["name"],
            "items": items_as_text(there["items"]),
            "active": "yes" if there["active"] else "",
        }
    form = Fields(given, refused)
    fields = [
        *([] if there else [form.text("code", "代码", help="小写字母和数字，如 market。")]),
        form.text("name", "名称"),
        form.long(
            "items", "检查项", rows=12, help="一行一项：问题｜依据。问题用“是”为好的说法；没有依据的不写，标为待核。"
        ),
        *([form.tick("active", "在用")] if there else []),
    ]
    context = {"there": there, "seen": there["version"] if there else 0, "fields": fields, "refused": refused}
    return field_page(request, signed, TAB, "checklist.html", context, 422 if refused else 200)


def _must_see_checklists(signed: SignedIn) -> None:
    if not areas(signed.actors, SEES | {Role.ADMIN}):
        raise Refused(NOT_ALLOWED, "检查表对网格长、网格员、上级中心和系统管理员开放。")
