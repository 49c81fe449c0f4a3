"""The test run's own database and data directory (see onedoor.ops.testing)."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from xdist.scheduler import LoadScopeScheduling

from onedoor.ops.testing import migrated, test_cluster, use_late

test_cluster()
if settings.configured:  # pytest-django came first: this run was started without `-p onedoor.ops.testing`
    use_late(settings)


# What takes longest begins first, so that no process is left with it when the others have nothing more to do; after the
# first of them what makes a database of its own, while the first makes the one that all others copy.
LONG = (
    "tests/browser/test_desk.py",
    "tests/ops/test_operations.py",
    "tests/ops/test_bundle.py",
    "tests/browser/",
    "tests/grid/test_sync_drill.py",
    "tests/web/test_leak_matrix.py",
    "tests/ops/test_parts.py",
    "tests/figures/",
    "tests/demo/",
    "tests/web/",
)
# Browser tests share a server, these apart from the others: all of them in one process would take the longest of all.
OF_THE_BROWSER = {"test_board": "pictures", "test_map": "pictures", "test_field": "field", "test_field_pages": "field"}


class ByFile(LoadScopeScheduling):
    """With several processes a file stays in one, for what it has set up; browser tests that share a server stay
    together. (xdist's groups by mark are not heeded with pytest 9.2: it writes an attribute that nodes have no more.)"""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return f"browser {OF_THE_BROWSER.get(Path(path).stem, '')}" if "/browser/" in path else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # one of several processes; a single one goes file by file
        items.sort(
            key=lambda item: next((at for at, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG))
        )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The tests' database is a copy of the one that the first of a run's processes has migrated."""
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated()
