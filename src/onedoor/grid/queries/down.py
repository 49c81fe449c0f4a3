"""取下去: what a phone takes with it. The own area only, and of that what the work there needs."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings

from onedoor.cases.sql import rows
from onedoor.grid.queries.for_phone import care_for, checklists_for, places_for, tasks_for
from onedoor.grid.queries.lookup import GridShape, Ring, contacts_of, grids_around, grids_of
from onedoor.grid.queries.mine import mine
from onedoor.people.tokens import PostHeld, SignedIn
from onedoor.rules.access import IN_THE_FIELD, ROLE_NAMES, Actor
from onedoor.rules.closing import OUTCOME_NAMES, SETTLED_IN_THE_GRID
from onedoor.rules.field import LONGEST_TEXT, MOST_ENTRIES, MOST_FILES, PIECE, WHO
from onedoor.rules.field_opinions import TOPICS
from onedoor.rules.household import PURPOSES
from onedoor.rules.refusal import NOT_ALLOWED, Refused

Row = dict[str, Any]


def down(*, signed: SignedIn, actors: tuple[Actor, ...], at: datetime) -> Row:
    """Everything for the first of these posts that goes out into the field."""
    actor = next((one for one in actors if one.role in IN_THE_FIELD), None)
    if actor is None:
        raise Refused(NOT_ALLOWED, "您没有网格岗位，不能使用网格应用。")
    post = next(one for one in signed.posts if one.actor.post == actor.post)
    own = next(iter(grids_of([actor.division])), None)
    return {
        "me": {
            "username": signed.username,
            "name": signed.name,
            "post": actor.post,
            "role": actor.role,
            "role_name": ROLE_NAMES[actor.role],
            "kinds": [kind for kind, roles in WHO.items() if actor.role in roles and kind != "case"],
        },
        "grid": _own(post, own),
        "around": [{**_shape(one), "below": one.below} for one in grids_around([actor.division])],
        "contacts": _contacts(actor.division),
        "tasks": tasks_for(signed, at),
        "places": places_for(signed, at),
        "checklists": checklists_for(signed, at),
        "care": care_for(signed, at),
        "mine": mine(account=signed.account, viewer=signed.viewer(), at=at),
        "categories": _categories(),
        "topics": _pairs(TOPICS),
        "purposes": _pairs(PURPOSES),
        "outcomes": _pairs({code: OUTCOME_NAMES[code] for code in SETTLED_IN_THE_GRID}),
        "limits": {
            "entries": MOST_ENTRIES,
            "piece": PIECE,
            "file": settings.ATTACHMENT_LIMIT,
            "files": MOST_FILES,
            "text": LONGEST_TEXT,
        },
    }


def _own(post: PostHeld, grid: GridShape | None) -> Row:
    """The post's division, drawn as a grid or not."""
    return {
        "code": post.division_code,
        "name": post.division_name,
        "level_name": grid.level_name if grid else "",
        "shape": grid.shape if grid else None,
    }


def _shape(grid: GridShape) -> Row:
    return {"code": grid.code, "name": grid.name, "level_name": grid.level_name, "shape": grid.shape}


def _contacts(division: int) -> Row:
    found = contacts_of(division)
    return {
        "lead": _ring(found.lead),
        "centre": _ring(found.centre),
        "police": [asdict(one) for one in found.police],
        "legal": [asdict(one) for one in found.legal],
    }


def _ring(one: Ring | None) -> Row | None:
    return {"name": one.name, "phone": one.phone} if one else None


def _categories() -> list[Row]:
    """Leaves of the catalogue with the name of their group, in its order; those of the grid's own group first."""
    return rows(
        "WITH RECURSIVE tree AS ("
        " SELECT id, code, name, name AS group_name, code AS group_code, ARRAY[position] AS place"
        "  FROM category WHERE parent_id IS NULL AND active"
        " UNION ALL SELECT c.id, c.code, c.name, tree.group_name, tree.group_code, tree.place || c.position"
        "  FROM category c JOIN tree ON c.parent_id = tree.id WHERE c.active)"
        ' SELECT code, name, group_name AS "group" FROM tree'
        " WHERE NOT EXISTS (SELECT 1 FROM category child WHERE child.parent_id = tree.id AND child.active)"
        " ORDER BY group_code <> split_part(%s, '.', 1), place, code",
        [settings.FIELD_CATEGORY],
    )


def _pairs(names: dict[str, str]) -> list[dict[str, str]]:
    return [{"code": code, "name": name} for code, name in names.items()]
