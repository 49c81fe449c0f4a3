"""Papers of people's mediation (domain.md §4.1, §4.2)."""

from onedoor.cases.counting import ZONE
from onedoor.papers.facts import PaperFacts
from onedoor.papers.forms._form import (
    JOBS,
    LEGAL,
    Ask,
    Fixed,
    Form,
    Given,
    day,
    mediators,
    moment,
    of_disputes,
    or_line,
    organisation,
    others,
    parties,
    people_table,
    places,
    sealed,
    yuan,
)
from onedoor.papers.model import BLANK, Block, Paragraph, body, fields
from onedoor.rules.mediation import ROUTES
from onedoor.rules.sessions import NO_EVIDENCE

# 人民调解法 §23 and §24, close to the law's own words.
RIGHTS = Fixed(
    "rights",
    "权利（一行一项）",
    "选择或者接受人民调解员；\n接受调解、拒绝调解或者要求终止调解；\n要求调解公开进行或者不公开进行；\n"
    "自主表达意愿、自愿达成调解协议。",
)
DUTIES = Fixed(
    "duties", "义务（一行一项）", "如实陈述纠纷事实；\n遵守调解现场秩序，尊重人民调解员；\n尊重对方当事人行使权利。"
)
FREE = Fixed("free", "收费", "人民调解委员会调解民间纠纷，不收取任何费用。")
WILLING = Fixed("willing", "自愿", "调解组织已将申请调解的相关规定告知我，现自愿申请调解。")
TOLD = Fixed(
    "told",
    "告知",
    "调解员向当事人说明调解的自愿、平等、合法原则，宣布参与人的身份，询问是否申请回避，并告知权利义务和调解不成的风险。",
)
CONFIRMED = Fixed("confirmed", "笔录确认", "以上笔录已向当事人宣读或者交其阅看，确认无误。")
IN_TIME = Fixed("in_time", "期间", "法律对时效和期间有规定的，请在期间内提出。本函双方当事人各一份。")


def application(facts: PaperFacts, given: Given) -> list[Block]:
    wishes = [line for line in given.get("wishes", "").split("\n") if line.strip()]
    listed = [f"{place}．{line.strip()}" for place, line in enumerate(wishes, 1)] or [f"1．{BLANK}", f"2．{BLANK}"]
    return [
        people_table(parties(facts) + others(facts), given, jobs=True),
        Paragraph("纠纷简要情况", "heading"),
        *body(facts.narrative or BLANK),
        Paragraph("当事人申请事项", "heading"),
        *body(*listed),
        *body(given["willing"]),
        places("申请人（签名、盖章或按指印）"),
    ]


def register(facts: PaperFacts, given: Given) -> list[Block]:
    source = facts.mediation["source_name"] if facts.mediation else "当事人申请"
    if facts.mediation and facts.mediation["entrusted_by"]:
        source += f"（{facts.mediation['entrusted_by']} {facts.mediation['entrusted_number']}）"
    return [
        *body(
            f"{day(facts.accepted_at or facts.registered_at)}，本组织登记"
            f"{or_line(facts.names('applicant'))}、{or_line(facts.names('respondent'))}之间的纠纷。{_willing(facts)}"
        ),
        fields(
            (
                ("事项编号", facts.number),
                ("纠纷类型", facts.category),
                ("案件来源", source),
                ("纠纷简要情况", facts.narrative),
                ("涉及金额", yuan(facts.amount) if facts.amount is not None else ""),
                ("备注", given.get("note", "")),
            )
        ),
        places("当事人（签名、盖章或按指印）", "登记人（签名）", dated=False),
        sealed(organisation(facts), facts.today),
    ]


def _willing(facts: PaperFacts) -> str:
    """What each side has said to being mediated, as it stands in the record."""
    words = facts.mediation["words"] if facts.mediation else []
    if words and all(one["mediation"] for one in words):
        return "各方当事人同意调解。"
    said = [
        f"{one['name']}{'同意' if one['mediation'] else '不同意'}" for one in words if one["mediation"] is not None
    ]
    waits = [one["name"] for one in words if one["mediation"] is None]
    return "".join(
        [
            f"是否同意调解：{'、'.join(said)}。" if said else "",
            f"尚待征求意愿：{'、'.join(waits)}。" if waits else "",
        ]
    )


def notice_of_rights(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        *body(f"{or_line(facts.names('applicant'))}、{or_line(facts.names('respondent'))}：", _intro(facts)),
        Paragraph("当事人在调解活动中的权利", "heading"),
        *body(*_listed(given["rights"])),
        Paragraph("当事人在调解活动中的义务", "heading"),
        *body(*_listed(given["duties"])),
        *body(given["free"] if facts.peoples else "", NO_EVIDENCE),
        places("当事人（签名、盖章或按指印）"),
    ]


def _listed(text: str) -> list[str]:
    return [f"{place}．{line.strip()}" for place, line in enumerate(filter(str.strip, text.split("\n")), 1)]


def _intro(facts: PaperFacts) -> str:
    if not facts.peoples:
        return "现将当事人在调解活动中的权利和义务告知如下："
    return "根据《中华人民共和国人民调解法》第二十三条、第二十四条，现将当事人的权利和义务告知如下："


def authorisation(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        fields(
            (
                ("委托人", given.get("principal") or facts.names("applicant")),
                ("受托人", given.get("agent", "") or facts.names("agent")),
                ("受托人身份证号", given.get("agent_id", "")),
                ("受托人联系方式", given.get("agent_phone", "")),
                ("委托事项", f"参加{facts.title or '本纠纷'}的调解活动"),
                (
                    "委托权限",
                    given.get("powers", "") or "□一般代理　□特别代理（代为承认、放弃、变更请求，达成和签署调解协议）",
                ),
                ("委托期限", "自签署之日起至本次调解终结之日止"),
            )
        ),
        places("委托人（签名、盖章或按指印）", "受托人（签名）"),
    ]


def investigation(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        fields(
            (
                ("开始时间", given.get("began", "") or moment(None)),
                ("结束时间", given.get("ended", "") or moment(None)),
                ("地点", given.get("place", "")),
                ("事由", facts.title),
                ("调查人", given.get("investigator", "") or mediators(facts)),
                ("记录人", given.get("recorder", "")),
                ("被调查人姓名", given.get("whom", "")),
                ("性别", given.get("sex", "")),
                ("年龄", given.get("age", "")),
                ("联系电话", given.get("phone", "")),
                ("单位、职务或身份", given.get("whom_is", "")),
            )
        ),
        Paragraph("笔录内容", "heading"),
        *body(given.get("text", "") or BLANK),
        Paragraph("补充材料", "heading"),
        *body(given.get("more", "") or "无"),
        places("被调查人（签名或按指印）", "调查人（签名）", "记录人（签名）"),
    ]


def record(facts: PaperFacts, given: Given) -> list[Block]:
    blocks: list[Block] = []
    for place, one in enumerate(facts.sessions, 1):
        present = "、".join(one["present_names"])
        blocks += [
            *([Paragraph(f"第{place}次调解", "heading")] if len(facts.sessions) > 1 else []),
            fields(
                (
                    ("时间", f"{moment(one['starts_at'])}至{one['ends_at'].astimezone(ZONE):%H时%M分}"),
                    ("地点", one["room"] or one["place"]),
                    ("事由", facts.title),
                    ("到场当事人", present),
                    ("参加人（受邀者）", one["others"] or "无"),
                    ("调解员", "、".join(one["mediator_names"])),
                    ("记录人", given.get("recorder", "")),
                )
            ),
            *body(
                given["told"] if one["rights_told"] else "",
                "各方同意录音录像。" if one["recorded"] else "",
            ),
            Paragraph("双方陈述、核实质证和协议内容", "heading"),
            *body(one["text"] or BLANK),
            *body(given["confirmed"] if one["read_back"] else "", NO_EVIDENCE),
        ]
    if facts.mediation and facts.mediation["state"] == "ended":
        reason = f"调解未达成协议：{facts.mediation['ending_name']}。"
        told = "；".join(facts.mediation["routes"])
        blocks += body(reason, *([f"已告知当事人的其他途径：{told}。"] if told else []))
    return [
        *blocks,
        places("当事人（签名、盖章或按指印）", "参加人（签名）", "调解员（签名）", "记录人（签名）", dated=False),
        sealed(organisation(facts), facts.today),
    ]


def termination(facts: PaperFacts, given: Given) -> list[Block]:
    assert facts.mediation is not None, "why_not says when there is none"
    routes = facts.mediation["routes"] or ROUTES
    ended = facts.mediation["ended_at"]
    return [
        *body(
            f"{or_line(facts.names('applicant'))}、{or_line(facts.names('respondent'))}：",
            f"你们因“{facts.title}”发生的纠纷（{facts.mediation['number']}），经本组织调解，"
            f"双方未能达成一致（{facts.mediation['ending_name']}），现终止调解"
            f"{'，终止日期为' + day(ended) if ended else ''}。",
            "你们可以依法通过下列途径维护自己的权利：",
            *(f"{place}．{route}。" for place, route in enumerate(routes, 1)),
            given["in_time"],
        ),
        sealed(organisation(facts), facts.today),
    ]


def _not_ended(facts: PaperFacts) -> str:
    ended = facts.mediation is not None and facts.mediation["state"] == "ended"
    return "" if ended else "调解还没有终止。"


def _not_held(facts: PaperFacts) -> str:
    return "" if facts.sessions else "还没有开过调解会（背对背谈话不进笔录）。"


_RECORDER = Ask("recorder", "记录人")
FORMS = (
    Form(
        "mediation_application", "人民调解申请书", application,
        (Ask("wishes", "申请事项（一行一项）", long=True), JOBS, LEGAL), file=1, fits=of_disputes, fixed=(WILLING,),
        to_applicant="issued",
    ),
    Form(
        "acceptance_register", "人民调解受理登记表", register, (Ask("note", "备注"),), file=1,
        fits=of_disputes,
    ),
    Form(
        "rights_notice", "当事人权利义务告知书", notice_of_rights, file=2, fits=of_disputes,
        fixed=(RIGHTS, DUTIES, FREE),
        to_applicant="issued",
    ),
    Form(
        "authorisation", "授权委托书", authorisation,
        (
            Ask("principal", "委托人"), Ask("agent", "受托人"), Ask("agent_id", "受托人身份证号"),
            Ask("agent_phone", "受托人联系方式"), Ask("powers", "委托权限"),
        ), file=4, fits=of_disputes, many=True,
    ),
    Form(
        "investigation_record", "调查笔录", investigation,
        (
            Ask("began", "开始时间"), Ask("ended", "结束时间"), Ask("place", "地点"), Ask("investigator", "调查人"),
            _RECORDER, Ask("whom", "被调查人", required=True), Ask("sex", "被调查人性别"), Ask("age", "被调查人年龄"),
            Ask("phone", "被调查人电话"), Ask("whom_is", "被调查人的单位、职务或身份"), Ask("text", "笔录内容",
            long=True, required=True), Ask("more", "补充材料"),
        ), file=5, fits=of_disputes, many=True, made_by="any",
    ),
    Form(
        "mediation_record", "调解笔录", record, (_RECORDER,), file=7, why_not=_not_held,
        fits=of_disputes, fixed=(TOLD, CONFIRMED),
    ),
    Form(
        "termination_letter", "终止调解告知书", termination, word="终", file=8, why_not=_not_ended, fits=of_disputes,
        fixed=(IN_TIME,),
        to_applicant="issued",
    ),
)  # fmt: skip
