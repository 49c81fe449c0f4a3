"""An administrator's table from Excel: its template, reading it, and taking it over as a whole or not at all."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import transaction

from onedoor.exchange.mapping import Unusable
from onedoor.exchange.office_tables import Outcome, Table, Task
from onedoor.exchange.workbook import cell_text, check_upload, sheets
from onedoor.people.steps.administering import By, administering
from onedoor.rules.refusal import Refused

HEADER_WITHIN = 10


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` as Excel numbers it; `column` is the heading, empty where the whole row is meant."""

    row: int
    column: str
    sentence: str


@dataclass(slots=True)
class Report:
    """`passwords`: user name, name and first password of the accounts that are new; of a rehearsal none."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    faults: list[Fault] = field(default_factory=list)
    passwords: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    place: int
    cells: dict[str, str]


def template(table: Table) -> bytes:
    """An empty sheet with the headings, and a second one that explains them with an example."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        heading = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "num_format": "@"})
        text = book.add_format({"num_format": "@"})  # codes keep their noughts
        sheet = book.add_worksheet(table.title)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, column.width, text)
            sheet.write_string(0, place, column.heading, heading)
            if column.offered:
                sheet.data_validation(
                    1, place, table.most, place, {"validate": "list", "source": list(column.offered)}
                )
        notes = book.add_worksheet("填写说明")
        for place, (name, width) in enumerate((("列", 12), ("必填", 8), ("怎么填", 60), ("例子", 30))):
            notes.set_column(place, place, width)
            notes.write_string(0, place, name, heading)
        for place, column in enumerate(table.columns, start=1):
            line = (column.heading, "必填" if column.required else "", column.note, column.example)
            for at, said in enumerate(line):
                notes.write_string(place, at, said)
        notes.write_string(len(table.columns) + 2, 0, f"{table.note}表头不要改；最多 {table.most} 行。")
    return file.getvalue()


def read_table(path: Path, table: Table) -> list[Row]:
    """The rows that hold anything. Raises Unusable for a file that is no workbook or has other headings."""
    check_upload(path)
    required = [column.heading for column in table.columns if column.required]
    for _, sheet in sheets(path):
        for place, headings in enumerate(sheet[:HEADER_WITHIN]):
            names = [cell_text(cell) for cell in headings]
            if all(heading in names for heading in required):
                return _rows(sheet, place, names, table)
    raise Unusable(f"表里没有“{'”“'.join(required)}”这几列。请下载模板，把内容填进去，表头不要改。")


def _rows(sheet: Sequence[Sequence[Any]], header: int, names: list[str], table: Table) -> list[Row]:
    at = {column.field: names.index(column.heading) for column in table.columns if column.heading in names}
    found = [
        Row(place, {column.field: _cell(row, at.get(column.field)) for column in table.columns})
        for place, row in enumerate(sheet[header + 1 :], start=header + 2)
        if any(cell_text(cell) for cell in row)
    ]
    if not found:
        raise Unusable("表里只有表头，没有内容。")
    if len(found) > table.most:
        raise Unusable(f"一次最多导入 {table.most} 行，这张表有 {len(found)} 行，请分成几个文件。")
    return found


def _cell(row: Sequence[Any], at: int | None) -> str:
    text = cell_text(row[at]) if at is not None and at < len(row) else ""
    return text.replace("\0", "\ufffd")  # PostgreSQL takes no NUL in a text


def take_over(table: Table, rows: Sequence[Row], *, by: By, rehearsal: bool) -> Report:
    """Every row by its steps, in one transaction, which a rehearsal or a single fault rolls back.

    The rehearsal is the real thing but for the slow hash of passwords, so it says what will happen.
    """
    task, report = Task(by, rehearsal), Report(read=len(rows))
    counts = dict.fromkeys(Outcome, 0)
    with administering(by):
        for row in rows:
            try:
                with transaction.atomic():
                    counts[table.take_over(task, row.cells)] += 1
            except Refused as refused:
                faults = refused.fields or {"": refused.sentence}
                report.faults += [Fault(row.place, table.heading(name), said) for name, said in faults.items()]
        if rehearsal or report.faults:
            transaction.set_rollback(True)
        else:
            report.passwords = task.passwords
            by.log("import", table.title, f"新增{counts[Outcome.NEW]}行，修改{counts[Outcome.CHANGED]}行")
    report.new, report.changed, report.same = (counts[one] for one in Outcome)
    return report
