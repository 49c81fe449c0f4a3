"""Ledgers made for a test, in the shape of the built-in map, and the real ones where they are at hand."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from cases.conftest import county, load_county, own_folders  # noqa: F401  fixtures

HEADER = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
GOOD = (
    "1001",
    "居民甲",
    "楼道灯坏了",
    "2019/4/25 9:32:09",
    "三号楼楼道灯坏了一个月。",
    "已修好。",
    "2019/5/10 14:56:53",
)
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def ledger(path: Path, rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER) -> Path:
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("留言")
        for place, row in enumerate((header, *rows)):
            for column, value in enumerate(row):
                sheet.write(place, column, value)
    return path


def row(**changed: Any) -> tuple[Any, ...]:
    names = ("number", "name", "title", "at", "text", "answer", "answered")
    return tuple(changed.get(name, value) for name, value in zip(names, GOOD, strict=True))


def encrypted() -> bytes:
    """The smallest file that a program takes for a workbook with a password: a compound file (MS-CFB) of three
    sectors with a stream named EncryptedPackage."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<10I", 0, 1, 1, 0, 4096, end, 0, end, 0, 0) + struct.pack("<I", free) * 108
    sectors = struct.pack("<3I", table, end, end) + struct.pack("<I", free) * 125

    def entry(name: str, kind: int, child: int, start: int) -> bytes:
        text = name.encode("utf-16-le") + bytes(2)
        return struct.pack("<64sHBB3I36xIQ", text, len(text), kind, 1, free, free, child, start, 0)

    folder = entry("Root Entry", 5, 1, end) + entry("EncryptedPackage", 2, free, 2)
    return head + sectors + folder.ljust(512, b"\0") + bytes(512)


def of_real_messages(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip("the ledger of real messages is not beside this checkout")
    return path


@pytest.fixture
def real_messages() -> Path:
    return of_real_messages("messages-with-replies.xlsx")


@pytest.fixture
def labelled_messages() -> Path:
    return of_real_messages("labelled-messages.xlsx")
