"""The demo county, for tests of mediation: the fixtures of the record."""

from cases.conftest import committed_county, county, own_folders  # noqa: F401
