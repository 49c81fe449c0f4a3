"""Which schemes there are: those of the platform, and the versions that a deployer has written over them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from onedoor.cases.sql import rows
from onedoor.rules.scheme_book import BOOK, RULES, SCHEMES, read_rule, read_scheme
from onedoor.rules.schemes import Choice, Rule, Scheme, choose_scheme

FRESH = 5.0  # seconds for which what was read holds in this process


@dataclass(frozen=True, slots=True)
class Book:
    """The newest version of every scheme, and the table that chooses among them."""

    schemes: Mapping[str, Scheme]
    rules: tuple[Rule, ...]


_book: tuple[float, Book] = (-FRESH, Book(SCHEMES, RULES))


def book(*, newest: bool = False) -> Book:
    """The schemes as they are, at most five seconds old; `newest` reads them now."""
    global _book  # one value for the process, like a cache of one
    if newest or time.monotonic() - _book[0] > FRESH:
        _book = (time.monotonic(), _read())
    return _book[1]


def _read() -> Book:
    schemes = dict(SCHEMES)
    for row in rows("SELECT DISTINCT ON (code) code, version FROM scheme_version ORDER BY code, version DESC"):
        schemes[row["code"]] = scheme_of(row["code"], row["version"])
    table = rows("SELECT content::text AS content FROM scheme_rules ORDER BY id DESC LIMIT 1")
    if not table:
        return Book(schemes, RULES)
    return Book(schemes, tuple(read_rule(one, schemes) for one in orjson.loads(table[0]["content"])))


@cache
def scheme_of(code: str, version: int) -> Scheme:
    """One version; it never changes. KeyError if there is none."""
    if version == 1 and code in SCHEMES:
        return SCHEMES[code]
    found = rows(
        "SELECT content::text AS content FROM scheme_version WHERE code = %s AND version = %s", [code, version]
    )
    if not found:
        raise KeyError(f"{code} v{version}")
    return read_scheme(code, version, orjson.loads(found[0]["content"]), BOOK)


def choose(asked: Mapping[str, Any]) -> tuple[Scheme, Choice]:
    """The scheme of a matter with this kind, purpose, channel, category (code), track and urgency, at a centre whose
    division has this `path` from the top of the tree."""
    now = book()
    path = asked.get("path", ())
    given = {name: value for name, value in asked.items() if name != "path"}
    choice = choose_scheme(now.rules, **given, level=str(len(path)) if path else "")
    return now.schemes[choice.scheme], choice
