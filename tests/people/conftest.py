from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import Settings

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
def committed_person(transactional_db: None) -> Iterator[Person]:
    """For tests with several connections."""
    yield make_person()
    connection.close()
