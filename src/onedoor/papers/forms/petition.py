"""Papers of petitions: what the competent organ tells the petitioner in writing (信访工作条例 §§22, 23, 32, 34,
35)."""

from onedoor.papers.facts import PaperFacts
from onedoor.papers.forms._form import Ask, Form, Given, day, or_line, sealed
from onedoor.papers.model import Block, Paragraph, body


def _who(facts: PaperFacts) -> str:
    return facts.unit or facts.centre


def _received(facts: PaperFacts) -> str:
    return f"你于{day(facts.registered_at)}通过{facts.channel}提出的“{facts.title}”信访事项（{facts.number}）收悉。"


def _to(facts: PaperFacts) -> str:
    return f"{or_line(facts.names('applicant'))}："


def acceptance(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        *body(
            _to(facts),
            _received(facts),
            f"经审查，该事项属于{_who(facts)}职责范围，决定予以受理，并将自受理之日起60日内办结，书面答复你。",
            f"办理期限至{day(facts.clocks.get('handle'))}；情况复杂的，经批准可以延长，延长不超过30日，并告知延期理由。",
            "办理途径和程序：按《信访工作条例》第三十一条、第三十四条办理；办理期间不需要重复提出。",
        ),
        sealed(_who(facts), facts.today),
    ]


def refusal(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        *body(
            _to(facts),
            _received(facts),
            f"经审查，决定不予受理，理由是：{or_line(given.get('reason', ''))}",
            f"你可以依法通过下列途径提出：{or_line(given.get('route', '') or facts.said.get('guidance', ''))}",
            "依据：《信访工作条例》第二十二条、第二十三条。",
        ),
        sealed(_who(facts), facts.today),
    ]


def transfer(facts: PaperFacts, given: Given) -> list[Block]:
    how = given.get("how", "") or "转送"
    to = given.get("to", "") or facts.said.get("destination", "") or facts.unit
    return [
        *body(
            _to(facts),
            _received(facts),
            f"该事项依法应由{or_line(to)}处理，现已{how}该机关，由其在收到之日起15日内告知你是否受理。",
            "去向机关将按规定的程序和期限办理，你可以凭编号向其查询。",
            "依据：《信访工作条例》第二十二条。",
        ),
        sealed(facts.centre, facts.today),
    ]


def extension(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        *body(
            _to(facts),
            _received(facts),
            f"因情况复杂，经本机关负责人批准，延长办理期限，延期理由是：{or_line(given.get('reason', ''))}",
            f"延长后的办理期限至{day(facts.clocks.get('handle'))}，延长期限不超过30日。",
            "依据：《信访工作条例》第三十四条。",
        ),
        sealed(_who(facts), facts.today),
    ]


def opinion(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        Paragraph(f"关于{facts.title}信访事项的答复意见", "centre"),
        *body(_to(facts), _received(facts)),
        Paragraph("一、投诉请求", "heading"),
        *body(facts.narrative),
        Paragraph("二、事实和理由", "heading"),
        *body(given.get("found", "") or facts.said.get("progress", "")),
        Paragraph("三、处理意见及法律依据", "heading"),
        *body(given.get("opinion", "") or facts.said.get("opinion", "") or facts.said.get("answer", "")),
        *body(f"依据：{or_line(given.get('basis', '') or facts.said.get('basis', ''))}"),
        *body(
            "如不服本处理意见，可以自收到本意见书之日起30日内，向本机关的上一级机关、单位请求复查（《信访工作条例》第三十五条）；"
            "逾期不请求的，不再受理。"
        ),
        *body(f"送达方式：{or_line(given.get('way', ''))}　签发人：{or_line(given.get('signed', ''))}"),
        *body(f"抄报：{or_line(given.get('copied', ''))}"),
        sealed(_who(facts), facts.today),
    ]


def _no_opinion(facts: PaperFacts) -> str:
    return "" if facts.said.get("opinion") or facts.said.get("answer") else "还没有签发的意见或者答复。"


def _no_unit(facts: PaperFacts) -> str:
    return "" if facts.unit else "还没有承办单位。"


_REASON = Ask("reason", "理由", long=True, required=True)
FORMS = (
    Form(
        "petition_acceptance", "信访事项受理告知书", acceptance, word="受告", by_unit=True, why_not=_no_unit,
        to_applicant="issued",
    ),
    Form(
        "petition_refusal", "信访事项不予受理告知书", refusal,
        (_REASON, Ask("route", "可以通过的途径", long=True, required=True)), word="不受告", by_unit=True,
        to_applicant="issued",
    ),
    Form(
        "petition_transfer", "信访事项转送（交办）告知书", transfer,
        (Ask("to", "去向机关"), Ask("how", "转送或者交办")), word="转告", to_applicant="issued",
    ),
    Form(
        "petition_extension", "信访事项延期告知书", extension, (_REASON,), word="延告", by_unit=True, why_not=_no_unit,
        to_applicant="issued",
    ),
    Form(
        "petition_opinion", "信访事项处理意见书", opinion,
        (
            Ask("found", "事实和理由", long=True), Ask("opinion", "处理意见", long=True), Ask("basis", "法律依据"),
            Ask("way", "送达方式"), Ask("signed", "签发人"), Ask("copied", "抄报"),
        ), word="意见", by_unit=True, why_not=_no_opinion, to_applicant="served",
    ),
)  # fmt: skip
