"""Figures of a period as a workbook: numbers as numbers, so that they can be counted on."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

import xlsxwriter

from onedoor.rules.figures import Period

# A figure with what it is made of, and so in the two periods that it is compared with.
HEAD = (
    "指标", "数值", "分子", "分母", "上期", "上期分子", "上期分母", "环比", "去年同期", "去年同期分子", "去年同期分母",
    "同比",
)  # fmt: skip


def write_figure(sheet: Any, row: int, one: Mapping[str, Any]) -> None:
    """One line under HEAD."""
    figure = one["figure"]
    sheet.write_string(row, 0, figure.label + ("（待核）" if figure.unsure else ""))
    for column, counted in zip((1, 4, 8), (one, *one["then"]), strict=True):
        sheet.write_string(row, column, counted["said"])
        sheet.write_number(row, column + 1, counted["part"])
        if counted["whole"] is not None:
            sheet.write_number(row, column + 2, counted["whole"])
        if "change" in counted:
            sheet.write_string(row, column + 3, counted["change"])


def workbook(
    chosen: Period, place: str, found: Iterable[Mapping[str, Any]], by: str, groups: Iterable[Mapping[str, Any]]
) -> bytes:
    """An .xlsx file of the page's two tables."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("指标")
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 11, 12)
        sheet.set_column(12, 12, 50)
        sheet.set_column(13, 13, 30)
        sheet.write_string(0, 0, f"{place}　{chosen.since}至{chosen.until}登记的事项", bold)
        sheet.write_string(1, 0, "限制知悉和检举控告的事项不计入")
        for column, name in enumerate((*HEAD, "口径", "来源")):
            sheet.write_string(3, column, name, bold)
        for row, one in enumerate(found, start=4):
            write_figure(sheet, row, one)
            sheet.write_string(row, 12, one["figure"].formula or one["part_words"])
            sheet.write_string(row, 13, one["figure"].source)
        sheet = book.add_worksheet(f"按{by}")
        sheet.set_column(0, 0, 24)
        sheet.write_string(0, 0, by, bold)
        for row, one in enumerate(groups, start=1):
            sheet.write_string(row, 0, one["name"])
            column = 1
            for cell in one["counted"]:
                if row == 1:
                    sheet.write_string(0, column, cell["label"], bold)
                    if cell["whole"] is not None:
                        sheet.write_string(0, column + 1, f"{cell['label']}（分子）", bold)
                        sheet.write_string(0, column + 2, f"{cell['label']}（分母）", bold)
                if cell["whole"] is None:
                    sheet.write_number(row, column, cell["part"])
                    column += 1
                else:
                    sheet.write_string(row, column, cell["said"])
                    sheet.write_number(row, column + 1, cell["part"])
                    sheet.write_number(row, column + 2, cell["whole"])
                    column += 3
    return file.getvalue()
