"""A real browser at the real web server, over the small county. The tests ask nothing but pages and the API: the
database is the server's own, for Playwright's loop and Django's ORM do not share a thread."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from browser.kit import ARGUMENTS, PATIENCE, Site
from onedoor.ops.testing import new_database
from onedoor.ops.up import web_command

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PREPARE = """
import django; django.setup()
from onedoor.people import demo
demo.load()
"""


@pytest.fixture(scope="package")
def program() -> str:
    """The browser of the system."""
    found = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if not found and os.environ.get("ONEDOOR_NO_BROWSER") == "1":  # a machine without network, see ./onedoor
        pytest.skip("这台机器没有 Chromium")
    assert found, "没有 Chromium。请先运行：sudo apt-get install chromium fonts-noto-cjk"
    return found


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("data")) as site:
        yield site


@contextmanager
def serving(data: Path) -> Iterator[Site]:
    """The web server with a database and a data directory of its own; no worker."""
    name = f"browser_{uuid4().hex[:8]}"
    environment = new_database(name) | {"ONEDOOR_DATA": str(data)}
    subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True)
    port = _free_port()
    log = data / "web.log"
    with log.open("ab") as out:
        web = subprocess.Popen(web_command("127.0.0.1", port), env=environment, stdout=out, stderr=out)
    try:
        site = Site(f"http://127.0.0.1:{port}", environment)
        _wait_for(site, web, log)
        yield site
    finally:
        web.terminate()
        web.wait(10)
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="package")
def playwright(site: Site) -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright, program: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
    yield browser
    browser.close()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(site: Site, server: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up_at = time.monotonic() + 90
    while time.monotonic() < give_up_at and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{site.base}/desk/sign-in", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text()[-2000:])
