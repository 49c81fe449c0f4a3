"""社情民意: for supervisor and director of a centre, those of its area; list and counts by topic."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from onedoor.cases.sql import rows
from onedoor.grid.queries.area import day_cursor, in_area, must_look, read_day_cursor
from onedoor.people.tokens import SignedIn
from onedoor.rules.field_opinions import READS, TOPICS

PAGE = 30
_WHY = "社情民意只由中心的督办员和主任查看。"


@dataclass(frozen=True, slots=True)
class HeardPage:
    items: list[dict[str, Any]]
    next_cursor: str


def list_heard(signed: SignedIn, *, topic: str = "", cursor: str = "") -> HeardPage:
    """Newest day first; among those of one day by chance: the id tells no order."""
    must_look(signed, READS, _WHY)
    inside, values = in_area(signed, READS, "o.division_id")
    where = f"o.erased_at IS NULL AND {inside}"
    if topic:
        where, values = f"{where} AND o.topic = %s", [*values, topic]
    if cursor:
        where += " AND (o.heard_on, o.id) < (%s, %s)"
        values = [*values, *read_day_cursor(cursor, "heard")]
    found = rows(
        "SELECT o.id, o.topic, o.text, o.heard_on, d.name AS place FROM grid_fieldopinion o"
        f" JOIN people_division d ON d.id = o.division_id WHERE {where}"
        " ORDER BY o.heard_on DESC, o.id DESC LIMIT %s",
        [*values, PAGE + 1],
    )
    items = [{**one, "topic_name": TOPICS[one["topic"]]} for one in found[:PAGE]]
    more = len(found) > PAGE
    return HeardPage(items, day_cursor(items[-1]["heard_on"], items[-1]["id"], "heard") if more else "")


def heard_numbers(signed: SignedIn, first: date, last: date) -> list[tuple[str, str, int]]:
    """Code, name and count of each topic, erased ones counted too."""
    must_look(signed, READS, _WHY)
    inside, values = in_area(signed, READS, "o.division_id")
    found = rows(
        f"SELECT o.topic, count(*) AS n FROM grid_fieldopinion o WHERE o.heard_on BETWEEN %s AND %s AND {inside}"
        " GROUP BY o.topic",
        [first, last, *values],
    )
    counts = {row["topic"]: int(row["n"]) for row in found}
    return [(code, name, counts.get(code, 0)) for code, name in TOPICS.items()]
