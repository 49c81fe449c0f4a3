"""The moves of mediation: who may make them, from which stage of the case, and what they are called.

Like FLOW they are events in the ledger and may start and stop the clocks of a scheme. Unlike those of FLOW they leave
the case's stage as it is and change rows of the room `mediation`, whose steps alone make them; the rules beside this
table (`mediation.py`, `agreements.py`, `performance_plan.py`, `confirmation.py`) decide them.
"""

from collections.abc import Mapping

from onedoor.rules.access import Role
from onedoor.rules.flow import FLOW, Move, Stage, Where

R, S = Role, Stage
_OPENING: Mapping[str, Where] = {R.MEDIATOR: Where.LEAD, R.HANDLER: Where.LEAD, R.UNIT_LEAD: Where.LEAD}
# A mediator of another organisation, whom the parties have chosen, does all that one of its own does.
_MEDIATING: Mapping[str, Where] = {**_OPENING, R.MEDIATOR: Where.MEDIATES}
_COMMITTEE: Mapping[str, Where] = {R.MEDIATOR: Where.LEAD, R.UNIT_LEAD: Where.LEAD}
_AFTER: Mapping[str, Where] = {**_MEDIATING, R.CLERK: Where.CENTRE}
_CONFIDENTIAL: Mapping[str, Where] = dict.fromkeys((R.DISPATCHER, R.SUPERVISOR, R.DIRECTOR), Where.CENTRE)
_BUSY = (S.HANDLING,)
# An appraisal suspends the case and not what the parties say meanwhile.
_OR_SUSPENDED = (S.HANDLING, S.SUSPENDED)
_AGREED = (S.HANDLING, S.CONCLUDED, S.CLOSED, S.FOLLOWED_UP)

# What runs may be ended wherever its case has gone meanwhile.
# fmt: off
_MOVES = (
    Move("open_mediation", "启动调解", _BUSY, (), _OPENING),
    Move("change_mediator", "更换调解员", _BUSY, (), _COMMITTEE),
    Move("record_consent", "记录当事人意愿", _OR_SUSPENDED, (), _MEDIATING),
    Move("take_materials", "签收调解材料", _BUSY, (), _MEDIATING),
    Move("book_session", "安排调解会", _OR_SUSPENDED, (), _MEDIATING),
    Move("cancel_session", "取消调解会", tuple(S), (), _MEDIATING),
    Move("hold_session", "记录调解会", _OR_SUSPENDED, (), _MEDIATING),
    Move("sign_record", "签署调解笔录", (*_AGREED, S.SUSPENDED), (), _MEDIATING),
    Move("keep_recording", "保存录音录像", (*_AGREED, S.SUSPENDED), (), _MEDIATING),
    Move("keep_apart", "暂停共同调解", _OR_SUSPENDED, (), _MEDIATING),
    Move("meet_again", "恢复共同调解", _OR_SUSPENDED, (), _CONFIDENTIAL),
    Move("draft_agreement", "拟定调解协议", _AGREED, (), _MEDIATING),
    Move("sign_agreement", "签署调解协议", _AGREED, (), _MEDIATING),
    Move("seal_agreement", "调解协议盖章生效", _AGREED, (), _COMMITTEE),
    Move("hand_out_agreement", "送交协议文本", _AGREED, (), _AFTER),
    Move("give_up_draft", "放弃未签的协议", _AGREED, (), _MEDIATING),
    Move("agree_orally", "达成口头协议", _BUSY, (), _MEDIATING),
    Move("end_mediation", "终止调解", tuple(S), (), _MEDIATING),
    Move("return_materials", "退回调解材料", tuple(S), (), _MEDIATING),
    Move("report_back", "反馈交办机关", tuple(S), (), _MEDIATING),
    Move("court_filed", "登记法院立案", tuple(S), (), _AFTER),
    Move("record_item", "登记分项履行", _AGREED, (), _AFTER),
    Move("urge_performance", "催促履行", _AGREED, (), _AFTER),
    Move("default_item", "认定未履行", _AGREED, (), _AFTER),
    Move("record_visit", "登记协议回访", (*_AGREED, S.ARCHIVED), (), _AFTER),
    Move("apply_confirmation", "申请司法确认", _AGREED, (), _AFTER),
    Move("confirmation_accepted", "登记法院受理司法确认", (*_AGREED, S.ARCHIVED), (), _AFTER),
    Move("decide_confirmation", "登记司法确认结果", (*_AGREED, S.ARCHIVED), (), _AFTER),
)
# fmt: on

# Whether somebody comes changes until the hour, so it is no event; but not everybody who sees the case writes it down.
REPLY = Move("reply", "登记参会回复", _OR_SUSPENDED, (), _AFTER)
MEDIATION_FLOW: dict[str, Move] = {move.name: move for move in _MOVES}
ALL_MOVES: dict[str, Move] = {**FLOW, **MEDIATION_FLOW}
"""Every move that leaves an event, whoever makes it."""
