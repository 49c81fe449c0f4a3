"""What the figures hold."""

from onedoor.figures.models.screens import Screen

__all__ = ["Screen"]
