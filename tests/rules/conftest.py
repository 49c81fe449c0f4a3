"""Nothing here needs Django or a kept set of examples; with both, half as many seconds again went by."""

import pytest
from hypothesis import settings

settings.register_profile("rules", database=None, deadline=None)
settings.load_profile("rules")


@pytest.fixture(scope="session")
def nothing() -> None:
    """In the place of a fixture that Django's plugin would set up for each single test."""


_template_string_if_invalid_marker = _live_server_helper = _django_setup_unittest = _django_set_urlconf = nothing
_django_isolate_apps = _django_db_marker = _django_clear_site_cache = _dj_autoclear_mailbox = nothing
