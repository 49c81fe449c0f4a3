"""The drills of copies in small: a backup under load, a recovery to an instant, a replica promoted."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from drill import backup
from drill.copies import Held, held
from drill.lives import EVENTS, Life
from pytest_django import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.drill
@pytest.mark.parametrize("name", ["backup", "pitr", "replica"])
def test_nothing_is_lost_and_nothing_half_looks_whole(tmp_path: Path, name: str) -> None:
    told = tmp_path / "result.json"
    command = [sys.executable, "-m", "onedoor.ops", "drill", name, "--kills", "1", "--writes", "15", "--seed", "11"]
    environment = {one: value for one, value in os.environ.items() if one not in ("DATABASE_URL", "ONEDOOR_DATA")}
    done = subprocess.run(
        [*command, "--folder", str(tmp_path / "drill"), "--json", str(told)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(told.read_text())["drills"][name]
    assert not any(found["wrong"].values()) and len(found["wrong"]) >= 6
    figures = found["figures"]
    if name == "backup":
        assert figures["first"]["changes"] >= 15 and figures["acknowledged_during_backup"] > 0
    elif name == "pitr":
        (instant,) = figures["instants"]
        assert 15 <= instant["must"] <= instant["changes"] < figures["end"]["changes"] == figures["acknowledged"]
    else:
        assert figures["sync"]["lost"] == 0 and figures["async"]["acknowledged"] >= 15


def test_the_look_at_a_copy_sees_what_is_wrong(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Against an empty database everything acknowledged is missing, and a matter nobody asked for is seen."""
    # files and checkpoints of its own: those that other tests left speak of matters this database never had
    settings.FILES, settings.CHECKPOINTS = tmp_path / "files", tmp_path / "checkpoints"
    monkeypatch.setattr("drill.copies.opened", lambda _data: contextlib.nullcontext())
    found: Held = held(tmp_path, {"A1": ["register", "attach"], "A2": EVENTS}, [Life(1, "A1"), Life(2, "A2")])
    assert (found.lost, found.half, found.there) == (2 + len(EVENTS), 0, 0)
    assert len(found.faults) == 2


class Killed:
    pid, returncode = 1, -9

    def communicate(self) -> tuple[str, str]:
        return "", ""


@pytest.mark.parametrize(("broken_off", "code", "wrong"), [(True, 0, 1), (True, 1, 0), (False, 0, 0)])
def test_a_broken_off_backup_that_restores_is_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken_off: bool, code: int, wrong: int
) -> None:
    """`restore` is given the keys of a whole backup; only one killed after its last file was listed may restore."""
    aside = tmp_path / "killed0.partial"
    (aside / "database").mkdir(parents=True)
    (aside / "database" / "toc.dat").write_text("abc")
    (aside / "manifest.json").write_text(json.dumps({"files": {"database/toc.dat": {"size": 3 + broken_off}}}))
    asked: list[tuple[object, ...]] = []

    def done(*words: object, data: Path) -> tuple[int, str]:
        asked.append(words)
        return code, ""

    monkeypatch.setattr(backup, "onedoor", lambda *_words, data: Killed())
    monkeypatch.setattr(backup, "kill", lambda _pid: None)
    monkeypatch.setattr(backup, "done", done)
    found, faults = {"looks_whole": 0, "orphans": 0}, list[str]()
    backup._kill_backup(tmp_path / "origin", tmp_path / "whole", tmp_path / "killed0", 0.0, found, faults)
    assert asked == [("restore", aside, "--keys", tmp_path / "whole.keys")]
    assert found == {"looks_whole": wrong, "orphans": 0} and len(faults) == wrong


def test_a_backup_without_its_list_or_with_half_of_it_is_not_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("abc")
    assert not backup.is_whole(tmp_path)
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"files": {"a": {"si')
    assert not backup.is_whole(tmp_path)
    manifest.write_text('{"files": {"a": {"size": 3}}}')
    assert backup.is_whole(tmp_path)
    (tmp_path / "b").write_text("")
    assert not backup.is_whole(tmp_path)
