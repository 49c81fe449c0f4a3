"""One case's rows against the digests in its events, and what follows from them."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime

from onedoor.cases.counted import conditions_of
from onedoor.cases.ledger import digest_holds
from onedoor.cases.steps._clocks import next_due
from onedoor.cases.steps._state import REPEATED, CaseState
from onedoor.cases.steps.erase import ERASED
from onedoor.cases.verify.chain import check_chain, check_flow, check_head, check_heads
from onedoor.cases.verify.finding import Finding
from onedoor.cases.verify.reading import Record, Row

FLOATS = ("lon", "lat")


def check(record: Record, key: bytes) -> Iterator[Finding]:
    """All that is wrong with one case; `key` is the ledger's."""
    yield from check_heads(record)
    if record.case is None:
        if record.events:
            yield record.finding(f"有 {len(record.events)} 个事件，但事项已不存在")
        for table, rows in record.rows.items():
            yield from (record.finding("事项已不存在，行仍在", table=table, row=row["id"]) for row in rows)
        if record.visible:
            yield record.finding("事项已不存在，可见范围仍在", table="visible")
        return
    if not record.events:
        yield record.finding("事项没有任何事件")
        return
    found = [
        *check_chain(record, key),
        *check_head(record),
        *check_flow(record),
        *_check_digests(record, record.case),
    ]
    yield from found
    try:
        yield from _check_derived(record, record.case)
        # what is counted follows from rows and events: where these are wrong it says nothing new
        yield from () if found else _check_counted(record, record.case)
    except (TypeError, ValueError, KeyError, AttributeError):
        # a spoilt JSON column; its digest has already been found wrong
        yield record.finding("无法重算可见范围和到期时间", table="case")


def _named_rows(event: Row) -> dict[str, object]:
    payload = event["payload"]
    rows = payload.get("rows") if isinstance(payload, dict) else None
    return rows if isinstance(rows, dict) else {}


def _check_digests(record: Record, case: Row) -> Iterator[Finding]:
    last: dict[str, object] = {}
    erased: set[str] = set()
    for event in record.events:
        named = _named_rows(event)
        last.update(named)
        if event["kind"] == "erase":
            erased.update(named)
    for table, rows in (("case", [case]), *record.rows.items()):
        for row in rows:
            name = f"{table}:{row['id']}"
            said = last.pop(name, None)
            if said is None:
                yield record.finding("没有任何事件记载这一行", table=table, row=row["id"])
            elif not digest_holds(said, table, row) or (table == "case" and not _finite(row)):
                yield record.finding("内容与事件记载不符", table=table, row=row["id"])
            if table in ERASED:
                yield from _check_erasure(record, table, row, lawfully=name in erased)
    for name in last:
        table, _, key = name.partition(":")
        yield record.finding("事件记载的行已不存在", table=table, row=key)


def _finite(case: Row) -> bool:
    """JSON has no infinite numbers and writes null for them, so a digest does not tell them from nothing."""
    return all(case[column] is None or math.isfinite(case[column]) for column in FLOATS)


def _check_erasure(record: Record, table: str, row: Row, *, lawfully: bool) -> Iterator[Finding]:
    gone = row["erased_at"] is not None
    if gone and not lawfully:
        yield record.finding("内容已清除，但没有清除事件", table=table, row=row["id"])
    elif lawfully and not gone:
        yield record.finding("有清除事件，但内容仍在", table=table, row=row["id"])
    elif gone and any(row[column] != blank for column, blank in ERASED[table].items()):
        yield record.finding("清除不完整", table=table, row=row["id"])


def _check_derived(record: Record, case: Row) -> Iterator[Finding]:
    """The gate's rows and the next due instant, computed anew."""
    state = CaseState(case, assignments=record.rows.get("assignment", []), clocks=record.rows.get("clock", []))
    expected, repeated = state.audiences(), (case["registered_at"], *state.repeated())
    for row in record.visible:
        if row["audience"] not in expected:
            yield record.finding("多出的可见范围", table="visible", row=row["audience"])
        elif tuple(row[name] for name in ("sort_key", *REPEATED)) != repeated:
            yield record.finding("可见范围的阶段、次序、时限或密级不对", table="visible", row=row["audience"])
    for audience in sorted(expected - {row["audience"] for row in record.visible}):
        yield record.finding("缺少的可见范围", table="visible", row=audience)
    if any(case[name] != at for name, at in next_due(state, case["stage"]).items()):
        yield record.finding("下一到期时间与各时限不符", table="case", row=case["id"])


def _check_counted(record: Record, case: Row) -> Iterator[Finding]:
    """What figures count of it: until `counted_until`, or until now, nothing but a write can have changed it."""
    until, now = case["counted_until"], datetime.now(UTC)
    expected = conditions_of(
        case,
        record.rows.get("clock", []),
        dispatched=bool(record.rows.get("assignment")),
        events={event["kind"] for event in record.events},
        at=min(until, now) if until is not None else now,
    )
    if (case["counted"], until) != expected:
        yield record.finding("统计口径与事项不符", table="case", row=case["id"])
