"""Each text that is written to the applicant reaches him, at its time; what offices write to each other never does."""

import pytest

from api.kit import TO_HANDLING, new_browser, ok
from onedoor.people.models import AccessLog
from web.kit import Screens, words
from web.resident_kit import enter, hand_in

AT_RSJ = (
    ("clerk", "accept", {}),
    ("dispatcher", "dispatch", {"unit": "rsj"}),
    ("handler", "sign", {}),
)

# the time for handling runs from here (信访工作条例 §34)
TAKEN_ON = ("handler", "decide_acceptance", {"accepted": True})


def asked(screens: Screens, **different: str) -> tuple[str, str]:
    """A petition handed in from home, being handled at the labour bureau."""
    number, code = hand_in(
        new_browser(), about="petition", category="petition.labour", narrative="社保补缴一直没有答复。", **different
    )
    screens.walk(number, *AT_RSJ)
    return number, code


def mine(number: str, code: str) -> str:
    return words(enter(number, code)[1])


def test_a_refusal_of_acceptance_comes_with_reason_and_route(screens: Screens) -> None:
    number, code = asked(screens)
    screens.walk(
        number,
        ("handler", "decide_acceptance", {"accepted": False, "reason": "属于仲裁事项。", "route": "申请劳动仲裁。"}),
    )
    page = mine(number, code)
    assert "属于仲裁事项。" in page and "申请劳动仲裁。" in page


def test_an_extension_is_his_once_it_is_granted_and_told(screens: Screens) -> None:
    number, code = asked(screens)
    screens.walk(number, TAKEN_ON, ("handler", "request_extension", {"days": 20, "reason": "内部请示：等领导排期。"}))
    assert "内部请示" not in mine(number, code)
    ok(screens.move("unit_lead", number, "decide_extension", granted=True, reason="需要向社保中心调档。"))
    page = mine(number, code)
    assert "办理期限已延长" in page and "需要向社保中心调档。" in page and "内部请示" not in page
    ok(screens.move("handler", number, "tell", text="已电话告知延期理由：调档需要时间。"))
    page = mine(number, code)
    assert "已向您告知" in page and "调档需要时间。" in page


def test_an_extension_that_was_not_granted_is_no_business_of_his(screens: Screens) -> None:
    number, code = asked(screens)
    screens.walk(
        number,
        TAKEN_ON,
        ("handler", "request_extension", {"days": 20, "reason": "人手紧。"}),
        ("unit_lead", "decide_extension", {"granted": False, "reason": "理由不充分，批评经办人。"}),
    )
    page = mine(number, code)
    assert "批评经办人" not in page and "办理期限已延长" not in page


def test_a_suspension_comes_with_its_reason(screens: Screens) -> None:
    number, code = asked(screens)
    screens.walk(
        number,
        ("handler", "request_suspension", {"reason": "内部：拟等鉴定。", "days": 5, "cause": "appraisal"}),
        ("supervisor", "suspend", {"reason": "等待工伤鉴定结论。"}),
    )
    page = mine(number, code)
    assert "等待工伤鉴定结论。" in page and "内部：" not in page


def test_a_route_is_his_once_a_second_person_has_confirmed_it(screens: Screens) -> None:
    number, code = hand_in(new_browser())
    screens.walk(number, ("clerk", "guide", {"route": "向劳动仲裁委员会申请仲裁。", "reason": "内部：不归我们。"}))
    assert "仲裁委员会" not in mine(number, code)
    screens.walk(number, ("dispatcher", "confirm_guidance", {"reason": "内部：同意。"}))
    page = mine(number, code)
    assert "向劳动仲裁委员会申请仲裁。" in page and "内部：" not in page


def test_a_contest_is_answered_with_reasons(screens: Screens) -> None:
    number, code = hand_in(new_browser())
    screens.walk(
        number,
        ("clerk", "guide", {"route": "向劳动仲裁委员会申请仲裁。", "reason": "属仲裁。"}),
        ("dispatcher", "confirm_guidance", {}),
    )
    browser, _ = enter(number, code)
    browser.post("/my/contest", {"key": "c", "reason": "仲裁委已经不受理。"})
    ok(screens.move("supervisor", number, "decide_contest", upheld=True, reason="仲裁不予受理通知书属实，恢复办理。"))
    page = words(browser.get("/my"))
    assert "仲裁委已经不受理。" in page and "仲裁不予受理通知书属实，恢复办理。" in page


def test_an_answer_is_his_only_if_the_centre_let_it_stand_and_so_it_stays(screens: Screens) -> None:
    number, code = hand_in(new_browser())
    screens.walk(
        number,
        *TO_HANDLING,
        ("handler2", "conclude", {"outcome": "answered", "answer": "第一稿：不管。"}),
        ("supervisor", "send_back", {"reason": "敷衍，退回。"}),
        (
            "handler2",
            "conclude",
            {"outcome": "mediation_ended", "answer": "第二稿：约定九点停工。", "route": "起诉。"},
        ),
    )
    assert "第二稿" not in mine(number, code) and "起诉。" not in mine(number, code)
    screens.walk(number, ("supervisor", "close", {"reason": "内部：可以。"}))
    page = mine(number, code)
    assert "第二稿" in page and "起诉。" in page
    for word in ("第一稿", "敷衍", "内部："):
        assert word not in page
    screens.walk(number, ("supervisor", "reopen", {"reason": "申请人反映仍在施工，重新办理。"}))
    page = mine(number, code)
    assert "申请人反映仍在施工，重新办理。" in page and "第二稿" in page


def test_a_written_opinion_is_his_once_it_is_served_and_a_later_draft_is_not(screens: Screens) -> None:
    number, code = asked(screens)
    screens.walk(number, ("unit_lead", "approve", {"answer": "意见甲：予以支持。"}))
    assert "意见甲" not in mine(number, code)
    screens.walk(
        number,
        ("handler", "serve", {"proof": "挂号信存根第8号"}),
        ("unit_lead", "approve", {"answer": "意见乙：改为不支持。"}),
        ("handler", "conclude", {"outcome": "opinion_reject"}),
    )
    page = mine(number, code)
    assert "意见甲：予以支持。" in page and "意见乙" not in page and "挂号信存根" not in page
    screens.walk(number, ("handler", "serve", {"proof": "直接送达"}))
    assert "意见乙：改为不支持。" in mine(number, code)


@pytest.mark.parametrize("stage", ["handling", "closed"])
def test_what_offices_write_to_each_other_never_leaks(screens: Screens, stage: str) -> None:
    number, code = hand_in(new_browser())
    screens.walk(
        number,
        ("clerk", "accept", {"reason": "漏甲"}),
        ("dispatcher", "dispatch", {"unit": "rsj", "reason": "漏乙"}),
        ("handler", "object", {"reason": "漏丙"}),
        ("dispatcher", "designate", {"unit": "zjj", "reason": "漏丁"}),
        ("handler2", "sign", {}),
        ("dispatcher", "add_unit", {"unit": "gov-qinghe", "reason": "漏戊"}),
        ("handler3", "sign", {}),
        ("handler2", "report_progress", {"text": "漏己"}),
        ("handler3", "submit_opinion", {"text": "漏庚"}),
        ("handler2", "meet", {"text": "漏辛"}),
        ("supervisor", "supervise", {"level": "yellow_card", "reason": "漏壬", "unit": "zjj", "days": 3}),
        ("handler2", "reply_supervision", {"text": "漏癸"}),
        ("director", "instruct", {"text": "漏子"}),
        ("handler2", "request_suspension", {"reason": "漏丑", "days": 3}),
        ("supervisor", "decline_suspension", {"reason": "漏寅"}),
    )
    if stage == "closed":
        screens.walk(number, ("dispatcher", "recall", {"reason": "漏卯"}))
        screens.walk(number, ("dispatcher", "dispatch", {"unit": "zjj"}), ("handler2", "sign", {}))
        screens.walk(
            number,
            ("handler2", "conclude", {"outcome": "answered", "answer": "已答复您。"}),
            ("supervisor", "close", {"reason": "漏辰"}),
            ("clerk", "follow_up", {"satisfied": True, "text": "漏巳"}),
            ("supervisor", "archive", {"reason": "漏午"}),
        )
    page = mine(number, code)
    assert "漏" not in page
    assert ("已答复您。" in page) == (stage == "closed")


def test_who_has_looked_downloaded_or_printed_is_told_and_of_harm_nothing(screens: Screens) -> None:
    number, code = hand_in(new_browser())
    screens.send("clerk", f"cases/{number}/unmask", kind="核实身份", reason="电话核实地址")
    ok(screens.attach("clerk", number), 201)
    (file,) = ok(screens.get("clerk", f"/cases/{number}"))["attachments"]
    got = screens.open("dispatcher", f"cases/{number}/attachments/{file['id']}")
    assert (got.status_code, got.getvalue()) == (200, b"photo")
    answer = screens.send("supervisor", f"cases/{number}/papers/new/receipt", issue="1", key="k")
    assert answer.status_code == 302
    form = {"ground": "threat", "who": "𠮷田安", "signs": "身上有伤。", "number": number}
    assert screens.browser("clerk").post("/desk/harm", form, follow=True).status_code == 200
    assert AccessLog.objects.filter(action="harm").count() == 2, "written and read"
    browser, _ = enter(number, code)
    page = words(browser.get("/my/looked"))
    for word in ("核实身份", "窗口受理员", "下载附件", "分流专员", "制作文书", "督办员"):
        assert word in page
    for word in ("电话核实地址", "受害", "身上有伤", "harm"):
        assert word not in page
