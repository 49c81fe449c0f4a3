"""A throwaway PostgreSQL for a test run. As a pytest plugin (`-p onedoor.ops.testing`) it is there before
Django's settings are read, which pytest-django does before any conftest."""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from onedoor.ops.postgres import Cluster

PREFIX = "onedoor-test-"
_url: str | None = None


def test_cluster() -> str:
    """Start this process's own cluster once; set DATABASE_URL and ONEDOOR_DATA; return the URL.

    The cluster and its directory go when the process ends; the server even when it is killed. With
    ONEDOOR_TEST_EXTERNAL_DB=1 the server named by DATABASE_URL is used instead.
    """
    global _url
    if _url is not None:
        return _url
    _remove_left_overs()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir="/tmp"))
    owner = os.getpid()
    data = folder / "data"
    data.mkdir(mode=0o700)
    os.environ["ONEDOOR_DATA"] = str(data)
    os.environ["ONEDOOR_GRIDS_KEPT_SECONDS"] = "0"  # what one test has drawn is not the next one's
    external = os.environ.get("DATABASE_URL")
    cluster: Cluster | None = None
    if external and os.environ.get("ONEDOOR_TEST_EXTERNAL_DB") == "1":
        _url = external
    else:
        cluster = Cluster(folder / "cluster", durable=False, report=lambda _sentence: None)

    def clean_up() -> None:
        if os.getpid() != owner:  # a forked child
            return
        if cluster is not None:
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(clean_up)
    if cluster is not None:
        _url = os.environ["DATABASE_URL"] = cluster.start()
        # the processes of a run that is shared among several take databases of their own on this server
        os.environ["ONEDOOR_TEST_EXTERNAL_DB"] = "1"
    if _url is None:
        raise RuntimeError("no test database")
    return _url


test_cluster.__test__ = False  # type: ignore[attr-defined]  # the name is not a test's


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    gc.set_threshold(200_000)  # see onedoor.ops.prepare; a test run holds many objects besides
    test_cluster()
    return (yield)


def _remove_left_overs() -> None:
    """Directories of test runs that were killed."""
    for folder in Path("/tmp").glob(f"{PREFIX}*-*"):  # noqa: S108
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists():
            shutil.rmtree(folder, ignore_errors=True)


def use_late(settings: Any) -> None:
    """Point Django's settings, read too early, at the test database and directory."""
    parts = {key: str(value) for key, value in conninfo_to_dict(os.environ["DATABASE_URL"]).items()}
    default = settings.DATABASES["default"]
    for theirs, ours in {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}.items():
        default[theirs] = parts.get(ours, "")
    settings.DATA = Path(os.environ["ONEDOOR_DATA"])
    settings.FILES, settings.CHECKPOINTS = settings.DATA / "files", settings.DATA / "checkpoints"
