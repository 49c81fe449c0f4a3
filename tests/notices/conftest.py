"""The demo county at its pages, as for `tests/web`."""

from collections.abc import Iterator

import pytest

from api.conftest import committed_desk, desk, own_files
from cases.conftest import committed_county
from notices.kit import Gateway
from onedoor.web.desk import inbox
from web.conftest import screens

__all__ = ["committed_county", "committed_desk", "desk", "own_files", "screens"]


@pytest.fixture(autouse=True)
def no_figures_kept() -> None:
    """Accounts of one test are not those of the next."""
    inbox._figures.clear()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running
