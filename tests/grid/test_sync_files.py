"""Files from the field: in pieces, whole or not at all, of one account, cleaned where the worker is not to be named."""

import hashlib
import io
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image
from pytest_django import Settings

from api.kit import API, Desk, ok, refusal
from cases.kit import findings, sql
from grid.synckit import PIECE, Phone, entry, picture, ref
from onedoor.cases import files as store
from onedoor.cases.jobs import remove_bytes
from onedoor.grid.models import FieldEntry, FieldFile
from onedoor.grid.steps import files, waiting

VOICE = b"\x1a\x45\xdf\xa3" + b"A_OPUS" + b"\0" * 2000


@pytest.fixture(autouse=True)
def arriving(tmp_path: Path, settings: Settings) -> None:
    settings.ARRIVING = tmp_path / "arriving"


@pytest.fixture
def phone(desk: Desk) -> Phone:
    return Phone(desk)


def big(size: int) -> bytes:
    """A picture with random bytes after it, as large as wanted."""
    return picture() + random.Random(7).randbytes(size - len(picture()))


def attachments(phone: Phone, number: str) -> list[tuple[dict[str, Any], bytes]]:
    case = ok(phone.desk.get("clerk", f"/cases/{number}"))
    found = []
    for one in case["attachments"]:
        sent = phone.desk.client.get(
            f"{API}/cases/{number}/attachments/{one['id']}", headers=phone.desk.signed("clerk")
        )
        found.append((one, b"".join(sent)))  # type: ignore[arg-type]
    return found


def test_a_file_that_came_first_is_part_of_the_case(phone: Phone) -> None:
    photo = picture(gps=True)
    assert phone.put(photo) == {"have": len(photo), "whole": True}
    number = phone.one(
        entry(
            files=[
                ref(photo),
            ]
        )
    )["number"]
    ((about, content),) = attachments(phone, number)
    assert (about["name"], about["type"], content) == ("照片.jpg", "image/jpeg", photo)  # position kept
    assert findings() == []


def test_an_entry_waits_for_its_files_and_is_carried_out_when_the_last_has_come(phone: Phone) -> None:
    photo, voice = picture(), VOICE
    sent = entry(content={}, files=[ref(photo), ref(voice, "语音")])
    waits = phone.one(sent)
    assert (waits["state"], set(waits["needs"])) == ("waiting", {ref(photo)["sha256"], ref(voice)["sha256"]})
    assert sql('SELECT count(*) FROM "case"') == [(0,)]
    phone.put(photo)
    assert phone.one(sent)["needs"] == [ref(voice)["sha256"]]
    phone.put(voice)
    done = phone.one(sent)
    assert (done["state"], done["again"]) == ("received", True)
    case = ok(phone.desk.get("clerk", f"/cases/{done['number']}"))
    assert case["narrative"].startswith("网格现场上报")
    assert [(one["name"], one["type"]) for one in case["attachments"]] == [
        ("照片.jpg", "image/jpeg"), ("语音.webm", "audio/webm"),
    ]  # fmt: skip
    row = FieldEntry.objects.get(pk=sent["id"])
    assert (row.files, row.content, row.state) == ([], {}, "received")
    assert findings() == []


def test_more_with_a_picture(phone: Phone) -> None:
    report, photo = entry(), picture(colour="blue")
    more = entry("more", content={}, refers=report["id"], files=[ref(photo)])
    assert phone.one(more)["state"] == "waiting"
    phone.put(photo)
    assert phone.one(more)["state"] == "waiting"  # now for the report
    number = phone.one(report)["number"]
    assert phone.one(more)["number"] == number
    assert [content for _, content in attachments(phone, number)] == [photo]
    assert findings() == []


def test_pieces_go_on_where_they_broke_off(phone: Phone) -> None:
    content = big(PIECE * 2 + 1000)
    sha256, size = hashlib.sha256(content).hexdigest(), len(content)
    there = f"/sync/files/{sha256}"
    assert ok(phone.desk.get("grid_worker", there)) == {"have": 0, "whole": False}
    assert ok(phone.piece(sha256, 0, size, content[:PIECE])) == {"have": PIECE, "whole": False}
    # the answer was lost: the same piece once more
    again = phone.piece(sha256, 0, size, content[:PIECE])
    assert again.status_code == 409 and again.json()["have"] == PIECE and again.json()["code"] == "conflict"
    ahead = phone.piece(sha256, PIECE * 2, size, content[PIECE * 2 :])
    assert ahead.status_code == 409 and ahead.json()["have"] == PIECE
    assert ok(phone.desk.get("grid_worker", there)) == {"have": PIECE, "whole": False}
    assert ok(phone.piece(sha256, PIECE, size, content[PIECE : PIECE + 10]))["have"] == PIECE + 10
    assert ok(phone.piece(sha256, PIECE + 10, size, content[PIECE + 10 : PIECE * 2]))["have"] == PIECE * 2
    assert ok(phone.piece(sha256, PIECE * 2, size, content[PIECE * 2 :])) == {"have": size, "whole": True}
    assert ok(phone.piece(sha256, 0, size, content[:PIECE])) == {"have": size, "whole": True}
    assert store.path_of(bytes.fromhex(sha256)).read_bytes() == content
    assert not list(Path(settings.ARRIVING).glob("*/*"))


def test_a_file_whose_pieces_are_lost_on_the_disk_begins_again(phone: Phone) -> None:
    content = big(PIECE + 1000)
    sha256, size = hashlib.sha256(content).hexdigest(), len(content)
    phone.piece(sha256, 0, size, content[:PIECE])
    (path,) = Path(settings.ARRIVING).glob("*/*")
    path.unlink()
    assert ok(phone.desk.get("grid_worker", f"/sync/files/{sha256}"))["have"] == 0
    assert phone.piece(sha256, PIECE, size, content[PIECE:]).json()["have"] == 0
    assert phone.put(content)["whole"] is True


def test_a_file_that_is_not_what_it_says_begins_again(phone: Phone) -> None:
    content, other = picture(), picture(colour="green")
    sha256 = hashlib.sha256(content).hexdigest()
    wrong = phone.piece(sha256, 0, len(other), other)
    assert wrong.status_code == 409 and wrong.json()["have"] == 0 and wrong.json()["whole"] is False
    assert not store.path_of(bytes.fromhex(sha256)).exists()
    assert phone.put(content)["whole"] is True


@pytest.mark.parametrize(
    "content", [b"MZ" + b"\0" * 100, b"plain words", b"PK\x03\x04junk", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x"]
)
def test_only_pictures_sounds_films_and_pdf(phone: Phone, content: bytes) -> None:
    refusal(phone.piece(hashlib.sha256(content).hexdigest(), 0, len(content), content), 422, "invalid", "file")
    assert not FieldFile.objects.exists() and not list(Path(settings.ARRIVING).glob("*/*"))


@pytest.mark.parametrize(
    ("offset", "size", "piece"),
    [
        (0, 10, b"x" * 11),
        (-1, 10, b"x"),
        (10, 10, b"x"),
        (0, 10, b""),
        (0, 51 * 1024 * 1024, b"x"),
        (0, 0, b"x"),
        (0, -5, b"x"),
    ],
)
def test_pieces_that_cannot_be(phone: Phone, offset: int, size: int, piece: bytes) -> None:
    assert phone.piece("a" * 64, offset, size, piece).status_code == 422
    assert not FieldFile.objects.exists()


def test_names_that_are_no_digest(phone: Phone) -> None:
    for name in ("x" * 64, "A" * 64, "a" * 63, "..%2f..%2f" + "a" * 54):
        assert phone.piece(name, 0, 1, b"x").status_code in (404, 422)
        assert phone.desk.get("grid_worker", f"/sync/files/{name}").status_code in (404, 422)


def test_a_piece_that_is_too_large(phone: Phone) -> None:
    assert phone.piece("a" * 64, 0, PIECE * 3, b"x" * (PIECE + 1)).status_code == 413


def test_files_of_others_are_not_there(phone: Phone) -> None:
    photo = picture()
    phone.put(photo)
    lead = Phone(phone.desk, "grid_lead")
    sha256 = ref(photo)["sha256"]
    assert ok(lead.desk.get("grid_lead", f"/sync/files/{sha256}")) == {"have": 0, "whole": False}
    waits = lead.one(entry(files=[ref(photo)]))
    assert (waits["state"], waits["needs"]) == ("waiting", [sha256])
    refusal(phone.desk.client.get(f"{API}/sync/files/{sha256}"), 401, "not_signed_in")
    refusal(phone.desk.get("handler", f"/sync/files/{sha256}x"), 422, "invalid", "sha256")


def test_a_length_that_lies(phone: Phone) -> None:
    photo = picture()
    phone.put(photo)
    found = phone.one(entry(files=[ref(photo, size=len(photo) + 1)]))
    assert (found["state"], set(found["fields"])) == ("refused", {"files"})


# ---- the worker is not to be named


def positions(content: bytes) -> bool:
    with Image.open(io.BytesIO(content)) as found:
        exif = found.getexif()
        return bool(exif.get_ifd(0x8825)) or bool(dict(exif)) or "exif" in found.info or "xmp" in found.info


@pytest.mark.parametrize(("form", "name"), [("JPEG", "照片.jpg"), ("PNG", "照片.png"), ("WEBP", "照片.webp")])
def test_of_a_hidden_report_pictures_say_nothing_of_where(phone: Phone, form: str, name: str) -> None:
    photo = picture(gps=True, form=form)
    assert positions(photo)
    phone.put(photo)
    sent = entry(content={"text": "有人倒垃圾", "anonymous": True}, lon=100.5, lat=38.9, files=[ref(photo, name)])
    number = phone.one(sent)["number"]
    ((_, content),) = attachments(phone, number)
    assert content != photo and not positions(content)
    with Image.open(io.BytesIO(content)) as cleaned:
        assert cleaned.size == (64, 48)
    case = ok(phone.desk.get("clerk", f"/cases/{number}"))
    assert (case["lon"], case["lat"]) == (None, None)
    row = FieldEntry.objects.get(pk=sent["id"])
    assert (row.lon, row.lat) == (None, None)
    # what was sent is let go: neither row nor, after an hour, bytes
    assert not FieldFile.objects.exists()
    assert sql("SELECT count(*) FROM procrastinate_jobs WHERE args->>'sha256' = %s", ref(photo)["sha256"]) == [(1,)]
    assert findings() == []


def test_a_picture_that_lies_on_its_side_is_turned_before_it_says_nothing(phone: Phone) -> None:
    made, exif, into = Image.new("RGB", (64, 48)), Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    made.save(into, "JPEG", exif=exif)
    phone.put(into.getvalue())
    sent = entry(content={"text": "匿名", "anonymous": True}, files=[ref(into.getvalue())])
    ((_, content),) = attachments(phone, phone.one(sent)["number"])
    with Image.open(io.BytesIO(content)) as found:
        assert found.size == (48, 64)


def test_what_cannot_be_cleaned_is_refused(phone: Phone) -> None:
    film = b"\0\0\0\x18ftypmp42" + b"\0" * 100
    broken = picture()[:200]
    for content in (film, broken):
        phone.put(content)
        found = phone.one(entry(content={"text": "匿名", "anonymous": True}, files=[ref(content)]))
        assert (found["state"], set(found["fields"])) == ("refused", {"files"}), found


def test_more_to_a_hidden_report_is_cleaned_too(phone: Phone) -> None:
    report, photo = entry(content={"text": "匿名", "anonymous": True}), picture(gps=True)
    number = phone.one(report)["number"]
    phone.put(photo)
    assert phone.one(entry("more", content={}, refers=report["id"], files=[ref(photo)]))["number"] == number
    ((_, content),) = attachments(phone, number)
    assert not positions(content)


# ---- what is left over


def test_files_that_wait_are_not_removed_and_abandoned_ones_are(phone: Phone) -> None:
    later = datetime.now(UTC) + timedelta(days=8)
    kept, dropped, half = picture(), picture(colour="green"), big(PIECE + 10)
    report = entry()
    phone.put(kept)
    phone.put(dropped)
    half_name = hashlib.sha256(half).hexdigest()
    phone.piece(half_name, 0, len(half), half[:PIECE])
    more = entry("more", content={}, refers=report["id"], files=[ref(kept)])
    assert phone.one(more)["state"] == "waiting"
    assert files.drop_abandoned(at=datetime.now(UTC)) == 0
    for content in (kept, dropped):
        assert remove_bytes(hashlib.sha256(content).digest()) is True
        assert store.path_of(hashlib.sha256(content).digest()).exists()
    assert files.drop_abandoned(at=later) == 2
    assert {one.sha256.hex() for one in FieldFile.objects.all()} == {ref(kept)["sha256"]}
    assert not list(Path(settings.ARRIVING).glob("*/*"))
    gone = sql("SELECT args->>'sha256' FROM procrastinate_jobs WHERE task_name = 'onedoor.remove_file'")
    assert gone == [(ref(dropped)["sha256"],)]
    phone.one(report)
    assert phone.one(more)["state"] == "received"
    assert files.drop_abandoned(at=later) == 1
    assert remove_bytes(hashlib.sha256(kept).digest()) is True  # the case has it
    assert store.path_of(hashlib.sha256(kept).digest()).exists()


def test_pieces_without_a_row_go(phone: Phone) -> None:
    stray = Path(settings.ARRIVING) / "7" / ("a" * 64)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"x")
    assert files.drop_strays(at=datetime.now(UTC)) == 0
    assert files.drop_strays(at=datetime.now(UTC) + timedelta(days=8)) == 1
    assert not stray.exists()


def test_positions_go_after_their_time_and_the_case_keeps_its_place(phone: Phone) -> None:
    sent = entry(lon=100.5, lat=38.9, accuracy=5)
    number = phone.one(sent)["number"]
    assert waiting.forget_positions(before=datetime.now(UTC) - timedelta(days=1)) == 0
    assert waiting.forget_positions(before=datetime.now(UTC) + timedelta(days=1)) == 1
    row = FieldEntry.objects.get(pk=sent["id"])
    assert (row.lon, row.lat, row.accuracy) == (None, None, None)
    assert ok(phone.desk.get("clerk", f"/cases/{number}"))["lon"] == 100.5
