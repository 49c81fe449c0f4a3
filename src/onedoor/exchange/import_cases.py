"""`./onedoor import cases FILE.xlsx`: a ledger of matters into the record, as often as one likes."""

import argparse
import gc
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from onedoor.cases.sql import rows
from onedoor.cases.steps._record import flush
from onedoor.cases.steps._state import CaseState
from onedoor.cases.steps.register import reserve_numbers
from onedoor.exchange.ledger_file import BadRow, LedgerRow, open_ledger
from onedoor.exchange.lives import Cast, find_cast, life_of
from onedoor.exchange.mapping import ColumnMap, Unusable, read_map
from onedoor.exchange.messages import Message, faults_of, message_of, number_of
from onedoor.rules.refusal import Refused

CHUNK = 500
# One import at a time, so that two of the same ledger cannot both find a row missing.
_LOCK = 7_306_114_301


@dataclass(slots=True)
class Fault:
    row: int
    column: str
    sentence: str


@dataclass(slots=True)
class Report:
    """What an import has done. `read` = `added` + `already` + `refused`; a refused row has one fault or more.
    A row whose number an earlier row of the same ledger has is `already` there too."""

    read: int = 0
    added: int = 0
    already: int = 0
    refused: int = 0
    seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class _Run:
    """One import under way. `done`: the external numbers that this ledger has brought so far."""

    columns: ColumnMap
    cast: Cast
    county: str
    dry_run: bool
    report: Report = field(default_factory=Report)
    done: set[str] = field(default_factory=set)

    def refuse(self, place: int, error: Refused | BadRow) -> None:
        faults = error.faults if isinstance(error, BadRow) else faults_of(error)
        self.report.refused += 1
        self.report.faults += [Fault(place, self.columns.label(name), told) for name, told in faults.items()]


def import_cases(
    path: Path, *, columns: ColumnMap | None = None, username: str = "", dry_run: bool = False, quiet: bool = False
) -> Report:
    """Imports a ledger chunk by chunk; each chunk is one transaction, so that a killed import goes on where
    it stopped. Raises Unusable when the file, the map or the accounts will not do."""
    ledger = open_ledger(path, columns)
    found = ledger.rows()
    run = _Run(ledger.columns, find_cast(ledger.columns, username), _county(), dry_run)
    start = time.perf_counter()
    with _alone(), _no_collections(), Progress(console=Console(stderr=True), disable=quiet) as progress:
        bar = progress.add_task("导入", total=len(found))
        for chunk in _read_ahead(found, run.columns):
            _import_chunk(chunk, run)
            progress.advance(bar, len(chunk))
    run.report.seconds = time.perf_counter() - start
    return run.report


@dataclass(frozen=True, slots=True)
class _Read:
    """A row that has been read: its number and its message, or what is wrong with either."""

    place: int
    number: str
    message: Message | BadRow


def _read_ahead(found: list[LedgerRow], columns: ColumnMap) -> Iterator[list[_Read]]:
    """The rows in chunks; while one is written, and the database works, the next is read."""
    source = iter(found)
    with ThreadPoolExecutor(1) as reader:
        ahead: Future[list[_Read]] | None = None
        while rows_of_chunk := list(islice(source, CHUNK)):
            following = reader.submit(_read, rows_of_chunk, columns)
            if ahead is not None:
                yield ahead.result()
            ahead = following
        if ahead is not None:
            yield ahead.result()


def _read(chunk: list[LedgerRow], columns: ColumnMap) -> list[_Read]:
    now, read = timezone.now(), []
    for row in chunk:
        number = ""
        message: Message | BadRow
        try:
            number = number_of(row)
            message = message_of(row, number, columns, now)
        except BadRow as bad:
            message = bad
        read.append(_Read(row.place, number, message))
    return read


@contextmanager
def _no_collections() -> Iterator[None]:
    """Without the search for cycles: a chunk's many small objects hold none and go by themselves, while
    looking through them took a tenth to a fifth of the import's time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _alone:  # noqa: N801  reads as a word where it is used
    """Holds the import lock of the whole database; it goes with the connection if we are killed."""

    def __enter__(self) -> None:
        if not rows("SELECT pg_try_advisory_lock(%s) AS held", [_LOCK])[0]["held"]:
            raise Unusable("另一个导入正在进行，请等它结束。")

    def __exit__(self, *_: object) -> None:
        rows("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _import_chunk(chunk: list[_Read], run: _Run) -> None:
    """What has a fault takes part in nothing, so that a good row with the number of a bad one still comes in."""
    now, report = timezone.now(), run.report
    report.read += len(chunk)
    known = _known(run.columns.system, [row.number for row in chunk if row.number]) | run.done
    messages: list[Message] = []
    for row in chunk:
        if row.number in known:
            report.already += 1
        elif isinstance(row.message, BadRow):
            run.refuse(row.place, row.message)
        else:
            messages.append(row.message)
    if not messages:
        return
    numbers = reserve_numbers(run.county, now, len(messages)) if not run.dry_run else [run.county] * len(messages)
    states: dict[str, CaseState] = {}
    for message, number in zip(messages, numbers, strict=True):
        if message.number in states:
            report.already += 1
            continue
        try:
            states[message.number] = life_of(message, run.cast, number=number, now=now)
        except (Refused, BadRow) as error:
            run.refuse(message.place, error)
    if states and not run.dry_run:
        with transaction.atomic(durable=True):
            flush(list(states.values()))
    run.done |= states.keys()
    report.added += len(states)


def _known(system: str, numbers: list[str]) -> set[str]:
    found = rows("SELECT number FROM external_number WHERE system = %s AND number = ANY(%s)", [system, numbers])
    return {row["number"] for row in found}


def _county() -> str:
    found = rows("SELECT code FROM people_division WHERE parent_id IS NULL")
    if not found:
        raise Unusable("还没有区划，请先设置中心所在的区划。")
    return str(found[0]["code"])[:6].ljust(6, "0")


def run(argv: list[str]) -> int:
    """The command. 0: every row is in; 1: some rows have faults; 2: the file cannot be used."""
    parser = argparse.ArgumentParser(prog="onedoor import cases", description="从 Excel 台账导入事项")
    parser.add_argument("file", type=Path)
    parser.add_argument("--map", type=Path, help="对照表（TOML）")
    parser.add_argument("--as", dest="username", default="", help="以哪个账号登记")
    parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(argv)
    try:
        report = import_cases(
            asked.file,
            columns=read_map(asked.map) if asked.map else None,
            username=asked.username,
            dry_run=asked.dry_run,
            quiet=asked.json,
        )
    except Unusable as error:
        if asked.json:  # where a program reads, whatever the outcome
            print(json.dumps({"error": str(error)}, ensure_ascii=False))  # noqa: T201
        else:
            print(error, file=sys.stderr)  # noqa: T201
        return 2
    finally:
        connection.close()
    _print(report, as_json=asked.json, dry_run=asked.dry_run)
    return 1 if report.faults else 0


def _print(report: Report, *, as_json: bool, dry_run: bool) -> None:
    faults = [{"row": one.row, "column": one.column, "detail": one.sentence} for one in report.faults]
    if as_json:
        counts = {"read": report.read, "added": report.added, "already": report.already, "refused": report.refused}
        print(json.dumps({**counts, "seconds": round(report.seconds, 2), "faults": faults}, ensure_ascii=False))  # noqa: T201
        return
    for one in faults[:200]:
        print(f"第{one['row']}行{one['column'] and ' '}{one['column']}：{one['detail']}")  # noqa: T201
    if len(faults) > 200:
        print(f"……另有{len(faults) - 200}处，用 --json 查看全部。")  # noqa: T201
    verb = "可导入" if dry_run else "新增"
    print(  # noqa: T201
        f"读取{report.read}行，{verb}{report.added}件，已有{report.already}件，有误{report.refused}行，"
        f"用时{report.seconds:.1f}秒。"
    )
