"""`import`: a ledger in Excel into the record, by the command's own function."""

import tempfile
import time
from pathlib import Path
from typing import Any

import xlsxwriter

from bench.texts import matter

HEADER = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")


def imports(registered: int = 20_000, lives: int = 5_000) -> dict[str, Any]:
    """Cases a second, from the opened file to the last commit: matters that are only registered, and matters
    with their reply, which live from registration to closing (six events each)."""
    from onedoor.exchange.import_cases import import_cases

    rates: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        for name, count, answered in (("registered", registered, False), ("lives", lives, True)):
            _write(path, count, answered=answered)
            begun = time.perf_counter()
            report = import_cases(path, quiet=True)
            seconds = time.perf_counter() - begun
            if report.added != count:
                raise RuntimeError(f"{report.added} of {count} came in: {report.faults[:3]}")
            rates[f"{name}_per_second"] = round(count / seconds)
    return {"registered": registered, "lives": lives, **rates}


def _write(path: Path, count: int, *, answered: bool) -> None:
    run = f"{time.time_ns():x}"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("留言")
        sheet.write_row(0, 0, HEADER)
        for place in range(count):
            title, narrative, answer, name = matter(3 * 10**9 + place)
            reply = (answer, "2025/6/20 15:00:00") if answered else ("", "")
            cells = (f"{run}-{place}", name, title, "2025/6/3 9:30:00", narrative, *reply)
            for column, cell in enumerate(cells):
                sheet.write_string(place + 1, column, cell)
