import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from onedoor.ops.postgres import Cluster


def silent(_sentence: str) -> None:
    pass


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a cluster that was stopped cleanly; copied, never used itself."""
    place = tmp_path_factory.mktemp("made")
    cluster = Cluster(place, durable=False, report=silent)
    cluster.start()
    cluster.stop()
    return place


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    """A data directory of the test's own, with a stopped cluster in it."""
    place = tmp_path / "data"
    shutil.copytree(made, place)
    place.chmod(0o700)
    return place


@pytest.fixture
def cluster(data: Path) -> Iterator[Cluster]:
    """That cluster, running."""
    found = Cluster(data, durable=False, report=silent)
    found.start()
    yield found
    found.stop()


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As on a machine where nobody has set anything; put back afterwards."""
    monkeypatch.setenv("ONEDOOR_DATA", str(tmp_path / "unset"))
    monkeypatch.delenv("ONEDOOR_DATA")
    monkeypatch.delenv("DATABASE_URL", raising=False)
