"""Who does what in the grids: which posts look after an area, and what everything that is done there has in common."""

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date, timedelta
from typing import TypeVar

from onedoor.rules.access import Actor, Role
from onedoor.rules.refusal import INVALID, NOT_FOUND, Refused, invalid

# Order, look after places, decide what is asked; each for his own division and all below it.
LEADS = frozenset({Role.GRID_LEAD, Role.DISPATCHER, Role.DIRECTOR})
# Read what goes on in the grids.
LOOKS = LEADS | {Role.SUPERVISOR}
# Go out.
WORKS = frozenset({Role.GRID_WORKER, Role.GRID_LEAD})
GUESTS = frozenset({Role.VOLUNTEER})
TAKES = WORKS | GUESTS
# Have pages of the field at all.
FIELD = LOOKS | TAKES

T = TypeVar("T")
F = TypeVar("F")
YEAR = timedelta(days=366)
Path = tuple[int, ...]


def areas(actors: Iterable[Actor], roles: Container[str]) -> tuple[int, ...]:
    """The divisions that these posts look at; all below belongs to them."""
    return tuple(sorted({actor.division for actor in actors if actor.role in roles}))


def at(actors: Iterable[Actor], roles: Container[str], path: Path) -> Actor | None:
    """The first of the posts that looks at the division of this path, or at one above it."""
    return next((actor for actor in actors if actor.role in roles and actor.division in path), None)


def must_be_at(actors: Iterable[Actor], roles: Container[str], path: Path, what: str) -> Actor:
    """The same; what is not in one's area is not found. `what` as in 没有找到这个…"""
    found = at(actors, roles, path)
    if found is None:
        raise not_there(what)
    return found


def not_there(what: str) -> Refused:
    return Refused(NOT_FOUND, f"没有找到{what}，或您无权查看。")


class Reading:
    """Reads field by field and collects what is wrong, so that all of it is told at once."""

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}

    def __call__(self, read: Callable[[], T], fallback: F) -> T | F:
        try:
            return read()
        except Refused as refused:
            self.faults |= refused.fields
            return fallback

    def check(self) -> None:
        if self.faults:
            raise Refused(INVALID, next(iter(self.faults.values())), self.faults)


def read_day(raw: Mapping[str, object], name: str, label: str, *, required: bool = True) -> date | None:
    """A day written as 2026-03-01; None for nothing that may be left out."""
    given = raw.get(name)
    if given in (None, "") and not required:
        return None
    if isinstance(given, str) and len(given) == 10:
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    raise invalid(
        name, f"请填写{label}，如 2026-03-01。" if given in (None, "") else f"{label}应为 2026-03-01 这样的日期。"
    )


def must_day(raw: Mapping[str, object], name: str, label: str) -> date:
    found = read_day(raw, name, label)
    assert found is not None, "a day that is required"
    return found


def read_count(raw: Mapping[str, object], name: str, label: str, *, most: int, required: bool = True) -> int | None:
    """A whole number from 1 on, typed or sent."""
    given = raw.get(name)
    typed = "" if given is None or isinstance(given, bool) else str(given).strip()
    if not typed and not required:
        return None
    if typed.isascii() and typed.isdecimal() and len(typed) < 8 and 1 <= int(typed) <= most:
        return int(typed)
    raise invalid(name, f"{label}应为1到{most}的整数。")


def read_choice(raw: Mapping[str, object], name: str, label: str, names: Mapping[str, str]) -> str:
    given = raw.get(name)
    if isinstance(given, str) and given in names:
        return given
    raise invalid(name, f"请选择{label}。")
