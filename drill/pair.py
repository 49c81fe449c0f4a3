"""The two databases and the three members of etcd of deploy/, each on a machine of its own, with the very files that
lie there: only paths, passwords and the system user are put in."""

import contextlib
import http.client
import importlib
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from drill.machines import Machine
from drill.primaries import Watch
from drill.server import ROOT
from onedoor.ops.initdb import binaries
from onedoor.ops.service_user import ServiceUser

DEPLOY = ROOT / "deploy"
NODES = {"db1": 11, "db2": 12}
STORES = (11, 12, 13)
WITHIN = 240.0
TURN = 12.0  # seconds; loop_wait and a little
FIRST_WITH_BUILTIN = 17  # PostgreSQL's own locales


def lacking() -> str:
    """Why Patroni cannot run here; empty when it can."""
    if shutil.which("etcd") is None:
        return "没有 etcd：apt-get install etcd-server"
    try:
        importlib.import_module("patroni.dcs.etcd3")
    except ImportError:
        return "没有 Patroni（离线安装包里不带）：pip install 'patroni[etcd3]'"
    return ""


class Pair:
    """Not started. `programs`: PostgreSQL's, by default those of the system in the place that deploy/ names, else the
    project's own, which know no TLS."""

    def __init__(self, folder: Path, programs: Path | None) -> None:
        place = Path("/usr/lib/postgresql/18/bin")
        self.programs = programs or (place if place.exists() else binaries())
        self.folder = folder
        self.user = _user()
        self.run = Path(tempfile.mkdtemp(prefix="onedoor-"))  # a socket's path may not be long
        self.tls = "--with-ssl" in self._said("pg_config", "--configure").replace("--with-openssl", "--with-ssl")
        self.version = int(re.findall(r"(\d+)", self._said("postgres", "--version"))[0])
        self.machines = {number: Machine(number) for number in STORES}
        self.passwords = [secrets.token_hex(12) for _ in range(5)]
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        if self.tls:
            _certificates(folder, [machine.address for machine in self.machines.values()])
        for name in NODES:
            self._write(name)
        self._give(self.run)

    def _said(self, program: str, *words: str) -> str:
        return subprocess.run([self.programs / program, *words], check=True, capture_output=True, text=True).stdout

    def _give(self, path: Path) -> None:
        path.chmod(0o700)
        self.user.give(path)

    def etc(self, name: str) -> Path:
        return self.folder / f"etc-{name}"

    def socket(self, name: str) -> Path:
        return self.run / name

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def machine(self, name: str) -> Machine:
        return self.machines[NODES[name]]

    def _write(self, name: str) -> None:
        etc = self.etc(name)
        etc.mkdir()
        self.socket(name).mkdir()
        text = (DEPLOY / "patroni" / f"node{name[-1]}.yml").read_text()
        words = iter(self.passwords)
        text = re.sub("改成口令", lambda _: next(words), text)
        text = text.replace("/etc/patroni", str(etc)).replace("/usr/lib/postgresql/18/bin", str(self.programs))
        text = text.replace("/var/lib/postgresql/18/onedoor", str(self.folder / name))
        text = text.replace("/var/run/postgresql", str(self.socket(name)))
        text = text.replace("username: postgres", f"username: {self.user.name}")
        if not self.tls:
            text = text.replace("hostssl", "host").replace('ssl: "on"', 'ssl: "off"')
            text = re.sub(r"\n +ssl_\w+: .*", "", text)
        if self.version < FIRST_WITH_BUILTIN:
            text = re.sub(r"\n +- (locale-provider|builtin-locale): .*", "", text)
        (etc / "config.yml").write_text(text)
        memory = (DEPLOY / "postgresql" / "memory-8gb.conf").read_text()
        # this machine may have less, and two of them run on it
        (etc / "onedoor.conf").write_text(memory.replace("shared_buffers = 2GB", "shared_buffers = 256MB"))
        if self.tls:
            for kind in ("crt", "key"):
                shutil.copy(self.folder / f"server.{kind}", etc)
            (etc / "server.key").chmod(0o600)
        self._give(etc)

    # --- starting ------------------------------------------------------------------------------------------------
    def start_store(self, number: int) -> None:
        """One member of etcd, with the settings of deploy/etcd."""
        given = (DEPLOY / "etcd" / "etcd.env").read_text()
        settings = dict(re.findall(r"^(ETCD_\w+)=(.*)$", given, re.MULTILINE))
        place = STORES.index(number) + 1
        for name, value in settings.items():
            if name != "ETCD_INITIAL_CLUSTER":
                settings[name] = value.replace("10.1.2.11", f"10.1.2.{number}").replace("etcd1", f"etcd{place}")
        settings["ETCD_DATA_DIR"] = str(self.folder / f"etcd{place}")
        machine = self.machines[number]
        # it stands for a machine of its own, and hears nobody in time when all others' load goes first
        command = ["nice", "-n", str(-os.nice(0)), "setpriv", "--pdeathsig", "TERM", "etcd"]
        environment = {"PATH": os.environ["PATH"], **settings}
        self.parts[f"etcd{place}"] = machine.start(command, self.log(f"etcd{place}"), environment)

    def start_node(self, name: str) -> None:
        """Patroni, and by it PostgreSQL."""
        command = self._as_user([sys.executable, "-m", "patroni", str(self.etc(name) / "config.yml")], lives_on=False)
        self.parts[name] = self.machine(name).start(command, self.log(name), self._environment(name))

    def _environment(self, name: str) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.etc(name)), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _as_user(self, command: list[str], *, lives_on: bool = True) -> list[str]:
        reached = [Path(sys.executable), self.programs, self.folder]
        return self.user.command(command, reached, die_with_parent=not lives_on)

    def start(self) -> None:
        self._open()
        for number in STORES:
            self.start_store(number)
        for name in NODES:
            self.start_node(name)

    def _open(self) -> None:
        """What the system user writes, it owns."""
        for name in NODES:
            (self.folder / name).mkdir(exist_ok=True)
            self._give(self.folder / name)

    def stop(self) -> None:
        for machine in self.machines.values():
            machine.remove()
        for part in self.parts.values():
            part.wait()
        shutil.rmtree(self.run, ignore_errors=True)

    # --- looking -------------------------------------------------------------------------------------------------
    def is_now(self, what: str, name: str) -> bool:
        """`primary`: it takes changes and holds the lock; `synchronous`: it has every acknowledged change. As Patroni
        answers a load balancer; what it lists of the others may be old, when it was cut off."""
        connection = http.client.HTTPConnection(self.machine(name).address, 8008, timeout=2)
        try:
            connection.request("GET", f"/{what}")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def leader(self) -> str:
        return next((name for name in NODES if self.is_now("primary", name)), "")

    def standby(self) -> str:
        return next((name for name in NODES if self.is_now("synchronous", name)), "")

    def until(self, what: str, done: Callable[[], bool], within: float = WITHIN) -> float:
        """Seconds until `done()`; counted in looks, for a machine that stood still is not one that does not answer."""
        begun, looks = time.monotonic(), 0
        while not done():
            looks += 1
            if looks * 0.2 > within:
                raise RuntimeError(f"{within:.0f} 秒以后仍未{what}，日志在 {self.folder}")
            time.sleep(0.2)
        return round(time.monotonic() - begun, 1)

    def ready(self) -> float:
        """Until there is a primary with a standby that has everything, for longer than Patroni looks away: after a
        restart it goes on for one turn as if nothing had been, and then begins with a primary alone."""
        since = time.monotonic()

        def settled() -> bool:
            nonlocal since
            if not (self.leader() and self.standby()):
                since = time.monotonic()
            return time.monotonic() - since > TURN

        return round(self.until("同步", settled) - TURN, 1)

    # --- acting --------------------------------------------------------------------------------------------------
    def control(self, *words: str) -> str:
        """`patronictl`, on a machine where it has its configuration."""
        name = self.leader() or "db1"
        program = Path(sys.executable).parent / "patronictl"
        command = [sys.executable, str(program), "-c", str(self.etc(name) / "config.yml"), *words]
        done = subprocess.run(
            [*self.machine(name).here(), *self._as_user(command)],
            cwd="/", env=self._environment(name), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"patronictl {' '.join(words)}：{done.stdout}{done.stderr}")
        return done.stdout

    def sql(self, name: str, *statements: str) -> str:
        """As the superuser, by the node's own socket."""
        command = [str(self.programs / "psql"), "-XAtq", "-h", str(self.socket(name)), "-d", "postgres"]
        for statement in statements:
            command += ["-c", statement]
        done = subprocess.run(
            self._as_user(command), cwd="/", env=self._environment(name), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"psql：{done.stderr}")
        return done.stdout

    def url(self, password: str) -> str:
        """The application's, as deploy/README.md writes it."""
        (line,) = re.findall(r"^DATABASE_URL=(.*)$", (DEPLOY / "README.md").read_text(), re.MULTILINE)
        line = line.replace("口令", password).replace("/etc/onedoor/db-ca.crt", str(self.folder / "ca.crt"))
        return line if self.tls else re.sub(r"&sslmode=.*?(&|$)", r"\1", re.sub(r"&sslrootcert=[^&]*", "", line))

    def watch(self) -> Watch:
        command = [sys.executable, "-m", "drill.primaries", *(str(self.socket(name)) for name in NODES)]
        environment = self._environment("db1") | {"PYTHONPATH": str(ROOT), "PGUSER": self.user.name}
        return Watch(self._as_user(command, lives_on=False), environment, ROOT)

    def stop_stores(self, numbers: tuple[int, ...] = STORES) -> None:
        for number in numbers:
            part = self.parts[f"etcd{STORES.index(number) + 1}"]
            part.kill()
            part.wait()

    def start_stores(self) -> None:
        for number in STORES:
            if self.parts[f"etcd{STORES.index(number) + 1}"].poll() is not None:
                self.start_store(number)

    def kill(self, name: str) -> None:
        """The machine: its database, its Patroni and its member of etcd."""
        self.machine(name).kill()

    def boot(self, name: str) -> None:
        """The machine again, its cable in."""
        self.machine(name).join()
        self.start_store(NODES[name])
        self.start_node(name)


def _user() -> ServiceUser:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return ServiceUser(entry.pw_uid, entry.pw_gid, name)
    raise RuntimeError("没有可以运行数据库的系统用户")


def _certificates(folder: Path, addresses: list[str]) -> None:
    """An authority of one's own, and one certificate for all addresses: ca.crt, server.crt, server.key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = datetime.now(UTC)

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    def made(name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        found = x509.CertificateBuilder().subject_name(named(name)).issuer_name(named("drill ca"))
        found = found.public_key(key.public_key()).serial_number(x509.random_serial_number())
        return found.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))

    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    pem = serialization.Encoding.PEM
    root = made("drill ca", authority).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    (folder / "ca.crt").write_bytes(root.sign(authority, hashes.SHA256()).public_bytes(pem))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(one)) for one in addresses])
    leaf = made("drill database", server).add_extension(names, critical=False)
    (folder / "server.crt").write_bytes(leaf.sign(authority, hashes.SHA256()).public_bytes(pem))
    (folder / "server.key").write_bytes(
        server.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
