"""What the applicant reads of his own matter, once he has shown that it is his (`doors.py`)."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import orjson

from onedoor.cases import files
from onedoor.cases.queries.explained import consequences_of, explained_clock
from onedoor.cases.queries.gate import COLUMNS
from onedoor.cases.queries.tracking import FOUND_NOTHING
from onedoor.cases.sql import rows
from onedoor.cases.steps._state import CaseState, Row, load
from onedoor.rules.access import ACTOR_NAMES, applicant
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.flow import FLOW, STAGE_NAMES, check_move
from onedoor.rules.looks import kind_of_reason
from onedoor.rules.refusal import NOT_FOUND, Refused

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
    "decide_extension": "办理期限已延长",
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
    "end_mediation": "调解已终止",
    "apply_confirmation": "已申请司法确认",
    "decide_confirmation": "法院对司法确认已有决定",
}
# What he reads of each step: the kinds of text in it that are addressed to him or that he wrote. What is not named
# here (reasons among offices, notes, objections, supervision, proof of service) is not his to read.
_TEXTS: dict[str, frozenset[str]] = {
    "register": frozenset({"narrative"}),
    "ask_correction": frozenset({"correction"}),
    "supplement": frozenset({"supplement"}),
    "lapse": frozenset({"guidance"}),
    "transfer_out": frozenset({"destination", "basis"}),
    "decide_acceptance": frozenset({"reason", "guidance"}),
    "decide_extension": frozenset({"reason"}),
    "suspend": frozenset({"reason"}),
    "tell": frozenset({"told"}),
    "conclude": frozenset({"answer", "guidance", "basis"}),
    "settle_on_spot": frozenset({"answer", "guidance", "basis"}),
    "reopen": frozenset({"reason"}),
    "rate": frozenset({"rating"}),
    "archive": frozenset({"remedy"}),
    "contest": frozenset({"contest"}),
    "decide_contest": frozenset({"reason"}),
    "record_performance": frozenset({"guidance"}),
    "end_mediation": frozenset({"guidance"}),
}
# What the unit says is his once the centre has approved it.
_WAIT_FOR_APPROVAL = frozenset({"conclude", "settle_on_spot"})
# What stands in an earlier step and becomes his with this one: the route once a second person has confirmed it, the
# written opinion once it has been served.
_FROM_BEFORE = {"confirm_guidance": ("guide", "guidance"), "serve": ("approve", "opinion")}
_JUDGES = frozenset({"close", "send_back"})
_CLOSED = frozenset({"closed", "followed_up", "archived", "guided", "withdrawn", "merged", "transferred"})
MOVES = ("supplement", "rate", "contest", "withdraw")


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


def own_file(case: UUID, key: UUID) -> tuple[Path, str, str]:
    """Path, name and type of a file that the applicant himself has handed in; what others added is not found."""
    found = rows(
        "SELECT name, type, sha256 FROM attachment WHERE case_id = %s AND id = %s AND uploader IS NULL"
        " AND erased_at IS NULL",
        [case, key],
    )
    path = files.path_of(found[0]["sha256"]) if found else None
    if path is None or not path.exists():
        raise Refused(NOT_FOUND, "没有这个文件。")
    return path, found[0]["name"], found[0]["type"]


def _reach(unit: int) -> Row:
    return rows("SELECT name, short_name, phone FROM people_unit WHERE id = %s", [unit])[0]


def _steps(state: CaseState) -> list[Row]:
    """The newest first; each with the texts that are meant for the applicant."""
    case = state.case
    wanted = {*_STEPS, *(source for source, _ in _FROM_BEFORE.values())}
    events = rows(
        "SELECT e.seq, e.kind, e.occurred_at, e.payload, u.short_name AS unit FROM event e"
        " LEFT JOIN people_post p ON p.id = e.post_id LEFT JOIN people_unit u ON u.id = p.unit_id"
        " WHERE e.case_id = %s AND e.recorded_at >= %s AND e.kind = ANY(%s) ORDER BY e.seq",
        [case["id"], case["recorded_at"], sorted(wanted)],
    )
    said: dict[int, list[Row]] = {}
    for one in rows("SELECT seq, kind, text, erased_at FROM statement WHERE case_id = %s ORDER BY id", [case["id"]]):
        said.setdefault(one["seq"], []).append(one)
    leads = frozenset(str(part["id"]) for part in state.assignments if part["lead"])
    found = []
    for place, event in enumerate(events):
        payload = orjson.loads(event["payload"])
        codes = payload.get("codes", {})
        if event["kind"] not in _STEPS or (event["kind"] == "decide_extension" and not codes.get("granted")):
            continue
        if event["kind"] in _FROM_BEFORE:
            texts = _from_before(event["kind"], events[:place], said, leads)
        elif event["kind"] in _WAIT_FOR_APPROVAL and not _approved(payload["stage"], events[place + 1 :]):
            texts = []
        else:
            wanted_here = _TEXTS.get(event["kind"], frozenset())
            texts = [one for one in said.get(event["seq"], ()) if one["kind"] in wanted_here]
        found.append(
            {
                "at": event["occurred_at"],
                "name": _STEPS[event["kind"]],
                "unit": event["unit"] or "",
                "texts": ["（已依法删除）" if one["erased_at"] else one["text"] for one in texts],
            }
        )
    return found[::-1]


def _approved(stage: str, later: list[Row]) -> bool:
    """Whether what was said in a step that led to `stage` stands: closed at once, or by the centre's review of it."""
    return stage in _CLOSED or next((one["kind"] for one in later if one["kind"] in _JUDGES), "") == "close"


def _from_before(kind: str, earlier: list[Row], said: dict[int, list[Row]], leads: frozenset[str]) -> list[Row]:
    """The text of the newest step of the kind that this one completes; of the opinions only a lead unit's."""
    source, text = _FROM_BEFORE[kind]
    for event in reversed(earlier):
        if event["kind"] != source:
            continue
        if source == "approve" and str(orjson.loads(event["payload"]).get("codes", {}).get("assignment")) not in leads:
            continue
        return [one for one in said.get(event["seq"], ()) if one["kind"] == text]
    return []


# What of the access log is told to whom it is about. A sign of harm is never in it: its lines name no matter, and
# would endanger who has spoken.
_LOOKS = {
    "unmask": "查看未遮盖的信息",
    "download": "下载附件",
    "paper": "制作文书",
    "receipt": "打印回执",
    "print": "打印事项",
}


def who_looked(state: CaseState) -> list[Row]:
    """Who has read personal data of the matter in full, printed it or taken it along: when, what, from which unit, in
    which post, and for what kind of reason. What was written beside the kind may name somebody else."""
    found = rows(
        "SELECT l.recorded_at AS at, l.action, l.reason, l.account_id FROM access_log l"
        " WHERE l.recorded_at >= %s AND l.action = ANY(%s) AND l.subject = %s ORDER BY l.recorded_at DESC LIMIT 200",
        [state.case["recorded_at"], sorted(_LOOKS), state.case["number"]],
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
            "what": _LOOKS[row["action"]],
            "reason": kind_of_reason(row["reason"]) if row["action"] == "unmask" else "",
            "unit": post["unit"] if (post := by_account.get(row["account_id"])) else "",
            "role": ACTOR_NAMES.get(post["role"], "") if post else "",
        }
        for row in found
    ]
