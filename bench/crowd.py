"""Three thousand users: as many accounts as a large county has, with the posts of four of the demo county."""

from onedoor.people.models import Account

USERS = 3000
ROLES = ("clerk", "dispatcher", "handler", "supervisor")


def crowd(users: int = USERS) -> dict[str, list[Account]]:
    """By role, an even share of them each; those that are missing are added."""
    from django.db import transaction

    from onedoor.people import demo
    from onedoor.people.demo_county import ACCOUNTS, DemoAccount

    of_role = {account.username: account for account in ACCOUNTS}
    names = {role: [f"{role}.{place:04d}" for place in range(users // len(ROLES))] for role in ROLES}
    wanted = [
        DemoAccount(name, of_role[role].name, of_role[role].role, of_role[role].unit)
        for role, several in names.items()
        for name in several
    ]
    with transaction.atomic():
        demo.add((), (), wanted)
    return {role: list(Account.objects.filter(username__in=several)) for role, several in names.items()}
