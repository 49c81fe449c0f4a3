"""The API against its own document, in small; with many examples and people it is `./onedoor drill fuzz`."""

from collections.abc import Iterator

import pytest
from django.http import HttpRequest
from drill.fuzz import fuzz
from pytest_django import DjangoDbBlocker

from api.kit import API, JSON, Desk, new_browser
from cases.kit import sql
from onedoor.api import answers, figures
from onedoor.api.schemas import Json

SEED = 20260302


@pytest.fixture(autouse=True, scope="module")
def no_session_left(committed_county: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The threads that answer keep their connections; the database could not be taken away at the end."""
    yield
    with django_db_blocker.unblock():
        sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_what_is_sent_by_the_document_and_against_it_is_answered_as_it_says(committed_desk: Desk) -> None:
    found = fuzz(("clerk", ""), examples=3, seed=SEED)
    assert list(found.faults.values()) == []
    assert found.operations == 34 and found.requests > 300


def test_an_answer_that_the_document_does_not_name_is_a_breach(
    committed_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, tuple[str, Json | None]] = {"200": (JSON, {"type": "object", "required": ["age"]})}
    monkeypatch.setitem(answers._ANSWERS, ("/me", "get"), told)
    assert fuzz(("clerk",), examples=2, seed=SEED, only="/me").faults


def test_a_fault_of_the_server_is_a_breach(committed_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_request: HttpRequest) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(figures, "who", broken)
    found = fuzz(("clerk",), examples=2, seed=SEED, only="/figures")
    assert any("500" in fault for fault in found.faults.values())


def test_an_address_that_is_none_and_a_method_that_is_none_are_problems() -> None:
    for path, method, status in (("/nothing", "get", 404), ("/me", "trace", 405), ("/me", "patch", 405)):
        answer = getattr(new_browser(), method)(API + path)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), (path, method)
    assert set(new_browser().patch(f"{API}/me")["Allow"].split(", ")) == {"GET"}
