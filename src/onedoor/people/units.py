"""Units, accounts and posts: finding a division's centre, and making each by one call."""

from onedoor.people.models import Account, Division, Post, Unit, UnitKind
from onedoor.people.sign_in import check_password_policy
from onedoor.rules.access import Role


def centre_of(division: Division) -> Unit | None:
    """The centre that takes matters in for a division: its own or, without one, the nearest above it.

    One query. None when there is no centre in use up to the top.
    """
    centres = Unit.objects.filter(kind=UnitKind.CENTRE, active=True, division_id__in=division.path)
    by_division = {centre.division_id: centre for centre in centres}
    return next((by_division[node] for node in reversed(division.path) if node in by_division), None)


def public_centre() -> Unit | None:
    """The centre whose name and telephone residents see: the top one in use, if there is any. One query."""
    return Unit.objects.filter(kind=UnitKind.CENTRE, active=True).order_by("division__code").first()


def add_unit(code: str, name: str, *, kind: UnitKind, division: Division, short_name: str = "") -> Unit:
    return Unit.objects.create(code=code, name=name, short_name=short_name or name[:20], kind=kind, division=division)


def add_account(username: str, name: str, password: str, *, must_use_totp: bool = False) -> Account:
    """A real person's account; the password must satisfy the policy."""
    account = Account(username=Account.normalize_username(username), name=name, must_use_totp=must_use_totp)
    check_password_policy(password, account)
    account.set_password(password)
    account.save(force_insert=True)
    return account


def add_post(
    account: Account, role: Role, unit: Unit, *, division: Division | None = None, confidential: bool = False
) -> Post:
    """A post that looks at `division`, by default the unit's own."""
    return Post.objects.create(
        account=account,
        role=role,
        unit=unit,
        division=division or unit.division,
        confidential=confidential,
    )
