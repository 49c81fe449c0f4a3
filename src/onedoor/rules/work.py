"""What waits for whom: the queues of *my work*, in the order in which a matter passes through them."""

from collections.abc import Iterable
from dataclasses import dataclass

from onedoor.rules.access import Role
from onedoor.rules.flow import LIVE, TERMINAL, Stage

R, S = Role, Stage
_UNIT = (R.HANDLER, R.UNIT_LEAD, R.MEDIATOR)
# Who took a matter down answers for it (首问负责) until its lead unit has signed.
UNSIGNED = (S.REGISTERED, S.CORRECTION, S.ACCEPTED, S.DISPATCHED)
# The stages in which a unit has work: nothing is concluded before every unit has answered, and what the centre has
# settled with a unit waits for the second pair of eyes.
PART_STAGES = (S.DISPATCHED, S.HANDLING, S.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue. Of a unit's roles it holds the cases with an open part of the unit (`parts`); of the others
    the cases that their centre has, in `stages`; `pending` and `objected` narrow it to what waits for a decision.
    Of `created` it holds the cases that the person himself has registered, wherever they are now.
    """

    name: str
    label: str
    roles: tuple[Role, ...]
    stages: tuple[Stage, ...] = ()
    parts: tuple[str, ...] = ()
    pending: str = ""
    objected: bool = False
    created: bool = False


QUEUES: dict[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue("to_accept", "待受理", (R.CLERK, R.DISPATCHER), (S.REGISTERED,)),
        Queue("correction", "待补正", (R.CLERK,), (S.CORRECTION,)),
        Queue("first_asked", "首问在办", (R.CLERK,), UNSIGNED, created=True),
        Queue("to_dispatch", "待分流", (R.DISPATCHER,), (S.ACCEPTED,)),
        Queue("objections", "异议待裁", (R.DISPATCHER,), (S.DISPATCHED, S.HANDLING), objected=True),
        Queue(
            "guidance",
            "引导待确认",
            (R.DISPATCHER, R.SUPERVISOR, R.DIRECTOR),
            (S.REGISTERED, S.ACCEPTED),
            pending="guidance",
        ),
        Queue("to_sign", "待签收", _UNIT, parts=("awaiting",)),
        Queue("handling", "办理中", _UNIT, parts=("signed",)),
        Queue("objected", "已提异议", _UNIT, parts=("objected",)),
        Queue("unit_requests", "待本单位审批", (R.UNIT_LEAD,), parts=("signed",), pending="extension suspension"),
        Queue(
            "to_tell",
            "待告知当事人",
            _UNIT,
            parts=("signed",),
            pending="to_tell.extension to_tell.suspension",
        ),
        Queue(
            "to_tell_here",
            "待告知当事人（单位已退出）",
            (R.CLERK,),
            (S.ACCEPTED, S.DISPATCHED),
            pending="to_tell.extension to_tell.suspension",
        ),
        Queue("extensions", "延期待批", (R.DIRECTOR,), (S.HANDLING,), pending="extension"),
        Queue("suspensions", "中止待批", (R.SUPERVISOR, R.DIRECTOR), (S.HANDLING,), pending="suspension"),
        Queue("due_dates", "时限变更待确认", (R.SUPERVISOR, R.DIRECTOR), LIVE, pending="due"),
        Queue("to_review", "办结待审", (R.DISPATCHER, R.SUPERVISOR, R.DIRECTOR), (S.CONCLUDED,)),
        Queue("to_follow_up", "待回访归档", (R.CLERK,), (S.CLOSED,)),
        Queue("to_archive", "回访后待归档", (R.CLERK, R.SUPERVISOR), (S.FOLLOWED_UP,)),
        Queue("contests", "不服待答复", (R.SUPERVISOR, R.DIRECTOR), TERMINAL, pending="contest"),
    )
}


def queues_of(roles: Iterable[str]) -> list[Queue]:
    """The queues of a person's posts, each once."""
    held = set(roles)
    return [queue for queue in QUEUES.values() if held & set(queue.roles)]
