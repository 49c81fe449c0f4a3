"""What cannot be registered is refused at its field, in a sentence, and leaves nothing behind."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.kit import EVERYBODY, MATTER, NOBODYS_NUMBER, Desk, ok, refusal, row_counts
from cases.kit import APPLICANT, RESPONDENT

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
HUGE = 10**40


def applicant(**changes: object) -> dict[str, Any]:
    return {"parties": [APPLICANT | changes, RESPONDENT]}


FAULTS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("an unknown category", {"category": "dispute.none"}, ("category",)),
    ("a category that is a branch", {"category": "dispute"}, ("category",)),
    ("an unknown channel", {"channel": "pigeon"}, ("channel",)),
    ("an unknown kind", {"kind": "feud"}, ("kind",)),
    ("an unknown purpose", {"purpose": "fun"}, ("purpose",)),
    ("an unknown division", {"division": "990199"}, ("division",)),
    ("no party", {"parties": []}, ("parties",)),
    ("no applicant", {"parties": [RESPONDENT]}, ("parties",)),
    ("a party of no known part", applicant(part="enemy"), ("parties",)),
    ("a party of no known kind", applicant(kind="ghost"), ("parties.0.kind",)),
    ("a party without a name", applicant(name=" \u3000"), ("parties.0.name",)),
    ("six representatives", {"parties": [APPLICANT, *[APPLICANT | {"part": "representative"}] * 6]}, ("parties",)),
    ("too many parties", {"parties": [APPLICANT] * 501}, ("parties",)),
    ("an impossible phone", applicant(phone="12345678901"), ("parties.0.phone",)),
    ("an ID with a wrong check digit", applicant(id_number="110105194912310021"), ("parties.0.id_number",)),
    ("an ID born tomorrow", applicant(id_number="11010599991231002X"), ("parties.0.id_number",)),
    ("a date in the future", {"occurred_at": TOMORROW}, ("occurred_at",)),
    ("a time without a zone", {"occurred_at": "2026-03-01T09:00:00"}, ("occurred_at",)),
    ("a time beyond the calendar", {"occurred_at": "0001-01-01T00:00:00+14:00"}, ("occurred_at",)),
    ("no narrative", {"narrative": "\u200b \n"}, ("narrative",)),
    ("200,000 characters", {"narrative": "情" * 200_000}, ("narrative",)),
    ("a long title", {"title": "题" * 201}, ("title",)),
    ("a negative amount", {"amount": -1}, ("amount",)),
    ("a huge amount", {"amount": HUGE}, ("amount",)),
    ("an amount of the biggest integer", {"amount": 2**64 - 1}, ("amount",)),
    ("a fraction of a 分", {"amount": 1.5}, ("amount",)),
    ("nobody involved", {"people_involved": 0}, ("people_involved",)),
    ("too many involved", {"people_involved": 2**40}, ("people_involved",)),
    ("a place off the globe", {"lon": 181, "lat": -HUGE}, ("lon", "lat")),
    ("an unknown field", {"religion": "无"}, ("religion",)),
    ("an unknown field of a party", applicant(ethnicity="汉"), ("parties.0.ethnicity",)),
    ("an external number without its platform", {"external_numbers": [{"number": "1"}]}, ("external_numbers.0.system",)),
    ("as_post of somebody else", {"as_post": 0}, ("as_post",)),
    ("as_post that only looks like a number", {"as_post": True}, ("as_post",)),
    ("several faults at once", {"title": 5, "channel": None, **applicant(phone="1")}, ("title", "channel", "parties.0.phone")),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "fields"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS])
def test_a_faulty_matter_is_refused_at_its_field_and_leaves_nothing(
    desk: Desk, changes: dict[str, Any], fields: tuple[str, ...]
) -> None:
    desk.signed("clerk")
    before = row_counts()
    answer = desk.post("clerk", "/cases", MATTER | changes, key="a-key")
    refusal(answer, 422, "invalid", *fields)
    assert row_counts() == before
    # the same key is free for the corrected matter
    assert desk.post("clerk", "/cases", MATTER, key="a-key").status_code == 201


TEXTS = ("title", "narrative", "address", "channel", "category", "kind", "purpose", "division")
PARTY_TEXTS = ("name", "phone", "id_number", "address", "safe_contact", "part", "kind")


@pytest.mark.parametrize("field", TEXTS)
def test_a_nul_byte_in_a_text_is_refused_at_its_field(desk: Desk, field: str) -> None:
    answer = desk.post("clerk", "/cases", MATTER | {field: "一\0二"})
    assert "第2个字" in refusal(answer, 422, "invalid", field)


@pytest.mark.parametrize("field", PARTY_TEXTS)
def test_a_nul_byte_in_a_party_is_refused_at_its_field(desk: Desk, field: str) -> None:
    answer = desk.post("clerk", "/cases", MATTER | applicant(**{field: "一\0二"}))
    refusal(answer, 422, "invalid", f"parties.0.{field}")


def test_a_nul_byte_in_an_external_number_is_refused_at_its_field(desk: Desk) -> None:
    answer = desk.post("clerk", "/cases", MATTER | {"external_numbers": [{"system": "12345", "number": "a\0"}]})
    refusal(answer, 422, "invalid", "external_numbers.0.number")


WRONG: dict[str, tuple[object, ...]] = {
    "text": (5, 1.5, True, False, ["a"], {"a": 1}),
    "flag": (0, 1, "true", [], {}),
    "whole": ("5", True, 1.5, [], {}, HUGE),
    "degrees": ("5", True, [], {}),
    "time": (5, True, [], {}, "yesterday"),
    "list": (0, False, "", "a", {}, {"a": 1}, [1], ["a"], [None], [[]]),
}
TYPES = {
    **dict.fromkeys(("title", "narrative", "address", "channel", "category", "kind", "purpose", "division"), "text"),
    **dict.fromkeys(("urgent", "anonymous", "someone_hurt", "confidential"), "flag"),
    **dict.fromkeys(("amount", "people_involved"), "whole"),
    **dict.fromkeys(("lon", "lat"), "degrees"),
    "occurred_at": "time",
    **dict.fromkeys(("parties", "external_numbers"), "list"),
}


@pytest.mark.parametrize("field", TYPES)
def test_a_value_of_the_wrong_type_is_refused_at_its_field(desk: Desk, field: str) -> None:
    desk.signed("clerk")
    before = row_counts()
    for value in WRONG[TYPES[field]]:
        refusal(desk.post("clerk", "/cases", MATTER | {field: value}, key="k"), 422, "invalid", field)
    assert row_counts() == before


@pytest.mark.parametrize("field", PARTY_TEXTS)
def test_a_value_of_the_wrong_type_in_a_party_is_refused_at_its_field(desk: Desk, field: str) -> None:
    for value in WRONG["text"]:
        answer = desk.post("clerk", "/cases", MATTER | applicant(**{field: value}), key="k")
        refusal(answer, 422, "invalid", f"parties.0.{field}")


BODIES = {
    "nothing": b"",
    "not JSON": b"narrative=1",
    "a list": b"[]",
    "a text": '"事项"'.encode(),
    "a null": b"null",
    "half a surrogate pair": b'{"narrative": "\\ud800"}',
    "half a surrogate pair in UTF-8": b'{"narrative": "\xed\xa0\x80"}',
    "broken UTF-8": b'{"narrative": "\xff\xfe"}',
    "GBK": '{"narrative": "邻居"}'.encode("gbk"),
    "UTF-16": json.dumps(MATTER).encode("utf-16"),
    "NaN": b'{"amount": NaN}',
    "Infinity": b'{"lon": Infinity}',
    "a number beyond all": b'{"lon": 1e400}',
    "four hundred lists": b'{"entries": [], "scheme": ' + b"[" * 400 + b"]" * 400 + b"}",
    "two thousand lists": b'{"parties": ' + b"[" * 2000 + b"]" * 2000 + b"}",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_json_object_is_refused(desk: Desk, name: str) -> None:
    desk.signed("clerk")
    before = row_counts()
    for path in ("/cases", "/sync", "/deadlines/preview", f"/cases/{NOBODYS_NUMBER}/moves/accept", "/sessions"):
        answer = desk.post("clerk", path, BODIES[name])
        if BODIES[name]:
            refusal(answer, 422, "invalid", "body")
        else:
            assert answer.status_code in (404, 422), path
    assert row_counts() == before


def test_a_body_beyond_two_megabytes_is_refused_unread(desk: Desk) -> None:
    refusal(desk.post("clerk", "/cases", b" " * 3_000_000), 413, "too_large")


def test_the_content_type_a_client_names_changes_nothing(desk: Desk) -> None:
    body = json.dumps(MATTER).encode()
    for content_type in ("text/plain", "application/octet-stream", "multipart/form-data; boundary=x", "nonsense"):
        assert desk.post("clerk", "/cases", body, content_type=content_type).status_code == 201
    form = desk.post("clerk", "/cases", b"channel=window", content_type="application/x-www-form-urlencoded")
    refusal(form, 422, "invalid", "body")


RARE = "𠮷䶮㛃👍🏽 ｶﾞ é \U000f0000"


def test_rare_characters_come_back_as_they_went(desk: Desk) -> None:
    case = desk.registered(
        narrative=f"{RARE}占道", title=f"题{RARE}", **applicant(name="𠮷䶮㛃"), external_numbers=[{"system": "𠮷", "number": "👍1"}]
    )  # fmt: skip
    read = ok(desk.get("clerk", f"/cases/{case['number']}"))
    assert read["narrative"] == f"{RARE}占道"
    assert read["title"] == f"题{RARE}"
    assert read["parties"][0]["name"] == "𠮷䶮㛃"
    assert read["external_numbers"] == [{"system": "𠮷", "number": "👍1"}]
    assert desk.numbers("clerk", q="𠮷䶮") == [case["number"]]


MARKUP = '<script>alert("1")</script><img src=x onerror=alert(1)>{{ 7*7 }}\' OR 1=1 --'


def test_markup_is_kept_as_text_and_never_sent_as_a_page(desk: Desk) -> None:
    case = desk.registered(
        narrative=MARKUP,
        title=MARKUP,
        address=MARKUP,
        **applicant(name=MARKUP, address=MARKUP),
        external_numbers=[{"system": MARKUP[:40], "number": MARKUP[:60]}],
    )
    answer = desk.get("clerk", f"/cases/{case['number']}", unmask="核对登记内容")
    read = ok(answer)
    assert {read["narrative"], read["title"], read["address"], read["parties"][0]["name"]} == {MARKUP}
    for path in ("", "/events", "/moves", "/clocks", "/papers"):
        answer = desk.get("clerk", f"/cases/{case['number']}{path}")
        assert answer["Content-Type"].startswith("application/json")
        assert answer["X-Content-Type-Options"] == "nosniff"
    faulty = desk.post("clerk", "/cases", MATTER | {"<script>": MARKUP})
    assert faulty["Content-Type"] == "application/problem+json"
    assert faulty["X-Content-Type-Options"] == "nosniff"


def test_who_registers_nothing_is_told_so(desk: Desk) -> None:
    for who in ("handler", "unit_lead", "director", "auditor", "admin"):
        refusal(desk.post(who, "/cases", MATTER), 403, "not_allowed")
    assert set(EVERYBODY) >= {"handler", "auditor"}


def test_a_method_that_an_address_does_not_know_is_a_problem_too(desk: Desk) -> None:
    refused = desk.client.put("/api/v1/cases", b"{}", content_type="application/json", headers=desk.signed("clerk"))
    refusal(refused, 405, "wrong_method")
    assert set(refused["Allow"].replace(" ", "").split(",")) >= {"GET", "POST"}
