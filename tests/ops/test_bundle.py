"""The archive for machines without network: what is in it, and that such a machine runs from it alone."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from onedoor.ops import bundle
from onedoor.ops.cli import main
from onedoor.ops.data import ROOT

CONFINED = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
ASK = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=3).read(100000).decode())"


def alone(folder: Path, home: Path) -> dict[str, str]:
    """As on another machine: no settings, no caches, no index of this one."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "ONEDOOR_DATA": str(folder)}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    target = tmp_path_factory.mktemp("bundle") / "onedoor.tar"
    assert main(["bundle", str(target)]) == 0
    yield target
    shutil.rmtree(target.parent, ignore_errors=True)  # pytest would keep 400 MB for the next three runs


@pytest.fixture(scope="module")
def unpacked(archive: Path) -> Path:
    with tarfile.open(archive) as file:
        file.extractall(archive.parent, filter="data")
    (top,) = (path for path in archive.parent.iterdir() if path.is_dir())
    return top


def test_nothing_of_the_data_goes_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "data/keys/field.key",
        "src/onedoor/a.py",
        "src/onedoor/__pycache__/a.pyc",
        "src/.env",
        ".git/config",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "wheels").mkdir()
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    assert [name for name, _path in bundle.contents(tmp_path / "wheels")] == ["src/onedoor/a.py"]


def test_a_bundle_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "there.tar"
    target.write_text("precious")
    with pytest.raises(bundle.NotBundled, match="已存在"):
        bundle.write(target, tmp_path)
    assert target.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [target]


def test_all_that_is_in_git_and_nothing_else_of_the_project_is_in_it(unpacked: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("不在 git 工作目录里")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    names = {name for name in tracked.split("\0") if name and not name.startswith(".")}
    there = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    missing = {name for name in names - there if (ROOT / name).exists()}
    assert not missing
    others = {name for name in there - names if not name.startswith(("wheels/", "node_modules/"))}
    others -= {name for name in others if name.startswith("src/onedoor/web/static/built/")}
    untracked = subprocess.run(
        ["git", "ls-files", "-z", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert others - set(untracked.split("\0")) == {"bundle.json", bundle.MANIFEST}


def test_every_file_is_in_the_manifest(unpacked: Path) -> None:
    said = dict(line.split("  ", 1)[::-1] for line in (unpacked / bundle.MANIFEST).read_text().splitlines())
    there = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert set(said) == there - {bundle.MANIFEST}
    for name in ("onedoor", "uv.lock", "bundle.json", *(n for n in said if "pgserver" in n or n.endswith(".ttf"))):
        assert hashlib.sha256((unpacked / name).read_bytes()).hexdigest() == said[name], name


@pytest.mark.parametrize("name", ["src/onedoor/rules/flow.py", "wheels/run.txt"])
def test_a_changed_file_stops_the_installation(unpacked: Path, tmp_path: Path, name: str) -> None:
    path = unpacked / name
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    try:
        done = subprocess.run([str(unpacked / "onedoor"), "help"], env=alone(tmp_path, tmp_path), check=False,
                              capture_output=True, text=True)  # fmt: skip
    finally:
        path.write_bytes(before)
    assert done.returncode == 1
    assert name in done.stderr and "与清单不符" in done.stderr
    assert not (unpacked / ".venv" / "bin").exists()


def test_a_machine_of_another_kind_is_told(unpacked: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for name in (f"python{version}", "python3"):
        (programs / name).write_text("#!/bin/sh\necho 3.9 linux-mips64\n")
        (programs / name).chmod(0o755)
    environment = alone(tmp_path, tmp_path)
    environment["PATH"] = f"{programs}:{environment['PATH']}"
    done = subprocess.run([str(unpacked / "onedoor"), "help"], env=environment, check=False, capture_output=True,
                          text=True)  # fmt: skip
    assert done.returncode == 1
    assert f"用于 Python {version}" in done.stderr and "本机是：3.9 linux-mips64" in done.stderr


def test_it_installs_runs_and_tests_itself_without_a_network(unpacked: Path, tmp_path: Path) -> None:
    """In a network namespace with nothing but a loopback of its own."""
    confined = subprocess.run([*CONFINED, "true"], check=False, capture_output=True, text=True)
    if shutil.which("ip") is None or confined.returncode != 0:
        pytest.skip(f"这里不能另开网络命名空间：{confined.stderr.strip()}")
    no_way_out = subprocess.run([*CONFINED, sys.executable, "-c", ASK, "https://pypi.org/"], check=False,
                                capture_output=True)  # fmt: skip
    assert no_way_out.returncode != 0
    environment = alone(tmp_path / "data", tmp_path)
    up = [str(unpacked / "onedoor"), "up", "--empty", "--port", "8000"]
    with (tmp_path / "up.log").open("wb") as log:
        running = subprocess.Popen([*CONFINED, *up], env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        give_up_at = time.monotonic() + 400
        while "按 Ctrl-C 停止" not in (said := (tmp_path / "up.log").read_text()):
            assert running.poll() is None and time.monotonic() < give_up_at, said[-3000:]
            time.sleep(0.5)
        assert "离线安装包" in said
        inside = ["nsenter", "--net", f"--target={running.pid}"]
        for page, word in (("/healthz", '"ok"'), ("/apply", "<form"), ("/static/built/main.js", "htmx")):
            address = f"http://127.0.0.1:8000{page}"
            answer = subprocess.run([*inside, sys.executable, "-c", ASK, address], check=False, capture_output=True,
                                    text=True)  # fmt: skip
            assert word in answer.stdout, (page, answer.stdout[:300], answer.stderr[-300:])
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(60)
    chosen = ["tests/rules/test_flow.py", "tests/rules/test_deadlines.py", "-n0"]
    tests = subprocess.run([*CONFINED, str(unpacked / "onedoor"), "test", *chosen], env=environment, check=False,
                           capture_output=True, text=True)  # fmt: skip
    assert tests.returncode == 0, tests.stdout[-2000:] + tests.stderr[-2000:]
    assert "passed" in tests.stdout
