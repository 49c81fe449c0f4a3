"""The full demo county, loaded once for a module."""

from demo.conftest import full, loaded

__all__ = ["full", "loaded"]
