"""What forms offer to choose from."""

from collections.abc import Sequence
from typing import Any

from onedoor.cases.sql import rows
from onedoor.people.models import UnitKind

# A select box with more places than this helps nobody; its deployment filters by search.
MOST_DIVISIONS = 400


def top_categories() -> list[dict[str, Any]]:
    """The first level of the catalogue: code and name."""
    return rows("SELECT code, name FROM category WHERE parent_id IS NULL AND active ORDER BY position, code")


def categories() -> list[dict[str, Any]]:
    """Groups of leaves, `group` and `items` with code and name: what a matter can be registered under."""
    found = rows(
        "SELECT c.code, c.name, c.initials, t.name AS group, p.name AS parent FROM category c"
        " JOIN category t ON t.code = split_part(c.code, '.', 1) LEFT JOIN category p ON p.id = c.parent_id"
        " WHERE c.active AND NOT EXISTS (SELECT 1 FROM category n WHERE n.parent_id = c.id AND n.active)"
        " ORDER BY t.position, t.code, p.position, c.position, c.code"
    )
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        far = row["parent"] not in (None, row["group"])
        groups.setdefault(row["group"], []).append(
            {
                "code": row["code"],
                "name": f"{row['parent']} / {row['name']}" if far else row["name"],
                "initials": row["initials"],
            }
        )
    return [{"group": group, "items": items} for group, items in groups.items()]


def units(*, centres: bool = True) -> list[dict[str, Any]]:
    """Units in use, grouped by kind: `group` and `items` with code and name."""
    found = rows(
        "SELECT code, short_name AS name, kind FROM people_unit WHERE active AND (%s OR kind <> 'centre')"
        " ORDER BY kind, code",
        [centres],
    )
    groups: dict[str, list[dict[str, Any]]] = {kind.label: [] for kind in UnitKind}
    for row in found:
        groups[UnitKind(row["kind"]).label].append(row)
    return [{"group": group, "items": items} for group, items in groups.items() if items]


def centres_below(path: tuple[int, ...]) -> list[dict[str, Any]]:
    """The centres below a division, given by its path: where a matter can be sent down to."""
    return rows(
        "SELECT u.code, u.short_name AS name FROM people_unit u JOIN people_division d ON d.id = u.division_id"
        " WHERE u.active AND u.kind = 'centre' AND d.path @> to_jsonb(%s::bigint) AND d.id <> %s ORDER BY d.code",
        [path[-1], path[-1]],
    )


def divisions(*, also: Sequence[str] = (), own: Sequence[int] = ()) -> list[dict[str, Any]]:
    """Divisions in the order of the tree, `depth` for the indent; the first `MOST_DIVISIONS`. Grids are not among them
    but those that are asked for: `also` by code, and `own`, ids of divisions, with the grids below them."""
    return rows(
        "SELECT code, name, jsonb_array_length(path) - 1 AS depth FROM people_division d WHERE offered"
        " OR code = ANY(%s) OR EXISTS (SELECT 1 FROM unnest(%s::bigint[]) o WHERE d.path @> to_jsonb(o))"
        " ORDER BY code LIMIT %s",
        [list(also), list(own), MOST_DIVISIONS],
    )


def people(role: str = "") -> list[dict[str, Any]]:
    """Active accounts with a post (of that role): user name, name and unit."""
    return rows(
        "SELECT DISTINCT a.username AS code, a.name || '（' || u.short_name || '）' AS name"
        " FROM people_account a JOIN people_post p ON p.account_id = a.id AND p.active"
        " JOIN people_unit u ON u.id = p.unit_id WHERE a.is_active AND (%s = '' OR p.role = %s) ORDER BY 2",
        [role, role],
    )
