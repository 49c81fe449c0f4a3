"""`./onedoor sweep`: runs the clock once, now or as of a given time, for real or to see what would happen."""

import argparse
import json
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from django.conf import settings

from onedoor.cases.steps.sweep import sweep
from onedoor.rules.schemes import CLOCK_NAMES
from onedoor.rules.supervision import CAUSES

TURN_NAMES = {
    "warned": "预警",
    "urgent": "红灯",
    "late": "超期",
    "escalated": "督办升级",
    "pause_over": "中止超过预计",
    "reply_overdue": "督办单逾期未回告",
}
NAMES = CLOCK_NAMES | CAUSES
SHOWN = 50


def run(argv: list[str]) -> int:
    """0 when swept; 2 for a time that cannot be read."""
    parser = argparse.ArgumentParser(prog="onedoor sweep")
    parser.add_argument("--at", default="", help="ISO 时间，缺省为现在")
    parser.add_argument("--dry-run", action="store_true", help="只说明会发生什么，不写入")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    zone = ZoneInfo(settings.TIME_ZONE)
    try:
        at = datetime.fromisoformat(options.at) if options.at else datetime.now(UTC)
    except ValueError:
        print("--at 应为 ISO 时间，如 2026-03-01T09:00:00+08:00。")
        return 2
    at = at if at.tzinfo else at.replace(tzinfo=zone)
    if at > datetime.now(UTC) and not options.dry_run:
        print("不能按将来的时间写入督办；请加 --dry-run 查看会发生什么。")
        return 2
    done = sweep(at=at, clock=lambda: datetime.now(UTC), dry_run=options.dry_run)
    turns = {name: done.turns.get(kind, 0) for kind, name in TURN_NAMES.items()}
    if options.json:
        print(json.dumps({"at": at.isoformat(), "cases": done.cases, "turns": dict(done.turns)}, ensure_ascii=False))
        return 0
    said = "将会" if options.dry_run else "已"
    counted = "，".join(f"{name}{count}次" for name, count in turns.items() if count) or "没有到时的时限"
    print(f"截至{at.astimezone(zone):%Y-%m-%d %H:%M:%S}，{said}处理{done.cases}件事项：{counted}。")
    for number, kind, turn in islice(done.found, SHOWN):
        print(f"  {turn.at.astimezone(zone):%Y-%m-%d %H:%M}  {number}  {NAMES[kind]}  {TURN_NAMES[turn.kind]}")
    if len(done.found) > SHOWN:
        print(f"  ……另有{len(done.found) - SHOWN}次")
    return 0
