"""Files of entries on their way into a case."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from PIL import Image, ImageOps

from onedoor.cases import files
from onedoor.cases.ids import new_id
from onedoor.cases.sql import execute, rows
from onedoor.cases.steps._state import Row
from onedoor.cases.steps.erase import remove_later
from onedoor.config.suites import STANDARD
from onedoor.rules.access import Actor
from onedoor.rules.field import Entry, FileRef
from onedoor.rules.refusal import INVALID, Refused, invalid

# Of these everything that tells of place and device can be taken away; of films and of HEIC it cannot, here.
_CLEANED = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_PLAIN = frozenset({"audio/webm", "audio/ogg", "audio/amr", "audio/wav"})
MOST_PIXELS = 60_000_000
_ORIENTATION = 0x0112


def is_field_type(media: str) -> bool:
    return media.startswith(("image/", "audio/", "video/")) or media == "application/pdf"


@dataclass(frozen=True, slots=True)
class Arrived:
    """The whole files of one account that entries name, with their sizes."""

    account: int
    sizes: Mapping[str, int]

    def missing(self, entry: Entry) -> tuple[str, ...]:
        return tuple(one.sha256 for one in entry.files if one.sha256 not in self.sizes)


def arrived(account: int, entries: Iterable[Entry]) -> Arrived:
    wanted = sorted({bytes.fromhex(one.sha256) for entry in entries for one in entry.files})
    if not wanted:
        return Arrived(account, {})
    found = rows(
        "SELECT sha256, size FROM grid_fieldfile WHERE account_id = %s AND whole AND sha256 = ANY(%s)",
        [account, wanted],
    )
    return Arrived(account, {bytes(row["sha256"]).hex(): row["size"] for row in found})


def check_sizes(entry: Entry, there: Arrived) -> None:
    for one in entry.files:
        if one.size > settings.ATTACHMENT_LIMIT:
            raise invalid("files", files.too_large().sentence)
        if there.sizes.get(one.sha256, one.size) != one.size:
            raise invalid("files", "文件的大小与送到的不一样，请重新选择文件。")


def papers_of(entry: Entry, *, actor: Actor, at: datetime, clean: bool, only: Arrived | None = None) -> list[Row]:
    """Rows of attachments for the entry's files, which are whole in the store. `clean`: pictures lose what they say of
    place and device; what cannot be cleaned is refused. `only`: those that have come, if a person has decided so."""
    wanted = [one for one in entry.files if only is None or one.sha256 in only.sizes]
    ids = sorted(new_id() for _ in wanted)  # a case lists its files by time and id: in the order of the entry
    return [_paper(key, one, actor, at, clean=clean) for key, one in zip(ids, wanted, strict=True)]


def _paper(key: UUID, one: FileRef, actor: Actor, at: datetime, *, clean: bool) -> Row:
    sha256, size = bytes.fromhex(one.sha256), one.size
    path = files.path_of(sha256)
    with path.open("rb") as file:
        media, suffixes = files.recognise(file, file.read(4096))
    if not is_field_type(media):
        raise invalid("files", "只能带照片、录音、短视频和 PDF。")
    if clean and media not in _PLAIN:
        sha256, size = files.store([cleaned(path, media)])
    elif settings.SUITE is not STANDARD:  # the phone has named it by its SHA-256
        with path.open("rb") as file:
            sha256, size = files.store(iter(lambda: file.read(1024 * 1024), b""))
    name = files.safe_name(one.name or "现场")
    if Path(name).suffix.lower() not in suffixes:
        name = f"{Path(name).stem}{suffixes[0]}"
    return {
        "id": key, "sha256": sha256, "name": name, "type": media, "size": size, "purpose": "",
        "uploader": actor.account, "at": at, "erased_at": None,
    }  # fmt: skip


def cleaned(path: Path, media: str) -> bytes:
    """The picture alone: pixels, turned as they are to be looked at."""
    kind = _CLEANED.get(media)
    if kind is None:
        raise invalid("files", "匿名上报只能带 JPG、PNG、WebP 照片和现场录音：别的文件去不掉位置信息。")
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise invalid("files", "照片太大，请缩小后再报。")
            # a picture that is not turned keeps its compression as it is
            kept = kind == "JPEG" and picture.getexif().get(_ORIENTATION, 1) == 1
            upright = picture if kept else ImageOps.exif_transpose(picture)
            into = io.BytesIO()
            upright.info = {name: upright.info[name] for name in ("transparency",) if name in upright.info}
            upright.encoderinfo = {}
            options = {"quality": "keep" if kept else 90} if kind == "JPEG" else {}
            upright.save(into, kind, exif=b"", **options)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refused(INVALID, "照片打不开，请重新拍照。", {"files": "照片打不开，请重新拍照。"}) from error
    return into.getvalue()


def forget(account: int, refs: Iterable[FileRef]) -> None:
    """Lets go of what the phone sent, where a cleaned picture has taken its place: row and, an hour later, bytes."""
    digests = [bytes.fromhex(one.sha256) for one in refs]
    if digests:
        execute("DELETE FROM grid_fieldfile WHERE account_id = %s AND sha256 = ANY(%s)", [account, digests])
        remove_later(digests)
