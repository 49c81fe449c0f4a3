"""提交事项: what goes together, what is agreed to, how somebody in danger is reached, where it was."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from api.kit import new_browser, ok
from cases.kit import sql
from onedoor.cases.privacy import current_notice
from onedoor.config.settings import PACKAGE
from onedoor.people.models import Division
from onedoor.rules.privacy import privacy_notice
from web.kit import Screens, words
from web.resident_kit import TYPED, hand_in


@pytest.mark.parametrize(
    ("about", "category"),
    [
        ("dispute", "petition.labour"),
        ("dispute", "incident.hazard"),
        ("petition", "dispute.neighbours"),
        ("incident", "petition.other"),
        ("accusation", "dispute.contract"),
        ("dispute", "service.notary"),
        ("dispute", "x"),
    ],
)
def test_a_category_of_another_group_is_refused_at_once_and_at_last(
    screens: Screens, about: str, category: str
) -> None:
    for step in ("1", "3"):
        answer = new_browser().post("/apply", {**TYPED, "step": step, "about": about, "category": category})
        assert answer.status_code == 422 and "选的类别不属于" in words(answer)
        assert "您来办什么事" in words(answer), "back at the step of the fault"
    assert not sql('SELECT 1 FROM "case"')


def test_who_complains_of_officials_is_led_to_the_way_that_protects_him(screens: Screens) -> None:
    given = {**TYPED, "step": "3", "about": "petition", "category": "petition.discipline"}
    answer = new_browser().post("/apply", given)
    assert answer.status_code == 422 and "从登记起就保密" in words(answer)
    hand_in(new_browser(), about="accusation", category="petition.discipline", respondent="住建局")
    assert sql('SELECT confidentiality FROM "case"') == [("accusation",)]


def test_kind_and_purpose_follow_what_he_comes_for(screens: Screens) -> None:
    hand_in(new_browser(), about="petition", category="")
    assert sql('SELECT kind, purpose FROM "case"') == [("appeal", "petition")]


def test_the_notice_stands_open_and_its_version_is_kept(screens: Screens) -> None:
    page = new_browser().post("/apply", {**TYPED, "step": "2"})
    form = page.content.decode().partition('<form method="post" action="/apply"')[2].partition("</form>")[0]
    shown = re.sub(r"<details.*?</details>", "", form, flags=re.S)
    for name, text in current_notice().points:
        assert name in shown and text in shown
    for word in ("个人信息保护法", "第十三条", "信访工作条例", "人民调解法", "保存"):
        assert word in shown
    number, _ = hand_in(new_browser())
    ((version,),) = sql("SELECT payload->'codes'->>'notice' FROM event WHERE kind = 'register'")
    assert version == current_notice().version
    assert f"信息使用说明（{version}版）" in screens.read("clerk", f"cases/{number}")
    assert version in words(new_browser().get("/privacy"))


@pytest.mark.parametrize("agreed", ["", "yes", "2025-1.000000"])
def test_only_the_notice_as_it_is_now_can_be_agreed_to(screens: Screens, agreed: str) -> None:
    answer = new_browser().post("/apply", {**TYPED, "step": "3", "agreed": agreed})
    assert answer.status_code == 422 and "请先阅读并同意" in words(answer)
    assert not sql('SELECT 1 FROM "case"')


def test_another_text_is_another_version() -> None:
    usual = {
        "case_kept": "",
        "visit_years": 5,
        "question_years": 1,
        "opinion_years": 2,
        "survey_years": 2,
        "message_days": 180,
        "booking_days": 30,
        "household_days": 90,
        "care_days": 180,
    }
    first = privacy_notice(**usual)  # type: ignore[arg-type]
    assert first == privacy_notice(**usual)  # type: ignore[arg-type]
    settled = privacy_notice(**{**usual, "case_kept": "办结后10年"})  # type: ignore[arg-type]
    assert settled.version != first.version
    assert (first.kept[0].unconfirmed, settled.kept[0].unconfirmed) == (True, False)


def test_no_picture_is_lost_without_a_word(screens: Screens) -> None:
    def pictures(count: int) -> list[SimpleUploadedFile]:
        return [SimpleUploadedFile(f"{n}.txt", f"第{n}张".encode()) for n in range(count)]

    wrong = new_browser().post("/apply", {**TYPED, "step": "3", "phone": "12", "files": pictures(1)})
    assert wrong.status_code == 422 and "请重新选择" in words(wrong)
    done = new_browser().post("/apply", {**TYPED, "step": "3", "key": "p", "files": pictures(6)})
    assert done.status_code == 200 and "一次最多收5个" in words(done)
    assert sql("SELECT count(*) FROM attachment") == [(5,)]


def test_too_large_a_form_is_told_and_keeps_what_was_typed(screens: Screens, settings: Settings) -> None:
    settings.ATTACHMENT_LIMIT = 1000
    big = SimpleUploadedFile("大.txt", b"x" * 2000)
    answer = new_browser().post("/apply", {**TYPED, "step": "3", "files": big})
    assert answer.status_code == 422 and "文件合计太大" in words(answer)
    assert TYPED["narrative"] in answer.content.decode()
    assert not sql('SELECT 1 FROM "case"')


def test_every_public_page_leads_to_the_notice(screens: Screens) -> None:
    for path in ("/", "/track", "/apply", "/privacy"):
        assert 'href="/privacy"' in new_browser().get(path).content.decode()
    page = words(new_browser().get("/privacy"))
    assert "待核" in page and "澜平县社会治理综合服务中心" in page


def test_another_way_to_reach_him_is_seen_by_who_unmasks_and_by_nobody_else(screens: Screens) -> None:
    number, _ = hand_in(new_browser(), contact="none", safe_contact="妹妹 13911112222，晚上八点后")
    for who in ("clerk", "dispatcher", "supervisor"):
        page = screens.read(who, f"cases/{number}")
        assert "不要联系，申请人自己查询" in page and "另有安全的联系方式" in page
        assert "妹妹" not in page and "13911112222" not in page
    assert "妹妹" not in str(ok(screens.get("auditor", f"/cases/{number}")))
    unmasked = words(screens.send("clerk", f"cases/{number}/unmask", reason="联系本人核实"))
    assert "妹妹 13911112222，晚上八点后" in unmasked
    (case,) = sql('SELECT id FROM "case"')[0]
    assert case and "妹妹" not in words(new_browser().post("/track", {"number": number, "digits": "5678"}))


def test_the_window_takes_down_how_he_is_reached_safely(screens: Screens) -> None:
    page = screens.open("clerk", "register").content.decode()
    phone, contact, safe = (page.index(f'name="parties.0.{name}"') for name in ("phone", "contact", "safe_contact"))
    assert phone < contact < safe < page.index('name="parties.0.address"'), "beside the telephone"
    answer = screens.send(
        "clerk", "register",
        **{
            "channel": "window", "category": "dispute.neighbours", "kind": "dispute", "narrative": "邻居占用走廊。",
            "parties.0.part": "applicant", "parties.0.kind": "person", "parties.0.name": "𠮷田安",
            "parties.0.phone": "13800005678", "parties.0.contact": "none", "parties.0.safe_contact": "找村医转告",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    assert sql("SELECT contact, safe_contact FROM party") == [("none", "找村医转告")]


@pytest.mark.parametrize(
    ("lon", "lat", "kept"),
    [
        ("116.39121", "39.90733", (116.39121, 39.90733)),
        ("", "", (None, None)),
        ("nan", "inf", (None, None)),
        ("181", "0", (None, None)),
        ("116.39; DROP", "39.9", (None, None)),
    ],
)
def test_where_he_is_is_kept_if_he_pressed_for_it(
    screens: Screens, lon: str, lat: str, kept: tuple[float | None, float | None]
) -> None:
    hand_in(new_browser(), lon=lon, lat=lat)
    assert sql('SELECT lon, lat FROM "case"') == [kept]


def test_four_hundred_places_to_choose_from_are_still_light(screens: Screens) -> None:
    """Step two is about somebody's matter and goes unpacked; with style and script it stays under 60 KB."""
    root = Division.objects.get(parent__isnull=True)
    Division.objects.bulk_create(
        Division(code=f"990199{place:06d}", name=f"第{place}长名字村民委员会", parent=root, path=[root.pk])
        for place in range(400)
    )
    answer = new_browser().post(
        "/apply", {**TYPED, "narrative": "事" * 500, "step": "1"}, headers={"Accept-Encoding": "gzip"}
    )
    built = PACKAGE / "web" / "static" / "built"
    beside = sum((built / name).stat().st_size for name in ("public.css.gz", "public.js.gz"))
    assert answer.content.count(b"<option") > 400 - 1
    assert len(answer.content) + beside + 2000 <= 60 * 1024
