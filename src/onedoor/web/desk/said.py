"""Blocks of a report or a bulletin as its page shows them: each number a link to its list."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from onedoor.figures.said import Heading, Line, Note, Number, Place, Said, Sheet, Words
from onedoor.rules.access import Viewer
from onedoor.rules.figures import tells_of_ratings


def shown_said(said: Sequence[Said], viewer: Viewer | None) -> list[dict[str, Any]]:
    """For the template; without a viewer no number is a link, and none that this viewer may not open."""
    found: list[dict[str, Any]] = []
    for block in said:
        match block:
            case Heading(text):
                found.append({"block": "heading", "text": text})
            case Words(one):
                found.append({"block": "words", "parts": _parts(one, viewer)})
            case Note(one):
                found.append({"block": "note", "parts": _parts(one, viewer)})
            case Place(name, label, text, blank):
                found.append({"block": "place", "name": name, "label": label, "text": text, "blank": blank})
            case Sheet(title, head, rows, align):
                lines = [
                    [
                        {"parts": _parts(cell, viewer), "label": label, "side": side}
                        for cell, label, side in zip(row, head, align, strict=True)
                    ]
                    for row in rows
                ]
                heads = [{"text": label, "side": side} for label, side in zip(head, align, strict=True)]
                found.append({"block": "sheet", "title": title, "head": heads, "rows": lines})
    return found


def _parts(one: Line, viewer: Viewer | None) -> list[dict[str, str]]:
    return [
        {"text": part, "to": ""} if isinstance(part, str) else {"text": part.text, "to": address(part, viewer)}
        for part in one
    ]


def address(number: Number, viewer: Viewer | None) -> str:
    """Of its list; nothing where it has none, or none for this viewer."""
    if viewer is None or not number.to:
        return ""
    if not viewer.reads_ratings and any(tells_of_ratings(part) for part in number.to.get("condition", "").split(".")):
        return ""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in number.to.items() if name != "page"})
    return f"{reverse('desk:' + number.to.get('page', 'cases'))}?{query.urlencode()}"
