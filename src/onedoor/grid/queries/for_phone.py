"""What a phone takes down of the work: tasks, places, checklists, the plans of who asks (`docs/handbook/sync.md`)."""

from datetime import datetime
from typing import Any

import orjson

from onedoor.cases import secrets
from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows
from onedoor.grid.queries.area import NOT_HIDDEN, Values, in_area, not_hidden
from onedoor.grid.steps.care import ADDRESS, NAME, PHONE
from onedoor.people.tokens import SignedIn
from onedoor.rules.fieldwork import GUESTS, WORKS, areas
from onedoor.rules.places import PLACE_KINDS, UNSURE

MOST = 2000  # of a kind: a phone has 2 GB
DONE_DAYS = 7  # how long what I have done stays in sight


def tasks_for(signed: SignedIn, at: datetime) -> list[dict[str, Any]]:
    """What I have signed for or may sign for, and what I have done these days. What came back has its word in the
    text."""
    where, values = list[str](), Values()
    for roles, only in ((WORKS, ""), (GUESTS, "t.guests AND ")):
        if areas(signed.actors, roles):
            inside, more = in_area(signed, roles, "t.grid_id")
            where.append(f"({only}{inside})")
            values += more
    if not where:
        return []
    found = rows(
        "SELECT t.id, t.title, t.text, d.code AS grid, t.due_on, t.state, t.version, t.place_id, c.number,"
        " t.course::text AS course, t.account_id, t.signed_by_id"
        " FROM grid_fieldtask t JOIN people_division d ON d.id = t.grid_id"
        f' LEFT JOIN "case" c ON c.id = t.case_id WHERE ({" OR ".join(where)}) AND {NOT_HIDDEN}'
        " AND ((t.state = 'open' AND (t.account_id IS NULL OR t.account_id = %s))"
        " OR (t.state = 'signed' AND t.signed_by_id = %s)"
        " OR (t.state = 'done' AND t.signed_by_id = %s AND t.done_at > %s - make_interval(days => %s)))"
        " ORDER BY coalesce(t.due_on, DATE '9999-12-31'), t.id LIMIT %s",
        [*values, *not_hidden(signed.viewer()), *[signed.account] * 3, at, DONE_DAYS, MOST],
    )
    return [_task(one, signed.account) for one in found]


def _task(one: dict[str, Any], account: int) -> dict[str, Any]:
    last = orjson.loads(one["course"])[-1:]
    word = last[0]["text"] if last and last[0]["what"] == "return" else ""
    return {
        "id": str(one["id"]),
        "title": one["title"],
        "text": f"{one['text']}\n退回：{word}".strip() if word else one["text"],
        "grid": one["grid"],
        "due_on": one["due_on"].isoformat() if one["due_on"] else None,
        "state": one["state"],
        "version": one["version"],
        "mine": account in (one["account_id"], one["signed_by_id"]),
        "place": str(one["place_id"]) if one["place_id"] else None,
        "number": one["number"],
    }


def places_for(signed: SignedIn, at: datetime) -> list[dict[str, Any]]:
    """Of the grids in which I work, what is due first."""
    if not areas(signed.actors, WORKS):
        return []
    inside, values = in_area(signed, WORKS, "p.grid_id")
    found = rows(
        "SELECT p.id, p.kind, p.name, p.address, p.lon, p.lat, p.checklist, p.next_on, d.code AS grid"
        " FROM grid_place p JOIN people_division d ON d.id = p.grid_id"
        f" WHERE p.active AND {inside} ORDER BY p.next_on NULLS LAST, p.id LIMIT %s",
        [*values, MOST],
    )
    return [
        {
            **one,
            "id": str(one["id"]),
            "kind_name": PLACE_KINDS[one["kind"]],
            "next_on": one["next_on"].isoformat() if one["next_on"] else None,
        }
        for one in found
    ]


def checklists_for(signed: SignedIn, at: datetime) -> list[dict[str, Any]]:
    """Those in use."""
    if not areas(signed.actors, WORKS):
        return []
    found = rows("SELECT code, version, name, items::text AS items FROM grid_checklist WHERE active ORDER BY code")
    return [
        {
            **one,
            "items": [
                {"code": item["code"], "question": item["question"], "basis": item["basis"] or UNSURE}
                for item in orjson.loads(one["items"])
            ],
        }
        for one in found
    ]


def care_for(signed: SignedIn, at: datetime) -> list[dict[str, Any]]:
    """The plans that run and that I am the worker on; nobody else's, whatever my post."""
    if not areas(signed.actors, WORKS):
        return []
    found = rows(
        "SELECT id, name, phone, address, purpose, help, next_on, ends_on FROM grid_careplan"
        " WHERE worker_id = %s AND ended_at IS NULL AND erased_at IS NULL AND ends_on >= %s"
        " ORDER BY next_on, id LIMIT %s",
        [signed.account, at.astimezone(ZONE).date(), MOST],
    )
    return [
        {
            "id": str(one["id"]),
            "name": secrets.decrypt(one["name"], about=NAME),
            "phone": secrets.decrypt(one["phone"], about=PHONE),
            "address": secrets.decrypt(one["address"], about=ADDRESS),
            "purpose": one["purpose"],
            "help": one["help"],
            "next_on": one["next_on"].isoformat() if one["next_on"] else None,
            "ends_on": one["ends_on"].isoformat(),
        }
        for one in found
    ]
