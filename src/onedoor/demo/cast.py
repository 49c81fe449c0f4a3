"""Who of the demo county does what, by user name."""

from dataclasses import dataclass

from onedoor.demo.county import ACCOUNTS, TOWNS
from onedoor.people.demo_county import ACCOUNTS as FIRST_ACCOUNTS
from onedoor.people.demo_county import COUNTY
from onedoor.rules.access import Role

SUPERVISOR, DIRECTOR, DISCREET_DISPATCHER = "supervisor", "director", "dispatcher_secret"
_ALL = (*FIRST_ACCOUNTS, *ACCOUNTS)


def _of(unit: str, *roles: Role) -> tuple[str, ...]:
    found = (one for one in _ALL if one.unit == unit and one.role in roles and not one.confidential)
    return tuple(one.username for one in found)


@dataclass(frozen=True, slots=True)
class Desk:
    """The people of one centre."""

    centre: str
    clerks: tuple[str, ...]
    dispatchers: tuple[str, ...]


def _desk(centre: str) -> Desk:
    return Desk(centre, _of(centre, Role.CLERK), _of(centre, Role.DISPATCHER))


COUNTY_DESK = _desk("centre")
# by the code of the division
DESKS = {
    COUNTY: COUNTY_DESK,
    **{code: _desk(f"centre-{word}") for code, word, _, _ in TOWNS},
    "990101100201": _desk("centre-hefengtang"),
}
GRID_WORKER = "grid_worker"


def handler_of(unit: str) -> str:
    """Who handles matters there: a handler, in a committee a mediator."""
    return _of(unit, Role.HANDLER, Role.MEDIATOR)[0]


def lead_of(unit: str) -> str:
    """The head of the unit; empty for a committee, which has none."""
    return next(iter(_of(unit, Role.UNIT_LEAD)), "")
