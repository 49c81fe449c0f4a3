"""Signing in, who I am, what there is to choose from, and whether the house stands."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from api.kit import API, Desk, new_browser, ok, refusal
from cases.kit import sql
from onedoor.cases.jobs import mark_alive
from onedoor.people.models import Account
from people.kit import code_at, with_second_factor


@pytest.fixture(autouse=True)
def cheap_hash(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_a_session_opens_with_the_password_and_ends_when_asked(desk: Desk) -> None:
    opened = ok(desk.post("clerk", "/sessions", {"username": "clerk", "password": "onedoor-demo"}), 201)
    assert set(opened) == {"token", "expires_at"}
    assert datetime.fromisoformat(opened["expires_at"]).utcoffset() == timedelta(hours=8)
    desk.tokens["clerk"] = opened["token"]
    assert ok(desk.get("clerk", "/me"))["username"] == "clerk"
    ended = desk.client.delete(API + "/sessions", headers=desk.signed("clerk"))
    assert ended.status_code == 204
    refusal(desk.get("clerk", "/me"), 401, "not_signed_in")


def test_the_wrong_password_and_an_unknown_name_get_one_sentence_and_then_a_lock(desk: Desk) -> None:
    wrong = refusal(desk.post("clerk", "/sessions", {"username": "clerk", "password": "x"}), 403, "not_allowed")
    unknown = refusal(desk.post("clerk", "/sessions", {"username": "nobody", "password": "x"}), 403, "not_allowed")
    assert wrong == unknown
    for _ in range(4):
        desk.post("clerk", "/sessions", {"username": "clerk", "password": "x"})
    refusal(desk.post("clerk", "/sessions", {"username": "clerk", "password": "onedoor-demo"}), 429, "too_many")


def test_a_second_factor_is_asked_for_where_one_is_due(desk: Desk) -> None:
    account = Account.objects.get(username="director")
    account.is_demo = False
    account.save()
    secret = with_second_factor(account, datetime.now(UTC) - timedelta(minutes=5))
    body = {"username": "director", "password": "onedoor-demo"}
    refusal(desk.post("clerk", "/sessions", body), 422, "mfa_required", "otp")
    opened = desk.post("clerk", "/sessions", body | {"otp": code_at(secret, datetime.now(UTC))})
    assert set(ok(opened, 201)) == {"token", "expires_at"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "username"),
        ({"username": "clerk"}, "password"),
        ({"username": 5, "password": "x"}, "username"),
        ({"username": ["clerk"], "password": "x"}, "username"),
        ({"username": "cl\0erk", "password": "x"}, "username"),
        ({"username": "clerk", "password": "x" * 2000}, "password"),
        ({"username": "clerk", "password": {"$ne": ""}}, "password"),
        ({"username": "clerk", "password": "x", "otp": 123456}, "otp"),
    ],
)
def test_a_sign_in_that_cannot_be_read_is_refused_at_its_field(desk: Desk, body: object, field: str) -> None:
    refusal(desk.post("clerk", "/sessions", body), 422, "invalid", field)


def test_without_a_good_token_nothing_opens(desk: Desk) -> None:
    desk.signed("clerk")
    for header in ("", "Bearer", "Bearer nonsense", f"Basic {desk.tokens['clerk']}", "Bearer é\x00", "Bearer a b"):
        for path in ("/me", "/cases", "/catalogue", "/cases/1/events"):
            headers = {"Authorization": header} if header else {}
            refusal(desk.client.get(API + path, headers=headers), 401, "not_signed_in")
        refusal(new_browser().post(API + "/cases", b"{", content_type="application/json"), 401, "not_signed_in")


def test_me_names_every_post_with_its_unit_and_division(desk: Desk) -> None:
    me = ok(desk.get("handler3", "/me"))
    assert (me["username"], me["name"]) == ("handler3", "乡大田")
    [post] = me["posts"]
    assert (post["role"], type(post["id"])) == ("handler", int)
    assert post["unit"] == {"code": "gov-qinghe", "name": "清禾镇人民政府"}
    assert post["division"] == {"code": "990101100", "name": "清禾镇"}


FIXED = {
    "kinds": "dispute appeal incident consultation",
    "purposes": "suggestion accusation petition",
    "channels": "window hotline letter visit web mail grid transfer",
    "outcomes": "agreement_written agreement_oral opinion_support opinion_explain opinion_reject answered served "
    "put_right unfounded mediation_ended to_court guided not_again withdrawn merged",
}


def test_the_catalogue_has_the_fixed_codes_and_a_name_for_each(desk: Desk) -> None:
    found = ok(desk.get("auditor", "/catalogue"))
    assert set(found) == {*FIXED, "categories", "units", "divisions", "schemes", "services"}
    for name, codes in FIXED.items():
        assert [one["code"] for one in found[name]] == codes.split()
    waiting = [one for part in found.values() for one in part]
    while waiting:
        one = waiting.pop()
        assert one["code"]
        assert one["name"]
        waiting += one.get("children", [])
    assert {"rsj", "zjj", "gov-qinghe"} <= {one["code"] for one in found["units"]}
    assert {"990101", "990101100201"} <= {one["code"] for one in found["divisions"]}
    disputes = next(one for one in found["categories"] if one["code"] == "dispute")
    assert "dispute.neighbours" in {one["code"] for one in disputes["children"]}


def test_healthz_names_what_is_not_well(desk: Desk) -> None:
    sql("DELETE FROM heartbeat")
    answer = desk.client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "failing", "database": "ok", "worker": "no sign of life", "sweeper": "no sign of life",
        "clock": "ok", "disk": "ok",
    }  # fmt: skip
    mark_alive()
    mark_alive("sweeper")
    answer = desk.client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "worker": "ok",
        "sweeper": "ok",
        "clock": "ok",
        "disk": "ok",
    }
    sql("UPDATE heartbeat SET at = now() - interval '10 minutes'")
    assert desk.client.get("/healthz").status_code == 503


def test_an_address_that_is_none_of_ours_is_a_problem_too(desk: Desk) -> None:
    for path in ("/nothing", "/cases/", "/figures/x", "/cases/1/moves"):
        answer = desk.get("clerk", path)
        refusal(answer, 404, "not_found")
