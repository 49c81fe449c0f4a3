"""A scrawl that stands for a signature in the demo county: nobody's hand."""

import base64
import math
import struct
import zlib
from zlib import crc32

WIDTH, HEIGHT, PEN = 240, 80, 2


def scribble(of: str) -> str:
    """The same small PNG for the same signer, as a data address."""
    seed = crc32(of.encode())
    lines = [bytearray(b"\xff" * WIDTH) for _ in range(HEIGHT)]
    waves = [((seed >> shift) % 7 + 2, (seed >> shift) % 13) for shift in (0, 5, 11)]
    for step in range(1600):
        along = step / 1600
        x = 20 + along * (WIDTH - 40) + 9 * math.sin(waves[0][0] * 6 * along)
        y = (
            HEIGHT / 2
            + sum((18 - 4 * place) * math.sin(wave * 7 * along + turn) for place, (wave, turn) in enumerate(waves)) / 2
        )
        for dy in range(PEN):
            for dx in range(PEN):
                row, column = min(HEIGHT - 1, max(0, int(y) + dy)), min(WIDTH - 1, max(0, int(x) + dx))
                lines[row][column] = 30
    data = zlib.compress(b"".join(b"\0" + bytes(line) for line in lines), 9)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    image = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(image).decode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc32(kind + data))
