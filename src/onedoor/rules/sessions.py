"""调解会: rooms, booking, and the record, in which what one side says in confidence stays apart (背对背).

人民调解法 §27: mediation is recorded. 特邀调解规定: a concession made for the sake of an agreement is no evidence
against who made it; a recording wants both sides' consent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from onedoor.rules.access import Actor
from onedoor.rules.facts import CaseFacts, Code, Decision, NoticeOrder
from onedoor.rules.mediation import SIDES, MediationFacts, check_may_go_on, check_mediates, sides
from onedoor.rules.refusal import INVALID, NOT_ALLOWED, NOT_READY, Refused, invalid
from onedoor.rules.telling import SEPARATE

SESSION_KINDS = {
    "joint": "共同调解（面对面）",
    "separate": "分别谈话（背对背）",
    "hearing": "听证评议",
    "psychological": "心理疏导",
    "remote": "远程视频调解",
    "expert": "专家咨询会商",
    "public_court": "公众评判庭",
    "grid_council": "网格议事站",
}
# Held before people of the place, who give their opinion and decide nothing.
PUBLIC = frozenset({"public_court", "grid_council"})
# Without the parties: what those who know the subject have to say.
WITHOUT_PARTIES = frozenset({"expert"})
WITNESS = "witness"  # stands on no side: with him and one side alone it is a talk with that side
ROOM_KINDS = {
    "joint": "调解室",
    "separate": "背对背谈话室",
    "hearing": "听证评议室",
    "psychological": "心理咨询室",
    "remote": "远程视频室",
    "public_court": "公众评判庭",
    "grid_council": "网格议事站",
}
SESSION_STATES = {"booked": "已安排", "held": "已召开", "cancelled": "已取消"}
REPLIES = {"waiting": "未回复", "coming": "参加", "not_coming": "不能参加"}
LONGEST = timedelta(hours=10)
MOST_AHEAD = timedelta(days=180)
# What every record says by itself.
NO_EVIDENCE = "当事人为达成调解协议作出的让步，不得在以后的诉讼、仲裁中作为对其不利的证据。"
NOT_BINDING = "评议、议事的意见供双方参考，没有约束力，是否达成协议由双方自愿决定。"
# Said of every hold, whatever it is for.
NO_JOINT = "目前不宜安排共同调解，可以分别谈话。"
NEUTRAL = "因故改期"
RECORD_SIGN_WAYS = {"drawn": "屏幕手写签名", "sheet": "在纸质笔录上签名或按指印", "refused": "拒绝签名（注明原因）"}


@dataclass(frozen=True, slots=True)
class Plan:
    """One session as it is asked for; instants in UTC. `room` None: not in one of the centre's rooms."""

    kind: str
    side: str
    room: int | None
    place: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SessionFacts:
    id: str
    kind: str
    side: str
    state: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """What is recorded of a session."""

    began_at: datetime
    ended_at: datetime
    present: tuple[str, ...]  # ids of parties
    others: str
    rights_told: bool
    read_back: bool
    recorded: bool
    text: str
    breaks: str = ""
    agents: Mapping[str, str] = field(default_factory=dict)  # for whose side an agent speaks, by his id


def book_session(facts: CaseFacts, now: MediationFacts, plan: Plan, at: datetime, *, apart: bool = False) -> Decision:
    """安排调解会. That no room and no mediator has two at once is the database's to hold. `apart`: for now the parties
    are not to be brought together."""
    _check_plan(facts, now, plan)
    if apart and brings_together(plan.kind):
        raise Refused(NOT_READY, NO_JOINT)
    faults: dict[str, str] = {}
    if plan.starts_at < at:
        faults["starts_at"] = "开始时间不能早于现在；已经开过的，请直接记录。"
    elif plan.starts_at > at + MOST_AHEAD:
        faults["starts_at"] = "最多提前180天安排。"
    if not plan.starts_at < plan.ends_at <= plan.starts_at + LONGEST:
        faults["ends_at"] = "结束时间应晚于开始时间，一次最长10小时。"
    if plan.room is None and not plan.place:
        faults["room"] = "请选择调解室，或写明地点。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return Decision(facts.stage, codes={"mediation": now.id, "kind": plan.kind})


def _check_plan(facts: CaseFacts, now: MediationFacts, plan: Plan) -> None:
    if plan.kind not in SESSION_KINDS:
        raise invalid("kind", "请选择会议类型。")
    if plan.kind in SEPARATE and plan.side not in SIDES:
        raise invalid("side", "分别谈话请选择是哪一方。")
    if plan.kind not in SEPARATE:
        check_may_go_on(facts, now)
        return
    # a first talk with one side may come before the other's consent, but not against its own word
    if now.state not in ("asking", "open"):
        check_may_go_on(facts, now)
    if any(now.word(party.id, "mediation") is False for party in sides(facts.parties)[plan.side]):
        raise Refused(NOT_READY, "这一方已明确拒绝调解，不得再约谈（人民调解法第十七条），请终止调解并告知途径。")


def brings_together(kind: str) -> bool:
    return kind not in SEPARATE and kind not in WITHOUT_PARTIES


def keep_apart(facts: CaseFacts, now: MediationFacts) -> Decision:
    """暂停共同调解."""
    if now.state not in ("asking", "open"):
        check_may_go_on(facts, now)
    return apart_decided(facts, now, apart=True)


def meet_again(facts: CaseFacts, now: MediationFacts, *, confidential: bool, harm_waits: bool) -> Decision:
    """恢复共同调解, by the centre's confidential posts alone, whatever the hold was for: whoever else could lift one
    would learn from being refused that the other was for a report of harm. `harm_waits`: such a report asks for it."""
    if not confidential:
        raise Refused(NOT_ALLOWED, "恢复共同调解，由中心的保密岗位核实后办理，请与中心联系。")
    if harm_waits:
        raise Refused(NOT_READY, "还有没有了结的受害线索，不能恢复共同调解。")
    return apart_decided(facts, now, apart=False)


def apart_decided(facts: CaseFacts, now: MediationFacts, *, apart: bool) -> Decision:
    """No reason is written down, so that a hold betrays none."""
    return Decision(
        facts.stage,
        codes={"mediation": now.id, "apart": apart},
        notices=session_cancelled(facts) if apart else [],
    )


def cancel_session(facts: CaseFacts, now: MediationFacts, session: SessionFacts, why: str) -> Decision:
    if session.state != "booked":
        raise Refused(NOT_READY, f"这次会议{SESSION_STATES[session.state]}。")
    if not why:
        raise invalid("reason", "请写明取消的原因；不便写明的，写“因故改期”即可。")
    codes: dict[str, Code] = {"mediation": now.id, "session": session.id, "kind": session.kind}
    return Decision(facts.stage, codes=codes, notices=session_cancelled(facts))


def session_cancelled(facts: CaseFacts) -> list[NoticeOrder]:
    """The unit hears of it and tells the parties; whoever has cancelled it, and whatever for, it reads the same."""
    return [NoticeOrder("session_cancelled", unit=facts.lead_unit)] if facts.lead_unit else []


def hold_session(
    facts: CaseFacts,
    now: MediationFacts,
    actor: Actor,
    session: SessionFacts,
    held: Held,
    at: datetime,
    *,
    apart: bool = False,
) -> tuple[Decision, str, str]:
    """记录调解会, by the mediator himself. The first joint one tells rights and duties (人民调解法 §§23, 24). With the
    decision go the kind and the side that it has had in fact: to a joint one only one side may have come, and what it
    said then is as confidential as if it had been asked alone."""
    check_mediates(now, actor)
    if session.state != "booked":
        raise Refused(NOT_READY, f"这次会议{SESSION_STATES[session.state]}。")
    side_of = {party.id: side for side, parties in sides(facts.parties).items() for party in parties}
    side_of |= {party.id: "applicant" for party in facts.parties if party.part == "representative"}
    side_of |= {party.id: WITNESS for party in facts.parties if party.part == "witness"}
    # whose agent somebody is does not stand in the record: who mediates says so
    agents = {party.id for party in facts.parties if party.part == "agent"}
    side_of |= {party: side for party, side in held.agents.items() if party in agents and side in SIDES}
    known = {party.id: side_of.get(party.id, "") for party in facts.parties}
    kind, side = _as_held(session, held, side_of)
    faults = _faults_of(session, held, kind, known, at)
    if any(party in agents and party not in side_of for party in held.present):
        faults["present"] = "请选择到场的代理人代表哪一方。"
    elif apart and brings_together(kind):
        faults["present"] = NO_JOINT
    asked = [party for party in facts.parties if party.part in SIDES and (not side or party.part == side)]
    if held.others and kind not in WITHOUT_PARTIES:
        without = [party.name for party in asked if not now.word(party.id, "invited")]
        if without:
            faults["others"] = (
                f"邀请他人参与须当事人同意（人民调解法第二十条）；还没有记录{'、'.join(without)}的同意。"
            )
    if held.recorded:
        without = [party.name for party in asked if not now.word(party.id, "recording")]
        if without:
            faults["recorded"] = f"录音录像须各方同意；还没有记录{'、'.join(without)}的同意。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return Decision(facts.stage, codes={"mediation": now.id, "session": session.id}), kind, side


def _as_held(session: SessionFacts, held: Held, side_of: Mapping[str, str]) -> tuple[str, str]:
    came = {side_of.get(party, "unknown") for party in held.present} - {WITNESS}
    if brings_together(session.kind) and session.kind not in PUBLIC and len(came) == 1:
        return "separate", came.pop()
    return session.kind, session.side


def _faults_of(session: SessionFacts, held: Held, kind: str, known: Mapping[str, str], at: datetime) -> dict[str, str]:
    faults: dict[str, str] = {}
    if held.began_at > at or held.ended_at > at:
        faults["ended_at"] = "会议还没有结束，不能记录。"
    elif not held.began_at < held.ended_at <= held.began_at + LONGEST:
        faults["ended_at"] = "结束时间应晚于开始时间，一次最长10小时。"
    if any(party not in known for party in held.present) or (not held.present and kind not in WITHOUT_PARTIES):
        faults["present"] = "请勾选到场的当事人。"
    elif kind in WITHOUT_PARTIES and held.present:
        faults["present"] = "专家会商没有当事人到场；同当事人谈的，请另记一次会议。"
    elif session.kind in SEPARATE and any(known[party] != session.side for party in held.present):
        faults["present"] = "背对背谈话只能有这一方和他的代理人在场；证人写在“邀请参加的人”里。"
    if kind in (*PUBLIC, *WITHOUT_PARTIES) and not held.others:
        faults["others"] = "请写明参加评议、议事、会商的人。"
    if kind == "joint" and not held.rights_told:
        faults["rights_told"] = "须告知当事人的权利和义务（人民调解法第二十三条、第二十四条）。"
    if not held.text:
        faults["text"] = "请填写笔录。"
    if not held.read_back and kind not in WITHOUT_PARTIES:
        faults["read_back"] = "笔录须向当事人宣读或者交其阅看确认。"
    return faults


def sign_record(
    facts: CaseFacts,
    now: MediationFacts,
    actor: Actor,
    session: SessionFacts,
    *,
    heard: bool,
    present: bool,
    way: str,
    note: str,
) -> Decision:
    """签署笔录, by one who was there; who will not sign says why, and that is written down. `heard`: the actor may
    know what was said; of a talk with one side nobody else takes signatures."""
    if session.kind in SEPARATE and not heard:
        raise Refused(NOT_ALLOWED, "分别谈话的笔录由听取的调解员办理签名。")
    if session.state != "held":
        raise Refused(NOT_READY, "笔录还没有写成。")
    if not present:
        raise invalid("party", "只有到场的当事人在笔录上签名。")
    if way not in RECORD_SIGN_WAYS:
        raise invalid("way", "请选择签署方式。")
    if way == "sheet" and session.kind in SEPARATE:
        raise invalid("way", "分别谈话的笔录不扫描成附件，附件别人也能看；请在屏幕上签名。")
    if way == "refused" and not note:
        raise invalid("note", "请注明拒绝签名的原因。")
    return Decision(facts.stage, codes={"mediation": now.id, "session": session.id})


def keep_recording(
    facts: CaseFacts, now: MediationFacts, actor: Actor, session: SessionFacts, *, recorded: bool
) -> Decision:
    """保存录音录像 of a session that was recorded with the parties' consent."""
    check_mediates(now, actor)
    if session.state != "held" or not recorded:
        raise Refused(NOT_READY, "这次会议没有记录“经各方同意录音录像”，不能保存录音录像。")
    return Decision(facts.stage, codes={"mediation": now.id, "session": session.id})


def invited(facts: CaseFacts, kind: str, side: str) -> Iterable[str]:
    """Ids of the parties that a session asks to come."""
    if kind in WITHOUT_PARTIES:
        return
    for party in facts.parties:
        if party.part == "witness":
            continue
        if kind in SEPARATE and party.part in SIDES and party.part != side:
            continue
        if kind in SEPARATE and party.part not in SIDES:
            continue
        yield party.id
