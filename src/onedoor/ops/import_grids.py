"""`./onedoor import grids FILE`: grids from a workbook or GeoJSON, as on the page, for who has the machine."""

import argparse
import json
import sys
from pathlib import Path

from django.utils import timezone

from onedoor.exchange.import_office import Report, take_over
from onedoor.exchange.mapping import Unusable
from onedoor.people.models import Post
from onedoor.people.steps.administering import By
from onedoor.people.tokens import signed_in_as
from onedoor.rules.access import Role, acting
from onedoor.rules.geo import SYSTEMS
from onedoor.web.desk.admin.grid_imports import read_grids
from onedoor.web.grid_table import TABLE

_FAULTS_SHOWN = 50


def run(argv: list[str]) -> int:
    """0 when everything was taken over, 1 when a row had a fault and so nothing was, 2 for a file or an account that
    will not do. Of a dry run the same, with nothing written."""
    parser = argparse.ArgumentParser(prog="onedoor import grids", add_help=True)
    parser.add_argument("file", type=Path)
    parser.add_argument("--system", choices=list(SYSTEMS), default="cgcs2000")
    parser.add_argument("--user", default="", help="以哪位系统管理员的名义，不填则为最早的一位")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--json", action="store_true")
    try:
        given = parser.parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    by = _administrator(given.user)
    if by is None:
        return _say("没有这位系统管理员。" if given.user else "还没有系统管理员，请先完成首次设置。")
    if not given.file.is_file():
        return _say(f"没有文件 {given.file}。")
    try:
        report = take_over(TABLE, read_grids(given.file, given.system), by=by, rehearsal=given.dry_run)
    except Unusable as unusable:
        return _say(str(unusable))
    _tell(report, given.file.suffix != ".xlsx", as_json=given.json, dry=given.dry_run)
    return 1 if report.faults else 0


def _administrator(username: str) -> By | None:
    posts = Post.objects.filter(role=Role.ADMIN, active=True, account__is_active=True, unit__active=True)
    if username:
        posts = posts.filter(account__username=username)
    post = posts.order_by("id").first()
    signed = signed_in_as(post.account_id) if post else None
    actor = acting(signed.actors, {Role.ADMIN}) if signed else None
    return By(actor, timezone.now()) if actor else None


def _tell(report: Report, features: bool, *, as_json: bool, dry: bool) -> None:
    if as_json:
        faults = [{"row": one.row, "column": one.column, "sentence": one.sentence} for one in report.faults]
        counts = {"read": report.read, "new": report.new, "changed": report.changed, "same": report.same}
        print(json.dumps({**counts, "faults": faults, "dry_run": dry}, ensure_ascii=False))
        return
    for fault in report.faults[:_FAULTS_SHOWN]:
        place = f"第{fault.row}个要素" if features else f"第{fault.row}行"
        print(f"{place} {fault.column or '整行'}：{fault.sentence}")
    if len(report.faults) > _FAULTS_SHOWN:
        print(f"……另有 {len(report.faults) - _FAULTS_SHOWN} 处")
    done = "有误，没有写入" if report.faults else "试运行，没有写入" if dry else "已写入"
    print(f"读到 {report.read} 个：新增 {report.new}，修改 {report.changed}，没有变化 {report.same}。{done}。")


def _say(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 2
