"""What the administrator's pages list. Named reads; lists are paged by key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from onedoor.people import guard
from onedoor.people.access_log import ACTIONS, CHANGES
from onedoor.people.models import AccessLog, Account, Division, Post, SignInGuard, Unit, UnitKind

PAGE = 50
UNUSED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class UnitPage:
    """`following` is the code to go on after; empty at the end. Each unit has `held`, its posts in use."""

    items: Sequence[Unit]
    following: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    account: Account
    posts: list[Post]
    second_factor: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """`following` is the user name to go on after; empty at the end."""

    items: list[PersonRow]
    following: str


def colleagues(unit: int) -> list[tuple[str, str]]:
    """User name and name of everybody in office at the unit, by name."""
    found = (
        Account.objects.filter(is_active=True, posts__unit=unit, posts__active=True).distinct().order_by("name", "pk")
    )
    return list(found.values_list("username", "name"))


def list_units(
    *, q: str = "", kind: str = "", division: Division | None = None, state: str = "", after: str = ""
) -> UnitPage:
    """Units by code; `q` is part of a code or name, `division` takes all below it too. `state`: `active`, `off`, or
    `unstaffed` for units in use where nobody holds a post."""
    held = Q(posts__active=True, posts__account__is_active=True)
    found = Unit.objects.select_related("division").annotate(held=Count("posts", filter=held)).order_by("code")
    if q:
        found = found.filter(Q(code__icontains=q) | Q(name__icontains=q) | Q(short_name__icontains=q))
    if kind:
        found = found.filter(kind=kind)
    if division is not None:
        found = found.filter(division__path__contains=[division.pk])
    if state == "unstaffed":
        found = found.filter(active=True, held=0)
    elif state:
        found = found.filter(active=state == "active")
    if after:
        found = found.filter(code__gt=after)
    items = list(found[: PAGE + 1])
    return UnitPage(items[:PAGE], items[PAGE - 1].code if len(items) > PAGE else "")


def list_people(*, q: str = "", role: str = "", state: str = "", after: str = "") -> PersonPage:
    """Accounts by user name, with their posts in use; `q` is part of a user name, a name or a unit's name.
    `state`: `active`, `off`, `idle` for accounts in use without a post, or `unused` for those with which nobody has
    signed in for UNUSED, as far as that is known."""
    found = Account.objects.order_by("username")
    active = Post.objects.filter(account=OuterRef("pk"), active=True)
    if q:
        in_unit = active.filter(Q(unit__name__icontains=q) | Q(unit__short_name__icontains=q))
        found = found.filter(Q(username__icontains=q) | Q(name__icontains=q) | Exists(in_unit))
    if role:
        found = found.filter(Exists(active.filter(role=role)))
    if state == "idle":
        found = found.filter(~Exists(active), is_active=True)
    elif state == "unused":
        long_ago = timezone.now() - UNUSED
        never_or_long_ago = Q(last_sign_in_on=None) | Q(last_sign_in_on__lt=timezone.localdate(long_ago))
        found = found.filter(never_or_long_ago, is_active=True, created_at__lt=long_ago)
    elif state:
        found = found.filter(is_active=state == "active")
    if after:
        found = found.filter(username__gt=after)
    held = Prefetch("posts", Post.objects.filter(active=True).select_related("unit", "division"), to_attr="held")
    accounts = list(found.prefetch_related(held)[: PAGE + 1])
    sealed = _with_second_factor(account.pk for account in accounts)
    items = [PersonRow(account, account.held, account.pk in sealed) for account in accounts[:PAGE]]
    return PersonPage(items, accounts[PAGE - 1].username if len(accounts) > PAGE else "")


def _with_second_factor(accounts: Iterable[int]) -> set[int]:
    kind = Authenticator.Type.TOTP
    return set(Authenticator.objects.filter(user_id__in=list(accounts), type=kind).values_list("user_id", flat=True))


@dataclass(frozen=True, slots=True)
class Person:
    """An account with all its posts, those in use first."""

    account: Account
    posts: list[Post]
    second_factor: bool
    locked_until: datetime | None


def person(account: int) -> Person | None:
    found = Account.objects.filter(pk=account).first()
    if found is None:
        return None
    posts = found.posts.select_related("unit", "division").order_by("-active", "id")
    lock = SignInGuard.objects.filter(digest=guard.digest_of(found.username), locked_until__gt=timezone.now()).first()
    return Person(found, list(posts), bool(_with_second_factor([account])), lock.locked_until if lock else None)


@dataclass(frozen=True, slots=True)
class Level:
    """A division, those above it from the top down, and those directly below with figures `below` and `units_here`."""

    division: Division
    trail: list[Division]
    below: list[Division]
    units: list[Unit]
    following: str


MOST_BELOW = 200


def division_level(code: str = "", after: str = "") -> Level | None:
    """The level below a division, the top without a code; None where there is none."""
    wanted = Division.objects.filter(code=code) if code else Division.objects.filter(parent=None)
    here = wanted.first()
    if here is None:
        return None
    trail = sorted(Division.objects.filter(pk__in=here.path[:-1]), key=lambda one: here.path.index(one.pk))
    children: QuerySet[Division] = here.children.annotate(
        below=Count("children", distinct=True), units_here=Count("units", filter=Q(units__active=True), distinct=True)
    ).order_by("code")
    if after:
        children = children.filter(code__gt=after)
    below = list(children[: MOST_BELOW + 1])
    following = below[MOST_BELOW - 1].code if len(below) > MOST_BELOW else ""
    return Level(here, trail, below[:MOST_BELOW], list(here.units.filter(active=True).order_by("code")), following)


@dataclass(frozen=True, slots=True)
class Change:
    at: datetime
    who: str
    what: str
    subject: str
    reason: str


def newest_changes(count: int = 20) -> list[Change]:
    """What administrators did last. The log itself names accounts by id."""
    lines = list(AccessLog.objects.filter(action__in=CHANGES).order_by("-recorded_at")[:count])
    names = dict(Account.objects.filter(pk__in={line.account_id for line in lines}).values_list("pk", "name"))
    return [
        Change(line.recorded_at, names.get(line.account_id or 0, ""), ACTIONS[line.action], line.subject, line.reason)
        for line in lines
    ]


def figures() -> dict[str, int]:
    """How far the centre is set up: divisions, units in use, those where nobody holds a post, accounts in use,
    those without a post."""
    holders = Post.objects.filter(unit=OuterRef("pk"), active=True, account__is_active=True)
    units, accounts = Unit.objects.filter(active=True), Account.objects.filter(is_active=True)
    return {
        "divisions": Division.objects.count(),
        "units": units.count(),
        "centres": units.filter(kind=UnitKind.CENTRE).count(),
        "unstaffed": units.filter(~Exists(holders)).count(),
        "accounts": accounts.count(),
        "idle": accounts.filter(~Exists(Post.objects.filter(account=OuterRef("pk"), active=True))).count(),
    }
