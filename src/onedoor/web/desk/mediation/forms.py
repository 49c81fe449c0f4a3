"""The forms of mediation: for each verb its fields, and the step that they lead to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from onedoor.cases.queries.days import today
from onedoor.cases.steps._state import CaseState, Row
from onedoor.mediation.queries.file import MediationFile
from onedoor.mediation.queries.lists import mediators_for, rooms_of
from onedoor.mediation.steps import mediate, perform, sessions
from onedoor.mediation.steps._act import Who
from onedoor.rules import mediation as rules
from onedoor.rules.confirmation import CHECKS
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.sessions import SESSION_KINDS
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.mediation.reading import cents, day, instant, local
from onedoor.web.desk.move_form import Field

YES_NO = {"yes": "同意", "no": "不同意"}


@dataclass(frozen=True, slots=True)
class Context:
    """What a form is about: the case, its mediations, and the key of the row in the address ("" for none)."""

    state: CaseState
    file: MediationFile
    key: str
    given: QueryDict = field(default_factory=QueryDict)

    def one(self, table: str) -> Row:
        """The row of that table with the key; not found else."""
        for mediation in self.file.mediations:
            for row in _rows(mediation, table):
                if row["key"] == self.key:
                    return row
        raise Refused(NOT_FOUND, "没有找到，请回到调解页面重试。")

    def parties(self) -> dict[str, str]:
        return {
            str(party["id"]): party["name"]
            for party in self.state.parties
            if party["part"] in rules.SIDES and party["erased_at"] is None
        }


def _rows(mediation: Row, table: str) -> list[Row]:
    agreements = mediation["agreements"]
    match table:
        case "mediation":
            return [mediation]
        case "session":
            return list(mediation["sessions"])
        case "item":
            return [item for one in agreements for item in one["items"]]
        case "confirmation":
            return [found for one in agreements for found in one["confirmations"]]
    return list(agreements)


@dataclass(frozen=True, slots=True)
class Verb:
    """`about`: the table of the row that the address names. `note` stands above the form."""

    label: str
    about: str
    fields: Callable[[Context, Fields], list[Field]]
    act: Callable[[Context, Who], None]
    note: str = ""


def _units(ctx: Context) -> list[int]:
    return [part["unit_id"] for part in ctx.state.assignments if part["lead"] and part["stage"] != "released"]


def _mediators(ctx: Context) -> dict[str, str]:
    offered = mediators_for(_units(ctx), str(ctx.state.names[0]["category"]))
    return {
        str(one["id"]): "，".join(
            part
            for part in (
                f"{one['name']}（在办{one['running']}件）",
                "擅长此类" if one["fits"] else "",
                one["studio"],
                "、".join(one["languages"]),
            )
            if part
        )
        for one in offered
    }


def _open_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [
        fields.one("kind", "调解种类", rules.KINDS),
        fields.one("source", "来源", rules.SOURCES),
        fields.text("entrusted_by", "委派、委托或者移送的机关", required=False, help="依申请和主动调解的不填。"),
        fields.text("entrusted_number", "该机关的案号或者函号", required=False, help="法院的编号随案保留。"),
        fields.people("mediators", "调解员（第一名主持）", _mediators(ctx), ctx.given.getlist("mediators")),
        fields.either("chosen", "怎样确定", {"yes": "当事人选定", "no": "调解组织指定"}),
        fields.text(
            "disclosure",
            "调解员披露的关系",
            required=False,
            help="与一方有亲属、同事等关系的，写明；双方都同意后才能由他调解。",
        ),
    ]


def _accounts(ctx: Context) -> list[int]:
    return [int(one) for one in ctx.given.getlist("mediators") if one.isdecimal()]


def _open(ctx: Context, who: Who) -> None:
    names = ("kind", "source", "entrusted_by", "entrusted_number", "disclosure")
    given: dict[str, Any] = {name: ctx.given.get(name, "") for name in names}
    mediate.open_mediation(
        who=who, raw={**given, "mediators": _accounts(ctx), "chosen": ctx.given.get("chosen") == "yes"}
    )


def _change_fields(ctx: Context, fields: Fields) -> list[Field]:
    ticked = ctx.given.getlist("mediators") or [str(one) for one in ctx.one("mediation")["mediators"]]
    return [
        fields.people("mediators", "调解员（第一名主持）", _mediators(ctx), ticked),
        fields.text("reason", "更换的理由"),
    ]


def _change(ctx: Context, who: Who) -> None:
    reason = ctx.given.get("reason", "")
    mediate.change_mediator(who=who, mediation=ctx.key, mediators=_accounts(ctx), reason=reason)


def _consent_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [
        fields.one("party", "当事人", ctx.parties()),
        fields.one("purpose", "对什么", rules.PURPOSES),
        fields.either("agrees", "意愿", YES_NO),
        fields.one("way", "怎样表示的", rules.WAYS),
        fields.text("note", "说明", required=False),
    ]


def _consent(ctx: Context, who: Who) -> None:
    given = ctx.given
    mediate.record_consent(
        who=who,
        mediation=ctx.key,
        party=given.get("party", ""),
        purpose=given.get("purpose", ""),
        agrees=given.get("agrees") == "yes",
        way=given.get("way", ""),
        note=given.get("note", ""),
    )


def _nothing(ctx: Context, fields: Fields) -> list[Field]:
    return []


def _book_fields(ctx: Context, fields: Fields) -> list[Field]:
    rooms = {
        str(one["id"]): f"{one['name']}（{one['seats']}座{'，' + one['equipment'] if one['equipment'] else ''}）"
        for one in rooms_of(ctx.state.case["present_centre_id"])
    }
    return [
        fields.one("kind", "类型", SESSION_KINDS),
        fields.one("side", "分别谈话的是哪一方", rules.SIDES, required=False),
        fields.one("room", "调解室", rooms, required=False),
        fields.text("place", "其他地点", required=False, help="不在中心调解室的，写明地点。"),
        fields.instant("starts_at", "开始"),
        fields.instant("ends_at", "结束"),
    ]


def _book(ctx: Context, who: Who) -> None:
    given = ctx.given
    times = {name: instant(given.get(name, "")) for name in ("starts_at", "ends_at")}
    raw = {name: given.get(name, "") for name in ("kind", "side", "room", "place")}
    sessions.book_session(who=who, mediation=ctx.key, raw={**raw, **times})


def _cancel_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [fields.text("reason", "原因", help="不便写明的，写“因故改期”即可。")]


def _cancel(ctx: Context, who: Who) -> None:
    sessions.cancel_session(who=who, session=ctx.key, reason=ctx.given.get("reason", ""))


def _hold_fields(ctx: Context, fields: Fields) -> list[Field]:
    session = ctx.one("session")
    given = {**{name: local(session[name]) for name in ("starts_at", "ends_at")}}
    asked = Fields({"began_at": given["starts_at"], "ended_at": given["ends_at"], **ctx.given.dict()}, None)
    asked.faults = fields.faults
    alone = session["alone"]
    parties = {
        str(party["id"]): party["name"]
        for party in ctx.state.parties
        if not alone or party["part"] == session["side"] or party["part"] not in rules.SIDES
    }
    return [
        asked.instant("began_at", "实际开始"),
        asked.instant("ended_at", "实际结束"),
        asked.people("present", "到场的当事人", parties, ctx.given.getlist("present")),
        asked.text("others", "其他在场人", required=False, help="邀请参与的人须双方同意。"),
        *([] if alone else [asked.tick("rights_told", "已告知当事人的权利和义务")]),
        asked.long("text", "笔录", rows=12, help=_HOLD_ALONE if alone else ""),
        asked.tick("read_back", "笔录已向到场的当事人宣读或者交其阅看，确认无误"),
        asked.tick("recorded", "经各方同意录音录像"),
    ]


_HOLD_ALONE = "一方在背对背谈话里说的，加密保存，只有本案调解员能看，不进任何文书和统计。"


def _hold(ctx: Context, who: Who) -> None:
    given = ctx.given
    raw = {
        "began_at": instant(given.get("began_at", "")),
        "ended_at": instant(given.get("ended_at", "")),
        "present": given.getlist("present"),
        "others": given.get("others", ""),
        "text": given.get("text", ""),
        **{name: bool(given.get(name)) for name in ("rights_told", "read_back", "recorded")},
    }
    sessions.hold_session(who=who, session=ctx.key, raw=raw)


def _reply_fields(ctx: Context, fields: Fields) -> list[Field]:
    offered = {str(one["party"]): one["name"] for one in ctx.one("session")["replies"]}
    return [
        fields.one("party", "谁的回复", offered),
        fields.either("comes", "回复", {"yes": "参加", "no": "不能参加"}),
    ]


def _reply(ctx: Context, who: Who) -> None:
    sessions.reply(
        viewer=who.viewer, number=who.number, session=ctx.key, party=ctx.given.get("party", ""),
        comes=ctx.given.get("comes") == "yes", at=who.at,
    )  # fmt: skip


def _end_fields(ctx: Context, fields: Fields) -> list[Field]:
    routes = {route: route for route in rules.ROUTES}
    return [
        fields.one("ending", "终止的原因", rules.ENDINGS),
        fields.people("routes", "告知当事人的其他途径", routes, ctx.given.getlist("routes")),
        fields.text("more", "其他途径", required=False),
        fields.long("text", "终止的情况", rows=4, help="不要写一方在背对背谈话里说的话。"),
    ]


def _end(ctx: Context, who: Who) -> None:
    given = ctx.given
    mediate.end_mediation(
        who=who,
        mediation=ctx.key,
        ending=given.get("ending", ""),
        routes=[*given.getlist("routes"), given.get("more", "")],
        text=given.get("text", ""),
    )


def _number_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [fields.text("number", "立案案号")]


def _record_fields(ctx: Context, fields: Fields) -> list[Field]:
    item = ctx.one("item")
    asked = Fields({"on": today().isoformat(), **ctx.given.dict()}, None)
    asked.faults = fields.faults
    rest = [asked.text("amount", "本次给付金额（元）")] if item["amount"] is not None else []
    return [
        *rest,
        asked.day("on", "履行日期"),
        asked.text("proof", "凭据", help="如：银行转账凭证、收条、照片、对方当面确认。没有凭据不能登记为已履行。"),
        asked.one("attachment", "凭证附件", _files(ctx), required=False),
    ]


def _files(ctx: Context) -> dict[str, str]:
    return {str(one["id"]): one["name"] for one in ctx.state.files}


def _record(ctx: Context, who: Who) -> None:
    given = ctx.given
    on = day(given.get("on", ""))
    if on is None:
        raise Refused("invalid", "请填写履行日期。", {"on": "请填写履行日期。"})
    perform.record_item(
        who=who,
        item=ctx.key,
        on=on,
        amount=cents(given.get("amount", "")),
        proof=given.get("proof", ""),
        attachment=given.get("attachment", ""),
    )


def _urge_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [fields.long("text", "怎样催促、对方怎么说")]


def _default_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [fields.long("text", "未履行的情况"), fields.long("route", "告知了什么途径", help=_ROUTE_HELP)]


_ROUTE_HELP = "如：向人民法院起诉；已经司法确认的，申请强制执行。"


def _confirm_fields(ctx: Context, fields: Fields) -> list[Field]:
    answers = {"yes": "符合", "no": "不符合"}
    return [
        fields.text("court", "管辖的人民法院"),
        *(fields.either(name, f"{what}（{basis}）", answers) for name, (what, basis) in CHECKS.items()),
        fields.tick("both", "双方当事人共同申请"),
    ]


def _confirm(ctx: Context, who: Who) -> None:
    given = ctx.given
    perform.apply_confirmation(
        who=who,
        agreement=ctx.key,
        court=given.get("court", ""),
        checks={name: given[name] == "yes" for name in CHECKS if name in given},
        both=bool(given.get("both")),
    )


def _accepted_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [
        fields.either("accepted", "法院是否受理", {"yes": "受理", "no": "不予受理"}),
        fields.text("reason", "不予受理的理由", required=False),
    ]


def _decided_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [
        fields.either("confirmed", "裁定", {"yes": "协议有效", "no": "驳回申请"}),
        fields.text("number", "裁定书案号"),
        fields.text("reason", "驳回的理由", required=False),
    ]


def _said(given: Mapping[str, str], name: str) -> bool:
    return given.get(name) == "yes"


VERBS: dict[str, Verb] = {
    "open_mediation": Verb("启动调解", "", _open_fields, _open, "人民调解不收取任何费用；当事人可以选择调解员。"),
    "change_mediator": Verb("更换调解员", "mediation", _change_fields, _change),
    "record_consent": Verb(
        "记录当事人意愿", "mediation", _consent_fields, _consent,
        "一方明确拒绝调解的，不得调解，应终止并告知其他途径。" ),
    "take_materials": Verb(
        "签收调解材料", "mediation", _nothing,
        lambda ctx, who: mediate.take_materials(who=who, mediation=ctx.key),
        "签收法院移交的材料，调解期限从现在起算。", ),
    "book_session": Verb("安排调解会", "mediation", _book_fields, _book),
    "cancel_session": Verb("取消调解会", "session", _cancel_fields, _cancel),
    "hold_session": Verb("记录调解会", "session", _hold_fields, _hold),
    "reply": Verb("登记参会回复", "session", _reply_fields, _reply),
    "end_mediation": Verb(
        "终止调解", "mediation", _end_fields, _end, "终止后不能恢复；要再次调解，须重新启动。"
    ),
    "return_materials": Verb(
        "退回调解材料", "mediation", _nothing,
        lambda ctx, who: mediate.return_materials(who=who, mediation=ctx.key),
        "材料立即退回法院立案窗口，立案审查的期限由法院计算。", ),
    "court_filed": Verb(
        "登记法院立案", "mediation", _number_fields,
        lambda ctx, who: mediate.court_filed(who=who, mediation=ctx.key, number=ctx.given.get("number", "")),
    ),
    "record_item": Verb("登记履行", "item", _record_fields, _record),
    "urge_performance": Verb(
        "催促履行", "item", _urge_fields,
        lambda ctx, who: perform.urge_performance(who=who, item=ctx.key, text=ctx.given.get("text", "")),
    ),
    "default_item": Verb(
        "认定未履行", "item", _default_fields,
        lambda ctx, who: perform.default_item(
            who=who, item=ctx.key, text=ctx.given.get("text", ""), route=ctx.given.get("route", "")
        ),
    ),
    "apply_confirmation": Verb(
        "申请司法确认", "agreement", _confirm_fields, _confirm, "自协议生效之日起三十日内，由双方共同申请。"
    ),
    "confirmation_accepted": Verb(
        "登记法院是否受理", "confirmation", _accepted_fields,
        lambda ctx, who: perform.confirmation_accepted(
            who=who, key=ctx.key, accepted=_said(ctx.given, "accepted"), reason=ctx.given.get("reason", "")
        ),
    ),
    "decide_confirmation": Verb(
        "登记司法确认结果", "confirmation", _decided_fields,
        lambda ctx, who: perform.decide_confirmation(
            who=who, key=ctx.key, confirmed=_said(ctx.given, "confirmed"), number=ctx.given.get("number", ""),
            reason=ctx.given.get("reason", ""),
        ),
    ),
}  # fmt: skip
