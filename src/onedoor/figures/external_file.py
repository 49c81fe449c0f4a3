"""外部数据 as a workbook: its template, and what was filled in. A month is a row, a kind a column."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from onedoor.exchange.mapping import Unusable
from onedoor.exchange.workbook import cell_text, check_upload, sheets
from onedoor.rules.external import (
    EXTERNAL_KINDS,
    MOST_SOURCE,
    check_counts,
    check_month,
    faults_of,
    read_count,
    read_month,
)
from onedoor.rules.nameless import check_nameless
from onedoor.rules.refusal import Refused, invalid

MONTH, SOURCE = "月份", "数据来源"
HEADINGS = {"month": MONTH, "source": SOURCE, **{code: kind.name for code, kind in EXTERNAL_KINDS.items()}}
MOST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month as it was filled in; `place` is the row as Excel numbers it."""

    place: int
    month: date
    source: str
    counts: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Fault:
    row: int
    column: str
    sentence: str


def template() -> bytes:
    """Headings, whole numbers only, and a sheet that explains."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("外部数据")
        sheet.freeze_panes(1, 2)
        for place, (code, name) in enumerate(HEADINGS.items()):
            wide = place < 2
            sheet.set_column(place, place, (10, 24)[place] if wide else 9, text if wide else None)
            sheet.write_string(0, place, name, head)
            if code in EXTERNAL_KINDS:
                sheet.data_validation(
                    1, place, MOST_MONTHS, place,
                    {
                        "validate": "integer", "criteria": ">=", "value": 0,
                        "error_title": "只能填数", "error_message": "请填不小于 0 的整数，不知道的留空。",
                    },
                )  # fmt: skip
        notes = book.add_worksheet("填写说明")
        notes.set_column(0, 0, 90)
        for place, line in enumerate(
            (
                "一行一个月：月份写成 2026-03；数据来源写提供单位，如“县公安局指挥中心”。",
                "其余各列只填件数，不小于 0 的整数；不知道的留空，留空不等于 0。",
                "这张表只收合计数。不要填姓名、证件号、电话、地址或者别的文字，也不要加列。",
                "盗窃、诈骗等是刑事警情的一部分，各类相加不能多于合计。",
                "已经导入过的月份再导入一次，成为新的一版；原来的版本保留。",
            )
        ):
            notes.write_string(place, 0, line)
    return file.getvalue()


def read_months(path: Path, today: date) -> tuple[list[MonthRow], list[Fault]]:
    """The months of the file and everything that is wrong with it. Raises Unusable for what is no such table."""
    check_upload(path)
    for _, sheet in sheets(path):
        for place, cells in enumerate(sheet[:10]):
            names = [cell_text(cell) for cell in cells]
            if MONTH in names and SOURCE in names:
                return _read(sheet, place, names, today)
    raise Unusable(f"表里没有“{MONTH}”“{SOURCE}”这两列。请下载模板填写，表头不要改。")


def _read(
    sheet: Sequence[Sequence[Any]], header: int, names: list[str], today: date
) -> tuple[list[MonthRow], list[Fault]]:
    codes = {name: code for code, name in HEADINGS.items()}
    faults = [
        Fault(header + 1, name, f"不认识的列“{name[:20]}”。这张表只收模板里的各列，请删去。")
        for name in names
        if name and name not in codes
    ]
    faults += [Fault(header + 1, name, f"“{name}”这一列出现了两次。") for name in codes if names.count(name) > 1]
    if faults:
        return [], faults
    found: list[MonthRow] = []
    seen: set[date] = set()
    filled = [
        (place, cells)
        for place, cells in enumerate(sheet[header + 1 :], start=header + 2)
        if any(cell_text(cell) for cell in cells)
    ]
    if not filled:
        raise Unusable("表里只有表头，没有内容。")
    if len(filled) > MOST_MONTHS:
        raise Unusable(f"一次最多导入{MOST_MONTHS}个月，这张表有{len(filled)}行。")
    for place, cells in filled:
        row, wrong = _row(place, cells, names, codes, today)
        faults += [Fault(place, HEADINGS.get(column, ""), sentence) for column, sentence in wrong.items()]
        if row is None:
            continue
        if row.month in seen:
            faults.append(Fault(place, MONTH, f"{row.month:%Y-%m}在表里出现了两次。"))
        seen.add(row.month)
        found.append(row)
    return found, faults


def _row(
    place: int, cells: Sequence[Any], names: list[str], codes: dict[str, str], today: date
) -> tuple[MonthRow | None, dict[str, str]]:
    wrong: dict[str, str] = {}
    given = {codes[name]: cell for name, cell in zip(names, cells, strict=False) if name}
    if any(cell_text(cell) for name, cell in zip(names, cells, strict=False) if not name) or any(
        cell_text(cell) for cell in cells[len(names) :]
    ):
        wrong["month"] = "这一行在没有表头的列里有内容，请删去。"
    month, source, counts = None, "", dict[str, int | None]()
    try:
        month = _month(given.get("month"))
        check_month(month, today)
    except Refused as refused:
        wrong |= refused.fields
    try:
        source = check_nameless(cell_text(given.get("source")), most=MOST_SOURCE, field="source", label=SOURCE)
        if "\n" in source:
            raise invalid("source", "数据来源写提供单位的名称，只写一行。")
    except Refused as refused:
        wrong |= refused.fields
    for code in EXTERNAL_KINDS:
        try:
            counts[code] = read_count(code, given.get(code))
        except Refused as refused:
            wrong |= refused.fields
    if not wrong:
        try:
            check_counts(counts)
        except Refused as refused:
            wrong |= faults_of(refused)
    return (None if wrong or month is None else MonthRow(place, month, source, counts)), wrong


def _month(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date().replace(day=1)
    if isinstance(cell, date):
        return cell.replace(day=1)
    return read_month(cell_text(cell))
