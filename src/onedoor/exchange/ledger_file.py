"""A ledger in Excel, row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from onedoor.cases.steps._clocks import ZONE
from onedoor.exchange.mapping import ColumnMap, Unusable

_FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M")
_DAYS = ("%Y/%m/%d", "%Y-%m-%d", "%Y年%m月%d日")
END_OF_DAY = time(23, 59, 59)


class BadCell(Exception):
    """One cell that cannot be read; `column` is our field."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.column, self.sentence = column, sentence


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """`place` is the row's number as Excel shows it."""

    place: int
    cells: dict[str, Any]

    def text(self, name: str) -> str:
        value = self.cells.get(name)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))  # Excel keeps whole numbers as floats
        return str(value).strip()

    def instant(self, name: str, *, end_of_day: bool = False) -> datetime | None:
        """The moment in UTC. A bare date is its first second, or with `end_of_day` its last: a period in days
        counts days, so the part of the day that the ledger does not tell changes nothing."""
        value = self.cells.get(name)
        if value is None or value == "":
            return None
        moment = END_OF_DAY if end_of_day else time()
        if isinstance(value, datetime):
            return value.replace(tzinfo=value.tzinfo or ZONE).astimezone(UTC)
        if isinstance(value, date):
            return datetime.combine(value, moment, ZONE).astimezone(UTC)
        text = str(value).strip()
        for form in _FORMATS:
            try:
                return datetime.strptime(text, form).replace(tzinfo=ZONE).astimezone(UTC)
            except ValueError:
                continue
        for form in _DAYS:
            try:
                day = datetime.strptime(text, form).replace(tzinfo=ZONE).date()
            except ValueError:
                continue
            return datetime.combine(day, moment, ZONE).astimezone(UTC)
        raise BadCell(name, f"看不懂这个时间：“{text[:30]}”。")


def open_sheet(path: Path, wanted: str = "") -> list[list[Any]]:
    """All rows of the named sheet, or of the first one that is not empty."""
    if not path.exists():
        raise Unusable(f"没有找到文件 {path.name}。")
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = [wanted] if wanted else book.sheet_names
        for name in names:
            found = book.get_sheet_by_name(name).to_python()
            if found:
                return found
    except PasswordError as error:
        raise Unusable(f"{path.name} 有密码，请先另存为不加密的文件。") from error
    except (CalamineError, OSError, ValueError) as error:
        raise Unusable(f"{path.name} 不是可以读取的 Excel 文件。") from error
    raise Unusable(f"{path.name} 里没有内容。")


def ledger_rows(sheet: list[list[Any]], columns: ColumnMap) -> Iterator[LedgerRow]:
    """The rows below the header that hold anything."""
    places = columns.places([str(cell).strip() for cell in sheet[0]])
    for number, row in enumerate(sheet[1:], start=2):
        if any(cell not in (None, "") for cell in row):
            yield LedgerRow(number, {name: row[at] if at < len(row) else None for name, at in places.items()})
