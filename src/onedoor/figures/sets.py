"""Which set of rules holds for a month: the platform's, or the newest version that a deployer has written for it."""

from datetime import date

import orjson

from onedoor.cases.sql import rows
from onedoor.rules.point_book import DEFAULT, read_set
from onedoor.rules.points import RuleSet


def set_of(version: int) -> RuleSet:
    """That version. KeyError if there is none."""
    if version == DEFAULT.version:
        return DEFAULT
    found = rows("SELECT content::text AS content FROM points_set WHERE version = %s", [version])
    if not found:
        raise KeyError(version)
    return read_set(DEFAULT.code, version, orjson.loads(found[0]["content"]))


def set_for(month: date) -> RuleSet:
    """What holds for that month."""
    found = rows("SELECT max(version) AS version FROM points_set WHERE from_month <= %s", [month])
    return set_of(found[0]["version"] or DEFAULT.version)


def newest_set() -> RuleSet:
    found = rows("SELECT max(version) AS version FROM points_set")
    return set_of(found[0]["version"] or DEFAULT.version)
