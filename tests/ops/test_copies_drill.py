"""The drills of copies in small: a backup under load, a recovery to an instant, a replica promoted."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
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
