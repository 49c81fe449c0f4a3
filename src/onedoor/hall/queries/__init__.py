"""Named reads of the hall."""
