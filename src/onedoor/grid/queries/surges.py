"""异常增多 in my area: the matters of each kind in each place, week by week, through the gate."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.grid.queries.area import in_area, must_look
from onedoor.people.tokens import SignedIn
from onedoor.rules.fieldwork import LOOKS
from onedoor.rules.surges import ALPHA, WEEKS, spread_of, surge

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Surges:
    """`items`: place, kind and the numbers behind it, the least probable first. `tested`: how many pairs of place and
    kind had any matter in these nine weeks; `expected`: how many of these would be told by chance alone, at most."""

    items: list[dict[str, Any]]
    tested: int
    expected: float


def surges(signed: SignedIn, now: datetime) -> Surges:
    """Of ordinary matters that the viewer may see, by where they lie and by every level above within his area. In two
    statements: the counts, and the names of what is told."""
    must_look(signed, LOOKS, "这一页只对网格长和上级中心开放。")
    inside, values = in_area(signed, LOOKS, "c.division_id")
    below, more = in_area(signed, LOOKS, "place.id::bigint")
    found = rows(
        "SELECT place.id::bigint AS place, c.category_id AS kind, floor(extract(epoch FROM %s - c.registered_at)"
        ' / 604800)::int AS week, count(*) AS n FROM "case" c, jsonb_array_elements_text(c.division_path) AS place(id)'
        f" WHERE c.registered_at > %s AND c.registered_at <= %s AND c.confidentiality = 'ordinary' AND {inside}"
        f" AND {MAY_SEE} AND {below} GROUP BY 1, 2, 3",
        [now, now - (WEEKS + 1) * WEEK, now, *values, *may_see(signed.viewer()), *more],
    )
    series: dict[tuple[int, int], list[int]] = {}
    for row in found:
        if 0 <= row["week"] <= WEEKS:
            series.setdefault((row["place"], row["kind"]), [0] * (WEEKS + 1))[row["week"]] = int(row["n"])
    usual = {
        kind: spread_of(weeks[1:] for (_, other), weeks in series.items() if other == kind)
        for kind in {kind for _, kind in series}
    }
    told: list[dict[str, Any]] = []
    for (place, kind), weeks in series.items():
        one = surge(weeks[0], weeks[:0:-1], usual[kind])
        if one is not None:
            told.append({"place": place, "kind": kind, "surge": one})
    told.sort(key=lambda one: (one["surge"].chance, one["place"], one["kind"]))
    return Surges(_with_names(told[:100]), len(series), len(series) * ALPHA)


def _with_names(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not told:
        return []
    found = rows(
        "SELECT 'place' AS what, id, name, code FROM people_division WHERE id = ANY(%s)"
        " UNION ALL SELECT 'kind', id, name, code FROM category WHERE id = ANY(%s)",
        [[one["place"] for one in told], [one["kind"] for one in told]],
    )
    names = {(row["what"], row["id"]): row for row in found}
    return [
        {
            **one,
            "place_name": names["place", one["place"]]["name"],
            "place_code": names["place", one["place"]]["code"],
            "kind_name": names["kind", one["kind"]]["name"],
            "kind_code": names["kind", one["kind"]]["code"],
        }
        for one in told
    ]
