"""`/metrics`: what Prometheus gets to read, who may read it, and that nothing of anybody is in it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from api.kit import MATTER
from onedoor.cases.jobs import mark_alive
from onedoor.cases.queries import running
from onedoor.config import last_runs
from onedoor.config.env import BadSetting, env_token
from onedoor.ops.data import ROOT
from onedoor.people.sign_in import authenticate
from onedoor.rules.refusal import Refused
from onedoor.web.metrics import SECONDS
from web.kit import Screens

TOKEN = "prometheus-0123456789"


@pytest.fixture
def site(screens: Screens, settings: Settings, tmp_path: Path) -> Iterator[Screens]:
    settings.METRICS_TOKEN, settings.DATA = TOKEN, tmp_path
    SECONDS.clear()
    yield screens
    SECONDS.clear()


def read(token: str = TOKEN) -> str:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    return str(answer.content.decode())


def value(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, f"no {name} in\n{text}"
    return float(found[1])


@pytest.mark.parametrize(
    "header", ["", "Bearer ", "Bearer wrong-0123456789", f"Basic {TOKEN}", TOKEN, "Bearer 口令口令"]
)
def test_without_the_token_there_is_no_such_address(site: Screens, header: str) -> None:
    assert Client().get("/metrics", headers={"Authorization": header}).status_code == 404


def test_without_a_setting_there_is_none_for_anybody(site: Screens, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    for header in ("", "Bearer ", f"Bearer {TOKEN}"):
        assert Client().get("/metrics", headers={"Authorization": header}).status_code == 404


@pytest.mark.parametrize("word", ["short", "fifteen-letters", "two words of sixteen", "口令" * 8])
def test_a_weak_token_stops_the_start_and_is_not_shown(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDOOR_METRICS_TOKEN", word)
    with pytest.raises(BadSetting) as error:
        env_token("ONEDOOR_METRICS_TOKEN")
    assert word not in str(error.value)


def test_requests_are_counted_by_view_status_and_time(site: Screens) -> None:
    client = Client()
    client.get("/track")
    client.get("/track")
    client.get("/guide/no-such-service")
    client.get("/wp-login.php")
    client.get("/static/no-such-file.js")
    client.generic("BREW", "/track")
    text = read()
    assert value(text, 'onedoor_request_seconds_count{method="GET",status="200",view="track"}') == 2
    assert value(text, 'onedoor_request_seconds_bucket{le="+Inf",method="GET",status="200",view="track"}') == 2
    assert value(text, 'onedoor_request_seconds_sum{method="GET",status="200",view="track"}') > 0
    assert value(text, 'onedoor_request_seconds_count{method="GET",status="404",view="guide_item"}') == 1
    assert value(text, 'onedoor_request_seconds_count{method="GET",status="404",view="none"}') == 1
    assert value(text, 'onedoor_request_seconds_count{method="GET",status="404",view="static"}') == 1
    assert re.search(r'onedoor_request_seconds_count\{method="other",status="\d+",view="track"\} 1', text)


def test_nothing_of_anybody_is_in_it(site: Screens) -> None:
    number = site.registered()["number"]
    for path in (f"/desk/cases/{number}", f"/api/v1/cases/{number}", f"/track?number={number}&phone=5678",
                 f"/rate/{number}", f"/ticket/{number}"):  # fmt: skip
        site.browser("clerk").get(path)
    text = read()
    labels = set(re.findall(r'(\w+)="([^"]*)"', text))
    assert {name for name, _value in labels} <= {"view", "method", "status", "le", "state", "part"}
    for word in (number, "5678", "clerk", *(str(party.get("name", "")) for party in MATTER["parties"])):
        assert not word or word not in text
    # whatever is asked for, the words are those of the code
    for name, one in labels - {(name, one) for name, one in labels if name == "le"}:
        assert re.fullmatch(r"[A-Za-z_:.\-0-9]+", one) and not re.search(r"\d{6}", one), (name, one)


def test_it_says_how_the_queue_the_clock_and_the_machine_are(site: Screens, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM heartbeat")
        cursor.execute("INSERT INTO heartbeat VALUES ('sweeper', now() - interval '100 seconds')")
        # one begins at once, one waits for tomorrow, one should have begun long ago; one is in a dead worker's hands
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at) VALUES"
            " ('default', 'a', 'todo', NULL), ('default', 'b', 'todo', now() + interval '1 day'),"
            " ('default', 'c', 'todo', now() - interval '1 hour'), ('default', 'd', 'doing', NULL),"
            " ('default', 'e', 'failed', NULL)"
        )
    text = read()
    assert value(text, "onedoor_database_up") == 1
    assert [value(text, f'onedoor_jobs{{state="{state}"}}') for state in ("todo", "doing", "failed")] == [3, 1, 1]
    assert value(text, "onedoor_jobs_stuck") == 2
    age = datetime.now(UTC).timestamp() - value(text, 'onedoor_last_sign_of_life_timestamp_seconds{part="sweeper"}')
    assert 99 < age < 160
    assert 0 < value(text, "onedoor_disk_free_bytes") < value(text, "onedoor_disk_size_bytes")
    assert 0 < value(text, "onedoor_database_connections") < value(text, "onedoor_database_connections_most")
    assert "onedoor_last_backup" not in text and "onedoor_certificate" not in text
    last_runs.note(tmp_path, last_runs.BACKUP, well=True)
    last_runs.note(tmp_path, last_runs.VERIFY, well=False)
    text = read()
    assert abs(value(text, "onedoor_last_backup_timestamp_seconds") - datetime.now(UTC).timestamp()) < 60
    assert (value(text, "onedoor_last_backup_ok"), value(text, "onedoor_last_verify_ok")) == (1, 0)


def test_late_limits_of_confidential_matters_are_in_no_number(site: Screens) -> None:
    number = site.registered()["number"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clock SET stopped_at = now() WHERE stopped_at IS NULL")
        cursor.execute(
            "UPDATE clock SET stopped_at = NULL, paused_at = NULL, warn_at = now() - interval '2 days',"
            " due_at = now() - interval '1 day' WHERE case_id = (SELECT id FROM \"case\" WHERE number = %s)",
            [number],
        )
        changed = cursor.rowcount
        assert changed > 0
        assert value(read(), "onedoor_clocks_late") == changed
        cursor.execute("UPDATE \"case\" SET confidentiality = 'restricted' WHERE number = %s", [number])
    assert value(read(), "onedoor_clocks_late") == 0


def test_failed_sign_ins_are_counted_and_nobody_is_named(site: Screens, monkeypatch: pytest.MonkeyPatch) -> None:
    def tried(name: str, times: int, ago: timedelta = timedelta(0)) -> None:
        for _ in range(times):
            with pytest.raises(Refused):
                authenticate(username=name, password="not-it-2026", otp=None, at=datetime.now(UTC) - ago, address="")

    def counted() -> tuple[float, float]:
        text = read()
        assert "nobody-" not in text
        return value(text, "onedoor_sign_in_names_failing"), value(text, "onedoor_sign_in_names_locked")

    assert counted() == (0, 0)
    tried("nobody-long-ago", 1, timedelta(minutes=16))
    for place in range(3):  # one guess at each of many names
        tried(f"nobody-{place}", 1)
    assert counted() == (3, 0)
    tried("nobody-0", settings.LOCK_AFTER)
    assert counted() == (3, 1)
    monkeypatch.setattr("onedoor.web.metrics.MOST", 2)
    assert counted() == (2, 1)


def test_its_price_does_not_grow(site: Screens, monkeypatch: pytest.MonkeyPatch) -> None:
    with CaptureQueriesContext(connection) as asked:
        read()
    assert len(asked) == 6
    # nothing is counted to its end
    monkeypatch.setattr(running, "MOST", 2)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " SELECT 'default', 'x', 'failed' FROM generate_series(1, 9)"
        )
    assert value(read(), 'onedoor_jobs{state="failed"}') == 2


def test_a_certificate_is_watched(site: Screens, settings: Settings, tmp_path: Path) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=20)
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(ends - timedelta(days=90)).not_valid_after(ends)
    settings.TLS_CERT = tmp_path / "cert.pem"
    settings.TLS_CERT.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    assert value(read(), "onedoor_certificate_end_timestamp_seconds") == ends.timestamp()
    settings.TLS_CERT.write_text("no certificate")
    assert value(read(), "onedoor_certificate_end_timestamp_seconds") == 0


def test_it_answers_without_a_database(site: Screens, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def gone() -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr("onedoor.web.metrics.running", gone)
    text = read()
    assert value(text, "onedoor_database_up") == 0
    assert value(text, "onedoor_disk_free_bytes") > 0


def test_alerts_ask_for_what_there_is(site: Screens, settings: Settings, tmp_path: Path) -> None:
    for name in (last_runs.BACKUP, last_runs.VERIFY):
        last_runs.note(tmp_path, name, well=True)
    for part in ("worker", "sweeper"):
        mark_alive(part)
    settings.TLS_CERT = tmp_path / "none.pem"
    Client().get("/track")
    text = read()
    asked = set(re.findall(r"\bonedoor_[a-z_]+", (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text()))
    assert len(asked) > 10
    for name in asked:
        assert re.search(rf"^{name}[ {{]", text, re.MULTILINE), name
