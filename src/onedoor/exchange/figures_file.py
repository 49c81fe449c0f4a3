"""Figures of a period as a workbook: numbers as numbers, so that they can be counted on."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

import xlsxwriter

from onedoor.rules.figures import Period

_HEAD = ("指标", "数值", "分子", "分母", "上期", "环比", "去年同期", "同比", "口径", "来源")


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
        sheet.set_column(1, 7, 12)
        sheet.set_column(8, 8, 50)
        sheet.set_column(9, 9, 30)
        sheet.write_string(0, 0, f"{place}　{chosen.since}至{chosen.until}登记的事项", bold)
        sheet.write_string(1, 0, "限制知悉和检举控告的事项不计入")
        for column, name in enumerate(_HEAD):
            sheet.write_string(3, column, name, bold)
        for row, one in enumerate(found, start=4):
            figure = one["figure"]
            sheet.write_string(row, 0, figure.label + ("（待核）" if figure.unsure else ""))
            sheet.write_string(row, 1, one["said"])
            sheet.write_number(row, 2, one["part"])
            if one["whole"] is not None:
                sheet.write_number(row, 3, one["whole"])
            for column, name in enumerate(("before_said", "before", "year_said", "year"), start=4):
                sheet.write_string(row, column, one[name])
            sheet.write_string(row, 8, figure.formula or one["part_words"])
            sheet.write_string(row, 9, figure.source)
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
