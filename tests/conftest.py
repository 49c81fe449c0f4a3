"""The test run's own database and data directory (see onedoor.ops.testing)."""

from typing import Any

import pytest
from django.conf import settings
from xdist.scheduler import LoadScopeScheduling

from onedoor.ops.testing import test_cluster, use_late

test_cluster()
if settings.configured:  # pytest-django came first: this run was started without `-p onedoor.ops.testing`
    use_late(settings)


class ByFile(LoadScopeScheduling):
    """With several processes a file stays in one, for what it has set up; all browser tests share a server. (xdist's
    groups by mark are not heeded with pytest 9.2: it writes an attribute that nodes have no more.)"""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return "browser" if "/browser/" in path else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)
