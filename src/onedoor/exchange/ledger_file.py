"""A ledger in Excel: where it begins, and its rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from onedoor.exchange.mapping import ColumnMap, Unusable, fitting_map
from onedoor.exchange.workbook import cell_text, sheets

# A ledger often has a title, a unit and a date above its headings.
HEADER_WITHIN = 10
END_OF_DAY = time(23, 59, 59)
# No matter of the present is older; an earlier year is a slip of the pen, or Excel's nought (1900-01-00).
EARLIEST = 1949
_MOMENT = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
    r"(?:[ T]*([0-9]{1,2})[:：时]([0-9]{1,2})(?:[:：分]([0-9]{1,2})?(?:\.[0-9]+)?秒?)?)?"
)  # fmt: skip


class BadRow(Exception):
    """A row that cannot be taken in: our field → the sentence that says what is wrong with it."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(*faults.values())
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """`place` is the row's number as Excel shows it."""

    place: int
    cells: dict[str, Any]
    zone: ZoneInfo

    def text(self, name: str) -> str:
        return cell_text(self.cells.get(name))

    def instant(self, name: str, *, latest: datetime | None = None) -> datetime | None:
        """The moment in UTC, None for an empty cell.

        A bare date is its first second, or with `latest` its last, but not after `latest`: a period in days
        counts days, so the part of the day that the ledger does not tell changes nothing.
        """
        value = self.cells.get(name)
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "":
            return None
        found = value if isinstance(value, date) else _moment(str(value))
        if found is None or found.year < EARLIEST:
            raise BadRow({name: f"看不懂这个时间：“{str(value)[:30]}”。"})
        try:
            if isinstance(found, datetime):
                return found.replace(tzinfo=found.tzinfo or self.zone).astimezone(UTC)
            begins, ends = (datetime.combine(found, at, self.zone).astimezone(UTC) for at in (time(), END_OF_DAY))
        except OverflowError as error:
            raise BadRow({name: f"看不懂这个时间：“{str(value)[:30]}”。"}) from error
        if latest is None:
            return begins
        return latest if begins <= latest < ends else ends


def _moment(text: str) -> date | None:
    """A datetime where the text tells the time of day, else a date; None for what is neither."""
    if match := _MOMENT.fullmatch(text):
        year, month, day, *clock = (int(part) if part else None for part in match.groups())
        hour, minute, second = clock
        assert year is not None and month is not None and day is not None, "the pattern has them"
        try:
            if hour is None:
                return date(year, month, day)
            return datetime(year, month, day, hour, minute or 0, second or 0)  # noqa: DTZ001  the row knows its zone
        except ValueError:
            return None
    try:
        return datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Ledger:
    """A sheet whose headings have been found; `header` counts its rows from nought."""

    sheet: Sequence[Sequence[Any]]
    header: int
    columns: ColumnMap

    def rows(self) -> list[LedgerRow]:
        """The rows below the headings that hold anything."""
        headings = _headings(self.sheet[self.header])
        places = {name: headings.index(heading) for name, heading in self.columns.columns.items()}
        return [
            LedgerRow(number, {name: row[at] for name, at in places.items()}, self.columns.zone)
            for number, row in enumerate(self.sheet[self.header + 1 :], start=self.header + 2)
            if any(cell not in (None, "") for cell in row)
        ]


def open_ledger(path: Path, columns: ColumnMap | None = None) -> Ledger:
    """The one sheet with the map's headings, or with those of a map that comes along. Refuses with a sentence
    a file that is no ledger, and one with several that fit: none of them may be passed over in silence."""
    found: list[tuple[str, Ledger]] = []
    first: list[str] | None = None
    for name, sheet in sheets(path, columns.sheet if columns else ""):
        for place, row in enumerate(sheet[:HEADER_WITHIN]):
            headings = _headings(row)
            if first is None and any(headings):
                first = headings
            fitting = columns if columns and not columns.missing(headings) else None
            fitting = fitting or (fitting_map(headings) if columns is None and any(headings) else None)
            if fitting is not None:
                found.append((name, Ledger(sheet, place, fitting)))
                break
    if first is None:
        raise Unusable(f"{path.name} 里没有内容。")
    if len(found) > 1:
        names = "、".join(name for name, _ in found)
        raise Unusable(f"{path.name} 里有几张表都符合：{names}，请在对照表 sheet 中写明要导入哪一张。")
    if found:
        return found[0][1]
    if columns is None:
        raise Unusable("没有合适的对照表，请用 --map 指定（写法见手册《导入台账》）。")
    raise Unusable(f"台账里没有这些列：{'、'.join(columns.missing(first))}。请检查对照表或台账表头。")


def _headings(row: Sequence[Any]) -> list[str]:
    return [str(cell).strip() for cell in row]
