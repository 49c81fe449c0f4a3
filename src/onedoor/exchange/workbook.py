"""Workbooks that come from outside: what is in them, and whether they may be opened at all."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, WorksheetNotFound

from onedoor.exchange.mapping import Unusable

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 20_000, 100, 100_000
LONGEST_TEXT = 8_000  # bytes of one shared text with its markup; it is copied into every cell that shows it
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_TEXT = re.compile(rb"<(?:\w+:)?si[\s/>]")
_BINARY = (".png", ".jpg", ".jpeg", ".gif", ".bin", ".emf", ".wmf")


def check_upload(path: Path) -> None:
    """Refuses what is no workbook (.xlsx), and what would fill the memory once it is unpacked: a reader lays a sheet
    out as a rectangle, so one cell far down is enough."""
    no_workbook = Unusable("这不是可以读取的 Excel 文件（.xlsx）。请用模板填写，另存为 .xlsx 后再上传。")
    if path.stat().st_size > MOST_BYTES:
        raise _too_large(f"超过 {MOST_BYTES // 1024 // 1024} MB")
    try:
        with zipfile.ZipFile(path) as package:
            if "[Content_Types].xml" not in package.namelist():
                raise no_workbook
            unpacked = cells = 0
            for entry in package.infolist():
                if unpacked + entry.file_size > MOST_UNPACKED:
                    raise _too_large("内容太多")
                content = package.read(entry)  # no more than it declares; a lie fails its checksum
                unpacked += len(content)
                if not entry.filename.lower().endswith(_BINARY):
                    cells += _check_part(content, no_workbook)
                if cells > MOST_CELLS:
                    raise _too_large("单元格太多")
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise no_workbook from error


def _check_part(content: bytes, no_workbook: Unusable) -> int:
    """How many cells the part holds."""
    if b"\0" in content:  # an encoding in which nothing would be found here
        raise no_workbook
    for column, row in _PLACE.findall(content):
        if int(row) > MOST_ROWS or (len(column) > 1 and _number(column) > MOST_COLUMNS):
            raise _too_large(f"有内容超出第 {MOST_ROWS} 行或第 {MOST_COLUMNS} 列")
    starts = [found.start() for found in _TEXT.finditer(content)] + [len(content)]
    if any(after - at > LONGEST_TEXT for at, after in pairwise(starts)):
        raise _too_large("有单元格的文字太长")
    return sum(1 for _ in _CELL.finditer(content))


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _too_large(why: str) -> Unusable:
    return Unusable(f"表格{why}，请删去多余的内容，或分成几个文件。")


def cell_text(value: Any) -> str:
    """A cell as text without blanks around it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # Excel keeps whole numbers as floats
    return str(value).strip()


def sheets(path: Path, wanted: str = "") -> Iterator[tuple[str, list[list[Any]]]]:
    """Name and cells of each sheet, or of the one that is wanted."""
    if not path.exists():
        raise Unusable(f"没有找到文件 {path.name}。")
    try:
        book = CalamineWorkbook.from_path(str(path))
        for name in [wanted] if wanted else book.sheet_names:
            # with the blank rows above, so that rows are numbered as Excel numbers them
            yield name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except PasswordError as error:
        raise Unusable(f"{path.name} 有密码，请先另存为不加密的文件。") from error
    except WorksheetNotFound as error:
        if wanted:
            raise Unusable(f"{path.name} 里没有名为“{wanted}”的表。") from error
        raise Unusable(f"{path.name} 不是可以读取的 Excel 文件。") from error
    except (CalamineError, OSError, ValueError) as error:
        raise Unusable(f"{path.name} 不是可以读取的 Excel 文件。") from error
