"""Mediation: how it begins, who mediates, whether both sides want it, and how it ends without an agreement.

人民调解法 §4 free of charge; §17 a clear refusal by one side ends it; §19 the parties may choose the mediator; §20
others join only with the parties' consent; §25 what may turn violent is reported; §26 without an agreement the parties
are told of arbitration, administrative and judicial ways. 特邀调解规定 and 在线调解规则: a relation of the mediator to
a party is disclosed, and he steps back unless both sides agree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from onedoor.rules.access import Actor
from onedoor.rules.facts import CaseFacts, ClockOrder, Decision, NewStatement, NoticeOrder, PartyFacts
from onedoor.rules.mediators import MediatorFacts, check_mediators
from onedoor.rules.refusal import NOT_ALLOWED, NOT_READY, Refused, invalid
from onedoor.rules.schemes import TRACKS

KINDS = {"people": "人民调解", "administrative": "行政调解", "judicial": "司法调解"}
SOURCES = {
    "application": "依申请",
    "own": "主动调解",
    "court_delegated": "法院委派（立案前）",
    "court_entrusted": "法院委托（立案后）",
    "procuratorate": "检察院移送",
    "police": "公安机关移送",
    "petition": "信访部门移送",
    "other": "其他部门移送",
}
# Whoever has handed it over gets a report, and the court its materials.
HANDED_OVER = frozenset({"court_delegated", "court_entrusted", "procuratorate", "police", "petition", "other"})
OF_THE_COURT = frozenset({"court_delegated", "court_entrusted"})
# The procedure that a court's handing over brings, unless one of them has been set already.
SOURCE_TRACKS = {"court_delegated": "court_delegated", "court_entrusted": "court_entrusted"}
COURT_TRACKS = frozenset(code for code in TRACKS if code.startswith("court_"))
STATES = {"asking": "征求意愿", "open": "调解中", "agreed": "已达成协议", "ended": "已终止"}
ENDINGS = {
    "refused": "一方明确拒绝调解",
    "failed": "未能达成协议",
    "expired": "期限届满未达成协议",
    "absent": "一方无正当理由不到场",
    # everybody reads it: what has happened, or to whom, does not follow from it (人民调解法 §25)
    "unfit": "依法不宜继续调解",
    "sham": "发现虚假调解",
    "in_court": "当事人已起诉或者申请仲裁、行政调解",
    "handed_over": "转由其他调解接续（三调联动）",
    "withdrawn": "申请人撤回调解申请",
    "moved": "事项已转出，调解自行终止",
}
# What a party says yes or no to.
PURPOSES = {
    "mediation": "同意调解",
    "mediator": "同意该调解员（披露关系后）",
    "invited": "同意邀请的人参与",
    "recording": "同意录音录像",
    "extension": "同意延长调解期限",
    "confidence": "同意接任的调解员看本方的保密谈话",
}
# Of these a word counts for the mediators of its day alone.
OF_THE_MEDIATOR = frozenset({"mediator", "confidence"})
WAYS = {"written": "书面", "oral": "口头（记录）", "phone": "电话", "online": "网上"}
SIDES = {"applicant": "申请方", "respondent": "被申请方"}
# The lawful ways that a termination letter offers (人民调解法 §26); the mediator strikes what does not fit.
ROUTES = (
    "向有管辖权的人民法院提起诉讼",
    "依法申请仲裁（劳动人事争议、农村土地承包经营纠纷等）",
    "申请有关行政机关处理或者行政裁决",
    "双方自愿时，可以再次申请调解",
)


@dataclass(frozen=True, slots=True)
class Consent:
    party: str
    purpose: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class MediationFacts:
    """A mediation as it stands. `consents`: the newest word of each party on each purpose."""

    id: str
    kind: str
    source: str
    state: str
    mediators: tuple[int, ...]
    disclosure: str
    materials_at: datetime | None
    returned_at: datetime | None
    consents: tuple[Consent, ...] = ()

    def word(self, party: str, purpose: str) -> bool | None:
        return next((one.agrees for one in self.consents if (one.party, one.purpose) == (party, purpose)), None)


@dataclass(frozen=True, slots=True)
class Opening:
    kind: str
    source: str
    entrusted_by: str
    entrusted_number: str
    mediators: tuple[MediatorFacts, ...]
    chosen: bool  # by the parties; else assigned
    disclosure: str
    declared: bool = False  # the mediators have declared that they have no relation to a party
    nowhere_else: bool = False  # medical: neither a lawsuit nor an administrative mediation is under way


def sides(parties: Iterable[PartyFacts]) -> dict[str, list[PartyFacts]]:
    """The parties whose will counts, by side."""
    found: dict[str, list[PartyFacts]] = {side: [] for side in SIDES}
    for party in parties:
        if party.part in found:
            found[party.part].append(party)
    return found


def open_mediation(facts: CaseFacts, standing: Sequence[MediationFacts], asked: Opening, category: str) -> Decision:
    """启动调解. One at a time; the next kind may follow on the same case (三调联动)."""
    if any(one.state in ("asking", "open") for one in standing):
        raise Refused(NOT_READY, "本事项已有正在进行的调解；要转由另一种调解接续的，请先终止并注明转接。")
    if any(one.state == "agreed" for one in standing):
        raise Refused(NOT_READY, "本事项已有生效的调解协议；双方要改变约定的，请拟定变更协议。")
    if asked.kind not in KINDS:
        raise invalid("kind", "请选择调解种类。")
    if asked.source not in SOURCES:
        raise invalid("source", "请选择来源。")
    if asked.source in HANDED_OVER and not asked.entrusted_by:
        raise invalid("entrusted_by", "请写明委派、委托或者移送的机关。")
    if asked.source in OF_THE_COURT and not asked.entrusted_number:
        raise invalid("entrusted_number", "请填写法院的案号或者委派函号；法院的编号随案保留。")
    both = sides(facts.parties)
    if not both["applicant"] or not both["respondent"]:
        raise Refused(NOT_READY, "调解要有双方当事人，请先补登被申请人。")
    if asked.kind == "people" and _is_medical(category) and not asked.nowhere_else:
        sentence = (
            "医疗纠纷已起诉，或者已由行政机关受理调解的，不予受理（医疗纠纷预防和处理条例第四十条），请核实后勾选。"
        )
        raise invalid("nowhere_else", sentence)
    check_mediators(facts, asked.mediators, asked.disclosure, declared=asked.declared, already=frozenset())
    track = SOURCE_TRACKS.get(asked.source, "")
    return Decision(
        facts.stage,
        case={"track": track} if track and facts.track not in COURT_TRACKS else {},
        codes={"kind": asked.kind, "source": asked.source, "mediators": [one.account for one in asked.mediators]},
    )


def _is_medical(category: str) -> bool:
    return category == "dispute.medical" or category.startswith("dispute.medical.")


def change_mediator(
    facts: CaseFacts,
    now: MediationFacts,
    mediators: tuple[MediatorFacts, ...],
    *,
    why: str,
    disclosure: str,
    declared: bool,
) -> Decision:
    """更换调解员. What the parties said of the earlier one does not hold for the new one."""
    _running(now)
    if not why:
        raise invalid("reason", "请写明更换的理由（当事人要求、回避等）。")
    check_mediators(facts, mediators, disclosure, declared=declared, already=frozenset(now.mediators))
    return Decision(
        facts.stage,
        statements=[NewStatement("reason", why)],
        codes={"mediation": now.id, "mediators": [one.account for one in mediators]},
    )


def record_consent(facts: CaseFacts, now: MediationFacts, consent: Consent, way: str) -> tuple[Decision, str]:
    """The decision, and the state that the mediation then has. A refusal to be mediated leaves it to the mediator to
    end it with the routes told; nothing else can follow (人民调解法 §17)."""
    _running(now)
    if consent.purpose not in PURPOSES:
        raise invalid("purpose", "请选择征求意见的事项。")
    if way not in WAYS:
        raise invalid("way", "请选择表示意愿的方式。")
    party = next((one for one in facts.parties if one.id == consent.party), None)
    if party is None or party.part not in SIDES:
        raise invalid("party", "请选择一名当事人。")
    words = {(one.party, one.purpose): one.agrees for one in now.consents}
    words[consent.party, consent.purpose] = consent.agrees
    state = now.state
    if state == "asking" and all(
        words.get((one.id, "mediation")) for side in sides(facts.parties).values() for one in side
    ):
        state = "open"
    decision = Decision(
        facts.stage,
        codes={"mediation": now.id, "party": consent.party, "purpose": consent.purpose, "agrees": consent.agrees},
    )
    return decision, state


def take_materials(facts: CaseFacts, now: MediationFacts) -> Decision:
    """签收材料: from the mediator's signature for them the court's period runs (特邀调解规定 §27)."""
    _running(now)
    if now.source not in OF_THE_COURT:
        raise Refused(NOT_READY, "只有法院委派、委托的调解需要签收材料。")
    if now.materials_at is not None:
        raise Refused(NOT_READY, "材料已签收。")
    return Decision(
        facts.stage,
        clocks=[ClockOrder("restart", "handle")],
        codes={"mediation": now.id},
    )


def end_mediation(
    facts: CaseFacts, now: MediationFacts, ending: str, routes: tuple[str, ...], text: str, to: str = ""
) -> tuple[Decision, tuple[str, ...]]:
    """终止调解: with its ground, and with the other lawful ways told; the second are the ways as they are kept. `to`:
    the kind of mediation that takes over (三调联动)."""
    _running(now)
    if ending not in ENDINGS:
        raise invalid("ending", "请选择终止的原因。")
    refusals = [one for one in now.consents if one.purpose == "mediation" and not one.agrees]
    if ending == "refused" and not refusals:
        raise invalid("ending", "还没有记录哪一方拒绝，请先记录当事人意愿。")
    if ending == "handed_over":
        if to not in KINDS or to == now.kind:
            raise invalid("to", "请选择由哪一种调解接续，不能还是原来的一种。")
        routes = (f"由{KINDS[to]}接续调解", *routes)
    if not routes:
        raise invalid("routes", "请至少选择一条告知当事人的其他途径（人民调解法第二十六条）。")
    if not text:
        raise invalid("text", "请写明终止的情况。")
    decision = Decision(
        facts.stage,
        # the word of the ground alone: what was said in confidence has no place in what units read
        statements=[
            NewStatement("progress", f"调解终止：{ENDINGS[ending]}。"),
            *([NewStatement("guidance", "；".join(routes) + "。")] if routes else []),
        ],
        clocks=report_begins(now),
        codes={"mediation": now.id, "ending": ending, **({"to": to} if to else {})},
        notices=[NoticeOrder("mediation_ended", unit=facts.present_centre)],
    )
    return decision, routes


def report_begins(now: MediationFacts) -> list[ClockOrder]:
    """The time within which who has handed the matter over is told how it ended."""
    return [ClockOrder("start", "report")] if now.source in HANDED_OVER else []


def owes_report(now: MediationFacts) -> bool:
    return now.source in HANDED_OVER and now.state in ("agreed", "ended") and now.returned_at is None


def report_back(facts: CaseFacts, now: MediationFacts, text: str) -> Decision:
    """反馈: who has handed the matter over hears how it ended; what a court's failed mediation had goes back with
    `return_materials` instead. The police needs to know whether an agreement was kept (治安管理处罚法 §9)."""
    if not owes_report(now):
        raise Refused(NOT_READY, "没有需要反馈的机关，或者已经反馈。")
    if now.source in OF_THE_COURT and now.state == "ended":
        raise Refused(NOT_READY, "法院委派、委托的调解未达成协议的，请退回材料。")
    if not text:
        raise invalid("text", "请写明反馈的内容、方式和收件人。")
    return Decision(
        facts.stage,
        statements=[NewStatement("progress", f"已向交办机关反馈调解结果：{text}")],
        clocks=[ClockOrder("stop", "report")],
        codes={"mediation": now.id},
    )


def return_materials(facts: CaseFacts, now: MediationFacts) -> Decision:
    """退回材料: back to the court's filing window at once, so that refusal or failure costs no time (特邀调解规定
    §§26, 27); its seven days for filing begin (民事诉讼法 §126)."""
    if now.source not in OF_THE_COURT:
        raise Refused(NOT_READY, "只有法院委派、委托的调解需要退回材料。")
    if now.state != "ended":
        raise Refused(NOT_READY, "请先终止调解，再退回材料。")
    if now.returned_at is not None:
        raise Refused(NOT_READY, "材料已退回。")
    return Decision(facts.stage, clocks=[ClockOrder("stop", "report")], codes={"mediation": now.id})


def court_filed(facts: CaseFacts, now: MediationFacts, number: str) -> Decision:
    if now.returned_at is None:
        raise Refused(NOT_READY, "材料还没有退回法院。")
    if not number:
        raise invalid("number", "请填写法院立案的案号。")
    return Decision(facts.stage, codes={"mediation": now.id})


def check_may_go_on(facts: CaseFacts, now: MediationFacts) -> None:
    """Sessions and agreements want both sides' consent, and that of both to a mediator who has disclosed a
    relation."""
    if now.state != "agreed":  # what was agreed may be changed by both again
        _running(now)
    for side in sides(facts.parties).values():
        for party in side:
            word = now.word(party.id, "mediation")
            if word is False:
                raise Refused(
                    NOT_READY, f"{party.name}明确拒绝调解，不得继续（人民调解法第十七条），请终止调解并告知途径。"
                )
            if word is None:
                raise Refused(NOT_READY, f"还没有记录{party.name}是否同意调解。")
            if now.disclosure and not now.word(party.id, "mediator"):
                raise Refused(NOT_READY, f"调解员披露了关系，须{party.name}同意后才能由他调解，或者更换调解员。")


def check_mediates(now: MediationFacts, actor: Actor) -> None:
    """What the mediator himself does; nobody else of his unit writes his record."""
    if actor.account not in now.mediators:
        raise Refused(NOT_ALLOWED, "只有本案的调解员可以办理。")


def _running(now: MediationFacts) -> None:
    if now.state not in ("asking", "open"):
        raise Refused(NOT_READY, f"这次调解{STATES[now.state]}。")


def newest(consents: Iterable[Mapping[str, object]]) -> tuple[Consent, ...]:
    """The last word of each party on each purpose, from rows in the order in which they were said."""
    found: dict[tuple[str, str], Consent] = {}
    for row in consents:
        one = Consent(str(row["party"]), str(row["purpose"]), bool(row["agrees"]))
        found[one.party, one.purpose] = one
    return tuple(found.values())
