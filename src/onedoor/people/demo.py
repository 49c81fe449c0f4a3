"""Loads the small county of `demo_county`, and never over anybody's real data."""

from collections.abc import Sequence

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from onedoor.people.demo_county import (
    ACCOUNTS,
    COUNTY,
    DIVISIONS,
    FIRST,
    GRIDS,
    PASSWORD,
    UNITS,
    DemoAccount,
    DemoUnit,
)
from onedoor.people.divisions import add_division, top
from onedoor.people.models import Account, Division, Post, Unit
from onedoor.rules.access import ROLE_NAMES
from onedoor.rules.refusal import CONFLICT, Refused


def is_demo_database() -> bool:
    """Whether the tree's top is the invented county."""
    there = top()
    return there is not None and there.code == COUNTY


def first_accounts() -> list[tuple[str, str, str]]:
    """User name, role and unit of the accounts with which a newcomer looks around; empty outside a demo database."""
    if not is_demo_database():
        return []
    units = {unit.code: unit.short_name for unit in UNITS}
    return [(one.username, ROLE_NAMES[one.role], units[one.unit]) for one in ACCOUNTS[:FIRST]]


def load() -> list[str]:
    """Brings what is missing of the demo county; returns the demo user names in their order.

    A second call changes nothing, also not what was altered by hand meanwhile. Refuses with `conflict` where
    the database holds anything else.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:  # two that load at once: one after the other
            cursor.execute("LOCK TABLE people_division IN SHARE ROW EXCLUSIVE MODE")
        if not is_demo_database() and _holds_anything():
            raise Refused(CONFLICT, "这个库里已有真实数据，不能装入演示县；要试用请另选一个空的数据目录。")
        add(DIVISIONS, UNITS, ACCOUNTS)
    return [account.username for account in ACCOUNTS]


def add(divisions: Sequence[tuple[str, str, str]], units: Sequence[DemoUnit], accounts: Sequence[DemoAccount]) -> None:
    """Brings what is missing of these tables of the demo county; must run inside a transaction."""
    places = _divisions(divisions)
    _accounts(accounts, _units(units, places), places)


def _holds_anything() -> bool:
    return Division.objects.exists() or Unit.objects.exists() or Account.objects.exists()


def _divisions(wanted: Sequence[tuple[str, str, str]]) -> dict[str, Division]:
    there = {division.code: division for division in Division.objects.filter(code__startswith=COUNTY)}
    for code, name, parent in wanted:
        if code not in there:
            there[code] = add_division(code, name, there[parent] if parent else None)
            if code in GRIDS:
                Division.objects.filter(code=code).update(offered=False)
    return there


def _units(wanted: Sequence[DemoUnit], divisions: dict[str, Division]) -> dict[str, Unit]:
    known = set(Unit.objects.values_list("code", flat=True))
    Unit.objects.bulk_create(
        Unit(
            code=unit.code,
            name=unit.name,
            short_name=unit.short_name,
            kind=unit.kind,
            division=divisions[unit.division],
        )
        for unit in wanted
        if unit.code not in known
    )
    return {unit.code: unit for unit in Unit.objects.all()}


def _accounts(wanted: Sequence[DemoAccount], units: dict[str, Unit], divisions: dict[str, Division]) -> None:
    known = set(Account.objects.values_list("username", flat=True))
    missing = [account for account in wanted if account.username not in known]
    if not missing:
        return
    password = make_password(PASSWORD)  # one slow hash for all of them
    people = Account.objects.bulk_create(
        Account(
            username=account.username,
            name=account.name,
            password=password,
            is_demo=True,
            is_operator=account.is_operator,
        )
        for account in missing
    )
    Post.objects.bulk_create(
        Post(
            account=person,
            role=account.role,
            unit=units[account.unit],
            division_id=divisions[account.division].pk if account.division else units[account.unit].division_id,
            confidential=account.confidential,
        )
        for person, account in zip(people, missing, strict=True)
    )
