"""调解组织: committees and their members, mediators, rooms."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries.days import today
from onedoor.mediation.models import Committee, CommitteeMember, Mediator, MeetingRoom
from onedoor.mediation.queries import organisation
from onedoor.mediation.steps import keeping
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.committees import COMMITTEE_KINDS, MEDIATOR_KINDS, OFFICES
from onedoor.rules.sessions import ROOM_KINDS
from onedoor.web.desk.admin.access import administrator, attempt, not_there
from onedoor.web.desk.admin.fields import Fields, units
from onedoor.web.desk.move_form import Field
from onedoor.web.desk.page import page


@administrator
def overview(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    context = {
        "committees": organisation.committees(today()),
        "mediators": organisation.mediators(),
        "rooms": organisation.rooms(),
        "mediation_admin": True,
    }
    return page(request, signed, "admin/mediation.html", context)


def _form(
    request: HttpRequest,
    signed: SignedIn,
    title: str,
    there: dict[str, Any],
    fields: Callable[[Fields], list[Field]],
    keep: Callable[[dict[str, str]], str],
) -> HttpResponse:
    """One form: what is there or what was typed, kept or said why not."""
    given: dict[str, Any] = request.POST.dict() if request.method == "POST" else there
    refused = None
    if request.method == "POST":
        refused = attempt(lambda: keep(given))
        if refused is None:
            messages.success(request, "已保存。")
            return HttpResponseRedirect(reverse("desk:admin_mediation"))
    context = {
        "title": title,
        "fields": fields(Fields(given, refused)),
        "refused": refused,
        "mediation_admin": True,
    }
    return page(request, signed, "admin/mediation_one.html", context, 422 if refused else 200)


@require_http_methods(["GET", "POST"])
@administrator
def one_committee(request: HttpRequest, signed: SignedIn, by: By, committee: int | None = None) -> HttpResponse:
    there = Committee.objects.select_related("unit").filter(pk=committee).first() if committee else None
    if committee and there is None:
        raise not_there("调解委员会")
    values = {
        "kind": there.kind, "word": there.word, "position": str(there.position),
        "term_began": there.term_began.isoformat() if there.term_began else "",
    } if there else {"position": "0"}  # fmt: skip

    def fields(form: Fields) -> list[Field]:
        return [
            *([] if there else [form.place("unit", "单位", units(), help="先在“单位”里新增调解委员会。")]),
            form.one("kind", "类别", COMMITTEE_KINDS),
            form.text("word", "文号字", help="如 澜联调，协议编号写成（2026）澜联调字第1号。"),
            form.day("term_began", "本届开始", required=False, help="任期三年。"),
            form.number("position", "次序"),
        ]

    title = there.unit.name if there else "新增调解委员会"
    return _form(
        request, signed, title, values, fields,
        lambda given: keeping.keep_committee(by=by, given=given, committee=committee),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administrator
def one_member(
    request: HttpRequest, signed: SignedIn, by: By, committee: int, member: int | None = None
) -> HttpResponse:
    there = CommitteeMember.objects.filter(pk=member, committee=committee).first() if member else None
    if not Committee.objects.filter(pk=committee).exists() or (member and there is None):
        raise not_there("委员")
    values = {
        "name": there.name, "office": there.office, "woman": "yes" if there.woman else "",
        "since": there.since.isoformat(), "until": there.until.isoformat() if there.until else "",
    } if there else {"office": "member", "since": today().isoformat()}  # fmt: skip

    def fields(form: Fields) -> list[Field]:
        return [
            form.text("name", "姓名"),
            form.one("office", "职务", OFFICES),
            form.tick("woman", "女性（委员会应有妇女成员）"),
            form.day("since", "任职自"),
            form.day("until", "任职至", required=False),
        ]

    return _form(
        request, signed, there.name if there else "新增委员", values, fields,
        lambda given: keeping.keep_member(by=by, given=given, committee=committee, member=member),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administrator
def one_mediator(request: HttpRequest, signed: SignedIn, by: By, account: int) -> HttpResponse:
    found = next((one for one in organisation.mediators() if one["id"] == account), None)
    if found is None:
        raise not_there("调解员")
    there = Mediator.objects.filter(account=account).first()
    values = {
        "kind": there.kind if there else "peoples", "studio": there.studio if there else "",
        "about": there.about if there else "", "languages": "、".join(found["languages"]),
        "specialities": "、".join(found["specialities"]), "most": str(there.most if there else 0),
        "active": "yes" if there is None or there.active else "",
    }  # fmt: skip

    def fields(form: Fields) -> list[Field]:
        return [
            form.one("kind", "类别", MEDIATOR_KINDS),
            form.text("studio", "工作室", required=False, help="首席调解员工作室的名称。"),
            form.text("specialities", "擅长", required=False, help="类别的名称，用顿号隔开，如 劳动争议、邻里。"),
            form.text("languages", "语言", required=False, help="如 普通话、当地方言、手语。"),
            form.long("about", "介绍", required=False, help="当事人选调解员时能看到。"),
            form.number("most", "同时调解上限", help="0 为不限。"),
            form.tick("active", "在任"),
        ]

    return _form(
        request, signed, found["name"], values, fields,
        lambda given: keeping.keep_mediator(by=by, given=given, account=account),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administrator
def one_room(request: HttpRequest, signed: SignedIn, by: By, room: int | None = None) -> HttpResponse:
    there = MeetingRoom.objects.filter(pk=room).first() if room else None
    if room and there is None:
        raise not_there("调解室")
    values = {
        "name": there.name, "kind": there.kind, "seats": str(there.seats), "equipment": there.equipment,
        "position": str(there.position), "active": "yes" if there.active else "",
    } if there else {"seats": "8", "position": "0", "active": "yes"}  # fmt: skip

    def fields(form: Fields) -> list[Field]:
        return [
            *([] if there else [form.place("unit", "中心", units())]),
            form.text("name", "名称"),
            form.one("kind", "类别", ROOM_KINDS),
            form.number("seats", "座位"),
            form.text("equipment", "设备", required=False, help="如 录音录像、投影、远程视频。"),
            form.number("position", "次序"),
            form.tick("active", "可以预订"),
        ]

    return _form(
        request, signed, there.name if there else "新增调解室", values, fields,
        lambda given: keeping.keep_room(by=by, given=given, room=room),
    )  # fmt: skip
