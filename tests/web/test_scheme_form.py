"""The form in which a scheme's next version is written: all that it says is edited, refused at its field, and told."""

import re

import pytest
from django.http import HttpResponse

from onedoor.cases.models import SchemeVersion
from onedoor.cases.schemes import book
from onedoor.rules.scheme_book import SCHEMES
from web.kit import Screens, form_of, words


@pytest.fixture(autouse=True)
def fresh(fresh_book: None) -> None:
    """Schemes as each test makes them."""


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
        "follow_up.starts.1": "",
        "follow_up.stops.4": "签发、报告进展",
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
    assert follow_up.stops == ("follow_up", "rate", "reopen", "archive", "approve", "report_progress")
    assert handle.pauses == ("appraisal", "consultation")
    assert not written.items["rule"].watch and written.items["sign"].watch
    extension = handle.extension
    assert extension is not None
    assert (extension.told, extension.consent, extension.local) == (("applicant", "respondent"), True, True)
    shown = screens.read("admin", "admin/schemes/petition-statutory")
    for said in (
        "承办单位遵守，用去70%的时间变黄，遇休息日顺延。自“送达”起算，到“回访”或“评价”或“重新办理”或“归档”或“签发”或“报告进展”为止。",
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
    sent = form_of(page)
    assert sent["handle.begins"] == "decide_acceptance"
    assert screens.send("admin", path, **sent).status_code == 422, "its time would never begin"
    assert screens.send("admin", path, **sent | {"handle.begins": ""}).status_code == 302
    written = book(newest=True).schemes["petition-statutory"]
    assert not written.unit_accepts and "inform" not in written.items and not written.handle_waits
    assert "先由承办单位决定是否受理" not in screens.read("admin", "admin/schemes/petition-statutory")


def test_no_days_but_the_very_day(screens: Screens) -> None:
    path = "admin/schemes/ordinary/write"
    sent = form_of(screens.open("admin", path)) | {"reason": "试试", "handle.amount": "0"}
    answer = screens.send("admin", path, **sent)
    assert answer.status_code == 422 and "只有按自然日计的期限可以为零" in words(answer)
