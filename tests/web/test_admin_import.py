"""Excel tables on the administrator's pages: look first, then confirm."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from pytest_django import Settings

from api.kit import new_browser
from exchange.test_import_office import PEOPLE, UNITS, Lines, sheet
from onedoor.exchange.jobs import KEPT, drop_old_uploads
from onedoor.exchange.office_tables import TABLES
from onedoor.people.models import Account, Unit
from web.kit import Screens, words

MARKUP = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def send(screens: Screens, path: Path, code: str, lines: Lines) -> HttpResponse:
    content = sheet(path / "sent.xlsx", code, lines).read_bytes()
    return screens.send("admin", f"admin/import/{code}", file=SimpleUploadedFile("表.xlsx", content))


def digest(answer: HttpResponse) -> str:
    assert answer.status_code == 200, words(answer)
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', answer.content.decode())
    assert found is not None
    return found[1]


def test_only_the_administrator_imports(screens: Screens, tmp_path: Path) -> None:
    for code in TABLES:
        assert screens.open("admin", f"admin/import/{code}").status_code == 200
        for path in (code, f"{code}/template"):
            assert screens.open("director", f"admin/import/{path}").status_code == 403
        assert screens.send("clerk", f"admin/import/{code}/confirm", digest="x").status_code == 403
    assert screens.open("admin", "admin/import/cases").status_code == 404


def test_the_template_comes_as_a_file(screens: Screens) -> None:
    answer = screens.open("admin", "admin/import/units/template")
    assert answer["Content-Disposition"] == 'attachment; filename="units.xlsx"'
    assert answer.content.startswith(b"PK")


def test_looking_writes_nothing_and_confirming_does(screens: Screens, tmp_path: Path) -> None:
    looked = send(screens, tmp_path, "units", UNITS)
    assert "新增 1 行，修改 1 行，没有变化 1 行" in words(looked) and "还没有写入" in words(looked)
    assert not Unit.objects.filter(code="tyj").exists()
    kept = list((tmp_path / "uploads").iterdir())
    assert [file.stat().st_mode & 0o777 for file in kept] == [0o600]
    done = screens.send("admin", "admin/import/units/confirm", digest=digest(looked))
    assert "导入完成：新增 1 行，修改 1 行" in words(done) and Unit.objects.filter(code="tyj").exists()
    assert not list((tmp_path / "uploads").iterdir()), "what was confirmed is not kept"
    again = screens.send("admin", "admin/import/units/confirm", digest=digest(looked))
    assert again.status_code == 422 and "请重新上传" in words(again)
    assert "没有要写入的" in words(send(screens, tmp_path, "units", UNITS))
    assert "导入表格" in screens.read("admin", "admin/")


def test_only_the_file_that_was_looked_at_is_written(screens: Screens, tmp_path: Path) -> None:
    first = digest(send(screens, tmp_path, "units", UNITS))
    send(screens, tmp_path, "units", [("other", "别的局", "", "部门", "澜平县", "")])
    done = screens.send("admin", "admin/import/units/confirm", digest=first)
    assert done.status_code == 422 and "换成另一份" in words(done)
    assert not Unit.objects.filter(code__in=["tyj", "other"]).exists()


def test_faults_are_listed_by_row_and_column_without_a_way_to_confirm(screens: Screens, tmp_path: Path) -> None:
    looked = send(screens, tmp_path, "units", [*UNITS, ("new", MARKUP, "", "<b>衙门", "没有镇", "")])
    text = words(looked)
    assert looked.status_code == 422 and "第5行 类别 请选择类别" in text and "第5行 所属区划 没有区划“没有镇”" in text
    assert "确认写入" not in text and "<script>alert" not in looked.content.decode()


def test_what_became_wrong_in_between_is_told(screens: Screens, tmp_path: Path) -> None:
    looked = digest(send(screens, tmp_path, "people", PEOPLE))
    Unit.objects.filter(code="zjj").update(active=False)
    done = screens.send("admin", "admin/import/people/confirm", digest=looked)
    assert done.status_code == 422 and "已停用，请另选" in words(done)
    assert not Account.objects.filter(username="xinren").exists()


def test_first_passwords_are_shown_once_and_serve(screens: Screens, tmp_path: Path) -> None:
    lines: Lines = [("xinren", MARKUP, "单位经办人", "住建局", "", "", "", "")]
    looked = send(screens, tmp_path, "people", lines)
    assert "<code>" not in looked.content.decode()
    done = screens.send("admin", "admin/import/people/confirm", digest=digest(looked))
    html = done.content.decode()
    assert "<script>alert" not in html and done["Cache-Control"] == "no-store, private"
    password = re.findall(r"<code>([^<]+)</code>", html)
    assert len(password) == 1
    assert new_browser().post("/desk/sign-in", {"username": "xinren", "password": password[0]}).status_code == 302


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(500), b""])
def test_a_lying_file_is_told_kindly(screens: Screens, content: bytes) -> None:
    answer = screens.send("admin", "admin/import/units", file=SimpleUploadedFile("表.xlsx", content))
    assert answer.status_code == 422 and ("不是可以读取的 Excel" in words(answer) or "请先选择" in words(answer))
    assert screens.send("admin", "admin/import/units").status_code == 422
    large = SimpleUploadedFile("表.xlsx", bytes(6 * 1024 * 1024))
    assert "超过 5 MB" in words(screens.send("admin", "admin/import/units", file=large))


def test_a_table_that_nobody_confirms_goes_after_an_hour(screens: Screens, tmp_path: Path) -> None:
    looked = digest(send(screens, tmp_path, "units", UNITS))
    file = next((tmp_path / "uploads").iterdir())
    assert drop_old_uploads(file.stat().st_mtime + KEPT - 1) == 0
    assert drop_old_uploads(file.stat().st_mtime + KEPT + 1) == 1
    done = screens.send("admin", "admin/import/units/confirm", digest=looked)
    assert done.status_code == 422 and "请重新上传" in words(done)
