"""`./onedoor export cases FILE.xlsx`: every ordinary case, streamed row by row."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import connection, transaction
from rich.console import Console
from rich.progress import Progress
from xlsxwriter.exceptions import XlsxWriterException

from onedoor.cases.counting import ZONE
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.people.access_log import log_access
from onedoor.rules import identity
from onedoor.rules.access import Viewer
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.intake import CHANNELS, KINDS, PURPOSES

BATCH = 500
# Far below Excel's 1,048,576: with texts of real length a fuller sheet passes 2 GiB, beyond which the packing
# takes ZIP64, and that not every program opens without a complaint.
MOST_ROWS = 200_000
_SELECT = """
    SELECT c.number, c.stage, c.kind, c.purpose, k.name AS category, c.channel, d.name AS division, c.title,
           (SELECT text FROM statement s WHERE s.case_id = c.id AND s.kind = 'narrative'
             ORDER BY seq LIMIT 1) AS narrative,
           (SELECT p.name FROM party p WHERE p.case_id = c.id AND p.part = 'applicant'
             ORDER BY place LIMIT 1) AS applicant,
           c.anonymous, u.short_name AS lead_unit, c.outcome,
           (SELECT text FROM statement s WHERE s.case_id = c.id AND s.kind IN ('answer', 'opinion')
             ORDER BY seq DESC, id DESC LIMIT 1) AS answer,
           c.registered_at, c.accepted_at, c.concluded_at, c.closed_at, c.due_at,
           (SELECT string_agg(e.system || ' ' || e.number, '；' ORDER BY e.system, e.number)
              FROM external_number e WHERE e.case_id = c.id) AS external_numbers
      FROM "case" c
      JOIN category k ON k.id = c.category_id
      JOIN people_division d ON d.id = c.division_id
      LEFT JOIN people_unit u ON u.id = c.lead_unit_id
     WHERE {where}
     ORDER BY c.registered_at, c.id
"""
HEADINGS = (
    ("编号", 22), ("阶段", 10), ("种类", 8), ("目的", 10), ("类别", 14), ("渠道", 8), ("区划", 14),
    ("标题", 30), ("诉求内容", 60), ("申请人", 10), ("主办单位", 14), ("办理结果", 16), ("答复", 60),
    ("登记时间", 17), ("受理时间", 17), ("办结时间", 17), ("审结时间", 17), ("到期时间", 17), ("外部编号", 20),
)  # fmt: skip


def export_cases(path: Path, *, since: datetime | None, until: datetime | None, quiet: bool = False) -> int:
    """Writes the file aside and puts it in place when it is whole; returns the number of cases.

    Confidential matters are left out, and nothing tells how many. Memory stays flat: a cursor on the server,
    and a workbook that writes each row through. No file is there before the access log tells of it.
    """
    aside = Path(tempfile.mkdtemp(prefix=".export-", dir=path.parent))
    try:
        # its own scratch files lie there too: as large as the export, and of the same secrecy
        options = {**_PLAIN, "constant_memory": True, "use_zip64": True, "tmpdir": str(aside)}
        with xlsxwriter.Workbook(str(aside / path.name), options) as book:
            count = _write(book, cases_to_export(since, until), quiet=quiet)
        span = "至".join(f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" if at else "不限" for at in (since, until))
        log_access(
            action="export", account=None, subject=f"{count}件", reason=f"命令行导出，登记时间{span}", rows=count
        )
        (aside / path.name).replace(path)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return count


# What a resident wrote is text: never a formula, a number or a link.
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def cases_to_export(
    since: datetime | None, until: datetime | None, viewer: Viewer | None = None
) -> Iterator[dict[str, Any]]:
    """Every ordinary case registered from `since` to before `until`, oldest first, one at a time.

    For a viewer only what passes the gate, and without the applicant where the viewer's posts know no names.
    Without a viewer everything: that is the operator's, who has the database anyway.
    """
    where, values = ["c.confidentiality = 'ordinary'"], list[object]()
    for condition, at in (("c.registered_at >= %s", since), ("c.registered_at < %s", until)):
        if at is not None:
            where.append(condition)
            values.append(at)
    if viewer is not None:
        where.append(MAY_SEE)
        values += may_see(viewer)
    names_shown = viewer is None or viewer.sees_names
    connection.ensure_connection()
    with transaction.atomic(), connection.connection.cursor(name="export") as cursor:
        cursor.itersize = BATCH
        cursor.execute(_SELECT.format(where=" AND ".join(where)), values)
        names = [column.name for column in cursor.description]
        for row in cursor:
            case = dict(zip(names, row, strict=True))
            yield case if names_shown else {**case, "applicant": ""}


def _write(book: Any, cases: Iterator[dict[str, Any]], *, quiet: bool) -> int:
    heading = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    count, sheet = 0, None
    with Progress(console=Console(stderr=True), disable=quiet) as progress:
        bar = progress.add_task("导出", total=None)
        for case in cases:
            place = count % MOST_ROWS
            if place == 0:
                sheet = _sheet(book, heading, count // MOST_ROWS)
            assert sheet is not None
            for column, value in enumerate(_cells(case)):
                if isinstance(value, datetime):
                    sheet.write_datetime(place + 1, column, value, moment)
                elif value:
                    sheet.write_string(place + 1, column, value)
            count += 1
            if count % BATCH == 0:
                progress.update(bar, completed=count, description=f"导出 {count} 件")
    if sheet is None:
        _sheet(book, heading, 0)
    note = book.add_worksheet("说明")
    note.write_string(0, 0, "限制知悉和检举控告事项不在导出范围内。申请人姓名已脱敏。时间为当地时间。")
    return count


def _sheet(book: Any, heading: Any, number: int) -> Any:
    sheet = book.add_worksheet("事项" if number == 0 else f"事项{number + 1}")
    sheet.freeze_panes(1, 1)
    for column, (name, width) in enumerate(HEADINGS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, heading)
    return sheet


def _cells(case: dict[str, Any]) -> tuple[str | datetime | None, ...]:
    applicant = "（匿名）" if case["anonymous"] else identity.mask_name(case["applicant"] or "")
    return (
        case["number"],
        STAGE_NAMES[case["stage"]],
        KINDS[case["kind"]],
        PURPOSES.get(case["purpose"], ""),
        case["category"],
        CHANNELS[case["channel"]],
        case["division"],
        case["title"],
        case["narrative"] or "",
        applicant,
        case["lead_unit"] or "",
        OUTCOME_NAMES.get(case["outcome"], ""),
        (case["answer"] or "") if case["outcome"] else "",
        *(_local(case[name]) for name in ("registered_at", "accepted_at", "concluded_at", "closed_at", "due_at")),
        case["external_numbers"] or "",
    )


def _local(at: datetime | None) -> datetime | None:
    """Excel knows no zones: the deployment's own time, without one."""
    return at.astimezone(ZONE).replace(tzinfo=None) if at else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} 不是 2026-03-01 这样的日期") from error


def run(argv: list[str]) -> int:
    """The command. `--until` includes its day."""
    parser = argparse.ArgumentParser(prog="onedoor export cases", description="导出全部一般事项")
    parser.add_argument("file", type=Path)
    parser.add_argument("--since", type=_day, help="登记日期不早于")
    parser.add_argument("--until", type=_day, help="登记日期不晚于")
    asked = parser.parse_args(argv)
    path: Path = asked.file.absolute()
    if path.suffix.lower() != ".xlsx" or path.is_dir() or not path.parent.is_dir():
        print("请给出一个 .xlsx 文件名，所在目录须存在。", file=sys.stderr)  # noqa: T201
        return 2
    # the last day there is has no next one, and needs none
    last = asked.until + timedelta(days=1) if asked.until and asked.until < date.max else None
    try:
        count = export_cases(path, since=_begins(asked.since), until=_begins(last))
    except (OSError, XlsxWriterException) as error:
        print(f"写不了 {path.name}：{error}。请检查目录权限和磁盘空间。", file=sys.stderr)  # noqa: T201
        return 2
    print(f"已导出{count}件到 {path.name}。")  # noqa: T201
    return 0


def _begins(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE) if day else None
