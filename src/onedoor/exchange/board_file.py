"""The board's numbers as a workbook: a sheet for each of its tables, whole; numbers as numbers."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import xlsxwriter

from onedoor.exchange.figures_file import HEAD, write_figure
from onedoor.rules.figures import Period


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
        sheet.set_column(1, 11, 12)
        sheet.write_string(0, 0, f"{place}　{chosen.since}至{chosen.until}登记的事项", bold)
        sheet.write_string(1, 0, "限制知悉和检举控告的事项不计入")
        for column, name in enumerate(HEAD):
            sheet.write_string(3, column, name, bold)
        row = 4
        for one in headlines:
            write_figure(sheet, row, one)
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
