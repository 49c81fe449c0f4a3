"""Cases made through the steps, by the persons of the demo county. Needs `demo.load()` (fixture `county`)."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from onedoor.cases.models import Case
from onedoor.cases.steps.attach import attach
from onedoor.cases.steps.make_move import make_move
from onedoor.cases.steps.register import register
from onedoor.cases.verify import Finding, verify
from onedoor.people.models import Account
from onedoor.people.tokens import SignedIn, signed_in_as

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine o'clock in Shanghai
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
APPLICANT = {
    "part": "applicant",
    "kind": "person",
    "name": "𠮷田安",
    "id_number": "11010519491231002X",
    "phone": "13812345678",
    "address": "清禾镇禾丰塘村三组",
}
RESPONDENT = {"part": "respondent", "kind": "person", "name": "邻家福"}


@dataclass(frozen=True)
class Record:
    """Numbers of the committed cases of the fixture `record`."""

    full: str  # being handled, with an attachment and an external number
    closed: str
    restricted: str
    into: str
    merged: str


def person(username: str) -> SignedIn:
    """One of the cast, as if signed in."""
    found = signed_in_as(Account.objects.get(username=username).pk)
    assert found is not None
    return found


def register_case(by: str = "clerk", *, at: datetime = NOW, key: str | None = None, **fields: Any) -> str:
    """A neighbours' quarrel unless `fields` (of POST /cases) say otherwise; returns its number."""
    raw = {
        "channel": "window",
        "category": "dispute.neighbours",
        "kind": "dispute",
        "narrative": "邻居占用公共走廊堆放杂物，多次沟通无果。",
        "parties": [APPLICANT, RESPONDENT],
        "address": "清禾镇禾丰塘村三组走廊",
        **fields,
    }
    return register(actor=person(by).actors[0], at=at, raw=raw, key=key).number


def move(number: str, name: str, by: str, *, at: datetime = NOW + HOUR, **inputs: Any) -> str:
    """Makes one move and returns the stage it led to."""
    who = person(by)
    state = make_move(viewer=who.viewer(), actors=who.actors, number=number, move=name, at=at, raw=inputs)
    return str(state.case["stage"])


def walk(number: str, *moves: tuple[str, str, dict[str, Any]], at: datetime = NOW + HOUR) -> str:
    """Moves one after the other, an hour apart: (move, who, inputs); returns the last stage."""
    stage = ""
    for place, (name, by, inputs) in enumerate(moves):
        stage = move(number, name, by, at=at + place * HOUR, **inputs)
    return stage


TO_HANDLING: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("accept", "clerk", {}),
    ("dispatch", "dispatcher", {"unit": "zjj"}),
    ("sign", "handler2", {}),
)
TO_CLOSED = (
    *TO_HANDLING,
    ("conclude", "handler2", {"outcome": "answered", "answer": "已上门清理，走廊恢复畅通。"}),
    ("close", "supervisor", {}),
)


def attach_file(number: str, by: str = "clerk", *, at: datetime = NOW + HOUR, text: bytes = b"photo") -> UUID:
    """A text file on the case; returns the attachment's id."""
    who = person(by)
    made = attach(
        viewer=who.viewer(),
        actors=who.actors,
        number=number,
        at=at,
        name="现场情况.txt",
        file=io.BytesIO(text),
        chunks=[text],
    )
    return UUID(str(made["id"]))


def case_id(number: str) -> UUID:
    return Case.objects.values_list("id", flat=True).get(number=number)


def sql(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """What somebody with the database's password can do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
        return cursor.fetchall() if cursor.description else []


def findings() -> list[Finding]:
    """Of `verify`, here and now."""
    report = verify()
    assert report.found == len(report.findings)
    return report.findings


def whats() -> set[str]:
    return {finding.what for finding in findings()}
