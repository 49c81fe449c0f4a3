from django.test import Client
import pytest
from onedoor.people import demo


@pytest.mark.django_db(transaction=True)
def test_life(client: Client) -> None:
    demo.load()

    def token(name: str) -> str:
        r = client.post(
            "/api/v1/sessions", {"username": name, "password": "onedoor-demo"}, content_type="application/json"
        )
        assert r.status_code == 201, r.content.decode()
        return r.json()["token"]

    def call(who: str, method: str, path: str, body=None, **kw):
        r = (
            getattr(client, method)(
                "/api/v1" + path,
                body,
                content_type="application/json",
                headers={"Authorization": "Bearer " + token(who), **kw},
            )
            if method == "post"
            else client.get("/api/v1" + path, headers={"Authorization": "Bearer " + token(who)})
        )
        print(r.status_code, r.content.decode()[:600])
        return r

    r = call(
        "clerk",
        "post",
        "/cases",
        {
            "channel": "window",
            "category": "dispute.neighbours",
            "kind": "dispute",
            "narrative": "邻居占用公共走廊堆放杂物，多次沟通无果。",
            "parties": [{"part": "applicant", "kind": "person", "name": "𠮷田安", "phone": "13812345678"}],
        },
    )
    assert r.status_code == 201
    n = r.json()["number"]
    for who, move, body in [
        ("clerk", "accept", {}),
        ("dispatcher", "dispatch", {"unit": "zjj"}),
        ("handler2", "sign", {}),
        ("handler2", "conclude", {"outcome": "answered", "answer": "已清理。"}),
        ("supervisor", "close", {}),
        ("clerk", "follow_up", {"satisfied": True}),
        ("clerk", "archive", {}),
    ]:
        r = call(who, "post", f"/cases/{n}/moves/{move}", body)
        assert r.status_code == 200, move
    for p in ("", "/events", "/moves", "/clocks", "/papers"):
        assert call("supervisor", "get", f"/cases/{n}{p}").status_code == 200
    for who in ("clerk", "handler2", "handler", "director"):
        r = call(who, "get", "/cases?q=走廊")
        r = call(who, "get", "/cases")
    call("handler", "get", f"/cases/{n}")
