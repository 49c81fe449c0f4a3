"""What must not be seen is not seen, in any answer, by anybody who is not named."""

from typing import Any

import pytest

from api.conftest import Cast
from onedoor.cases.search_index import drain
from onedoor.cases.sql import rows
from onedoor.people.demo_county import ACCOUNTS

pytestmark = pytest.mark.django_db
SECRET: dict[str, Any] = {
    "kind": "appeal",
    "purpose": "accusation",
    "category": "petition.discipline",
    "title": "举报住建局收受好处",
    "narrative": "住建局工作人员收受工程队好处。",
    "parties": [
        {"part": "applicant", "kind": "person", "name": "秘而宣", "phone": "13987654321"},
        {"part": "respondent", "kind": "organisation", "name": "住建局"},
    ],
    "external_numbers": [{"system": "12345", "number": "SECRET-1"}],
}
NAMED = {"clerk", "supervisor", "dispatcher_secret"}
EVERYBODY = [account.username for account in ACCOUNTS]


def hidden_from(cast: Cast, username: str, number: str) -> None:
    person = getattr(cast, username)
    for path in ("", "/events", "/moves", "/clocks", "/papers", "?unmask=看看"):
        got = person.get(f"/cases/{number}{path}")
        assert (got.status, got.body["code"]) == (404, "not_found"), (username, path)
    unknown = person.post("/cases/99010126112399999X/moves/accept", {})
    for move in ("accept", "sign", "restrict", "merge"):
        got = person.post(f"/cases/{number}/moves/{move}", {})
        assert (got.status, got.body) == (404, unknown.body), (username, move)
    for query in ("", "q=收受", "q=秘而宣", f"q={number}", "q=SECRET-1", "mine=true", "stage=accepted", "unit=zjj"):
        page = person.get(f"/cases?{query}").body
        assert number not in [item["number"] for item in page["items"]], (username, query)
        assert page["count"]["value"] == len(page["items"])


def test_an_accusation_is_seen_by_those_named_and_nobody_else(cast: Cast) -> None:
    number = cast.clerk.register(**SECRET)["number"]
    drain()

    for username in EVERYBODY:
        if username in NAMED:
            assert getattr(cast, username).get(f"/cases/{number}").status == 200, username
            assert getattr(cast, username).numbers("q=收受") == [number], username
        else:
            hidden_from(cast, username, number)


def test_the_accused_unit_cannot_get_the_accusation_nor_its_people_be_named(cast: Cast) -> None:
    number = cast.clerk.register(**SECRET)["number"]
    cast.supervisor.move(
        number, "restrict", level="accusation", persons=["supervisor", "dispatcher_secret", "clerk"], reason="续办"
    )
    cast.clerk.move(number, "accept")

    sent = cast.dispatcher_secret.post(f"/cases/{number}/moves/dispatch", {"unit": "zjj", "persons": ["handler2"]})
    named = cast.dispatcher_secret.post(
        f"/cases/{number}/moves/dispatch", {"unit": "rsj", "persons": ["handler", "handler2"]}
    )

    assert (sent.status, named.status) == (422, 403)
    assert "被检举" in sent.body["detail"] and "被检举" in named.body["detail"]
    done = cast.dispatcher_secret.move(number, "dispatch", unit="rsj", persons=["handler"])
    assert done["lead_unit"]["code"] == "rsj"
    assert cast.handler.get(f"/cases/{number}").status == 200
    hidden_from(cast, "unit_lead", number)
    hidden_from(cast, "handler2", number)


def test_an_accusation_recognised_after_dispatch_leaves_the_accused_at_once(cast: Cast) -> None:
    ordinary = {**SECRET, "purpose": "petition"}
    ordinary["parties"] = SECRET["parties"][:1]
    number = cast.clerk.register(**ordinary)["number"]
    cast.clerk.move(number, "accept")
    cast.dispatcher.move(number, "dispatch", unit="zjj")
    assert cast.handler2.numbers() == [number]
    assert rows("SELECT count(*) AS n FROM notice WHERE taken_back_at IS NULL")[0]["n"] == 1

    cast.supervisor.move(
        number, "restrict", level="accusation", accused_units=["zjj"], reason="实为检举",
        persons=["supervisor", "dispatcher_secret"],
    )  # fmt: skip
    drain()

    for username in ("handler2", "unit_lead2", "clerk", "dispatcher", "director", "auditor"):
        hidden_from(cast, username, number)
    assert rows("SELECT count(*) AS n FROM notice WHERE taken_back_at IS NULL")[0]["n"] == 0
    assert cast.supervisor.get(f"/cases/{number}").body["stage"] == "accepted"


def test_another_units_case_is_not_found_not_listed_and_not_counted(cast: Cast) -> None:
    number = cast.clerk.register()["number"]
    cast.clerk.move(number, "accept")
    cast.dispatcher.move(number, "dispatch", unit="rsj")
    drain()

    assert cast.handler.get("/cases?q=走廊").body["count"] == {"value": 1, "capped": False}
    assert cast.handler2.get(f"/cases/{number}").status == 404
    assert cast.handler2.get("/cases?q=走廊").body == {
        "items": [], "next_cursor": None, "count": {"value": 0, "capped": False},
    }  # fmt: skip


def test_merging_into_a_case_one_may_not_see_says_no_more_than_an_unknown_number(cast: Cast) -> None:
    secret = cast.clerk.register(**SECRET)["number"]
    own = cast.clerk_town.register()["number"]

    hidden = cast.clerk_town.post(f"/cases/{own}/moves/merge", {"into": secret, "reason": "同一事"})
    unknown_number = own[:-1] + ("A" if own[-1] != "A" else "C")
    unknown = cast.clerk_town.post(f"/cases/{own}/moves/merge", {"into": unknown_number, "reason": "同一事"})

    assert hidden.status == unknown.status == 422
    assert set(hidden.body["fields"]) == set(unknown.body["fields"]) == {"into"}


def test_personal_data_is_masked_and_each_unmasking_is_logged(cast: Cast) -> None:
    number = cast.clerk.register()["number"]

    masked = cast.clerk.get(f"/cases/{number}").body["parties"][0]
    plain = cast.clerk.get(f"/cases/{number}?unmask=电话联系申请人").body["parties"][0]

    assert (masked["phone"], masked["id_number"]) == ("138****5678", "110*************2X"[:3] + "*" * 13 + "2X")
    assert "12" not in masked["address"]
    assert (plain["phone"], plain["id_number"]) == ("13812345678", "11010519491231002X")
    log = rows("SELECT subject, reason FROM access_log WHERE action = 'unmask'")
    assert log == [{"subject": number, "reason": "电话联系申请人"}]
    assert cast.auditor.get(f"/cases/{number}?unmask=审计").status == 403
    assert cast.clerk.get(f"/cases/{number}?unmask=a").status == 422
    told = cast.auditor.get(f"/cases/{number}").body
    assert (told["title"], told["narrative"], told["parties"][0]["name"]) == ("", "", "𠮷**")


def test_an_anonymous_applicant_stays_so_for_the_unit(cast: Cast) -> None:
    number = cast.clerk.register(anonymous=True)["number"]
    cast.clerk.move(number, "accept")
    cast.dispatcher.move(number, "dispatch", unit="rsj")

    unit = cast.handler.get(f"/cases/{number}?unmask=联系申请人").body["parties"][0]
    centre = cast.clerk.get(f"/cases/{number}?unmask=联系申请人").body["parties"][0]

    assert (unit["name"], unit["phone"]) == ("（匿名）", "")
    assert centre["phone"] == "13812345678"


def test_no_personal_data_lies_in_the_tables_in_clear(cast: Cast) -> None:
    cast.clerk.register()

    for table in ("party", "event", "case", "notice", "access_log"):
        text = str(rows(f'SELECT t::text AS line FROM "{table}" t'))
        for secret in ("13812345678", "11010519491231002X", "禾丰塘村三组12号"):
            assert secret not in text, table
