"""The case file and the forms of its moves."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.kit import MATTER, TO_CLOSED, TO_HANDLING, ok
from api.test_at_once import at_once
from cases.kit import sql
from onedoor.cases.calendars import calendar_of
from onedoor.cases.schemes import book
from onedoor.rules.flow import FLOW
from web.kit import Screens, words

# who I am, the case, all that hangs on it, events, what was said, the visits and the number it came from
CASE_STATEMENTS = 8
SCRIPT = "<script>alert(1)</script>"


def version(screens: Screens, number: str) -> int:
    return int(ok(screens.get("clerk", f"/cases/{number}"))["version"])


def test_one_page_tells_the_whole_matter(screens: Screens) -> None:
    number = screens.registered()["number"]
    screens.walk(number, *TO_CLOSED)
    book(newest=True)  # what every process knows for some seconds is no price of a page
    calendar_of((), newest=True)
    with CaptureQueriesContext(connection) as asked:
        page = screens.open("clerk", f"cases/{number}")
    assert len(asked) <= CASE_STATEMENTS, [query["sql"][:90] for query in asked.captured_queries]
    text = words(page)
    for word in (
        number,
        "已办结",
        "邻居占用公共走廊",
        "𠮷田安",
        "138****5678",
        "住建局",
        "主办",
        "已上门清理",
        "签收",
        "审核办结",
    ):
        assert word in text, word
    assert "13812345678" not in text and "11010519491231002X" not in text
    assert len(page.content) < 60_000
    title = page.content.decode().split("<title>")[1].split("</title>")[0]
    assert title == f"{number} 已办结 · 一扇门", "a title goes on a shared screen: no names, no matter"


def test_who_sees_no_names_reads_none(screens: Screens) -> None:
    number = screens.registered()["number"]
    text = screens.read("auditor", f"cases/{number}")
    for word in ("邻居占用", "𠮷田安", "邻家福", "清禾镇禾丰塘村三组"):
        assert word not in text
    assert "查看完整信息" not in text


def test_a_case_that_is_not_ours_is_not_found(screens: Screens) -> None:
    number = screens.registered()["number"]
    screens.walk(number, *TO_HANDLING)
    paths = ("", "/receipt", "/print", "/moves/sign", "/attachments/0190a1b2-0000-7000-8000-000000000000")
    for path in paths:
        answer = screens.open("handler", f"cases/{number}{path}")
        assert (answer.status_code, "没有找到" in words(answer)) == (404, True), path
    for path, form in (("/moves/sign", {}), ("/unmask", {"reason": "核对"}), ("/attachments", {})):
        assert screens.send("handler", f"cases/{number}{path}", **form).status_code in (302, 404)
    assert "住建局" not in words(screens.open("handler", f"cases/{number}"))


def test_personal_data_is_shown_for_a_reason_that_is_logged(screens: Screens) -> None:
    number = screens.registered()["number"]
    nothing = screens.send("clerk", f"cases/{number}/unmask", reason=" ")
    assert nothing.status_code == 422 and "请写明查看" in words(nothing) and "13812345678" not in words(nothing)
    shown = screens.send("clerk", f"cases/{number}/unmask", reason="电话联系申请人")
    assert "13812345678" in words(shown) and "11010519491231002X" in words(shown)
    logged = sql("SELECT reason FROM access_log WHERE action = 'unmask' AND subject = %s", number)
    assert logged == [("电话联系申请人",)]
    assert "不能查看" in words(screens.send("auditor", f"cases/{number}/unmask", reason="看看"))


def test_what_needs_nothing_is_one_click(screens: Screens) -> None:
    number = screens.registered()["number"]
    page = screens.open("clerk", f"cases/{number}").content.decode()
    assert f'action="/desk/cases/{number}/moves/accept"' in page
    done = screens.send("clerk", f"cases/{number}/moves/accept", version=1, key="k1")
    assert done["Location"] == f"/desk/cases/{number}"
    text = screens.read("clerk", f"cases/{number}")
    assert f"{number} 已完成“受理”。" in text and "待分流" in text
    again = screens.send("clerk", f"cases/{number}/moves/accept", version=1, key="k1")
    assert again.status_code == 302, "the same form sent twice is one move"
    assert version(screens, number) == 2


def test_a_dispatcher_accepts_and_dispatches_in_one_form(screens: Screens) -> None:
    number = screens.registered()["number"]
    assert "受理并分流" in screens.read("dispatcher", f"cases/{number}")
    assert "受理并分流" not in screens.read("clerk", f"cases/{number}")
    form = screens.read("dispatcher", f"cases/{number}/moves/accept+dispatch")
    assert "人社局" in form and "确认受理并分流" in form
    # nothing is half done: the unit is missing, so the matter is not accepted either
    missing = screens.send("dispatcher", f"cases/{number}/moves/accept+dispatch", version=1)
    assert missing.status_code == 422 and "请填写单位。" in words(missing)
    assert version(screens, number) == 1
    done = screens.send("dispatcher", f"cases/{number}/moves/accept+dispatch", version=1, unit="rsj", co_units=["zjj"])
    assert done.status_code == 302
    case = ok(screens.get("clerk", f"/cases/{number}"))
    assert (case["stage"], case["lead_unit"]["code"], case["version"]) == ("dispatched", "rsj", 3)
    assert [unit["code"] for unit in case["co_units"]] == ["zjj"]
    assert screens.open("dispatcher", f"cases/{number}/moves/accept+archive").status_code == 404


def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(screens: Screens) -> None:
    number = screens.registered()["number"]
    screens.walk(number, *TO_HANDLING)
    form = screens.send(
        "handler2", f"cases/{number}/moves/conclude", version=4, outcome="mediation_ended", answer="调解不成"
    )
    html = form.content.decode()
    assert form.status_code == 422
    assert "须写明告知的法定途径" in html and "调解不成</textarea>" in html
    assert '<option value="mediation_ended" selected>' in html
    assert version(screens, number) == 4
    # of a dispute the parties would have to want more time
    number = screens.registered(kind="incident")["number"]
    screens.walk(number, *TO_HANDLING)
    days = screens.send("handler2", f"cases/{number}/moves/request_extension", version=4, days="三十", reason="复杂")
    assert "天数应为1到3650的整数" in words(days)
    assert version(screens, number) == 4


def test_an_older_page_is_told_kindly(screens: Screens) -> None:
    number = screens.registered()["number"]
    screens.walk(number, ("clerk", "accept", {}))
    late = screens.send("dispatcher", f"cases/{number}/moves/dispatch", version=1, unit="rsj")
    assert late.status_code == 422
    assert "事项已被他人更新，现为“待分流”，请刷新后重试。" in words(late)
    assert 'value="2"' in late.content.decode(), "the form now carries the version that is there"


def test_two_sign_at_the_same_moment_and_one_is_told(committed_desk: object) -> None:
    screens = Screens()
    number = screens.registered()["number"]
    screens.walk(number, *TO_HANDLING[:2])
    for who in ("handler2", "unit_lead2"):
        screens.browser(who)
    calls = [
        lambda who=who: screens.send(who, f"cases/{number}/moves/sign", version=3)
        for who in ("handler2", "unit_lead2")
    ]
    good, late = sorted(at_once(*calls), key=lambda answer: answer.status_code)
    assert (good.status_code, late.status_code) == (302, 422)
    assert "事项已被他人更新" in words(late)
    assert version(screens, number) == 4


@pytest.mark.parametrize("move", sorted(FLOW))
def test_every_move_has_a_form(screens: Screens, move: str) -> None:
    """Whoever follows an address by hand gets the form or a sentence, never a fault of ours."""
    number = screens.registered()["number"]
    for who in ("clerk", "dispatcher", "supervisor"):
        page = screens.open(who, f"cases/{number}/moves/{move}")
        assert page.status_code == 200 and f"确认{FLOW[move].label}" in words(page)
        sent = screens.send(who, f"cases/{number}/moves/{move}", version=99, reason=SCRIPT, text=SCRIPT, unit="无")
        assert sent.status_code == 422 and SCRIPT not in sent.content.decode()


def test_markup_in_every_field_is_only_text(screens: Screens) -> None:
    parties = [{"part": "applicant", "name": SCRIPT, "address": SCRIPT}]
    number = screens.registered(narrative=SCRIPT * 3, title=SCRIPT, address=SCRIPT, parties=parties)["number"]
    assert "<script>alert" not in screens.open("clerk", "").content.decode()
    screens.walk(number, ("clerk", "accept", {"reason": SCRIPT}))
    for path in (f"cases?q={number}", f"cases/{number}", f"cases/{number}/print", f"cases/{number}/receipt"):
        html = screens.browser("clerk").get(f"/desk/{path}").content.decode()
        assert "<script>alert" not in html and "&lt;script&gt;" in html, path


def test_a_person_who_loses_sight_of_the_case_lands_at_his_work(screens: Screens) -> None:
    number = screens.registered()["number"]
    form = {"version": 1, "level": "restricted", "persons": ["supervisor"], "reason": "涉及个人隐私"}
    done = screens.send("clerk", f"cases/{number}/moves/restrict", **form)
    assert done["Location"] == "/desk/", words(done)
    assert screens.open("clerk", f"cases/{number}").status_code == 404


def test_files_come_and_go_through_the_gate(screens: Screens) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    number = screens.registered()["number"]
    screens.send("clerk", f"cases/{number}/attachments", file=SimpleUploadedFile("现场 照片.txt", "走廊".encode()))
    page = screens.open("clerk", f"cases/{number}")
    assert "附件已上传。" in words(page) and "现场 照片.txt" in words(page)
    address = page.content.decode().split(f"/desk/cases/{number}/attachments/")[1].split('"')[0]
    file = screens.open("clerk", f"cases/{number}/attachments/{address}")
    assert b"".join(file.streaming_content) == "走廊".encode()
    assert file["Content-Disposition"].startswith("attachment") and "sandbox" in file["Content-Security-Policy"]
    assert screens.open("auditor", f"cases/{number}/attachments/{address}").status_code == 403
    assert screens.open("handler", f"cases/{number}/attachments/{address}").status_code == 404
    screens.send("clerk", f"cases/{number}/attachments")
    assert "请先选择文件。" in screens.read("clerk", f"cases/{number}")


def test_settling_on_the_spot_takes_amounts_in_yuan(screens: Screens) -> None:
    case = screens.registered(**MATTER)
    number, party = case["number"], case["parties"][0]["id"]
    form = {
        "version": 1,
        "outcome": "agreement_oral",
        "answer": "当场付清",
        "confirmed": "yes",
        f"amounts-{party}": "1,234.50",
    }
    done = screens.send("clerk", f"cases/{number}/moves/settle_on_spot", **form)
    assert done.status_code == 302, words(done)
    assert "兑现 1,234.50元" in screens.read("clerk", f"cases/{number}")
    other = screens.registered()
    form[f"amounts-{other['parties'][0]['id']}"] = form.pop(f"amounts-{party}") + "元"
    wrong = screens.send("clerk", f"cases/{other['number']}/moves/settle_on_spot", **form)
    assert wrong.status_code == 422 and "金额应逐人填写" in words(wrong)


def test_who_decides_sees_what_is_asked_and_why(screens: Screens) -> None:
    number = screens.registered()["number"]
    screens.walk(number, *TO_HANDLING, ("handler2", "request_suspension", {"reason": "等待房屋鉴定。", "days": 30}))
    page = screens.read("supervisor", f"cases/{number}")
    assert "申请中止 30天 ，待决定" in page and page.index("等待房屋鉴定。") < page.index("批准中止")
    screens.walk(number, ("supervisor", "decline_suspension", {"reason": "先调解。"}))
    assert "待决定" not in screens.read("supervisor", f"cases/{number}")
    other = screens.registered()["number"]
    screens.walk(other, ("clerk", "guide", {"route": "劳动仲裁", "reason": "属仲裁范围。"}))
    page = screens.read("dispatcher", f"cases/{other}")
    assert "告知引导" in page and "待决定" in page and "受理并分流" not in page
