"""提交事项: a matter in three short steps. What was typed travels along in the form itself, so that it works without
scripts and nothing personal is kept anywhere before it is handed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from onedoor.cases.privacy import current_notice
from onedoor.cases.queries import choices
from onedoor.cases.steps.applicant import HandedIn, attach_by_applicant, hand_in
from onedoor.hall.queries.services import asked_of
from onedoor.rules.refusal import INVALID, Refused
from onedoor.web.desk.access import address_of
from onedoor.web.public.matter import keep_open
from onedoor.web.public.page import public, public_page

MOST_FILES = 5
# Complaints about officials: confidential from the first moment, and so nothing but an accusation.
DISCIPLINE = "petition.discipline"
# What people come with, in their own words: kind, purpose, the group of categories and the one for "I don't know".
ABOUT: dict[str, dict[str, str | Promise]] = {
    "dispute": {
        "name": _("和别人有纠纷，想请人调解"),
        "help": _("邻里、家庭、工资、合同、损害赔偿、物业等"),
        "kind": "dispute", "purpose": "", "group": "dispute", "category": "dispute.other",
    },
    "petition": {
        "name": _("对政府部门或单位有诉求、意见"),
        "help": _("申诉求决、建议意见"),
        "kind": "appeal", "purpose": "petition", "group": "petition", "category": "petition.other",
    },
    "incident": {
        "name": _("身边有隐患、损坏或不安全的事"),
        "help": _("安全隐患、设施损坏、环境卫生等"),
        "kind": "incident", "purpose": "", "group": "incident", "category": "incident.other",
    },
    "accusation": {
        "name": _("检举、控告工作人员违法违纪"),
        "help": _("从登记起就保密，不会转给被检举的人和单位"),
        "kind": "appeal", "purpose": "accusation", "group": "petition", "category": DISCIPLINE,
    },
}  # fmt: skip
# The fields of each step, in the order in which they are asked.
STEPS: dict[int, tuple[str, ...]] = {
    1: ("about", "category", "narrative", "someone_hurt"),
    2: ("division", "address", "lon", "lat", "respondent"),
    3: ("anonymous", "name", "phone", "contact", "safe_contact", "agent", "agent_phone", "agreed"),
}
_OWN = (*STEPS[1], *STEPS[2], *STEPS[3])
_FIELD_OF = {
    "parties.0.name": "name", "parties.0.phone": "phone", "parties.0.contact": "contact", "narrative": "narrative",
    "parties.0.safe_contact": "safe_contact", "category": "category", "division": "division", "address": "address",
    "lon": "address", "lat": "address", "parties": "name",
}  # fmt: skip


TOO_LARGE = "文件合计太大，没有收到。请少选几张照片，或到窗口提交。"


@dataclass(frozen=True, slots=True)
class _Sent:
    """What came with a request: the fields, the step they were sent from, and where to go on."""

    given: QueryDict
    step: int
    back: bool

    def __getitem__(self, name: str) -> str:
        return str(self.given.get(name, "")).strip()


@require_http_methods(["GET", "POST"])
@public
def apply_page(request: HttpRequest) -> HttpResponse:
    """One step at a time; the last one hands the matter in. A fault leads back to the step that it belongs to."""
    if request.method == "GET":
        return _show(request, _of_service(request.GET.get("service", "")), 1, {})
    given = request.POST
    if request.META.get("onedoor.too_large"):  # known once the form is read
        return _show(request, given, 3 if given.get("about") else 1, {"files": TOO_LARGE})
    step = request.POST.get("step", "1")
    sent = _Sent(given, int(step) if step in ("1", "2", "3") else 1, "back" in given)
    if sent.back:
        return _show(request, sent.given, max(1, sent.step - 1), {})
    faults = _faults(sent)
    if faults:
        return _show(request, sent.given, _step_of(faults), faults)
    if sent.step < 3:
        return _show(request, sent.given, sent.step + 1, {})
    try:
        done = _hand_in(request, sent, timezone.now())
    except Refused as refused:
        if refused.code != INVALID or not refused.fields:
            raise
        named = {_FIELD_OF.get(field, _agents(field)): sentence for field, sentence in refused.fields.items()}
        return _show(request, sent.given, _step_of(named), named)
    lost = _attach(request, done)
    keep_open(request, done.case)
    return public_page(request, "public/applied.html", {"done": done, "lost": lost})


def _of_service(code: str) -> QueryDict:
    """A fresh form with what a page of the guide leads to."""
    given = QueryDict(mutable=True)
    asked = asked_of(code) if code else None
    if asked is not None:
        kind, purpose, category = asked
        about = next((name for name, one in ABOUT.items() if (one["kind"], one["purpose"]) == (kind, purpose)), "")
        given["about"], given["category"] = about, category
    return given


def _agents(field: str) -> str:
    """Who hands in for somebody else is the party before last; the other side comes last."""
    return {"name": "agent", "phone": "agent_phone"}.get(field.rpartition(".")[2], "narrative")


def _faults(sent: _Sent) -> dict[str, str]:
    """What is missing up to the step that was sent; what is there is judged when it is handed in."""
    found: dict[str, str] = {}
    if sent["about"] not in ABOUT:
        found["about"] = "请选择您来办什么事。"
    elif sentence := _strange_category(sent["about"], sent["category"]):
        found["category"] = sentence
    if not sent["narrative"]:
        found["narrative"] = "请说说发生了什么、您希望怎么解决。"
    if sent.step >= 2 and not (sent["division"] or sent["address"]):
        found["address"] = "请选择乡镇街道，或写明地点。"
    if sent.step == 3:
        if not sent["anonymous"] and not sent["name"]:
            found["name"] = "请填写姓名；不愿具名的，请选“匿名”。"
        if sent["contact"] in ("sms", "phone") and not sent["phone"]:
            found["phone"] = "请填写电话，或选择不联系、自己查询。"
        if not sent["contact"]:
            found["contact"] = "请选择怎样联系您。"
        if sent["agreed"] != current_notice().version:
            found["agreed"] = "请先阅读并同意信息使用说明。"
    return found


def _strange_category(about: str, category: str) -> str:
    """Why the category does not go with what he comes for; "" where it does or is left to the centre. What is handled
    by which law, and who may know of it, hangs on both."""
    if not category:
        return ""
    if category.partition(".")[0] != ABOUT[about]["group"]:
        return f"选的类别不属于“{ABOUT[about]['name']}”。请重新选一类，或者选“说不清，请中心帮我选”。"
    if category == DISCIPLINE and about != "accusation":
        return f"反映工作人员违法违纪的，请选“{ABOUT['accusation']['name']}”，从登记起就保密。"
    return ""


def _step_of(faults: dict[str, str]) -> int:
    """The first step that a fault belongs to."""
    return min((step for step, names in STEPS.items() if faults.keys() & set(names)), default=3)


def _hand_in(request: HttpRequest, sent: _Sent, at: datetime) -> HandedIn:
    about = ABOUT[sent["about"]]
    parties: list[dict[str, str]] = []
    if sent["name"] or sent["phone"] or sent["safe_contact"] or not sent["anonymous"]:
        reach = {name: sent[name] for name in ("phone", "contact", "safe_contact")}
        name = sent["name"] or ("匿名" if sent["anonymous"] else "")
        parties.append({"part": "applicant", "kind": "person", "name": name, **reach})
    if sent["agent"]:
        parties.append({"part": "agent", "kind": "person", "name": sent["agent"], "phone": sent["agent_phone"]})
    if sent["respondent"]:
        parties.append({"part": "respondent", "kind": _kind_of(sent["respondent"]), "name": sent["respondent"]})
    raw: dict[str, Any] = {
        "kind": str(about["kind"]),
        "purpose": str(about["purpose"]),
        "category": sent["category"] or str(about["category"]),
        "narrative": sent["narrative"],
        "division": sent["division"],
        "address": sent["address"],
        "someone_hurt": bool(sent["someone_hurt"]),
        "anonymous": bool(sent["anonymous"]),
        "parties": parties,
    }
    if place := _place(sent):
        raw |= place
    return hand_in(
        raw=raw, notice=sent["agreed"], key=sent["key"][:60] or str(uuid4()), address=address_of(request), at=at
    )


def _place(sent: _Sent) -> dict[str, float]:
    """Where his telephone says that he is, if he has pressed for it; what is no place on earth is left out, the words
    stand."""
    try:
        lon, lat = float(sent["lon"]), float(sent["lat"])
    except ValueError:
        return {}
    return {"lon": lon, "lat": lat} if abs(lon) <= 180 and abs(lat) <= 90 else {}


def _kind_of(name: str) -> str:
    """A name of more than four characters that ends like an office or a firm is one."""
    offices = ("局", "委", "办", "公司", "厂", "院", "校", "中心", "政府", "会", "所", "店", "社", "站", "银行", "队")
    return "organisation" if len(name) > 4 and name.endswith(offices) else "person"


def _attach(request: HttpRequest, done: HandedIn) -> list[str]:
    """Adds the files; the sentences about those that could not be taken. The matter stands already."""
    lost = []
    for place, file in enumerate(request.FILES.getlist("files")[:MOST_FILES]):
        try:
            attach_by_applicant(
                case=done.case,
                at=timezone.now(),
                name=file.name or "",
                file=file,
                chunks=file.chunks(),
                key=f"web:{request.POST.get('key', '')[:60]}:{place}",
            )
        except Refused as refused:
            lost.append(f"{file.name}：{refused.sentence}")
    if len(request.FILES.getlist("files")) > MOST_FILES:
        lost.append(f"一次最多收{MOST_FILES}个，后面的没有收进。")
    return lost


def _show(request: HttpRequest, given: QueryDict, step: int, faults: dict[str, str]) -> HttpResponse:
    about = ABOUT.get(given.get("about", ""))
    if faults and request.FILES.getlist("files"):  # a browser does not choose files again by itself
        faults = {"files": "照片和材料请重新选择。", **faults}
    groups = choices.categories()
    context = {
        "step": step,
        "given": {name: given.get(name, "") for name in _OWN},
        "carried": [(name, given.get(name, "")) for other, names in STEPS.items() if other != step for name in names],
        "faults": faults,
        "key": given.get("key") or str(uuid4()),
        "abouts": ABOUT,
        "groups": [one for one in groups if one["items"][0]["code"].split(".")[0] in _GROUPS],
        "about": about,
        "places": choices.divisions(),
        "most_files": MOST_FILES,
        "notice": current_notice(),
    }
    return public_page(request, "public/apply.html", context, 422 if faults else 200)


_GROUPS = {one["group"] for one in ABOUT.values()}
