"""The board's numbers as a workbook: a sheet for each of its tables, whole; numbers as numbers."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import xlsxwriter

from onedoor.rules.figures import Period

_HEAD = ("指标", "数值", "分子", "分母", "上期", "环比", "去年同期", "同比")


class Counted(Protocol):
    @property
    def count(self) -> int: ...


class TableRow(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def cells(self) -> Sequence[Counted]: ...


class SheetTable(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def first(self) -> str: ...
    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def rows(self) -> Sequence[TableRow]: ...
    @property
    def note(self) -> str: ...


def board_workbook(
    chosen: Period,
    place: str,
    headlines: Iterable[Mapping[str, Any]],
    lights: Iterable[tuple[str, str, Counted]],
    tables: Iterable[SheetTable],
) -> bytes:
    """An .xlsx file."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("指标")
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 7, 12)
        sheet.write_string(0, 0, f"{place}　{chosen.since}至{chosen.until}登记的事项", bold)
        sheet.write_string(1, 0, "限制知悉和检举控告的事项不计入")
        for column, name in enumerate(_HEAD):
            sheet.write_string(3, column, name, bold)
        row = 4
        for one in headlines:
            figure = one["figure"]
            sheet.write_string(row, 0, figure.label + ("（待核）" if figure.unsure else ""))
            sheet.write_string(row, 1, one["said"])
            sheet.write_number(row, 2, one["part"])
            if one["whole"] is not None:
                sheet.write_number(row, 3, one["whole"])
            for column, name in enumerate(("before_said", "before", "year_said", "year"), start=4):
                sheet.write_string(row, column, one[name])
            row += 1
        sheet.write_string(row + 1, 0, "没有办结的事项（现在）", bold)
        for place_in, (_, name, cell) in enumerate(lights, start=row + 2):
            sheet.write_string(place_in, 0, name)
            sheet.write_number(place_in, 2, cell.count)
        for table in tables:
            # a sheet's name has 31 characters at most
            sheet = book.add_worksheet(table.title[:31])
            sheet.set_column(0, 0, 24)
            sheet.set_column(1, len(table.columns), 14)
            sheet.write_string(0, 0, table.first, bold)
            for column, name in enumerate(table.columns, start=1):
                sheet.write_string(0, column, name, bold)
            at = 0
            for at, line in enumerate(table.rows, start=1):
                sheet.write_string(at, 0, line.name)
                for column, cell in enumerate(line.cells, start=1):
                    sheet.write_number(at, column, cell.count)
            if table.note:
                sheet.write_string(at + 2, 0, table.note)
    return file.getvalue()
