"""What the clock has found in the demo county, and what people have made of it by now."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import case_for
from onedoor.cases.sql import rows
from onedoor.cases.steps._record import flush
from onedoor.cases.steps._state import load
from onedoor.cases.steps.make_move import move_in_memory
from onedoor.cases.steps.sweep import sweep
from onedoor.demo.worktime import WorkTime
from onedoor.people.tokens import signed_in_as

REPLIES = (
    "已与双方电话约定周四下午到场，现场查看后三个工作日内提出处理意见。",
    "责任科室已更换经办人，今日补签并联系申请人，预计本周五前办结。",
    "需调取三年前的审批档案，已向档案室借阅，预计还需五个工作日。",
    "已落实专人，材料齐全，正在起草答复意见，后天送负责人签发。",
)
APPEAL = "申请人外出务工，约定月底返乡后当面办理，有通话记录可查，请予剔除。"
DEMAND = "请说明超期原因，提出具体措施和完成时间。"
MORE = "只有安排没有时间，请补充每一步的完成日期。"
INSTRUCTION = "群众反映多次，请主要负责人亲自过问，一周内拿出解决办法。"
_OPEN = """
    SELECT s.number, c.number AS case_number, s.cause,
           (SELECT p.account_id FROM people_post p JOIN people_account a ON a.id = p.account_id
             WHERE p.unit_id = s.unit_id AND p.active AND p.role IN ('handler', 'clerk')
             ORDER BY a.username LIMIT 1) AS who
      FROM supervision s JOIN "case" c ON c.id = s.case_id
     WHERE s.state = 'open' AND c.confidentiality = 'ordinary' ORDER BY s.number
"""
_HANDLING = """
    SELECT number FROM "case" WHERE stage = 'handling' AND confidentiality = 'ordinary' AND due_at > %s
     ORDER BY number LIMIT 3
"""

_AGREED = """
    SELECT number FROM "case"
     WHERE stage IN ('closed', 'followed_up') AND outcome LIKE 'agreement%%' AND confidentiality = 'ordinary'
       AND coalesce(followed_up_at, closed_at) < %s
     ORDER BY number LIMIT 3
"""
PERFORMED = "收款收据复印件已交中心存档，双方均无异议。"


class Times(NamedTuple):
    at: datetime
    recorded_at: datetime


def bring_supervision(work: WorkTime, now: datetime) -> None:
    """A sweep at the end of the last hour of work, so that what was late then has its notice; then replies, an appeal
    and notices by hand."""
    at = utc(work.at(work.end - 1))
    times = Times(at, utc(now))
    _bring_performance(times)
    sweep(at=at, clock=lambda: now)
    supervisor, director = _account("supervisor"), _account("director")
    asked = [row for row in rows(_OPEN) if row["who"] is not None]
    for row, text in zip(asked, REPLIES, strict=False):
        _move(row["who"], row["case_number"], "reply_supervision", times, supervision=row["number"], text=text)
    for row in asked[len(REPLIES) : len(REPLIES) + 1]:
        _move(row["who"], row["case_number"], "appeal_supervision", times, supervision=row["number"], reason=APPEAL)
    if len(asked) > 1:
        _move(supervisor, asked[0]["case_number"], "accept_reply", times, supervision=asked[0]["number"])
        _move(
            supervisor, asked[1]["case_number"], "demand_more", times,
            supervision=asked[1]["number"], reason=MORE, days=2,
        )  # fmt: skip
    waiting = [row["number"] for row in rows(_HANDLING, [at])]
    for number in waiting[:1]:
        _move(director, number, "instruct", times, text=INSTRUCTION, days=5)
    for number in waiting[1:]:
        _move(supervisor, number, "supervise", times, level="ordinary", reason=DEMAND, days=2)


def _bring_performance(times: Times) -> None:
    """Of three agreements one has been performed, one is to be, and one was to be the day before."""
    week_ago = Times(times.at - timedelta(days=7), times.recorded_at)
    clerk = _account("clerk")
    agreed = [row["number"] for row in rows(_AGREED, [week_ago.at])]
    for number, days in zip(agreed, (6, 27, 13), strict=False):
        day = (week_ago.at + timedelta(days=days)).date().isoformat()
        _move(clerk, number, "agree_performance", week_ago, on=day)
    for number in agreed[2:]:
        _move(clerk, number, "record_performance", times, performed=True, text=PERFORMED)


def _account(username: str) -> int:
    return int(rows("SELECT id FROM people_account WHERE username = %s", [username])[0]["id"])


def _move(account: int, number: str, move: str, times: Times, **given: Any) -> None:
    """Like a move at the desk, but written down later than it happened."""
    who = signed_in_as(account)
    assert who is not None, "accounts of the demo county are in use"
    with transaction.atomic(durable=True):
        state = load(case_for(who.viewer(), number, lock=True))
        move_in_memory(state, move, given, None, who.actors, at=times.at, recorded_at=times.recorded_at)
        flush([state])
