"""办事指南: what residents read, and the pages on which the centre keeps it."""

import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from api.kit import EVERYBODY, new_browser, ok
from cases.kit import sql
from onedoor.cases import schemes
from onedoor.demo.services import bring_services
from onedoor.hall.models import Service, ServiceGroup
from onedoor.people.access_log import CHANGES
from onedoor.people.models import AccessLog, Unit
from onedoor.web.wall import hall
from web.kit import Screens, words

FORM: dict[str, Any] = {
    "code": "labour.heat", "name": "高温津贴咨询", "group": "labour", "what": "夏天在户外干活有没有津贴。",
    "for_whom": "户外作业的职工。", "bring": "身份证件\r\n工资条", "form": "", "fee": "不收费", "handled_by": "人社部门",
    "basis": "待核", "unconfirmed": "依据", "unit": "人社局", "scheme": "ordinary", "line": "劳动监察",
    "category": "dispute.labour.other", "kind": "consultation", "purpose": "",
}  # fmt: skip


def guide(path: str = "", **query: object) -> str:
    answer = new_browser().get(f"/guide{path}", query)
    assert answer.status_code == 200
    return words(answer)


def test_everything_in_use_stands_under_its_group(screens: Screens) -> None:
    html = new_browser().get("/guide").content.decode()
    assert html.count("<section id=") == 26
    assert html.count('href="/guide/') == Service.objects.count() >= 60
    assert html.index("婚姻家庭纠纷调解") < html.index("劳动人事争议仲裁") < html.index("安全隐患上报")


@pytest.mark.parametrize(
    ("typed", "found", "left_out"),
    [
        ("仲裁", "劳动人事争议仲裁", "邻里纠纷调解"), ("ldrs", "劳动人事争议仲裁", "邻里纠纷调解"),
        ("XZFY", "行政复议申请", "公证咨询"), ("公积金", "没有找到", "邻里纠纷调解"),
        ("欠条", "没有找到", "邻里"), ("家庭暴力", "人身安全保护令申请指导", "物业"), ("50%_", "没有找到", "公证"),
        ("\0", "没有找到", "公证"),
    ],
)  # fmt: skip
def test_it_is_found_by_characters_and_by_first_letters(
    screens: Screens, typed: str, found: str, left_out: str
) -> None:
    text = guide(q=typed).split("查找", 2)[-1]
    assert found in text and left_out not in text


def test_a_service_says_how_long_and_why_from_its_scheme(screens: Screens) -> None:
    text = guide("/labour.arbitration")
    assert "受理后，45日内办结；情况复杂的，经批准可以延长，最多15日" in text
    assert "劳动争议调解仲裁法第四十三条" in text and "以中心告知为准" in text
    assert "劳动仲裁窗口" in text and "时效一年" in text and "待核：" in text
    Service.objects.filter(code="labour.arbitration").update(scheme="gone", unit="gone", line="")
    bare = guide("/labour.arbitration")
    assert "45日" not in bare and "能当场办的当场办" in bare and "劳动仲裁窗口" not in bare


def test_the_unit_in_use_stands_with_its_public_telephone(screens: Screens) -> None:
    Service.objects.update(unit="")  # as it is before the county is brought
    assert "人力资源和社会保障局" not in guide("/wages.complaint")
    assert bring_services() > 60
    phone = Unit.objects.get(code="rsj").phone
    assert f"本地是澜平县人力资源和社会保障局，电话 {phone}" in guide("/wages.complaint")
    Unit.objects.filter(code="rsj").update(active=False)
    assert phone not in guide("/wages.complaint")
    assert bring_services() == 0, "a second time changes nothing"


def test_what_is_switched_off_is_not_there(screens: Screens) -> None:
    Service.objects.filter(code="notary.inquiry").update(active=False)
    ServiceGroup.objects.filter(code="grid").update(active=False)
    for path in ("/notary.inquiry", "/grid.hazard", "/nichts", "/%00"):
        lost = new_browser().get(f"/guide{path}")
        assert lost.status_code == 404 and "没有这项服务" in words(lost)
    text = guide()
    assert "公证咨询" not in text and "安全隐患上报" not in text
    codes = {one["code"] for one in ok(screens.get("clerk", "/catalogue"))["services"]}
    assert "notary.inquiry" not in codes and "grid.hazard" not in codes and "court.civil" in codes


def test_the_api_gives_code_and_name(screens: Screens) -> None:
    services = ok(screens.get("clerk", "/catalogue"))["services"]
    assert services[0] == {"code": "family.marriage", "name": "婚姻家庭纠纷调解"} and len(services) >= 60


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_of_the_guide_does_not_grow(screens: Screens, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for kept in (hall, schemes):  # a slow machine looks no second time
        monkeypatch.setattr(kept, "FRESH", 3600.0)
    Service.objects.all().delete()
    group = ServiceGroup.objects.get(code="labour")
    Service.objects.bulk_create(
        Service(code=f"labour.{n}", name=f"服务{n}", initials="fw", group=group, what="试。") for n in range(count)
    )
    browser = new_browser()
    for path, price in (("/guide", 2), ("/guide/labour.0", 4), ("/guide?q=fw", 2)):
        browser.get(path)
        with CaptureQueriesContext(connection) as asked:
            html = browser.get(path).content.decode()
        assert len(asked) <= price, [query["sql"][:90] for query in asked.captured_queries]
        assert html.count('href="/guide/labour') == (0 if path.endswith(".0") else count)
    screens.browser("admin")
    with CaptureQueriesContext(connection) as asked:
        html = screens.open("admin", "admin/services").content.decode()
    assert html.count("data-item") == count
    assert len(asked) == 4, [query["sql"][:90] for query in asked.captured_queries]


def test_the_pages_are_the_administrators_alone(screens: Screens) -> None:
    for who in EVERYBODY:
        for path in ("services", "services/notary.inquiry", "new-service", "service-groups"):
            assert screens.open(who, f"admin/{path}").status_code == (200 if who == "admin" else 403), (who, path)
    for path in ("services/notary.inquiry/off", "service-groups/notary/off", "new-service", "service-groups"):
        assert screens.send("director", f"admin/{path}", **FORM).status_code == 403
    assert Service.objects.get(code="notary.inquiry").active


def test_a_service_from_the_form_to_the_guide(screens: Screens) -> None:
    done = screens.send("admin", "admin/new-service", **FORM)
    assert done["Location"] == "/desk/admin/services/labour.heat", words(done)
    made = Service.objects.get(code="labour.heat")
    assert (made.unit, made.line, made.initials, made.bring) == (
        "rsj",
        "labour-inspection",
        "gwjtzx",
        "身份证件\n工资条",
    )
    assert "15个工作日内办结" in guide("/labour.heat") and "高温津贴" in guide(q="gwjt")
    shown = screens.open("admin", "admin/services/labour.heat").content.decode()
    assert "人社局（rsj）" in shown and 'value="劳动监察"' in shown
    again = screens.send("admin", "admin/services/labour.heat", **FORM | {"name": "<b>高温", "unit": "人社局（rsj）"})
    assert again.status_code == 302
    html = new_browser().get("/guide/labour.heat").content.decode()
    assert "&lt;b&gt;高温" in html and "<b>高温" not in html and "更新" in html
    lines = list(AccessLog.objects.filter(action="service", subject="labour.heat").order_by("recorded_at"))
    assert [line.reason for line in lines] == ["新增服务", "修改服务：名称"] and "service" in CHANGES


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("code", "labour.arbitration", "已在使用"), ("code", "高温", "只能用小写字母"), ("name", "", "请填写名称。"),
        ("name", "名" * 41, "不能超过40个字"), ("what", " ", "请填写是什么。"), ("what", "字" * 1001, "最多1000"),
        ("group", "nichts", "请选择类别。"), ("unit", "没有局", "没有单位“没有局”"), ("scheme", "nichts", "没有这个时限方案"),
        ("line", "几号窗口？", "只能用小写字母"), ("category", "nichts", "没有这个登记类别"), ("kind", "x", "没有这个登记性质"),
        ("fee", "费" * 121, "不能超过120个字"), ("purpose", "x", "没有这个信访目的"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_field_and_the_rest_is_kept(
    screens: Screens, field: str, value: str, sentence: str
) -> None:
    page = screens.send("admin", "admin/new-service", **FORM | {field: value})
    assert page.status_code == 422 and sentence in words(page)
    assert ("户外作业的职工。</textarea>" in page.content.decode()) and not Service.objects.filter(
        code="labour.heat"
    ).exists()


def test_the_order_is_changed_one_place_at_a_time(screens: Screens) -> None:
    def order() -> list[str]:
        return [one.code for one in Service.objects.filter(group__code="court")]

    before = order()
    screens.send("admin", f"admin/services/{before[1]}/up")
    assert order() == [before[1], before[0], *before[2:]]
    screens.send("admin", f"admin/services/{before[1]}/up")
    assert order()[0] == before[1], "the first stays the first"
    screens.send("admin", f"admin/services/{before[1]}/down")
    assert order() == before
    back = screens.send("admin", f"admin/services/{before[1]}/off", q="立案", group="court")
    assert back["Location"] == "/desk/admin/services?q=%E7%AB%8B%E6%A1%88&group=court"
    assert "办事指南上不再显示" in screens.read("admin", "admin/services")
    assert "立案" in screens.read("admin", "admin/services", state="off")
    assert screens.send("admin", "admin/services/court.civil/burn").status_code == 404
    assert screens.open("admin", "admin/services/nichts").status_code == 404


def test_groups_are_added_renamed_ordered_and_switched(screens: Screens) -> None:
    assert screens.send("admin", "admin/service-groups", code="water", name="供水").status_code == 302
    assert "供水" not in guide(), "an empty heading is not shown"
    again = screens.send("admin", "admin/service-groups", code="water", name="")
    assert again.status_code == 422 and "请填写名称" in words(again)
    screens.send("admin", "admin/service-groups/water/name", name="供水供热")
    screens.send("admin", "admin/service-groups/water/name", name=" ")
    assert ServiceGroup.objects.get(code="water").name == "供水供热"
    screens.send("admin", "admin/service-groups/neighbours/up")
    text = guide()
    assert text.index("邻里纠纷调解") < text.index("婚姻家庭纠纷调解")
    screens.send("admin", "admin/service-groups/neighbours/off")
    assert "邻里纠纷调解" not in guide()
    screens.send("admin", "admin/service-groups/neighbours/on")
    assert "邻里纠纷调解" in guide() and "0项" in screens.read("admin", "admin/service-groups")


def test_the_list_is_paged_and_filtered(screens: Screens) -> None:
    seen: list[str] = []
    address = "/desk/admin/services"
    while address:
        html = screens.browser("admin").get(address).content.decode()
        seen += re.findall(r'<a href="/desk/admin/services/([^"]+)">', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen == [one.code for one in Service.objects.all()], "each once, in the order of the guide"
    assert "court.civil" not in screens.open("admin", "admin/services", group="grid").content.decode()
    assert "没有符合条件" in screens.read("admin", "admin/services", q="龘")
    Service.objects.update(unconfirmed="")
    assert "没有符合条件" in screens.read("admin", "admin/services", state="unconfirmed")


@pytest.mark.parametrize("change", ["what = ''", "name = ''", "kind = 'x'", "purpose = 'x'", "code = 'A b'"])
def test_the_database_holds_it_too(screens: Screens, change: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        sql(f"UPDATE hall_service SET {change} WHERE code = 'notary.inquiry' RETURNING id")


@pytest.mark.parametrize("form", ["mediation_application", "confirmation_application", "service_address"])
def test_a_blank_form_of_the_papers_room_is_linked_and_printed(screens: Screens, form: str) -> None:
    answer = new_browser().get(f"/guide/form/{form}.pdf")
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    assert answer["Content-Type"] == "application/pdf" and "sandbox" in answer["Content-Security-Policy"]
    assert new_browser().get(f"/guide/form/{form}.pdf").content == answer.content


def test_only_what_residents_fill_in_is_blank(screens: Screens) -> None:
    html = new_browser().get("/guide/neighbours.mediation").content.decode()
    assert 'href="/guide/form/mediation_application.pdf"' in html and "空白人民调解申请书" in html
    assert "confirmation_application.pdf" in new_browser().get("/guide/court.confirmation").content.decode()
    assert ".pdf" not in new_browser().get("/guide/court.civil").content.decode()
    for form in ("petition_acceptance", "agreement", "none", "../x"):
        assert new_browser().get(f"/guide/form/{form}.pdf").status_code == 404
