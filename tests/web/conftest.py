"""The staff pages without a browser; the demo county as for the API."""

from collections.abc import Iterator

import pytest

from api.conftest import committed_desk, desk, own_files
from cases.conftest import committed_county
from onedoor.cases import calendars, schemes
from web.kit import Screens

__all__ = ["committed_county", "committed_desk", "desk", "own_files"]


@pytest.fixture
def screens(committed_county: None, db: None) -> Screens:
    return Screens()


def forget_book_and_calendars() -> None:
    """What this process remembers of schemes and calendars."""
    schemes._book = (-schemes.FRESH, schemes._book[1])
    schemes.scheme_of.cache_clear()
    calendars._table = (-calendars.FRESH, {}, {})


@pytest.fixture
def fresh_book(db: None) -> Iterator[None]:
    """Schemes and calendars as this test makes them, and nothing of them for the next one."""
    forget_book_and_calendars()
    yield
    forget_book_and_calendars()
