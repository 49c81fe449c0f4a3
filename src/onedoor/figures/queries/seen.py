"""The cases of the last weeks as `rules.gaming` looks at them: ordinary ones alone, no parties."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows
from onedoor.rules.gaming import LOOKS_BACK
from onedoor.rules.gaming_seen import Happened, Seen
from onedoor.rules.needs import OPINIONS

MOST = 100_000  # in one look: what fits into memory
OVERLAP = 20_000  # of them seen in the look before too: a week where a million are registered in a year
_CASES = """
    SELECT c.id, c.number, c.lead_unit_id AS unit, c.creator_id AS registrar, c.division_id AS division,
           c.category_id AS category, c.registered_at, c.recorded_at, c.stage, c.title, c.outcome
      FROM "case" c WHERE c.confidentiality = 'ordinary' AND c.registered_at >= %s
       AND (c.registered_at, c.id) < (%s, %s)
     ORDER BY c.registered_at DESC, c.id DESC LIMIT %s
"""
_EVENTS = """
    SELECT e.case_id, e.seq, e.kind, e.occurred_at AS at, e.actor_id AS actor,
           coalesce(e.payload->'codes'->>'lead', e.payload->'codes'->>'unit') AS unit,
           (e.payload->'codes'->>'granted')::boolean AS granted,
           (e.payload->'codes'->>'satisfied')::boolean AS satisfied
      FROM event e WHERE e.recorded_at >= %s AND e.case_id = ANY(%s) ORDER BY e.case_id, e.seq
"""
_TEXTS = """
    SELECT s.case_id, s.kind, s.text, EXISTS (SELECT 1 FROM assignment a WHERE a.case_id = s.case_id AND a.lead
           AND a.stage <> 'released' AND a.approved = s.id) AS approved
      FROM statement s WHERE s.case_id = ANY(%s) AND s.kind IN ('narrative', 'answer', 'opinion')
       AND s.erased_at IS NULL ORDER BY s.seq, s.id
"""
BATCH = 2000


def looks(at: datetime) -> Iterator[list[Seen]]:
    """All that was registered within LOOKS_BACK before `at`, the newest first, MOST at a time. Each look begins with
    the last OVERLAP of the one before, so that what belongs together and lies near is seen together somewhere; what is
    told of many matters far apart is told of those of one look."""
    units = {row["code"]: row["id"] for row in rows("SELECT id, code FROM people_unit")}
    last: tuple[datetime, UUID] = (at, UUID(int=2**128 - 1))
    found: list[Seen] = []
    while True:
        found = found[-OVERLAP:]
        wanted = MOST - len(found)
        cases = rows(_CASES, [at - LOOKS_BACK, *last, wanted])
        for start in range(0, len(cases), BATCH):
            found += _batch(cases[start : start + BATCH], units)
        if cases:
            yield found
        if len(cases) < wanted:
            return
        last = cases[-1]["registered_at"], cases[-1]["id"]


def _batch(cases: list[dict[str, Any]], units: dict[str, int]) -> list[Seen]:
    ids = [row["id"] for row in cases]
    events: dict[UUID, list[Happened]] = {one: [] for one in ids}
    for row in rows(_EVENTS, [min(row["recorded_at"] for row in cases), ids]):
        unit = units.get(row["unit"]) if row["unit"] else None
        events[row["case_id"]].append(
            Happened(
                row["kind"], row["at"].astimezone(ZONE), row["actor"], unit, bool(row["granted"]), row["satisfied"]
            )
        )
    texts: dict[UUID, list[dict[str, Any]]] = {one: [] for one in ids}
    for row in rows(_TEXTS, [ids]):
        texts[row["case_id"]].append(row)
    return [_seen(row, events[row["id"]], texts[row["id"]]) for row in cases]


def _seen(row: dict[str, Any], events: list[Happened], texts: list[dict[str, Any]]) -> Seen:
    signed = next((place for place, one in enumerate(events) if one.kind == "sign"), len(events))
    narrative = next((one["text"] for one in texts if one["kind"] == "narrative"), "")
    return Seen(
        id=str(row["id"]),
        number=row["number"],
        unit=row["unit"],
        registrar=row["registrar"],
        division=row["division"],
        category=row["category"],
        registered_at=row["registered_at"],
        stage=row["stage"],
        text=f"{row['title']}。{narrative}",
        answer=answer_of(row["outcome"], texts),
        outcome=row["outcome"],
        files=sum(one.kind == "attach" for one in events[signed:]),
        events=tuple(events),
    )


def answer_of(outcome: str, texts: list[dict[str, Any]]) -> str:
    """The merged answer, once there is an outcome: the approved text of a written opinion, else the last answer."""
    answer = ""
    for one in texts:
        if outcome and (one["approved"] if outcome in OPINIONS else one["kind"] == "answer"):
            answer = one["text"]
    return answer
