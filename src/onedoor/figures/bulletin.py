"""通报 put together: the text, the chosen figures as they were counted, whom it goes to."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from onedoor.cases.counting import ZONE
from onedoor.cases.queries.figures import part_of
from onedoor.figures.said import Heading, Line, Note, Number, Said, Sheet, Words, line, to_blocks
from onedoor.papers.model import Document, Paragraph, Places
from onedoor.rules.bulletins import is_heading
from onedoor.rules.figures import FIGURES, percent


def bulletin_said(text: str, figures: Mapping[str, Any]) -> list[Said]:
    """The text, then the table of figures; `figures` empty: no table."""
    found: list[Said] = []
    for paragraph in (part.strip() for part in text.split("\n")):
        if paragraph:
            found.append(Heading(paragraph) if is_heading(paragraph) else Words(line(paragraph)))
    return [*found, *_table(figures)] if figures else found


def _table(figures: Mapping[str, Any]) -> list[Said]:
    chosen = [FIGURES[name] for name in figures["figures"]]
    rows: list[tuple[Line, ...]] = []
    for one in figures["rows"]:
        cells = [line(one["name"])]
        for figure, (part, whole) in zip(chosen, one["values"], strict=True):
            number = _number(figures, part, part_of(figure), one["unit"])
            if whole is None:
                cells.append(line(number))
            else:
                parts = ("（", number, "/", _number(figures, whole, figure.whole, one["unit"]), "）")
                cells.append(line(percent(part, whole), *parts))
        rows.append(tuple(cells))
    head = ("单位", *(figure.label + ("（待核）" if figure.unsure else "") for figure in chosen))
    since, until = (date.fromisoformat(one) for one in (figures["since"], figures["until"]))
    at = datetime.fromisoformat(figures["counted_at"]).astimezone(ZONE)
    span = f"{since.year}年{since.month}月{since.day}日至{until.year}年{until.month}月{until.day}日"
    return [
        Sheet(f"{span}登记事项的办理情况", head, tuple(rows), "l" + "r" * len(chosen)),
        Note(
            line(
                f"统计于{at.year}年{at.month}月{at.day}日{at:%H时%M分}，括号里是分子和分母。各单位是其主办的事项。限制知悉和"
                "检举控告的事项不计入；没有全部完成的不显示100%，分母为0的写“—”。"
            )
        ),
    ]


def _number(figures: Mapping[str, Any], count: int, condition: str, unit: str) -> Number:
    to = {"condition": condition, "since": figures["since"], "until": figures["until"]}
    if figures["division"]:
        to["division"] = figures["division"]
    return Number(str(count), {**to, "lead": unit} if unit else to)


def bulletin_document(
    *, centre: str, title: str, number: str, units: Sequence[str], said: Sequence[Said], on: date
) -> Document:
    day = f"{on.year}年{on.month}月{on.day}日"
    blocks = (Paragraph("、".join(units) + "：", "plain"), *to_blocks(said), Places((centre, day)))
    return Document(centre, title, number, blocks, "official")
