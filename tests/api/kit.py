"""The people of the demo county at the API. Needs the demo county (fixtures `desk` and `committed_desk`)."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler

from cases.kit import APPLICANT, RESPONDENT
from onedoor.cases.search_index import drain
from onedoor.people.models import Account
from onedoor.people.tokens import issue
from onedoor.rules.numbers import make_number

API = "/api/v1"
JSON = "application/json"
EVERYBODY = (
    "clerk", "dispatcher", "handler", "unit_lead", "handler2", "handler3", "mediator", "grid_worker", "grid_lead",
    "supervisor", "director", "auditor", "admin", "dispatcher_secret", "unit_lead2", "unit_lead3", "handler4",
    "mediator2", "clerk_town", "dispatcher_town", "clerk_village", "dispatcher_village",
)  # fmt: skip
NOBODYS_NUMBER = make_number("990101", date(2026, 1, 1), 99_999)  # well formed, never given out
MATTER: dict[str, Any] = {
    "channel": "window",
    "category": "dispute.neighbours",
    "kind": "dispute",
    "narrative": "邻居占用公共走廊堆放杂物，多次沟通无果。",
    "parties": [APPLICANT, RESPONDENT],
    "address": "清禾镇禾丰塘村三组走廊",
}


_handler = ClientHandler(enforce_csrf_checks=False)


def new_browser() -> Client:
    """A browser that knows nobody. All of them share the loaded middleware: each would look through all static files."""
    one = Client()
    one.handler = _handler
    return one


class Desk:
    """Calls by user name. Tokens are issued without a password: only signing in is to pay for its hash."""

    def __init__(self) -> None:
        self.client = new_browser()
        self.tokens: dict[str, str] = {}

    def signed(self, who: str) -> dict[str, str]:
        """The headers of a person who is signed in."""
        if who not in self.tokens:
            account = Account.objects.get(username=who)
            self.tokens[who], _ = issue(account, at=datetime.now(UTC), life=timedelta(hours=1))
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    def get(self, who: str, path: str, **query: object) -> HttpResponse:
        return self.client.get(API + path, query, headers=self.signed(who))

    def post(
        self, who: str, path: str, body: object = None, *, key: str | None = None, content_type: str = JSON
    ) -> HttpResponse:
        """`body` as JSON; bytes as they are."""
        headers = self.signed(who) | ({"Idempotency-Key": key} if key is not None else {})
        data = body if isinstance(body, bytes) else json.dumps(body)
        return self.client.post(API + path, data, content_type=content_type, headers=headers)

    def registered(self, by: str = "clerk", **changes: object) -> dict[str, Any]:
        """A new case, searchable at once: a neighbours' quarrel unless `changes` says otherwise."""
        case = ok(self.post(by, "/cases", MATTER | changes), 201)
        drain()
        return case

    def move(self, who: str, number: str, move: str, /, **body: object) -> HttpResponse:
        return self.post(who, f"/cases/{number}/moves/{move}", body)

    def walk(self, number: str, *moves: tuple[str, str, dict[str, object]]) -> dict[str, Any]:
        """Moves one after the other, (who, move, inputs); returns the last answer."""
        return [ok(self.move(who, number, move, **body)) for who, move, body in moves][-1]

    def attach(
        self, who: str, number: str, name: str = "现场.txt", content: bytes = b"photo", **form: str
    ) -> HttpResponse:
        return self.upload(who, number, one_file(name, content, **form))

    def upload(self, who: str, number: str, body: bytes, *, key: str | None = None, **extra: Any) -> HttpResponse:
        """A multipart body as it stands."""
        headers = self.signed(who) | ({"Idempotency-Key": key} if key is not None else {})
        return self.client.post(
            f"{API}/cases/{number}/attachments",
            body,
            content_type="multipart/form-data; boundary=pile",
            headers=headers,
            **extra,
        )

    def numbers(self, who: str, **query: object) -> list[str]:
        """The numbers of one list page."""
        return [item["number"] for item in ok(self.get(who, "/cases", **query))["items"]]


def one_file(name: str, content: bytes, media: str = "image/png", **form: str) -> bytes:
    parts = [
        f'--pile\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in form.items()
    ]
    head = f'--pile\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {media}\r\n\r\n'
    return b"".join(parts) + head.encode() + content + b"\r\n--pile--\r\n"


def ok(answer: HttpResponse, status: int = 200) -> dict[str, Any]:
    """The body of an answer that must be this one."""
    assert answer.status_code == status, f"{answer.status_code} {answer.content.decode()}"
    assert answer["Content-Type"].startswith(JSON)
    return dict(json.loads(answer.content))


def refusal(answer: HttpResponse, status: int, code: str, *fields: str) -> str:
    """Its sentence; the answer must be this refusal, in Chinese, with these fields and no others."""
    assert answer.status_code == status, f"{answer.status_code} {answer.content.decode()}"
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["code"] == code, body
    assert set(body.get("fields", {})) == set(fields), body
    for sentence in (body["title"] + "。", body["detail"], *body.get("fields", {}).values()):
        assert is_sentence(sentence), sentence
    return str(body["detail"])


def is_sentence(text: str) -> bool:
    return text.endswith("。") and any("\u4e00" <= sign <= "\u9fff" for sign in text)


TO_HANDLING = (
    ("clerk", "accept", {}),
    ("dispatcher", "dispatch", {"unit": "zjj"}),
    ("handler2", "sign", {}),
)
TO_CLOSED = (
    *TO_HANDLING,
    ("handler2", "conclude", {"outcome": "answered", "answer": "已上门清理，走廊恢复畅通。"}),
    ("supervisor", "close", {}),
)


def row_counts() -> dict[str, int]:
    """How many rows every table has, ledgers as a whole and by partition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        tables = sorted(row[0] for row in cursor.fetchall())
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables))
        return dict(cursor.fetchall())
