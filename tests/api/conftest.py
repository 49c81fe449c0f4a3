"""The demo county is committed once for a module and every test is rolled back, except where threads need
several connections: those tests take `committed_desk`, and the module's end takes away what they left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker, Settings

from api.kit import Desk
from cases.conftest import committed_county

__all__ = ["committed_county"]


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Settings) -> None:
    settings.FILES, settings.CHECKPOINTS = tmp_path / "files", tmp_path / "checkpoints"


@pytest.fixture
def desk(committed_county: None, db: None) -> Desk:
    """The people of the demo county, at the API."""
    return Desk()


@pytest.fixture
def committed_desk(committed_county: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Desk]:
    """The same, with everything committed."""
    with django_db_blocker.unblock():
        yield Desk()
