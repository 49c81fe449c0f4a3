"""Papers of petitions: what the competent organ tells the petitioner in writing (信访工作条例 §§22, 23, 32, 34,
35)."""

from onedoor.papers.facts import PaperFacts
from onedoor.papers.forms._form import Ask, Fixed, Form, Given, day, of_petitions, or_line, sealed
from onedoor.papers.model import Block, Paragraph, body

PROCEDURE = Fixed(
    "procedure",
    "办理途径和程序",
    "办理途径和程序：按《信访工作条例》第三十一条、第三十四条办理；办理期间不需要重复提出。",
)
ONWARD = Fixed("onward", "去向", "去向机关将按规定的程序和期限办理，你可以凭编号向其查询。")
# What a petitioner may still do, by the track of the matter (信访工作条例 §§35, 36). After the re-review nothing: what
# is brought forward on the same facts and grounds is not taken up again.
REMEDIES = {
    "review": "如不服本复查意见，可以自收到本意见书之日起30日内，向复查机关、单位的上一级机关、单位请求复核（《信访"
    "工作条例》第三十六条）；逾期不请求的，不再受理。",
    "re_review": "本意见为复核意见（《信访工作条例》第三十六条）。对复核意见不服，仍然以同一事实和理由提出投诉请求的，"
    "各级党委和政府信访部门和其他机关、单位不再受理。",
}
FIRST_REMEDY = (
    "如不服本处理意见，可以自收到本意见书之日起30日内，向本机关的上一级机关、单位请求复查（《信访工作条例》第三十五条）；"
    "逾期不请求的，不再受理。"
)
OPINIONS = {"review": "复查意见", "re_review": "复核意见"}


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
            f"经审查，该事项属于{_who(facts)}职责范围，决定予以受理，并将自受理之日起{facts.limit}内办结，书面答复你。",
            f"办理期限至{day(facts.clocks.get('handle'))}"
            + (
                f"；情况复杂的，经批准可以延长，延长不超过{facts.extension}，并告知延期理由。"
                if facts.extension
                else "。"
            ),
            given["procedure"],
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
            given["onward"],
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
            f"延长后的办理期限至{day(facts.clocks.get('handle'))}"
            + (f"，延长期限不超过{facts.extension}。" if facts.extension else "。"),
            "依据：《信访工作条例》第三十四条。",
        ),
        sealed(_who(facts), facts.today),
    ]


def opinion(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        Paragraph(f"关于{facts.title}信访事项的答复意见", "centre"),
        *body(_to(facts), _received(facts), f"转办机关：{given.get('sent_by', '') or _sent_by(facts)}。"),
        Paragraph("一、投诉请求", "heading"),
        *body(facts.narrative),
        Paragraph("二、事实和理由", "heading"),
        *body(given.get("found", "") or facts.said.get("progress", "")),
        Paragraph(f"三、{OPINIONS.get(facts.track, '处理意见')}及法律依据", "heading"),
        *body(given.get("opinion", "") or facts.said.get("opinion", "") or facts.said.get("answer", "")),
        *body(f"依据：{or_line(given.get('basis', '') or facts.said.get('basis', ''))}"),
        *body(REMEDIES.get(facts.track, FIRST_REMEDY)),
        *body(f"送达方式：{or_line(given.get('way', ''))}　签发人：{or_line(given.get('signed', ''))}"),
        *body(f"抄报：{or_line(given.get('copied', ''))}"),
        sealed(_who(facts), facts.today),
    ]


def _sent_by(facts: PaperFacts) -> str:
    """Who has sent the matter on to the unit that answers: the centre, unless it answers itself."""
    return facts.centre if facts.unit and facts.unit != facts.centre else "无"


def _not_accepted(facts: PaperFacts) -> str:
    return _no_unit(facts) or ("" if facts.accepted else "承办单位还没有作出受理决定。")


def _not_refused(facts: PaperFacts) -> str:
    return _no_unit(facts) or ("" if facts.accepted is False else "承办单位没有作出不予受理决定。")


def _not_extended(facts: PaperFacts) -> str:
    return _no_unit(facts) or ("" if facts.extended else "还没有批准延长办理期限。")


def _not_sent(facts: PaperFacts) -> str:
    return "" if facts.unit or facts.said.get("destination") else "还没有转送或者交办。"


def _no_opinion(facts: PaperFacts) -> str:
    return "" if facts.said.get("opinion") or facts.said.get("answer") else "还没有签发的意见或者答复。"


def _no_unit(facts: PaperFacts) -> str:
    return "" if facts.unit else "还没有承办单位。"


_REASON = Ask("reason", "理由", long=True, required=True)
FORMS = (
    Form(
        "petition_acceptance", "信访事项受理告知书", acceptance, word="受告", by_unit=True, why_not=_not_accepted,
        fits=of_petitions, fixed=(PROCEDURE,),
        to_applicant="issued",
    ),
    Form(
        "petition_refusal", "信访事项不予受理告知书", refusal,
        (_REASON, Ask("route", "可以通过的途径", long=True, required=True)), word="不受告", by_unit=True,
        why_not=_not_refused, fits=of_petitions,
        to_applicant="issued",
    ),
    Form(
        "petition_transfer", "信访事项转送（交办）告知书", transfer,
        (Ask("to", "去向机关"), Ask("how", "转送或者交办")),
        word="转告", why_not=_not_sent, fits=of_petitions, fixed=(ONWARD,), made_by="centre",
        to_applicant="issued",
    ),
    Form(
        "petition_extension", "信访事项延期告知书", extension, (_REASON,), word="延告", by_unit=True,
        why_not=_not_extended, fits=of_petitions,
        to_applicant="issued",
    ),
    Form(
        "petition_opinion", "信访事项处理意见书", opinion,
        (
            Ask("sent_by", "转办机关", help="空着：转来的中心。"), Ask("found", "事实和理由", long=True),
            Ask("opinion", "处理意见", long=True), Ask("basis", "法律依据"), Ask("way", "送达方式"),
            Ask("signed", "签发人"), Ask("copied", "抄报"),
        ), word="意见", by_unit=True, why_not=_no_opinion, fits=of_petitions,
        to_applicant="served",
    ),
)  # fmt: skip
