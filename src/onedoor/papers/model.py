"""The document model: what a paper says, without a word on how it looks.

A `Document` is frozen and goes to JSON and back without loss, so that a paper that was issued is rendered again from
what was kept. Both renderers walk the same blocks in the same order; that is why their texts are the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

BLANK = "　　　　　　"
STYLES = ("body", "heading", "subheading", "centre", "right", "plain", "caption", "note")
OFFICIAL = "official"  # the layout of documents of offices, GB/T 9704-2012


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `style` is one of STYLES. `body` begins with an indent of two characters."""

    text: str
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Grid:
    """Fields: label and value in two columns; an empty value is filled in by hand."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`align`: a letter for each column, l, c or r, of a table of numbers; its head is repeated on every page and no
    row is broken. Without it a table of words."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Places for signatures, seals and the date: one line each, to the right."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with what it shows: a signature drawn on the screen. `data` is a PNG in Base64."""

    text: str
    data: str


Block = Paragraph | Grid | Table | Places | Picture
_KINDS: dict[str, type] = {
    "paragraph": Paragraph,
    "grid": Grid,
    "table": Table,
    "places": Places,
    "picture": Picture,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Document:
    """`heading`: whose paper it is; `number`: as it stands on the paper, empty for none. `layout`: OFFICIAL, or empty
    for a form; an official one has the heading in red with a line below it, and above the line what `sides` say, left
    and right."""

    heading: str
    title: str
    number: str
    blocks: tuple[Block, ...]
    layout: str = ""
    sides: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "heading": self.heading,
            "title": self.title,
            "number": self.number,
            **({"layout": self.layout, "sides": list(self.sides)} if self.layout else {}),
            "blocks": [{"block": _NAMES[type(one)], **asdict(one)} for one in self.blocks],
        }


def from_json(given: Mapping[str, Any]) -> Document:
    """A document as `to_json` wrote it."""
    return Document(
        str(given["heading"]),
        str(given["title"]),
        str(given["number"]),
        tuple(map(_block, given["blocks"])),
        str(given.get("layout", "")),
        tuple(given.get("sides", ())),
    )


def _block(given: Mapping[str, Any]) -> Block:
    values = {name: _frozen(value) for name, value in given.items() if name != "block"}
    block: Block = _KINDS[str(given["block"])](**values)
    return block


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def text_of(document: Document) -> str:
    """All words in the order in which both renderers write them, a line each."""
    lines: list[str] = [document.heading, document.title, document.number]
    if document.layout:
        lines = [document.heading, document.number, *document.sides, document.title]
    for block in document.blocks:
        match block:
            case Paragraph(text) | Picture(text):
                lines += text.split("\n")
            case Grid(rows) | Table(_, rows, _):
                lines += [*(block.head if isinstance(block, Table) else ()), *(cell for row in rows for cell in row)]
            case Places(places):
                lines += places
    return "\n".join(line for line in lines if line)


TABLE_SIZE = 10.5  # points, in which tables with a head are set
_CELL = 10  # points that a cell takes beside its words
_SHORT, _LONG = 6.6, 24.0  # ems: what is shorter is not broken, what is longer counts as this


def widths_of(table: Table, full: float) -> tuple[float, ...]:
    """The columns' widths in points, together `full`: short ones as wide as their words, the others in proportion."""
    if table.align:
        return _widths_of_numbers(table, full)
    ems = [
        max(min(_ems(head), 2.0), _ems(head) / 2, *(_ems(row[place]) for row in table.rows))
        for place, head in enumerate(table.head)
    ]
    short = [one <= _SHORT for one in ems]
    fixed = sum((one + 0.2) * TABLE_SIZE + _CELL for one, is_short in zip(ems, short, strict=True) if is_short)
    long = [min(one, _LONG) for one, is_short in zip(ems, short, strict=True) if not is_short]
    # no room for the long ones, or none to take what is left: all share
    if not long or full - fixed < len(long) * 4 * TABLE_SIZE:
        shares = [min(one, _LONG) + 1 for one in ems]
        return tuple(full * share / sum(shares) for share in shares)
    rest = (full - fixed) / sum(long)
    return tuple(
        (one + 0.2) * TABLE_SIZE + _CELL if is_short else min(one, _LONG) * rest
        for one, is_short in zip(ems, short, strict=True)
    )


_NUMBERS_LONG = 16.0  # ems: of a table of numbers, names longer than this are broken


def _widths_of_numbers(table: Table, full: float) -> tuple[float, ...]:
    """As wide as the words of each, and what is left in proportion. Where there is no room heads are broken in two,
    and if that is not enough all are narrower but the names, which keep a few characters."""
    for lines in (1, 2):
        needs = [
            (min(max(_ems(head) / lines, *(_ems(row[place]) for row in table.rows), 2.0), _NUMBERS_LONG) + 0.4)
            * TABLE_SIZE
            + _CELL
            for place, head in enumerate(table.head)
        ]
        if sum(needs) <= full:
            return tuple(full * need / sum(needs) for need in needs)
    name = min(max(needs[0], 5 * TABLE_SIZE + _CELL), full / 3)
    rest = (full - name) / sum(needs[1:]) if len(needs) > 1 else 1
    return (name, *(need * rest for need in needs[1:]))


def _ems(text: str) -> float:
    return max((sum(1.0 if ord(sign) > 0xFF else 0.57 for sign in line) for line in text.split("\n")), default=0.0)


def value_of(document: Document, label: str) -> str:
    """What stands beside that label among the fields; nothing where there is no such field."""
    grids = (block for block in document.blocks if isinstance(block, Grid))
    return next((value for grid in grids for name, value in grid.rows if name == label), "")


def body(*texts: str) -> list[Block]:
    """Paragraphs, one for each line; empty lines are left out."""
    return [Paragraph(line.strip()) for text in texts for line in text.split("\n") if line.strip()]


def fields(rows: Sequence[tuple[str, str]]) -> Grid:
    return Grid(tuple((label, value) for label, value in rows))
