"""An administrator's tables from Excel."""

import re
import struct
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from exchange.conftest import encrypted
from onedoor.cases.models import Category
from onedoor.exchange import workbook
from onedoor.exchange.import_office import Report, read_table, take_over, template
from onedoor.exchange.mapping import Unusable
from onedoor.exchange.office_tables import TABLES
from onedoor.people.models import Account, Division, Post, Unit
from onedoor.people.sign_in import sign_in
from people.test_admin import NOW, by

pytestmark = pytest.mark.django_db
Lines = list[tuple[Any, ...]]
DIVISIONS: Lines = [
    (990101100900, "清禾新区", "清禾镇"),
    ("990101100900-1", "第一网格", "990101100900"),
    ("990101100", "清禾镇", ""),
]
UNITS: Lines = [
    ("tyj", "澜平县体育局", "体育局", "部门", "澜平县", "0900-1"),
    ("zjj", "澜平县住房和城乡建设局", "", "", "", "0900-2"),
    ("rsj", "澜平县人力资源和社会保障局", "人社局", "", "", ""),
]
PEOPLE: Lines = [
    ("xinren", "新来的", "单位经办人", "住建局", "", "否", "是", ""),
    ("xinren", "新来的", "单位负责人", "zjj", "清禾镇", "", "", ""),
    ("xin2", "又一个", "", "", "", "", "", "men-kai-2026"),
    ("handler", "经办新名", "", "", "", "", "", ""),
]
CATEGORIES: Lines = [("loan", "借贷"), ("loan.car", "车贷"), ("dispute.other", "别的纠纷"), ("dispute", "矛盾纠纷")]
GOOD = {"divisions": DIVISIONS, "units": UNITS, "people": PEOPLE, "categories": CATEGORIES}


def sheet(path: Path, code: str, lines: Lines, *, title: bool = False) -> Path:
    headings = [column.heading for column in TABLES[code].columns]
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        page = book.add_worksheet("表")
        for place, line in enumerate([*([("关于单位的表",)] if title else []), headings, *lines]):
            for column, value in enumerate(line):
                page.write(place, column, value)
    return path


def run(path: Path, code: str, *, rehearsal: bool = False) -> Report:
    table = TABLES[code]
    return take_over(table, read_table(path, table), by=by(), rehearsal=rehearsal)


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.same, len(report.faults)


def state() -> list[Any]:
    people = Account.objects.order_by("pk").values_list("username", "name", "must_use_totp")
    return [
        sorted(model.objects.values_list(*fields))
        for model, fields in (
            (Division, ("code", "name", "parent")),
            (Unit, ("code", "name", "short_name", "phone", "kind")),
            (Post, ("account", "unit", "role", "division", "active", "confidential")),
            (Category, ("code", "name", "position", "active")),
        )
    ] + [list(people)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [("divisions", (2, 0, 1, 0)), ("units", (1, 1, 1, 0)), ("people", (2, 2, 0, 0)), ("categories", (2, 1, 1, 0))],
)
def test_first_looked_at_then_written_then_nothing_left_to_do(
    county: None, tmp_path: Path, code: str, expected: tuple[int, ...]
) -> None:
    Category.objects.filter(code="dispute").update(name="矛盾纠纷")
    path = sheet(tmp_path / "a.xlsx", code, GOOD[code])
    before = state()
    assert counts(run(path, code, rehearsal=True)) == expected
    assert state() == before, "a rehearsal leaves nothing behind"
    assert counts(run(path, code)) == expected
    after = state()
    assert after != before
    assert counts(run(path, code)) == (0, 0, len(GOOD[code]), 0)
    assert state() == after, "a second run adds nothing"


def test_people_come_with_posts_and_passwords(county: None, tmp_path: Path) -> None:
    report = run(sheet(tmp_path / "a.xlsx", "people", PEOPLE), "people")
    assert [one[:2] for one in report.passwords] == [("xinren", "新来的"), ("xin2", "又一个")]
    for username, _, password in report.passwords:
        Account.objects.filter(username=username).update(must_use_totp=False)
        assert sign_in(username=username, password=password, otp=None, at=NOW, address="", may_choose=True)
    held = Post.objects.filter(account__username="xinren").values_list("role", "unit__code", "division__code")
    assert set(held) == {("handler", "zjj", "990101"), ("unit_lead", "zjj", "990101100")}
    assert run(sheet(tmp_path / "b.xlsx", "people", PEOPLE), "people", rehearsal=True).passwords == []


def test_an_empty_cell_changes_nothing(county: None, tmp_path: Path) -> None:
    before = Unit.objects.get(code="zjj")
    run(sheet(tmp_path / "a.xlsx", "units", UNITS), "units")
    after = Unit.objects.get(code="zjj")
    assert (after.short_name, after.kind, after.division_id) == (before.short_name, before.kind, before.division_id)
    Post.objects.filter(account__username="dispatcher_secret").update(confidential=True)
    held = Post.objects.select_related("account", "unit").get(account__username="dispatcher_secret")
    line = ("dispatcher_secret", held.account.name, held.role, held.unit.code, "", "", "", "")
    assert counts(run(sheet(tmp_path / "b.xlsx", "people", [line]), "people")) == (0, 0, 1, 0)
    assert Post.objects.get(pk=held.pk).confidential


@pytest.mark.parametrize(
    ("code", "line", "column", "part"),
    [
        ("divisions", ("", "x", "清禾镇"), "代码", "请填写代码"),
        ("divisions", ("9901019", "x", ""), "上级", "请填写上级"),
        ("divisions", ("9901019", "x", "没有镇"), "上级", "没有区划“没有镇”"),
        ("divisions", ("990101100201", "禾丰塘村", "石桥湾镇"), "上级", "不能改"),
        ("units", ("坏代码", "x", "", "部门", "澜平县", ""), "代码", "小写字母"),
        ("units", ("tyj", "", "", "部门", "澜平县", ""), "全称", "请填写全称"),
        ("units", ("tyj", "x", "", "衙门", "澜平县", ""), "类别", "请选择类别"),
        ("units", ("tyj2", "x", "", "综治中心", "澜平县", ""), "所属区划", "已有综治中心"),
        ("people", ("张三", "张三", "", "", "", "", "", ""), "用户名", "小写字母"),
        ("people", ("xin", "", "", "", "", "", "", ""), "姓名", "请填写姓名"),
        ("people", ("xin", "张", "皇帝", "住建局", "", "", "", ""), "岗位", "请选择岗位"),
        ("people", ("xin", "张", "单位经办人", "", "", "", "", ""), "单位", "请填写单位"),
        ("people", ("xin", "张", "单位经办人", "住建局", "无", "", "", ""), "区划", "没有区划"),
        ("people", ("xin", "张", "单位经办人", "住建局", "", "也许", "", ""), "涉密岗", "“是”或“否”"),
        ("people", ("xin", "张", "系统管理员", "centre", "", "是", "", ""), "涉密岗", "不能承办"),
        ("people", ("xin", "张", "", "", "", "", "", "123"), "初始密码", "密码至少"),
        ("people", ("admin", "管系通", "督办员", "centre", "", "", "", ""), "", "自己的岗位"),
        ("categories", ("nichts.x", "x"), "", "没有类别"),
        ("categories", ("dispute.坏", "x"), "代码", "小写字母"),
    ],
)
def test_a_bad_row_is_told_by_row_and_column_and_nothing_is_written(
    county: None, tmp_path: Path, code: str, line: tuple[Any, ...], column: str, part: str
) -> None:
    before = state()
    report = run(sheet(tmp_path / "a.xlsx", code, [*GOOD[code][:1], line], title=True), code)
    assert [(fault.row, fault.column) for fault in report.faults] == [(4, column)]
    assert part in report.faults[0].sentence
    assert state() == before, "all or nothing"
    assert report.passwords == []


def test_every_fault_of_a_row_is_told(county: None, tmp_path: Path) -> None:
    report = run(sheet(tmp_path / "a.xlsx", "units", [("坏", "", "", "衙门", "无", "1" * 31)]), "units")
    assert {fault.column for fault in report.faults} == {"代码", "全称", "类别", "所属区划", "公开电话"}


@pytest.mark.parametrize("code", TABLES)
def test_the_template_is_read_back_and_explains_itself(county: None, tmp_path: Path, code: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(template(TABLES[code]))
    with pytest.raises(Unusable, match="只有表头"):
        read_table(path, TABLES[code])
    names = [name for name, _ in workbook.sheets(path)]
    assert names == [TABLES[code].title, "填写说明"]
    notes = str(list(workbook.sheets(path))[1])
    assert all(column.heading in notes and column.note in notes for column in TABLES[code].columns)


def package(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", b"<Types/>")
        for name, content in parts.items():
            file.writestr(f"xl/{name}.xml", content)
    return path


def refuses(path: Path) -> str:
    with pytest.raises(Unusable) as unusable:
        read_table(path, TABLES["units"])
    return str(unusable.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        "代码,全称\n".encode(),
        b"PK\x03\x04" + bytes(200),
        encrypted(),
    ],
    ids=["empty", "picture", "text", "half a package", "password"],
)
def test_a_file_that_lies_about_itself_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(content)
    assert "不是可以读取的 Excel 文件" in refuses(path)


def test_a_package_without_a_workbook_is_refused(tmp_path: Path) -> None:
    assert "不是可以读取" in refuses(package(tmp_path / "a.xlsx", sheet=b"<x/>"))
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as file:
        file.writestr("word/document.xml", "<x/>")
    assert "不是可以读取" in refuses(tmp_path / "b.xlsx")


def test_what_would_fill_the_memory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    bomb = package(tmp_path / "a.xlsx", sheet=bytes(61 * 1024 * 1024))
    assert bomb.stat().st_size < 100_000 and "内容太多" in refuses(bomb)
    for cell in (b'<c r="A1048576">', b'<c r="XFD1">', b"<x:c r='ZZ20001'/>"):
        assert "超出" in refuses(package(tmp_path / "b.xlsx", sheet=b'<c r="A1"/>' + cell))
    many = package(tmp_path / "c.xlsx", sheet=b"<c/>" * 100_001)
    assert "单元格太多" in refuses(many)
    long = package(tmp_path / "d.xlsx", strings=b"<sst><si><t>" + b"x" * 9000 + b"</t></si></sst>")
    assert "文字太长" in refuses(long)
    hidden = package(tmp_path / "e.xlsx", sheet='<c r="A1048576">'.encode("utf-16"))
    assert "不是可以读取" in refuses(hidden)
    (tmp_path / "f.xlsx").write_bytes(bytes(workbook.MOST_BYTES + 1))
    assert "超过 5 MB" in refuses(tmp_path / "f.xlsx")


def test_a_part_that_declares_less_than_it_holds_is_refused(tmp_path: Path) -> None:
    path = package(tmp_path / "a.xlsx", sheet=bytes(1_000_000))
    content = bytearray(path.read_bytes())
    for found in re.finditer(re.escape(struct.pack("<I", 1_000_000)), bytes(content)):
        content[found.start() : found.end()] = struct.pack("<I", 10)
    path.write_bytes(bytes(content))
    assert "不是可以读取" in refuses(path)


def test_other_headings_and_too_many_rows_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "“代码”“全称”" in refuses(sheet(tmp_path / "a.xlsx", "people", PEOPLE))
    monkeypatch.setitem(TABLES, "units", replace(TABLES["units"], most=2))
    assert "最多导入 2 行" in refuses(sheet(tmp_path / "b.xlsx", "units", UNITS))
