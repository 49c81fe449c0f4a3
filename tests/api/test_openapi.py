"""The document of the API says what the API does."""

import json
import re
from typing import Any

import pytest

from api.kit import API, MATTER, Desk, new_browser, ok
from onedoor.cases.steps._reading import MATTER_FIELDS, PARTY_FIELDS
from onedoor.rules.flow import FLOW

CALLS = {
    "/sessions": {"post", "delete"},
    "/me": {"get"},
    "/catalogue": {"get"},
    "/cases": {"post", "get"},
    "/cases/{number}": {"get"},
    "/cases/{number}/events": {"get"},
    "/cases/{number}/moves": {"get"},
    "/cases/{number}/clocks": {"get"},
    "/cases/{number}/papers": {"get"},
    "/cases/{number}/papers/{paper}/{kind}": {"get"},
    "/cases/{number}/moves/{move}": {"post"},
    "/cases/{number}/attachments": {"post"},
    "/cases/{number}/attachments/{attachment}": {"get"},
    "/visits": {"get", "post"},
    "/visits/{number}": {"get"},
    "/visits/{number}/answer": {"post"},
    "/visits/{number}/end": {"post"},
    "/visits/{number}/remarks": {"post"},
    "/handovers": {"post"},
    "/handovers/{number}": {"get"},
    "/handovers/{number}/answer": {"post"},
    "/deadlines/preview": {"post"},
    "/figures/{name}": {"get"},
    "/sync": {"get", "post"},
    "/sync/kept": {"get"},
    "/sync/asks": {"get"},
    "/sync/asks/{entry}": {"post"},
    "/sync/device": {"post"},
    "/sync/files/{sha256}": {"get", "put"},
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(json.loads(new_browser().get(API + "/openapi.json").content))


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(path, call) for path, calls in document["paths"].items() for call in calls.values()]


def body_of(document: dict[str, Any], path: str) -> dict[str, Any]:
    return dict(document["paths"][API + path]["post"]["requestBody"]["content"]["application/json"]["schema"])


def test_the_document_names_every_call_with_a_summary_of_its_own(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert {path.removeprefix(API): set(calls) for path, calls in document["paths"].items()} == CALLS
    summaries = [call["summary"] for _, call in operations(document)]
    assert all(re.search("[\u4e00-\u9fff]", summary) for summary in summaries)
    assert len(set(summaries)) == len(summaries)
    identifiers = [call["operationId"] for _, call in operations(document)]
    assert len(set(identifiers)) == len(identifiers)


def test_the_document_is_whole(document: dict[str, Any]) -> None:
    for path, call in operations(document):
        named = set(re.findall(r"{(\w+)}", path))
        assert {one["name"] for one in call["parameters"] if one["in"] == "path"} == named
        assert call["responses"]
        assert call.get("security") == (None if call["operationId"].endswith("open_session") else [{"Bearer": []}])
    text = json.dumps(document)
    for reference in set(re.findall(r'"#/([^"]+)"', text)):
        found = document
        for step in reference.split("/"):
            found = found[step]


def test_the_bodies_name_the_fields_that_are_read(document: dict[str, Any]) -> None:
    matter = body_of(document, "/cases")
    assert set(matter["properties"]) == {*MATTER_FIELDS, "visit", "as_post"}
    assert set(matter["properties"]["parties"]["items"]["properties"]) == set(PARTY_FIELDS)
    taken = {name for move in FLOW.values() for name in move.accepts}
    assert set(body_of(document, "/cases/{number}/moves/{move}")["properties"]) == {*taken, "version", "as_post"}
    assert set(body_of(document, "/sessions")["properties"]) == {"username", "password", "otp"}
    assert set(body_of(document, "/deadlines/preview")["properties"]) == {"scheme", "started_at", "calendar"}
    assert set(body_of(document, "/sync")["properties"]) == {"device", "sent_at", "entries", "as_post"}
    moves = document["paths"][API + "/cases/{number}/moves/{move}"]["post"]["description"]
    assert all(f"`{move}`" in moves for move in FLOW)


def test_what_the_document_calls_required_is_refused_when_it_is_left_out(desk: Desk, document: dict[str, Any]) -> None:
    matter = body_of(document, "/cases")
    for name in matter["properties"]:
        body = {field: value for field, value in MATTER.items() if field != name}
        refused = desk.post("clerk", "/cases", body).status_code == 422
        # without a party the matter would have to be anonymous
        assert refused == (name in [*matter["required"], "parties"]), name


def test_posts_of_cases_take_an_idempotency_key(document: dict[str, Any]) -> None:
    for path in (
        "/cases",
        "/cases/{number}/moves/{move}",
        "/cases/{number}/attachments",
        "/visits",
        "/handovers",
        "/handovers/{number}/answer",
    ):
        parameters = document["paths"][API + path]["post"]["parameters"]
        assert "Idempotency-Key" in [one["name"] for one in parameters if one["in"] == "header"]
    created = {path for path, call in operations(document) if "201" in call["responses"]}
    assert {path.removeprefix(API) for path in created} == {
        "/sessions", "/cases", "/cases/{number}/attachments", "/visits", "/handovers",
    }  # fmt: skip


def test_the_page_of_the_document_works_without_the_internet(desk: Desk) -> None:
    page = desk.client.get(API + "/docs").content.decode()
    assert "http://" not in page
    assert "https://" not in page
    assert '"validatorUrl": null' in page  # its default would show the document to a site elsewhere
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        answer = desk.client.get(address)
        assert answer.status_code == 200, address
        assert b"".join(answer), address
    assert ok(desk.client.get(API + "/openapi.json"))["info"]["title"] == "一扇门 OneDoor"
