"""通知: what kinds there are, whom each concerns, who reads which, and what a message to the outside says.

A message holds kinds and counts, and nothing of a matter: it lies on telephones and servers that are not ours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from onedoor.rules.access import Actor, Role, Viewer, person_audience, unit_audience, viewer_of

R = Role


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """`name` is the line in the inbox, `short` the word in a message; `roles` says whom of a unit it concerns, nobody
    where it goes to one account alone. `page` is the staff page that a kind leads to which is about no case."""

    name: str
    short: str
    roles: tuple[Role, ...]
    page: str = ""


_UNIT = (R.HANDLER, R.UNIT_LEAD, R.MEDIATOR)
# who keeps a limit: at a unit its own people, at a centre those who take in and dispatch
_KEEPS = (*_UNIT, R.CLERK, R.DISPATCHER)
# who reads bulletins to his unit: `rules.bulletins.READS`
_READS = (*_UNIT, R.DISPATCHER, R.SUPERVISOR, R.DIRECTOR)
_SECOND = (R.DISPATCHER, R.SUPERVISOR, R.DIRECTOR)
_OVERSIGHT = (R.SUPERVISOR, R.DIRECTOR)

# What waits for a decision first: a message names the kinds in this order.
NOTICES: dict[str, NoticeKind] = {
    "to_sign": NoticeKind("有新事项待签收", "待签收", _UNIT),
    "to_dispatch": NoticeKind("有事项待分流", "待分流", (R.DISPATCHER,)),
    "objection": NoticeKind("有异议待裁定", "异议待裁定", (R.DISPATCHER,)),
    "extension_asked_for": NoticeKind("有延期申请待审批", "延期待批", (R.UNIT_LEAD, R.DIRECTOR)),
    "suspension_asked_for": NoticeKind("有中止申请待审批", "中止待批", (R.UNIT_LEAD, *_OVERSIGHT)),
    "concluded": NoticeKind("有事项待审核办结", "办结待审", _SECOND),
    "guidance_to_confirm": NoticeKind("有告知引导待确认", "引导待确认", _SECOND),
    "contested": NoticeKind("申请人不服，待答复", "不服待答复", _OVERSIGHT),
    "unsatisfied": NoticeKind("回访不满意", "回访不满意", _OVERSIGHT),
    "mediation_ended": NoticeKind("调解终止，已告知途径", "调解终止", (R.CLERK, *_SECOND)),
    "confirmation": NoticeKind("司法确认有结果", "司法确认", _UNIT),
    "session_cancelled": NoticeKind("调解会取消，请告知各方", "会议取消", _UNIT),
    "promise_due": NoticeKind("有协议履行到期", "履行到期", _UNIT),
    "not_performed": NoticeKind("协议没有履行", "协议未履行", _SECOND),
    "designated": NoticeKind("经裁定指定承办", "指定承办", _UNIT),
    "sent_back": NoticeKind("事项退回重办", "退回重办", _UNIT),
    "reopened": NoticeKind("事项重新办理", "重新办理", _UNIT),
    "recalled": NoticeKind("交办已撤回", "交办撤回", _UNIT),
    "objection_upheld": NoticeKind("异议成立", "异议成立", _UNIT),
    "added_from_field": NoticeKind("现场有补充情况", "现场补充", _UNIT),
    "opinion": NoticeKind("协办意见已提交", "协办意见", _UNIT),
    "extension_decided": NoticeKind("延期申请已审批", "延期已批", _UNIT),
    "suspended": NoticeKind("事项已中止", "已中止", _UNIT),
    "withdrawn": NoticeKind("事项已撤回", "事项撤回", _UNIT),
    # to the confidential persons of a centre, one by one; says nothing of what it is
    "confidential": NoticeKind("有保密事项待查看", "保密事项", (R.DISPATCHER, R.SUPERVISOR), "harm"),
    # to the account itself, whoever changed it: who did not know of it learns that somebody else has been there
    "password_changed": NoticeKind("您的密码已修改", "密码修改", (), "me"),
    "password_reset": NoticeKind("您的密码已由管理员重设", "密码重设", (), "me"),
    "second_factor_set": NoticeKind("您的两步验证已设置或更换", "两步验证更换", (), "me"),
    "second_factor_removed": NoticeKind("您的两步验证已由管理员取消", "两步验证取消", (), "me"),
    "called": NoticeKind("综治中心呼叫，请按时到岗", "到岗呼叫", _UNIT, "today"),
    "call_late": NoticeKind(
        "呼叫的单位没有按时到岗", "呼叫未到", (R.UNIT_LEAD, R.CLERK, R.DISPATCHER, *_OVERSIGHT), "today"
    ),
    "bulletin": NoticeKind("有通报待签阅", "通报待阅", _READS, "bulletins"),
    "bulletin_reminder": NoticeKind("通报还没有签阅，请尽快阅读", "通报催阅", _READS, "bulletins"),
    "bulletin_withdrawn": NoticeKind("有通报已撤回", "通报撤回", _READS, "bulletins"),
    # the unit's lead hears at the step of the ladder that is his
    "clock_late": NoticeKind("有时限已超期", "已超期", (R.HANDLER, R.MEDIATOR, R.CLERK, R.DISPATCHER)),
    "limit_has_consequence": NoticeKind("期限届满，已有法定后果", "期满有后果", _KEEPS),
    "escalated_to_lead": NoticeKind("超期事项已升级督办", "超期升级", (R.UNIT_LEAD, R.DISPATCHER)),
    "escalated_to_director": NoticeKind("超期事项报中心主任", "超期报主任", (R.DIRECTOR,)),
    "supervised": NoticeKind("有督办单待回告", "督办待回告", _KEEPS),
    "reply_overdue": NoticeKind("督办单逾期未回告", "逾期未回告", (R.UNIT_LEAD, *_OVERSIGHT)),
    "supervision_replied": NoticeKind("督办已回告，待认可", "回告待认可", _OVERSIGHT),
    "supervision_appealed": NoticeKind("督办有申诉，待裁定", "督办申诉", _OVERSIGHT),
    "supervision_decided": NoticeKind("督办申诉已裁定", "申诉已裁定", _KEEPS),
    "due_to_decide": NoticeKind("日历变更，时限待确认", "时限待确认", _OVERSIGHT),
    "suspension_over": NoticeKind("中止已超过预计时间", "中止超期", (*_UNIT, *_OVERSIGHT)),
    "deemed_accepted": NoticeKind("期满未作决定，视为受理", "视为受理", _UNIT),
    "party_limit_over": NoticeKind("申请人的期限已过", "申请人期限已过", (R.CLERK, R.DISPATCHER)),
    "clock_urgent": NoticeKind("有时限即将到期，已亮红灯", "红灯", _KEEPS),
    "clock_warned": NoticeKind("有时限将到期", "将到期", _KEEPS),
}
NOTICE_NAMES = {code: kind.name for code, kind in NOTICES.items()}
WITHOUT_A_CASE = frozenset(code for code, kind in NOTICES.items() if kind.page)
NOTICE_SHORT_NAMES = {code: kind.short for code, kind in NOTICES.items()}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads notices: which kinds of which audience, and as whom he passes the gate to their cases. `account` is
    nought for a unit's own channel, which belongs to nobody."""

    account: int
    viewer: Viewer
    kinds: Mapping[int, frozenset[str]]


def reader_of(account: int, posts: Iterable[Actor], root: int) -> Reader:
    """A person: every notice to himself, and of those to the units of his posts the kinds that concern the post.

    Every post reads, whether or not its role sees its unit's cases as such: a notice to the centre is for those who
    work there. What he may not see he does not read, for the gate is asked about each notice.
    """
    posts = tuple(posts)
    kinds = {person_audience(account): frozenset(NOTICES)}
    for post in posts:
        concerned = frozenset(code for code, kind in NOTICES.items() if post.role in kind.roles)
        audience = unit_audience(post.unit)
        kinds[audience] = kinds.get(audience, frozenset()) | concerned
    return Reader(account, viewer_of(account, posts, root), {key: value for key, value in kinds.items() if value})


def unit_reader(unit: int, division_path: tuple[int, ...], *, centre: bool, root: int) -> Reader:
    """A unit as a whole, for the channel of its group: every kind, as the unit's handler sees cases, and for a
    centre as its dispatcher does. Nobody's person audience, so nothing of a confidential case."""
    division = division_path[-1]
    roles = (R.HANDLER, R.DISPATCHER) if centre else (R.HANDLER,)
    posts = [Actor(0, "", role, 0, unit, division, division_path) for role in roles]
    return Reader(0, viewer_of(0, posts, root), {unit_audience(unit): frozenset(NOTICES)})


MOST_KINDS = 4  # named in one message, which has to fit a text message


def message(counts: Mapping[str, int], *, unit: bool = False) -> str:
    """您在一扇门有3条新通知：待签收2条、延期待批1条。请登录查看。"""
    there = [(kind.short, counts[code]) for code, kind in NOTICES.items() if counts.get(code)]
    named = there if len(there) <= MOST_KINDS else there[: MOST_KINDS - 1]
    words = [f"{short}{count}条" for short, count in named]
    if len(named) < len(there):
        words.append(f"其他{sum(count for _, count in there[len(named) :])}条")
    total = sum(count for _, count in there)
    whose = "本单位" if unit else "您"
    return f"{whose}在一扇门有{total}条新通知：{'、'.join(words)}。请登录查看。"


def greeting(*, unit: bool = False) -> str:
    """The first message of a channel: who gets it knows that the channel works."""
    whose = "本单位" if unit else "您"
    return f"{whose}已开通一扇门的通知。以后有新通知时会发到这里，内容请登录查看。"


# --- delivery ---------------------------------------------------------------------------------------------------

DELIVERY_STATES = {"waiting": "待发送", "sent": "已发送", "stuck": "发不出去", "dropped": "不再发送"}
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
MOST_TRIES = len(_WAITS) + 1


def next_try(tries: int) -> timedelta | None:
    """How long to wait after that many tries in vain; None when it is enough."""
    return _WAITS[tries - 1] if tries < MOST_TRIES else None
