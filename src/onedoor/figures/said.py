"""What a report says, block by block: each number knows the list of which it is the count.

The page shows the blocks with their numbers as links, the paper the same words without them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

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
    """A table; `align` has a letter for each column: l, c or r."""

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


def from_blocks(blocks: Sequence[Block]) -> list[Said]:
    """What a paper says, from before the lists behind its numbers were kept with it."""
    found: list[Said] = []
    caption = ""
    for block in blocks:
        match block:
            case Paragraph(text, "caption"):
                caption = text
            case Paragraph(text, "heading" | "subheading"):
                found.append(Heading(text))
            case Paragraph(text, "note"):
                found.append(Note(line(text)))
            case Paragraph(text, _):
                found.append(Words(line(text)))
            case Table(head, listed, align):
                rows = tuple(tuple(line(cell) for cell in row) for row in listed)
                found.append(Sheet(caption, head, rows, align or "l" * len(head)))
            case _:  # places for seals are of the paper alone
                pass
    return found


_KINDS: dict[str, type[Said]] = {"heading": Heading, "words": Words, "sheet": Sheet, "place": Place, "note": Note}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def to_json(said: Sequence[Said]) -> list[dict[str, Any]]:
    """To be kept with what was issued; `from_json` gives the same blocks again."""
    return [
        {"said": _NAMES[type(one)], **{part.name: _plain(getattr(one, part.name)) for part in fields(one)}}
        for one in said
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    # as pairs: the database would put a mapping in another order, and the address of a list with it
    return {"text": value.text, "to": [*map(list, value.to.items())]} if isinstance(value, Number) else value


def from_json(kept: Sequence[Mapping[str, Any]]) -> list[Said]:
    return [
        _KINDS[one["said"]](**{name: _back(name, value) for name, value in one.items() if name != "said"})
        for one in kept
    ]


def _back(name: str, value: Any) -> Any:
    if name == "line":
        return _line(value)
    if name == "rows":
        return tuple(tuple(_line(cell) for cell in row) for row in value)
    return tuple(value) if name == "head" else value


def _line(kept: Sequence[Any]) -> Line:
    return tuple(part if isinstance(part, str) else Number(part["text"], dict(part["to"])) for part in kept)
