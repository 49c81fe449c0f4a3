"""What applicants say of how their matters were handled: to the supervisor in words, to a unit in figures."""

from datetime import datetime, timedelta
from uuid import UUID

import orjson

from onedoor.cases.counting import ZONE
from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.cases.steps._state import Row
from onedoor.rules.access import Viewer
from onedoor.rules.follow_up import FEWEST_RATINGS, MARKS

PAGE = 50
A_YEAR = timedelta(days=365)
_UNSATISFIED = f"""
    SELECT c.id, c.number, c.title, c.stage, c.followed_up_at, c.recorded_at, u.short_name AS unit
      FROM "case" c LEFT JOIN people_unit u ON u.id = c.lead_unit_id
     WHERE c.satisfied = FALSE AND c.stage IN ('followed_up', 'archived') AND {MAY_SEE}{{more}}
     ORDER BY c.followed_up_at DESC, c.id DESC LIMIT %s
"""


def unsatisfied(viewer: Viewer, cursor: str = "") -> tuple[list[Row], str | None]:
    """The matters whose applicants are not satisfied, newest first, with what they said and the marks they gave; only
    for who reads ratings, and through the gate."""
    if not viewer.reads_ratings:
        return [], None
    more, values = "", [*may_see(viewer)]
    if cursor:
        more, values = " AND (c.followed_up_at, c.id) < (%s, %s)", [*values, *read_cursor(cursor)]
    found = rows(_UNSATISFIED.format(more=more), [*values, PAGE + 1])
    items, rest = found[:PAGE], found[PAGE:]
    said = _said([row["id"] for row in items])
    for row in items:
        row |= said.get(row["id"], {"text": "", "marks": {}, "by_phone": False})
    return items, make_cursor(items[-1]["followed_up_at"], items[-1]["id"]) if rest else None


def _said(cases: list[UUID]) -> dict[UUID, Row]:
    """By case: the newest rating's words and marks, and whether it was taken by telephone."""
    found = rows(
        'SELECT DISTINCT ON (e.case_id) e.case_id, e.kind, e.payload, s.text FROM "case" c'
        " JOIN event e ON e.case_id = c.id AND e.recorded_at >= c.recorded_at AND e.kind IN ('rate', 'follow_up')"
        " LEFT JOIN statement s ON s.case_id = e.case_id AND s.seq = e.seq AND s.erased_at IS NULL"
        " AND s.kind IN ('rating', 'follow_up') WHERE c.id = ANY(%s) ORDER BY e.case_id, e.seq DESC",
        [cases],
    )
    return {
        row["case_id"]: {
            "text": row["text"] or "",
            "by_phone": row["kind"] == "follow_up",
            "marks": {
                label: mark
                for name, label in MARKS.items()
                if (mark := orjson.loads(row["payload"]).get("codes", {}).get(name)) is not None
            },
        }
        for row in found
    }


# A unit's ratings in groups of five, by when they were given, anew each year: so the groups stay as they are while
# years go by, and a group is shown when it is whole. What comes after it waits for its own fifth. Only a matter that
# is restricted later leaves its group.
_RATED = """
    SELECT unit, id, satisfied, recorded_at, followed_up_at, year,
           (row_number() OVER (PARTITION BY unit, year ORDER BY followed_up_at, id) - 1) / {fewest} AS "group"
      FROM (SELECT *, lead_unit_id AS unit, extract(year FROM followed_up_at AT TIME ZONE %s) AS year FROM "case") one
     WHERE lead_unit_id = ANY(%s) AND satisfied IS NOT NULL AND confidentiality = 'ordinary'
       AND followed_up_at >= %s
"""
_FIGURES = f"""
    WITH rated AS ({_RATED}), whole AS (
      SELECT unit, count(*) AS rated, count(*) FILTER (WHERE satisfied) AS satisfied FROM rated
       GROUP BY unit, year, "group" HAVING count(*) = {{fewest}} AND max(followed_up_at) >= %s)
    SELECT unit, sum(rated)::int AS rated, sum(satisfied)::int AS satisfied FROM whole GROUP BY unit
"""
# The same of the marks, which need not be given: each kind of mark has groups of its own.
_MARKS = f"""
    WITH rated AS ({_RATED}), given AS (
      SELECT r.unit, k.name, (e.payload->'codes'->>k.name)::int AS mark, r.followed_up_at, r.year,
             (row_number() OVER (PARTITION BY r.unit, k.name, r.year ORDER BY r.followed_up_at, r.id) - 1) / {{fewest}}
             AS "group"
        FROM rated r CROSS JOIN LATERAL (
             SELECT payload FROM event WHERE case_id = r.id AND recorded_at >= r.recorded_at
                AND kind IN ('rate', 'follow_up') ORDER BY seq DESC LIMIT 1) e
       CROSS JOIN unnest(%s::text[]) AS k(name)
       WHERE e.payload->'codes'->>k.name IS NOT NULL), whole AS (
      SELECT unit, name, sum(mark) AS total, count(*) AS marks FROM given GROUP BY unit, name, year, "group"
      HAVING count(*) = {{fewest}} AND max(followed_up_at) >= %s)
    SELECT unit, name, round(sum(total)::numeric / sum(marks), 1) AS average FROM whole GROUP BY unit, name
"""


def ratings_of(viewer: Viewer, now: datetime) -> list[Row]:
    """For each unit of the viewer's: how many of its matters were rated within a year, how many of them well, and the
    average of the marks. Only whole groups of five count, so that no single rating shows as the difference of two
    looks; `rated` is None as long as there is none."""
    begin = datetime(now.astimezone(ZONE).year - 1, 1, 1, tzinfo=ZONE)
    whose, since = (ZONE.key, list(viewer.units), begin), now - A_YEAR
    figures = {row["unit"]: row for row in rows(_FIGURES.format(fewest=FEWEST_RATINGS), [*whose, since])}
    marks: dict[int, dict[str, str]] = {}
    for row in rows(_MARKS.format(fewest=FEWEST_RATINGS), [*whose, list(MARKS), since]):
        marks.setdefault(row["unit"], {})[row["name"]] = f"{row['average']:.1f}"
    units = rows("SELECT id, short_name FROM people_unit WHERE id = ANY(%s) ORDER BY short_name", [list(viewer.units)])
    return [
        {
            "unit": unit["short_name"],
            "rated": figures[unit["id"]]["rated"] if unit["id"] in figures else None,
            "satisfied": figures[unit["id"]]["satisfied"] if unit["id"] in figures else None,
            "marks": {
                label: marks[unit["id"]][name] for name, label in MARKS.items() if name in marks.get(unit["id"], {})
            },
        }
        for unit in units
    ]
