"""积分 and 疑点 on screen: what each sees, what a form does, the workbook equal to the page."""

import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from cases.kit import person, sql
from figures.kit import MARCH, closed_case, month_of_work, unit
from onedoor.figures.models import Finding, PointsAppeal, PointsEntry, PointsMonth
from onedoor.figures.steps.findings import find_gaming
from onedoor.figures.steps.points import compute_month
from web.kit import Screens, words

MONTH = "2026-03"


def computed(count: int = 6, rated: int = 0) -> list[str]:
    """March, published now, so that its term for appeals runs."""
    numbers = month_of_work(count, rated=rated)
    compute_month(month=MARCH, at=timezone.now())
    return numbers


def sheet(screens: Screens, who: str, path: str, **query: str) -> list[list[object]]:
    answer = screens.open(who, path, **query, **{"as": "xlsx"})
    assert answer.status_code == 200 and answer["Content-Type"].endswith("sheet")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return book.get_sheet_by_index(0).to_python()


def test_before_anything_is_computed_the_pages_say_so(screens: Screens) -> None:
    assert "还没有积分" in screens.read("supervisor", "points")
    assert "还没有积分" in screens.read("clerk", "points/mine")
    assert "没有疑点" in screens.read("director", "findings")
    assert "没有待裁定的申诉" in screens.read("director", "points/centre")
    assert "待核" in screens.read("handler2", "points/rules")


def test_a_ranking_its_entries_and_the_workbooks_agree(screens: Screens) -> None:
    numbers = computed(rated=5)
    page = screens.read("supervisor", "points", month=MONTH)
    assert "住建局" in page and "每件平均分" in page and "不足3个" in page
    html = screens.open("supervisor", "points", month=MONTH).content.decode()
    rows = re.findall(r'data-label="(每件平均分|总分|计入笔数|事项数)">(?:<b>)?([^<]*)', html)
    body = sheet(screens, "supervisor", "points", month=MONTH)[3:]
    assert [float(value) for _, value in rows] == [float(cell) for row in body for cell in row[3:7]]
    housing = unit("zjj").id
    address = f"points/unit/{housing}"
    entries = screens.read("supervisor", address, month=MONTH)
    assert all(number in entries for number in numbers) and "回访核实满意" in entries
    listed = sheet(screens, "supervisor", address, month=MONTH)[3:]
    assert sum(float(str(row[4])) for row in listed) == 20
    lead = screens.read("unit_lead2", address, month=MONTH)
    assert "5件合计" in lead and "只显示合计" in lead
    assert len(sheet(screens, "unit_lead2", address, month=MONTH)[3:]) == 13
    assert sql("SELECT count(*) FROM access_log WHERE action = 'points' AND reason = '导出积分'") == [(3,)]


def test_wrong_months_and_subjects(screens: Screens) -> None:
    computed(1)
    assert screens.open("supervisor", "points", month="三月").status_code == 422
    assert screens.open("supervisor", "points", month="2020-01").status_code == 422
    for path in ("points/unit/999999", "points/person/1", f"points/unit/{unit('zjj').id}?month=2020-01"):
        assert screens.open("supervisor", path, **({} if "?" in path else {"month": MONTH})).status_code == 404, path
    assert screens.open("handler", f"points/unit/{unit('zjj').id}", month=MONTH).status_code == 404
    assert screens.open("auditor", f"points/staff/{person('clerk').account}", month=MONTH).status_code == 404


def test_a_colleague_sees_only_his_own(screens: Screens) -> None:
    computed()
    own = screens.read("clerk", "points/mine", month=MONTH)
    assert "迎进门" in own and "按时决定受理" in own and "共" not in own.partition("迎进门")[2].partition("按时")[0]
    assert screens.open("clerk", "points").status_code == 302
    assert "迎进门" not in screens.read("handler2", "points/mine", month=MONTH).partition("积分办法")[2]
    assert "迎进门" not in words(screens.open("unit_lead2", "points", kind="staff", month=MONTH)).partition("排名")[2]


def test_an_appeal_from_its_form_to_the_decision(screens: Screens) -> None:
    computed()
    page = screens.open("unit_lead2", "points/mine", month=MONTH).content.decode()
    entry = re.search(r"points/entries/([0-9a-f-]+)/appeal", page)
    assert entry is not None
    sent = screens.send(
        "unit_lead2", f"points/entries/{entry[1]}/appeal", reason="日期不对。", next="/desk/points/mine"
    )
    assert sent.status_code == 302
    appeal = PointsAppeal.objects.get()
    centre = screens.read("supervisor", "points/centre")
    assert "日期不对。" in centre and "住建局" in centre
    assert "请选择" in words(
        screens.browser("supervisor").post(
            f"/desk/points/appeals/{appeal.pk}", {"reason": "是。", "next": "/desk/points/centre"}, follow=True
        )
    )
    screens.send(
        "supervisor", f"points/appeals/{appeal.pk}", upheld="yes", reason="属实。", next="/desk/points/centre"
    )
    mine = screens.read("unit_lead2", "points/mine", month=MONTH)
    assert "申诉成立" in mine and "更正" in mine
    refused = screens.browser("clerk").post(
        f"/desk/points/appeals/{appeal.pk}",
        {"upheld": "no", "reason": "我来。", "next": "/desk/points/mine"},
        follow=True,
    )
    assert refused.status_code == 200 and PointsAppeal.objects.get().state == "upheld"


def test_a_correction_counts_once_and_only_from_the_centre(screens: Screens) -> None:
    computed()
    entry = PointsEntry.objects.filter(kind="unit")[0].pk
    for _ in range(2):
        screens.send("director", f"points/entries/{entry}/correct", points="-0.5", reason="重复。", key="k")
    assert PointsEntry.objects.filter(corrects=entry).count() == 1
    for points in ("", "x", "0.001", "1e400", "NaN"):
        screens.send("director", f"points/entries/{entry}/correct", points=points, reason="重复。", key=f"k{points}")
    screens.send("unit_lead2", f"points/entries/{entry}/correct", points="9", reason="给我。", key="u")
    for points in ("1", "2"):  # a form without its key: neither is taken for the other
        answer = screens.send("director", f"points/entries/{entry}/correct", points=points, reason="重复。")
        assert answer.status_code == 302 and "表单不完整" in screens.read("director", "points")
    assert PointsEntry.objects.filter(corrects=entry).count() == 1


def test_the_centre_computes_closes_and_exempts(screens: Screens) -> None:
    numbers = computed()
    ok = {"month": MONTH, "next": "/desk/points/centre"}
    screens.send("director", "points/centre/exempt-matter", number=numbers[0], reason="系统故障。", next=ok["next"])
    screens.send(
        "director", "points/centre/exempt-days", division="990101", since="2026-03-03", until="2026-03-03",
        reason="暴雨。", next=ok["next"],
    )  # fmt: skip
    page = screens.read("director", "points/centre")
    assert "系统故障" in page and "暴雨" in page and numbers[0] in page
    screens.send("director", "points/centre/compute", **ok)
    assert sum(PointsEntry.objects.filter(kind="unit").values_list("counted", flat=True)) == 1500 - 500
    screens.send("director", "points/centre/close", **ok)
    assert PointsMonth.objects.get().closed_at is None, "its term runs"
    PointsMonth.objects.update(appeal_until=timezone.now() - timedelta(days=1))
    assert "申诉期已过，待定稿" in screens.read("director", "points/centre")
    screens.send("clerk", "points/centre/close", **ok)
    assert PointsMonth.objects.get().closed_at is None
    screens.send("director", "points/centre/close", **ok)
    assert PointsMonth.objects.get().closed_at is not None
    assert "已定稿" in screens.read("director", "points", month=MONTH)
    assert screens.open("clerk", "points/centre").status_code == 403
    assert screens.send("director", "points/centre/erase", **ok).status_code == 404


def form_of_rules(screens: Screens) -> dict[str, object]:
    html = screens.open("director", "points/rules").content.decode().partition("<main")[2]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", html):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") == "checkbox" and " checked" not in tag:
            continue
        if "name" in given and given["name"] != "csrfmiddlewaretoken":
            sent.setdefault(given["name"], []).append(given.get("value", ""))
    for name, text in re.findall(r'<textarea\b[^>]*\bname="([^"]*)"[^>]*>([^<]*)</textarea>', html):
        sent.setdefault(name, []).append(unescape(text))
    return {**sent, "rank_by": "average", "new.fact": ""}


def test_a_changed_set_is_tried_without_writing_and_then_saved(screens: Screens) -> None:
    computed()
    form = form_of_rules(screens) | {"closed_on_time.points": "5", "do": "try"}
    before = sql("SELECT count(*) FROM points_set")
    tried = words(screens.send("director", "points/rules", **form))
    assert "试算：过去十二个月" in tried and "没有保存" in tried
    assert sql("SELECT count(*) FROM points_set") == before == [(0,)]
    wrong = screens.send("director", "points/rules", **(form | {"closed_on_time.points": "-5"}))
    assert wrong.status_code == 422 and "只能加分" in words(wrong)
    form |= {"do": "save", "from_month": MONTH, "reason": "县里会议定。"}
    assert screens.send("director", "points/rules", **form).status_code == 302
    assert "第2版" in screens.read("handler2", "points/rules")
    assert screens.send("clerk", "points/rules", **form).status_code == 403


@pytest.mark.parametrize("who", ["clerk", "handler2", "unit_lead", "grid_worker", "admin"])
def test_findings_are_for_oversight(screens: Screens, who: str) -> None:
    closed_case(answer="已处理。")
    find_gaming(at=timezone.now())
    for path in ("findings", f"findings/{Finding.objects.values_list('pk', flat=True).first() or unit('zjj').id}"):
        assert screens.open(who, path).status_code in (403, 404)


def test_a_finding_from_the_list_to_its_decision(screens: Screens, settings: object) -> None:
    settings.FOLLOW_UP_SHARE = 0  # type: ignore[attr-defined]
    number = closed_case(timezone.now() - timedelta(days=20), answer="已处理。")
    find_gaming(at=timezone.now())
    finding = Finding.objects.get(kind="too_short")
    page = screens.read("supervisor", "findings")
    assert "是问题，不是结论" in page and "答复过短" in page
    assert "符合条件" in screens.read("supervisor", "findings", kind="split")
    assert screens.open("supervisor", "findings", kind="x").status_code == 422
    screens.send("supervisor", "findings/draw", kind="too_short", count="1")
    one = screens.read("supervisor", f"findings/{finding.pk}")
    assert "抽取回访" in one and "已处理。" in one and number in one
    assert "已处理。" not in screens.read("auditor", f"findings/{finding.pk}")
    screens.send("auditor", f"findings/{finding.pk}/decide", wanted="confirmed", reason="是。")
    screens.send("supervisor", f"findings/{finding.pk}/decide", wanted="not_confirmed", reason="")
    finding.refresh_from_db()
    assert finding.state == "drawn"
    screens.send("supervisor", f"findings/{finding.pk}/decide", wanted="not_confirmed", reason="已回访，属实。")
    assert "100.0% 1/1" in screens.read("director", "findings")
    assert screens.send("supervisor", "findings/draw", kind="", count="x").status_code == 302
