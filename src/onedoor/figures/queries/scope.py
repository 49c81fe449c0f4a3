"""Whose figures: a centre with its division, and as whom its figures are counted."""

from collections.abc import Iterable
from dataclasses import dataclass

from onedoor.cases.sql import rows
from onedoor.people.models import Unit, UnitKind
from onedoor.rules.access import Actor, Role, Viewer, viewer_of
from onedoor.rules.centre_papers import WRITES
from onedoor.rules.refusal import NOT_READY, Refused


@dataclass(frozen=True, slots=True)
class Scope:
    """`path`: ids of the centre's division and all above it, the top first."""

    centre: int
    centre_name: str
    short_name: str
    division: int
    code: str
    name: str
    path: tuple[int, ...]

    @property
    def root(self) -> int:
        return self.path[0]

    @property
    def is_root(self) -> bool:
        return len(self.path) == 1

    def viewer(self) -> Viewer:
        """As the director of this division sees it, and nothing that a person sees besides: so a figure does not
        depend on who has it counted."""
        post = Actor(0, "", Role.DIRECTOR, 0, self.centre, self.division, self.path)
        return viewer_of(0, [post], self.root)


def scope_of(centre: int) -> Scope:
    """Of that unit; refuses where it is no centre in use."""
    if not (found := _scopes([centre])):
        raise Refused(NOT_READY, "您的岗位不在综治中心。分析和通报由综治中心的督办员、中心主任起草。")
    return found[centre]


def written_for(actors: Iterable[Actor]) -> list[Scope]:
    """The centres whose reports and bulletins somebody writes, in the order of his posts."""
    units = [actor.unit for actor in actors if actor.role in WRITES]
    there = _scopes(units)
    return [there[one] for one in dict.fromkeys(units) if one in there]


def _scopes(units: list[int]) -> dict[int, Scope]:
    """Of those units that are centres in use."""
    found = Unit.objects.select_related("division").filter(pk__in=units, kind=UnitKind.CENTRE, active=True)
    return {
        unit.pk: Scope(
            unit.pk, unit.name, unit.short_name or unit.name[:20],
            unit.division.pk, unit.division.code, unit.division.name, tuple(unit.division.path),
        )
        for unit in found
    }  # fmt: skip


def centres_seen(actors: Iterable[Actor], roles: frozenset[Role]) -> list[int]:
    """The centres of the divisions that these posts oversee, and of all below; ids."""
    overseen = sorted({actor.division for actor in actors if actor.role in roles})
    found = rows(
        "SELECT u.id FROM people_unit u JOIN people_division d ON d.id = u.division_id"
        " WHERE u.kind = 'centre' AND EXISTS (SELECT 1 FROM unnest(%s::bigint[]) o WHERE d.path @> to_jsonb(o))",
        [overseen],
    )
    return [int(row["id"]) for row in found]
