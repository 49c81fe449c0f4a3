"""Personal data is masked for everybody, and each look behind the mask has a reason and leaves a line."""

import json

import pytest

from api.kit import EVERYBODY, TO_HANDLING, Desk, ok, refusal
from cases.kit import APPLICANT, RESPONDENT, sql

ID, PHONE, ADDRESS = "11010519491231002X", "13812345678", "清禾镇禾丰塘村三组12号"
SECRETS = (ID, PHONE, ADDRESS, "12号", "找妹妹转")
CASE = {
    "parties": [APPLICANT | {"address": ADDRESS, "safe_contact": "找妹妹转"}, RESPONDENT],
    "address": ADDRESS,
    "division": "990101100201",
    "narrative": "邻居占用公共走廊。",
}


@pytest.fixture
def number(desk: Desk) -> str:
    """Visible to many: in the village, with units of three kinds."""
    made = str(desk.registered(**CASE)["number"])
    desk.walk(made, *TO_HANDLING)
    desk.walk(made, ("dispatcher", "add_unit", {"unit": "tw-lianhe", "reason": "调解"}))
    return made


def looks() -> list[tuple[int, str, str, str]]:
    return sql("SELECT account_id, action, subject, reason FROM access_log WHERE action = 'unmask'")


def test_nothing_personal_is_shown_unmasked_to_anybody_by_default(desk: Desk, number: str) -> None:
    seen = 0
    for who in EVERYBODY:
        for path in ("", "/events", "/moves", "/clocks", "/papers"):
            answer = desk.get(who, f"/cases/{number}{path}")
            seen += answer.status_code == 200
            assert not any(secret in answer.content.decode() for secret in SECRETS), (who, path)
        assert not any(secret in desk.get(who, "/cases").content.decode() for secret in SECRETS)
    assert seen == 5 * 14
    [party, _] = ok(desk.get("clerk", f"/cases/{number}"))["parties"]
    assert (party["phone"], party["id_number"]) == ("138****5678", "110*************2X")
    assert party["address"] == "清禾镇禾丰塘***"
    assert looks() == []


UNMASKERS = ("clerk", "dispatcher", "supervisor", "handler2", "unit_lead2", "mediator")


@pytest.mark.parametrize("who", UNMASKERS)
def test_a_role_that_may_gives_a_reason_and_leaves_a_line(desk: Desk, number: str, who: str) -> None:
    for reason in ("a", " ", "\0理由", "长" * 201):
        refusal(desk.get(who, f"/cases/{number}", unmask=reason), 422, "invalid", "unmask")
    assert looks() == []
    case = ok(desk.get(who, f"/cases/{number}", unmask="电话联系申请人"))
    party = case["parties"][0]
    assert (party["id_number"], party["phone"], party["address"]) == (ID, PHONE, ADDRESS)
    assert (party["safe_contact"], case["address"]) == ("找妹妹转", ADDRESS)
    [(account, _, subject, reason)] = looks()
    assert sql("SELECT username FROM people_account WHERE id = %s", account) == [(who,)]
    assert (subject, reason) == (number, "电话联系申请人")


@pytest.mark.parametrize("who", ["director", "auditor", "grid_lead"])
def test_a_role_that_may_not_is_refused_and_nothing_is_shown(desk: Desk, number: str, who: str) -> None:
    assert desk.get(who, f"/cases/{number}").status_code == 200
    answer = desk.get(who, f"/cases/{number}", unmask="想看看")
    refusal(answer, 403, "not_allowed")
    assert looks() == []


def test_the_auditor_reads_who_did_what_and_no_names(desk: Desk, number: str) -> None:
    texts = [
        json.dumps(ok(desk.get("auditor", f"/cases/{number}{path}")), ensure_ascii=False)
        for path in ("", "/events", "/moves", "/clocks", "/papers")
    ]
    texts.append(json.dumps(ok(desk.get("auditor", "/cases")), ensure_ascii=False))
    for text in texts:
        assert not any(word in text for word in ("田安", "家福", "走廊", "协助调解"))
    events = ok(desk.get("auditor", f"/cases/{number}/events"))["items"]
    assert [event["actor"] for event in events][:3] == ["迎进门", "迎进门", "方向明"]
    assert ok(desk.get("director", f"/cases/{number}"))["parties"][0]["name"] == "𠮷田安"


def test_an_anonymous_applicant_stays_so_for_all_but_the_centre(desk: Desk) -> None:
    number = desk.registered(**CASE, anonymous=True)["number"]
    desk.walk(number, *TO_HANDLING)
    hidden = ("𠮷田安", PHONE, ID, "138****5678", "110*************2X", "找妹妹转")
    for who in ("clerk", "handler2", "unit_lead2", "director", "auditor", "clerk_village"):
        body = desk.get(who, f"/cases/{number}").content.decode()
        assert not any(one in body for one in hidden), who
    for who in ("handler2", "unit_lead2"):
        case = ok(desk.get(who, f"/cases/{number}", unmask="联系申请人"))
        assert not any(one in json.dumps(case["parties"], ensure_ascii=False) for one in hidden), who
        assert case["parties"][1]["name"] == "邻家福"
    for who in ("clerk", "supervisor"):
        party = ok(desk.get(who, f"/cases/{number}", unmask="联系申请人"))["parties"][0]
        assert (party["name"], party["phone"]) == ("𠮷田安", PHONE)
    assert len(looks()) == 4


def test_no_secret_lies_in_clear_in_any_table(desk: Desk, number: str) -> None:
    ok(desk.get("clerk", f"/cases/{number}", unmask="电话联系申请人"))
    tables = sql("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    for (table,) in tables:
        text = str(sql(f'SELECT t::text FROM "{table}" t'))
        assert ID not in text, table
        assert PHONE not in text, table
        assert PHONE.encode().hex() not in text, table
