"""The full demo county, loaded once for a module."""

from collections.abc import Iterator

import pytest
from django.conf import settings as real_settings
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from cases.conftest import empty_tables, load_county
from onedoor.demo.load import load


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """How many matters `load` brought."""
    before = real_settings.CHECKPOINTS
    real_settings.CHECKPOINTS = tmp_path_factory.mktemp("checkpoints")
    with django_db_blocker.unblock():
        load_county()
        try:
            yield load(timezone.now())
        finally:
            empty_tables()
            connection.close()
            real_settings.CHECKPOINTS = before


@pytest.fixture
def full(loaded: int, db: None) -> int:
    """For tests that are rolled back."""
    return loaded
