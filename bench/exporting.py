"""`export`: all matters of a year as a workbook, by the command of the operator."""

import os
import tempfile
import time
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any


def exports(year: int = 2025) -> dict[str, Any]:
    """Rows asked for and written, seconds, and by how many MB memory has grown after the first tenth of it. In a
    process of its own, whose memory nothing else has touched."""
    import multiprocessing

    with multiprocessing.get_context("spawn").Pool(1, _begin) as pool:
        return pool.apply(_export, [year])


def _begin() -> None:
    import django

    django.setup()


def _export(year: int) -> dict[str, Any]:
    import threading

    from onedoor.cases.counting import ZONE
    from onedoor.cases.sql import rows
    from onedoor.exchange.export_cases import export_cases

    since, until = (datetime(one, 1, 1, tzinfo=ZONE) for one in (year, year + 1))
    there = rows(
        "SELECT count(*) AS n FROM \"case\" WHERE confidentiality = 'ordinary'"
        " AND registered_at >= %s AND registered_at < %s",
        [since, until],
    )[0]["n"]
    seen, ended = [], threading.Event()

    def watch() -> None:
        while not ended.wait(0.2):
            seen.append(_resident_mb())

    watching = threading.Thread(target=watch)
    watching.start()
    with tempfile.TemporaryDirectory() as folder:
        path, begun = Path(folder) / "year.xlsx", time.perf_counter()
        count = export_cases(path, since=since, until=until, quiet=True)
        seconds = time.perf_counter() - begun
        ended.set()
        watching.join()
        size = path.stat().st_size
        written = _rows_in(path)
    tenth = seen[: max(1, len(seen) // 10)]
    return {
        "rows": count,
        "missing": abs(there - count) + abs(there - written),
        "seconds": round(seconds, 1),
        "mb": round(size / 1e6, 1),
        "memory_mb": round(max(seen), 1),
        "grown_mb": round(max(seen) - max(tenth), 1),
    }


def _rows_in(path: Path) -> int:
    """Rows of the sheets of cases, without their headings."""
    count = 0
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/sheet"):
                with book.open(name) as sheet:
                    tail = b""
                    while piece := sheet.read(1 << 20):
                        count += (tail + piece).count(b"<row ")
                        tail = piece[-4:]
                count -= 1
    return count


def _resident_mb() -> float:
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
