"""限时方案 for who keeps them: who wrote which version and why."""

from typing import Any

from onedoor.cases.sql import rows
from onedoor.rules.scheme_book import SCHEMES

MOST = 50


def versions_of(code: str) -> list[dict[str, Any]]:
    """The versions of a scheme, newest first: `version`, `reason`, `at`, `who`. What came with the platform has no
    time and nobody's name."""
    found = rows(
        "SELECT v.version, v.reason, v.at, a.name AS who FROM scheme_version v"
        ' LEFT JOIN people_account a ON a.id = v."by" WHERE v.code = %s ORDER BY v.version DESC LIMIT %s',
        [code, MOST],
    )
    given = [{"version": 1, "reason": "随平台提供", "at": None, "who": ""}] if code in SCHEMES else []
    return found + given


def changes_of_rules() -> list[dict[str, Any]]:
    """The tables of rules that were saved, newest first: `id`, `reason`, `at`, `who`, `count` of lines."""
    return rows(
        "SELECT t.id, t.reason, t.at, a.name AS who, jsonb_array_length(t.content) AS count FROM scheme_rules t"
        ' LEFT JOIN people_account a ON a.id = t."by" ORDER BY t.id DESC LIMIT %s',
        [MOST],
    )
