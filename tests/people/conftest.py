from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings

from onedoor.people import guard
from people.kit import Person, make_person


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real_hash: the test is about the cost of the password hash")


@pytest.fixture(autouse=True)
def cheap_hash(request: pytest.FixtureRequest, settings: Settings) -> None:
    if "real_hash" not in request.keywords:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person(db: None) -> Person:
    return make_person()


@pytest.fixture
def committed_person(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Person]:
    """For tests with several connections. Takes away what it brought, where a flush of all tables would take
    the rows that migrations made as well."""
    with django_db_blocker.unblock():
        made = make_person()
        yield made
        with connection.cursor() as cursor:
            for table in ("people_token", "mfa_authenticator", "people_post", "access_log"):
                column = "user_id" if table == "mfa_authenticator" else "account_id"
                cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [made.account.pk])
        guard.forget(made.account.username)
        made.account.delete()
        made.unit.delete()
        made.town.delete()
        made.county.delete()
        connection.close()
