"""The demo county with a hall, at its pages as for `tests/web`."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from api.conftest import committed_desk, desk, own_files
from cases.conftest import committed_county
from hall.kit import clear_hall, make_hall
from onedoor.web.desk import inbox
from web.conftest import screens
from web.kit import Screens

__all__ = ["committed_county", "committed_desk", "desk", "own_files", "screens"]


@pytest.fixture(autouse=True)
def no_figures_kept() -> None:
    """Accounts of one test are not those of the next."""
    inbox._figures.clear()


@pytest.fixture
def hall(screens: Screens) -> Screens:
    """A hall that is rolled back with the test."""
    make_hall()
    return screens


@pytest.fixture
def committed_hall(committed_county: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Screens]:
    """The same with everything committed, for several connections."""
    with django_db_blocker.unblock():
        clear_hall()
        make_hall()
        yield Screens()
        clear_hall()
