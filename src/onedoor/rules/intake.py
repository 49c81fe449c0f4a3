"""Moves out of *registered* and *correction*, and what a registration must hold."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from onedoor.rules.access import Actor, Confidentiality
from onedoor.rules.facts import CaseFacts, ClockOrder, Decision, Inputs, NewStatement, NoticeOrder
from onedoor.rules.flow import FINISHED, Stage
from onedoor.rules.parts import (
    handling_begins,
    reason,
    released,
    tell_units,
    units_clocks_stop,
    waits_for_dispatch,
    without,
)
from onedoor.rules.refusal import INVALID, Refused, invalid
from onedoor.rules.schemes import APPLICATION, TRACKS

KINDS = {"dispute": "纠纷", "appeal": "诉求", "incident": "事件", "consultation": "咨询"}
PURPOSES = {"suggestion": "建议意见", "accusation": "检举控告", "petition": "申诉求决"}
CHANNELS = {
    "window": "窗口",
    "hotline": "热线",
    "letter": "来信",
    "visit": "走访接访",
    "web": "网上",
    "mail": "邮箱",
    "grid": "网格",
    "transfer": "转来",
}
PARTS = {
    "applicant": "申请人",
    "respondent": "被申请人",
    "representative": "代表人",
    "agent": "代理人",
    "witness": "证人",
}
PARTY_KINDS = {"person": "个人", "organisation": "单位"}
# How the applicant was helped to hand in: led through the hall, helped to fill in, done for him.
HELPS = {"accompanied": "领办", "helped": "帮办", "done_for": "代办"}
PROOFS = {"code": "回执码", "signature": "签名材料", "callback": "电话核实"}
# What comes in writing, with a day of its own.
LETTERS = frozenset({"letter", "mail"})
MOST_PARTIES = 200
MOST_REPRESENTATIVES = 5


@dataclass(frozen=True, slots=True)
class Registration:
    """What is asked of a new matter, after every field has been read (`steps/register.py`)."""

    kind: str
    purpose: str
    channel: str
    anonymous: bool
    confidential: bool
    parts: tuple[str, ...]
    occurred_at: datetime | None
    amount: int | None  # 分
    people_involved: int | None
    letter_day: date | None = None  # the day that stands on a letter
    today: date | None = None  # the day of the registration, where the centre is
    help: str = ""
    help_by: str = ""
    help_consent: bool = False
    proxy_seen: bool = False


def check_registration(asked: Registration, at: datetime) -> str:
    """The confidentiality the matter starts with; refuses with every faulty field named.

    信访工作条例 §20: 多人采用走访形式提出共同信访事项的, 应当推选代表, 代表人数不得超过5人.
    信访工作条例 §30: 检举控告 is confidential from the first moment.
    """
    faults: dict[str, str] = {}
    for field, value, known in (
        ("kind", asked.kind, KINDS),
        ("channel", asked.channel, CHANNELS),
        ("purpose", asked.purpose, {"": "", **PURPOSES}),
    ):
        if value not in known:
            names = "、".join(f"{code}（{name}）" for code, name in known.items() if code)
            faults[field] = f"没有这个选项，可选：{names}。"
    unknown = next((part for part in asked.parts if part not in PARTS), None)
    if unknown is not None:
        faults["parties"] = "当事人的身份只能是申请人、被申请人、代表人、代理人或证人。"
    elif not asked.anonymous and "applicant" not in asked.parts:
        faults["parties"] = "请至少登记一名申请人；不愿具名的，请按匿名登记。"
    elif asked.parts.count("representative") > MOST_REPRESENTATIVES:
        faults["parties"] = f"代表人最多{MOST_REPRESENTATIVES}人（信访工作条例第二十条）。"
    elif len(asked.parts) > MOST_PARTIES:
        faults["parties"] = f"一件事项最多登记{MOST_PARTIES}名当事人，请推选代表人。"
    if asked.occurred_at is not None and asked.occurred_at > at:
        faults["occurred_at"] = "发生时间不能晚于现在。"
    if asked.amount is not None and not 0 <= asked.amount <= 10**15:
        faults["amount"] = "涉及金额不能小于零，也不能超过十万亿元。"
    if asked.people_involved is not None and not 1 <= asked.people_involved <= 1_000_000:
        faults["people_involved"] = "涉及人数应在1到1000000之间。"
    if asked.letter_day is not None and asked.channel not in LETTERS:
        faults["letter_day"] = "渠道是来信或邮箱的，才填写信日期。"
    elif asked.letter_day is not None and asked.today is not None and asked.letter_day > asked.today:
        faults["letter_day"] = "写信日期不能晚于今天。"
    if asked.help and asked.help not in HELPS:
        faults["help"] = f"帮助方式只能是{'、'.join(HELPS.values())}。"
    elif asked.help:
        if not asked.help_by:
            faults["help_by"] = f"请选择是谁{HELPS[asked.help]}的。"
        if not asked.help_consent:
            faults["help_consent"] = f"{HELPS[asked.help]}须先征得申请人同意，征得同意后勾选。"
        if asked.help == "done_for" and not asked.proxy_seen:
            faults["proxy_seen"] = "代办须有申请人的委托，请核对委托材料后勾选。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    if asked.purpose == "accusation":
        return Confidentiality.ACCUSATION
    return Confidentiality.RESTRICTED if asked.confidential else Confidentiality.ORDINARY


def ask_correction(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """补正: told once, with everything that is missing."""
    return Decision(
        Stage.CORRECTION,
        case={"pending": {**facts.pending, "correction": {"by": actor.account}}},
        statements=[NewStatement("correction", take.reason)],
        clocks=[ClockOrder("pause", "accept"), ClockOrder("start", "correction")],
    )


def supplement(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    return Decision(
        Stage.REGISTERED,
        case={"pending": without(facts, "correction")},
        statements=[NewStatement("supplement", take.text)],
        clocks=[ClockOrder("stop", "correction"), ClockOrder("resume", "accept")],
    )


def add_from_field(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """现场补充: who has found it in the grid says what he has seen since; the units that have it hear."""
    return Decision(
        facts.stage,
        statements=[NewStatement("supplement", take.text)],
        notices=tell_units(facts, "added_from_field"),
    )


def lapse(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """The time for correction is over: the applicant is told of the lawful route, and may contest.

    It ends the matter as guidance does, so whoever asked for the correction cannot do it alone.
    """
    return Decision(
        Stage.GUIDED,
        case={"outcome": "guided", "pending": {}},
        statements=[NewStatement("guidance", take.route)],
        clocks=[ClockOrder("stop")],
    )


def accept(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """The centre takes everything in (全量受理)."""
    since = None
    if APPLICATION in facts.terms.items["handle"].starts and (applied := facts.clock("accept")) is not None:
        since = applied.started_at
    begins = replace(handling_begins(facts), since=since)
    return Decision(
        Stage.ACCEPTED,
        case={"accepted_at": at, "pending": without(facts, "guidance")},
        statements=reason(take),
        clocks=[ClockOrder("stop", "accept"), begins],
    )


def set_track(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Which procedure applies (简易办理, 复查, 法院委托调解 …); the writer finds the scheme that follows from it, and
    counts what runs by that one, from where it began. What turns out not to be simple goes over to the ordinary
    procedure in this way."""
    track = "" if take.track == "general" else take.track
    if track not in TRACKS:
        raise invalid("track", "没有这个办理程序。")
    if track == facts.track:
        raise invalid("track", f"现在就是“{TRACKS[track]}”。")
    return Decision(facts.stage, case={"track": track}, statements=reason(take), codes={"track": track})


def guide(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Proposes to lead the matter to its lawful route; a second person confirms."""
    return Decision(
        facts.stage,
        case={"pending": {**facts.pending, "guidance": {"by": actor.account}}},
        statements=[NewStatement("guidance", take.route), NewStatement("reason", take.reason)],
        notices=[NoticeOrder("guidance_to_confirm", unit=facts.present_centre)],
    )


def confirm_guidance(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    return Decision(
        Stage.GUIDED,
        case={"pending": without(facts, "guidance"), "outcome": "guided"},
        statements=reason(take),
        clocks=[ClockOrder("stop")],
    )


def decline_guidance(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    return Decision(facts.stage, case={"pending": without(facts, "guidance")}, statements=reason(take))


def transfer_out(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """转送 (a petition) or 移送 (a dispute) to somebody outside the tree, in writing, with the basis."""
    return Decision(
        Stage.TRANSFERRED,
        case={"pending": without(facts, "guidance")},
        statements=[
            NewStatement("destination", take.destination),
            NewStatement("basis", take.basis),
            *reason(take),
        ],
        clocks=[ClockOrder("pause")],
    )


def take_back(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """The other place sends it back: the time there is given back, and the matter waits for dispatch here.

    What had not been accepted when it left counts as accepted now.
    """
    decision = Decision(Stage.ACCEPTED, statements=reason(take), clocks=[ClockOrder("resume")])
    if facts.clock("accept") is not None:
        decision = accept(facts, actor, at, take)
    decision.case["pending"] = {}
    return decision


def withdraw(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """Protected: the applicant's own code, a signed sheet in the file, or a call-back by somebody else."""
    if take.proof not in PROOFS:
        raise invalid("proof", "撤回须凭申请人的回执码（code）、签名材料（signature）或电话核实（callback）。")
    if not take.proof_holds:
        raise invalid(
            "code" if take.proof == "code" else "proof",
            {
                "code": "回执码不对，请申请人核对回执。",
                "signature": "没有找到申请人签名的撤回材料，请先上传附件。",
                "callback": "电话核实须由登记人以外的人办理。",
            }[take.proof],
        )
    return Decision(
        Stage.WITHDRAWN,
        case={"outcome": "withdrawn", "withdrawn_at": at, "pending": {}},
        parts=released(facts, "withdrawn"),
        statements=reason(take),
        clocks=[*units_clocks_stop(), ClockOrder("stop", "correction"), ClockOrder("pause")],
        codes={"proof": take.proof},
        notices=tell_units(facts, "withdrawn"),
    )


def revoke_withdrawal(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    accepted = facts.clock("accept") is None
    waits = waits_for_dispatch(facts) if accepted else []
    return Decision(
        Stage.ACCEPTED if accepted else Stage.REGISTERED,
        case={
            "outcome": "",
            "withdrawn_at": None,
            "lead_unit": None,
            "paused_at": None,
            "paused_until": None,
            "pending": {},
        },
        statements=reason(take),
        clocks=[ClockOrder("resume"), *waits],
    )


def merge(facts: CaseFacts, actor: Actor, at: datetime, take: Inputs) -> Decision:
    """并案 into another case of the same centre and the same confidentiality."""
    into = take.into
    if into is None:
        raise invalid("into", "请填写并入的事项编号。")
    if into.number == facts.number:
        raise invalid("into", "不能并入事项自己。")
    if into.stage in FINISHED:
        raise invalid("into", "并入的事项已经办结，不能并入。")
    if into.present_centre != facts.present_centre:
        raise invalid("into", "并入的事项不在本中心。")
    if into.confidentiality != facts.confidentiality:
        raise invalid("into", "两件事项的知悉范围不同，不能并案。")
    return Decision(
        Stage.MERGED,
        case={"outcome": "merged", "merged_into": into.id, "pending": {}},
        statements=reason(take),
        clocks=[ClockOrder("stop")],
        codes={"into": into.number},
    )
