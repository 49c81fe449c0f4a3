"""`prepare`, which every start of `up` calls, and the full demo county."""

import json
from pathlib import Path

import pytest
from django.utils import timezone

from onedoor.cases.models import Case
from onedoor.demo import lives
from onedoor.demo import load as loading
from onedoor.demo.field import REPORTS
from onedoor.demo.gaming import PLANTED
from onedoor.demo.plan import LATE, PLAN
from onedoor.ops import prepare
from onedoor.people.demo_county import DIVISIONS
from onedoor.people.models import Account, Division
from onedoor.rules.refusal import CONFLICT, Refused
from people.kit import make_person


@pytest.fixture
def data(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own data directory, on which no start has yet decided."""
    monkeypatch.setenv("ONEDOOR_DATA", str(tmp_path))
    return tmp_path


def _prepared(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, object]:
    assert prepare.run(list(options)) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def test_a_load_broken_off_leaves_nothing_and_the_next_start_brings_all(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = PLAN[:12]  # the whole of it is loaded elsewhere
    monkeypatch.setattr(lives, "PLAN", few)
    monkeypatch.setattr(lives, "MERGED", 0)

    def broken(_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(loading, "lived", broken)
        with pytest.raises(ConnectionError):
            prepare.run([])
    assert prepare.mode_of(data) == "demo"
    assert Division.objects.count() == len(DIVISIONS)  # the small county, which is committed before
    assert not Case.objects.exists()
    found = _prepared(capsys)
    brought = Case.objects.count()
    # and the planted ones, and what came from the grid: the reports, and the round that found something
    planted = sum(plant.count for plant in PLANTED)
    assert brought == sum(line.count for line in (*few, *LATE)) + planted + len(REPORTS) + 1
    assert isinstance(found["usernames"], list) and "clerk" in found["usernames"]
    assert _prepared(capsys) == found
    assert Case.objects.count() == brought


def test_an_empty_centre_stays_empty(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _prepared(capsys, "--empty")["mode"] == "empty"
    assert _prepared(capsys)["mode"] == "empty"
    assert not Division.objects.exists()
    assert not Account.objects.exists()


@pytest.mark.django_db
def test_never_beside_real_data() -> None:
    make_person()
    with pytest.raises(Refused, match="不是演示库") as caught:
        loading.load(timezone.now())
    assert caught.value.code == CONFLICT
    assert not Case.objects.exists()
