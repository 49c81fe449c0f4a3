"""The fault drills in small, all in one command, and what they would say if something were wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("kill", "disk", "clock", "upgrade", "uploads")
SMALL = ("--kills", "3", "--uploads", "12", "--upload-seconds", "4", "--changes", "10", "--hold", "15", "--seed", "11")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("d")
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "ONEDOOR_DATA")}
    done = subprocess.run(
        [sys.executable, "-m", "onedoor.ops", "drill", *NAMES, *SMALL, "--folder", str(folder / "d"),
         "--json", str(folder / "told.json")],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1500, check=False,
    )  # fmt: skip
    found: dict[str, dict[str, Any]] = json.loads((folder / "told.json").read_text())["drills"]
    assert done.returncode in (0, 1, 3), done.stderr
    return found


@pytest.mark.drill
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_doubled_or_half_applied(told: dict[str, dict[str, Any]], name: str) -> None:
    one = told[name]
    if one["not_run"]:
        pytest.skip(one["not_run"])
    assert one["ok"], one
    assert not any(one["wrong"].values()) and one["wrong"]["lost"] == one["wrong"]["findings"] == 0
    assert one["figures"]["cases"] > 0


@pytest.fixture
def lives() -> list[Any]:
    from drill.lives import EVENTS, Life

    return [Life(1, number="990101260101000017", done=list(EVENTS), sha256="ab" * 32)]


def test_the_count_sees_what_is_not_there(lives: list[Any], db: None, tmp_path: Path) -> None:
    """Against an empty database every acknowledged change is lost, and the file too."""
    from drill.whole import compare

    wrong, _, faults = compare(tmp_path, lives)
    assert wrong["lost"] >= 8 and wrong["files"] == 1 and faults


def test_the_count_sees_what_nobody_was_told(county: None, tmp_path: Path) -> None:
    from drill.whole import compare

    from cases.kit import register_case

    register_case()
    wrong, _, _ = compare(tmp_path, [])
    assert wrong["doubled"] == 1


def test_an_upgrade_may_not_interrupt_the_writing() -> None:
    from drill.lives import Tally
    from drill.upgrade import interruptions

    def seen(old: int = 0, new: int = 0, before: int = 0, answered: int = 9, slowest: float = 0.3) -> dict[str, int]:
        tallies = [Tally(), Tally()]
        for tally, count in zip(tallies, (old, new), strict=True):
            tally.statuses.update({"200": 50, "409": 1, "no answer": count})
        return interruptions(*tallies, before, answered, slowest)[1]

    assert seen() == seen(old=3) == {"errors": 0, "blocked": 0}, "the old one may break off as it ends"
    assert seen(old=3, before=2)["errors"] == 2 and seen(new=1)["errors"] == 1
    assert seen(answered=0)["blocked"] == seen(slowest=5.1)["blocked"] == 1
