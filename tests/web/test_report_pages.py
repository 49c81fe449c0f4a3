"""The pages of reports without a browser: who opens what, what is asked before, what a wrong word is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases.kit import register_case, sql
from onedoor.cases.counting import ZONE
from onedoor.figures.models import SituationReport
from onedoor.rules.reports import PLACES
from web.kit import Screens, form_of, words

PAGES = ("reports", "reports/wording", "reports/external")


def last_month() -> dict[str, str]:
    day = timezone.now().astimezone(ZONE).date().replace(day=1) - timedelta(days=1)
    return {"year": str(day.year), "number": f"month-{day.month}"}


def drafted(screens: Screens, who: str = "supervisor", **asked: str) -> str:
    answer = screens.send(who, "reports", **{**last_month(), **asked})
    assert answer.status_code == 302, words(answer)[:300]
    return str(answer["Location"]).removeprefix("/desk/")


def filled(screens: Screens, here: str) -> dict[str, Any]:
    return {**form_of(screens.open("director", here)), **dict.fromkeys(PLACES, "无")}


def test_who_opens_what(screens: Screens) -> None:
    here = drafted(screens)
    for who in ("clerk", "dispatcher", "handler", "unit_lead", "mediator", "admin", "grid_worker"):
        for path in (*PAGES, here, f"{here}/file.docx", f"{here}/issue"):
            assert screens.open(who, path).status_code in (403, 404), (who, path)
        assert "/desk/reports" not in screens.open(who, "").content.decode()
    assert screens.open("auditor", here).status_code == 404
    assert screens.open("auditor", "reports/wording").status_code == 403
    assert screens.open("auditor", "reports").status_code == 200
    assert "统计并起草" not in screens.read("auditor", "reports")
    for who in ("supervisor", "director"):
        for path in (*PAGES, here):
            assert screens.open(who, path).status_code == 200, (who, path)


def test_from_the_draft_to_the_paper(screens: Screens) -> None:
    register_case(at=timezone.now().replace(day=1) - timedelta(days=5))
    here = drafted(screens)
    page = screens.read("director", here)
    assert "还没有填写：总体研判、重要情况" in page and "签发……" not in page
    form = filled(screens, here)
    assert screens.send("director", here, **{**form, "risks": "13812345678"}).status_code == 422
    told = screens.send("director", here, **{**form, "important": "身份证11010519491231002X"})
    assert "不写身份证号" in words(told) and "无" in words(told), "what was typed is still there"
    assert screens.send("director", here, **form).status_code == 302
    late = screens.send("supervisor", here, **{**form, "risks": "别的"})
    assert late.status_code == 422 and "刚被别人改过" in words(late) and "别的" in late.content.decode()
    assert screens.open("director", f"{here}/withdraw").status_code == 302, "a button is no page"
    confirm = screens.open("director", f"{here}/issue")
    assert "不能再改" in words(confirm) and SituationReport.objects.get().state == "draft"
    screens.send("director", f"{here}/issue", **form_of(confirm))
    assert SituationReport.objects.get().state == "issued"
    page = screens.read("auditor", here)
    assert "已签发" in page and "签发……" not in page and "撤回后仍能看到" not in page
    for kind, magic in (("docx", b"PK"), ("pdf", b"%PDF")):
        file = screens.open("auditor", f"{here}/file.{kind}")
        assert file.content.startswith(magic) and file["Content-Disposition"].startswith("attachment")
    assert screens.open("director", f"{here}/file.exe").status_code == 404
    assert sql("SELECT count(*) FROM access_log WHERE action = 'report' AND reason LIKE '下载%%'") == [(2,)]
    screens.send("auditor", f"{here}/withdraw", reason="无")
    assert SituationReport.objects.get().state == "issued"
    screens.send("director", f"{here}/withdraw", reason="")
    assert "请填写原因" in screens.read("director", here)
    screens.send("director", f"{here}/withdraw", reason="区域表有误")
    assert "撤回：区域表有误" in screens.read("auditor", here)
    assert drafted(screens) != here


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"number": "month-99"}, "没有这个时段"),
        ({"number": "week-1"}, "请选择"),
        ({"year": "x"}, "没有这个时段"),
        ({"year": "2199", "number": "month-1"}, "没有这个时段"),
        ({"year": "2099", "number": "month-1"}, "还没有过完"),
    ],
)
def test_a_wrong_period_is_told(screens: Screens, asked: dict[str, str], sentence: str) -> None:
    told = screens.send("director", "reports", **{**last_month(), **asked})
    assert told.status_code == 422 and sentence in words(told)
    assert not SituationReport.objects.exists()


def test_drafted_twice_counted_again_and_dropped(screens: Screens) -> None:
    here = drafted(screens)
    told = screens.send("director", "reports", **last_month())
    assert told.status_code == 422 and "已经有了" in words(told)
    screens.send("director", f"{here}/recount", version=7)
    assert "刚被别人改过" in screens.read("director", here)
    screens.send("director", f"{here}/recount", version=1)
    assert "已按现在的情况重新统计" in screens.read("director", here)
    assert screens.send("director", f"{here}/drop").status_code == 302
    assert screens.open("director", here).status_code == 404
    assert screens.send("director", f"{here}/nonsense").status_code == 404


def test_a_sentence_is_tried_and_kept(screens: Screens) -> None:
    drafted(screens)
    wrong = screens.send("director", "reports/wording", overview="{申请人}", do="preview")
    assert wrong.status_code == 422 and "没有“{申请人}”这个占位" in words(wrong)
    tried = screens.send("director", "reports/wording", overview="{区域}共{登记数}件。", do="preview")
    assert "澜平县共 0 件。" in words(tried) and sql("SELECT count(*) FROM report_wording") == [(0,)]
    assert screens.send("director", "reports/wording", overview="{区域}共{登记数}件。").status_code == 302
    assert "{区域}共{登记数}件。" in screens.open("supervisor", "reports/wording").content.decode()
    hostile = screens.send("director", "reports/wording", overview="<script>alert(1)</script>", do="preview")
    assert "<script>alert(1)" not in hostile.content.decode(), "a sentence is text and nothing else"


def test_a_list_costs_the_same_for_one_and_for_three(screens: Screens, django_assert_num_queries: Any) -> None:
    drafted(screens)
    screens.read("director", "reports")
    with django_assert_num_queries(4):  # who, for which centres he writes, which he sees, the list
        screens.read("director", "reports")
    for number in ("quarter-1", "half-1"):
        drafted(screens, number=number)
    with django_assert_num_queries(4):
        screens.read("director", "reports")


def test_supervision_lists_what_was_issued_in_a_span(screens: Screens) -> None:
    page = screens.read("director", "supervision", since="2026-03-01", until="2026-03-31")
    assert "2026-03-01至2026-03-31发出的督办单" in page and "共 0 份" in page and "没有符合条件的督办单" in page
    for query in (
        {"since": "x"},
        {"since": "2026-03-01", "division": "nowhere"},
        {"since": "2026-03-01", "cause": "x"},
    ):
        assert screens.open("director", "supervision", **query).status_code == 422, query
    assert "没有待处理的督办单" in screens.read("director", "supervision")
