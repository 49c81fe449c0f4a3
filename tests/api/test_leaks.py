"""What somebody may not know of, he cannot read, list, count, find or guess; those named on it can, with the
same questions."""

import json
from typing import Any

import pytest

from api.kit import EVERYBODY, MATTER, NOBODYS_NUMBER, TO_HANDLING, Desk, ok, refusal
from cases.kit import case_id, sql

ACCUSATION: dict[str, Any] = MATTER | {
    "kind": "appeal",
    "purpose": "accusation",
    "category": "petition.discipline",
    "title": "举报收受好处",
    "narrative": "住建局工作人员收受工程队钱款。",
    "parties": [
        {"part": "applicant", "kind": "person", "name": "秘而宣", "phone": "13987654321"},
        {"part": "respondent", "kind": "organisation", "name": "澜平县住房和城乡建设局"},
    ],
    "address": "",
    "external_numbers": [{"system": "12345", "number": "SECRET1"}],
    "division": "990101100201",
}
RESTRICTED = ACCUSATION | {"purpose": "", "confidential": True, "category": "dispute.neighbours", "kind": "dispute"}
WORDS = ("收受", "钱款", "秘而宣", "举报", "SECRET1", "住房和城乡")
NAMED = {"clerk", "supervisor", "dispatcher_secret"}
FILTERS: tuple[dict[str, object], ...] = (
    {}, {"mine": "true"}, {"order": "due"}, {"division": "990101100201"}, {"unit": "zjj", "stage": "handling"},
    {"unit": "rsj"}, {"category": "petition", "light": "green", "channel": "window", "since": "2020-01-01"},
)  # fmt: skip
MOVES: tuple[tuple[str, dict[str, object]], ...] = (
    ("accept", {}), ("sign", {}), ("merge", {"into": NOBODYS_NUMBER, "reason": "同"}), ("restrict", {"version": 1}),
)  # fmt: skip
UNNAMED = [who for who in EVERYBODY if who not in NAMED]


def sees_nothing(desk: Desk, who: str, number: str, attachment: str) -> None:
    """Every question a person can ask; each answer is that of a number that was never given out."""
    unknown = desk.get("clerk", f"/cases/{NOBODYS_NUMBER}").content
    for path in ("", "/events", "/moves", "/clocks", "/papers", f"/attachments/{attachment}", "?unmask=想看看"):
        hidden = desk.get(who, f"/cases/{number}{path}")
        refusal(hidden, 404, "not_found")
        assert hidden.content == unknown, (who, path)
    for move, body in MOVES:
        hidden = desk.move(who, number, move, **body)
        refusal(hidden, 404, "not_found")
        assert hidden.content == unknown, (who, move)
    if who not in ("auditor", "admin"):
        refusal(desk.attach(who, number), 404, "not_found")
    for query in (*FILTERS, *({"q": word} for word in (*WORDS, number, number.lower()))):
        page = ok(desk.get(who, "/cases", **query))
        assert number not in [item["number"] for item in page["items"]], (who, query)
        assert page["count"]["value"] == len(page["items"]), (who, query)
        assert "q" not in query or page["count"]["value"] == 0, (who, query)
        assert not any(word in json.dumps(page, ensure_ascii=False) for word in WORDS)


def sees_all(desk: Desk, who: str, number: str, attachment: str) -> None:
    """The same questions, by somebody who may ask them."""
    for path in ("", "/events", "/moves", "/clocks", "/papers"):
        assert desk.get(who, f"/cases/{number}{path}").status_code == 200, (who, path)
    assert b"".join(desk.get(who, f"/cases/{number}/attachments/{attachment}")) == b"photo"
    for query in ({}, *({"q": word} for word in (*WORDS, number, number.lower()))):
        page = ok(desk.get(who, "/cases", **query))
        assert [item["number"] for item in page["items"]] == [number], (who, query)
        assert page["count"] == {"value": 1, "capped": False}


@pytest.mark.parametrize(
    ("matter", "others"),
    [
        pytest.param(ACCUSATION, UNNAMED, id="an accusation"),
        pytest.param(RESTRICTED, ["handler2", "director", "clerk_village", "auditor"], id="a restricted matter"),
    ],
)
def test_a_confidential_matter_is_there_for_the_named_and_for_nobody_else(
    desk: Desk, matter: dict[str, Any], others: list[str]
) -> None:
    number = desk.registered(**matter)["number"]
    attachment = ok(desk.attach("clerk", number), 201)["id"]
    assert sql("SELECT DISTINCT audience % 4 FROM visible") == [(3,)]  # persons only
    for who in sorted(NAMED):
        sees_all(desk, who, number, attachment)
    for who in others:
        sees_nothing(desk, who, number, attachment)
    assert sql("SELECT count(*) FROM notice") == [(0,)]


def test_merging_into_a_hidden_case_says_what_an_unknown_number_gets(desk: Desk) -> None:
    secret = desk.registered(**ACCUSATION)["number"]
    own = desk.registered("clerk_town")["number"]
    for who in ("clerk_town", "dispatcher"):
        hidden = desk.move(who, own, "merge", into=secret, reason="同一事项")
        unknown = desk.move(who, own, "merge", into=NOBODYS_NUMBER, reason="同一事项")
        refusal(hidden, 422, "invalid", "into")
        assert hidden.content == unknown.content
    # the named clerk hears the real reason
    own = desk.registered()["number"]
    known = desk.move("clerk", own, "merge", into=secret, reason="同一事项")
    assert "知悉范围" in refusal(known, 422, "invalid", "into")


def test_another_units_case_is_not_found_not_listed_and_not_counted(desk: Desk) -> None:
    number = desk.registered(**{**RESTRICTED, "confidential": False})["number"]
    attachment = ok(desk.attach("clerk", number), 201)["id"]
    desk.walk(number, ("clerk", "accept", {}), ("dispatcher", "dispatch", {"unit": "rsj"}))
    for who in ("handler2", "unit_lead2", "handler4", "mediator", "mediator2", "admin"):
        sees_nothing(desk, who, number, attachment)
    for who in ("handler", "unit_lead", "dispatcher", "director"):
        sees_all(desk, who, number, attachment)
    # the village and the town see what happens in them, another unit of the town does not
    sees_all(desk, "clerk_village", number, attachment)
    sees_all(desk, "grid_lead", number, attachment)
    sees_nothing(desk, "handler3", number, attachment)


def test_a_unit_that_has_left_a_case_sees_it_no_more(desk: Desk) -> None:
    number = desk.registered(**{**RESTRICTED, "confidential": False, "parties": ACCUSATION["parties"][:1]})["number"]
    attachment = ok(desk.attach("clerk", number), 201)["id"]
    desk.walk(number, ("clerk", "accept", {}), ("dispatcher", "dispatch", {"unit": "rsj", "co_units": ["zjj"]}))
    assert desk.numbers("handler2", q="收受") == [number]
    desk.walk(number, ("handler2", "object", {"reason": "不属职责"}), ("dispatcher", "designate", {"reason": "成立"}))
    sees_nothing(desk, "handler2", number, attachment)
    assert desk.numbers("handler", q="收受") == [number]


def test_after_a_restriction_earlier_viewers_lose_the_case_everywhere(desk: Desk) -> None:
    ordinary = {**ACCUSATION, "purpose": "petition", "parties": ACCUSATION["parties"][:1]}
    ordinary["narrative"] += "住房和城乡建设。"
    number = desk.registered(**ordinary)["number"]
    attachment = ok(desk.attach("clerk", number), 201)["id"]
    desk.walk(number, *TO_HANDLING)
    desk.walk(number, ("handler2", "report_progress", {"text": "已到现场"}))
    for who in ("handler2", "unit_lead2", "clerk", "director", "clerk_village", "dispatcher"):
        sees_all(desk, who, number, attachment)
    case = case_id(number)
    untaken = "SELECT count(*) FROM notice WHERE case_id = %s AND taken_back_at IS NULL"
    assert sql(untaken, case) == [(1,)]

    done = desk.move(
        "clerk", number, "restrict", level="accusation", accused_units=["zjj"], reason="实为检举",
        persons=["supervisor", "dispatcher_secret"],
    )  # fmt: skip

    # the clerk has shut himself out and learns no more than that
    assert set(ok(done)) == {"number", "version"}
    for who in ("supervisor", "dispatcher_secret"):
        sees_all(desk, who, number, attachment)
    for who in ("handler2", "unit_lead2", "clerk", "director", "clerk_village", "dispatcher", "auditor", "handler"):
        sees_nothing(desk, who, number, attachment)
    assert sql(untaken, case) == [(0,)]
    assert ok(desk.get("supervisor", f"/cases/{number}"))["stage"] == "accepted"


def test_a_key_of_before_does_not_open_what_is_restricted_now(desk: Desk) -> None:
    body = {**ACCUSATION, "purpose": "", "kind": "dispute", "category": "dispute.neighbours"}
    number = ok(desk.post("clerk", "/cases", body, key="k1"), 201)["number"]
    ok(desk.post("clerk", f"/cases/{number}/moves/accept", {}, key="k2"))
    ok(desk.move("supervisor", number, "restrict", level="restricted", persons=["supervisor"], reason="涉及隐私"))
    refusal(desk.post("clerk", "/cases", body, key="k1"), 404, "not_found")
    refusal(desk.post("clerk", f"/cases/{number}/moves/accept", {}, key="k2"), 404, "not_found")


def test_nobody_of_the_accused_unit_can_be_named(desk: Desk) -> None:
    number = desk.registered(**ACCUSATION)["number"]
    everyone = ["supervisor", "dispatcher_secret", "clerk"]
    refused = desk.move(
        "supervisor", number, "restrict", level="accusation", persons=[*everyone, "unit_lead2"], reason="续办"
    )
    assert "被检举" in refusal(refused, 403, "not_allowed", "persons")
    desk.walk(number, ("clerk", "accept", {}))
    to_accused = desk.move("dispatcher_secret", number, "dispatch", unit="zjj", persons=["handler2"])
    assert "被检举" in refusal(to_accused, 422, "invalid", "unit")
    with_accused = desk.move("dispatcher_secret", number, "dispatch", unit="rsj", persons=["handler", "handler2"])
    refusal(with_accused, 403, "not_allowed", "persons")
    as_helper = desk.move(
        "dispatcher_secret", number, "dispatch", unit="rsj", co_units=["zjj"], persons=["handler", "handler2"]
    )
    refusal(as_helper, 422, "invalid", "co_units")
    assert ok(desk.get("clerk", f"/cases/{number}"))["version"] == 2

    sent = desk.move("dispatcher_secret", number, "dispatch", unit="rsj", persons=["handler"])
    assert ok(sent)["lead_unit"]["code"] == "rsj"
    assert desk.get("handler", f"/cases/{number}").status_code == 200
    for who in ("unit_lead", "handler2", "unit_lead2"):  # of the unit that has it only the named person
        refusal(desk.get(who, f"/cases/{number}"), 404, "not_found")
    added = desk.move("dispatcher_secret", number, "add_unit", unit="zjj", reason="协助", persons=["handler2"])
    refusal(added, 422, "invalid", "unit")


def test_who_works_for_the_accused_or_bears_their_name_is_not_named_from_the_start(desk: Desk) -> None:
    town = {"part": "respondent", "kind": "organisation", "name": "清禾镇政府"}
    centre = {"part": "respondent", "kind": "organisation", "name": "县综治中心"}
    clerk = {"part": "respondent", "kind": "person", "name": "迎进门"}
    applicant = ACCUSATION["parties"][0]
    by_lead = desk.post("grid_lead", "/cases", ACCUSATION | {"parties": [applicant, town]})
    # the nearest centre has nobody for confidential matters, and its own man is of the accused
    refusal(by_lead, 403, "not_allowed")
    refusal(desk.post("clerk", "/cases", ACCUSATION | {"parties": [applicant, centre]}), 403, "not_allowed")
    number = ok(desk.post("clerk", "/cases", ACCUSATION | {"parties": [applicant, clerk]}), 201)["number"]
    refusal(desk.get("clerk", f"/cases/{number}"), 404, "not_found")
    assert desk.get("supervisor", f"/cases/{number}").status_code == 200
