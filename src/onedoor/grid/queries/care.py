"""帮扶计划: for the worker on it and who has made it, by nobody's role; and for the person, by his code."""

from datetime import date
from typing import Any
from uuid import UUID

from onedoor.cases import secrets
from onedoor.cases.sql import rows
from onedoor.grid.queries.area import must_look
from onedoor.grid.steps.care import ADDRESS, NAME, NOTE, PHONE
from onedoor.people.tokens import SignedIn
from onedoor.rules import fieldwork
from onedoor.rules.care import BASES, MAKES, VISITS
from onedoor.rules.identity import mask_name
from onedoor.rules.refusal import NOT_FOUND, Refused

_OWN = "p.erased_at IS NULL AND (p.worker_id = %s OR p.made_by_id = %s)"
MOST = 200


def list_plans(signed: SignedIn, today: date, *, over: bool = False) -> list[dict[str, Any]]:
    """Those on which I am or which I have made, what is due first; names masked. There is no search by name and no
    list of a grid."""
    must_look(signed, MAKES | VISITS, "帮扶计划只对负责的网格员和建立计划的人开放。")
    running = "p.ended_at IS NULL AND p.ends_on >= %s"
    found = rows(
        "SELECT p.id, p.name, p.purpose, p.basis, p.next_on, p.begins_on, p.ends_on, p.ended_at, d.name AS grid_name,"
        " a.name AS worker FROM grid_careplan p JOIN people_division d ON d.id = p.grid_id"
        f" JOIN people_account a ON a.id = p.worker_id WHERE {_OWN} AND {'NOT ' if over else ''}({running})"
        " ORDER BY p.next_on NULLS LAST, p.id LIMIT %s",
        [signed.account, signed.account, today, MOST],
    )
    return [
        {
            **one,
            "name": mask_name(secrets.decrypt(one["name"], about=NAME)),
            "due": one["next_on"] is not None and one["next_on"] <= today,
            "basis_name": BASES[one["basis"]],
        }
        for one in found
    ]


def plan_for(signed: SignedIn, plan: UUID, today: date) -> dict[str, Any]:
    """One of those, with its visits, in full: who calls it writes the look down (`steps.care.log_looked`)."""
    found = rows(
        "SELECT p.id, p.name, p.phone, p.address, p.basis, p.basis_text, p.consented_on, p.purpose, p.help,"
        " p.every_days, p.begins_on, p.ends_on, p.next_on, p.made_at, p.made_by_id, p.worker_id, p.ended_at,"
        " p.end_reason, d.name AS grid_name, d.code AS grid, a.name AS worker, a.username AS worker_username,"
        " m.name AS maker FROM grid_careplan p JOIN people_division d ON d.id = p.grid_id"
        f" JOIN people_account a ON a.id = p.worker_id JOIN people_account m ON m.id = p.made_by_id"
        f" WHERE p.id = %s AND {_OWN}",
        [plan, signed.account, signed.account],
    )
    if not found:
        raise fieldwork.not_there("这份帮扶计划")
    one = found[0]
    visits = rows(
        'SELECT v."on", v.note, a.name AS worker FROM grid_carevisit v JOIN people_account a ON a.id = v.account_id'
        ' WHERE v.plan_id = %s ORDER BY v."on" DESC, v.id DESC LIMIT 100',
        [plan],
    )
    return {
        **one,
        "name": secrets.decrypt(one["name"], about=NAME),
        "phone": secrets.decrypt(one["phone"], about=PHONE),
        "address": secrets.decrypt(one["address"], about=ADDRESS),
        "basis_name": BASES[one["basis"]],
        "visits": [{**visit, "note": secrets.decrypt(visit["note"], about=NOTE)} for visit in visits],
        "lives": one["ended_at"] is None and one["ends_on"] >= today,
        "made_by_me": one["made_by_id"] == signed.account,
    }


def plan_by_code(code: str, today: date) -> dict[str, Any]:
    """For whoever holds the sheet: what the plan says, the days of its visits, who has looked. His name stands there
    with its first sign, no telephone and no address: a sheet may be found by another."""
    indexes = secrets.care_code_indexes(code)
    found = rows(
        "SELECT p.id, p.name, p.basis, p.basis_text, p.consented_on, p.purpose, p.help, p.every_days, p.begins_on,"
        " p.ends_on, p.next_on, p.ended_at, p.end_reason, a.name AS worker FROM grid_careplan p"
        " JOIN people_account a ON a.id = p.worker_id WHERE p.code_index = ANY(%s) AND p.erased_at IS NULL",
        [indexes],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有找到，请核对帮扶码。计划结束满期限的，内容已经删除。")
    one = found[0]
    visits = rows('SELECT "on" FROM grid_carevisit WHERE plan_id = %s ORDER BY "on" DESC, id LIMIT 100', [one["id"]])
    looked = rows(
        "SELECT l.recorded_at AS at, l.reason, a.name AS who FROM access_log l"
        " LEFT JOIN people_account a ON a.id = l.account_id WHERE l.action = 'care' AND l.subject = %s"
        " ORDER BY l.recorded_at DESC LIMIT 100",
        [str(one["id"])],
    )
    return {
        **one,
        "name": mask_name(secrets.decrypt(one["name"], about=NAME)),
        "basis_name": BASES[one["basis"]],
        "visits": [visit["on"] for visit in visits],
        "looked": looked,
        "lives": one["ended_at"] is None and one["ends_on"] >= today,
    }
