"""`fuzz`: what the OpenAPI document allows, and what it does not, is sent to every call by several people.

No answer is a fault of the server; every answer has a status, a type and a shape that the document names; a method
that an address does not know is refused in the API's own form.
"""

import argparse
import json
import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from drill.result import Result
from drill.server import database, say

ROLES = ("clerk", "dispatcher", "handler2", "supervisor", "auditor", "grid_worker", "")  # "": nobody
METHODS = ("get", "post", "put", "patch", "delete", "options", "head", "trace")
PROBLEM = "application/problem+json"
EXAMPLES = 40


def options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--examples", type=int, default=EXAMPLES, help=f"每个调用、每个岗位的例子数，默认{EXAMPLES}")


def drill(data: Path, asked: argparse.Namespace) -> Result:
    begun = time.monotonic()
    logging.disable(logging.WARNING)  # refusals by the thousand
    with database(data):
        from drill.leak import prepare

        prepare(full=False)
        found = fuzz(ROLES, examples=asked.examples, seed=asked.seed, report=True)
    done = f"{found.requests} requests to {found.operations} calls as {len(ROLES)} people, seed {asked.seed}"
    figures = {"requests": found.requests, "by_status": found.statuses}
    return Result(
        done, {"breaches": len(found.faults)}, figures, list(found.faults.values()), time.monotonic() - begun
    )


@dataclass
class Found:
    requests: int = 0
    operations: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)  # by call and kind of breach: the first of it


def fuzz(roles: Sequence[str], *, examples: int, seed: int, report: bool = False, only: str = "") -> Found:
    """`examples` for each call and person, half of them as the document says, half otherwise. Needs the demo county,
    and a database that may be written to."""
    import schemathesis

    from onedoor.config.wsgi import application as served

    application = _closing(served)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    found, there = Found(), matter(token_of(next(role for role in roles if role)))
    for one in schema.get_all_operations():
        operation = one.ok()  # type: ignore[union-attr]  # what cannot be read raises here
        if only not in operation.label:
            continue
        found.operations += 1
        if report:
            say(f"{operation.label}（已{found.requests}次请求）")
        for place, role in enumerate(roles):
            # signed in anew each time: one of the calls signs out
            _fuzz_one(found, operation, token_of(role), examples, seed + place, there)
        wrong_methods(found, application, operation, token_of(next(role for role in roles if role)), there)
    return found


def _closing(application: Any) -> Any:
    """The same, with each answer read and closed, as a server does; the client of the drill leaves that to chance."""

    def answered(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = application(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            if hasattr(body, "close"):
                body.close()

    return answered


def token_of(role: str) -> str:
    from onedoor.people.models import Account
    from onedoor.people.tokens import issue

    return issue(Account.objects.get(username=role), at=datetime.now(UTC), life=timedelta(hours=6))[0] if role else ""


def matter(token: str) -> dict[str, str]:
    """What is there, so that not every example ends at a number that nobody has."""
    from django.test import Client

    body = {
        "channel": "window", "category": "dispute.neighbours", "kind": "dispute",
        "narrative": "邻居占用走廊，沟通无果。",
        "parties": [{"part": "applicant", "kind": "person", "name": "甲方安"}],
    }  # fmt: skip
    made = Client().post(
        "/api/v1/cases",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert made.status_code == 201, made.content
    return {"number": json.loads(made.content)["number"]}


def _fuzz_one(found: Found, operation: Any, token: str, examples: int, seed: int, there: dict[str, str]) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st
    from schemathesis import GenerationMode

    named = "{number}" in operation.path and "/cases/" in operation.path
    known = {"path_parameters": {**_others(operation.path), **there}} if named else {}
    ways = [operation.as_strategy(generation_mode=mode, **more) for mode in GenerationMode for more in ({}, known)]

    @seeded(seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(ways))
    def every(case: Any) -> None:
        _send(found, case, token)

    every()


def _others(path: str) -> dict[str, str]:
    """Something for the other parts of the address."""
    given = {"move": "accept", "attachment": str(uuid.UUID(int=1)), "paper": str(uuid.UUID(int=2)), "kind": "pdf"}
    return {name: value for name, value in given.items() if f"{{{name}}}" in path}


def _send(found: Found, case: Any, token: str) -> None:
    from schemathesis.checks import not_a_server_error
    from schemathesis.core.failures import FailureGroup
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    response = case.call(headers={"Authorization": f"Bearer {token}"} if token else {})
    found.requests += 1
    status = str(response.status_code)
    found.statuses[status] = found.statuses.get(status, 0) + 1
    checks = [
        not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
        response_schema_conformance,
    ]  # fmt: skip
    try:
        case.validate_response(response, checks=checks)
    except FailureGroup as group:
        for one in group.exceptions:
            told = f"{case.method} {case.path}: {getattr(one, 'title', type(one).__name__)}"
            found.faults.setdefault(told, f"{told} ({status}): {str(one)[:300]} — {case.as_curl_command()[:400]}")
    if response.status_code >= 400 and not problem_in(response):
        told = f"{case.method} {case.path}: {status} is no problem+json"
        found.faults.setdefault(told, told)


def problem_in(response: Any) -> bool:
    types = response.headers.get("content-type", [""])
    return bool(types and types[0].startswith(PROBLEM))


def wrong_methods(found: Found, application: Any, operation: Any, token: str, there: dict[str, str]) -> None:
    """Each method that the document does not name for this address."""
    from werkzeug.test import Client

    named = {method.lower() for method in operation.schema[operation.path]}
    path = operation.full_path.format_map(_Anything({**_others(operation.path), **there}))
    for method in METHODS:
        if method in named:
            continue
        answer = Client(application).open(path, method=method.upper(), headers={"Authorization": f"Bearer {token}"})
        found.requests += 1
        told = f"{method.upper()} {operation.path}: {answer.status_code} {answer.content_type}"
        refused = answer.status_code in (401, 404, 405) and str(answer.content_type).startswith(PROBLEM)
        if not refused or (answer.status_code == 405 and not answer.headers.get("Allow")):
            found.faults.setdefault(told, told)


class _Anything(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "x"
