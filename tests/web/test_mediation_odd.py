"""What no form of ours sends: it is refused, or not found, and never an error of ours."""

from typing import Any
from urllib.parse import quote

import pytest

from api.kit import new_browser
from mediation.kit import MEDIATOR, account, booked, drafted, opened, parties, row, wage_case
from onedoor.cases.models import Case
from onedoor.cases.secrets import receipt_code
from web.kit import Screens, words

pytestmark = pytest.mark.django_db

NUL = "好\0坏"
OPENING = {"kind": "people", "source": "application", "chosen": "yes", "declared": "yes"}
KEYS = ("%00", "x", "%00" * 36, quote("壹"), "123e4567-e89b-12d3-a456-42661417400", "1" * 5000)


def refused(screens: Screens, number: str, path: str, /, **form: Any) -> str:
    answer = screens.send(MEDIATOR, f"cases/{number}/mediation/{path}", **form)
    assert answer.status_code == 422, (path, answer.status_code)
    return words(answer)


@pytest.mark.parametrize("field", ["entrusted_by", "entrusted_number", "disclosure"])
def test_a_nul_in_what_opens_a_mediation_is_refused(screens: Screens, field: str) -> None:
    form = {**OPENING, "mediators": [account(MEDIATOR)], field: NUL}
    assert "无法识别" in refused(screens, wage_case(), "open_mediation", **form)


def test_a_nul_in_a_text_of_the_course_is_refused(screens: Screens) -> None:
    number = wage_case()
    key = opened(number)
    consent = {"party": parties(number)[0], "purpose": "mediation", "agrees": "yes", "way": "oral"}
    end = {"ending": "failed", "routes": ["向法院起诉"], "text": "分歧太大。"}
    change = {"mediators": [account(MEDIATOR)], "reason": "重新确认", "declared": "yes"}
    for path, form in (
        (f"record_consent/{key}", {**consent, "note": NUL}),
        (f"record_consent/{key}", {**consent, "party": NUL}),
        (f"change_mediator/{key}", {**change, "reason": NUL}),
        (f"change_mediator/{key}", {**change, "disclosure": NUL}),
        (f"end_mediation/{key}", {**end, "text": NUL}),
        (f"end_mediation/{key}", {**end, "more": NUL}),
        (f"end_mediation/{key}", {**end, "to": NUL, "ending": "handed_over"}),
    ):
        page = refused(screens, number, path, **form)
        assert "无法识别" in page or "请选择" in page, path
    assert row("mediation", number)["state"] == "open"


def test_a_nul_in_the_courts_number_is_refused(screens: Screens) -> None:
    number = wage_case()
    key = opened(number, source="court_delegated", entrusted_by="县法院", entrusted_number="诉前调1号")
    end = {"ending": "failed", "routes": ["向法院起诉"], "text": "分歧太大。"}
    for path, form in ((f"end_mediation/{key}", end), (f"return_materials/{key}", {})):
        assert screens.send(MEDIATOR, f"cases/{number}/mediation/{path}", **form).status_code == 302
    assert "无法识别" in refused(screens, number, f"court_filed/{key}", number=NUL)


def test_what_is_not_too_long_may_be_long_and_no_longer(screens: Screens) -> None:
    number = wage_case()
    key = opened(number)
    form = {"ending": "failed", "routes": ["向法院起诉"]}
    assert "最多2000个字" in refused(screens, number, f"end_mediation/{key}", text="字" * 2001, **form)
    answer = screens.send(MEDIATOR, f"cases/{number}/mediation/end_mediation/{key}", text="字" * 2000, **form)
    assert answer.status_code == 302


@pytest.mark.parametrize("key", KEYS)
def test_what_is_no_key_is_not_found(screens: Screens, key: str) -> None:
    number = wage_case()
    opened(number)
    base = f"cases/{number}/mediation"
    for path in (
        f"{base}/recordings/{key}", f"{base}/agreements/{key}", f"{base}/record_consent/{key}",
        f"{base}/hold_session/{key}", f"{base}/record_item/{key}", f"{base}/{key}/draft/written", f"{base}/{key}",
        f"harm/{key}", f"referrals/{key}",
    ):  # fmt: skip
        assert screens.open(MEDIATOR, path).status_code == 404, path
    for path in (
        f"{base}/agreements/{key}", f"{base}/agreements/{key}/seal", f"{base}/end_mediation/{key}",
        f"{base}/cancel_session/{key}", f"{base}/{key}/draft/oral",
    ):  # fmt: skip
        assert screens.send(MEDIATOR, path).status_code == 404, path
    told = {"to": "police", "receipt": "已报告", "text": "已转介"}
    for path in (f"harm/{key}/tell", f"harm/{key}/close", f"referrals/{key}"):
        assert screens.send(MEDIATOR, path, **told).status_code == 404, path


@pytest.mark.parametrize("field", ["party", "room"])
def test_what_is_no_key_within_a_form_is_refused(screens: Screens, field: str) -> None:
    number = wage_case()
    key = opened(number)
    session = booked(number, key)
    for odd in ("\0", "x", "9" * 30, "²"):
        if field == "room":
            times = {"starts_at": "2030-01-02T09:00", "ends_at": "2030-01-02T10:00"}
            assert "没有这间" in refused(screens, number, f"book_session/{key}", kind="joint", room=odd, **times)
        else:
            answer = screens.send(MEDIATOR, f"cases/{number}/mediation/reply/{session}", party=odd, comes="yes")
            assert answer.status_code == 404


def test_applicants_who_answer_for_no_key_are_told(screens: Screens) -> None:
    number = wage_case()
    case = Case.objects.get(number=number)
    session = booked(number, opened(number))
    browser = new_browser()
    browser.post("/track", {"way": "receipt", "number": number, "code": receipt_code(str(case.pk))})
    for odd in ({"party": "\0", "session": session}, {"party": parties(number)[0], "session": "\0"}):
        assert browser.post("/my/session", {**odd, "comes": "yes"}).status_code == 404
    assert (
        browser.post("/my/session", {"party": parties(number)[0], "session": session, "comes": "yes"}).status_code
        == 302
    )


def test_a_mediator_of_no_possible_number_is_none(screens: Screens) -> None:
    for odd in ("9" * 30, "9" * 5000, "\0", "²"):
        answer = screens.send(MEDIATOR, f"cases/{wage_case()}/mediation/open_mediation", **OPENING, mediators=[odd])
        assert answer.status_code == 422


@pytest.mark.parametrize(
    "odd", ["0001-01-01T00:00", "9999-12-31T23:59", "1999-12-31T23:59", "2201-01-01T00:00", "0001-01-01T00:00+14:00"]
)
def test_a_time_of_no_century_of_ours_is_no_time(screens: Screens, odd: str) -> None:
    number = wage_case()
    key = opened(number)
    page = refused(screens, number, f"book_session/{key}", kind="joint", place="三楼", starts_at=odd, ends_at=odd)
    assert "请填写日期和时间" in page
    session = booked(number, key)
    form = {"began_at": odd, "ended_at": odd, "present": parties(number), "text": "到场。"}
    assert "请填写日期和时间" in refused(screens, number, f"hold_session/{session}", **form)


@pytest.mark.parametrize("first", ["9999-12-01", "0001-01-01", "2201-01-01"])
def test_a_plan_that_ends_with_the_calendar_is_refused(screens: Screens, first: str) -> None:
    number = wage_case()
    key = opened(number)
    plan = {"split": "1", "plan_total": "600", "plan_parts": "60", "plan_first": first}
    assert "首期日期" in refused(screens, number, f"{key}/draft/written", **plan)


def test_the_last_day_of_these_centuries_can_be_split(screens: Screens) -> None:
    number = wage_case()
    key = opened(number)
    plan = {"split": "1", "plan_total": "600", "plan_parts": "60", "plan_first": "2200-12-31"}
    answer = screens.send(MEDIATOR, f"cases/{number}/mediation/{key}/draft/written", **plan)
    assert answer.status_code == 200 and "2205-11-30" in answer.content.decode()


@pytest.mark.parametrize("amount", ["1e999999", "-1e999999", "NaN", "sNaN", "Infinity", "1e-999999", "0" * 5000])
def test_an_amount_that_is_none_is_refused(screens: Screens, amount: str) -> None:
    number = wage_case()
    key = opened(number)
    plan = {"split": "1", "plan_total": amount, "plan_parts": "3", "plan_first": "2030-01-01"}
    assert "总金额" in refused(screens, number, f"{key}/draft/written", **plan)


def test_an_agreement_is_not_signed_for_nobody(screens: Screens) -> None:
    number = wage_case()
    made = drafted(number, opened(number))
    digest = row("agreement", number)["digest"]
    for form in ({"signer": "\0"}, {"way": "\0"}, {"attachment": "\0", "way": "sheet"}, {"digest": "\0"}):
        sent = {"signer": parties(number)[0], "way": "drawn", "digest": digest, "drawing": "\0", **form}
        answer = screens.send(MEDIATOR, f"cases/{number}/mediation/agreements/{made}", **sent)
        assert answer.status_code == 422, form
