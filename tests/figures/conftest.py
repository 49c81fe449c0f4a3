"""The full demo county, loaded once for a module; the small one for tests with matters of their own."""

from cases.conftest import committed_county, county, own_folders
from demo.conftest import full, loaded

__all__ = ["committed_county", "county", "full", "loaded", "own_folders"]
