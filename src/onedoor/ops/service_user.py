"""Under which system user PostgreSQL runs, and how to start a program as that user.

PostgreSQL refuses to run with the effective user id 0. Started by root it therefore runs as a system user of
its own; nothing but its own directory is given to that user, and no folder above it changes its mode. Where
the way to that directory leads through folders only root may enter (a checkout under /root, say), the program
keeps the one capability that lets it pass, and only then.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAME = "onedoor"
FALLBACKS = ("postgres", "nobody")
# The first is the smaller one: it reads and enters, it does not write. Containers often lack it.
CAPABILITIES = (("dac_read_search", 2), ("dac_override", 1))
SETPCAP = 8


class NoServiceUser(RuntimeError):
    """There is no user PostgreSQL could run as."""


@dataclass(frozen=True)
class ServiceUser:
    """`uid` None: the present user, nothing is switched."""

    uid: int | None = None
    gid: int | None = None
    name: str = ""

    def command(self, argv: list[str], must_reach: list[Path], *, die_with_parent: bool = False) -> list[str]:
        """`argv` so that it runs as this user and can enter every folder above `must_reach`.

        With `die_with_parent` it gets SIGINT (for PostgreSQL: stop at once, cleanly) when the starting
        thread ends in whatever way.
        """
        setpriv = shutil.which("setpriv")
        if self.uid is None:
            return [setpriv, "--pdeathsig", "INT", *argv] if setpriv and die_with_parent else argv
        if setpriv is None:
            raise NoServiceUser("以 root 启动需要 setpriv 命令：apt-get install util-linux")
        prefix = [setpriv, "--reuid", str(self.uid), "--regid", str(self.gid), "--clear-groups"]
        if die_with_parent:
            prefix += ["--pdeathsig", "INT"]
        return [*prefix, *self._capability(prefix, must_reach), *argv]

    def _capability(self, prefix: list[str], must_reach: list[Path]) -> list[str]:
        plain = ["--inh-caps=-all"]
        test = ["/bin/sh", "-c", 'for one in "$@"; do test -r "$one" || exit 1; done', "sh"]
        paths = [str(path) for path in must_reach]
        if subprocess.run([*prefix, *plain, *test, *paths], check=False).returncode == 0:
            return plain
        for name, bit in CAPABILITIES:
            if _may_use(bit):
                # access(2), by which initdb looks for its neighbours, heeds a capability only with this bit;
                # without it nothing could be started from a checkout below /root.
                bits = ["--securebits=+no_setuid_fixup"] if _may_use(SETPCAP) else []
                return [f"--inh-caps=-all,+{name}", f"--ambient-caps=-all,+{name}", *bits]
        raise NoServiceUser(f"系统用户 {self.name} 进不了 {paths[0]} 的上级目录，请换一个数据目录（--data）")

    def give(self, path: Path) -> None:
        """Make `path` and all below it this user's; does not follow links."""
        if self.uid is None or self.gid is None:
            return
        os.chown(path, self.uid, self.gid, follow_symlinks=False)
        for folder, folders, files in os.walk(path):
            for name in folders + files:
                os.chown(Path(folder, name), self.uid, self.gid, follow_symlinks=False)


def service_user(cluster: Path) -> ServiceUser:
    """The present user, or for root: the owner of an existing `cluster`, else a system user.

    The user `onedoor` is made when missing; where that cannot be, `postgres` or `nobody` serves.
    """
    if os.geteuid() != 0:
        return ServiceUser()
    if cluster.exists() and (uid := cluster.stat().st_uid) != 0:
        return ServiceUser(uid, cluster.stat().st_gid, _name_of(uid))
    for name in (NAME, *FALLBACKS):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            if name != NAME or not _make_user():
                continue
            entry = pwd.getpwnam(name)
        return ServiceUser(entry.pw_uid, entry.pw_gid, name)
    raise NoServiceUser("以 root 启动时需要一个普通系统用户：useradd --system onedoor")


def _make_user() -> bool:
    useradd = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if useradd is None:
        return False
    command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    made = subprocess.run(command, check=False, capture_output=True)
    # Another launcher may have made it in the same moment.
    return made.returncode == 0 or _known(NAME)


def _known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError as error:
        raise NoServiceUser(f"数据库目录属于用户号 {uid}，本机没有这个用户") from error


def _may_use(bit: int) -> bool:
    sets = {}
    for line in Path("/proc/self/status").read_text().splitlines():
        key, _, value = line.partition(":")
        if key in {"CapPrm", "CapBnd"}:
            sets[key] = int(value, 16)
    return all(value >> bit & 1 for value in sets.values())
