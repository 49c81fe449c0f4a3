"""Attachments: what comes in, what is refused, and what goes out."""

import io
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest
from pytest_django import Settings

from api.kit import Desk, ok, one_file, refusal, row_counts
from cases.kit import sql

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
def number(desk: Desk) -> str:
    return str(desk.registered()["number"])


def office(*names: str) -> bytes:
    pile = io.BytesIO()
    with zipfile.ZipFile(pile, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return pile.getvalue()


def downloaded(desk: Desk, who: str, number: str, attachment: str) -> tuple[bytes, dict[str, str]]:
    answer = desk.get(who, f"/cases/{number}/attachments/{attachment}")
    assert answer.status_code == 200
    return b"".join(answer), dict(answer.headers)


def stored(settings: Settings) -> list[Path]:
    return [path for path in Path(settings.FILES).rglob("*") if path.is_file()]


def test_a_file_comes_back_as_it_went_and_the_download_is_logged(desk: Desk, number: str) -> None:
    added = ok(desk.attach("clerk", number, "现场 𠮷.png", PNG), 201)
    assert (added["name"], added["type"], added["size"]) == ("现场 𠮷.png", "image/png", len(PNG))
    read = ok(desk.get("clerk", f"/cases/{number}"))
    assert [one["id"] for one in read["attachments"]] == [added["id"]]
    assert read["version"] == 2
    content, headers = downloaded(desk, "clerk", number, added["id"])
    assert content == PNG
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Disposition"].startswith("attachment")
    assert unquote(headers["Content-Disposition"]).endswith("现场 𠮷.png")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert sql("SELECT subject FROM access_log WHERE action = 'download'") == [(number,)]
    events = ok(desk.get("clerk", f"/cases/{number}/events"))["items"]
    assert events[-1]["kind"] == "attach"


LYING = {
    "a page called a picture": ("a.png", b"<html><script>alert(1)</script>"),
    "a page": ("a.html", b"<html><script>alert(1)</script>"),
    "a drawing with a script": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "a program": ("a.exe", b"MZ" + bytes(60)),
    "a program called a document": ("a.pdf", b"\x7fELF" + bytes(60)),
    "a picture called a text": ("a.txt", PNG),
    "a picture without a suffix": ("picture", PNG),
    "a picture with two suffixes": ("a.png.exe", PNG),
    "a zip": ("a.zip", office("a.txt")),
    "a zip called a document": ("a.docx", office("a.txt")),
    "a spreadsheet called a document": ("a.docx", office("[Content_Types].xml", "xl/workbook.xml")),
    "half a zip": ("a.docx", office("[Content_Types].xml", "word/document.xml")[:-30]),
    "noise": ("a.txt", bytes(range(256)) * 4),
}


@pytest.mark.parametrize("kind", LYING)
def test_a_file_that_lies_about_itself_is_refused(desk: Desk, number: str, settings: Settings, kind: str) -> None:
    before = row_counts()
    refusal(desk.attach("clerk", number, *LYING[kind]), 422, "invalid", "file")
    assert row_counts() == before
    assert stored(settings) == []


HONEST = {
    "a text": ("a.txt", "情况说明".encode()),
    "a text in GBK": ("a.csv", "姓名,金额\n𠮷田,5\n".encode("gb18030")),
    "a document": ("a.docx", office("[Content_Types].xml", "word/document.xml")),
    "a spreadsheet": ("a.XLSX", office("[Content_Types].xml", "xl/workbook.xml")),
    **{f"a long text, {extra} bytes aside": ("a.txt", b"a" * extra + ("情" * 3000).encode()) for extra in range(3)},
    **{f"a long GBK text, {extra} aside": ("a.txt", b"a" * extra + ("情𠮷" * 3000).encode("gb18030")) for extra in range(6)},
}  # fmt: skip


@pytest.mark.parametrize("kind", HONEST)
def test_an_honest_file_is_taken(desk: Desk, number: str, kind: str) -> None:
    ok(desk.attach("clerk", number, *HONEST[kind]), 201)


@pytest.mark.parametrize("name", ["a.txt", "a.png", "a.exe", "a"])
def test_an_empty_file_is_refused_as_empty(desk: Desk, number: str, settings: Settings, name: str) -> None:
    before = row_counts()
    assert "空" in refusal(desk.attach("clerk", number, name, b""), 422, "invalid", "file")
    assert row_counts() == before
    assert stored(settings) == []


def test_a_file_above_the_limit_is_refused_and_leaves_nothing(desk: Desk, number: str, settings: Settings) -> None:
    settings.ATTACHMENT_LIMIT = 100_000
    before = row_counts()
    refusal(desk.attach("clerk", number, "a.txt", b"a" * 100_001), 413, "too_large", "file")
    refusal(desk.attach("clerk", number, "a.txt", b"a" * 400_000), 413, "too_large", "file")
    assert row_counts() == before
    assert stored(settings) == []
    ok(desk.attach("clerk", number, "a.txt", b"a" * 100_000), 201)


def test_two_declared_gigabytes_are_refused_unread(desk: Desk, number: str) -> None:
    class Unreadable(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

    unread = {"wsgi.input": Unreadable(), "CONTENT_LENGTH": str(2 * 1024**3)}
    refusal(desk.upload("clerk", number, one_file("a.txt", b"a"), **unread), 413, "too_large", "file")


NAMES = {
    "../../etc/passwd.txt": "passwd.txt",
    "C:\\\\Users\\\\a\\\\b.txt": "b.txt",
    "/etc/a.txt": "a.txt",
    "a<b>:c|d?.txt": "a_b__c_d_.txt",
    "题" * 300 + ".txt": "题" * 116 + ".txt",
    "<script>alert(1)<script>.txt": "_script_alert(1)_script_.txt",
    "\u202egpj.txt": "gpj.txt",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_made_safe(desk: Desk, number: str, settings: Settings, name: str) -> None:
    added = ok(desk.attach("clerk", number, name), 201)
    assert added["name"] == NAMES[name]
    [file] = stored(settings)
    assert file.is_relative_to(settings.FILES)
    assert len(file.name) == 64


GARBLED = {
    "nothing": b"",
    "no parts": b"--pile--\r\n",
    "no file": b'--pile\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nevidence\r\n--pile--\r\n',
    "a file without a name": one_file("", b"x"),
    "noise": bytes(range(256)),
}


@pytest.mark.parametrize("kind", GARBLED)
def test_a_form_without_a_file_is_refused(desk: Desk, number: str, kind: str) -> None:
    answer = desk.upload("clerk", number, GARBLED[kind])
    assert answer.json()["code"] == "invalid"
    assert answer.status_code == 422


def test_a_form_that_cannot_be_read_is_refused(desk: Desk, number: str) -> None:
    path = f"/cases/{number}/attachments"
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=é"):
        refusal(desk.post("clerk", path, b"x", content_type=content_type), 422, "invalid", "body")
    refusal(desk.post("clerk", path, {"file": "x"}), 422, "invalid", "file")
    many = b"".join(
        f'--pile\r\nContent-Disposition: form-data; name="f{place}"\r\n\r\nx\r\n'.encode() for place in range(1100)
    )
    refusal(desk.upload("clerk", number, many + b"--pile--\r\n"), 422, "invalid", "body")


def test_a_purpose_that_is_none_is_refused(desk: Desk, number: str) -> None:
    for purpose in ("fun", "\0", "evidence\0"):
        refusal(desk.attach("clerk", number, purpose=purpose), 422, "invalid", "purpose")
    ok(desk.attach("clerk", number, purpose="evidence"), 201)
    refusal(desk.attach("clerk", number, as_post="0"), 422, "invalid", "as_post")


def test_a_repeated_upload_adds_one_attachment(desk: Desk, number: str) -> None:
    first = ok(desk.upload("clerk", number, one_file("a.txt", b"x"), key="k1"), 201)
    before = row_counts()
    again = ok(desk.upload("clerk", number, one_file("a.txt", b"x"), key="k1"), 200)
    assert again["id"] == first["id"]
    refusal(desk.upload("clerk", number, one_file("a.txt", b"y"), key="k1"), 409, "conflict")
    assert row_counts() == before
    assert ok(desk.upload("clerk", number, one_file("a.txt", b"x")), 201)["id"] != first["id"]


def test_who_only_reads_attaches_nothing_and_the_auditor_reads_no_content(desk: Desk, number: str) -> None:
    added = ok(desk.attach("clerk", number, "𠮷田安身份证.txt"), 201)
    refusal(desk.attach("auditor", number), 403, "not_allowed")
    refusal(desk.get("auditor", f"/cases/{number}/attachments/{added['id']}"), 403, "not_allowed")
    [seen] = ok(desk.get("auditor", f"/cases/{number}"))["attachments"]
    assert (seen["id"], seen["name"]) == (added["id"], "")
    assert downloaded(desk, "director", number, added["id"])[0] == b"photo"


def test_an_attachment_is_found_under_its_own_case_only(desk: Desk, number: str) -> None:
    added = ok(desk.attach("clerk", number), 201)
    other = desk.registered()["number"]
    refusal(desk.get("clerk", f"/cases/{other}/attachments/{added['id']}"), 404, "not_found")
    for wrong in ("x", "%00", "1", added["id"] + "0", "..%2F..%2Fsecret"):
        refusal(desk.get("clerk", f"/cases/{number}/attachments/{wrong}"), 404, "not_found")
    refusal(desk.get("handler2", f"/cases/{number}/attachments/{added['id']}"), 404, "not_found")


def test_a_lost_file_is_said_to_be_lost(desk: Desk, number: str, settings: Settings) -> None:
    added = ok(desk.attach("clerk", number), 201)
    for file in stored(settings):
        file.unlink()
    answer = desk.get("clerk", f"/cases/{number}/attachments/{added['id']}")
    refusal(answer, 500, "internal")
