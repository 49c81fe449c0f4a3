"""Subjects of points: their names, where they belong, whose entries somebody may read or appeal against."""

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from onedoor.cases.sql import rows
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Actor, Role
from onedoor.rules.points import CENTRE, PERSONAL, READS, Subject
from onedoor.rules.refusal import NOT_ALLOWED, Refused

# One row for each subject that exists: where a window or a person is, is where its unit is.
_NAMES = {
    "unit": "SELECT u.id, '' AS part, u.short_name AS name, '' AS place, d.path::text AS path, u.id AS unit"
    " FROM people_unit u JOIN people_division d ON d.id = u.division_id WHERE u.id = ANY(%s)",
    "window": "SELECT u.id, '' AS part, u.short_name AS name, '' AS place, d.path::text AS path, u.id AS unit"
    " FROM people_unit u JOIN people_division d ON d.id = u.division_id WHERE u.id = ANY(%s)",
    "grid": "SELECT d.id, '' AS part, d.name, '' AS place, d.path::text AS path, NULL::bigint AS unit"
    " FROM people_division d WHERE d.id = ANY(%s)",
}
# A person's post that puts him there: the newest that is held.
_PERSON = (
    "SELECT DISTINCT ON (a.id) a.id, '' AS part, a.name, {place} AS place, d.path::text AS path, p.unit_id AS unit"
    " FROM people_account a JOIN people_post p ON p.account_id = a.id JOIN people_unit u ON u.id = p.unit_id"
    " JOIN people_division d ON d.id = p.division_id WHERE a.id = ANY(%s) AND p.role {roles}"
    " ORDER BY a.id, p.active DESC, p.id DESC"
)
_NAMES["staff"] = _PERSON.format(
    place="u.short_name", roles="NOT IN ('grid_worker', 'grid_lead', 'volunteer', 'admin')"
)
_NAMES["worker"] = _PERSON.format(place="d.name", roles="= 'grid_worker'")


@dataclass(frozen=True, slots=True)
class Named:
    """`place`: the unit or grid of a person. `path`: ids of the divisions it lies in, root first. `unit`: it belongs
    to that unit (a window: to the centre)."""

    subject: Subject
    name: str
    place: str
    path: tuple[int, ...]
    unit: int | None


def named(kind: str, subjects: Iterable[Subject]) -> dict[Subject, Named]:
    """The subjects of one kind by name; what does not exist any more is left out."""
    wanted = sorted(set(subjects))
    found = {row["id"]: row for row in rows(_NAMES[kind], [[one.id for one in wanted]])}
    return {
        one: Named(
            one,
            f"{found[one.id]['name']}{one.part}" if kind == "window" else found[one.id]["name"],
            found[one.id]["place"],
            tuple(orjson.loads(found[one.id]["path"])),
            found[one.id]["unit"],
        )
        for one in wanted
        if one.id in found
    }


# Who answers for units and for people who work in them.
_LEADS_UNIT = frozenset({Role.UNIT_LEAD})
_LEADS_GRID = frozenset({Role.GRID_LEAD})
# Whose place at a centre makes its windows his own concern.
_AT_WINDOWS = frozenset({Role.CLERK, Role.DISPATCHER})


def of_centre(actors: Iterable[Actor], path: tuple[int, ...], *, roles: frozenset[Role] = CENTRE) -> Actor | None:
    """The post from which somebody looks after the area of that path."""
    return next((one for one in actors if one.role in roles and one.division in path), None)


def must_be_of_centre(signed: SignedIn, path: tuple[int, ...], what: str) -> Actor:
    found = of_centre(signed.actors, path)
    if found is None:
        raise Refused(NOT_ALLOWED, f"只有中心的督办员、主任能{what}。")
    return found


def is_own(signed: SignedIn, one: Named) -> bool:
    """Whether it is himself, or the unit, window or grid that he answers for: he may appeal."""
    subject = one.subject
    if subject.kind in PERSONAL:
        return subject.id == signed.account
    for actor in signed.actors:
        match subject.kind:
            case "unit" if actor.unit == subject.id and actor.role in _LEADS_UNIT | {Role.HANDLER, Role.MEDIATOR}:
                return True
            case "unit" | "window" if actor.unit == subject.id and actor.role in _AT_WINDOWS:
                return True
            case "grid" if actor.role in _LEADS_GRID | {Role.GRID_WORKER} and actor.division in one.path:
                return True
    return False


def reads_entries(signed: SignedIn, one: Named) -> bool:
    """Himself, his unit or grid; who leads a person; the centre of the area. The auditor reads those of no person."""
    personal = one.subject.kind in PERSONAL
    return (
        is_own(signed, one)
        or of_centre(signed.actors, one.path, roles=CENTRE if personal else READS) is not None
        or (personal and leads(signed, one))
    )


def leads(signed: SignedIn, one: Named) -> bool:
    """Whether he is the lead of that person's unit, or of the grids in which that worker works."""
    if one.subject.kind == "staff":
        return any(actor.role in _LEADS_UNIT and actor.unit == one.unit for actor in signed.actors)
    return any(actor.role in _LEADS_GRID and actor.division in one.path for actor in signed.actors)


def root_path(signed: SignedIn) -> tuple[int, ...]:
    return (signed.root,)
