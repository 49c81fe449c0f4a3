"""All cases, in the order of their ids, shared among processes that see the database as of one moment."""

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection

from onedoor.cases.checkpoints import Checkpoint, Cursor, checkpoint_files, load_heads, read_checkpoints, snapshot
from onedoor.cases.server_clock import jumps
from onedoor.cases.sql import without_gc
from onedoor.cases.verify.counters import are_filled, check_counters
from onedoor.cases.verify.finding import Finding
from onedoor.cases.verify.reading import HIGHEST, LOWEST, Range, Record, Row, cursor_on, halves, read
from onedoor.cases.verify.rows import check
from onedoor.people.ledgers import default_partition_rows

BATCH = 2000
MOST_FINDINGS = 10_000  # kept; beyond them only the number is counted
# For fewer batches than this a second process takes longer to start than to help.
BATCHES_TO_SHARE = 4

Heads = list[tuple[str, int, bytes]]


@dataclass(slots=True)
class Report:
    """What was gone through and found. `found` counts the findings, of which at most 10,000 are kept."""

    cases: int = 0
    events: int = 0
    found: int = 0
    findings: list[Finding] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    checkpoints: int = 0
    last_checkpoint: str = ""

    @property
    def ok(self) -> bool:
        return self.found == 0

    def add(self, findings: list[Finding]) -> None:
        self.found += len(findings)
        self.findings += findings[: MOST_FINDINGS - len(self.findings)]


@dataclass(frozen=True, slots=True)
class Done:
    """One range gone through."""

    cases: int
    events: int
    findings: list[Finding]


def check_range(cursor: psycopg.Cursor[Row], key: bytes, span: Range, heads: Heads) -> Done:
    """Checks all that bears a case id of the range, whether there is such a case or not."""
    try:
        found = read(cursor, span)
    except psycopg.DataError:
        return _check_apart(cursor, key, span, heads)
    for case, seq, head in heads:
        if case not in found:
            found[case] = Record(case)
        found[case].heads.append((seq, head))
    return Done(
        cases=sum(record.case is not None for record in found.values()),
        events=sum(len(record.events) for record in found.values()),
        findings=[finding for record in found.values() for finding in check(record, key)],
    )


def _check_apart(cursor: psycopg.Cursor[Row], key: bytes, span: Range, heads: Heads) -> Done:
    """Finds the one case with a value that cannot be read, and checks the others."""
    parts = [
        check_range(cursor, key, part, [head for head in heads if str(part[0]) <= head[0] <= str(part[1])])
        for part in halves(cursor, span)
    ]
    if not parts:
        cursor.execute('SELECT id, number FROM "case" WHERE id BETWEEN %s AND %s', span)
        row = cursor.fetchone() or {"id": "", "number": ""}
        what = "有不能读出的值（如无限远的时间）"
        parts = [Done(1 if row["number"] else 0, 0, [Finding(what, number=row["number"], case=str(row["id"]))])]
    return Done(
        sum(part.cases for part in parts),
        sum(part.events for part in parts),
        [finding for part in parts for finding in part.findings],
    )


def verify(*, jobs: int = 1, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Report:
    """Goes over every case as of this moment; people may go on working. `progress` hears how many of how
    many cases are done. With uncommitted changes in the caller's transaction only one process is used."""
    report = Report()
    # The files before the snapshot: what they hold was committed before they were written.
    files = checkpoint_files()
    alone = connection.in_atomic_block
    with snapshot() as cursor:
        known = list(read_checkpoints(files))
        load_heads(cursor, known)
        report.add([*_check_files(known, _count(cursor))])
        report.checkpoints, report.last_checkpoint = len(known), known[-1].at if known else ""
        report.warnings += [
            f"{table} 有 {count} 行落入默认分区" for table, count in default_partition_rows().items() if count
        ]
        total, spans = _count(cursor), list(_spans(cursor))
        if jumped := jumps():
            report.warnings.append(f"服务器时钟曾跳变 {len(jumped)} 次，最近一次 {jumped[-1]['seconds']:+.0f} 秒")
        work = ((span, _heads(cursor, span)) for span in spans)
        share = 1 if alone or len(spans) < BATCHES_TO_SHARE else max(1, jobs)
        with _here() if share == 1 else _processes(share, cursor) as submit:
            for done in _in_order(submit, work, ahead=2 * share):
                report.cases += done.cases
                report.events += done.events
                report.add(done.findings)
                progress(report.cases, total)
        # what is wrong with a case is wrong with its counters too, and has been said
        if not are_filled(cursor):
            report.warnings.append("计数尚未填好，没有核对")
        elif report.ok:
            report.add([*check_counters(cursor)])
        else:
            report.warnings.append("事项有问题，计数没有核对")
    return report


def _count(cursor: Cursor) -> int:
    row = cursor.execute('SELECT count(*) FROM "case"').fetchone()
    return int(row[0]) if row else 0


def _check_files(known: list[Checkpoint], cases: int) -> Iterator[Finding]:
    for checkpoint in known:
        yield from (Finding(f"检查点 {checkpoint.path.name}：{fault}") for fault in checkpoint.faults)
    most = max((checkpoint.cases for checkpoint in known), default=0)
    if cases < most:
        yield Finding(f"现有 {cases} 件事项，检查点曾载 {most} 件")


def _spans(cursor: Cursor) -> Iterator[Range]:
    """Ranges of some thousand cases that together cover every possible id, so that nothing lies between."""
    cursor.execute(
        'SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM "case") numbered'
        " WHERE place > 0 AND place %% %s = 0 ORDER BY id",
        [BATCH],
    )
    low = LOWEST
    for (start,) in cursor.fetchall():
        yield low, UUID(int=start.int - 1)
        low = start
    yield low, HIGHEST


def _heads(cursor: Cursor, span: Range) -> Heads:
    return cursor.execute(
        "SELECT case_id::text, seq, hash FROM checkpoint_head WHERE case_id BETWEEN %s AND %s",
        span,
        binary=True,
    ).fetchall()


Submit = Callable[[Range, Heads], "Future[Done]"]


def _in_order(submit: Submit, work: Iterator[tuple[Range, Heads]], *, ahead: int) -> Iterator[Done]:
    """The answers in the order of the ranges, with only a few under way, so that memory stays flat."""
    under_way: deque[Future[Done]] = deque()
    for span, heads in work:
        under_way.append(submit(span, heads))
        if len(under_way) >= ahead:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


@contextmanager
def _here() -> Iterator[Submit]:
    with cursor_on(connection.connection) as cursor, without_gc():

        def submit(span: Range, heads: Heads) -> "Future[Done]":
            future: Future[Done] = Future()
            future.set_result(check_range(cursor, settings.LEDGER_KEY, span, heads))
            return future

        yield submit


@contextmanager
def _processes(count: int, cursor: Cursor) -> Iterator[Submit]:
    """Processes with connections of their own, on the snapshot of ours."""
    row = cursor.execute("SELECT pg_export_snapshot()").fetchone()
    parameters = connection.get_connection_params()
    given = {name: value for name, value in parameters.items() if isinstance(value, str | int)}
    pool = ProcessPoolExecutor(
        max_workers=count,
        # A forked child would share our connection.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(given, str(row[0]) if row else "", settings.LEDGER_KEY),
    )
    try:
        yield lambda span, heads: pool.submit(_go_on, span, heads)
    finally:
        pool.shutdown(cancel_futures=True)


_cursor: psycopg.Cursor[Row] | None = None
_key = b""


def _begin(parameters: dict[str, Any], moment: str, key: bytes) -> None:
    """In a new process: joins the snapshot."""
    global _cursor, _key
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    parent = multiprocessing.parent_process()
    assert parent is not None
    # A parent that is killed takes us with it; else our snapshot would keep the database from cleaning up.
    threading.Thread(target=_end_with, args=[parent], daemon=True).start()
    joined = psycopg.connect(**parameters, autocommit=True)
    joined.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    joined.execute(psycopg.sql.SQL("SET TRANSACTION SNAPSHOT {}").format(psycopg.sql.Literal(moment)))
    _cursor, _key = cursor_on(joined), key
    gc.disable()  # see `without_gc`


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _go_on(span: Range, heads: Heads) -> Done:
    assert _cursor is not None
    return check_range(_cursor, _key, span, heads)
