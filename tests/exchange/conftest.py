"""Ledgers made for a test, in the shape of the built-in map, and the real ones where they are at hand."""

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


@pytest.fixture
def real_messages() -> Path:
    path = SHARED / "messages-with-replies.xlsx"
    if not path.exists():
        pytest.skip("the ledger of real messages is not beside this checkout")
    return path
