"""The drill of the field in small: phones on a bad network, a server that is killed, and nothing lost, doubled or
changed. And what it would say if there were."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, *more: str) -> tuple[int, dict[str, Any], str]:
    told = folder / "result.json"
    command = [
        sys.executable,
        "-m",
        "onedoor.ops",
        "drill",
        "sync",
        "--phones",
        "12",
        "--entries",
        "160",
        "--seed",
        "7",
    ]
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "ONEDOOR_DATA")}
    done = subprocess.run(
        [*command, "--folder", str(folder / "drill"), "--json", str(told), *more],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    return done.returncode, json.loads(told.read_text()), done.stdout + done.stderr


def test_nothing_is_lost_doubled_or_changed(tmp_path: Path) -> None:
    code, found, said = run(tmp_path, "--kills", "1")
    assert code == 0, said
    sync = found["drills"]["sync"]
    assert sync["wrong"] == dict.fromkeys(("missing", "twice", "changed", "refused", "findings"), 0)
    figures = sync["figures"]
    assert figures["there"] == figures["entries"] == 160
    assert [one["what"] for one in figures["kills"]] == ["everything"]
    assert figures["entries_sent"] > 160 and min(figures["fates"].values()) > 0


@pytest.fixture
def phones() -> list[Any]:
    from bench.fieldwork import Beat, phone

    return [phone(3, 40, Beat(1, "990101100201", 100.0, 38.0, ["p"], ["t"]))]


def test_the_count_sees_what_is_wrong(phones: list[Any], monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """Against an empty database everything is missing, and every phone differs."""
    from drill.count import _compare

    found = _compare(phones)
    assert found["missing"] >= 40 and found["changed"] >= 1 and found["there"] == 0
