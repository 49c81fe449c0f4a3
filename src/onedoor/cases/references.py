"""Codes that an input names, resolved to facts in few statements."""

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from onedoor.cases.sql import rows
from onedoor.rules.access import Actor
from onedoor.rules.facts import PersonFacts, UnitFacts


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    id: int
    code: str
    name: str
    active: bool
    leaf: bool


@dataclass(frozen=True, slots=True)
class DivisionFacts:
    id: int
    code: str
    name: str
    path: tuple[int, ...]


_PLACES = """
    SELECT 'category' AS what, id, code, name, active,
           NOT EXISTS (SELECT 1 FROM category child WHERE child.parent_id = category.id AND child.active) AS leaf,
           NULL::jsonb AS path
      FROM category WHERE code = ANY(%s)
     UNION ALL
    SELECT 'division', id, code, name, TRUE, TRUE, path FROM people_division
     WHERE code = ANY(%s) OR id = ANY(%s)
"""
_UNITS = """
    SELECT u.id, u.code, u.short_name, u.name, u.kind, u.division_id, d.path
      FROM people_unit u JOIN people_division d ON d.id = u.division_id
     WHERE u.active AND
"""
_PERSONS = """
    SELECT a.id, a.username, a.name, array_agg(p.unit_id) AS units, array_agg(p.role) AS roles
      FROM people_account a JOIN people_post p ON p.account_id = a.id AND p.active
     WHERE a.is_active AND {condition} GROUP BY a.id ORDER BY a.id
"""


def places(
    categories: Iterable[str], divisions: Iterable[str], ids: Iterable[int] = ()
) -> tuple[dict[str, CategoryFacts], dict[str, DivisionFacts]]:
    """Categories by code, divisions by code or id, in one statement; what is unknown is absent."""
    found: tuple[dict[str, CategoryFacts], dict[str, DivisionFacts]] = ({}, {})
    for row in rows(_PLACES, [sorted(set(categories)), sorted(set(divisions)), sorted(set(ids))]):
        if row["what"] == "category":
            found[0][row["code"]] = CategoryFacts(row["id"], row["code"], row["name"], row["active"], row["leaf"])
        else:
            found[1][row["code"]] = DivisionFacts(
                row["id"], row["code"], row["name"], tuple(orjson.loads(row["path"]))
            )
    return found


def _unit(row: dict[str, object]) -> UnitFacts:
    path = row["path"]
    return UnitFacts(
        id=int(str(row["id"])),
        code=str(row["code"]),
        name=str(row["short_name"] or row["name"]),
        kind=str(row["kind"]),
        division=int(str(row["division_id"])),
        division_path=tuple(orjson.loads(path)) if isinstance(path, str) else (),
    )


def units_by_code(codes: Iterable[str]) -> dict[str, UnitFacts]:
    wanted = sorted(set(codes))
    return {unit.code: unit for unit in map(_unit, rows(_UNITS + "u.code = ANY(%s)", [wanted]))} if wanted else {}


def centres_and_named(
    divisions: Iterable[int], names: Iterable[str]
) -> tuple[dict[int, UnitFacts], dict[str, UnitFacts]]:
    """Centres by their division's id, and units by full or short name, in one statement."""
    wanted = set(names)
    condition = "((u.kind = 'centre' AND u.division_id = ANY(%s)) OR u.name = ANY(%s) OR u.short_name = ANY(%s))"
    centres: dict[int, UnitFacts] = {}
    named: dict[str, UnitFacts] = {}
    for row in rows(_UNITS + condition, [sorted(set(divisions)), sorted(wanted), sorted(wanted)]):
        unit = _unit(row)
        if unit.kind == "centre":
            centres[unit.division] = unit
        for name in (str(row["name"]), str(row["short_name"])):
            if name in wanted:
                named[name] = unit
    return centres, named


def centre_for(path: tuple[int, ...], centres: dict[int, UnitFacts]) -> UnitFacts | None:
    """The nearest centre on a division path, from below."""
    return next((centres[division] for division in reversed(path) if division in centres), None)


def _person(row: dict[str, object]) -> PersonFacts:
    units, roles = row["units"], row["roles"]
    assert isinstance(units, list) and isinstance(roles, list)
    return PersonFacts(
        account=int(str(row["id"])),
        username=str(row["username"]),
        name=str(row["name"]),
        units=tuple(units),
        roles=tuple(roles),
    )


def persons(usernames: Iterable[str]) -> dict[str, PersonFacts]:
    """Active accounts with at least one post, by username."""
    wanted = sorted(set(usernames))
    if not wanted:
        return {}
    found = rows(_PERSONS.format(condition="a.username = ANY(%s)"), [wanted])
    return {person.username: person for person in map(_person, found)}


def person_in_office(username: str) -> int | None:
    """The account of that user name, if it is in use and holds a post in use."""
    found = rows(
        "SELECT a.id FROM people_account a WHERE a.username = %s AND a.is_active"
        " AND EXISTS (SELECT 1 FROM people_post p WHERE p.account_id = a.id AND p.active)",
        [username],
    )
    return int(found[0]["id"]) if found else None


def confidential_persons(centre: int, actor: Actor) -> list[PersonFacts]:
    """Who is named on a confidential matter from its first moment: the centre's confidential posts, and the
    person who takes it down."""
    condition = (
        "(a.id = %s OR a.id IN (SELECT account_id FROM people_post WHERE confidential AND active AND unit_id = %s))"
    )
    return list(map(_person, rows(_PERSONS.format(condition=condition), [actor.account, centre])))
