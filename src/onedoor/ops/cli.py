"""`./onedoor COMMAND …`: finds the command, brings the database it needs, calls it, returns its exit code.

A command is `run(argv: list[str]) -> int`. Adding one is adding a line to COMMANDS.
"""

import importlib
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import FrameType

from onedoor.ops import data as data_directory
from onedoor.ops.initdb import ClusterBroken
from onedoor.ops.service_user import NoServiceUser

REFUSED = 3  # the data directory is in use, half restored, or the cluster cannot run


class Needs(Enum):
    NOTHING = "nothing"
    SETTINGS = "settings"  # django.setup(), no database
    DATABASE = "database"


@dataclass(frozen=True)
class Command:
    target: str  # module:function, imported only when called
    usage: str
    says: str
    needs: Needs = Needs.DATABASE
    word: str = ""  # a second word that must follow, as in `import cases`
    hidden: bool = False


COMMANDS = {
    "up": Command(
        "onedoor.ops.up:run",
        "[--host H] [--port P] [--only web|worker|public] [--empty] [--tls-cert F --tls-key F] [--public-url URL]",
        "启动整个平台（数据库、网站、后台任务），Ctrl-C 停止",
        Needs.NOTHING,
    ),
    "test": Command("onedoor.ops.quality:test", "[ARGS…]", "运行全部测试，ARGS 交给 pytest", Needs.NOTHING),
    "check": Command(
        "onedoor.ops.quality:check",
        "[NAME…|holes]",
        "格式、静态检查、类型、依赖方向、迁移、生成文件；holes：依赖的已知漏洞（要连漏洞库）",
        Needs.NOTHING,
    ),
    "import": Command(
        "onedoor.exchange.import_cases:run",
        "cases FILE.xlsx [--map MAP.toml] [--dry-run] [--json]",
        "从 Excel 台账导入事项，可重复执行",
        word="cases",
    ),
    "import grids": Command(
        "onedoor.ops.import_grids:run",
        "FILE.xlsx|FILE.geojson [--system gcj02|bd09] [--user 用户名] [--dry-run] [--json]",
        "从 Excel 或 GeoJSON 导入网格，可重复执行",
    ),
    "export": Command(
        "onedoor.exchange.export_cases:run",
        "cases FILE.xlsx [--since D] [--until D]",
        "导出全部事项",
        word="cases",
    ),
    "verify": Command(
        "onedoor.cases.verify:run", "[--files] [--json]", "逐案核对事件链、阶段、时限与计数，附件也可以"
    ),
    "recount": Command("onedoor.ops.recount:run", "", "按全部事项重新计数（核对发现计数不符时用），期间不能办理"),
    "sweep": Command(
        "onedoor.ops.sweep:run", "[--at ISO-TIME] [--dry-run] [--json]", "按时限扫描一次：转灯、督办、提醒"
    ),
    "bench": Command(
        "bench.run:run", "[NAME…] [--cases N] [--seconds S] [--json FILE]", "性能测试（自备数据库）", Needs.NOTHING
    ),
    "drill": Command(
        "drill.run:run",
        "[NAME…] [--kills N] [--seed N] [--folder DIR] [--json FILE]",
        "故障演练（自备数据目录），见 docs/handbook/drills.md",
        Needs.NOTHING,
    ),
    "backup": Command("onedoor.ops.backup:run", "DIR [--base]", "一致的备份；密钥另存为 DIR.keys"),
    "restore": Command(
        "onedoor.ops.restore:run",
        "DIR [--keys FILE] [--wal ARCHIVE [--until TIME]]",
        "恢复到空的数据目录并核对；有日志归档的，可到任一时刻",
        Needs.NOTHING,
    ),
    "wal": Command("onedoor.ops.archiving:run", "[DIR | --off]", "归档数据库日志，或看归档到哪里了", Needs.NOTHING),
    "replica": Command(
        "onedoor.ops.replica:run", "--primary DIR [--sync] [--forget]", "维持一个备库，Ctrl-C 停止", Needs.NOTHING
    ),
    "promote": Command("onedoor.ops.promotion:run", "[--force]", "启用备库，此后它是主库", Needs.NOTHING),
    "bundle": Command("onedoor.ops.bundle:run", "FILE.tar", "离线安装包：无网络的机器解开即可安装运行", Needs.NOTHING),
    "token": Command("onedoor.people.commands:token", "USERNAME", "打印该账号的 API 令牌"),
    "manage": Command("onedoor.ops.manage:run", "…", "Django 自带的管理命令"),
    "worker": Command("onedoor.ops.worker:run", "", "后台任务进程（由 up 启动）", Needs.DATABASE, hidden=True),
    "mirror": Command("onedoor.ops.mirror:run", "", "复制附件（由 up 启动）", Needs.NOTHING, hidden=True),
    "prepare": Command(
        "onedoor.ops.prepare:run",
        "[--empty] [--check]",
        "升级数据库结构、装入基础数据（up 会自动做；各部分分开运行时，升级前先做）",
    ),
}


def usage() -> str:
    lines = ["用法：./onedoor 命令 [--data 目录] …", ""]
    for name, command in COMMANDS.items():
        if not command.hidden:
            lines.append(f"  {f'{name} {command.usage}'.strip()}\n      {command.says}")
    lines += ["", "数据目录默认为项目下的 data，也可用环境变量 ONEDOOR_DATA 指定；"]
    lines.append("DATABASE_URL 指向已有的 PostgreSQL（≥16）时不启动自带的数据库。")
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    """The exit code of the command; 2 for a command that is not there, 3 when the data cannot be used."""
    if not argv or argv[0] in {"-h", "--help", "help"}:
        print(usage())
        return 0 if argv else 2
    name, rest = argv[0], argv[1:]
    if rest and f"{name} {rest[0]}" in COMMANDS:
        name, rest = f"{name} {rest[0]}", rest[1:]
    command = COMMANDS.get(name)
    if command is None:
        _say(f"没有“{name}”这个命令。\n\n{usage()}")
        return 2
    try:
        option, rest = take_data(rest)
    except ValueError as error:
        _say(str(error))
        return 2
    if command.word:
        if not rest or rest[0] != command.word:
            _say(f"用法：./onedoor {name} {command.usage}")
            return 2
        rest = rest[1:]
    try:
        return _call(name, command, data_directory.chosen(option), rest)
    except (data_directory.InUse, data_directory.NotWhole, ClusterBroken, NoServiceUser) as error:
        _say(f"{error}")
        return REFUSED
    except KeyboardInterrupt:
        _say("已中断。")
        return 130
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def take_data(argv: list[str]) -> tuple[str | None, list[str]]:
    """`--data DIR` or `--data=DIR` taken out of `argv`, up to a `--`."""
    found: str | None = None
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            return found, [*rest, word, *words]
        if word == "--data":
            found = next(words, None)
        elif word.startswith("--data="):
            found = word.removeprefix("--data=")
        else:
            rest.append(word)
            continue
        if not found:
            raise ValueError("--data 后面要写目录")
    return found, rest


def _call(name: str, command: Command, data: Path, argv: list[str]) -> int:
    os.environ["ONEDOOR_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "onedoor.config.settings"
    if str(data_directory.ROOT) not in sys.path:
        sys.path.insert(0, str(data_directory.ROOT))  # for `bench` and `drill`, which are not part of the package
    if command.needs is not Needs.DATABASE:
        return _function(name, command)(argv)
    # A stop request must still stop a database started here, so it ends the command as an exception.
    signal.signal(signal.SIGTERM, _terminated)
    with data_directory.database(data, name, _say):
        import django

        django.setup()
        return _function(name, command)(argv)


def _function(name: str, command: Command) -> Callable[[list[str]], int]:
    module, _, attribute = command.target.partition(":")
    try:
        found: Callable[[list[str]], int] = getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise
        _say(f"“{name}”在这个版本里还没有。")
        return lambda _argv: 2
    return found


def _terminated(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
