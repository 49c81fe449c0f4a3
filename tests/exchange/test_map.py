"""Which column is what, and where in the file the ledger begins."""

from pathlib import Path

import pytest
import xlsxwriter

from exchange.conftest import HEADER, ledger, row
from onedoor.cases.models import Case
from onedoor.exchange.import_cases import import_cases
from onedoor.exchange.mapping import MAPS, Unusable, read_map

pytestmark = pytest.mark.django_db


def test_headings_below_a_title_are_found_and_rows_counted_as_excel_does(county: None, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet("说明").write(0, 0, "填表说明")
        sheet = book.add_worksheet("台账")
        sheet.write(2, 1, "某市留言台账")
        for place, line in enumerate((HEADER, row(), row(number="2", at="昨天")), start=3):
            sheet.write_row(place, 1, line)

    report = import_cases(tmp_path / "a.xlsx", quiet=True)

    assert (report.added, [fault.row for fault in report.faults]) == (1, [6])


def test_several_sheets_that_fit_are_not_passed_over_in_silence(county: None, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        for name in ("一月", "二月"):
            book.add_worksheet(name).write_row(0, 0, HEADER)

    with pytest.raises(Unusable, match="一月、二月"):
        import_cases(tmp_path / "a.xlsx", quiet=True)


def test_another_system_may_have_the_same_number(county: None, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", [row()])
    import_cases(path, quiet=True)
    theirs = (MAPS / "messages-with-replies.toml").read_text("utf-8").replace('"留言板"', '"另一平台"')
    (tmp_path / "map.toml").write_text(theirs, "utf-8")

    assert import_cases(path, columns=read_map(tmp_path / "map.toml"), quiet=True).added == 1


def test_a_column_may_name_the_unit_that_answered(county: None, tmp_path: Path) -> None:
    theirs = (MAPS / "messages-with-replies.toml").read_text("utf-8").replace('unit = "xfj"\n', "")
    theirs = theirs.replace("[columns]", '[columns]\nunit = "承办单位"') + '\n[units]\n"房管部门" = "zjj"\n'
    (tmp_path / "map.toml").write_text(theirs, "utf-8")
    said = ("住建局", "rsj", "房管部门", "外星局", "公安局", "")
    path = ledger(
        tmp_path / "a.xlsx",
        [(*row(number=str(number)), unit) for number, unit in enumerate(said)],
        header=(*HEADER, "承办单位"),
    )

    report = import_cases(path, columns=read_map(tmp_path / "map.toml"), quiet=True)

    units = Case.objects.order_by("number").values_list("lead_unit__code", flat=True)
    assert list(units) == ["zjj", "rsj", "zjj"]
    assert [(fault.row, fault.column, fault.sentence[:6]) for fault in report.faults] == [
        (5, "承办单位", "没有承办单位"),
        (6, "承办单位", "公安局还没有"),
        (7, "承办单位", "没有写明承办"),
    ]


def test_a_map_of_ones_own_says_which_column_is_what(county: None, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        'system = "旧台账"\n[columns]\nexternal_number = "序号"\nnarrative = "事由"\nregistered_at = "日期"\n'
        'applicant = "姓名"\nphone = "电话"\n'
        '[defaults]\nchannel = "visit"\nkind = "dispute"\ncategory = "dispute.land"\n',
        "utf-8",
    )
    path = ledger(
        tmp_path / "a.xlsx",
        [(1, "2024-03-01", "地界不清", "欧阳某", "138 1234 5678"), (2, "2024-03-02", "水渠", "李某", "12")],
        header=("序号", "日期", "事由", "姓名", "电话"),
    )

    report = import_cases(path, columns=read_map(tmp_path / "map.toml"), quiet=True)

    assert (report.added, report.refused) == (1, 1)
    assert (report.faults[0].row, report.faults[0].column) == (3, "电话")
    assert Case.objects.get().kind == "dispute"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("[columns]", "[colunms]"), "不认识"),
        (('applicant = "留言用户"', 'who = "留言用户"'), "不认识"),
        (('registered_at = "留言时间"', ""), "registered_at"),
        (('concluded_at = "答复时间"', ""), "concluded_at"),
        (('channel = "web"', ""), "defaults.channel"),
        (('channel = "web"', 'channel = "fax"'), "fax"),
        (('title = "留言主题"', "title = 3"), "columns.title"),
        (('unit = "xfj"', 'anonymous = "yes"'), "anonymous"),
        (('system = "留言板"', "system = 5"), "system"),
        (('system = "留言板"', ""), "system"),
        (('system = "留言板"', 'system = "x"\ntimezone = "Mars/Base"'), "timezone"),
        (('system = "留言板"', 'system = "x"\ncategories = 1'), "categories"),
        (('system = "留言板"', "= nonsense"), "TOML"),
    ],
)
def test_a_map_with_unknown_missing_or_wrong_parts_is_refused(
    tmp_path: Path, change: tuple[str, str], part: str
) -> None:
    text = (MAPS / "messages-with-replies.toml").read_text("utf-8")
    assert change[0] in text
    (tmp_path / "map.toml").write_text(text.replace(*change), "utf-8")

    with pytest.raises(Unusable, match=part):
        read_map(tmp_path / "map.toml")


def test_a_map_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_bytes("system".encode("utf-16"))
    for path in (tmp_path, tmp_path / "none.toml", tmp_path / "map.toml"):
        with pytest.raises(Unusable):
            read_map(path)


def test_a_map_may_say_where_the_ledgers_clock_hangs(county: None, tmp_path: Path) -> None:
    text = (MAPS / "messages-with-replies.toml").read_text("utf-8").replace("[columns]", 'timezone = "UTC"\n[columns]')
    (tmp_path / "map.toml").write_text(text, "utf-8")

    import_cases(ledger(tmp_path / "a.xlsx", [row()]), columns=read_map(tmp_path / "map.toml"), quiet=True)

    assert Case.objects.get().registered_at.isoformat() == "2019-04-25T09:32:09+00:00"


def test_a_ledger_without_a_mapped_column_is_refused(county: None, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", [row()[:5]], header=HEADER[:5])

    with pytest.raises(Unusable, match="对照表"):
        import_cases(path, quiet=True)
