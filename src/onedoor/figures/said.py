"""What a report says, block by block: each number knows the list of which it is the count.

The page shows the blocks with their numbers as links, the paper the same words without them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onedoor.papers.model import Block, Paragraph, Table
from onedoor.rules.report_wording import pieces


@dataclass(frozen=True, slots=True)
class Number:
    """`to`: the words of the list's address (condition, since, until …); with `page` where it is not the list of
    cases. Without them it is a number of no list."""

    text: str
    to: Mapping[str, str] = field(default_factory=dict)


Line = tuple[str | Number, ...]
Cell = str | Number | Line


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    line: Line


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table; `align` has a letter for each column: l, c or r. `last_is_sum`: its last row adds up the others."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    align: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the analyst writes: by the name of the place, what he has written, and what stands there until then."""

    name: str
    label: str
    text: str
    blank: str


@dataclass(frozen=True, slots=True)
class Note:
    """Set smaller, below a table or at the end."""

    line: Line


Said = Heading | Words | Sheet | Place | Note


def line(*parts: Cell) -> Line:
    """One line of what is given, joined ones laid open."""
    found: list[str | Number] = []
    for part in parts:
        if isinstance(part, tuple):
            found += part
        elif part != "":
            found.append(part)
    return tuple(found)


def joined(parts: Sequence[Cell], between: str = "、", empty: str = "") -> Line:
    found: list[Cell] = []
    for place, part in enumerate(parts):
        found += [between, part] if place else [part]
    return line(*found) if found else line(empty)


def filled(text: str, values: Mapping[str, Cell]) -> Line:
    """A sentence with its holes filled."""
    return line(*(values[part] if is_hole else part for part, is_hole in pieces(text)))


def words_of(given: Line) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in given)


def numbers_of(blocks: Sequence[Said]) -> list[Number]:
    """Every number that opens a list."""
    lines: list[Line] = []
    for block in blocks:
        match block:
            case Words(one) | Note(one):
                lines.append(one)
            case Sheet(_, _, rows):
                lines += [cell for row in rows for cell in row]
            case Heading() | Place():
                pass
    return [part for one in lines for part in one if isinstance(part, Number) and part.to]


def to_blocks(said: Sequence[Said]) -> tuple[Block, ...]:
    """The same for the paper."""
    found: list[Block] = []
    for block in said:
        match block:
            case Heading(text):
                found.append(Paragraph(text, "heading"))
            case Words(one):
                found.append(Paragraph(words_of(one), "body"))
            case Sheet(title, head, rows, align):
                found.append(Paragraph(title, "caption"))
                found.append(Table(head, tuple(tuple(map(words_of, row)) for row in rows), align))
            case Place(_, label, text, blank):
                found.append(Paragraph(f"【{label}】", "subheading"))
                found += [Paragraph(part.strip(), "body") for part in (text or blank).split("\n") if part.strip()]
            case Note(one):
                found.append(Paragraph(words_of(one), "note"))
    return tuple(found)
