"""转介: read by who made it and by the centre's confidential posts; each look at one is logged."""

from typing import Any

import orjson

from onedoor.cases.secrets import decrypt
from onedoor.cases.sql import rows
from onedoor.mediation.steps._act import key_of
from onedoor.people.access_log import log_access
from onedoor.rules.access import Viewer
from onedoor.rules.referrals import REFERRAL_STATES, SERVICES
from onedoor.rules.refusal import NOT_FOUND, Refused

SEALED = "care.referral"
MOST = 200
_MINE = """(r.by = %s OR EXISTS (SELECT 1 FROM people_post p WHERE p.account_id = %s AND p.active
            AND p.confidential AND p.unit_id = r.centre_id))"""


def referrals(viewer: Viewer) -> list[dict[str, Any]]:
    """Without names and words: service, state, when."""
    found = rows(
        "SELECT r.id, r.service, r.state, r.at, a.name AS by FROM care_referral r"
        f" JOIN people_account a ON a.id = r.by WHERE {_MINE} ORDER BY r.at DESC, r.id LIMIT {MOST}",
        [viewer.account, viewer.account],
    )
    return [
        {**row, "service_name": SERVICES[row["service"]], "state_name": REFERRAL_STATES[row["state"]]} for row in found
    ]


def referral_for(viewer: Viewer, key: str, *, lock: bool = False) -> dict[str, Any]:
    """The row, for who may see it; not found for everybody else."""
    found = rows(
        "SELECT r.id, r.service, r.state, r.sealed, r.at, r.closed_at FROM care_referral r"
        f" WHERE r.id = %s AND {_MINE}{' FOR UPDATE' if lock else ''}",
        [key_of(key), viewer.account, viewer.account],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有找到这次转介。")
    return found[0]


def opened(row: dict[str, Any]) -> dict[str, Any]:
    """Its words: who, reached, consent, told, answers."""
    found: dict[str, Any] = orjson.loads(decrypt(row["sealed"], about=f"{SEALED}.{row['id']}"))
    return found


def read_referral(viewer: Viewer, key: str) -> dict[str, Any]:
    """All of one, and a line in the access log that names no matter."""
    row = referral_for(viewer, key)
    log_access(action="referral", account=viewer.account, subject=str(row["id"]), reason="查看转介")
    said = opened(row)
    return {
        **{name: value for name, value in row.items() if name != "sealed"},
        **said,
        "key": str(row["id"]),
        "service_name": SERVICES[row["service"]],
        "state_name": REFERRAL_STATES[row["state"]],
        "answers": [{**one, "to_name": REFERRAL_STATES[one["to"]]} for one in said["answers"]],
    }
