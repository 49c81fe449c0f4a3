"""限时方案, 适用规则 and 工作日历 in the administration: who may, what they write, what they refuse, what they cost."""

import gzip
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from api.kit import EVERYBODY, TO_HANDLING, new_browser, ok
from onedoor.cases.models import CalendarChange, CalendarDay, SchemeRules, SchemeVersion
from onedoor.cases.schemes import book
from onedoor.rules.scheme_book import RULES, SCHEMES
from web.kit import Screens, form_of, words

PAGES = ("schemes", "schemes/ordinary", "schemes/ordinary/write", "schemes/new", "schemes/rules", "calendar")


@pytest.fixture(autouse=True)
def fresh(fresh_book: None) -> None:
    """Schemes and calendars as each test makes them."""


def test_the_pages_are_the_administrators_alone(screens: Screens) -> None:
    for who in EVERYBODY:
        for path in PAGES:
            answer = screens.open(who, f"admin/{path}")
            assert answer.status_code == (200 if who == "admin" else 403), (who, path)
    for path in PAGES:
        assert new_browser().get(f"/desk/admin/{path}").status_code == 302
        # all limits of a scheme in one form, each with its moves to choose from, compress to a tenth
        assert len(gzip.compress(screens.open("admin", f"admin/{path}").content)) < 15_000, path
    for path in ("schemes/ordinary/write", "schemes/new", "schemes/rules", "calendar"):
        assert screens.send("director", f"admin/{path}", reason="我想改").status_code == 403
    assert not SchemeVersion.objects.exists() and not SchemeRules.objects.exists()
    assert screens.open("admin", "admin/schemes/no-such").status_code == 404


def test_every_scheme_is_told_in_words(screens: Screens) -> None:
    listed = screens.open("admin", "admin/schemes").content.decode()
    assert listed.count("data-item") == len(SCHEMES) and "待选定" in listed and "待核" in listed
    for scheme in SCHEMES.values():
        page = screens.open("admin", f"admin/schemes/{scheme.code}").content.decode()
        assert page.count("data-limit") == len(scheme.items), scheme.code
    page = screens.read("admin", "admin/schemes/labour-arbitration")
    for said in ("最多15日，由单位负责人审批，告知申请人、被申请人", "用去70%的时间变黄", "随平台提供", "仅供试算"):
        assert said in page


def test_a_new_version_holds_for_what_is_registered_from_now_on(screens: Screens) -> None:
    old = screens.registered(kind="incident")["number"]
    screens.walk(old, *TO_HANDLING)
    path = "admin/schemes/ordinary/write"
    page = screens.open("admin", path)
    assert "在办事项仍按登记时的版本计时" in words(page)
    changed = {
        "handle.amount": "8",
        "handle.basis": "澜平县综治办〔2026〕3号",
        "handle.warn_how": "left",
        "handle.warn": "2",
        "handle.warn_unit": "working_days",
        "handle.most": "4",
        "handle.by": "director",
        "reason": "县里统一缩短期限",
    }
    sent = {name: value for name, value in form_of(page).items() if name != "handle.local"}
    assert screens.send("admin", path, **sent | changed).status_code == 302
    shown = screens.read("admin", "admin/schemes/ordinary")
    for said in (
        "8个工作日",
        "距到期2个工作日变黄",
        "由中心主任审批",
        "〔2026〕3号",
        "县里统一缩短期限",
        "第2版已保存",
    ):
        assert said in shown
    first = screens.read("admin", "admin/schemes/ordinary", version="1")
    assert "15个工作日" in first and "旧版" in first
    for wrong in ("0", "3", "x", "9" * 5000):
        assert screens.open("admin", "admin/schemes/ordinary", version=wrong).status_code == 404
    new = screens.registered(kind="incident")["number"]
    screens.walk(new, *TO_HANDLING)
    versions = {
        number: {one["scheme_version"] for one in ok(screens.get("clerk", f"/cases/{number}/clocks"))["items"]}
        for number in (old, new)
    }
    assert versions == {old: {1}, new: {2}}
    assert "“办理”期限8个工作日" in screens.read("clerk", f"cases/{new}")
    assert "“办理”期限15个工作日" in screens.read("clerk", f"cases/{old}")


def test_two_at_once_do_not_write_over_each_other(screens: Screens) -> None:
    path = "admin/schemes/ordinary/write"
    sent = form_of(screens.open("admin", path)) | {"reason": "先到"}
    assert screens.send("admin", path, **sent).status_code == 302
    late = screens.send("admin", path, **sent | {"reason": "后到"})
    assert late.status_code == 422 and "刚有了第2版" in words(late)
    assert SchemeVersion.objects.count() == 1


def test_a_scheme_of_ones_own_and_the_rule_that_leads_to_it(screens: Screens) -> None:
    path = "admin/schemes/new?like=3715-c"
    sent = form_of(screens.open("admin", "admin/schemes/new", like="3715-c")) | {"reason": "县里选定读法丙"}
    taken = screens.send("admin", path, **sent | {"code": "ordinary"})
    assert taken.status_code == 422 and "已有这个代码" in words(taken)
    assert "代码只能用小写字母" in words(screens.send("admin", path, **sent | {"code": "三七"}))
    del sent["to_choose"]
    done = screens.send("admin", path, **sent | {"code": "lanping-3715", "name": "澜平3715"})
    assert done["Location"] == "/desk/admin/schemes/lanping-3715"
    assert "澜平3715" in screens.read("admin", "admin/schemes") and "澜平3715" in screens.read("clerk", "deadlines")
    page = screens.open("admin", "admin/schemes/rules")
    line = {"scheme": "lanping-3715", "why": "县委政法委会议纪要", "kind": "incident", "urgent": "no", "do": "put"}
    page = screens.send("admin", "admin/schemes/rules", **form_of(page) | line)
    assert "改动还没有保存" in words(page) and not SchemeRules.objects.exists()
    saved = screens.send("admin", "admin/schemes/rules", **form_of(page) | {"do": "save", "reason": "启用澜平3715"})
    assert saved.status_code == 302, words(saved)
    assert book(newest=True).rules[:-1] == RULES
    assert (
        ok(screens.get("clerk", f"/cases/{screens.registered(kind='incident')['number']}"))["scheme"] == "lanping-3715"
    )
    asked = {"kind": "incident", "purpose": "", "channel": "web", "category": "", "track": ""}
    assert "县委政法委会议纪要" in screens.read("clerk", "deadlines/which", **asked)
    assert "启用澜平3715" in screens.read("admin", "admin/schemes/rules")


def test_lines_are_moved_mended_and_taken_away_before_the_table_is_saved(screens: Screens) -> None:
    def press(page: HttpResponse, **more: str) -> HttpResponse:
        answer = screens.send("admin", "admin/schemes/rules", **form_of(page) | more)
        assert answer.status_code == 200, words(answer)
        return answer

    page = screens.open("admin", "admin/schemes/rules")
    before = form_of(page)["rule"]
    assert len(before) == len(RULES)
    page = press(page, do="down.0")
    page = press(page, do="up.1")
    assert form_of(page)["rule"] == before and "改动还没有保存" not in words(page)
    page = press(page, do="up.0")
    page = press(page, do="down.99999999999999999999")
    assert form_of(page)["rule"] == before
    page = press(page, do="remove.0")
    page = press(page, do="edit.0")
    assert "修改第1条" in words(page) and form_of(page)["why"] == RULES[1].why
    page = press(page, do="put", why="改过的理由")
    assert form_of(page)["at"] == ""
    unreasoned = screens.send("admin", "admin/schemes/rules", **form_of(page) | {"do": "save"})
    assert unreasoned.status_code == 422 and "请填写修改理由" in words(unreasoned)
    assert (
        screens.send("admin", "admin/schemes/rules", **form_of(page) | {"do": "save", "reason": "改"}).status_code
        == 302
    )
    after = book(newest=True).rules
    assert after[0].why == "改过的理由" and after[1:] == RULES[2:]
    late = screens.send("admin", "admin/schemes/rules", **form_of(page) | {"do": "save", "reason": "再改"})
    assert late.status_code == 422 and "刚被别人改过" in words(late)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"do": "put", "scheme": "", "why": ""}, "请选择方案"),
        ({"do": "put", "scheme": "ordinary", "why": ""}, "请填写理由"),
        ({"do": "put", "scheme": "ordinary", "why": "因为", "kind": "x"}, "请选择事项性质"),
        ({"do": "save", "reason": "改", "rule": ["{"]}, "规则表不完整"),
        ({"do": "save", "reason": "改", "rule": ["[1]"]}, "规则表不完整"),
        ({"do": "save", "reason": "改", "rule": ['{"scheme": "ordinary", "why": "x", "y": {}}']}, "规则表不完整"),
        ({"do": "save", "reason": "改", "rule": ['{"scheme": "ordinary", "why": "x", "y": "z"}']}, "不认识的条件"),
        ({"do": "save", "reason": "改", "rule": ['{"scheme": "none", "why": "x"}']}, "没有方案"),
    ],
)
def test_a_line_that_cannot_be_is_refused(screens: Screens, changes: dict[str, Any], said: str) -> None:
    sent = form_of(screens.open("admin", "admin/schemes/rules")) | changes
    answer = screens.send("admin", "admin/schemes/rules", **sent)
    assert answer.status_code == 422 and said in words(answer)
    assert not SchemeRules.objects.exists()


DAY_OFF = {"do": "off", "first": "2026-11-05", "last": "2026-11-06", "name": "县庆", "reason": "县人民政府通知"}


def change(screens: Screens, division: str = "990101", **form: str) -> HttpResponse:
    return screens.send("admin", f"admin/calendar?division={division}&year=2026", **form)


def test_a_day_off_of_a_division_and_its_withdrawal(screens: Screens) -> None:
    asked = {"division": "990101", "year": "2026"}
    assert "还没有改过日历" in screens.read("admin", "admin/calendar", **asked)
    done = change(screens, **DAY_OFF)
    assert done["Location"] == "/desk/admin/calendar?division=990101&year=2026", words(done)
    page = screens.read("admin", "admin/calendar", **asked)
    for said in (
        "自定休",
        "11月5日 放假，县庆",
        "2026-11-05 至 2026-11-06，2天",
        "县人民政府通知",
        "正在重算 ，调整0项",
    ):
        assert said in page, said
    below = screens.open("admin", "admin/calendar", division="清禾镇", year="2026")
    assert "澜平县定的" in words(below) and below.content.decode().count("data-own") == 2
    assert "data-own" not in screens.open("admin", "admin/calendar", **asked | {"year": "2027"}).content.decode()
    again = change(screens, **DAY_OFF)
    assert again.status_code == 422 and "这些日期已是如此" in words(again)
    work = change(screens, **DAY_OFF | {"do": "work", "first": "2026-11-07", "last": "", "name": "补班"})
    assert work.status_code == 302 and "自定班" in screens.read("admin", "admin/calendar", **asked)
    change(screens, **DAY_OFF | {"do": "withdraw", "name": "", "reason": "通知撤销"})
    assert [day.day for day in CalendarDay.objects.all()] == [date(2026, 11, 7)]
    CalendarChange.objects.filter(reason="通知撤销").update(done_at="2026-11-01T00:00Z", moved=7, held=2)
    page = screens.read("admin", "admin/calendar", **asked)
    assert "已重算，调整7项， 2项待督办员确认" in page and page.count("通知撤销") == 1


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"do": ""}, {"do"}),
        ({"first": "gestern"}, {"first"}),
        ({"first": "1999-01-01"}, {"first"}),
        ({"last": "2026-11-01"}, {"last"}),
        ({"last": "2029-11-01"}, {"last"}),
        ({"name": "", "reason": ""}, {"name", "reason"}),
        ({"name": "庆" * 41}, {"name"}),
        ({"do": "withdraw"}, {"first"}),
    ],
)
def test_a_change_that_cannot_be_is_told_at_its_field(
    screens: Screens, changes: dict[str, str], fields: set[str]
) -> None:
    answer = change(screens, **DAY_OFF | changes)
    assert answer.status_code == 422
    assert set(re.findall(r'id="e-([^"]+)"', answer.content.decode())) == fields
    assert not CalendarDay.objects.exists()


def test_a_year_says_whether_it_is_published(screens: Screens) -> None:
    page = screens.open("admin", "admin/calendar", year="2026")
    assert "国庆" in words(page) and "补班" in words(page)
    assert "还没有公布" not in words(page) and page.content.decode().count('<table class="month">') == 12
    far = screens.read("admin", "admin/calendar", year="2060")
    assert "预计" in far and "还没有公布" in far
    for wrong in ("", "x", "1800", "9" * 5000):
        assert screens.open("admin", "admin/calendar", year=wrong).status_code == 200
    unknown = screens.open("admin", "admin/calendar", division="没有镇")
    assert unknown.status_code == 422 and "没有区划“没有镇”" in words(unknown)
    assert change(screens, "没有镇", **DAY_OFF).status_code == 422 and not CalendarDay.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_of_a_list_does_not_grow_with_its_rows(screens: Screens, count: int) -> None:
    for place in range(count):
        day = (date(2026, 11, 2) + timedelta(days=place)).isoformat()
        assert change(screens, **DAY_OFF | {"first": day, "last": ""}).status_code == 302
        path = "admin/schemes/ordinary/write"
        sent = form_of(screens.open("admin", path)) | {"reason": f"第{place}次"}
        assert screens.send("admin", path, **sent).status_code == 302
    for path, most, rows in (
        ("admin/calendar", 6, count),
        ("admin/schemes", 3, len(SCHEMES)),
        ("admin/schemes/ordinary", 4, count + 1),
    ):
        with CaptureQueriesContext(connection) as seen:
            page = screens.open("admin", path)
        assert len(seen) <= most, [query["sql"][:90] for query in seen.captured_queries]
        assert page.content.decode().count("data-item") == rows


def test_what_was_changed_stands_in_the_overview(screens: Screens) -> None:
    change(screens, **DAY_OFF)
    page = screens.read("admin", "admin/")
    assert "维护工作日历" in page and "2026-11-05等2天" in page
