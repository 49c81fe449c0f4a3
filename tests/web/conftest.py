"""The staff pages without a browser; the demo county as for the API."""

import pytest

from api.conftest import committed_desk, desk, own_files
from cases.conftest import committed_county
from web.kit import Screens

__all__ = ["committed_county", "committed_desk", "desk", "own_files"]


@pytest.fixture
def screens(committed_county: None, db: None) -> Screens:
    return Screens()
