"""积分 as workbooks: the ranking and the entries, as the pages show them; numbers as numbers."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

import xlsxwriter

from onedoor.figures.queries.point_entries import Shown
from onedoor.figures.queries.points import Line
from onedoor.rules.points import SUBJECTS

_RANKING = ("名次", "对象", "所在", "每件平均分", "总分", "计入笔数", "事项数")
_ENTRIES = ("时间", "规则", "依据的事项", "分值", "计入", "说明", "申诉", "规则依据")


def ranking_file(title: str, kind: str, lines: Iterable[Line]) -> bytes:
    """The ranking of one kind of subject."""
    body = [
        (
            "不排名" if one.ranked.rank is None else one.ranked.rank, one.whose.name, one.whose.place,
            Decimal(one.score), Decimal(one.total), one.ranked.standing.entries, one.ranked.standing.matters,
        )
        for one in lines
    ]  # fmt: skip
    return _book(SUBJECTS[kind], title, _RANKING, body)


def entries_file(title: str, shown: Iterable[Shown], moment: Sequence[str]) -> bytes:
    """The entries of one subject; `moment`: the time of each as the page writes it."""
    body = [
        (
            at, one.name + ("（更正）" if one.correction else ""), one.what, Decimal(one.points) if one.points else "",
            Decimal(one.counted), one.said, one.appeal_state, one.basis,
        )
        for one, at in zip(shown, moment, strict=True)
    ]  # fmt: skip
    return _book("明细", title, _ENTRIES, body)


def _book(sheet_name: str, title: str, head: Sequence[str], body: Iterable[Sequence[object]]) -> bytes:
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(sheet_name)
        sheet.set_column(0, len(head) - 1, 18)
        sheet.write_string(0, 0, title, bold)
        for column, name in enumerate(head):
            sheet.write_string(2, column, name, bold)
        for row, cells in enumerate(body, start=3):
            for column, cell in enumerate(cells):
                if isinstance(cell, int | Decimal):
                    sheet.write_number(row, column, float(cell))
                else:
                    sheet.write_string(row, column, str(cell))
    return file.getvalue()
