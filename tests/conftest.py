"""The test run's own database and data directory (see onedoor.ops.testing)."""

import pytest
from django.conf import settings

from onedoor.ops.testing import test_cluster, use_late

test_cluster()
if settings.configured:  # pytest-django came first: this run was started without `-p onedoor.ops.testing`
    use_late(settings)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several processes a file stays in one, for what it has set up; all browser tests share a server."""
    for item in items:
        folder = item.path.parent.name
        item.add_marker(pytest.mark.xdist_group("browser" if folder == "browser" else str(item.path)))
