"""The doors to a matter: who tries them out is stopped, whose matter it is gets in, and no door betrays anything."""

import random
import re
import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.kit import TO_HANDLING, new_browser
from cases.kit import sql
from onedoor.cases import secrets
from onedoor.cases.queries.tracking import MOST_WRONG, track
from onedoor.cases.steps.applicant import MOST_CODES, MOST_CODES_TO_PHONE
from onedoor.notices.steps.tell_applicants import tell_next_applicant
from onedoor.rules.numbers import make_number
from onedoor.rules.refusal import NOT_FOUND, TOO_MANY, Refused
from web.kit import Screens, words
from web.resident_kit import enter, hand_in


def guess(number: str, digits: str = "0000", address: str = "203.0.113.1", **more: str) -> int:
    return new_browser().post("/track", {"number": number, "digits": digits, **more}, REMOTE_ADDR=address).status_code


def test_ten_thousand_guesses_from_one_address_find_nothing_and_cost_little(screens: Screens) -> None:
    numbers = [hand_in(new_browser(), key=str(place))[0] for place in range(3)]
    day, chance = timezone.now(), random.Random(12)
    tries = [
        (make_number("990101", day.date(), chance.randrange(1, 100_000)), f"{chance.randrange(10_000):04d}")
        for _ in range(10_000)
    ]
    # a guesser who is unlucky with the digits alone meets the real numbers too
    for place, number in enumerate(numbers):
        tries[place * 5] = (number, "1234")
    said: list[str] = []
    begun = 0.0
    for place, (number, digits) in enumerate(tries):
        if place == MOST_WRONG:
            begun = time.process_time()
        try:
            track(number, digits, "203.0.113.7", day)
        except Refused as refused:
            said.append(refused.code)
    assert said == [NOT_FOUND] * MOST_WRONG + [TOO_MANY] * (10_000 - MOST_WRONG)
    assert time.process_time() - begun < 20, "what is refused costs next to nothing"
    with CaptureQueriesContext(connection) as spent, pytest.raises(Refused):
        track(numbers[0], "5678", "203.0.113.7", day)
    assert len(spent) == 1
    assert track(numbers[1], "5678", "203.0.113.8", day)["stage_name"] == "已登记", "others are not stopped with him"


def test_guessing_at_the_page_is_stopped_after_the_limit(screens: Screens) -> None:
    day = timezone.now().date()
    answers = [guess(make_number("990101", day, serial), f"{serial:04d}") for serial in range(1, 61)]
    assert answers == [404] * MOST_WRONG + [429] * (60 - MOST_WRONG)
    number, _ = hand_in(new_browser())
    assert guess(number, "5678") == 429 and guess(number, "5678", address="203.0.113.2") == 200


def test_behind_a_proxy_each_visitor_has_his_own_limit_and_cannot_forge_another(
    screens: Screens, settings: Any
) -> None:
    from ipaddress import ip_network

    settings.PROXIES = (ip_network("127.0.0.1"),)
    number, _ = hand_in(new_browser())
    day = timezone.now().date()

    def ask(serial: int, forwarded: str) -> int:
        form = {"number": make_number("990101", day, 500 + serial), "digits": "0000"}
        return new_browser().post("/track", form, headers={"X-Forwarded-For": forwarded}).status_code

    answers = [ask(serial, f"198.51.100.{serial}, 203.0.113.7") for serial in range(1, 41)]
    assert answers == [404] * MOST_WRONG + [429] * (40 - MOST_WRONG), "a new forged address each time"
    own = {"number": number, "digits": "5678"}
    assert new_browser().post("/track", own, headers={"X-Forwarded-For": "203.0.113.8"}).status_code == 200


def test_whoever_knows_a_number_locks_its_owner_out_of_no_other_door(screens: Screens) -> None:
    number, code = hand_in(new_browser())
    for place in range(6):
        status = guess(number, f"000{place}")
    assert status == 429, "digits are counted by number, wherever they come from"
    assert guess(number, "5678", address="203.0.113.2") == 429
    for _ in range(8):
        assert guess(number, way="receipt", code="AAAAAAAA", address="203.0.113.3") == 404
    for _ in range(6):
        status = guess(number, way="one_time", code="000000", address="203.0.113.4")
    assert status == 429
    assert "半夜装修" in words(enter(number, code)[1])
    (case,) = sql('SELECT id FROM "case"')[0]
    assert new_browser().get(f"/rate/{number}-{secrets.rating_code(str(case))}").status_code == 200


def send(number: str, digits: str = "5678") -> Any:
    return new_browser().post("/track", {"number": number, "digits": digits, "way": "send"})


def drained() -> None:
    while tell_next_applicant(at=timezone.now()):
        pass


@pytest.mark.parametrize("contact", ["none", "phone"])
def test_a_telephone_that_is_not_safe_gets_no_code_and_the_page_does_not_show_it(
    screens: Screens, capsys: pytest.CaptureFixture[str], settings: Any, contact: str
) -> None:
    settings.SMS = "console"
    unsafe, receipt = hand_in(new_browser(), contact=contact, phone="13800001111", key="a")
    safe, _ = hand_in(new_browser(), phone="13800002222", key="b")
    seen: dict[str, list[str]] = {}
    for number, digits in ((unsafe, "1111"), (safe, "2222")):
        answers = [send(number, digits) for _ in range(MOST_CODES + 1)]
        hide = re.compile(rf"{number}|{digits}")
        seen[number] = [f"{one.status_code} {hide.sub('', words(one))}" for one in answers]
    assert seen[unsafe] == seen[safe] and "验证码正在发送" in seen[safe][0] and seen[safe][-1].startswith("429")
    drained()
    said = capsys.readouterr().out
    assert len(re.findall(r"验证码\d{6}", said)) == MOST_CODES and "13800001111" not in said
    # not even the code that was never sent opens it
    for (message,) in sql(
        'SELECT m.id FROM applicant_message m JOIN "case" c ON c.id = m.case_id WHERE c.number = %s'
        " AND m.kind = 'code'",
        unsafe,
    ):
        assert enter(unsafe, secrets.one_time_code(str(message)), "one_time")[1].status_code == 404
    assert "半夜装修" in words(enter(unsafe, receipt)[1])


def test_who_has_not_said_how_to_be_reached_may_ask_for_a_code(
    screens: Screens, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    settings.SMS = "console"
    number = screens.registered()["number"]
    assert sql("SELECT contact FROM party WHERE part = 'applicant'") == [("",)]
    send(number)
    drained()
    (code,) = re.findall(r"验证码(\d{6})", capsys.readouterr().out)
    assert "走廊" in words(enter(number, code, "one_time")[1])


def test_no_telephone_is_flooded_with_codes_of_many_matters(screens: Screens) -> None:
    numbers = [hand_in(new_browser(), key=str(place))[0] for place in range(5)]
    answers = [send(number).status_code for number in numbers for _ in range(MOST_CODES)]
    assert answers == [200] * MOST_CODES_TO_PHONE + [429] * (15 - MOST_CODES_TO_PHONE)


def test_every_step_that_a_resident_waits_for_is_told(
    screens: Screens, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    settings.SMS = "console"
    number, _ = hand_in(new_browser())
    drained()
    told = []
    moves = (
        *TO_HANDLING,
        ("dispatcher", "add_unit", {"unit": "gov-qinghe", "reason": "协助。"}),
        ("handler3", "sign", {}),
        ("handler2", "meet", {"text": "已见面。"}),
        ("handler3", "submit_opinion", {"text": "无意见。"}),
        ("handler2", "request_suspension", {"reason": "等鉴定。", "days": 5, "cause": "appraisal"}),
        ("supervisor", "suspend", {}),
        ("handler2", "tell", {"text": "已告知中止。"}),
        ("handler2", "resume", {"reason": "鉴定完成。"}),
        ("unit_lead2", "approve", {"answer": "予以支持。"}),
        ("handler2", "serve", {"proof": "直接送达"}),
        ("handler2", "conclude", {"outcome": "opinion_support"}),
        ("supervisor", "close", {}),
    )
    capsys.readouterr()
    for one in moves:
        screens.walk(number, one)
        drained()
        if re.search(r"短信|编号末四位", said := capsys.readouterr().out):
            told.append(one[1])
            assert "装修" not in said and "支持" not in said
    assert told == ["accept", "dispatch", "sign", "suspend", "tell", "resume", "serve", "close"]
