"""`./onedoor verify [--json] [--jobs N]`."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from onedoor.cases.verify.files import check_files
from onedoor.cases.verify.work import Report, verify
from onedoor.config import last_runs
from onedoor.config.env import data_dir

MOST_PRINTED = 200


def run(argv: list[str]) -> int:
    """0 when all is right, 1 when anything is wrong; warnings do not count."""
    parser = argparse.ArgumentParser(prog="./onedoor verify", description="逐案核对事件链、阶段、时限、可见范围与计数")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="进程数（默认为处理器数）")
    parser.add_argument("--files", action="store_true", help="也核对附件：每个都在，且与登记的摘要相符")
    options = parser.parse_args(argv)
    if options.jobs < 1:
        parser.error("--jobs 至少为 1")
    begun = time.monotonic()
    try:
        report = _look(options)
    except Exception:  # or the alert would go by the last run that came to its end
        last_runs.note(data_dir(), last_runs.VERIFY, well=False)
        raise
    last_runs.note(data_dir(), last_runs.VERIFY, well=report.ok)
    if options.json:
        sys.stdout.write(orjson.dumps(as_json(report), option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        sys.stdout.write("\n".join(_sentences(report, time.monotonic() - begun)) + "\n")
    return 0 if report.ok else 1


def _look(options: argparse.Namespace) -> Report:
    with _bar() as progress:
        task = progress.add_task("正在核对", total=None)
        report = verify(
            jobs=options.jobs,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
        if options.files:
            progress.update(task, description="正在核对附件", completed=0, total=None)
            report.add([*check_files(lambda done: progress.update(task, completed=done))])
    return report


@contextmanager
def _bar() -> Iterator[Progress]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress


def as_json(report: Report) -> dict[str, object]:
    return {
        "ok": report.ok,
        "cases": report.cases,
        "events": report.events,
        "checkpoints": report.checkpoints,
        "last_checkpoint": report.last_checkpoint or None,
        "found": report.found,
        "findings": [finding.as_json() for finding in report.findings],
        "warnings": report.warnings,
    }


def _sentences(report: Report, seconds: float) -> Iterator[str]:
    yield from (str(finding) for finding in report.findings[:MOST_PRINTED])
    if report.found > MOST_PRINTED:
        yield f"……共 {report.found} 处，其余未列出（--json 可列 {len(report.findings)} 处）"
    yield from (f"注意：{warning}" for warning in report.warnings)
    against = (
        f"检查点 {report.checkpoints} 份（最近 {report.last_checkpoint}）" if report.checkpoints else "尚无检查点"
    )
    verdict = "未发现问题" if report.ok else f"发现 {report.found} 处问题"
    yield f"核对事项 {report.cases} 件、事件 {report.events} 个，{against}，用时 {seconds:.0f} 秒：{verdict}。"
