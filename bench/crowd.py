"""Three thousand users: as many accounts as a large county has, with the posts of four of the demo county."""

from onedoor.people.models import Account

USERS = 3000
# a county's centre has a hundred people; the many work in its departments
IN_THE_CENTRE = {"clerk": 60, "dispatcher": 30, "supervisor": 30}


def handling_units() -> list[str]:
    """The departments of the demo county, over which its crowd of handlers is spread."""
    from onedoor.people.demo_county import UNITS
    from onedoor.people.models import UnitKind

    return [unit.code for unit in UNITS if unit.kind == UnitKind.DEPARTMENT]


def crowd(users: int = USERS) -> dict[str, list[Account]]:
    """By role, in the order of their names; those that are missing are added. The handler at a place works in the unit
    at that place of `handling_units`, over and over."""
    from django.db import transaction

    from onedoor.people import demo
    from onedoor.people.demo_county import ACCOUNTS, DemoAccount

    of_role = {account.username: account for account in ACCOUNTS}
    departments = handling_units()
    many = {**IN_THE_CENTRE, "handler": users - sum(IN_THE_CENTRE.values())}
    names = {role: [f"{role}.{place:04d}" for place in range(number)] for role, number in many.items()}
    wanted = [
        DemoAccount(
            name,
            of_role[role].name,
            of_role[role].role,
            departments[place % len(departments)] if role == "handler" else of_role[role].unit,
        )
        for role, several in names.items()
        for place, name in enumerate(several)
    ]
    with transaction.atomic():
        demo.add((), (), wanted)
    return {
        role: list(Account.objects.filter(username__in=several).order_by("username"))
        for role, several in names.items()
    }
