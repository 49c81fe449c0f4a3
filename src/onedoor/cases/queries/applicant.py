"""What the applicant reads of his own matter, and how he shows that it is his.

The number and the last four digits of the telephone open nothing here (`tracking.py`): the matter itself opens with
the code on the receipt, or with a one-time code sent to the telephone on record. Each wrong try counts against the
number and against the address that it came from.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from onedoor.cases import secrets
from onedoor.cases.queries.explained import consequences_of, explained_clock
from onedoor.cases.queries.gate import COLUMNS
from onedoor.cases.queries.tracking import FOUND_NOTHING, guarded
from onedoor.cases.sql import rows
from onedoor.cases.steps._state import CaseState, Row, load
from onedoor.rules.access import ACTOR_NAMES, applicant
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.flow import FLOW, STAGE_NAMES, check_move
from onedoor.rules.needs import OPINIONS
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.telling import ONE_TIME_CODE

CODE_LIFE = timedelta(minutes=10)
# What the applicant sees of the way his matter takes: steps towards him, no deliberation among offices.
_STEPS = {
    "register": "已登记",
    "ask_correction": "请您补充材料",
    "supplement": "已补充材料",
    "lapse": "逾期未补正，已结束",
    "accept": "中心已受理",
    "confirm_guidance": "已告知您可以走的途径",
    "transfer_out": "已转送其他机关",
    "take_back": "其他机关已退回，由中心继续办理",
    "dispatch": "已交承办单位",
    "sign": "承办单位已签收",
    "designate": "中心已指定承办单位",
    "decide_acceptance": "承办单位已决定是否受理",
    "meet": "承办单位与您见面",
    "decide_extension": "办理期限有新的决定",
    "suspend": "中止办理",
    "tell": "已向您告知延期或中止的理由",
    "resume": "恢复办理",
    "conclude": "承办单位已提出办理结果，等待中心审核",
    "serve": "书面意见已送达",
    "send_back": "中心已退回承办单位重办",
    "close": "已办结",
    "settle_on_spot": "已当场办理",
    "reopen": "重新办理",
    "withdraw": "已撤回",
    "revoke_withdrawal": "已恢复办理",
    "merge": "已与另一件事项合并办理",
    "follow_up": "已回访",
    "rate": "您已评价",
    "contest": "您已提出不同意见",
    "decide_contest": "对您的不同意见已答复",
    "archive": "已归档",
    "agree_performance": "已登记协议履行期限",
    "record_performance": "已登记协议履行情况",
    "open_mediation": "已启动调解，将征求双方意愿",
    "seal_agreement": "调解协议已生效",
    "agree_orally": "已达成口头协议",
    "end_mediation": "调解已终止，已告知其他途径",
    "apply_confirmation": "已申请司法确认",
    "decide_confirmation": "法院对司法确认已有决定",
}
# Texts that are addressed to him or that he wrote; an answer only once the centre has approved it.
_TEXTS = frozenset(
    {
        "told",
        "narrative",
        "supplement",
        "correction",
        "guidance",
        "destination",
        "basis",
        "rating",
        "contest",
        "remedy",
    }
)
_ANSWERS = frozenset({"answer", "opinion"})
_CLOSED = frozenset({"closed", "followed_up", "archived", "guided", "withdrawn", "merged", "transferred"})
MOVES = ("supplement", "rate", "contest", "withdraw")


def open_by_code(number: str, code: str, address: str, at: datetime) -> UUID:
    """The id of the matter whose receipt code this is; refuses in one sentence whatever is wrong."""
    return _open(number, code, address, at, _receipt_holds)


def open_by_one_time_code(number: str, code: str, address: str, at: datetime) -> UUID:
    """The same with the code that was sent to the telephone within the last ten minutes."""
    return _open(number, code, address, at, _one_time_holds)


def open_by_rating_code(number: str, code: str, address: str, at: datetime) -> UUID:
    """The same with the code of the rating's address; it opens the rating alone."""
    return _open(number, code, address, at, lambda case, given, _: secrets.rating_code_holds(str(case), given))


def _open(number: str, code: str, address: str, at: datetime, holds: Callable[[UUID, str, datetime], bool]) -> UUID:
    def find(wanted: str) -> dict[str, Any] | None:
        found = rows('SELECT id FROM "case" WHERE number = %s', [wanted])
        return found[0] if found and holds(found[0]["id"], code, at) else None

    case: UUID = guarded(number, address, at, find)["id"]
    return case


def _receipt_holds(case: UUID, code: str, at: datetime) -> bool:
    return secrets.receipt_code_holds(str(case), code)


def _one_time_holds(case: UUID, code: str, at: datetime) -> bool:
    sent = rows(
        "SELECT id FROM applicant_message WHERE case_id = %s AND kind = %s AND created_at > %s"
        " ORDER BY created_at DESC LIMIT 1",
        [case, ONE_TIME_CODE, at - CODE_LIFE],
    )
    return bool(sent) and secrets.one_time_code_holds(str(sent[0]["id"]), code)


def matter(case: UUID, *, lock: bool = False) -> CaseState:
    """The case of somebody who has shown that it is his."""
    found = rows(f'SELECT {COLUMNS} FROM "case" c WHERE c.id = %s{" FOR NO KEY UPDATE" if lock else ""}', [case])
    if not found:
        raise Refused(NOT_FOUND, FOUND_NOTHING)
    return load(found[0])


def applicants_file(state: CaseState, now: datetime) -> Row:
    """What the applicant reads: stage, who handles it, until when and why, every step, what was written to him."""
    case = state.case
    lead = next((part for part in state.assignments if part["lead"] and part["stage"] != "released"), None)
    due = next(
        (clock for clock in state.clocks if clock["due_at"] == case["due_at"] and clock["stopped_at"] is None), None
    )
    facts = state.facts()
    me = applicant(case["division_path"][0])
    may = []
    for name in MOVES:
        try:
            check_move(FLOW[name], facts, me, now)
        except Refused:
            continue
        may.append(name)
    return {
        "number": case["number"],
        "title": case["title"],
        "stage": case["stage"],
        "stage_name": STAGE_NAMES[case["stage"]],
        "registered_at": case["registered_at"],
        "unit": _reach(lead["unit_id"] if lead else case["present_centre_id"]),
        "centre": _reach(case["present_centre_id"]),
        "due_at": case["due_at"],
        "explanation": [
            *(explained_clock(due) if due and case["due_at"] else []),
            *(consequences_of(state.clocks) if case["stage"] not in _CLOSED else []),
        ],
        "outcome_name": OUTCOME_NAMES.get(case["outcome"], "") if case["stage"] in _CLOSED else "",
        "steps": _steps(state),
        "may": may,
        "contacts": [
            {"id": party["id"], "name": party["name"], "contact": party["contact"]}
            for party in state.parties
            if party["part"] == "applicant"
        ],
        "files": [{"id": one["id"], "name": one["name"], "size": one["size"]} for one in state.files if _own(one)],
        "satisfied": case["satisfied"],
    }


def _own(file: Row) -> bool:
    return file["uploader"] is None


def _reach(unit: int) -> Row:
    return rows("SELECT name, short_name, phone FROM people_unit WHERE id = %s", [unit])[0]


def _steps(state: CaseState) -> list[Row]:
    """The newest first; each with the texts that are meant for the applicant."""
    case = state.case
    events = rows(
        "SELECT e.seq, e.kind, e.occurred_at, e.payload, u.short_name AS unit FROM event e"
        " LEFT JOIN people_post p ON p.id = e.post_id LEFT JOIN people_unit u ON u.id = p.unit_id"
        " WHERE e.case_id = %s AND e.recorded_at >= %s AND e.kind = ANY(%s) ORDER BY e.seq DESC",
        [case["id"], case["recorded_at"], list(_STEPS)],
    )
    shown = _TEXTS | (_ANSWERS if case["stage"] in _CLOSED else set())
    texts: dict[int, list[Row]] = {}
    for one in rows(
        "SELECT seq, kind, text, erased_at FROM statement WHERE case_id = %s AND kind = ANY(%s) ORDER BY id",
        [case["id"], sorted(shown)],
    ):
        texts.setdefault(one["seq"], []).append(one)
    # an opinion binds once it has been served
    served = case["served_at"] is not None
    hidden = _ANSWERS if case["outcome"] in OPINIONS and not served else set()
    return [
        {
            "at": event["occurred_at"],
            "name": _STEPS[event["kind"]],
            "unit": event["unit"] or "",
            "codes": orjson.loads(event["payload"]).get("codes", {}),
            "texts": [
                "（已依法删除）" if one["erased_at"] else one["text"]
                for one in texts.get(event["seq"], [])
                if one["kind"] not in hidden
            ],
        }
        for event in events
    ]


def who_looked(state: CaseState) -> list[Row]:
    """Who has read the personal data of the matter in full: when, from which unit, in which post, why."""
    found = rows(
        "SELECT l.recorded_at AS at, l.reason, l.account_id FROM access_log l"
        " WHERE l.recorded_at >= %s AND l.action = 'unmask' AND l.subject = %s ORDER BY l.recorded_at DESC LIMIT 200",
        [state.case["recorded_at"], state.case["number"]],
    )
    posts = rows(
        "SELECT DISTINCT ON (p.account_id) p.account_id, p.role, u.short_name AS unit FROM people_post p"
        " JOIN people_unit u ON u.id = p.unit_id WHERE p.account_id = ANY(%s) ORDER BY p.account_id, p.active DESC",
        [sorted({row["account_id"] for row in found})],
    )
    by_account = {row["account_id"]: row for row in posts}
    return [
        {
            "at": row["at"],
            "reason": row["reason"],
            "unit": post["unit"] if (post := by_account.get(row["account_id"])) else "",
            "role": ACTOR_NAMES.get(post["role"], "") if post else "",
        }
        for row in found
    ]
