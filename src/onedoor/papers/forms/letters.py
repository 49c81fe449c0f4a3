"""Letters between the centre and others (玉门 names three; their fields are a design of domain.md §4.2), the notice of
supervision, proof of service, and the receipt."""

from onedoor.papers.facts import PaperFacts
from onedoor.papers.forms._form import (
    Ask,
    Fixed,
    Form,
    Given,
    day,
    of_disputes,
    or_line,
    organisation,
    parties,
    places,
    sealed,
)
from onedoor.papers.model import Block, body, fields
from onedoor.rules.supervision import CAUSES

HANDED = Fixed("handed", "移交", "现将下列纠纷委托你单位调处。材料随函移交，自签收之日起计算期限。")
EACH = Fixed(
    "each",
    "督办要求",
    "一事一报，加盖公章。不能如期办结的，须在期限内报告进展和原因；回告不合要求的，退回重报。",
)
EXACT = Fixed(
    "exact",
    "地址的责任",
    "当事人应当提供准确的送达地址。地址变更的，应当及时告知；因地址不准确、变更未告知或者拒收，致使文书未能送达的，依法承担"
    "相应后果。",
)
FOLLOW = Fixed("follow", "查询", "凭编号和登记电话的后四位可以查询办理进度。")
# The row of the letter to a court that says why a proof of property is not enclosed.
PROPERTY = "财产权利证明"


def _letter(facts: PaperFacts, given: Given, asked: str) -> list[Block]:
    """What the three letters have in common."""
    return [
        fields(
            (
                ("发出单位", facts.centre),
                ("接收单位", given.get("to", "") or facts.unit),
                ("案号", facts.number),
                ("当事人", "、".join(one.name for one in parties(facts))),
                ("简要情况", facts.narrative),
                ("诉求", given.get("wish", "") or facts.title),
                (asked, given.get("asked", "")),
                ("附件", given.get("enclosed", "") or "无"),
                ("办理期限", day(facts.clocks.get("handle"))),
                ("联系人、电话", given.get("contact", "")),
                ("签发人", given.get("signed", "")),
            )
        ),
        sealed(facts.centre, facts.today),
    ]


def cooperation(facts: PaperFacts, given: Given) -> list[Block]:
    return _letter(facts, given, "拟请协作的事项")


def entrustment(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        *body(
            f"{or_line(given.get('to', '') or facts.unit)}：",
            given["handed"],
        ),
        *_letter(facts, given, "委托调处的事项"),
        places("接收人（签收）"),
    ]


def reply(facts: PaperFacts, given: Given) -> list[Block]:
    found = facts.agreement
    result = facts.outcome or (facts.mediation["state_name"] if facts.mediation else "")
    return [
        fields(
            (
                ("致", given.get("to", "") or facts.centre),
                ("来文编号、收文日", given.get("received", "")),
                ("案号", facts.number),
                ("当事人", "、".join(one.name for one in parties(facts))),
                ("调处经过", given.get("course", "") or facts.said.get("progress", "")),
                ("结果（成功、不成、退回）", given.get("result", "") or result),
                ("协议编号", found["number"] if found else "无"),
                ("后续建议", given.get("advice", "")),
                ("承办人", facts.handler),
            )
        ),
        sealed(facts.unit or facts.centre, facts.today),
    ]


def supervision(facts: PaperFacts, given: Given) -> list[Block]:
    chosen = given.get("notice", "")
    one = next((one for one in facts.supervisions if one["number"] == chosen), facts.supervisions[0])
    return [
        fields(
            (
                ("督办单编号", one["number"]),
                ("督办级别", one["level_name"]),
                ("督办事由", str(CAUSES.get(one["cause"], one["cause"]))),
                ("案号", facts.number),
                ("承办单位", one["unit"]),
                ("责任人", given.get("who", "")),
                ("督办要求", given.get("demand", "") or facts.said.get("demand", "")),
                ("回告时限", day(one["reply_by"])),
                ("签发人", given.get("signed", "")),
            )
        ),
        *body(given["each"]),
        sealed(facts.centre, facts.today),
        *body("回执"),
        fields((("采取的措施", ""), ("处理方案", ""), ("进展情况", ""), ("完成时间", ""))),
        places("回告单位（印章）"),
    ]


def service(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        fields(
            (
                ("案号", facts.number),
                ("送达的文书", given.get("paper", "")),
                ("受送达人", given.get("whom", "") or facts.names("applicant")),
                ("送达地点", given.get("place", "")),
                ("送达方式", given.get("way", "") or "□直接送达　□留置送达　□邮寄送达　□电子送达"),
                ("受送达人签收", ""),
                ("代收人及与受送达人的关系", ""),
                ("拒收事由和见证人", ""),
                ("备注", given.get("note", "")),
            )
        ),
        places("送达人（签名）", "受送达人（签名、盖章或按指印）"),
    ]


def address(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        fields(
            (
                ("案号", facts.number),
                ("当事人", given.get("whom", "") or facts.names("applicant")),
                ("送达地址", given.get("place", "")),
                ("收件人", given.get("receiver", "")),
                ("联系电话", given.get("phone", "")),
                ("是否接受电子送达", "□同意　□不同意　　号码或地址："),
            )
        ),
        *body(given["exact"]),
        places("当事人（签名、盖章或按指印）"),
    ]


def receipt(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        fields(
            (
                ("编号", facts.number),
                ("申请人", facts.names("applicant")),
                ("事项", facts.title),
                ("登记时间", day(facts.registered_at)),
                ("受理单位", facts.centre),
                ("办理期限", day(facts.clocks.get("handle") or facts.clocks.get("accept"))),
            )
        ),
        *body(given["follow"]),
        sealed(facts.centre, facts.today),
    ]


def to_court(facts: PaperFacts, given: Given) -> list[Block]:
    """移送函: what goes to the court with it, for judicial confirmation or for filing."""
    mediation = facts.mediation
    assert mediation is not None, "why_not says when there is none"
    found = facts.agreement
    court = given.get("court", "") or mediation["entrusted_by"]
    if found:
        course = f"双方经本组织主持调解，自愿达成{found['number']}调解协议，现共同申请司法确认。"
    else:
        course = f"经本组织调解，{mediation['ending_name']}，已终止调解并告知当事人可以依法起诉。"
    return [
        *body(f"{or_line(court)}：", f"{course}现将有关材料移送你院，请予审查。"),
        fields(
            (
                ("案号", facts.number),
                ("调解编号", mediation["number"]),
                ("法院案号", mediation["entrusted_number"] or "无"),
                ("申请人", facts.names("applicant")),
                ("被申请人", facts.names("respondent")),
                ("简要情况", facts.narrative),
                ("移送的材料", given.get("enclosed", "") or "见所附目录"),
                (PROPERTY, given.get("property", "")),
                ("联系人、电话", given.get("contact", "")),
                ("签发人", given.get("signed", "")),
            )
        ),
        sealed(organisation(facts), facts.today),
        places("接收人（签收）"),
    ]


def _nothing_for_court(facts: PaperFacts) -> str:
    if facts.mediation is None:
        return "还没有启动调解。"
    found = facts.agreement
    if (found and found["state"] == "effective") or facts.mediation["state"] == "ended":
        return ""
    return "调解协议还没有生效，调解也没有终止。"


def _notices(facts: PaperFacts) -> list[tuple[str, str]]:
    return [
        (str(one["number"]), f"{one['number']}（{one['level_name']}，{day(one['issued_at'])}）")
        for one in facts.supervisions
    ]


def _no_supervision(facts: PaperFacts) -> str:
    if facts.confidential:
        return "检举控告和限制知悉的事项，督办单不另出文书。"
    return "" if facts.supervisions else "还没有督办单。"


_TO, _SIGNED, _CONTACT = Ask("to", "接收单位"), Ask("signed", "签发人"), Ask("contact", "联系人、电话")
_LETTER = (_TO, Ask("wish", "诉求"), Ask("asked", "拟请事项", long=True), Ask("enclosed", "附件"), _CONTACT, _SIGNED)
FORMS = (
    Form("cooperation_sheet", "协作联系单", cooperation, _LETTER, word="协", many=True, made_by="centre"),
    Form("entrustment_letter", "委托调处函", entrustment, _LETTER, word="委", many=True, fits=of_disputes,
         fixed=(HANDED,), made_by="centre"),
    Form(
        "reply_letter", "调处回复函", reply,
        (
            _TO, Ask("received", "来文编号、收文日"), Ask("course", "调处经过", long=True), Ask("result", "结果"),
            Ask("advice", "后续建议", long=True),
        ), word="复", by_unit=True, many=True, fits=of_disputes,
    ),
    Form(
        "court_letter", "移送函", to_court,
        (
            Ask("court", "人民法院"), Ask("enclosed", "移送的材料", long=True),
            Ask("property", "没有附财产权利证明的，写明原因"), _CONTACT, _SIGNED,
        ), word="移", file=11, why_not=_nothing_for_court, fits=of_disputes,
    ),
    Form(
        "supervision_notice", "督办通知单", supervision,
        (
            Ask("notice", "哪一份督办单", options=_notices, help="空着：最近的一份。"), Ask("who", "责任人"),
            Ask("demand", "督办要求", long=True), _SIGNED,
        ), word="督", why_not=_no_supervision, many=True, fixed=(EACH,),
        made_by="centre",
    ),
    Form(
        "proof_of_service", "送达回证", service,
        (
            Ask("paper", "送达的文书", required=True), Ask("whom", "受送达人"), Ask("place", "送达地点"), Ask("way",
            "送达方式"), Ask("note", "备注"),
        ), file=12, many=True, made_by="any",
    ),
    Form(
        "service_address", "送达地址确认书", address,
        (Ask("whom", "当事人"), Ask("place", "送达地址"), Ask("receiver", "收件人"), Ask("phone", "联系电话")),
        file=12, many=True, fixed=(EXACT,), made_by="any",
    ),
    Form("receipt", "受理回执", receipt, fixed=(FOLLOW,), to_applicant="issued", made_by="centre"),
)  # fmt: skip
