"""The fixtures of tests/api: journeys are told over the same calls."""

from api.conftest import committed_county, desk, own_files

__all__ = ["committed_county", "desk", "own_files"]
