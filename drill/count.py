"""What stands in the database at the end, held against what the phones have made."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.fieldwork import Phone, has_faults, number_of_cases, phone

from drill.phones import PICTURES, Order
from drill.server import database

Content = tuple[Any, ...]


def compare(data: Path, orders: list[Order], now: datetime) -> dict[str, Any]:
    """`there`: entries at the centre. `missing`: made and not there, or there without what it should have led to.
    `twice`: matters, visits, rounds or opinions more than were made. `changed`: phones whose content digest differs.
    `findings`: what `verify` finds wrong with the record."""
    phones = [phone(one.seed, one.entries, one.beat, pictures=PICTURES, now=now) for one in orders]
    with database(data):
        from onedoor.cases.verify import verify

        found = _compare(phones)
        report = verify()
        found["findings"] = report.found
        found["faults"] += [str(one) for one in report.findings[:5]]
    return found


def _compare(phones: list[Phone]) -> dict[str, Any]:
    from onedoor.cases.sql import rows

    made = [one for owner in phones for one in owner.entries]
    entries = {str(row["id"]): row for row in rows("SELECT id, kind, state, case_id FROM grid_fieldentry")}
    faults = [f"{one['id']} ({one['kind']}) is not there" for one in made if one["id"] not in entries]
    faults += [
        f"{one['id']} is {entries[one['id']]['state']}" for one in made if _state(entries, one) not in ("", "received")
    ]
    missing = len(faults)
    there = _there(made, entries)
    changed = 0
    for owner in phones:
        sent = [one for one in owner.entries if one["kind"] != "opinion"]
        before = _digest((one["id"], one["kind"], _sent(one, owner)) for one in sent)
        after = _digest((one["id"], one["kind"], there.get(one["id"])) for one in sent)
        if before != after:
            changed += 1
            wrong = next(one for one in sent if json.dumps(_sent(one, owner)) != json.dumps(there.get(one["id"])))
            faults.append(f"sent {_sent(wrong, owner)}, there {there.get(wrong['id'])}")
    more, opinions = _words(made, entries)
    changed += more + opinions
    counted = {
        "entries": (len(entries), len(made)),
        "cases": (_count('"case"'), number_of_cases(made)),
        "registrations": (_count("event", "kind = 'register'"), number_of_cases(made)),
        **{
            name: (_count(table), sum(one["kind"] == name for one in made))
            for name, table in (
                ("visit", "grid_householdvisit"), ("inspect", "grid_inspection"), ("opinion", "grid_fieldopinion"),
            )
        },
    }  # fmt: skip
    twice = sum(max(0, have - want) for have, want in counted.values())
    missing += sum(max(0, want - have) for have, want in counted.values())
    faults += [f"{name}: {have} and not {want}" for name, (have, want) in counted.items() if have != want]
    return {
        "there": sum(_state(entries, one) == "received" for one in made),
        "by_kind": dict(Counter(one["kind"] for one in made)),
        "files": sum(len(owner.files) for owner in phones),
        "cases": counted["cases"][0],
        "missing": missing,
        "twice": twice,
        "changed": changed,
        "faults": faults,
    }


def _state(entries: dict[str, Any], one: dict[str, Any]) -> str:
    return entries[one["id"]]["state"] if one["id"] in entries else ""


def _count(table: str, condition: str = "TRUE") -> int:
    from onedoor.cases.sql import rows

    return int(rows(f"SELECT count(*) AS n FROM {table} WHERE {condition}")[0]["n"])


def _digest(contents: Iterable[Content]) -> str:
    """Of one phone: what it has made, in the order of the ids."""
    return hashlib.sha256(
        json.dumps(sorted(contents, key=lambda one: one[0]), ensure_ascii=False).encode()
    ).hexdigest()


def _sent(one: dict[str, Any], owner: Phone) -> Content:
    """What the centre should have of the entry."""
    content, kind = one["content"], one["kind"]
    if kind == "report":
        at = datetime.fromisoformat(one["made_at"]) + timedelta(milliseconds=one["offset_ms"])
        shas = sorted(ref["sha256"] for ref in one["files"])
        return (
            content["text"],
            content["category"],
            content["urgent"],
            one["lon"],
            one["lat"],
            at.isoformat(),
            owner.beat.grid,
            shas,
        )
    if kind == "more":
        return (one["refers"],)
    if kind == "visit":
        return content["asked"], content["address"], content["purpose"], content["on"]
    if kind == "inspect":
        return content["text"], content["place"], content["answers"], has_faults(one)
    if kind == "task_sign":
        return content["task"], owner.beat.account
    return content["task"], content["text"]


def _there(made: list[dict[str, Any]], entries: dict[str, Any]) -> dict[str, Content]:
    """The same, read from the record. JSON has no tuples; what is compared has gone through it."""
    from onedoor.cases import secrets
    from onedoor.cases.sql import rows
    from onedoor.grid.steps.visits import ADDRESS

    there: dict[str, Content] = {}
    files: dict[Any, list[str]] = {}
    for row in rows("SELECT case_id, encode(sha256, 'hex') AS sha256 FROM attachment"):
        files.setdefault(row["case_id"], []).append(row["sha256"])
    of_case: dict[Any, str] = {}
    for row in rows(
        "SELECT e.id, c.id AS case, s.text, g.code, c.urgent, c.lon, c.lat, c.occurred_at, d.code AS grid"
        ' FROM grid_fieldentry e JOIN "case" c ON c.id = e.case_id JOIN category g ON g.id = c.category_id'
        " JOIN people_division d ON d.id = c.division_id"
        " JOIN statement s ON s.case_id = c.id AND s.seq = 1 AND s.kind = 'narrative' WHERE e.kind = 'report'"
    ):
        of_case[row["case"]] = str(row["id"])
        there[str(row["id"])] = (
            row["text"], row["code"], row["urgent"], row["lon"], row["lat"], row["occurred_at"].isoformat(),
            row["grid"], sorted(files.get(row["case"], [])),
        )  # fmt: skip
    for key, row in entries.items():
        if row["kind"] == "more":
            there[key] = (of_case.get(row["case_id"]),)
    for row in rows('SELECT id, asked, address, purpose, "on" FROM grid_householdvisit'):
        address = secrets.decrypt(row["address"], about=ADDRESS)
        there[str(row["id"])] = (row["asked"], address, row["purpose"], row["on"].isoformat())
    for row in rows("SELECT id, text, place_id, answers::text AS answers, case_id FROM grid_inspection"):
        answers = json.loads(row["answers"])
        there[str(row["id"])] = (row["text"], str(row["place_id"]), _in_order(answers), row["case_id"] is not None)
    signed: dict[str, int] = {}
    for row in rows("SELECT id, signed_by_id, result, done_entry FROM grid_fieldtask WHERE signed_by_id IS NOT NULL"):
        if row["done_entry"]:
            there[str(row["done_entry"])] = (str(row["id"]), row["result"])
        signed[str(row["id"])] = row["signed_by_id"]
    for one in made:
        if one["kind"] == "task_sign":
            there[one["id"]] = (one["content"]["task"], signed.get(one["content"]["task"]))
    return there


def _in_order(answers: dict[str, Any]) -> dict[str, Any]:
    """As the phone wrote them: `jsonb` keeps its own order."""
    from bench.fieldwork import QUESTIONS

    return {code: {"ok": answers[code]["ok"], "note": answers[code]["note"]} for code in QUESTIONS}


def _words(made: list[dict[str, Any]], entries: dict[str, Any]) -> tuple[int, int]:
    """What was added to matters, by matter, and the opinions, of which nobody can tell whose they are."""
    from onedoor.cases.sql import rows

    sent = Counter(
        (str(entries[one["id"]]["case_id"]), one["content"]["text"])
        for one in made
        if one["kind"] == "more" and one["id"] in entries
    )
    there = Counter(
        (str(row["case_id"]), row["text"])
        for row in rows("SELECT case_id, text FROM statement WHERE kind = 'supplement'")
    )
    said = Counter(one["content"]["text"] for one in made if one["kind"] == "opinion")
    heard = Counter(row["text"] for row in rows("SELECT text FROM grid_fieldopinion"))
    return _apart(sent, there), _apart(said, heard)


def _apart(one: Counter[Any], other: Counter[Any]) -> int:
    return (one - other).total() + (other - one).total()
