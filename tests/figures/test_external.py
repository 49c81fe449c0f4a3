"""外部数据 from Excel: what is filled in, what is wrong by row and column, versions, and how a report shows them."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from python_calamine import CalamineWorkbook

from cases.kit import person, sql
from figures.reading import read_docx
from onedoor.exchange.mapping import Unusable
from onedoor.figures.external_file import HEADINGS, MonthRow, read_months, template
from onedoor.figures.models import ExternalMonth, SituationReport
from onedoor.figures.queries.external import external_of
from onedoor.figures.queries.reports import report_file
from onedoor.figures.steps.external import Taken, import_external
from onedoor.figures.steps.reports import draft_report
from onedoor.people.models import Unit
from onedoor.rules.refusal import NOT_ALLOWED, Refused
from onedoor.rules.reports import span_of
from web.kit import Screens, words

AT = datetime(2026, 4, 2, 2, tzinfo=UTC)
TODAY = date(2026, 4, 2)
HEADS = ("月份", "数据来源", "刑事警情", "盗窃", "入室盗窃", "交通事故", "火灾")
MARCH = ("2026-03", "县公安局指挥中心", 12, 5, 3, 40, 2)


def file(tmp_path: Path, *rows: Sequence[Any], heads: Sequence[str] = HEADS) -> Path:
    path = tmp_path / "external.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for column, name in enumerate(heads):
            sheet.write_string(0, column, name)
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(place, column, value, book.add_format({"num_format": "yyyy-mm"}))
                else:
                    sheet.write(place, column, value)
    return path


def take(*months: MonthRow, who: str = "supervisor") -> Taken:
    return import_external(actors=person(who).actors, at=AT, months=months)


def march(tmp_path: Path, *row: Any) -> MonthRow:
    months, faults = read_months(file(tmp_path, row or MARCH), TODAY)
    assert not faults
    return months[0]


def test_the_template_is_filled_in_and_read_again(tmp_path: Path) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(template()))
    assert book.get_sheet_by_name("外部数据").to_python()[0] == list(HEADINGS.values())
    (tmp_path / "t.xlsx").write_bytes(template())
    with pytest.raises(Unusable, match="没有内容"):
        read_months(tmp_path / "t.xlsx", TODAY)
    row = march(tmp_path, datetime(2026, 3, 1), *MARCH[1:])  # noqa: DTZ001  a date of Excel has no zone
    assert (row.month, row.source) == (date(2026, 3, 1), "县公安局指挥中心")
    assert {code: value for code, value in row.counts.items() if value is not None} == {
        "criminal": 12, "theft": 5, "theft_home": 3, "traffic": 40, "fire": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        (("2026-03", "县公安局", "张三", 5, 3, 40, 2), "刑事警情", "整数"),
        (("2026-03", "县公安局", 12, -1, 0, 40, 2), "盗窃", "整数"),
        (("2026-03", "县公安局", 12, 5, 3, 40.5, 2), "交通事故", "整数"),
        (("2026-03", "县公安局", 12, 5, 3, 40, "11010519491231002X"), "火灾", "整数"),
        (("2026-03", "县公安局", 12, 5, 6, 40, 2), "盗窃", "加起来是6"),
        (("2026-03", "县公安局", 4, 5, 3, 40, 2), "刑事警情", "加起来是5"),
        (("三月", "县公安局", 12, 5, 3, 40, 2), "月份", "应像"),
        (("2026-05", "县公安局", 12, 5, 3, 40, 2), "月份", "还没有到"),
        (("2026-03", "", 12, 5, 3, 40, 2), "数据来源", "请填写"),
        (("2026-03", "张三13812345678", 12, 5, 3, 40, 2), "数据来源", "手机"),
        (("2026-03", "县公安局"), "月份", "没有任何数字"),
        ((*MARCH, "多出来的话"), "月份", "没有表头"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_row_and_column(tmp_path: Path, row: Any, column: str, sentence: str) -> None:
    months, faults = read_months(file(tmp_path, ("2026-02", *MARCH[1:]), row), TODAY)
    assert [(one.row, one.column) for one in faults] == [(3, column)]
    assert sentence in faults[0].sentence
    assert [one.month.month for one in months] == [2]


def test_a_month_twice_and_a_column_that_is_none_of_ours(tmp_path: Path) -> None:
    _, faults = read_months(file(tmp_path, MARCH, MARCH), TODAY)
    assert [(one.row, one.column) for one in faults] == [(3, "月份")]
    months, faults = read_months(file(tmp_path, (*MARCH, "张三"), heads=(*HEADS, "报警人姓名")), TODAY)
    assert months == [] and [(one.row, one.column) for one in faults] == [(1, "报警人姓名")]
    months, faults = read_months(file(tmp_path, (*MARCH, 1), heads=(*HEADS, "火灾")), TODAY)
    assert months == [] and [(one.row, one.column) for one in faults] == [(1, "火灾")]


def test_what_is_no_workbook_or_another_table(tmp_path: Path) -> None:
    lying = tmp_path / "lying.xlsx"
    lying.write_bytes("月份,数据来源\n2026-03,县公安局".encode())
    with pytest.raises(Unusable):
        read_months(lying, TODAY)
    with pytest.raises(Unusable, match="月份"):
        read_months(file(tmp_path, ("张三",), heads=("姓名",)), TODAY)


def test_a_correction_is_a_new_version_and_the_same_again_is_nothing(county: None, tmp_path: Path) -> None:
    first = march(tmp_path)
    assert take(first) == Taken(1, 0, 0)
    assert take(first, who="director") == Taken(0, 0, 1)
    other = march(tmp_path, *MARCH[:-1], 3)
    assert take(other, who="director") == Taken(0, 1, 0)
    assert take(first) == Taken(0, 1, 0), "back to the first is a version too"
    versions = list(ExternalMonth.objects.order_by("version").values_list("version", "imported_by__username"))
    assert versions == [(1, "supervisor"), (2, "director"), (3, "supervisor")]
    for change in ("UPDATE external_month SET counts = '{}'", "DELETE FROM external_month"):
        with pytest.raises(DatabaseError, match="another version"), transaction.atomic():
            sql(change)
    assert sql("SELECT count(*) FROM access_log WHERE action = 'external'") == [(4,)]


@pytest.mark.parametrize("who", ["auditor", "clerk", "dispatcher", "unit_lead", "admin"])
def test_others_import_nothing(county: None, tmp_path: Path, who: str) -> None:
    with pytest.raises(Refused) as refused:
        take(march(tmp_path), who=who)
    assert refused.value.code == NOT_ALLOWED and not ExternalMonth.objects.exists()


def test_a_report_shows_them_as_what_they_are(county: None, tmp_path: Path) -> None:
    months, _ = read_months(
        file(tmp_path, MARCH, ("2026-02", "县公安局指挥中心", 10, 5, 3, 50, 0), ("2025-03", "县公安局", 6, 1, 1, 40, 2)), TODAY
    )  # fmt: skip
    take(*months)
    made = draft_report(actors=person("supervisor").actors, at=AT, kind="month", year=2026, number=3)
    row = SituationReport.objects.get(pk=made)
    read = read_docx(report_file(row, "docx", TODAY))
    table = read.cells("外部数据分类统计")
    assert table["刑事警情"] == ["12", "10", "+20.0%", "6", "+100.0%"]
    assert table["　盗窃"] == ["5", "5", "0.0%", "1", "+400.0%"]
    assert table["　　入室盗窃"] == ["3", "3", "0.0%", "1", "+200.0%"]
    assert table["交通事故"] == ["40", "50", "-20.0%", "40", "0.0%"]
    assert table["火灾"] == ["2", "0", "新增", "2", "0.0%"]
    assert "治安警情" not in table, "what nobody has said is in no line"
    assert "刑事警情12起（上月10起，增加2起，上升20.0%）" in read.text
    assert "2026-03，县公安局指挥中心，第1版" in read.text and "（外部数据）" in read.text
    take(march(tmp_path, *MARCH[:-1], 9))
    assert "第1版" in read_docx(report_file(SituationReport.objects.get(pk=made), "docx", TODAY)).text, "frozen"


def test_a_quarter_adds_its_months_and_says_which_are_missing(county: None, tmp_path: Path) -> None:
    months, _ = read_months(file(tmp_path, MARCH, ("2026-01", "县公安局", 8, 2, 2, None, 1)), TODAY)
    take(*months)
    centre = Unit.objects.get(code="centre").pk
    found = external_of(centre, span_of("quarter", 2026, 1))
    assert found["missing"] == ["2026-02"] and found["counts"][0]["criminal"] is None
    months, _ = read_months(file(tmp_path, ("2026-02", "县公安局", 1, 0, 0, 5, 0)), TODAY)
    take(*months)
    found = external_of(centre, span_of("quarter", 2026, 1))
    assert found["missing"] == [] and found["counts"][0]["criminal"] == 21
    assert found["counts"][0]["traffic"] is None, "January did not say"


def test_the_page_imports_all_or_nothing(county: None, tmp_path: Path) -> None:
    screens = Screens()

    def send(*rows: Sequence[Any], who: str = "supervisor") -> Any:
        content = file(tmp_path, *rows).read_bytes()
        return screens.send(who, "reports/external", file=SimpleUploadedFile("数据.xlsx", content))

    told = send(("2025-01", *MARCH[1:]), ("2025-02", "县公安局", "很多", 1, 1, 1, 1))
    assert told.status_code == 422 and not ExternalMonth.objects.exists()
    assert "第3行 刑事警情" in words(told) and "一个月也没有导入" in words(told)
    assert send(("2025-01", *MARCH[1:])).status_code == 302
    assert send(("2025-01", *MARCH[1:-1], 7)).status_code == 302
    page = screens.read("auditor", "reports/external")
    assert "2025-01 第2版" in page and "导入 " not in page.split("来源")[-1]
    assert "（更正）" in screens.read("auditor", "reports/external/2025-01")
    assert send(("2025-01", *MARCH[1:]), who="auditor").status_code == 403
    assert screens.open("clerk", "reports/external").status_code == 403
    assert screens.open("supervisor", "reports/external/2031-01").status_code == 404
    assert screens.open("supervisor", "reports/external/x").status_code == 404
    assert screens.open("director", "reports/external/template").content[:2] == b"PK"
    assert screens.send("supervisor", "reports/external").status_code == 422
