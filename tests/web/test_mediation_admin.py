"""Committees, members, mediators, rooms and the wording of papers, as the administrator keeps them."""

import pytest

from api.kit import new_browser
from cases.kit import sql
from mediation.kit import account
from web.kit import Screens, words

pytestmark = pytest.mark.django_db
ADMIN = "admin/mediation"


def test_a_committee_says_what_the_law_finds_missing(screens: Screens) -> None:
    assert "还没有调解委员会" in screens.read("admin", ADMIN)
    given = {"unit": "tw-lianhe", "kind": "joint", "word": "澜联调", "term_began": "2020-01-01", "position": "0"}
    assert screens.send("admin", f"{ADMIN}/committees/new", **given).status_code == 302
    page = screens.read("admin", ADMIN)
    assert all(one in page for one in ("应为3至9人，现有0人", "应设主任", "2023年01月01日届满"))
    again = screens.send("admin", f"{ADMIN}/committees/new", **given)
    assert again.status_code == 422 and "已经是调解委员会" in words(again)
    other = screens.send("admin", f"{ADMIN}/committees/new", **{**given, "unit": "tw-laodong", "kind": "labour"})
    assert other.status_code == 422 and "文号会重复" in words(other)
    ((key,),) = sql("SELECT id FROM mediation_committee")
    member = {"office": "chair", "since": "2026-01-01"}
    assert screens.send("admin", f"{ADMIN}/committees/{key}/members/new", name="甲", **member).status_code == 302
    second = screens.send("admin", f"{ADMIN}/committees/{key}/members/new", name="乙", **member)
    assert second.status_code == 422 and "已有在任的主任" in words(second)
    for name, woman in (("丙", "yes"), ("丁", "")):
        screens.send(
            "admin",
            f"{ADMIN}/committees/{key}/members/new",
            name=name,
            office="member",
            since="2026-01-01",
            woman=woman,
        )
    for place in range(7):
        more = screens.send(
            "admin", f"{ADMIN}/committees/{key}/members/new", name=f"委员{place}", office="member", since="2026-01-01"
        )
        assert more.status_code == (302 if place < 6 else 422), "nine at the most, the chair among them"
    assert "委员最多9人" in words(more)
    page = screens.read("admin", ADMIN)
    assert "应为3至9人" not in page and "应有妇女成员" not in page and "届满" in page


def test_a_mediator_is_introduced_with_fields_and_languages(screens: Screens) -> None:
    path = f"{ADMIN}/mediators/{account('mediator')}"
    given = {
        "kind": "chief",
        "studio": "为贵工作室",
        "languages": "普通话、手语",
        "specialities": "邻里",
        "most": "5",
        "active": "yes",
    }
    assert screens.send("admin", path, **given).status_code == 302
    assert "首席调解员，为贵工作室" in screens.read("admin", ADMIN)
    public = new_browser().get("/mediators").content.decode()
    assert "为贵工作室" in public and "擅长：邻里" in public and "手语" in public and "在办" not in public
    wrong = screens.send("admin", path, **{**given, "specialities": "没有的类别"})
    assert wrong.status_code == 422 and "没有这个类别" in words(wrong)
    assert screens.open("admin", f"{ADMIN}/mediators/{account('clerk')}").status_code == 404


def test_rooms_have_one_name_in_a_centre(screens: Screens) -> None:
    given = {"unit": "centre", "name": "一室", "kind": "joint", "seats": "8", "position": "0", "active": "yes"}
    assert screens.send("admin", f"{ADMIN}/rooms/new", **given).status_code == 302
    assert screens.send("admin", f"{ADMIN}/rooms/new", **given).status_code == 422
    assert "一室" in screens.read("admin", ADMIN)


def test_wording_takes_known_placeholders_only_and_shows_a_preview(screens: Screens) -> None:
    path = "admin/papers/rights_notice"
    wrong = screens.send("admin", path, opening="{身份证号}你好")
    assert wrong.status_code == 422 and "没有“{身份证号}”这个占位" in words(wrong)
    shown = screens.send("admin", path, opening="编号{编号}，{中心}告知：", preview="1")
    assert "编号99010126030200001L，某县社会治理综合服务中心告知：" in words(shown)
    assert "自己的" not in screens.read("admin", "admin/papers")
    assert screens.send("admin", path, opening="{中心}告知：", title="权利义务告知").status_code == 302
    assert "自己的" in screens.read("admin", "admin/papers")


@pytest.mark.parametrize("path", [ADMIN, f"{ADMIN}/rooms/new", "admin/papers", "admin/papers/receipt"])
def test_for_the_administrator_alone(screens: Screens, path: str) -> None:
    for who in ("clerk", "mediator", "director", "auditor"):
        assert screens.open(who, path).status_code == 403
