"""Visits in batches and persons as a workbook: numbers as numbers."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

from onedoor.rules.figures import Period

HEAD = ("批次", "人次", "超过5人批次", "超过5人人次", "已结束", "当场答复", "当场答复率", "登记为事项")
_COLUMNS = ("batches", "persons", "joint", "joint_persons", "ended", "answered", "rate", "registered")


def workbook(
    chosen: Period,
    place: str,
    totals: Sequence[tuple[str, Mapping[str, Any]]],
    by: str,
    groups: Iterable[Mapping[str, Any]],
) -> bytes:
    """An .xlsx file of the page's two tables; `totals` are the period and those it is compared with."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("接待")
        sheet.write_string(0, 0, f"{place}　{chosen.since}至{chosen.until}的接待", bold)
        sheet.write_string(1, 0, "检举控告来访、涉及限制知悉事项的接待不计入")
        _table(sheet, 3, "时段", [{"name": name, **row} for name, row in totals], bold)
        _table(book.add_worksheet(f"按{by}"), 0, by, groups, bold)
    return file.getvalue()


def _table(sheet: Any, top: int, first: str, found: Iterable[Mapping[str, Any]], bold: Any) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, len(HEAD), 13)
    for column, name in enumerate((first, *HEAD)):
        sheet.write_string(top, column, name, bold)
    for row, one in enumerate(found, start=top + 1):
        sheet.write_string(row, 0, one["name"])
        for column, name in enumerate(_COLUMNS, start=1):
            if name == "rate":
                sheet.write_string(row, column, one[name])
            else:
                sheet.write_number(row, column, one[name])
