"""The demo county, for tests of papers."""

from api.conftest import committed_desk, desk, own_files
from cases.conftest import committed_county, county, own_folders
from web.conftest import screens

__all__ = ["committed_county", "committed_desk", "county", "desk", "own_files", "own_folders", "screens"]
