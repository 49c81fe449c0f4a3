"""`./onedoor drill [NAME…] [--phones N] [--entries N] [--kills N] [--seed N] [--json FILE]`."""

import argparse
import json
import os
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("sync",)


def run(argv: list[str]) -> int:
    """Runs the named drills (all, if none is named), each in a data directory of its own under `.drill`, which is made
    anew; 1 if anything was lost, doubled or changed."""
    parser = argparse.ArgumentParser(prog="./onedoor drill", description="故障演练，自备数据目录")
    parser.add_argument("names", nargs="*", metavar="NAME", help="、".join(NAMES))
    parser.add_argument("--phones", type=int, default=3_000)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=5, help="服务器被 kill -9 的次数")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--folder", type=Path, default=ROOT / ".drill")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args(argv)
    if unknown := [name for name in asked.names if name not in NAMES]:
        parser.error(f"没有 {'、'.join(unknown)}；可选：{'、'.join(NAMES)}")
    if not 1 <= asked.phones <= asked.entries:
        parser.error("手机至少一部，条目不少于手机数")
    # before Django looks: everything is in the drill's own directory
    data = asked.folder.absolute() / "sync"
    os.environ["ONEDOOR_DATA"], os.environ["DJANGO_SETTINGS_MODULE"] = str(data), "onedoor.config.settings"
    os.environ.pop("DATABASE_URL", None)
    os.environ["PYTHONPATH"] = str(ROOT)  # for the processes of the phones
    from drill.sync import drill

    result = drill(data, phones=asked.phones, entries=asked.entries, kills=asked.kills, seed=asked.seed)
    if asked.json:
        asked.json.write_text(json.dumps(result, ensure_ascii=False, indent=2))
    wrong = {name: result[name] for name in ("missing", "twice", "changed", "refused", "findings")}
    said = "、".join(f"{name} {number}" for name, number in wrong.items())
    print(f"{'ok    ' if not any(wrong.values()) else 'FAILED'}  sync: {result['there']} of {asked.entries}; {said}")
    for line in result["first_faults"]:
        print(f"        {line}")
    return 1 if any(wrong.values()) or result["there"] != asked.entries else 0
