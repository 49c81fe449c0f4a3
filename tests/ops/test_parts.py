"""The platform in parts: pages for residents as a process of their own, with a database role of its own; the internal
one without them. Both are really started, beside each other on one database."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
import pytest

from onedoor.config.keys import KEY_NAMES, load_key
from onedoor.ops import data as data_directory
from onedoor.ops.testing import new_database
from public_role import make_role
from web.resident_kit import TYPED


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object, **_more: object) -> None:
        return None


class Place:
    """A database that is migrated and has the small county, and a data directory beside it."""

    def __init__(self, data: Path, name: str, url: str) -> None:
        self.data, self.name, self.url = data, name, url
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("ONEDOOR_")}
        self.environment |= {"DATABASE_URL": url, "ONEDOOR_DATA": str(data)}

    def command(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([sys.executable, "-m", "onedoor.ops", *words], env=self.environment | more, check=False,
                              capture_output=True, text=True)  # fmt: skip

    @contextmanager
    def part(self, only: str, **more: str) -> Iterator[str]:
        """The part running; its address."""
        port = free_port()
        command = [sys.executable, "-m", "onedoor.ops", "up", "--only", only, "--port", str(port)]
        log = self.data / f"{only}-{port}.out"
        with log.open("wb") as out:
            running = subprocess.Popen(command, env=self.environment | more, stdout=out, stderr=out)
        try:
            until(lambda: "已就绪" in log.read_text() or running.poll() is not None, 120)
            assert running.poll() is None, log.read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            running.send_signal(signal.SIGTERM)
            assert running.wait(30) == 0


def until(true: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"nothing happened within {seconds} s"
        time.sleep(0.1)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Browser:
    """Somebody with cookies who follows no redirect."""

    def __init__(self) -> None:
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(NoRedirect, urllib.request.HTTPCookieProcessor(self.cookies))

    def ask(self, address: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str, str]:
        """Status, body, Location."""
        data = None if form is None else urlencode(form).encode()
        try:
            with self._opener.open(urllib.request.Request(address, data, headers), timeout=20) as answer:
                return answer.status, answer.read().decode(errors="replace"), ""
        except HTTPError as error:
            return error.code, error.read().decode(errors="replace"), error.headers.get("Location", "")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    name = f"parts_{uuid4().hex[:8]}"
    made = Place(tmp_path_factory.mktemp("parts"), name, new_database(name)["DATABASE_URL"])
    done = made.command("prepare", "--empty")
    assert done.returncode == 0, done.stderr
    program = "import django; django.setup(); from onedoor.people import demo; demo.load()"
    subprocess.run([sys.executable, "-c", program], check=True,
                   env=made.environment | {"DJANGO_SETTINGS_MODULE": "onedoor.config.settings"})  # fmt: skip
    yield made
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


PUBLIC = ("/", "/apply", "/track", "/book", "/guide", "/ask", "/opinion", "/today", "/mediators", "/grid", "/news",
          "/privacy", "/care")  # fmt: skip
INTERNAL = ("/desk", "/desk/", "/desk/sign-in", "/desk/cases", "/admin/", "/field", "/field/sw.js", "/api/v1/me",
            "/api/v1/openapi.json", "/api/v1/docs", "/api/v1/sessions", "/wall/hall", "/wall/board", "/wall/board/data",
            "/kiosk", "/desk/first-run")  # fmt: skip


def test_the_public_process_serves_residents_and_nothing_else(place: Place) -> None:
    with place.part("public", DATABASE_URL=make_role(place.url)) as base:
        for path in PUBLIC:
            status, body, _ = Browser().ask(base + path)
            assert status == 200, (path, status, body[:300])
            assert 'href="/desk' not in body and 'href="/api' not in body, "no link that leads nowhere"
        for path in INTERNAL:
            for form in (None, {"username": "admin", "password": "onedoor-demo"}):
                status, body, _ = Browser().ask(base + path, form)
                assert status == 404, (path, status)
                assert "登录" not in body and "traceback" not in body.lower()
        browser = Browser()
        _, form, _ = browser.ask(f"{base}/apply")
        (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', form))
        typed = {key: str(value) for key, value in TYPED.items()} | {
            "step": "3",
            "key": "p",
            "csrfmiddlewaretoken": token,
        }
        status, body, _ = browser.ask(f"{base}/apply", typed)
        assert status == 200, body
        assert len(re.findall(r'class="big number">([^<]+)<', body)) == 2, "its number and the receipt's code"
        # however the path is written
        for path in ("//desk/sign-in", "/desk%2Fsign-in", "/static/../desk/sign-in", "/DESK/", "/desk/./", "/;/desk/"):
            assert Browser().ask(base + path)[0] in {400, 404}, path
        # a header that some servers take for the path
        for header in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "Script-Name"):
            status, body, _ = Browser().ask(f"{base}/track", **{header: "/desk/sign-in"})
            assert status == 200 and "查进度" in body


def test_the_internal_process_sends_residents_to_where_their_pages_are(place: Place) -> None:
    own = {"ONEDOOR_ZONE": "internal", "ONEDOOR_PUBLIC_URL": "https://zhili.example.gov.cn"}
    with place.part("web", **own) as base:
        assert Browser().ask(f"{base}/")[::2] == (302, "/desk/")
        assert Browser().ask(f"{base}/desk/sign-in")[0] == 200
        assert Browser().ask(f"{base}/api/v1/openapi.json")[0] == 200
        for path in PUBLIC[1:]:
            status, _, to = Browser().ask(f"{base}{path}?a=1")
            assert (status, to) == (302, f"https://zhili.example.gov.cn{path}?a=1"), path
            assert Browser().ask(base + path, {"narrative": "x"})[0] == 404, path
        assert Browser().ask(f"{base}/no-such-page")[0] == 404
    with place.part("web", ONEDOOR_ZONE="internal") as base:  # where residents have no other address, there is nothing
        assert Browser().ask(f"{base}/apply")[0] == 404


def test_a_web_server_counts_over_all_its_processes(place: Place) -> None:
    token = "prometheus-0123456789"
    with place.part("web", ONEDOOR_METRICS_TOKEN=token) as base:
        for _turn in range(30):
            assert Browser().ask(f"{base}/track")[0] == 200
        seen = set()
        for _turn in range(4):  # whichever process answers
            status, body, _ = Browser().ask(f"{base}/metrics", Authorization=f"Bearer {token}")
            assert status == 200
            seen.add(
                next(line for line in body.splitlines() if 'count{method="GET",status="200",view="track"}' in line)
            )
        assert [line.split()[-1] for line in seen] == ["30.0"]
        assert Browser().ask(f"{base}/metrics")[0] == 404


def test_a_part_waits_for_a_database_that_is_ready(place: Place, tmp_path: Path) -> None:
    with psycopg.connect(place.url) as server:
        gone = server.execute(
            "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'cases')"
            " RETURNING app, name, applied"
        ).fetchone()
        assert gone is not None
    try:
        done = place.command("up", "--only", "web", "--port", str(free_port()))
        assert done.returncode == 1
        said = done.stderr.replace("\n", "")  # a terminal's width breaks it
        assert "请先运行 ./onedoor prepare" in said and gone[1] in said
    finally:
        with psycopg.connect(place.url) as server:
            server.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", gone)


def test_a_part_makes_no_keys_of_its_own(place: Place, tmp_path: Path) -> None:
    for name in KEY_NAMES[:3]:
        load_key(tmp_path, name)
    done = place.command("up", "--only", "public", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "没有密钥 index" in done.stderr.replace("\n", "")
    assert not (tmp_path / "keys" / "index.key").exists()


def test_a_part_without_a_database_says_so(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    command = [sys.executable, "-m", "onedoor.ops", "up", "--only", "public", "--data", str(tmp_path)]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "--only 需要正在运行的数据库" in done.stderr
    assert not (tmp_path / "keys").exists()


def test_a_restore_does_not_come_between_parts(place: Place) -> None:
    with place.part("web"), pytest.raises(data_directory.InUse), data_directory.lock(place.data, "restore"):
        pass
    with data_directory.lock(place.data, "restore"):
        done = place.command("up", "--only", "web", "--port", str(free_port()))
        assert done.returncode == 3
        assert "正被另一个 onedoor restore" in done.stderr.replace("\n", "")


def test_who_runs_a_part_is_told_where_it_is(place: Place) -> None:
    with place.part("web") as base, place.part("public") as other:
        for address in (base, other):
            status, body, _ = Browser().ask(f"{address}/healthz")
            assert json.loads(body)["database"] == "ok"
            assert status == 503  # no worker runs here
