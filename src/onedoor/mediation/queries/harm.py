"""受害线索: read by who wrote it and by the centre's confidential posts; each look at one is logged."""

from typing import Any
from uuid import UUID

import orjson

from onedoor.cases.secrets import decrypt
from onedoor.cases.sql import rows
from onedoor.mediation.steps._act import key_of
from onedoor.people.access_log import log_access
from onedoor.rules import harm as rules
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, Refused

MOST = 200
_MINE = """(h.reporter = %s OR EXISTS (SELECT 1 FROM people_post p WHERE p.account_id = %s AND p.active
            AND p.confidential AND p.unit_id = h.centre_id))"""


def reports(viewer: Viewer) -> list[dict[str, Any]]:
    """Without names and words: ground, state, when."""
    found = rows(
        "SELECT h.id, h.ground, h.state, h.at, a.name AS reporter,"
        " (SELECT coalesce(json_agg(e.what), '[]') FROM harm_entry e WHERE e.report_id = h.id AND e.kind = 'told')"
        " AS told"
        " FROM harm_report h"
        f" JOIN people_account a ON a.id = h.reporter WHERE {_MINE} ORDER BY h.at DESC, h.id LIMIT {MOST}",
        [viewer.account, viewer.account],
    )
    return [
        {
            **row,
            "ground_name": rules.GROUNDS[row["ground"]],
            "state_name": rules.HARM_STATES[row["state"]],
            "to_the_police": rules.to_the_police(row["ground"], row["state"], frozenset(row["told"])),
        }
        for row in found
    ]


def report_for(viewer: Viewer, key: str, *, lock: bool = False) -> dict[str, Any]:
    """The row, for who may see it; not found for everybody else."""
    found = rows(
        "SELECT h.id, h.centre_id, h.case_id, h.ground, h.wish, h.state, h.sealed, h.reporter, h.at, h.closed_at"
        f" FROM harm_report h WHERE h.id = %s AND {_MINE}{' FOR UPDATE' if lock else ''}",
        [key_of(key), viewer.account, viewer.account],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有找到这份报告。")
    return found[0]


def read_report(viewer: Viewer, key: str) -> dict[str, Any]:
    """All of one, and a line in the access log that names the report and no matter."""
    row = report_for(viewer, key)
    log_access(action="harm", account=viewer.account, subject=str(row["id"]), reason="查看受害线索")
    told = orjson.loads(decrypt(row["sealed"], about=f"harm.report.{row['id']}")) if row["sealed"] else {}
    entries = rows(
        "SELECT e.id, e.kind, e.what, e.sealed, e.at, a.name AS by FROM harm_entry e"
        " JOIN people_account a ON a.id = e.by WHERE e.report_id = %s ORDER BY e.at, e.id",
        [row["id"]],
    )
    names = {**rules.TOLD_TO, **rules.REFERRALS, "": ""}
    kinds = {"told": "已报告", "referred": "已转介", "restated": "改写情形", "closed": "了结"}
    return {
        **row,
        **told,
        "key": str(row["id"]),
        "ground_name": rules.GROUNDS[row["ground"]],
        "state_name": rules.HARM_STATES[row["state"]],
        "wish_name": rules.WISHES[row["wish"]],
        "to_the_police": rules.to_the_police(row["ground"], row["state"], told_of(row["id"])),
        "entries": [
            {
                **one,
                "kind_name": kinds[one["kind"]],
                "what_name": names[one["what"]],
                "text": decrypt(one["sealed"], about=f"harm.entry.{one['id']}"),
            }
            for one in entries
        ],
    }


def confidential_centre(actor: Actor) -> int:
    """The nearest centre above the reporter's unit; its confidential posts take up what is written down."""
    found = rows(
        "SELECT u.id FROM people_unit u WHERE u.kind = 'centre' AND u.active AND u.division_id = ANY(%s)"
        " AND EXISTS (SELECT 1 FROM people_post p WHERE p.unit_id = u.id AND p.active AND p.confidential)"
        " ORDER BY array_position(%s::bigint[], u.division_id) DESC LIMIT 1",
        [list(actor.division_path), list(actor.division_path)],
    )
    if not found:
        raise Refused(NOT_READY, "本中心还没有指定保密岗位，请直接向公安机关报告。")
    return int(found[0]["id"])


def is_confidential(viewer: Viewer, centre: int) -> bool:
    """Whether the viewer holds a confidential post of that centre."""
    return bool(
        rows(
            "SELECT 1 AS one FROM people_post WHERE account_id = %s AND active AND confidential AND unit_id = %s",
            [viewer.account, centre],
        )
    )


def told_of(report: UUID) -> frozenset[str]:
    """Whom the report has been made to."""
    found = rows("SELECT what FROM harm_entry WHERE report_id = %s AND kind = 'told'", [report])
    return frozenset(row["what"] for row in found)


def joint_sessions_stand_still(case: UUID) -> bool:
    """Whether an open report asks that the parties be not brought together."""
    return bool(rows("SELECT 1 AS one FROM harm_report WHERE case_id = %s AND state IN ('open', 'reported')", [case]))
