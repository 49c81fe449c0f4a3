"""Named reads of the notices."""
