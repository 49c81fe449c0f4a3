from cases.conftest import committed_county, county, own_folders

__all__ = ["committed_county", "county", "own_folders"]
