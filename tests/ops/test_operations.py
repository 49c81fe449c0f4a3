"""Every command of the operator's handbook is carried out, in its order, in a scratch directory with a port of its own.

What a block is, its first line says after ```sh: nothing (carried out), `up` and `follow` (started, and left running),
`restart` and `stop` (of the service: of what `up` has started), `answer=code` (asks for a code of the authenticator),
`elsewhere` (not carried out; the page says why).
"""

import base64
import hmac
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from onedoor.ops import bases
from onedoor.ops.data import url_file

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "handbook" / "operations.md"
WITHIN = 1500
INSTANT = "2026-01-31T09:30:00"
PATRONI = tuple(f"patronictl -c /etc/patroni/config.yml {word}" for word in ("list", "switchover", "reinit"))
SYSTEMD = ("systemctl daemon-reload\nsystemctl enable --now onedoor\n", "systemctl daemon-reload")
NOT_HERE = (*SYSTEMD, "id onedoor", *PATRONI, "systemctl stop onedoor\ngit")
UNITS = ("onedoor.service", "onedoor-backup.service", "onedoor-backup.timer")
READY = {"up": "已就绪", "follow": "跟上主库"}
MAKE_ADMIN = "from onedoor.people.models import Account; Account.objects.create(username='admin', name='管理员')"


@dataclass(frozen=True)
class Block:
    line: int
    kind: str
    text: str


def blocks(language: str = "sh") -> list[Block]:
    page = PAGE.read_text()
    found = re.finditer(rf"^```{language}(?: (\S+))?\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [Block(page[: one.start()].count("\n") + 1, one[1] or "", one[2]) for one in found]


class Machine:
    """The page's machine: its folders below `place`, its service as a process."""

    def __init__(self, place: Path) -> None:
        self.place = place
        for name in ("srv/safe", "backup"):
            (place / name).mkdir(parents=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.exports = ""
        self.service: subprocess.Popen[bytes] | None = None
        self.service_text = ""
        self.running: list[subprocess.Popen[bytes]] = []
        self.instant = ""

    def said(self, text: str) -> str:
        """The page's words for this machine."""
        text = text.replace("/srv/", f"{self.place}/srv/").replace("/backup", f"{self.place}/backup")
        return text.replace("8000", str(self.port)).replace(INSTANT, self.instant or INSTANT)

    def start(self, text: str, ready: str) -> "subprocess.Popen[bytes]":
        log = self.place / f"log{len(self.running)}"
        with log.open("wb") as file:
            process = subprocess.Popen(
                ["/bin/sh", "-euc", f"{self.exports}\nexec {self.said(text)}"],
                cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=file, stderr=file,
            )  # fmt: skip
        self.running.append(process)
        until = time.monotonic() + WITHIN
        while ready not in log.read_text(errors="replace"):
            assert process.poll() is None and time.monotonic() < until, log.read_text(errors="replace")
            time.sleep(0.1)
        return process

    def run(self, text: str) -> str:
        done = subprocess.run(
            ["/bin/sh", "-euc", f"{self.exports}\n{self.said(text)}"],
            cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WITHIN,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def up(self, text: str) -> None:
        self.service_text = text
        self.service = self.start(text, READY["up"])

    def stop(self) -> None:
        assert self.service is not None
        self.service.send_signal(signal.SIGTERM)
        assert self.service.wait(120) == 0

    def answer(self, text: str) -> None:
        """Asks the authenticator: the code of the secret that is shown."""
        process = subprocess.Popen(
            ["/bin/sh", "-euc", f"{self.exports}\n{self.said(text)}"],
            cwd=ROOT, env=environment() | {"PYTHONUNBUFFERED": "1"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        secret = ""
        for line in process.stdout:
            if found := re.search(r"设置码：(\w+)", line):
                secret = found[1]
                break
        said, _ = process.communicate(f"{code_of(secret)}\n", timeout=WITHIN)
        assert process.returncode == 0, said

    def something_happens(self) -> None:
        """An instant to go back to, with a change before it and a change after it in the archive."""
        data = self.place / "srv" / "onedoor" / "data"
        url = url_file(data).read_text().split()[0]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("INSERT INTO heartbeat (name, at) VALUES ('earlier', now())")
            row = connection.execute("SELECT clock_timestamp()").fetchone()
            assert row is not None
            self.instant = row[0].isoformat()
            connection.execute("INSERT INTO heartbeat (name, at) VALUES ('later', now())")
        with bases.operator(url, data) as connection:
            connection.execute("SELECT pg_switch_wal()")
            until = time.monotonic() + 60
            while connection.execute("SELECT 1 FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'").fetchone():
                assert time.monotonic() < until
                time.sleep(0.2)


def environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name != "DATABASE_URL" and not name.startswith(("ONEDOOR_", "DJANGO_", "PYTEST_"))
    }


def code_of(secret: str) -> str:
    """RFC 6238, six digits of thirty seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    found = Machine(tmp_path)
    yield found
    for process in reversed(found.running):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(120)


def certificate(place: Path) -> None:
    """Of a web server, for a day."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime.now(UTC)).not_valid_after(datetime.now(UTC) + timedelta(1))
    place.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("openssl"), reason="本机没有 curl 或 openssl")
def test_every_command_of_the_page_does_what_it_says(machine: Machine) -> None:
    (machine.place / "srv" / "onedoor").mkdir()
    certificate(machine.place / "srv" / "onedoor" / "tls.pem")
    old = machine.place / "backup" / "2025-01-31"
    old.mkdir()
    os.utime(old, (0, 0))
    told = ""
    for block in blocks():
        if block.text.startswith("export "):
            machine.exports += machine.said(block.text)
        elif block.kind == "up":
            machine.up(block.text)
            if len(machine.running) == 1:
                make = [sys.executable, "-m", "onedoor.ops", "manage", "shell", "-c", MAKE_ADMIN]
                data = machine.place / "srv" / "onedoor" / "data"
                subprocess.run([*make, "--data", str(data)], cwd=ROOT, env=environment(), check=True)
        elif block.kind == "follow":
            machine.start(block.text, READY["follow"])
        elif block.kind in ("stop", "restart"):
            machine.stop()
            if block.kind == "restart":
                machine.up(machine.service_text)
        elif block.kind == "answer=code":
            machine.answer(block.text)
        elif block.kind != "elsewhere":
            if INSTANT in block.text:
                machine.something_happens()
            told += machine.run(block.text)
    assert '"status": "ok"' in told
    assert "备份已完成" in told and "归档目录" in told and "最后一笔改动在" in told and "备库已启用" in told
    assert not old.exists()
    assert not (machine.place / "srv" / "onedoor" / "then" / "wal-archive").exists()


def test_what_is_not_carried_out_is_known_and_the_page_says_why() -> None:
    page = PAGE.read_text().splitlines()
    apart = [block for block in blocks() if block.kind == "elsewhere"]
    assert [next(start for start in NOT_HERE if block.text.startswith(start)) for block in apart] == list(NOT_HERE)
    for block in apart:
        assert any("测试不执行" in line for line in page[block.line - 4 : block.line]), block


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="本机没有 systemd-analyze")
def test_the_units_are_such_as_systemd_takes(tmp_path: Path) -> None:
    for name, unit in zip(UNITS, blocks("ini"), strict=True):
        (tmp_path / name).write_text(unit.text.replace("/opt/onedoor", str(ROOT)))
    made = [tmp_path / name for name in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *made], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_each_service_of_the_page_knows_the_data_and_the_programme() -> None:
    """A unit that names no data directory would back up an empty one of its own."""
    page = PAGE.read_text()
    for name, unit in zip(UNITS, blocks("ini"), strict=True):
        assert f"`/etc/systemd/system/{name}`" in page
        if name.endswith(".service"):
            assert "\nEnvironment=ONEDOOR_DATA=/srv/onedoor/data\nWorkingDirectory=/opt/onedoor\n" in unit.text
