"""Ids made before the row: UUID version 7, ordered by time, so that indexes grow at their end."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """RFC 9562 §5.7: 48 bits of milliseconds, version, variant, and 74 random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
