"""The drill of the two databases: in small where it can be, and that it says so where it cannot."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_RUN = 3


def drilled(folder: Path, *words: str, path: str | None = None) -> tuple[int, str, dict[str, Any]]:
    """Its code, what it said, what it told."""
    told = folder / "result.json"
    environment = {one: value for one, value in os.environ.items() if one not in ("DATABASE_URL", "ONEDOOR_DATA")}
    environment |= {"PATH": path} if path else {}
    command = [sys.executable, "-m", "onedoor.ops", "drill", "patroni", "--folder", str(folder / "drill")]
    done = subprocess.run(
        [*command, "--json", str(told), *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=2400, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr, json.loads(told.read_text())["drills"]["patroni"]


@pytest.mark.drill
def test_two_databases_lose_nothing_and_are_never_both_primary(tmp_path: Path) -> None:
    code, said, found = drilled(tmp_path, "--kills", "1", "--writes", "15", "--seed", "11")
    if code == NOT_RUN:
        pytest.skip(found["not_run"])
    assert code == 0, said
    assert not any(found["wrong"].values()) and {"lost", "two_primaries", "restarts"} <= found["wrong"].keys()
    figures = found["figures"]
    steps = ["killed", "switchover", "cut_off", "hung", "standby", "store"]
    assert [step["step"] for step in figures["steps"]] == steps
    assert figures["steps"][-1]["healthz"] == 503 and figures["acknowledged"] == figures["changes"]


def test_without_etcd_it_is_neither_a_success_nor_a_failure(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    code, said, found = drilled(tmp_path, path=str(tmp_path / "bin"))
    assert code == NOT_RUN and "NOT RUN patroni: 没有 etcd" in said
    assert not found["ok"] and not found["wrong"]
