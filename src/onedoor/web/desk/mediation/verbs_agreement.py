"""履行、回访、司法确认: the forms of an agreement in effect."""

from onedoor.cases.queries.days import today
from onedoor.mediation.steps import agree, perform
from onedoor.mediation.steps._act import Who
from onedoor.rules.agreement_visits import KEPT
from onedoor.rules.confirmation import CHECKS
from onedoor.rules.refusal import Refused
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.mediation.context import Context, Verb, said
from onedoor.web.desk.mediation.reading import cents, day
from onedoor.web.desk.move_form import Field


def _record_fields(ctx: Context, fields: Fields) -> list[Field]:
    item = ctx.one("item")
    asked = Fields({"on": today().isoformat(), **ctx.given.dict()}, None)
    asked.faults = fields.faults
    rest = [asked.text("amount", "本次给付金额（元）")] if item["amount"] is not None else []
    return [
        *rest,
        asked.day("on", "履行日期"),
        asked.text("proof", "凭据", help="如：银行转账凭证、收条、照片、对方当面确认。没有凭据不能登记为已履行。"),
        asked.one("attachment", "凭证附件", ctx.attachments(), required=False),
    ]


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


def _hand_out_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [fields.long("how", "何时、怎样交给了各方当事人", rows=2)]


def _visit_fields(ctx: Context, fields: Fields) -> list[Field]:
    asked = Fields({"on": today().isoformat(), **ctx.given.dict()}, None)
    asked.faults = fields.faults
    return [
        asked.day("on", "回访日期"),
        asked.one("kept", "履行情况", KEPT),
        asked.one("satisfied", "当事人是否满意", {"yes": "满意", "no": "不满意"}, required=False),
        asked.text("sued", "起诉及判决情况", required=False),
        asked.text("hazards", "有无错误调解、激化隐患", required=False),
        asked.text("measures", "采取的措施", required=False),
    ]


def _visit(ctx: Context, who: Who) -> None:
    given = ctx.given
    texts = {name: given.get(name, "") for name in ("kept", "sued", "hazards", "measures")}
    satisfied = {"yes": True, "no": False}.get(given.get("satisfied", ""))
    raw = {"on": day(given.get("on", "")), "satisfied": satisfied, **texts}
    perform.record_visit(who=who, visit=ctx.key, raw=raw)


def _give_up_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [fields.text("reason", "原因", help="如：一方不愿签署；不要写一方在背对背谈话里说的话。")]


AGREEMENT: dict[str, Verb] = {
    "give_up_draft": Verb(
        "放弃未签的协议", "agreement", _give_up_fields,
        lambda ctx, who: agree.give_up_draft(who=who, agreement=ctx.key, reason=ctx.given.get("reason", "")),
        "这一稿不再签署；以前已经生效的协议继续有效。", ),
    "hand_out_agreement": Verb(
        "送交协议文本", "agreement", _hand_out_fields,
        lambda ctx, who: agree.hand_out_agreement(who=who, agreement=ctx.key, how=ctx.given.get("how", "")),
        "调解协议各方当事人各执一份，调解组织留存一份。", ),
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
    "record_visit": Verb("登记协议回访", "visit", _visit_fields, _visit),
    "apply_confirmation": Verb(
        "申请司法确认", "agreement", _confirm_fields, _confirm, "自协议生效之日起三十日内，由双方共同申请。"
    ),
    "confirmation_accepted": Verb(
        "登记法院受理司法确认", "confirmation", _accepted_fields,
        lambda ctx, who: perform.confirmation_accepted(
            who=who, key=ctx.key, accepted=said(ctx.given, "accepted"), reason=ctx.given.get("reason", "")
        ),
    ),
    "decide_confirmation": Verb(
        "登记司法确认结果", "confirmation", _decided_fields,
        lambda ctx, who: perform.decide_confirmation(
            who=who, key=ctx.key, confirmed=said(ctx.given, "confirmed"), number=ctx.given.get("number", ""),
            reason=ctx.given.get("reason", ""),
        ),
    ),
}  # fmt: skip
