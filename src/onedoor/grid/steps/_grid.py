"""What the steps of the field look up: a grid by its code, a day at the deployment's place, who works where."""

import json
from datetime import date, datetime
from typing import Any

from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows
from onedoor.people.find import find_division
from onedoor.people.models import Account, Division
from onedoor.rules.access import Role
from onedoor.rules.fieldwork import Path
from onedoor.rules.refusal import Refused, invalid


def local_day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def path(stored: str | list[int]) -> Path:
    """The path of a division as the driver gives it."""
    return tuple(json.loads(stored) if isinstance(stored, str) else stored)


def grid_named(typed: object, field: str = "grid") -> Division:
    """The grid as forms name it, by code or name."""
    return find_division(typed if isinstance(typed, str) else "", field=field)


def worker_named(username: object, grid: Path, roles: frozenset[Role], field: str = "worker") -> Account | None:
    """Who is to do it, by his user name: in office, with such a post at the grid or above it. None for nobody."""
    name = username.strip() if isinstance(username, str) else ""
    if not name:
        return None
    found = (
        Account.objects.filter(
            username=name.replace("\0", "\ufffd"), is_active=True, posts__active=True, posts__unit__active=True,
            posts__role__in=list(roles), posts__division__in=list(grid),
        ).first()
    )  # fmt: skip
    if found is None:
        raise invalid(field, "没有这个人，或他的岗位不在这个网格。")
    return found


def one(statement: str, values: list[Any], refused: Refused) -> dict[str, Any]:
    """The only row; refuses where there is none."""
    found = rows(statement, values)
    if not found:
        raise refused
    return found[0]
