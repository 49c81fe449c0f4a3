"""The codes that clients choose from."""

from typing import Any

from onedoor.cases.schemes import book
from onedoor.cases.sql import rows
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.intake import CHANNELS, KINDS, PURPOSES

# A province has more divisions than a form can offer; its clients ask level by level (`divisions_below`).
MOST_DIVISIONS = 5000


def catalogue() -> dict[str, Any]:
    """Everything in use, each with `code` and `name`; categories as a tree."""
    return {
        "categories": _tree(),
        "kinds": _pairs(KINDS),
        "purposes": _pairs(PURPOSES),
        "channels": _pairs(CHANNELS),
        "outcomes": _pairs(OUTCOME_NAMES),
        "units": rows(
            "SELECT u.code, u.short_name AS name, u.name AS full_name, u.kind, d.code AS division, u.phone"
            " FROM people_unit u JOIN people_division d ON d.id = u.division_id WHERE u.active ORDER BY u.code"
        ),
        "divisions": rows(
            "SELECT d.code, d.name, p.code AS parent FROM people_division d"
            " LEFT JOIN people_division p ON p.id = d.parent_id WHERE d.offered"
            " ORDER BY jsonb_array_length(d.path), d.code LIMIT %s",
            [MOST_DIVISIONS],
        ),
        "schemes": [{"code": scheme.code, "name": scheme.name} for scheme in book().schemes.values()],
    }


def _pairs(names: dict[str, str]) -> list[dict[str, str]]:
    return [{"code": str(code), "name": name} for code, name in names.items()]


def _tree() -> list[dict[str, Any]]:
    nodes: dict[int, dict[str, Any]] = {}
    top: list[dict[str, Any]] = []
    for row in rows("SELECT id, code, name, parent_id FROM category WHERE active ORDER BY position, code"):
        nodes[row["id"]] = {
            "code": row["code"],
            "name": row["name"],
            "parent": row["parent_id"],
            "children": [],
        }
    for node in nodes.values():
        parent = node.pop("parent")
        if parent is None:
            top.append(node)
        elif parent in nodes:
            nodes[parent]["children"].append(node)
    return top


def whole_tree() -> list[dict[str, Any]]:
    """Every category in the order of the tree, those out of use too, with `depth` and
    `leaf`. For who keeps the catalogue."""
    below: dict[int | None, list[dict[str, Any]]] = {}
    for row in rows("SELECT id, code, name, parent_id, active FROM category ORDER BY position, code"):
        below.setdefault(row["parent_id"], []).append(row)
    found: list[dict[str, Any]] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in below.get(parent, []):
            found.append(row | {"depth": depth, "leaf": row["id"] not in below})
            walk(row["id"], depth + 1)

    walk(None, 0)
    return found
