"""The course of a report: drafted, written, issued for good, withdrawn, issued anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from cases.kit import TO_CLOSED, person, register_case, sql, walk
from figures.reading import read_docx
from onedoor.cases import files
from onedoor.cases.models import Case, Category
from onedoor.cases.steps.fold import fill_counters
from onedoor.figures.models import SituationReport
from onedoor.figures.queries.reports import list_reports, number_of, report_file, report_for, said_of
from onedoor.figures.report_numbers import Numbers
from onedoor.figures.said import to_blocks
from onedoor.figures.steps.reports import (
    draft_report,
    drop_report,
    issue_report,
    keep_report_wording,
    recount_report,
    withdraw_report,
    write_texts,
)
from onedoor.papers.model import Paragraph
from onedoor.people.models import Division
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, NOT_READY, STALE_VERSION, Refused
from onedoor.rules.report_wording import WORDINGS
from onedoor.rules.reports import PLACES, span_of
from onedoor.web.desk.said import address
from web.kit import Screens, words

APRIL = datetime(2026, 4, 2, 2, tzinfo=UTC)
TEXTS = dict.fromkeys(PLACES, "无") | {"advice": "提前排查。"}


def draft(who: str = "supervisor", number: int = 3) -> UUID:
    return draft_report(actors=person(who).actors, at=APRIL, kind="month", year=2026, number=number)


def row_of(report: UUID) -> SituationReport:
    return SituationReport.objects.get(pk=report)


def issued(number: int = 3) -> SituationReport:
    report = draft(number=number)
    write_texts(actors=person("supervisor").actors, at=APRIL, report=report, version=1, raw=TEXTS)
    issue_report(actors=person("director").actors, at=APRIL, report=report, version=2)
    return row_of(report)


def test_a_draft_holds_the_numbers_of_its_moment(county: None) -> None:
    register_case(at=datetime(2026, 3, 31, 15, 59, tzinfo=UTC))  # the last minute of the month in Shanghai
    register_case(at=datetime(2026, 3, 31, 16, 1, tzinfo=UTC))
    register_case(at=datetime(2026, 2, 28, 16, 0, tzinfo=UTC))  # the first
    row = row_of(draft())
    assert row.figures["totals"]["registered"][0][0] == 2
    assert datetime.fromisoformat(row.figures["counted_at"]) == APRIL == row.counted_at
    register_case(at=datetime(2026, 3, 5, 1, tzinfo=UTC))
    assert row_of(row.pk).figures["totals"]["registered"][0][0] == 2, "what was counted stays"
    recount_report(actors=person("director").actors, at=APRIL + timedelta(hours=1), report=row.pk, version=1)
    again = row_of(row.pk)
    assert again.figures["totals"]["registered"][0][0] == 3 and again.version == 2
    with pytest.raises(Refused) as refused:
        recount_report(actors=person("director").actors, at=APRIL, report=row.pk, version=1)
    assert refused.value.code == STALE_VERSION


def test_what_waits_ninety_days_waits_from_its_day_of_registration(county: None) -> None:
    """90 days before the 2nd of April is the 2nd of January, in Shanghai."""
    for at in ("2026-01-03T00:00", "2026-01-02T23:59", "2025-10-04T12:00", "2025-04-02T23:59", "2024-05-01T09:00"):
        register_case(at=datetime.fromisoformat(f"{at}:00+08:00"))
    walk(register_case(at=datetime(2024, 5, 1, 1, tzinfo=UTC)), *TO_CLOSED)
    row = row_of(draft())
    assert row.figures["open"]["days"] == ["2026-01-02", "2025-10-04", "2025-04-02"]
    assert row.figures["open"]["all"] == [5, 4, 3, 2]
    text = read_docx(report_file(row, "docx", APRIL.date())).text
    assert "尚未办结的事项共5件，其中登记满90天的4件、满180天的3件、满365天的2件" in text
    assert "满90天的分类别是：矛盾纠纷4件" in text and "登记满90天还没有办结的4件" in text
    screens = Screens()
    for until, count in (("", 5), ("2026-01-02", 4), ("2025-10-04", 3), ("2025-04-02", 2)):
        assert f"共 {count} 件" in words(screens.open("director", "cases", condition="open", until=until))
    html = screens.open("director", f"reports/{row.pk}").content.decode()
    assert '<a href="/desk/cases?condition=open&amp;until=2026-01-02">4</a>' in html


def test_last_month_and_last_year_stand_in_their_own_columns(county: None) -> None:
    for at, times in (("2026-03-10", 4), ("2026-02-28", 2), ("2025-03-31", 1), ("2025-04-01", 1), ("2026-04-01", 1)):
        for _ in range(times):
            register_case(at=datetime.fromisoformat(f"{at}T12:00:00+08:00"))
    row = row_of(draft())
    read = read_docx(report_file(row, "docx", APRIL.date()))
    assert read.cells("主要数量")["登记数"] == ["4", "2", "+100.0%", "1", "+300.0%"]
    for caption, name in (("分类统计", "矛盾纠纷"), ("渠道统计", "窗口"), ("主办单位统计", "尚未交办")):
        assert read.cells(caption)[name][:6] == ["4", "100.0%", "2", "+100.0%", "1", "+300.0%"], caption
    html = Screens().open("director", f"reports/{row.pk}").content.decode()
    for since, until, count in (
        ("2026-03-01", "2026-03-31", 4),
        ("2026-02-01", "2026-02-28", 2),
        ("2025-03-01", "2025-03-31", 1),
    ):
        assert f'condition=registered&amp;since={since}&amp;until={until}&amp;channel=window">{count}</a>' in html


def test_only_areas_are_counted_as_areas(county: None) -> None:
    """Neither what happened at none of them nor one that is no longer offered."""
    for at in ("2026-02-10", "2026-02-11"):
        register_case(at=datetime.fromisoformat(f"{at}T12:00:00+08:00"))
    here, gone = Division.objects.filter(parent__parent=None, parent__isnull=False, offered=True).order_by("code")[:2]
    first, second = Case.objects.order_by("registered_at")
    root = [here.path[0]]
    Case.objects.filter(pk=first.pk).update(division_id=root[0], division_path=root)
    Case.objects.filter(pk=second.pk).update(division_id=gone.pk, division_path=gone.path)
    Division.objects.filter(pk=gone.pk).update(offered=False)
    fill_counters()
    row = row_of(draft())
    areas = Division.objects.filter(parent_id=root[0], offered=True).count()
    read = read_docx(report_file(row, "docx", APRIL.date()))
    assert {"本级", gone.name} <= set(read.cells("区域统计")), "their matters have their lines"
    assert f"上升的0个区域、下降的0个区域、持平的0个区域；本期没有登记的{areas}个" in read.text


def test_a_surge_opens_its_kind_alone(county: None) -> None:
    """The list of a heading holds all that is below it."""
    for day in (2, 3, 4):
        register_case(at=datetime.fromisoformat(f"2026-03-0{day}T12:00:00+08:00"))
    case = Case.objects.order_by("registered_at")[0]
    Case.objects.filter(pk=case.pk).update(category=Category.objects.get(code="dispute"))
    row = row_of(draft())
    week = {"since": "2026-03-02", "until": "2026-03-08", "place_code": "990101", "kind_code": "dispute", "count": 1}
    number = Numbers(span_of("month", 2026, 3), row.figures).of_week(week)
    query = dict(parse_qsl(urlsplit(address(number, person("director").viewer())).query))
    assert "共 1 件" in words(Screens().open("director", "cases", **query))


def test_a_month_that_runs_is_not_reported(county: None) -> None:
    with pytest.raises(Refused, match="还没有过完") as refused:
        draft(number=4)
    assert "number" in refused.value.fields
    assert not SituationReport.objects.exists()


@pytest.mark.parametrize("who", ["clerk", "dispatcher", "handler", "unit_lead", "auditor", "admin", "mediator"])
def test_only_supervisors_and_directors_write(county: None, who: str) -> None:
    report = draft()
    for step in (
        lambda: draft(who, 2),
        lambda: write_texts(actors=person(who).actors, at=APRIL, report=report, version=1, raw=TEXTS),
        lambda: recount_report(actors=person(who).actors, at=APRIL, report=report, version=1),
        lambda: issue_report(actors=person(who).actors, at=APRIL, report=report, version=1),
        lambda: drop_report(actors=person(who).actors, at=APRIL, report=report),
        lambda: keep_report_wording(actors=person(who).actors, at=APRIL, raw={}),
    ):
        with pytest.raises(Refused) as refused:
            step()
        assert refused.value.code == NOT_ALLOWED
    if who == "auditor":
        assert list_reports(person(who).actors).items == [], "a draft is for those who write it"
        with pytest.raises(Refused) as refused:
            report_for(person(who).actors, report)
        assert refused.value.code == NOT_FOUND
    else:
        with pytest.raises(Refused):
            list_reports(person(who).actors)


def test_one_report_of_a_period(county: None) -> None:
    report = draft()
    with pytest.raises(Refused, match="已经有了"):
        draft("director")
    drop_report(actors=person("director").actors, at=APRIL, report=report)
    assert draft("director") != report


def test_two_who_write_at_once(county: None) -> None:
    report = draft()
    by = {"actors": person("supervisor").actors, "at": APRIL, "report": report}
    write_texts(**by, version=1, raw={"risks": "甲"})
    with pytest.raises(Refused) as refused:
        write_texts(**by, version=1, raw={"risks": "乙"})
    assert refused.value.code == STALE_VERSION and row_of(report).texts["risks"] == "甲"
    write_texts(**by, version=1, raw={"risks": "甲"})  # the same form sent twice
    assert row_of(report).version == 2


def test_nothing_is_issued_with_an_empty_place(county: None) -> None:
    report = draft()
    by = {"actors": person("supervisor").actors, "at": APRIL, "report": report}
    write_texts(**by, version=1, raw=TEXTS | {"risks": ""})
    with pytest.raises(Refused, match="风险研判") as refused:
        issue_report(**by, version=2)
    assert refused.value.code == NOT_READY and row_of(report).state == "draft"
    assert (
        "【此处由分析员填写：下一时段可能出现的风险】"
        in read_docx(report_file(row_of(report), "docx", APRIL.date())).text
    )


def test_what_is_issued_is_the_same_for_ever(county: None) -> None:
    row = issued()
    assert (row.state, row.year, row.serial, number_of(row)) == ("issued", 2026, 1, "2026年第1期")
    word = report_file(row, "docx", APRIL.date())
    read = read_docx(word)
    assert "提前排查。" in read.text and "2026年第1期" in read.text and "【此处由分析员填写" not in read.text
    assert "治安形势分析" in read.text and "2026年4月2日" in read.text
    by = {"actors": person("director").actors, "at": APRIL, "report": row.pk}
    for step in (
        lambda: write_texts(**by, version=row.version, raw=TEXTS | {"risks": "改了"}),
        lambda: recount_report(**by, version=row.version),
        lambda: issue_report(**by, version=row.version),
        lambda: drop_report(**by),
    ):
        with pytest.raises(Refused, match="不能再改"):
            step()
    for change in (
        "texts = '{}'",
        "figures = '{}'",
        "content = '{}'",
        "state = 'draft'",
        "serial = 7",
        "sha256 = 'x'",
    ):
        with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
            sql(f"UPDATE situation_report SET {change} WHERE id = %s", row.pk)
    with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
        sql("DELETE FROM situation_report WHERE id = %s", row.pk)
    keep_report_wording(actors=by["actors"], at=APRIL, raw={"overview": "换了说法{登记数}。"})
    register_case(at=datetime(2026, 3, 5, 1, tzinfo=UTC))
    assert report_file(row_of(row.pk), "docx", APRIL.date()) == word


def test_a_file_that_was_changed_in_the_store_is_not_handed_out(county: None) -> None:
    row = issued()
    files.path_of(bytes.fromhex(row.docx_sha256)).write_bytes(b"another")
    with pytest.raises(Refused, match="摘要不符"):
        report_file(row, "docx", APRIL.date())
    assert report_file(row, "pdf", APRIL.date()).startswith(b"%PDF")


def test_withdrawn_it_is_followed_by_its_next_version_under_its_number(county: None) -> None:
    first, other = issued(3), issued(2)
    assert (first.serial, other.serial) == (1, 2)
    by = {"actors": person("director").actors, "at": APRIL, "report": first.pk}
    for reason in ("", "  "):
        with pytest.raises(Refused, match="请填写原因"):
            withdraw_report(**by, reason=reason)
    withdraw_report(**by, reason="区域表漏了一个乡镇")
    with pytest.raises(Refused, match="只有已签发"):
        withdraw_report(**by, reason="再撤一次")
    gone = row_of(first.pk)
    assert gone.state == "withdrawn" and gone.withdrawn_why == "区域表漏了一个乡镇"
    assert read_docx(report_file(gone, "docx", APRIL.date())).text, "it can still be read"
    again = row_of(draft(number=3))
    assert again.edition == 2 and again.texts == first.texts, "what was written is not to be typed again"
    issue_report(actors=person("director").actors, at=APRIL, report=again.pk, version=1)
    assert number_of(row_of(again.pk)) == "2026年第1期（第2版）"
    third = issued(1)
    assert third.serial == 3, "no number is lost and none is given twice"
    assert [one.state for one in list_reports(person("auditor").actors).items].count("withdrawn") == 1


def test_a_centres_sentences_are_its_own_and_tried_before(county: None) -> None:
    actors = person("director").actors
    with pytest.raises(Refused, match=r"没有“\{申请人\}”"):
        keep_report_wording(actors=actors, at=APRIL, raw={"overview": "{申请人}"})
    keep_report_wording(actors=actors, at=APRIL, raw={"overview": "{区域}{时段}共{登记数}件。"})
    register_case(at=datetime(2026, 3, 5, 1, tzinfo=UTC))
    row = row_of(draft())
    assert "澜平县2026年3月共1件。" in read_docx(report_file(row, "docx", APRIL.date())).text
    keep_report_wording(actors=actors, at=APRIL, raw={"overview": ""})
    assert row_of(row.pk).wording, "a draft keeps what it was drafted with"
    recount_report(actors=actors, at=APRIL, report=row.pk, version=1)
    assert row_of(row.pk).wording == {}


def test_from_nothing_and_to_nothing(county: None) -> None:
    row = row_of(draft())
    text = read_docx(report_file(row, "docx", APRIL.date())).text
    assert "登记事项0件，日均0.0件（按31天计算）；与上月（0件）持平，与去年同月（0件）持平" in text
    assert "办结率不计算（分母为0）" in text and "2026年3月没有发出督办单" in text and "不足5件，不列满意情况" in text
    assert "没有导入警情" in text and "没有达到提示条件的数字" in text
    assert text.count("2026年3月没有登记事项。") == 2 and "较多的是" not in text and "还没有交办的0件" in text
    register_case(at=datetime(2026, 3, 5, 1, tzinfo=UTC))
    recount_report(actors=person("director").actors, at=APRIL, report=row.pk, version=1)
    text = read_docx(report_file(row_of(row.pk), "docx", APRIL.date())).text
    assert "登记事项1件，日均0.0件（按31天计算）；比上月（0件）新增1件" in text
    assert "没有已经交办的事项；还没有交办的1件。" in text and text.count("登记较多的是") == 3
    assert "没有登记事项" not in text
    root = Division.objects.get(parent=None)
    Case.objects.update(division_id=root.pk, division_path=[root.pk])
    fill_counters()
    recount_report(actors=person("director").actors, at=APRIL, report=row.pk, version=2)
    text = read_docx(report_file(row_of(row.pk), "docx", APRIL.date())).text
    assert "从事项发生地看，登记较多的是本级1件（占100.0%）。" in text, "in no area is not many level"


def test_an_issued_report_is_shown_as_it_was_said_whatever_the_program_says_now(
    county: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_case(at=datetime(2026, 3, 2, 1, tzinfo=UTC))
    row, screens = issued(), Screens()
    before = screens.open("director", f"reports/{row.pk}")
    paper = read_docx(report_file(row, "docx", APRIL.date())).text
    assert "登记事项" in words(before) and "condition=registered" in before.content.decode()
    overview = replace(WORDINGS["overview"], text="{时段}后来改的句子。")
    monkeypatch.setitem(WORDINGS, "overview", overview)
    again = screens.open("director", f"reports/{row.pk}")
    assert words(again) == words(before) and "后来改的" not in words(again)
    assert again.content.decode().count("<a href") == before.content.decode().count("<a href"), "with its lists"
    # one from before this was kept: the same words from its paper
    kept = said_of(row, row.texts)
    row.said = None
    old = said_of(row, row.texts)
    for one in (kept, old):
        texts = [block.text for block in to_blocks(one) if isinstance(block, Paragraph) and block.style == "body"]
        assert len(texts) > 10 and all(text in paper for text in texts)
    drafted = row_of(draft(number=2))
    assert "后来改的句子" in words(screens.open("director", f"reports/{drafted.pk}")), "a draft says it anew"
