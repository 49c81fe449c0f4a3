"""The record of looks as a workbook; what people wrote stays text."""

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter

from onedoor.cases.counting import ZONE

HEAD = (("时间", 18), ("做了什么", 18), ("人员", 12), ("用户名", 14), ("单位", 16), ("岗位", 12), ("对象", 22),
        ("理由", 40), ("行数", 8), ("来自", 16))  # fmt: skip


def looks_workbook(asked: str, lines: Iterable[dict[str, Any]]) -> tuple[bytes, int]:
    """An .xlsx file and how many lines are in it."""
    file, count = io.BytesIO(), 0
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("查阅记录")
        sheet.write_string(0, 0, f"查阅记录：{asked}", bold)
        for column, (name, width) in enumerate(HEAD):
            sheet.set_column(column, column, width)
            sheet.write_string(1, column, name, bold)
        for count, one in enumerate(lines, start=1):
            told = (
                f"{one['at'].astimezone(ZONE):%Y-%m-%d %H:%M:%S}", one["action_name"], one["who"],
                one["username"] or "", one["unit"], one["role_name"], one["subject"], one["reason"],
            )  # fmt: skip
            for column, text in enumerate(told):
                sheet.write_string(count + 1, column, text)
            if one["rows"] is not None:
                sheet.write_number(count + 1, 8, one["rows"])
            sheet.write_string(count + 1, 9, one["address"])
    return file.getvalue(), count
