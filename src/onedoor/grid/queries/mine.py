"""What has become of one's own entries, and what is kept about who made them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.field import KINDS, STATES, WAITING_LONG
from onedoor.rules.fieldwork import LEADS
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.needs import OPINIONS
from onedoor.rules.refusal import invalid

Row = dict[str, Any]
MINE_DAYS = timedelta(days=90)
MOST_MINE = 300
KEPT_PAGE = 200
# What a worker is told of a matter's way; all else is between the units.
STEPS = {
    "register": "中心已登记",
    "ask_correction": "请补充情况",
    "supplement": "已补充",
    "add_from_field": "已补充现场情况",
    "accept": "已受理",
    "guide": "拟告知其他途径",
    "confirm_guidance": "已告知其他途径",
    "settle_on_spot": "当场办结",
    "merge": "与另一件合并办理",
    "transfer_out": "已转给有权处理的单位",
    "send_up": "已上报上级中心",
    "send_down": "已交给下级中心",
    "dispatch": "已交给承办单位",
    "sign": "承办单位已签收",
    "object": "承办单位认为不属于自己",
    "report_progress": "承办单位报告了进展",
    "suspend": "暂时中止",
    "resume": "继续办理",
    "conclude": "承办单位已办完，待审核",
    "send_back": "退回重办",
    "close": "已办结",
    "reopen": "重新办理",
    "withdraw": "申请人已撤回",
}


def mine(*, account: int, viewer: Viewer, at: datetime) -> list[Row]:
    """The account's entries of the last 90 days, newest first, each with its state, and where it led to a matter that
    he may see, with its stage, the steps it has gone, and the answer once there is one."""
    found = rows(
        "SELECT id, kind, state, case_id, refers, made_at, received_at, why::text AS why FROM grid_fieldentry"
        " WHERE account_id = %s AND received_at > %s ORDER BY received_at DESC, id DESC LIMIT %s",
        [account, at - MINE_DAYS, MOST_MINE],
    )
    cases = _cases({row["case_id"] for row in found if row["case_id"]}, viewer)
    return [_mine(row, cases.get(row["case_id"])) for row in found]


def _mine(row: Row, case: Row | None) -> Row:
    why = orjson.loads(row["why"])
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "kind_name": KINDS[row["kind"]],
        "state": row["state"],
        "state_name": STATES[row["state"]],
        "made_at": row["made_at"],
        "received_at": row["received_at"],
        "number": case["number"] if case else "",
        "stage_name": STAGE_NAMES[case["stage"]] if case else "",
        "answer": case["answer"] if case else "",
        "steps": case["steps"] if case else [],
        "detail": why.get("detail", ""),
    }


def _cases(ids: set[UUID], viewer: Viewer) -> dict[UUID, Row]:
    """Those that the viewer may see, as the gate says now."""
    if not ids:
        return {}
    found = rows(
        f'SELECT c.id, c.number, c.stage, c.outcome, c.recorded_at FROM "case" c WHERE c.id = ANY(%s) AND {MAY_SEE}',
        [list(ids), *may_see(viewer)],
    )
    cases = {row["id"]: {**row, "steps": [], "answer": ""} for row in found}
    if not cases:
        return {}
    since = min(row["recorded_at"] for row in found)
    for event in rows(
        "SELECT case_id, kind, occurred_at FROM event WHERE case_id = ANY(%s) AND recorded_at >= %s AND kind = ANY(%s)"
        " ORDER BY case_id, seq",
        [list(cases), since, list(STEPS)],
    ):
        cases[event["case_id"]]["steps"].append({"at": event["occurred_at"], "what": STEPS[event["kind"]]})
    ended = [row["id"] for row in found if row["outcome"]]
    if viewer.sees_names and ended:
        _add_answers(cases, ended)
    return cases


def _add_answers(cases: dict[UUID, Row], ended: Iterable[UUID]) -> None:
    """The merged answer, as the case file has it: the approved text of a written opinion, else the last answer."""
    for row in rows(
        "SELECT s.case_id, s.text, s.kind, EXISTS (SELECT 1 FROM assignment a WHERE a.case_id = s.case_id AND a.lead"
        " AND a.stage <> 'released' AND a.approved = s.id) AS approved FROM statement s"
        " WHERE s.case_id = ANY(%s) AND s.kind IN ('answer', 'opinion') AND s.erased_at IS NULL ORDER BY s.seq, s.id",
        [list(ended)],
    ):
        case = cases[row["case_id"]]
        if row["approved"] if case["outcome"] in OPINIONS else row["kind"] == "answer":
            case["answer"] = row["text"]


def kept(*, account: int, cursor: str = "") -> Row:
    """Everything that the centre keeps about the account from the field: entries with their times and positions,
    newest first, in pages; and which files are on their way. No track of where he went is kept, so none is here."""
    before, last = _cursor(cursor)
    found = rows(
        "SELECT e.id, e.kind, e.state, e.made_at, e.received_at, e.lon, e.lat, e.accuracy, d.name AS grid_name,"
        " c.number,"
        " e.content::text AS content, e.files::text AS files FROM grid_fieldentry e"
        ' LEFT JOIN people_division d ON d.id = e.grid_id LEFT JOIN "case" c ON c.id = e.case_id'
        " WHERE e.account_id = %s AND (%s::timestamptz IS NULL OR (e.received_at, e.id) < (%s, %s))"
        " ORDER BY e.received_at DESC, e.id DESC LIMIT %s",
        [account, before, before, last, KEPT_PAGE + 1],
    )
    items, more = found[:KEPT_PAGE], len(found) > KEPT_PAGE
    arriving = rows(
        "SELECT encode(sha256, 'hex') AS sha256, size, whole, at FROM grid_fieldfile"
        " WHERE account_id = %s ORDER BY at",
        [account],
    )
    return {
        "entries": [
            {
                **row,
                "id": str(row["id"]),
                "number": row["number"] or "",
                "kind_name": KINDS[row["kind"]],
                "state_name": STATES[row["state"]],
                "content": orjson.loads(row["content"]),
                "files": orjson.loads(row["files"]),
            }
            for row in items
        ],
        "next_cursor": f"{items[-1]['received_at'].isoformat()},{items[-1]['id']}" if more else None,
        "files": arriving if not cursor else [],
    }


def _cursor(cursor: str) -> tuple[datetime | None, UUID | None]:
    if not cursor:
        return None, None
    when, _, last = cursor.partition(",")
    try:
        return datetime.fromisoformat(when.replace(" ", "+")), UUID(last)
    except ValueError as error:
        raise invalid("cursor", "翻页的位置不对，请从头再看。") from error


_TO_DECIDE = "(e.state = 'asks' OR (e.state = 'waiting' AND e.received_at < %s))"


def to_decide(*, actors: Iterable[Actor], at: datetime, limit: int = 100) -> list[Row]:
    """Entries of the area that ask, or have waited for more than a day, the oldest first: for who settles them. Their
    content is shown whole, for both sides of the question are to be seen."""
    areas = sorted({one.division for one in actors if one.role in LEADS})
    if not areas:
        return []
    found = rows(
        "SELECT e.id, e.kind, e.state, e.made_at, e.received_at, e.content::text AS content, e.files::text AS files,"
        " e.why::text AS why, a.name AS worker, d.name AS grid_name FROM grid_fieldentry e"
        " LEFT JOIN people_account a ON a.id = e.account_id LEFT JOIN people_division d ON d.id = e.grid_id"
        f" WHERE {_TO_DECIDE} AND EXISTS (SELECT 1 FROM unnest(%s::bigint[]) area"
        "  WHERE e.grid_path @> to_jsonb(area))"
        " ORDER BY e.received_at, e.id LIMIT %s",
        [at - WAITING_LONG, areas, limit],
    )
    return [_to_decide(row) for row in found]


def _to_decide(row: Row) -> Row:
    content = orjson.loads(row["content"])
    anonymous = row["kind"] == "report" and content.get("anonymous") is True
    return {
        **row,
        "id": str(row["id"]),
        "worker": "（匿名）" if anonymous else row["worker"] or "",
        "kind_name": KINDS[row["kind"]],
        "state_name": STATES[row["state"]],
        "content": content,
        "files": [{"name": one["name"], "size": one["size"]} for one in orjson.loads(row["files"])],
        "why": orjson.loads(row["why"]),
    }


def waiting_long(*, actors: Iterable[Actor], at: datetime) -> int:
    """How many of them there are, up to a hundred: the figure beside the list, by the same query."""
    return len(to_decide(actors=actors, at=at))
