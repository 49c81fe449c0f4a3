"""One person with one post in a tree of two divisions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import MD5PasswordHasher

from onedoor.people import second_factor
from onedoor.people.divisions import add_division
from onedoor.people.models import Account, Division, Post, Unit, UnitKind
from onedoor.people.units import add_post, add_unit
from onedoor.rules.access import Role

PASSWORD = "qing-he-2026"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STEP = timedelta(seconds=30)


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password was hashed, for setting it or for comparing."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.hashed += 1
        return super().encode(password, salt)


@dataclass(frozen=True)
class Person:
    account: Account
    post: Post
    unit: Unit
    county: Division
    town: Division


def make_person() -> Person:
    county = add_division("990102", "试县", None)
    town = add_division("990102100", "试镇", county)
    unit = add_unit("centre", "试县综治中心", kind=UnitKind.CENTRE, division=county)
    account = Account.objects.create_user("wen", "闻来访", PASSWORD)
    post = add_post(account, Role.CLERK, unit, division=town)
    return Person(account, post, unit, county, town)


def code_at(secret: str, at: datetime) -> str:
    """What the authenticator app shows at that moment."""
    return str(format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30)))


def with_second_factor(account: Account, at: datetime = NOW - 10 * STEP) -> str:
    """Turns it on with a code of `at`; returns the secret."""
    secret = second_factor.set_up(account).secret
    second_factor.confirm(account, secret=secret, code=code_at(secret, at), at=at)
    return secret
