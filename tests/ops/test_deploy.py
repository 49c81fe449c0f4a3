"""What lies in deploy/ is read by the very programs it is for, as far as they are at hand."""

import contextlib
import importlib
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from onedoor.config import settings as own_settings
from onedoor.ops import sizes
from onedoor.ops.cli import COMMANDS
from onedoor.ops.data import ROOT
from onedoor.ops.initdb import binaries
from onedoor.ops.postgres import Cluster
from onedoor.ops.service_user import service_user

from .conftest import silent

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service")) + sorted((DEPLOY / "systemd").glob("*.timer"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]


# --- systemd ---------------------------------------------------------------------------------------------------
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("这台机器没有 systemd-analyze")
    launcher = tmp_path / "onedoor"
    launcher.write_text("#!/bin/sh\n")
    launcher.chmod(0o755)
    for path in UNITS:
        text = path.read_text().replace("/opt/onedoor/current/onedoor", str(launcher))
        # a template is verified as one of its instances
        (tmp_path / path.name.replace("@.", "@8000.")).write_text(text)
    made = sorted(str(path) for path in tmp_path.iterdir() if path.suffix in {".service", ".timer"})
    # the service user may not exist here, and no man page is installed for a file that is
    done = subprocess.run([program, "verify", "--man=no", *made], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not re.search(r"Unknown|Failed to parse|ignoring|Invalid", done.stderr), done.stderr


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_each_service_gives_up_what_it_does_not_need(path: Path) -> None:
    said = set(path.read_text().splitlines())
    for line in ("User=onedoor", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=tmpfs", "PrivateTmp=yes",
                 "CapabilityBoundingSet=", "RestrictNamespaces=yes", "SystemCallFilter=@system-service", "UMask=0077",
                 "Environment=ONEDOOR_DATA=/var/lib/onedoor", "StateDirectory=onedoor"):  # fmt: skip
        assert line in said, (path.name, line)


def test_the_service_user_has_a_home_that_it_may_enter() -> None:
    """libpq looks there for a certificate when it connects with TLS, and gives up when it may not look."""
    (made,) = re.findall(r"^useradd .*$", (DEPLOY / "README.md").read_text(), re.MULTILINE)
    assert "--home-dir /var/lib/onedoor " in made
    for path in SERVICES:
        # `yes` makes /home a place that nobody may enter; an earlier release's user has its home there
        assert "ProtectHome=tmpfs" in path.read_text().splitlines(), path.name


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_what_a_service_starts_is_a_command(path: Path) -> None:
    (start,) = re.findall(r"^ExecStart=.*?/onedoor/current/onedoor (\w+)(.*)$", path.read_text(), re.MULTILINE)
    assert start[0] in COMMANDS
    for option in re.findall(r"--[a-z-]+", start[1]):
        assert option in (ROOT / "src" / "onedoor" / "ops" / "up.py").read_text()


@pytest.mark.parametrize("name", ["onedoor.env.example", "public.env.example"])
def test_each_setting_of_the_examples_is_read(name: str) -> None:
    read = Path(own_settings.__file__).read_text() + (ROOT / "src" / "onedoor" / "ops" / "data.py").read_text()
    for setting in re.findall(r"^([A-Z_]+)=", (DEPLOY / "systemd" / name).read_text(), re.MULTILINE):
        assert f'"{setting}"' in read, setting


# --- nginx -----------------------------------------------------------------------------------------------------
def certificate(folder: Path) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    now = datetime.now(UTC)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def nginx(tmp_path: Path) -> tuple[list[str], Path]:
    """How nginx is called with both sites, and the folder of its logs; nothing of the machine's own is touched."""
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None:
        pytest.skip("这台机器没有 nginx")
    certificate(tmp_path)
    sites = []
    for name in ("onedoor-log.conf", "onedoor-proxy.conf", "onedoor-desk.conf", "onedoor-public.conf"):
        text = (DEPLOY / "nginx" / name).read_text()
        text = text.replace("/etc/nginx/onedoor/", f"{tmp_path}/").replace("/var/log/nginx/", f"{tmp_path}/")
        text = re.sub(r"listen (\[::\]:)?\d+( ssl http2)?;", "", text)
        text = text.replace("server_name", "listen unix:" + str(tmp_path) + "/PLACE;\n    server_name", 2)
        for kind in ("plain", "tls ssl"):  # the first server answers plainly, the second with TLS
            text = text.replace("/PLACE;", f"/{name.split('.')[0]}.{kind};", 1)
        (tmp_path / name).write_text(text)
        if name != "onedoor-proxy.conf":
            sites.append(f"include {tmp_path}/{name};")
    temporary = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
    (tmp_path / "nginx.conf").write_text(
        f"user root;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\nhttp {{\n{temporary}"
        + "\n".join(sites)
        + "\n}\n"
    )
    return [program, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)], tmp_path


def test_nginx_takes_the_sites(nginx: tuple[list[str], Path]) -> None:
    command, folder = nginx
    done = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr.replace('the "user" directive', ""), done.stderr
    assert folder.exists()


class Behind:
    """What stands behind nginx: counts who has come, keeps what each has sent, answers with a word."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        self.came: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.server.accept()
                self.came.append(b"")
                with connection:
                    while not self._whole(self.came[-1]) and (piece := connection.recv(65536)):
                        self.came[-1] += piece
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

    @staticmethod
    def _whole(received: bytes) -> bool:
        head, _, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        return b"\r\n\r\n" in received and len(body) >= (int(length[1]) if length else 0)


@pytest.fixture
def running(nginx: tuple[list[str], Path]) -> Iterator[tuple[Behind, Path]]:
    """The site for residents, served; and what stands behind it."""
    command, folder = nginx
    behind = Behind()
    for path in folder.glob("onedoor-*.conf"):
        path.write_text(re.sub(r"server 127\.0\.0\.1:\d+ ", f"server 127.0.0.1:{behind.port} ", path.read_text()))
    server = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    site = folder / "onedoor-public.tls"
    try:
        give_up_at = time.monotonic() + 30
        while not site.exists():
            assert server.poll() is None and time.monotonic() < give_up_at
            time.sleep(0.05)
        yield behind, site
    finally:
        server.terminate()
        server.wait(30)
        behind.server.close()


@contextmanager
def visitor(site: Path) -> Iterator[ssl.SSLSocket]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.socket(socket.AF_UNIX) as plain:
        plain.settimeout(30)
        plain.connect(str(site))
        with context.wrap_socket(plain, server_hostname="zhili.example.gov.cn") as one:
            yield one


def test_a_slow_upload_reaches_the_server_only_when_it_is_whole(running: tuple[Behind, Path]) -> None:
    behind, site = running
    with visitor(site) as phone:
        phone.sendall(b"POST /apply HTTP/1.1\r\nHost: zhili.example.gov.cn\r\nContent-Length: 300000\r\n"
                      b"X-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n\r\n")  # fmt: skip
        for _piece in range(3):
            phone.sendall(b"x" * 50_000)
            time.sleep(0.3)
            assert behind.came == []
        phone.sendall(b"x" * 150_000)
        assert phone.recv(1000).startswith(b"HTTP/1.1 200")
    (whole,) = behind.came
    assert whole.count(b"x" * 1000) == 300
    assert b"203.0.113.9" not in whole, "where he says he comes from is not believed"


def test_what_is_asked_for_is_not_in_the_log(running: tuple[Behind, Path]) -> None:
    behind, site = running
    for line in (b"GET /rate/8F3K-SECRET?word=%E7%8E%8B HTTP/1.1", b"GET /metrics HTTP/1.1", b"GET /healthz HTTP/1.1"):
        with visitor(site) as one:
            one.sendall(
                line + b"\r\nHost: zhili.example.gov.cn\r\nReferer: https://x/track?n=1\r\nConnection: close\r\n\r\n"
            )
            answer = one.recv(4000)
            assert answer.startswith(b"HTTP/1.1 200" if b"rate" in line else b"HTTP/1.1 404"), line
            assert b"Strict-Transport-Security" in answer
            assert b"nginx/" not in answer
    assert len(behind.came) == 1
    give_up_at = time.monotonic() + 10
    while (log := (site.parent / "onedoor_public.log").read_text()).count("\n") < 3 and time.monotonic() < give_up_at:
        time.sleep(0.05)
    assert " GET /rate 200 " in log
    assert "SECRET" not in log and "word" not in log and "track" not in log


def test_the_log_of_the_sites_keeps_no_code_and_no_search() -> None:
    for site in ("onedoor-desk.conf", "onedoor-public.conf"):
        text = (DEPLOY / "nginx" / site).read_text()
        servers = re.split(r"^server \{", text, flags=re.MULTILINE)[1:]
        assert len(servers) == 2  # the first one only sends on to the second, and is asked for the whole address
        for server in servers:
            assert re.findall(r"access_log \S+ (\w+);", server) == ["onedoor"]
            assert re.findall(r"error_log \S+ (\w+);", server) == ["crit"]
        assert "location = /metrics { return 404; }" in text
    form = (DEPLOY / "nginx" / "onedoor-log.conf").read_text().partition("log_format")[2].partition(";")[0]
    assert not set(re.findall(r"\$\w+", form)) & {"$request", "$request_uri", "$uri", "$args", "$http_referer",
                                                  "$http_cookie", "$http_authorization"}  # fmt: skip


def test_nginx_lets_through_what_the_server_takes() -> None:
    for site in ("onedoor-desk.conf", "onedoor-public.conf"):
        (most,) = re.findall(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx" / site).read_text())
        assert int(most) * 1024 * 1024 > own_settings.ATTACHMENT_LIMIT


# --- PostgreSQL ------------------------------------------------------------------------------------------------
def given(path: Path) -> dict[str, str]:
    lines = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
    pairs = [line.partition("=")[::2] for line in lines if line]
    return {name.strip(): value.strip().strip("'") for name, value in pairs}


@pytest.mark.parametrize("size", [8, 32])
def test_postgresql_takes_each_setting(size: int, data: Path) -> None:
    """Read by the server's own program; not started with them, for this machine may have less memory."""
    chosen = given(DEPLOY / "postgresql" / f"memory-{size}gb.conf")
    assert len(chosen) > 30
    with Cluster(data, durable=False, report=silent) as cluster, psycopg.connect(cluster.url) as server:
        rows = server.execute("SELECT name FROM pg_settings").fetchall()
        known = {str(row[0]).lower() for row in rows}
        for name, value in chosen.items():
            assert name in known, f"PostgreSQL knows no {name}"
            # every value is parsed and within its bounds: those that a session may not set are asked of the program
            program = [str(binaries() / "postgres"), "-C", name, "-D", str(data / "pg"), "-c", f"{name}={value}"]
            done = _as_owner(program, data / "pg")
            assert done.returncode == 0, f"{name} = {value}: {done.stderr}"
            assert done.stdout.strip(), name


def _as_owner(program: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    command = service_user(folder).command(program, [binaries(), folder])
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd="/", env=environment)


def test_the_memory_fits_and_no_statement_goes_into_a_log() -> None:
    for size in (8, 32):
        chosen = given(DEPLOY / "postgresql" / f"memory-{size}gb.conf")
        (shared,) = re.findall(r"^(\d+)GB$", chosen["shared_buffers"])
        (work,) = re.findall(r"^(\d+)MB$", chosen["work_mem"])
        assert int(shared) * 1024 + int(work) * int(chosen["max_connections"]) < size * 1024 * 0.7
        # what the launcher gives its own server for privacy holds for a server of one's own too
        own = sizes.settings(durable=True)
        for name in ("log_min_error_statement", "log_error_verbosity", "jit", "timezone", "log_line_prefix"):
            assert chosen[name] == own[name].strip("'"), name
        assert chosen["log_statement"] == "none" and chosen["log_min_duration_statement"] == "-1"
        assert chosen["log_parameter_max_length"] == chosen["log_parameter_max_length_on_error"] == "0"


# --- Patroni ---------------------------------------------------------------------------------------------------
@contextmanager
def listening() -> Iterator[int]:
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield int(server.getsockname()[1])


@pytest.mark.parametrize("node", [1, 2])
def test_patroni_takes_the_configuration(node: int, tmp_path: Path) -> None:
    """Its own check, with our programs for the server and something that listens where etcd would be."""
    pytest.importorskip("patroni", reason="离线安装包里不带 Patroni")
    with listening() as etcd:
        text = (DEPLOY / "patroni" / f"node{node}.yml").read_text()
        text = re.sub(r"- 10\.1\.2\.\d+:2379", f"- 127.0.0.1:{etcd}", text)
        text = re.sub(r"(\n  listen: )10\.1\.2\.\d+:8008", rf"\g<1>127.0.0.1:{free_port()}", text)
        text = re.sub(r"(\n  listen: )10\.1\.2\.\d+,127\.0\.0\.1:5432", rf"\g<1>127.0.0.1:{free_port()}", text)
        text = text.replace("/usr/lib/postgresql/18/bin", str(binaries()))
        text = text.replace("/var/lib/postgresql/18/onedoor", str(tmp_path / "pg"))
        path = tmp_path / "config.yml"
        path.write_text(text)
        command = [sys.executable, "-m", "patroni", "--validate-config", str(path)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "didn't pass" not in done.stdout + done.stderr
        # and it does look
        path.write_text(text.replace("ttl: 30", "ttl: soon").replace("  data_dir:", "  data_directory:"))
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode != 0


def test_both_nodes_are_told_the_same() -> None:
    first, second = ((DEPLOY / "patroni" / f"node{node}.yml").read_text() for node in (1, 2))
    assert first != second
    swapped = second.replace("db2", "db1").replace("第 2 个", "第 1 个")
    for tail in (":8008", ":5432", ",127.0.0.1:5432"):
        swapped = swapped.replace(f"10.1.2.12{tail}", f"10.1.2.11{tail}")
    assert swapped == first


def test_etcd_and_patroni_mean_the_same_machines() -> None:
    """The three members of one cluster, and the three of which Patroni asks who is primary."""
    given = dict(re.findall(r"^(ETCD_\w+)=(.*)$", (DEPLOY / "etcd" / "etcd.env").read_text(), re.MULTILINE))
    cluster = re.findall(r"etcd\d=http://([\d.]+):2380", given["ETCD_INITIAL_CLUSTER"])
    assert len(cluster) == 3 and given["ETCD_INITIAL_CLUSTER"].startswith(f"{given['ETCD_NAME']}=")
    for node in (1, 2):
        asked = (DEPLOY / "patroni" / f"node{node}.yml").read_text().partition("etcd3:")[2].partition("bootstrap:")[0]
        assert re.findall(r"- ([\d.]+):2379", asked) == cluster


def test_patroni_can_talk_to_etcd() -> None:
    """Its client of etcd is a part of its own, without which nothing says anything until the service starts."""
    pytest.importorskip("patroni", reason="离线安装包里不带 Patroni")
    importlib.import_module("patroni.dcs.etcd3")


@pytest.mark.parametrize("name", ["etcd", "systemd", "patroni"])
def test_the_readme_tells_where_each_folder_goes(name: str) -> None:
    assert f"| `{name}/` |" in (DEPLOY / "README.md").read_text()


# --- Prometheus ------------------------------------------------------------------------------------------------
def test_an_alert_for_what_is_long_ago_rings_for_what_never_was() -> None:
    """A comparison with a series that is not there has no result, and no result is no alarm."""
    rules = re.findall(r"alert: (\S+)\n +expr: (.+)", (DEPLOY / "prometheus" / "alerts.yml").read_text())
    since = {name: re.findall(r"time\(\) - (\S+)", rule) for name, rule in rules}
    asked = {what for found in since.values() for what in found}
    assert {f'onedoor_last_sign_of_life_timestamp_seconds{{part="{part}"}}' for part in ("worker", "sweeper")} < asked
    assert {f"onedoor_last_{what}_timestamp_seconds" for what in ("backup", "verify")} < asked
    for name, rule in rules:
        for what in since[name]:
            assert f"absent({what}) or " in rule, name


# --- the database on other machines ------------------------------------------------------------------------------
def options_of(url: str) -> dict[str, object]:
    program = "import json; from onedoor.config import settings; print(json.dumps(settings.DATABASES['default']))"
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DATABASE_URL": url, "ONEDOOR_DATA": folder}
        done = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True)
    found: dict[str, object] = json.loads(done.stdout)["OPTIONS"]
    return found


def test_no_request_waits_for_a_machine_that_is_gone() -> None:
    (url,) = re.findall(r"^DATABASE_URL=(.*)$", (DEPLOY / "README.md").read_text(), re.MULTILINE)
    found = options_of(url)
    assert found["target_session_attrs"] == "read-write" and found["sslmode"] == "verify-full"
    assert found["connect_timeout"] == 3 and found["tcp_user_timeout"] == 15_000 and found["keepalives_idle"] == 10
    assert options_of(f"{url}&connect_timeout=2")["connect_timeout"] == "2"
    # the own server's socket: a machine with much to do may take its time
    assert "connect_timeout" not in options_of("postgresql://onedoor@/onedoor?host=/run/onedoor")
