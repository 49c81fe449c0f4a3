"""`./onedoor up`: everything in the foreground, until Ctrl-C."""

import argparse
import contextlib
import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.status import Status

from onedoor.config.keys import KEY_NAMES, key_path
from onedoor.ops import data as data_directory
from onedoor.ops import logs, mirror, prepare, wal
from onedoor.ops.health import Probe
from onedoor.ops.postgres import Cluster
from onedoor.ops.supervise import Child, Supervisor, run_once

WEB_WORKERS = 2
# Nearly all of them wait for bodies and for slow readers; how many work at once: config/whole_requests.py.
BLOCKING_THREADS = 256
START_TIME = 600.0  # on a machine that has much else to do
PORT_TIME = 5.0  # the web server of a killed `up` needs a moment to let go
PARTS = {"web": "网站", "worker": "后台任务", "public": "公众页面"}
DEMO_PASSWORD = "onedoor-demo"  # noqa: S105  # public by design, only in a demo database
FAILED = 1


class Stop(BaseException):
    """SIGINT, SIGTERM or SIGHUP: not an Exception, so that nothing on the way swallows it."""


class NotStarted(RuntimeError):
    """The sentence says what did not start, and where to look."""


def run(argv: list[str]) -> int:
    """0 after a wanted stop, 1 when something does not start, 2 for wrong options."""
    options = _options(argv)
    console = Console(stderr=True, highlight=False)
    data = data_directory.chosen(None)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        if options.only:
            return _serve_part(options, data, console)
        with data_directory.lock(data, "up"):
            return _serve(options, data, console)
    except Stop:
        return 0
    except NotStarted as error:
        console.print(f"[red]{error}[/red]")
        return FAILED


def _serve(options: argparse.Namespace, data: Path, console: Console) -> int:
    log = data / "log"
    given = os.environ.get("DATABASE_URL")
    supervisor: Supervisor | None = None
    with contextlib.ExitStack() as stack:
        status = stack.enter_context(console.status("正在启动……"))
        _wait_for_port(options.host, options.port, status)
        stack.callback(data_directory.forget_url, data)
        cluster = None if given else Cluster(data, report=console.print)
        supervisor = Supervisor(cluster, [], log / "up.log")
        stack.callback(_stop_all, supervisor, console)
        status.update("正在启动数据库……")
        url = given or (cluster.start() if cluster is not None else "")
        environment = _environment(options, data, url, "web")
        done = prepare.still_done(data) if cluster is not None else None
        prepared = done or _prepare(options, log / "up.log", environment, status)
        supervisor.children = [_web(options, log / "web.log", environment), _worker(log / "worker.log", environment)]
        if cluster is not None and (archive := wal.folder_of(data)) is not None:
            supervisor.children.append(mirror.child(data / "files", archive / wal.FILES, log, environment))
        for child in supervisor.children:
            child.start()
        _wait_until_ready(options, supervisor, status)
        if cluster is not None:
            data_directory.record_url(data, url)
        status.stop()
        _welcome(options, environment, prepared, data)
        supervisor.run()
    return 0


def _serve_part(options: argparse.Namespace, data: Path, console: Console) -> int:
    """One part alone, on a database that runs already: the one DATABASE_URL names, or that of an `up` on this
    directory. Nothing is migrated here: `./onedoor prepare` does that, once, before the parts of a release start."""
    # web servers on one directory differ by their ports: one goes on while the other is upgraded
    part = options.only if options.only == "worker" else f"{options.only}-{options.port}"
    log = data / "log" / f"{part}.log"
    given = os.environ.get("DATABASE_URL")
    url = given or data_directory.joined(data)
    if url is None:
        raise NotStarted("--only 需要正在运行的数据库：请设置 DATABASE_URL，或先在同一数据目录上运行 ./onedoor up")
    if lacking := [name for name in KEY_NAMES if not key_path(data, name).exists()]:
        # new keys here would make rows that nobody else can read
        raise NotStarted(f"{data} 里没有密钥 {'、'.join(lacking)}：请从主机拷贝 keys，或先运行 ./onedoor prepare")
    with contextlib.ExitStack() as stack:
        stack.enter_context(data_directory.part_lock(data, part, joins=given is None))
        status = stack.enter_context(console.status("正在启动……"))
        serves = options.only != "worker"
        if serves:
            _wait_for_port(options.host, options.port, status)
        environment = _environment(options, data, url, part)
        if options.only == "public":
            environment["ONEDOOR_ZONE"] = "public"
        supervisor = Supervisor(None, [], data / "log" / f"up-{part}.log")
        stack.callback(_stop_all, supervisor, console)
        supervisor.journal.parent.mkdir(mode=0o700, exist_ok=True)
        _check_prepared(environment, supervisor.journal, status)
        supervisor.children = [_web(options, log, environment) if serves else _worker(log, environment)]
        supervisor.children[0].start()
        if serves:
            _wait_until_ready(options, supervisor, status)
        status.stop()
        where = f"：{Probe.of(options).base}" if serves else ""
        print(f"\n{PARTS[options.only]}已就绪{where}\n按 Ctrl-C 停止。", flush=True)
        supervisor.run()
    return 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./onedoor up", description="启动整个平台，Ctrl-C 停止")
    parser.add_argument("--host", default="127.0.0.1", help="监听的地址（默认只限本机）")
    parser.add_argument("--port", type=int, default=8000, help="监听的端口")
    parser.add_argument("--only", choices=PARTS, help="只启动一个部分：网站、后台任务、只有公众页面的网站")
    parser.add_argument("--empty", action="store_true", help="首次启动时不装入演示县")
    parser.add_argument("--tls-cert", type=Path, metavar="F", help="TLS 证书文件（PEM）")
    parser.add_argument("--tls-key", type=Path, metavar="F", help="TLS 私钥文件（PEM，PKCS#8）")
    parser.add_argument("--public-url", metavar="URL", help="群众和工作人员访问用的地址")
    options = parser.parse_args(argv)
    if (options.tls_cert is None) != (options.tls_key is None):
        parser.error("--tls-cert 和 --tls-key 要一起给出")
    for path in (options.tls_cert, options.tls_key):
        if path is not None and not path.is_file():
            parser.error(f"没有文件 {path}")
    if not 0 < options.port < 65536:
        parser.error("端口应在 1 到 65535 之间")
    return options


def _wait_for_port(host: str, port: int, status: Status) -> None:
    give_up_at = time.monotonic() + PORT_TIME
    while (error := _port_error(host, port)) is not None:
        taken = error.errno == errno.EADDRINUSE
        if not taken or time.monotonic() > give_up_at:
            reason = "已被另一个程序占用，请用 --port 另选" if taken else f"不能使用：{error.strerror}"
            raise NotStarted(f"{host} 的端口 {port} {reason}")
        status.update(f"端口 {port} 被占用，正在等它空出来……")
        time.sleep(0.2)


def _port_error(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None


def _environment(options: argparse.Namespace, data: Path, url: str, part: str) -> dict[str, str]:
    environment = dict(os.environ)
    environment |= {"DATABASE_URL": url, "ONEDOOR_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    # Many threads would otherwise each keep a memory arena of their own.
    environment.setdefault("MALLOC_ARENA_MAX", "2")
    if options.public_url:
        environment["ONEDOOR_PUBLIC_URL"] = options.public_url
    else:
        environment.setdefault("ONEDOOR_PUBLIC_URL", Probe.of(options).base)
    if options.tls_cert:
        environment.setdefault("ONEDOOR_TLS_CERT", str(options.tls_cert.absolute()))
    if environment.get("ONEDOOR_METRICS_TOKEN"):
        # Each process of the web server counts into a file of its own; those of the last run count no more.
        counts = data / "run" / f"metrics-{part}"
        shutil.rmtree(counts, ignore_errors=True)
        counts.mkdir(mode=0o700, parents=True)
        environment["PROMETHEUS_MULTIPROC_DIR"] = str(counts)
    return environment


def _check_prepared(environment: dict[str, str], log: Path, status: Status) -> None:
    command = [sys.executable, "-m", "onedoor.ops", "prepare", "--check"]
    try:
        run_once(command, log, environment, lambda: status.update("正在检查数据库结构……"))
    except subprocess.CalledProcessError as error:
        said = error.output.decode().strip() or f"数据库检查失败，日志 {log}：\n{logs.tail(log)}"
        raise NotStarted(said) from error


def _prepare(options: argparse.Namespace, log: Path, environment: dict[str, str], status: Status) -> dict[str, object]:
    first = prepare.mode_of(Path(environment["ONEDOOR_DATA"])) is None and not options.empty
    doing = "正在建立数据库并装入演示县" if first else "正在检查数据库结构和基础数据"
    status.update(f"{doing}……")
    command = [sys.executable, "-m", "onedoor.ops", "prepare"]
    command += ["--empty"] if options.empty else []
    command += [] if os.environ.get("DATABASE_URL") else ["--remember"]
    begun = time.monotonic()

    def beat() -> None:
        status.update(f"{doing}……已 {time.monotonic() - begun:.0f} 秒")

    try:
        output = run_once(command, log, environment, beat)
    except subprocess.CalledProcessError as error:
        raise NotStarted(f"数据库准备失败，日志 {log}：\n{logs.tail(log)}") from error
    found = json.loads(output.decode().strip().splitlines()[-1])
    assert isinstance(found, dict)
    return found


def web_command(host: str, port: int) -> list[str]:
    """The web server's command line."""
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "onedoor.config.wsgi:application"]
    web += ["--host", host, "--port", str(port), "--no-ws"]
    web += ["--workers", str(WEB_WORKERS), "--blocking-threads", str(BLOCKING_THREADS)]
    # Granian counts open connections here, not requests: each browser keeps some, idle, for half a minute.
    web += ["--backpressure", "2048", "--backlog", "1024"]
    web += ["--respawn-failed-workers", "--respawn-interval", "1", "--workers-kill-timeout", "5"]
    return [*web, "--log-level", "warning"]


def worker_command() -> list[str]:
    """The job worker's command line."""
    return [sys.executable, "-m", "onedoor.ops", "worker"]


def _web(options: argparse.Namespace, log: Path, environment: dict[str, str]) -> Child:
    web = web_command(options.host, options.port)
    if options.tls_cert:
        web += ["--ssl-certificate", str(options.tls_cert.absolute())]
        web += ["--ssl-keyfile", str(options.tls_key.absolute()), "--ssl-protocol-min", "tls1.2"]
    return Child("网站", web, log, environment)


def _worker(log: Path, environment: dict[str, str]) -> Child:
    return Child("后台任务", worker_command(), log, environment)


def _wait_until_ready(options: argparse.Namespace, supervisor: Supervisor, status: Status) -> None:
    probe = Probe.of(options)
    give_up_at = time.monotonic() + START_TIME
    while True:
        said = probe.ask(starting=True, alone=options.only is not None)
        if said is None:
            if (said := probe.ask(alone=options.only is not None)) is not None:
                supervisor.note(f"已启动，但要有人处理：{said}")
            return
        supervisor.tick()
        failing = next((child for child in supervisor.children if child.deaths >= 3), None)
        if failing is not None:
            raise NotStarted(f"{failing.name} 没有启动成功，日志 {failing.log}：\n{logs.tail(failing.log)}")
        if time.monotonic() > give_up_at:
            raise NotStarted(f"{START_TIME:.0f} 秒后仍未就绪（{said}），日志在 {supervisor.journal.parent}")
        status.update(f"正在等待网站就绪……{said}")
        time.sleep(0.1)


def _welcome(
    options: argparse.Namespace, environment: dict[str, str], prepared: dict[str, object], data: Path
) -> None:
    """On standard output: what a person, or a script that waits for it, needs to go on."""
    print(f"\n一扇门已就绪：{Probe.of(options).base}")
    if environment["ONEDOOR_PUBLIC_URL"] != Probe.of(options).base:
        print(f"对外地址：{environment['ONEDOOR_PUBLIC_URL']}")
    print(f"数据目录：{data}")
    if prepared["mode"] == "demo":
        usernames = prepared["usernames"]
        assert isinstance(usernames, list)
        print(f"演示账号（密码都是 {DEMO_PASSWORD}）：{'、'.join(map(str, usernames))}")
        if options.empty:
            print("该目录首次启动时已装入演示数据；要空库请换一个数据目录。")
        if options.host not in {"127.0.0.1", "localhost", "::1"}:
            print("注意：演示账号的密码是公开的，不要让演示库对外提供服务。")
    if code := prepare.setup_code(data):
        print(f"首次设置：{environment['ONEDOOR_PUBLIC_URL']}/desk/first-run  设置码：{code}")
    print("按 Ctrl-C 停止。", flush=True)


def _stop_all(supervisor: Supervisor, console: Console) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it is stopping already
    console.print("正在停止……")
    supervisor.stop()
    console.print("已停止。")


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop
