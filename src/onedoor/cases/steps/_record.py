"""The writer: the only code that changes a case. It carries out decisions and decides nothing.

`apply` changes the rows of one case in memory and adds the event; `flush` writes any number of cases in one
transaction: rows, events, audiences, notices, search queue. One click is a batch of one; an import brings
whole lives.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from onedoor.cases import ledger
from onedoor.cases.ids import new_id
from onedoor.cases.ledger import GOVERNED, JSON_COLUMNS
from onedoor.cases.secrets import salt
from onedoor.cases.sql import json
from onedoor.cases.steps._clocks import (
    carry_out,
    change_terms,
    follow_events,
    next_due,
    object_until,
    renew_objections,
    terms_for,
)
from onedoor.cases.steps._counters import count, write_deltas
from onedoor.cases.steps._state import REPEATED, SAID, CaseState, Row
from onedoor.cases.steps._supervision import dates_of, end_satisfied, new_supervision
from onedoor.cases.steps._telling import tell_applicants
from onedoor.cases.steps._writes import Writes
from onedoor.rules.access import Actor, person_audience, unit_audience
from onedoor.rules.facts import Decision, NewAssignment, NewStatement
from onedoor.rules.refusal import STALE_VERSION, Refused

# in the order of GOVERNED, where what is referred to stands before what refers to it
_TABLES = tuple(GOVERNED)
# A place is given up before the next one takes it, or both would hold it for a moment: a unit's part, the agreement
# that is in effect.
_GIVEN_UP = frozenset({"assignment", "agreement"})
_PLUMBING = {"case": ("head", "counted", "counted_until")}
COLUMNS = {table: (*GOVERNED[table], *_PLUMBING.get(table, ())) for table in _TABLES}
EVENT_COLUMNS = (
    "county", "recorded_at", "id", "case_id", "seq", "kind", "occurred_at", "actor_id", "post_id", "payload",
    "previous", "hash",
)  # fmt: skip
NOTICE_COLUMNS = ("id", "audience", "case_id", "kind", "created_at")
MESSAGE_COLUMNS = ("id", "case_id", "party_id", "kind", "created_at", "next_try_at")
_NEW = (
    *((table, COLUMNS[table], JSON_COLUMNS.intersection(COLUMNS[table])) for table in _TABLES),
    ("event", EVENT_COLUMNS, frozenset({"payload"})),
    ("notice", NOTICE_COLUMNS, frozenset[str]()),
    ("applicant_message", MESSAGE_COLUMNS, frozenset[str]()),
)
# Columns that rules name without the suffix that the tables have.
_SUFFIXED = {
    "lead_unit": "lead_unit_id",
    "present_centre": "present_centre_id",
    "sent_down_from": "sent_down_from_id",
    "merged_into": "merged_into_id",
    "category": "category_id",
}


def apply(
    state: CaseState,
    kind: str,
    decision: Decision,
    *,
    actor: Actor | None,
    at: datetime,
    recorded_at: datetime,
    clocks: Sequence[Row] = (),
    beside: Sequence[tuple[str, Row]] = (),
) -> None:
    """Carries out one decision in memory: rows, clocks, event, notices.

    `at` is when it happened, `recorded_at` when we write it down; both in UTC. `clocks` have been changed before, as
    part of the same event; so have the rows `beside`, each with its table: those of a room, which has put them into
    the state by `add` and `change_beside`.
    """
    case = state.case
    seq = case["version"] + 1
    touched: dict[tuple[str, UUID], Row] = {("clock", row["id"]): row for row in clocks}
    touched |= {(table, row["id"]): row for table, row in beside}

    def change(table: str, row: Row, columns: dict[str, object]) -> None:
        state.change(table, row, columns)
        touched[table, row["id"]] = row

    changes = {_SUFFIXED.get(column, column): value for column, value in decision.case.items()}
    if isinstance(changes.get("merged_into_id"), str):
        changes["merged_into_id"] = UUID(str(changes["merged_into_id"]))
    if decision.stage != case["stage"]:
        changes |= {"stage": decision.stage, "stage_since": at}
    by_id: dict[str, Row] = {}
    if decision.parties or decision.parts or decision.supervisions or decision.statements:
        by_id = {str(row["id"]): row for row in (*state.parties, *state.assignments, *state.supervisions)}
    for party, columns in decision.parties.items():
        change("party", by_id[party], columns)
    for part, columns in decision.parts.items():
        change("assignment", by_id[part], columns)
    fresh = [_new_assignment(state, new, decision, actor, at) for new in decision.assign]
    for row in fresh:
        touched["assignment", row["id"]] = row
    for notice_id, columns in decision.supervisions.items():
        change("supervision", by_id[notice_id], columns | dates_of(state, columns, at))
    for new in decision.supervise:
        row = new_supervision(state, new, actor.account if actor else None, at)
        touched["supervision", row["id"]] = row
        if new.demand:
            decision.statements.append(NewStatement("demand", new.demand))
    for statement in decision.statements:
        row = {
            "id": new_id(),
            "case_id": case["id"],
            "seq": seq,
            "assignment": UUID(statement.assignment) if statement.assignment else None,
            "kind": statement.kind,
            "text": statement.text,
            "author": (actor.account or None) if actor else None,
            "at": at,
            "salt": salt(),
            "erased_at": None,
        }
        state.add("statement", row)
        if row["kind"] in SAID:
            state.said.append(row)
        state.text_changed = state.text_changed or statement.kind in ("answer", "opinion", "supplement")
        touched["statement", row["id"]] = row
        if statement.approves:
            change("assignment", by_id[statement.approves], {"approved": row["id"]})
    for order in decision.clocks:
        for row in carry_out(state, order, fresh, at):
            touched["clock", row["id"]] = row
    for row in follow_events(state, kind, decision, at):
        touched["clock", row["id"]] = row
    if "title" in changes:
        state.text_changed = True
    codes = dict(decision.codes)
    if "track" in changes or "present_path" in changes:
        before = terms_for(state)[1].fired
        change("case", case, {name: changes[name] for name in ("track", "present_path") if name in changes})
        terms, choice = terms_for(state)
        # another centre changes the scheme only where a rule asks for its level, or asked for that of the last
        by_level = any(rule is not None and rule.level for rule in (before, choice.fired))
        if "track" in changes or (by_level and terms.code != case["scheme"]):
            codes |= {"scheme": terms.code, "rule": choice.why}
            for row in change_terms(state, terms, decision.stage, at):
                touched["clock", row["id"]] = row
            for row in renew_objections(state):
                touched["assignment", row["id"]] = row
    for row in end_satisfied(state, decision.stage, at):
        touched["supervision", row["id"]] = row
    changes |= {**next_due(state, decision.stage), "version": seq}
    change("case", case, changes)
    add_event(state, kind, touched, codes, actor=actor, at=at, recorded_at=recorded_at)
    tell_applicants(state, kind, decision.codes, recorded_at)
    for notice in decision.notices:
        audience = unit_audience(notice.unit) if notice.unit is not None else None
        if audience is None and notice.account is not None:
            audience = person_audience(notice.account)
        tell(state, audience, notice.kind, recorded_at)
    state.take_back_notices = state.take_back_notices or decision.take_back_notices


def tell(state: CaseState, audience: int | None, kind: str, at: datetime) -> None:
    """A notice to an audience. Of a restricted case only the persons named on it hear, each by himself."""
    if audience is None:
        return
    case = state.case
    audiences = [audience]
    if case["confidentiality"] != "ordinary":
        audiences = [person_audience(account) for account in case["named"]]
    for one in audiences:
        state.add(
            "notice",
            {"id": new_id(), "audience": one, "case_id": case["id"], "kind": kind, "created_at": at},
        )


def add_event(
    state: CaseState,
    kind: str,
    touched: dict[tuple[str, UUID], Row],
    codes: dict[str, Any],
    *,
    actor: Actor | None,
    at: datetime,
    recorded_at: datetime,
) -> None:
    """One link of the chain, with the digest of every row it has written."""
    digests = {f"{table}:{key}": ledger.row_digest(table, row) for (table, key), row in touched.items()}
    state.add("event", next_event(state.case, kind, digests, codes, actor=actor, at=at, recorded_at=recorded_at))


def next_event(
    case: Row,
    kind: str,
    digests: dict[str, str],
    codes: dict[str, Any],
    *,
    actor: Actor | None,
    at: datetime,
    recorded_at: datetime,
) -> Row:
    """The event, which becomes the head of the case."""
    # every read of a case's events is bounded by its first instant: a clock that went back must not hide them
    recorded_at = max(recorded_at, case["recorded_at"])
    payload: dict[str, Any] = {"stage": case["stage"], "rows": digests}
    if settings.SUITE.word:
        payload["suite"] = settings.SUITE.word
    if codes:
        payload["codes"] = {name: value for name, value in codes.items() if value is not None}
    event = {
        "county": case["county"],
        "recorded_at": recorded_at,
        "id": new_id(),
        "case_id": case["id"],
        "seq": case["version"],
        "kind": kind,
        "occurred_at": at,
        # the applicant himself has neither an account nor a post
        "actor_id": (actor.account or None) if actor else None,
        "post_id": (actor.post or None) if actor else None,
        "payload": payload,
        "previous": bytes(case["head"]),
    }
    event["hash"] = ledger.event_hash(settings.LEDGER_KEY, event)
    case["head"] = event["hash"]
    return event


def _new_assignment(
    state: CaseState, new: NewAssignment, decision: Decision, actor: Actor | None, at: datetime
) -> Row:
    row: Row = {
        "id": new_id(),
        "case_id": state.case["id"],
        "unit_id": new.unit.id,
        "lead": new.lead,
        "stage": new.stage,
        "designated": new.designated,
        "assigned_at": at,
        "object_until": object_until(state, at) if new.stage == "awaiting" else None,
        "signed_at": at if new.stage != "awaiting" else None,
        "signed_by": actor.account if actor and new.stage != "awaiting" else None,
        "accepted": None,
        "approved": None,
        "end_reason": "",
        "unit_name": new.unit.name,
        "unit_code": new.unit.code,
    }
    state.assignments.append(row)
    state.add("assignment", row)
    return row


def flush(states: Sequence[CaseState]) -> None:
    """Writes what has become of the cases. Must run inside a transaction, with old cases locked."""
    writes = Writes()
    deltas = count(states)
    new: dict[str, list[Row]] = {}
    for state in states:
        for table, added in state.new.items():
            new.setdefault(table, []).extend(added)
    for table, columns, as_json in _NEW:
        writes.insert(
            table,
            columns,
            [
                [json(row[column]) if column in as_json else row[column] for column in columns]
                for row in new.get(table, ())
            ],
        )
    for state in states:
        _change_parts(writes, state)
        if not state.is_new:
            _change_case(writes, state)
        if state.take_back_notices:
            _take_back_notices(writes, state)
    _change_visible(writes, states)
    write_deltas(writes, deltas)
    queued = [state.case["id"] for state in states if state.is_new or state.text_changed]
    if queued:
        writes.change("INSERT INTO search_queue (case_id) SELECT unnest(%s::uuid[]) ON CONFLICT DO NOTHING", [queued])
    if not writes.send():
        # The row is locked from the moment it was read, so only a fault of ours can lead here.
        raise Refused(STALE_VERSION, "事项刚被他人更新，请刷新后重试。")


def _change_parts(writes: Writes, state: CaseState) -> None:
    tables = (state.parties, state.assignments, state.clocks, state.papers, state.supervisions)
    rows = {row["id"]: row for table in (*tables, state.beside) for row in table}
    for (table, key), columns in state.changed.items():
        if table == "case":
            continue
        names = sorted(columns)
        values = [*(json(rows[key][name]) if name in JSON_COLUMNS else rows[key][name] for name in names), key]
        write = writes.update_first if table in _GIVEN_UP else writes.update
        write(table, ("id",), names, values)


def _change_case(writes: Writes, state: CaseState) -> None:
    case = state.case
    names = sorted({*state.changed.get(("case", case["id"]), ()), "head"})
    values: list[Any] = [json(case[name]) if name in JSON_COLUMNS else case[name] for name in names]
    writes.update("case", ("id", "version"), names, [*values, case["id"], state.version_before])


def _take_back_notices(writes: Writes, state: CaseState) -> None:
    writes.change(
        "UPDATE notice SET taken_back_at = now() WHERE case_id = %s AND taken_back_at IS NULL"
        " AND NOT (audience = ANY(%s))",
        [state.case["id"], sorted(state.audiences())],
    )


def _change_visible(writes: Writes, states: Sequence[CaseState]) -> None:
    added: list[list[Any]] = []
    for state in states:
        case = state.case
        now = state.audiences()
        before = frozenset() if state.is_new else state.audiences_before
        gone, kept = sorted(before - now), sorted(before & now)
        repeated = state.repeated()
        if gone:
            writes.change("DELETE FROM visible WHERE case_id = %s AND audience = ANY(%s)", [case["id"], gone])
        if kept and repeated != state.repeated_before:
            if gone:  # two parts of one statement must not touch one row
                each = [[*repeated, case["id"], audience] for audience in kept]
                keys: tuple[str, ...] = ("case_id", "audience")
            else:
                each, keys = [[*repeated, case["id"]]], ("case_id",)
            for row in each:
                writes.update("visible", keys, REPEATED, row)
        added += [[one, case["id"], case["registered_at"], *repeated] for one in sorted(now - before)]
    writes.insert("visible", ("audience", "case_id", "sort_key", *REPEATED), added)
