"""启动、意愿、终止、反馈: the forms of a mediation as a whole."""

from typing import Any

from onedoor.mediation.queries.lists import mediators_for
from onedoor.mediation.steps import mediate
from onedoor.mediation.steps._act import Who
from onedoor.rules import mediation as rules
from onedoor.web.desk.admin.fields import Fields, whole
from onedoor.web.desk.mediation.context import YES_NO, Context, Verb, nothing
from onedoor.web.desk.move_form import Field


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
        *_relations(fields),
        *(
            [fields.tick("nowhere_else", "已核实：当事人没有起诉，也没有由行政机关受理调解")]
            if str(ctx.state.names[0]["category"]).startswith("dispute.medical")
            else []
        ),
    ]


def _relations(fields: Fields) -> list[Field]:
    return [
        fields.tick("declared", "调解员声明：与各方当事人没有亲属、利害关系"),
        fields.text(
            "disclosure",
            "有关系的，在这里披露",
            required=False,
            help="与一方有亲属、同事等关系的，写明；双方都同意后才能由他调解。",
        ),
    ]


def _accounts(ctx: Context) -> list[int]:
    return [int(one) for one in ctx.given.getlist("mediators") if whole(one, 1, 10**15) is not None]


def _open(ctx: Context, who: Who) -> None:
    names = ("kind", "source", "entrusted_by", "entrusted_number", "disclosure")
    given: dict[str, Any] = {name: ctx.given.get(name, "") for name in names}
    ticks = {name: bool(ctx.given.get(name)) for name in ("declared", "nowhere_else")}
    mediate.open_mediation(
        who=who, raw={**given, **ticks, "mediators": _accounts(ctx), "chosen": ctx.given.get("chosen") == "yes"}
    )


def _change_fields(ctx: Context, fields: Fields) -> list[Field]:
    ticked = ctx.given.getlist("mediators") or [str(one) for one in ctx.one("mediation")["mediators"]]
    return [
        fields.people("mediators", "调解员（第一名主持）", _mediators(ctx), ticked),
        fields.text("reason", "更换的理由"),
        *_relations(fields),
    ]


def _change(ctx: Context, who: Who) -> None:
    given = ctx.given
    mediate.change_mediator(
        who=who,
        mediation=ctx.key,
        mediators=_accounts(ctx),
        reason=given.get("reason", ""),
        disclosure=given.get("disclosure", ""),
        declared=bool(given.get("declared")),
    )


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


def _end_fields(ctx: Context, fields: Fields) -> list[Field]:
    routes = {route: route for route in rules.ROUTES}
    return [
        fields.one("ending", "终止的原因", rules.ENDINGS),
        fields.one("to", "转由哪种调解接续（三调联动）", rules.KINDS, required=False),
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
        to=given.get("to", "") if given.get("ending") == "handed_over" else "",
    )


def _number_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [fields.text("number", "立案案号")]


def _report_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [fields.long("text", "反馈的内容、方式和收件人", help="公安移送的，附当事人履行协议的证明。")]


COURSE: dict[str, Verb] = {
    "open_mediation": Verb("启动调解", "", _open_fields, _open, "人民调解不收取任何费用；当事人可以选择调解员。"),
    "change_mediator": Verb(
        "更换调解员", "mediation", _change_fields, _change,
        "已安排的调解会由新的调解员接着开；当事人对原调解员表示的意愿不再有效。", ),
    "record_consent": Verb(
        "记录当事人意愿", "mediation", _consent_fields, _consent,
        "一方明确拒绝调解的，不得调解，应终止并告知其他途径。", ),
    "take_materials": Verb(
        "签收调解材料", "mediation", nothing,
        lambda ctx, who: mediate.take_materials(who=who, mediation=ctx.key),
        "签收法院移交的材料，调解期限从现在起算。", ),
    "keep_apart": Verb(
        "暂停共同调解", "mediation", nothing,
        lambda ctx, who: mediate.keep_apart(who=who, mediation=ctx.key),
        "已安排的共同调解会按“因故改期”取消，以后先分别谈话。不需要写理由。", ),
    "meet_again": Verb(
        "恢复共同调解", "mediation", nothing,
        lambda ctx, who: mediate.meet_again(who=who, mediation=ctx.key),
    ),
    "end_mediation": Verb(
        "终止调解", "mediation", _end_fields, _end, "终止后不能恢复；要再次调解，须重新启动。"
    ),
    "return_materials": Verb(
        "退回调解材料", "mediation", nothing,
        lambda ctx, who: mediate.return_materials(who=who, mediation=ctx.key),
        "材料立即退回法院立案窗口，立案审查的期限由法院计算。", ),
    "report_back": Verb(
        "反馈交办机关", "mediation", _report_fields,
        lambda ctx, who: mediate.report_back(who=who, mediation=ctx.key, text=ctx.given.get("text", "")),
        "把调解结果告知委派、委托或者移送的机关；可以先在文书里制作调处回复函。", ),
    "court_filed": Verb(
        "登记法院立案", "mediation", _number_fields,
        lambda ctx, who: mediate.court_filed(who=who, mediation=ctx.key, number=ctx.given.get("number", "")),
    ),
}  # fmt: skip
