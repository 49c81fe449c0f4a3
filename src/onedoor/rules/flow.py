"""The flow of a case: stages, roles, needs, and the two tables FLOW and ASSIGNMENT_FLOW.

This is the file to read first. Buttons, guards, the API, `docs/flow.md` and the tests are made from these
tables; they hold only what is built. Adding a move is adding a line here and a function of the same name in
the rule file of its stage.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from onedoor.rules import needs
from onedoor.rules.access import RESIDENT, Actor, Role
from onedoor.rules.facts import AssignmentFacts, CaseFacts
from onedoor.rules.refusal import INVALID, NOT_ALLOWED, NOT_READY, NOT_YOUR_MOVE, WRONG_STAGE, Refused


class Stage(StrEnum):
    REGISTERED = "registered"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    SUSPENDED = "suspended"
    CONCLUDED = "concluded"
    CLOSED = "closed"
    FOLLOWED_UP = "followed_up"
    GUIDED = "guided"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    TRANSFERRED = "transferred"
    ARCHIVED = "archived"


STAGE_NAMES: dict[str, str] = {
    Stage.REGISTERED: "已登记",
    Stage.CORRECTION: "待补正",
    Stage.ACCEPTED: "待分流",
    Stage.DISPATCHED: "待签收",
    Stage.HANDLING: "办理中",
    Stage.SUSPENDED: "中止",
    Stage.CONCLUDED: "办结待审",
    Stage.CLOSED: "已办结",
    Stage.FOLLOWED_UP: "已回访",
    Stage.GUIDED: "已告知引导",
    Stage.WITHDRAWN: "已撤回",
    Stage.MERGED: "已并案",
    Stage.TRANSFERRED: "已转送移送",
    Stage.ARCHIVED: "已归档",
}

PART_NAMES: dict[str, str] = {
    "awaiting": "待签收",
    "signed": "已签收",
    "objected": "异议待裁",
    "answered": "已提交意见",
    "released": "已退出",
}


class Where(StrEnum):
    """How the actor's post must stand to the case."""

    CENTRE = "centre"  # works at the centre that has the case now
    ABOVE = "above"  # covers the division of that centre: the centre itself or one above it
    PART = "part"  # belongs to a unit with a part in the fitting stage
    LEAD = "lead"  # belongs to the lead unit, which has signed
    MEDIATES = "mediates"  # mediates the case, or belongs to the lead unit, which has signed
    ASKED = "asked"  # belongs to the unit that a notice of supervision asks
    HOLDER = "holder"  # holds the code of the case
    GRID = "grid"  # leads the grids where it happened; it came from there and nobody else has it yet
    REPORTED = "reported"  # has reported it from the grid himself


Need = Callable[[CaseFacts, Actor, datetime], str | None]
"""Nothing, or the sentence that says what is missing."""


@dataclass(frozen=True, slots=True)
class Move:
    """One line of FLOW. `inputs` names what it takes; a trailing "!" marks what cannot be left out."""

    name: str
    label: str
    source: tuple[Stage, ...]
    target: tuple[Stage, ...]  # empty: the stage stays; several: the rule decides among them
    who: Mapping[str, Where]
    needs: tuple[Need, ...] = ()
    inputs: str = ""

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(name[:-1] for name in self.inputs.split() if name.endswith("!"))

    @property
    def accepts(self) -> tuple[str, ...]:
        return tuple(name.rstrip("!") for name in self.inputs.split())


R, S = Role, Stage
FROM_GRID = "grid"  # the channel
_Who = Mapping[str, Where]
_DESK: _Who = {R.CLERK: Where.CENTRE, R.DISPATCHER: Where.CENTRE}
_DISPATCHER: _Who = {R.DISPATCHER: Where.CENTRE}
# A supervisor above raises what its own centre cannot touch: a matter against that very centre.
_RAISING: _Who = {R.DISPATCHER: Where.CENTRE, R.SUPERVISOR: Where.ABOVE}
_SECOND: _Who = {R.DISPATCHER: Where.CENTRE, R.SUPERVISOR: Where.ABOVE, R.DIRECTOR: Where.ABOVE}
_SUPERVISION: _Who = {R.SUPERVISOR: Where.ABOVE, R.DIRECTOR: Where.ABOVE}
_HOLDER: _Who = {RESIDENT: Where.HOLDER}
_DESK_OR_SUPERVISOR: _Who = {**_DESK, R.SUPERVISOR: Where.ABOVE}
_PART: _Who = {R.HANDLER: Where.PART, R.UNIT_LEAD: Where.PART, R.MEDIATOR: Where.PART}
_LEAD: _Who = {R.HANDLER: Where.LEAD, R.UNIT_LEAD: Where.LEAD, R.MEDIATOR: Where.LEAD}
_PERFORMANCE: _Who = {**_LEAD, R.CLERK: Where.CENTRE}
_TELLING: _Who = _PERFORMANCE  # whoever leads, a mediator too; the centre's window, where the unit has left
_EXTENSION: _Who = {R.UNIT_LEAD: Where.LEAD, R.DIRECTOR: Where.ABOVE}
_APPROVAL: _Who = {R.UNIT_LEAD: Where.PART}
_SERVICE: _Who = {R.HANDLER: Where.LEAD, R.UNIT_LEAD: Where.LEAD, R.CLERK: Where.CENTRE}
_SUSPENSION: _Who = {R.UNIT_LEAD: Where.LEAD, **_SUPERVISION}
_RESUMPTION: _Who = {**_LEAD, **_SUPERVISION}
_ASKED: _Who = dict.fromkeys((R.HANDLER, R.UNIT_LEAD, R.MEDIATOR, R.CLERK, R.DISPATCHER), Where.ASKED)
_CALL_BACK: _Who = {R.CLERK: Where.CENTRE, R.SUPERVISOR: Where.ABOVE}
_SUPERVISOR: _Who = {R.SUPERVISOR: Where.ABOVE}
_FIELD: _Who = {R.GRID_WORKER: Where.REPORTED, R.VOLUNTEER: Where.REPORTED, R.GRID_LEAD: Where.REPORTED}
_GRID_LEAD: _Who = {R.GRID_LEAD: Where.GRID}
_DIRECTOR: _Who = {R.DIRECTOR: Where.ABOVE}
_OPEN = (S.REGISTERED, S.CORRECTION, S.ACCEPTED, S.DISPATCHED, S.HANDLING, S.SUSPENDED)
LIVE = (*_OPEN, S.CONCLUDED, S.CLOSED, S.FOLLOWED_UP)
TERMINAL = (S.GUIDED, S.WITHDRAWN, S.MERGED, S.TRANSFERRED, S.ARCHIVED)
FINISHED = (*TERMINAL, S.CLOSED, S.FOLLOWED_UP)

# fmt: off
_MOVES = (
    # --- intake: registered, correction
    Move("ask_correction", "通知补正", (S.REGISTERED,), (S.CORRECTION,), {**_DESK, **_GRID_LEAD},
         (), "reason!"),
    Move("supplement", "补正材料", (S.CORRECTION,), (S.REGISTERED,), {**_DESK, **_HOLDER, **_FIELD},
         (), "text!"),
    Move("lapse", "逾期未补正", (S.CORRECTION,), (S.GUIDED,), _DESK,
         (needs.correction_overdue, needs.not_who_asked_for_correction), "route!"),
    Move("accept", "受理", (S.REGISTERED,), (S.ACCEPTED,), {**_DESK_OR_SUPERVISOR, **_GRID_LEAD},
         (needs.somebody_asks,), "reason"),
    Move("guide", "告知引导", (S.REGISTERED, S.ACCEPTED), (), _DESK,
         (needs.no_guidance_pending,), "route! reason!"),
    Move("confirm_guidance", "确认告知引导", (S.REGISTERED, S.ACCEPTED), (S.GUIDED,), _SECOND,
         (needs.guidance_pending, needs.not_who_proposed_guidance), "reason"),
    Move("decline_guidance", "不同意告知引导", (S.REGISTERED, S.ACCEPTED), (), _SECOND,
         (needs.guidance_pending,), "reason!"),
    Move("settle_on_spot", "当场办结", (S.REGISTERED, S.ACCEPTED),
         (S.CLOSED, S.CONCLUDED, S.WITHDRAWN, S.MERGED),
         {**_DESK, R.GRID_WORKER: Where.REPORTED, **_GRID_LEAD},
         (needs.not_an_accusation, needs.nothing_is_to_be_told),
         "outcome! answer! units mediator amounts confirmed "
         "reason route basis proof code into"),
    Move("transfer_out", "转送移送", (S.REGISTERED, S.ACCEPTED), (S.TRANSFERRED,), _DESK,
         (), "destination! basis! reason"),
    Move("take_back", "转送退回重收", (S.TRANSFERRED,), (S.ACCEPTED,), _DESK,
         (), "reason!"),
    Move("withdraw", "撤回", _OPEN, (S.WITHDRAWN,), {**_DESK_OR_SUPERVISOR, **_HOLDER},
         (needs.may_be_withdrawn, needs.not_a_handler), "proof! code reason"),
    Move("revoke_withdrawal", "恢复已撤回事项", (S.WITHDRAWN,), (S.ACCEPTED, S.REGISTERED), _DESK_OR_SUPERVISOR,
         (needs.within_thirty_days_of_withdrawal,), "reason!"),
    Move("merge", "并案", (S.REGISTERED, S.ACCEPTED), (S.MERGED,), {**_DESK, **_GRID_LEAD},
         (), "into! reason!"),
    Move("add_from_field", "现场补充", LIVE, (), _FIELD,
         (), "text!"),
    Move("set_track", "确定办理程序", (S.REGISTERED, S.ACCEPTED, S.DISPATCHED, S.HANDLING), (), _SECOND,
         (), "track! reason!"),
    # --- dispatch: accepted, dispatched, between centres
    Move("dispatch", "分流交办", (S.ACCEPTED,), (S.DISPATCHED,), _DISPATCHER,
         (needs.no_guidance_pending,), "unit! co_units reason persons"),
    Move("recall", "撤回交办", (S.DISPATCHED, S.HANDLING), (S.ACCEPTED,), _DISPATCHER,
         (needs.no_mediation_runs,), "reason!"),
    Move("designate", "裁定异议（指定）", (S.DISPATCHED, S.HANDLING), (), _DISPATCHER,
         (needs.an_objection_stands,), "assignment unit reason! persons"),
    Move("add_unit", "增加协办单位", (S.DISPATCHED, S.HANDLING), (), _DISPATCHER,
         (), "unit! reason! persons"),
    Move("send_up", "上报上级中心", (S.ACCEPTED, S.HANDLING), (S.ACCEPTED,), {**_RAISING, **_GRID_LEAD},
         (needs.no_mediation_runs,), "reason! persons"),
    Move("send_down", "下交下级中心", (S.ACCEPTED,), (S.ACCEPTED,), _DISPATCHER,
         (), "centre! reason! persons"),
    Move("send_back_up", "退回上级中心", (S.ACCEPTED, S.HANDLING), (S.ACCEPTED,), _DISPATCHER,
         (needs.was_sent_down, needs.no_mediation_runs), "reason! persons"),
    # --- signing
    Move("sign", "签收", (S.DISPATCHED, S.HANDLING), (S.DISPATCHED, S.HANDLING), _PART,
         (), "assignment"),
    Move("object", "提出异议", (S.DISPATCHED, S.HANDLING), (), _PART,
         (), "assignment reason!"),
    # --- handling
    Move("decide_acceptance", "受理决定", (S.HANDLING,), (), _LEAD,
         (needs.acceptance_not_decided,), "accepted! reason route"),
    Move("meet", "记录首次见面", (S.HANDLING,), (), _LEAD,
         (needs.not_yet_met,), "text!"),
    Move("report_progress", "报告进展", (S.HANDLING,), (), _PART,
         (), "assignment text!"),
    Move("submit_opinion", "提交协办意见", (S.HANDLING,), (), _PART,
         (needs.a_co_unit_answers,), "assignment text!"),
    Move("request_extension", "申请延期", (S.HANDLING,), (), _LEAD,
         (needs.may_ask_for_extension, needs.the_parties_want_more_time), "days! reason!"),
    Move("decide_extension", "审批延期", (S.HANDLING,), (), _EXTENSION,
         (needs.extension_asked_for, needs.not_who_asked_for_extension, needs.decides_extensions_here),
         "granted! reason!"),
    Move("tell", "告知当事人", (S.ACCEPTED, S.DISPATCHED, S.HANDLING, S.SUSPENDED, S.CONCLUDED), (), _TELLING,
         (needs.something_is_to_be_told,), "text!"),
    Move("approve", "签发", (S.HANDLING, S.CONCLUDED), (), _APPROVAL,
         (), "assignment answer!"),
    Move("serve", "送达", (S.HANDLING, S.CONCLUDED), (), _SERVICE,
         (needs.an_opinion_is_approved,), "proof!"),
    Move("request_suspension", "申请中止", (S.HANDLING,), (), _LEAD,
         (needs.no_suspension_asked_for, needs.a_limit_runs), "reason! days! cause"),
    Move("suspend", "批准中止", (S.HANDLING,), (S.SUSPENDED,), _SUSPENSION,
         (needs.suspension_asked_for, needs.not_a_handler, needs.not_who_asked_for_suspension), "reason"),
    Move("decline_suspension", "不批准中止", (S.HANDLING,), (), _SUSPENSION,
         (needs.suspension_asked_for, needs.not_a_handler), "reason!"),
    Move("resume", "恢复办理", (S.SUSPENDED,), (S.HANDLING,), _RESUMPTION,
         (), "reason!"),
    Move("conclude", "办结", (S.HANDLING, S.SUSPENDED), (S.CONCLUDED,), _LEAD,
         (needs.every_unit_has_answered, needs.nothing_is_to_be_told, needs.no_mediation_runs,
          needs.report_back_is_made),
         "outcome! answer route basis"),
    # --- closing
    Move("close", "审核办结", (S.CONCLUDED,), (S.CLOSED,), {**_SECOND, **_GRID_LEAD},
         (needs.not_who_concluded, needs.not_the_answer_of_an_accused_unit, needs.opinion_is_approved_and_served),
         "reason"),
    Move("send_back", "退回重办", (S.CONCLUDED,), (S.HANDLING, S.ACCEPTED), {**_SECOND, **_GRID_LEAD},
         (), "reason!"),
    Move("reopen", "重新办理", (S.CLOSED, S.FOLLOWED_UP), (S.HANDLING, S.ACCEPTED), _SUPERVISION,
         (needs.nothing_bars_reopening,), "reason!"),
    # --- performance of an agreement
    Move("agree_performance", "登记履行期限", (S.CLOSED, S.FOLLOWED_UP), (), _PERFORMANCE,
         (needs.an_agreement_stands, needs.no_plan_of_performance), "on!"),
    Move("record_performance", "登记履行情况", (S.CLOSED, S.FOLLOWED_UP), (), _PERFORMANCE,
         (needs.a_day_of_performance_is_agreed, needs.no_plan_of_performance), "performed! text! route"),
    # --- follow-up and archive
    Move("follow_up", "回访", (S.CLOSED,), (S.FOLLOWED_UP,), _CALL_BACK,
         (needs.not_a_handler,), "satisfied! text"),
    Move("sample", "抽样回访", (S.CLOSED,), (), _SUPERVISION,
         (needs.may_be_sampled,), ""),
    Move("rate", "评价", (S.CLOSED, S.ARCHIVED), (S.FOLLOWED_UP, S.ARCHIVED), _HOLDER,
         (needs.not_rated_yet,), "satisfied! ability manner result text"),
    Move("archive", "归档", (S.CLOSED, S.FOLLOWED_UP), (S.ARCHIVED,), _DESK_OR_SUPERVISOR,
         (needs.follow_up_is_settled, needs.performance_is_settled, needs.no_promise_waits), "reason"),
    # --- after the end
    Move("contest", "申请人不服", TERMINAL, (), {**_DESK_OR_SUPERVISOR, **_HOLDER},
         (needs.no_contest_pending,), "reason!"),
    Move("decide_contest", "答复不服", TERMINAL, (S.REGISTERED, S.ACCEPTED, *TERMINAL), _SUPERVISION,
         (needs.a_contest_is_pending,), "upheld! reason!"),
    Move("correct_record", "更正记录", FINISHED, (), _SUPERVISOR,
         (), "field! value! reason!"),
    # --- supervision
    Move("supervise", "督办", LIVE, (), _SUPERVISOR,
         (), "level! reason! unit days"),
    Move("instruct", "批示", LIVE, (), _DIRECTOR,
         (), "text! unit days"),
    Move("reply_supervision", "督办回告", LIVE, (), _ASKED,
         (), "supervision text! days"),
    Move("appeal_supervision", "督办申诉", LIVE, (), _ASKED,
         (), "supervision reason!"),
    Move("accept_reply", "认可回告", LIVE, (), _SUPERVISION,
         (needs.a_reply_waits,), "supervision reason"),
    Move("demand_more", "要求再报", LIVE, (), _SUPERVISION,
         (needs.a_notice_is_open,), "supervision reason! days!"),
    Move("decide_appeal", "裁定督办申诉", LIVE, (), _SUPERVISION,
         (needs.an_appeal_waits,), "supervision upheld! reason!"),
    Move("exclude", "剔除督办", LIVE, (), _SUPERVISION,
         (needs.a_notice_waits,), "supervision reason!"),
    Move("decide_due", "确认时限变更", LIVE, (), _SUPERVISION,
         (needs.a_due_date_waits,), "granted! reason!"),
    # --- at any stage
    Move("restrict", "限制知悉", tuple(S), (S.ACCEPTED, *S), _DESK_OR_SUPERVISOR,
         (), "level! persons! accused_units reason!"),
)
# fmt: on

FLOW: dict[str, Move] = {move.name: move for move in _MOVES}

# Consecutive moves that one person entitled to both makes in one form.
CHAINS: dict[str, tuple[str, ...]] = {
    "受理并分流": ("accept", "dispatch"),
    "回访并归档": ("follow_up", "archive"),
}

ASSIGNMENT_FLOW: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # move: (a unit's part before, after); a part ends as "released" when the case leaves the unit
    "sign": (("awaiting",), ("signed",)),
    "object": (("awaiting", "signed"), ("objected",)),
    "designate": (("objected",), ("awaiting", "released")),
    "report_progress": (("signed",), ("signed",)),
    "submit_opinion": (("signed",), ("answered",)),
    "approve": (("signed", "answered"), ("signed", "answered")),
}

INPUT_NAMES = {
    "reason": "理由",
    "text": "内容",
    "answer": "答复意见",
    "outcome": "办理结果",
    "route": "法定途径",
    "basis": "依据",
    "destination": "去向",
    "proof": "凭据",
    "code": "回执码",
    "level": "知悉范围",
    "field": "更正项",
    "value": "更正后的内容",
    "cause": "中止事由",
    "supervision": "督办单",
    "track": "办理程序",
    "days": "天数",
    "on": "日期",
    "assignment": "承办任务",
    "accepted": "是否受理",
    "granted": "是否同意",
    "upheld": "是否成立",
    "satisfied": "是否满意",
    "performed": "是否履行",
    "ability": "办事能力",
    "manner": "服务态度",
    "result": "办理结果评价",
    "confirmed": "申请人确认",
    "unit": "单位",
    "units": "参与单位",
    "co_units": "协办单位",
    "accused_units": "被检举单位",
    "centre": "下级中心",
    "persons": "知悉人",
    "mediator": "调解员",
    "amounts": "金额",
    "into": "并入的事项",
}


def check_inputs(move: Move, given: frozenset[str]) -> None:
    """Refuses inputs that the move does not take, and says which required ones are missing."""
    missing = {name: f"请填写{INPUT_NAMES[name]}。" for name in move.required if name not in given}
    unknown = {name: f"“{move.label}”不需要这一项。" for name in given if name not in move.accepts}
    if missing or unknown:
        fields = {**missing, **unknown}
        raise Refused(INVALID, next(iter(fields.values())), fields)


def fitting_part(move: Move, facts: CaseFacts, actor: Actor, wanted: str = "") -> AssignmentFacts | None:
    """The part of the actor's unit that the move is about: in the right stage, the wanted one if named."""
    stages = ASSIGNMENT_FLOW[move.name][0]
    for part in facts.assignments:
        if part.unit == actor.unit and part.stage in stages and wanted in ("", part.id):
            return part
    return None


def _stands(where: Where, move: Move, facts: CaseFacts, actor: Actor) -> bool:
    match where:
        case Where.CENTRE:
            return actor.unit == facts.present_centre
        case Where.ABOVE:
            return actor.division in facts.present_path
        case Where.PART:
            return fitting_part(move, facts, actor) is not None
        case Where.LEAD:
            return leads(facts, actor)
        case Where.MEDIATES:
            return actor.account in facts.mediation.mediators or leads(facts, actor)
        case Where.HOLDER:
            return True  # the code has opened the door to this case alone
        case Where.GRID:
            return actor.division in facts.place_path and _still_in_the_grid(facts)
        case Where.REPORTED:
            return facts.creator == actor.account and facts.channel == FROM_GRID
        case Where.ASKED:
            return any(one.unit == actor.unit and one.state == "open" for one in facts.supervisions)


def _still_in_the_grid(facts: CaseFacts) -> bool:
    """It came from the grid, is with the centre that took it in, and no unit has a part in it."""
    return facts.channel == FROM_GRID and facts.present_centre == facts.receiving_centre and not facts.assignments


def leads(facts: CaseFacts, actor: Actor) -> bool:
    """Whether the actor belongs to the lead unit, which has signed."""
    lead = facts.lead
    return lead is not None and lead.unit == actor.unit and lead.stage in ("signed", "answered")


def check_move(move: Move, facts: CaseFacts, actor: Actor, at: datetime) -> None:
    """Refuses unless the role may make the move, from this stage, for this case, with every need met."""
    where = next((place for role, place in move.who.items() if role == actor.role), None)
    if where is None:
        raise Refused(NOT_ALLOWED, f"您的岗位不能“{move.label}”。")
    if facts.stage not in move.source:
        raise Refused(WRONG_STAGE, f"事项现为“{STAGE_NAMES[facts.stage]}”，不能“{move.label}”。")
    if not _stands(where, move, facts, actor):
        raise Refused(*_not_yours(where, move, facts, actor))
    for need in move.needs:
        sentence = need(facts, actor, at)
        if sentence is not None:
            raise Refused(NOT_READY, sentence)


def _not_yours(where: Where, move: Move, facts: CaseFacts, actor: Actor) -> tuple[str, str]:
    if where is Where.CENTRE:
        return NOT_YOUR_MOVE, f"事项现在其他中心，由该中心“{move.label}”。"
    if where is Where.ABOVE:
        return NOT_YOUR_MOVE, f"事项不在您的督办范围内，不能“{move.label}”。"
    if where is Where.ASKED:
        return NOT_YOUR_MOVE, "本单位没有待回告的督办单。"
    own = [part for part in facts.assignments if part.unit == actor.unit and part.stage != "released"]
    if where is Where.GRID:
        return NOT_YOUR_MOVE, f"只有本片网格上报、还没有交办或上报的事项，网格长才能“{move.label}”。"
    if where is Where.REPORTED:
        return NOT_YOUR_MOVE, f"“{move.label}”由从网格上报这件事项的人办理。"
    if own and where is Where.PART:
        return WRONG_STAGE, f"本单位的任务现为“{PART_NAMES[own[-1].stage]}”，不能“{move.label}”。"
    if where is Where.LEAD:
        return NOT_YOUR_MOVE, f"“{move.label}”由已签收的主办单位办理。"
    if where is Where.MEDIATES:
        return NOT_YOUR_MOVE, f"“{move.label}”由本事项的调解员和主办单位办理。"
    return NOT_YOUR_MOVE, "本单位没有承办这件事项。"


def check_target(move: Move, before: str, after: str) -> None:
    """The rule's decision must land where the table says; anything else is a fault of ours."""
    allowed = move.target or (before,)
    if after not in allowed:
        raise AssertionError(f"{move.name} may not lead from {before} to {after}")
