"""What a resident does from home: hand in, follow, supplement, read the answer, rate; and what nobody else can."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from api.kit import TO_HANDLING, new_browser, ok
from cases.kit import sql, whats
from onedoor.cases import secrets
from onedoor.notices.steps.tell_applicants import tell_next_applicant
from web.kit import Screens, words
from web.resident_kit import TYPED, enter, hand_in

PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def test_three_steps_carry_what_was_typed_and_say_what_is_missing(screens: Screens) -> None:
    browser = new_browser()
    assert "发生了什么" in words(browser.get("/apply"))
    missing = browser.post("/apply", {"step": "1", "about": "dispute"})
    assert (missing.status_code, "请说说发生了什么" in words(missing)) == (422, True)
    second = browser.post("/apply", {"step": "1", **{name: TYPED[name] for name in ("about", "narrative")}})
    assert "具体地点" in words(second)
    assert f'name="narrative" value="{TYPED["narrative"]}"' in second.content.decode()
    back = browser.post("/apply", {**TYPED, "step": "2", "back": "1"})
    assert (
        TYPED["narrative"] in words(back) and 'name="about" value="dispute" required checked' in back.content.decode()
    )
    wrong = browser.post("/apply", {**TYPED, "step": "3", "phone": "没有"})
    assert (wrong.status_code, "电话" in words(wrong)) == (422, True)
    lost = browser.post("/apply", {**TYPED, "step": "3", "category": "nonsense"})
    assert lost.status_code == 422 and "您来办什么事" in words(lost), "back at the step of the fault"
    assert not sql('SELECT 1 FROM "case"')


def test_the_whole_way_with_a_picture_to_the_supervisors_decision(screens: Screens) -> None:
    browser = new_browser()
    number, code = hand_in(browser, files=SimpleUploadedFile("现场.png", PICTURE))
    assert sql("SELECT uploader FROM attachment") == [(None,)]
    assert "楼上半夜装修" in words(browser.get("/my")), "open at once in the browser that handed it in"
    screens.move("clerk", number, "ask_correction", reason="请补充物业的登记记录。")
    browser, page = enter(number, code)
    assert "请补充物业的登记记录" in words(page)
    browser.post(
        "/my/supplement", {"key": "a", "text": "已补充。", "files": SimpleUploadedFile("登记.png", PICTURE + b"1")}
    )
    screens.walk(number, *TO_HANDLING)
    screens.move("handler2", number, "conclude", outcome="answered", answer="已上门协调，约定九点后不施工。")
    assert "九点后不施工" not in words(browser.get("/my")), "an answer is his once the centre has approved it"
    screens.move("supervisor", number, "close")
    page = words(browser.get("/my"))
    assert "九点后不施工" in page and "请您评价" in page and "已补充。" in page

    answer = browser.post(
        "/my/rate", {"key": "b", "satisfied": "no", "manner": "2", "text": "还是半夜施工。"}, follow=True
    )
    assert "您已评价" in words(answer)
    unit = screens.read("handler2", f"cases/{number}")
    assert "还是半夜施工" not in unit, "the unit does not read it"
    assert ok(screens.get("handler2", f"/cases/{number}"))["satisfied"] is None
    assert "还是半夜施工" in screens.read("supervisor", f"cases/{number}")
    screens.move("supervisor", number, "archive", reason="已责成住建局加强夜间巡查，再有施工可拨打值班电话。")
    assert "加强夜间巡查" in words(browser.get("/my"))
    assert whats() == set()


def test_a_rating_by_its_own_address_opens_nothing_else(screens: Screens) -> None:
    number, _ = hand_in(new_browser())
    (case,) = sql('SELECT id FROM "case"')[0]
    address = f"/rate/{number}-{secrets.rating_code(str(case))}"
    assert "还没有办结" in words(new_browser().get(address))
    screens.walk(number, *TO_HANDLING)
    screens.move("handler2", number, "conclude", outcome="answered", answer="已处理。")
    screens.move("supervisor", number, "close")
    browser = new_browser()
    page = browser.get(address)
    assert "半夜装修" not in words(page)
    assert "谢谢您的评价" in words(browser.post(address, {"satisfied": "yes", "ability": "5", "key": "k"}))
    assert browser.get("/my").status_code == 302
    assert new_browser().get(f"/rate/{number}-AAAAAAAA").status_code == 404
    assert sql("SELECT payload->'codes'->>'ability' FROM event WHERE kind = 'rate'") == [("5",)]


def test_the_digits_open_nothing_of_the_matter_and_a_one_time_code_does(
    screens: Screens, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    settings.SMS = "console"
    number, _ = hand_in(new_browser())
    assert "半夜装修" not in words(new_browser().post("/track", {"number": number, "digits": "5678"}))
    sent = new_browser().post("/track", {"number": number, "digits": "5678", "way": "send"})
    assert "验证码正在发送" in words(sent)
    assert new_browser().post("/track", {"number": number, "digits": "0000", "way": "send"}).status_code == 404
    while tell_next_applicant(at=timezone.now()):
        pass
    said = capsys.readouterr().out
    (code,) = re.findall(r"验证码(\d{6})", said)
    assert "半夜" not in said and number not in said
    assert enter(number, "000000", "one_time")[1].status_code == 404
    _, page = enter(number, code, "one_time")
    assert "半夜装修" in words(page)
    sql("UPDATE applicant_message SET created_at = created_at - interval '11 minutes'")
    assert enter(number, code, "one_time")[1].status_code == 404, "ten minutes are over"


def test_who_wants_messages_gets_the_newest_step_and_who_does_not_gets_none(
    screens: Screens, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    settings.SMS = "console"
    number, code = hand_in(new_browser())
    quiet, _ = hand_in(new_browser(), contact="phone", narrative="另一件事，不要短信。")
    for one in (number, quiet):
        screens.walk(one, *TO_HANDLING)
    while tell_next_applicant(at=timezone.now()):
        pass
    said = capsys.readouterr().out.strip().splitlines()
    assert len(said) == 1 and "已由办理单位签收" in said[0] and number[-4:] in said[0]
    assert "装修" not in said[0] and "13800005678" not in said[0]

    browser, _ = enter(number, code)
    (party,) = sql(
        "SELECT p.id FROM party p JOIN \"case\" c ON c.id = p.case_id WHERE c.number = %s AND p.part = 'applicant'",
        number,
    )[0]
    browser.post("/my/contact", {"party": party, "contact": "none"})
    screens.move("handler2", number, "request_suspension", reason="等待鉴定。", days=5, cause="appraisal")
    screens.move("supervisor", number, "suspend")
    while tell_next_applicant(at=timezone.now()):
        pass
    assert capsys.readouterr().out == ""
    assert whats() == set()


def test_withdrawing_asks_for_the_receipt_code_again(screens: Screens) -> None:
    number, code = hand_in(new_browser())
    browser, _ = enter(number, code)
    wrong = browser.post("/my/withdraw", {"key": "a", "code": "XXXXXXXX"})
    assert (wrong.status_code, "回执码不对" in words(wrong)) == (422, True)
    assert "已撤回" in words(browser.post("/my/withdraw", {"key": "b", "code": code}, follow=True))


def test_the_same_form_sent_twice_is_one_matter(screens: Screens) -> None:
    first, second = (hand_in(new_browser(), key="once") for _ in range(2))
    assert first == second
    assert sql('SELECT count(*) FROM "case"') == [(1,)]


def test_who_has_looked_is_told_by_unit_and_kind_of_reason(screens: Screens) -> None:
    number, code = hand_in(new_browser())
    screens.send("clerk", f"cases/{number}/unmask", kind="核实身份", reason="电话核实地址")
    browser, _ = enter(number, code)
    page = words(browser.get("/my/looked"))
    assert "核实身份" in page and "电话核实地址" not in page and "窗口受理员" in page


def test_leaving_closes_the_matter_and_half_an_hour_does(screens: Screens) -> None:
    number, code = hand_in(new_browser())
    browser, _ = enter(number, code)
    session = browser.session
    session["matter"] = {**session["matter"], "until": (timezone.now() - timedelta(seconds=1)).timestamp()}
    session.save()
    assert browser.get("/my").status_code == 302
    browser, _ = enter(number, code)
    browser.post("/my/leave")
    assert browser.get("/my").status_code == 302


def test_an_accusation_from_home_is_seen_by_the_named_alone(screens: Screens) -> None:
    number, _ = hand_in(new_browser(), about="accusation", category="", respondent="住建局", narrative="收受好处。")
    assert screens.open("clerk", f"cases/{number}").status_code == 404
    assert screens.open("handler2", f"cases/{number}").status_code == 404
    assert new_browser().post("/track", {"number": number, "digits": "5678"}).status_code == 404


def test_the_guide_leads_to_a_form_that_knows_what_it_is_about(screens: Screens) -> None:
    page = new_browser().get("/apply?service=petition.petition").content.decode()
    assert 'value="petition" required checked' in page
    assert new_browser().get("/apply?service=nothing%00").status_code == 200


@pytest.mark.parametrize(
    "value", ["\0", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "𠮷" * 5000, "-1", "'"]
)
def test_no_odd_value_breaks_an_open_page(screens: Screens, value: str) -> None:
    number, code = hand_in(new_browser())
    browser, _ = enter(number, code)
    fields = dict.fromkeys((*TYPED, "step", "key", "number", "digits", "code", "way", "what", "day", "at"), value)
    for path in (
        "/apply",
        "/track",
        "/book",
        "/my/supplement",
        "/my/rate",
        "/my/contest",
        "/my/withdraw",
        "/my/contact",
    ):
        for sent in (fields, {**TYPED, **dict.fromkeys(("key", "text", "reason", "party", "contact"), value)}):
            assert browser.post(path, sent).status_code < 500, (path, value[:9])
    for path in ("/apply", "/track", "/book", "/guide", "/news"):
        names = ("service", "number", "what", "day", "q", "kind", "cursor", "group")
        assert browser.get(path, dict.fromkeys(names, value[:200])).status_code < 500, path
    for step in ("1", "2", "3"):
        for name in TYPED:
            assert (
                browser.post("/apply", {**TYPED, "step": step, "key": f"{step}{name}", name: value}).status_code < 500
            )
