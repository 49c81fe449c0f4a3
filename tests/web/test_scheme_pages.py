"""限时方案, 适用规则 and 工作日历 in the administration: who may, what they write, what they refuse, what they cost."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from api.kit import EVERYBODY, TO_HANDLING, new_browser, ok
from onedoor.cases.models import CalendarChange, CalendarDay, SchemeRules, SchemeVersion
from onedoor.cases.schemes import book
from onedoor.rules.scheme_book import RULES, SCHEMES
from web.kit import Screens, words

PAGES = ("schemes", "schemes/ordinary", "schemes/ordinary/write", "schemes/new", "schemes/rules", "calendar")


@pytest.fixture(autouse=True)
def fresh(fresh_book: None) -> None:
    """Schemes and calendars as each test makes them."""


def form_of(answer: HttpResponse) -> dict[str, Any]:
    """What a browser would send of the page's last form with every field as it stands."""
    html = answer.content.decode().split("</header>")[-1]
    form = max(re.findall(r"<form.*?</form>", html, flags=re.S), key=len)
    sent: dict[str, Any] = {}
    for attributes in re.findall(r"<input\b([^>]*)>", form):
        given = {key: unescape(value) for key, value in re.findall(r'([\w-]+)="([^"]*)"', attributes)}
        if given.get("type") == "checkbox" and " checked" not in attributes:
            continue
        if given["name"] == "rule":
            sent.setdefault("rule", []).append(given["value"])
        elif given["name"] != "csrfmiddlewaretoken":
            sent[given["name"]] = given.get("value", "")
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = unescape(chosen[1]) if chosen else ""
    return sent


def test_the_pages_are_the_administrators_alone(screens: Screens) -> None:
    for who in EVERYBODY:
        for path in PAGES:
            answer = screens.open(who, f"admin/{path}")
            assert answer.status_code == (200 if who == "admin" else 403), (who, path)
    for path in PAGES:
        assert new_browser().get(f"/desk/admin/{path}").status_code == 302
        assert len(screens.open("admin", f"admin/{path}").content) < 60_000, path
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


@pytest.mark.parametrize("code", sorted(SCHEMES))
def test_a_form_sent_back_untouched_writes_the_same_scheme(screens: Screens, code: str) -> None:
    path = f"admin/schemes/{code}/write"
    done = screens.send("admin", path, **form_of(screens.open("admin", path)) | {"reason": "核对后照旧"})
    assert done.status_code == 302, words(done)
    written = book(newest=True).schemes[code]
    assert (written.version, written.items, written.ladder) == (2, SCHEMES[code].items, SCHEMES[code].ladder)
    assert (written.name, written.note, written.to_choose, written.unit_accepts) == (
        SCHEMES[code].name, SCHEMES[code].note, SCHEMES[code].to_choose, SCHEMES[code].unit_accepts,
    )  # fmt: skip


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


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"reason": ""}, {"reason"}),
        ({"name": " "}, {"name"}),
        ({"handle.amount": "viele"}, {"handle.amount"}),
        ({"handle.amount": "²"}, {"handle.amount"}),
        ({"handle.amount": "9" * 5000}, {"handle.amount"}),
        ({"handle.unit": "moons"}, {"handle.unit"}),
        ({"handle.warn": "100"}, {"handle.warn"}),
        (
            {"handle.warn_how": "after", "handle.warn": "0", "handle.warn_unit": ""},
            {"handle.warn", "handle.warn_unit"},
        ),
        ({"handle.basis": "", "accept.basis": ""}, {"handle.basis", "accept.basis"}),
        ({"handle.by": "clerk", "handle.most": ""}, {"handle.by", "handle.most"}),
        ({"sign.extends": "yes"}, {"sign.most", "sign.most_unit", "sign.by", "sign.extension_basis", "sign.told"}),
        ({"handle.binds": "nobody", "accept.consequence": ""}, {"handle.binds", "accept.consequence"}),
        ({"rule.starts.0": "", "follow_up.stops.3": "回访、跳舞"}, {"rule.starts", "follow_up.stops"}),
        ({"handle.told.applicant": ""}, {"handle.told"}),
        (
            {"ladder.1.after": "", "ladder.1.unit": "", "ladder.2.tell": "press"},
            {"ladder.1.after", "ladder.1.unit", "ladder.2.tell"},
        ),
        ({"ladder.2.after": "1"}, {"ladder.2.after"}),
        ({"ladder.2.unit": "calendar_days"}, {"ladder.2.unit"}),
        ({"ladder.0.level": "red_card"}, {"ladder.1.level"}),
        ({"handle.amount": "0"}, {"handle"}),
        ({"do": "limit.add"}, {"add"}),
        ({"do": "limit.add", "add": "handle"}, {"add"}),
        ({"do": "limit.remove.handle"}, {"handle"}),
    ],
)
def test_what_cannot_be_a_scheme_is_told_at_its_field(
    screens: Screens, changes: dict[str, str], fields: set[str]
) -> None:
    path = "admin/schemes/ordinary/write"
    sent = form_of(screens.open("admin", path)) | {"reason": "试试"} | changes
    answer = screens.send("admin", path, **sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert set(re.findall(r'id="e-([^"]+)"', html)) == fields
    assert not SchemeVersion.objects.exists()
    kept = {name: text for name, text in sent.items() if text and (name not in changes or name.endswith(".amount"))}
    assert kept.items() <= form_of(answer).items(), "nothing typed is lost"
    for kind in {field.partition(".")[0] for field in fields} & SCHEMES["ordinary"].items.keys():
        assert re.search(rf'data-limit="{kind}"[^>]* open', html), "what is wrong stands open"


def press(screens: Screens, page: HttpResponse, path: str, do: str, **more: str) -> HttpResponse:
    """The form again, after a button that adds or takes away; nothing is written."""
    answer = screens.send("admin", path, **form_of(page) | {"do": do} | more)
    assert answer.status_code == 200, words(answer)
    assert "改动还没有保存" in words(answer) and not SchemeVersion.objects.exists()
    return answer


def test_all_that_a_limit_says_is_edited_and_told(screens: Screens) -> None:
    path = "admin/schemes/petition-statutory/write"
    changed = {
        "follow_up.binds": "unit",
        "follow_up.starts.0": "送达",
        "follow_up.stops.3": "签发、报告进展",
        "follow_up.consequence": "lapses",
        "handle.pauses.hearing": "",
        "handle.pauses.suspension": "",
        "rule.watch": "",
        "handle.told.respondent": "yes",
        "handle.consent": "yes",
        "handle.extension_local": "yes",
        "reason": "县里重定",
    }
    done = screens.send("admin", path, **form_of(screens.open("admin", path)) | changed)
    assert done.status_code == 302, words(done)
    written = book(newest=True).schemes["petition-statutory"]
    follow_up, handle = written.items["follow_up"], written.items["handle"]
    assert (follow_up.binds, follow_up.starts, follow_up.consequence) == ("unit", ("serve",), "lapses")
    assert follow_up.stops == ("follow_up", "reopen", "archive", "approve", "report_progress")
    assert handle.pauses == ("appraisal", "consultation")
    assert not written.items["rule"].watch and written.items["sign"].watch
    extension = handle.extension
    assert extension is not None
    assert (extension.told, extension.consent, extension.local) == (("applicant", "respondent"), True, True)
    shown = screens.read("admin", "admin/schemes/petition-statutory")
    for said in (
        "承办单位遵守，用去70%的时间变黄，遇休息日顺延。自“送达”起算，到“回访”或“重新办理”或“归档”或“签发”或“报告进展”为止。",
        "逾期不提出的，视为放弃",
        "鉴定、专家咨询的时间不计入",
        "平台不计时。",
        "须当事人同意，告知申请人、被申请人",
        "；待核）",
    ):
        assert said in shown, said


def test_the_ladder_is_built_step_by_step(screens: Screens) -> None:
    path = "admin/schemes/ordinary/write"
    page = press(screens, screens.open("admin", path), path, "rung.remove.1", **{"handle.amount": "7"})
    assert form_of(page)["handle.amount"] == "7", "nothing typed is lost"
    page = press(screens, page, path, "rung.add")
    last = {"ladder.2.after": "5", "ladder.2.level": "red_card", "ladder.2.tell": "unit_lead", "reason": "县里重定"}
    assert screens.send("admin", path, **form_of(page) | last).status_code == 302
    rungs = [(one.after.amount, one.level, one.tell) for one in book(newest=True).schemes["ordinary"].ladder]
    assert rungs == [(0, "ordinary", "unit"), (3, "red_card", "director"), (5, "red_card", "unit_lead")]
    shown = screens.read("admin", "admin/schemes/ordinary")
    assert "超期后立即：普通督办，告知承办单位" in shown and "超期满5个工作日：红牌督办，告知单位负责人" in shown


def test_a_ladder_may_be_empty_and_ends_at_nine(screens: Screens) -> None:
    path = "admin/schemes/ordinary/write"
    full = page = screens.open("admin", path)
    for _ in range(7):
        full = press(screens, full, path, "rung.add")
    assert "ladder.8.after" in form_of(full) and "ladder.9.after" not in form_of(full)
    assert 'value="rung.add"' not in full.content.decode()
    for _ in range(3):
        page = press(screens, page, path, "rung.remove.0")
    page = press(screens, page, path, "rung.remove.0")
    assert screens.send("admin", path, **form_of(page) | {"reason": "不督办"}).status_code == 302
    assert book(newest=True).schemes["ordinary"].ladder == ()
    assert "只亮红灯，不自动督办" in screens.read("admin", "admin/schemes/ordinary")


def test_a_limit_is_added_and_another_taken_away(screens: Screens) -> None:
    path = "admin/schemes/ordinary/write"
    page = press(screens, screens.open("admin", path), path, "limit.remove.follow_up", name="本县一般事项")
    assert "follow_up.amount" not in form_of(page) and form_of(page)["name"] == "本县一般事项"
    page = press(screens, page, path, "limit.add", add="meet")
    assert re.search(r'data-limit="meet" id="added" open', page.content.decode())
    refused = screens.send("admin", path, **form_of(page) | {"reason": "先见面"})
    assert set(re.findall(r'id="e-([^"]+)"', refused.content.decode())) == {
        "meet.amount", "meet.unit", "meet.basis", "meet.starts", "meet.stops",
    }  # fmt: skip
    meet = {"meet.amount": "2", "meet.unit": "calendar_days", "meet.basis": "县里的办法"}
    meet |= {"meet.starts.0": "受理", "meet.stops.0": "meet", "reason": "先见面"}
    assert screens.send("admin", path, **form_of(refused) | meet).status_code == 302
    written = book(newest=True).schemes["ordinary"]
    assert "follow_up" not in written.items, "what is usual does not come back by itself"
    assert (written.items["meet"].starts, written.items["meet"].stops) == (("accept",), ("meet",))
    shown = screens.read("admin", "admin/schemes/ordinary")
    assert "自“受理”起算，到“记录首次见面”为止" in shown and "不设的时限：回访" in shown
    page = screens.send(
        "admin", path, **form_of(screens.open("admin", path)) | {"do": "limit.add", "add": "follow_up"}
    )
    assert form_of(page)["follow_up.amount"] == "5", "it comes back as is usual"


def test_whether_the_unit_accepts_goes_with_its_limit(screens: Screens) -> None:
    path = "admin/schemes/petition-statutory/write"
    sent = form_of(screens.open("admin", path)) | {"unit_accepts": "", "reason": "中心直接受理"}
    refused = screens.send("admin", path, **sent)
    assert refused.status_code == 422 and 'id="e-unit_accepts"' in refused.content.decode()
    page = press(screens, refused, path, "limit.remove.inform")
    assert screens.send("admin", path, **form_of(page)).status_code == 302
    written = book(newest=True).schemes["petition-statutory"]
    assert not written.unit_accepts and "inform" not in written.items
    assert "先由承办单位决定是否受理" not in screens.read("admin", "admin/schemes/petition-statutory")


def test_no_days_but_the_very_day(screens: Screens) -> None:
    path = "admin/schemes/ordinary/write"
    sent = form_of(screens.open("admin", path)) | {"reason": "试试", "handle.amount": "0"}
    answer = screens.send("admin", path, **sent)
    assert answer.status_code == 422 and "只有按自然日计的期限可以为零" in words(answer)


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
