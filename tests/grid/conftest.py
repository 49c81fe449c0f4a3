"""The demo county at its pages, as for `tests/web`."""

from api.conftest import committed_desk, desk, own_files
from cases.conftest import committed_county, county
from web.conftest import screens

__all__ = ["committed_county", "committed_desk", "county", "desk", "own_files", "screens"]
