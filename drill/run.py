"""`./onedoor drill [NAME…] [--kills N] [--seed N] [--folder DIR] [--json FILE]`.

A drill is a module of this folder with a function `drill(data, asked) -> Result` and, where it has options of its own,
`options(parser)`; it is named in NAMES and nowhere else. Modules import Django inside their functions only: the
settings name a data directory, and each drill has one of its own, so each runs in a process of its own.
"""

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from drill.lives import PREPARED
from drill.result import Result, from_json

ROOT = Path(__file__).resolve().parent.parent
# name: what it shows
NAMES = {
    "sync": "手机在坏网络上重发，服务器被杀，一条不丢不重",
    "leak": "每个地址、每种人、每种秘密：谁也看不到、猜不到、数不出不该知道的",
    "fuzz": "按接口文档和不按文档的请求：没有故障，回答都在文档之内",
    "kill": "网站、后台任务、数据库一再被杀，已确认的一件不丢不重",
    "disk": "磁盘写满：拒绝写入、照常可读，有了空间接着办",
    "clock": "服务器时钟跳变：前进一天、倒退一小时、倒退一年",
    "upgrade": "升级时新旧两个版本同时写",
    "uploads": "一百个慢速上传同时进行，别人照常办事",
    "backup": "在写入时备份，备份和恢复被杀，恢复到别处，与一个时刻完全一致",
    "pitr": "归档日志，恢复到两笔改动之间的时刻",
    "replica": "主库在负载下被杀，启用备库接着用",
    "patroni": "两台数据库自动换主：杀、断电、断网、切换、etcd 停下，一件不丢，从不两个主库",
}
WRONG, NOT_RUN = 1, 3


def run(argv: list[str]) -> int:
    """Runs the named drills (all, if none is named), each in a data directory of its own below `--folder`, which is
    made anew; 1 if anything was lost, doubled, changed or leaked, else 3 if a drill could not run here."""
    asked = arguments(argv)
    results = {}
    forget(asked.folder)
    for name in asked.names or NAMES:
        print(f"—— {name}：{NAMES[name]}", file=sys.stderr, flush=True)
        results[name] = _in_a_process_of_its_own(name, argv, asked)
    forget(asked.folder)
    if asked.json:
        told = {name: result.as_json() for name, result in results.items()}
        asked.json.write_text(json.dumps(_header() | {"drills": told}, ensure_ascii=False, indent=2))
    for name, result in results.items():
        print(line(name, result))
        for fault in result.faults:
            print(f"        {fault}")
    if any(any(result.wrong.values()) for result in results.values()):
        return WRONG
    return 0 if all(result.ok for result in results.values()) else NOT_RUN


def forget(folder: Path) -> None:
    """What several drills of one command start from is of this version of the code, and not kept."""
    shutil.rmtree(folder / PREPARED, ignore_errors=True)


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./onedoor drill", description="故障演练，自备数据目录")
    parser.add_argument("names", nargs="*", metavar="NAME", help="、".join(NAMES))
    parser.add_argument("--kills", type=int, help="服务器被 kill -9 的次数")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--folder", type=Path, default=ROOT / ".drill", help="数据目录放在哪里")
    parser.add_argument("--json", type=Path)
    for name in NAMES:
        if add := getattr(importlib.import_module(f"drill.{name}"), "options", None):
            add(parser.add_argument_group(name))
    asked = parser.parse_args(argv)
    if unknown := [name for name in asked.names if name not in NAMES]:
        parser.error(f"没有 {'、'.join(unknown)}；可选：{'、'.join(NAMES)}")
    return asked


def line(name: str, result: Result) -> str:
    if result.not_run:
        return f"NOT RUN {name}: {result.not_run}"
    counts = "、".join(f"{what} {count}" for what, count in result.wrong.items())
    return f"{'ok     ' if result.ok else 'FAILED '} {name}: {result.done}; {counts} ({result.seconds:.0f} s)"


def _in_a_process_of_its_own(name: str, argv: list[str], asked: argparse.Namespace) -> Result:
    data = asked.folder.absolute() / name
    shutil.rmtree(data, ignore_errors=True)
    data.with_name(f"{name}.log").unlink(missing_ok=True)
    data.mkdir(parents=True)
    environment = {**os.environ, "ONEDOOR_DATA": str(data), "PYTHONPATH": str(ROOT)}
    environment["DJANGO_SETTINGS_MODULE"] = "onedoor.config.settings"
    environment.pop("DATABASE_URL", None)
    begun = time.monotonic()
    with tempfile.NamedTemporaryFile(suffix=".json") as told:
        command = [sys.executable, "-m", "drill.inner", name, told.name, *argv, f"--seed={asked.seed}"]
        with subprocess.Popen(command, cwd=ROOT, env=environment) as inner:
            try:
                code = inner.wait()
            except BaseException:
                inner.terminate()
                raise
        if code == 0:
            return from_json(json.loads(Path(told.name).read_text()))
    return Result(
        f"broke off with code {code}", {"broken_off": 1}, seconds=time.monotonic() - begun,
        faults=[f"see above, and {data}"],
    )  # fmt: skip


def _header() -> dict[str, object]:
    from bench.measure import machine

    return {"machine": machine(), "at": datetime.now(UTC).isoformat(timespec="seconds")}
