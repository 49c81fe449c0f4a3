"""The service catalogue that comes with the platform, from `services.toml`: what a new centre starts with."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class FirstService:
    """One item as it is first filled in; `bring` and `basis` one to a line. No unit: those are the centre's own."""

    code: str
    name: str
    what: str
    for_whom: str
    handled_by: str
    bring: str
    form: str
    basis: str
    fee: str
    unconfirmed: str
    scheme: str = ""
    line: str = ""
    category: str = ""
    kind: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class FirstGroup:
    code: str
    name: str
    services: tuple[FirstService, ...]


_SHARED = re.compile(r"@([a-z_]+)")


def read_services(book: Mapping[str, Any]) -> tuple[FirstGroup, ...]:
    """Groups and items of the shape of `services.toml`. KeyError or TypeError for what that file cannot say."""
    shared: Mapping[str, str] = book.get("shared", {})

    def said(value: str | list[str]) -> str:
        lines = [value] if isinstance(value, str) else value
        return "\n".join(_SHARED.sub(lambda found: shared[found[1]], line) for line in lines)

    return tuple(
        FirstGroup(
            group["code"],
            group["name"],
            tuple(
                FirstService(**{name: said(value) for name, value in {**book["usual"], **one}.items()})
                for one in group["items"]
            ),
        )
        for group in book["groups"]
    )


FIRST_SERVICES = read_services(tomllib.loads((Path(__file__).parent / "services.toml").read_text("utf-8")))
