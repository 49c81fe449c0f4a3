"""What a Word document says: its paragraphs and tables, as a person reads them."""

import io
import re
from dataclasses import dataclass
from typing import Any

import docx
from docx.table import Table
from docx.text.paragraph import Paragraph


@dataclass
class Read:
    """`tables` by their captions: rows of cells, the head first."""

    text: str
    tables: dict[str, list[list[str]]]

    def cells(self, caption: str) -> dict[str, list[str]]:
        """The rows below the head by their first cell."""
        found = next(rows for title, rows in self.tables.items() if title.startswith(caption))
        return {row[0]: row[1:] for row in found[1:]}

    def number(self, pattern: str) -> int:
        """The one number of that place in the text."""
        found = re.findall(pattern, self.text)
        assert len(found) == 1, (pattern, found)
        return int(found[0])


def read_docx(content: bytes) -> Read:
    document = docx.Document(io.BytesIO(content))
    lines, tables, last = [], dict[str, list[list[str]]](), ""
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            if block.text.strip():
                lines.append(block.text)
                last = block.text
        elif isinstance(block, Table):
            tables[last] = [[cell.text for cell in row.cells] for row in block.rows]
    return Read("\n".join(lines), tables)


def shown(part: int, whole: int) -> str:
    """A share, reckoned apart from the rules: half up to one digit by whole numbers, never 100 while one is missing."""
    if whole == 0:
        return "—"
    tenths = (part * 2000 + whole) // (2 * whole)
    if part < whole:
        tenths = min(tenths, 999)
    return f"{tenths // 10}.{tenths % 10}%"


def turned(now: int, before: int) -> str:
    """A change, reckoned apart from the rules."""
    if before == 0:
        return "新增" if now else "—"
    tenths = (abs(now - before) * 2000 + before) // (2 * before)
    if now < before and now:
        tenths = min(tenths, 999)
    sign = "" if tenths == 0 else "+" if now > before else "-"
    return f"{sign}{tenths // 10}.{tenths % 10}%"


def as_dict(rows: list[tuple[Any, ...]]) -> dict[str, int]:
    return {str(key): int(count) for key, count in rows}
