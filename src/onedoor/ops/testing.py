"""A throwaway PostgreSQL for a test run. As a pytest plugin (`-p onedoor.ops.testing`) it is there before
Django's settings are read, which pytest-django does before any conftest."""

import atexit
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from onedoor.ops.postgres import Cluster

PREFIX = "onedoor-test-"
MIGRATED = "onedoor_migrated"
_ONE_MIGRATES = 7_301_009  # an advisory lock
_MIGRATE = """
import gc; gc.set_threshold(200_000)
import django; django.setup()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
"""
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
    owner, mine = os.getpid(), "ONEDOOR_TEST_RUN" not in os.environ
    os.environ.setdefault("ONEDOOR_TEST_RUN", str(owner))  # one name for all processes of the run
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
        elif mine:
            with psycopg.connect(external or "", autocommit=True) as server:
                server.execute(f"DROP DATABASE IF EXISTS {_template()}")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(clean_up)
    if cluster is not None:
        _url = os.environ["DATABASE_URL"] = cluster.start()
        # the processes of a run that is shared among several take databases of their own on this server
        os.environ["ONEDOOR_TEST_EXTERNAL_DB"] = "1"
    if _url is None:
        raise RuntimeError("no test database")
    return _url


def _template() -> str:
    return f"{MIGRATED}_{os.environ['ONEDOOR_TEST_RUN']}"


def migrated() -> str:
    """The name of a database on the test server that has been migrated and that nobody uses, to be a template for
    others: some seconds for the first who asks, of all the processes of a run; none for the rest."""
    name = _template()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [_ONE_MIGRATES])
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        half = f"{name}_half"
        server.execute(f"DROP DATABASE IF EXISTS {half}")
        server.execute(f"CREATE DATABASE {half}")
        subprocess.run([sys.executable, "-c", _MIGRATE], env=environment_for(half), check=True)
        server.execute(f"ALTER DATABASE {half} RENAME TO {name}")
    return name


def new_database(name: str) -> dict[str, str]:
    """Makes a migrated database of that name on the test server; the environment of a process that uses it."""
    template = migrated()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return environment_for(name)


def environment_for(name: str) -> dict[str, str]:
    """Of a process that uses this database of the test server."""
    parts = conninfo_to_dict(make_conninfo(os.environ["DATABASE_URL"], dbname=name))
    return os.environ | {
        "DATABASE_URL": f"postgresql://{parts['user']}:{parts.get('password', '')}@/{name}?host={parts['host']}",
        "DJANGO_SETTINGS_MODULE": "onedoor.config.settings",
    }


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
