"""The store of attachments: bytes under their digest, types sniffed, names made safe."""

import codecs
import contextlib
import os
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings

from onedoor.cases import space
from onedoor.config.suites import Suite
from onedoor.rules.refusal import Refused, invalid

# What may be handed in, by the bytes it begins with. What a client says of its type is not asked.
_SIGNATURES: tuple[tuple[bytes, int, str, tuple[str, ...]], ...] = (
    (b"%PDF-", 0, "application/pdf", (".pdf",)),
    (b"\xff\xd8\xff", 0, "image/jpeg", (".jpg", ".jpeg")),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", (".png",)),
    (b"GIF87a", 0, "image/gif", (".gif",)),
    (b"GIF89a", 0, "image/gif", (".gif",)),
    (b"WEBP", 8, "image/webp", (".webp",)),
    (b"ftypheic", 4, "image/heic", (".heic",)),
    (b"ftypmif1", 4, "image/heic", (".heic",)),
    (b"ftypM4A", 4, "audio/mp4", (".m4a",)),
    (b"ftyp", 4, "video/mp4", (".mp4", ".m4v", ".mov", ".3gp")),
    (b"ID3", 0, "audio/mpeg", (".mp3",)),
    (b"\xff\xfb", 0, "audio/mpeg", (".mp3",)),
    (b"#!AMR", 0, "audio/amr", (".amr",)),
    (b"OggS", 0, "audio/ogg", (".ogg", ".opus")),
    (b"WAVE", 8, "audio/wav", (".wav",)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "application/msword", (".doc", ".xls", ".wps", ".et")),
)
_WEBM = b"\x1a\x45\xdf\xa3"
_OFFICE = {
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)),
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)),
}
TYPES = "PDF、图片（JPG、PNG、GIF、WebP、HEIC）、Word、Excel、音频、视频和纯文本"
MOST_NAME = 120
HALF_LIFE = timedelta(days=1)


def safe_name(name: str) -> str:
    """The last part of the path, without control and reserved characters, at most 120 characters long."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(sign for sign in name if sign.isprintable() and unicodedata.category(sign) != "Cs")
    name = re.sub(r'[<>:"|?*]', "_", name).strip(". ")
    stem, dot, suffix = name.rpartition(".")
    if dot and len(suffix) <= 8:
        return (stem[: MOST_NAME - len(suffix) - 1] or "附件") + "." + suffix
    return name[:MOST_NAME] or "附件"


def sniff(file: IO[bytes], name: str) -> str:
    """The media type by content; refuses what is not allowed, and a name that says something else."""
    file.seek(0)
    start = file.read(4096)
    if not start:
        raise empty()
    suffix = Path(name).suffix.lower()
    found, suffixes = recognise(file, start)
    if not found:
        raise invalid("file", f"不支持这种文件。可以上传：{TYPES}。")
    if suffix not in suffixes:
        raise invalid("file", f"文件内容与扩展名“{suffix or '（无）'}”不符，请按原文件上传。")
    return found


def recognise(file: IO[bytes], start: bytes) -> tuple[str, tuple[str, ...]]:
    """The media type by the first 4096 bytes, and the suffixes that fit, the usual one first; nothing for others."""
    if start.startswith(_WEBM):  # what browsers record
        film = any(codec in start for codec in (b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG4"))
        return ("video/webm" if film else "audio/webm"), (".webm",)
    for signature, place, media, suffixes in _SIGNATURES:
        if start[place : place + len(signature)] == signature:
            return media, suffixes
    if start.startswith(b"PK\x03\x04"):
        file.seek(0)
        try:
            with zipfile.ZipFile(file) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return "", ()
        for folder, (media, suffixes) in _OFFICE.items():
            if any(entry.startswith(folder) for entry in names) and "[Content_Types].xml" in names:
                return media, suffixes
        return "", ()
    if b"\0" not in start:
        for encoding in ("utf-8", "gb18030"):
            try:
                # the end of the sample may cut the last character in half
                codecs.getincrementaldecoder(encoding)().decode(start, final=len(start) < 4096)
            except UnicodeDecodeError:
                continue
            return "text/plain", (".txt", ".csv")
    return "", ()


def store(chunks: Iterable[bytes], under: str = "") -> tuple[bytes, int]:
    """Puts the bytes into the store, or a part of it (`under`) with a life of its own; returns digest and size.
    Safe to repeat and to kill at any moment: the file appears whole under its digest or not at all. Refuses what is
    empty or above the limit. The digest is SHA-256 or, of the national suite, SM3 and a mark (33 bytes); the columns
    for it are called after the first."""
    folder = Path(settings.FILES) / under
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if space.is_full(folder):
        raise space.no_room()
    suite: Suite = settings.SUITE
    hasher, size = suite.hasher(), 0
    descriptor, aside = tempfile.mkstemp(dir=folder, prefix=".upload-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.ATTACHMENT_LIMIT:
                    raise too_large()
                hasher.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if size == 0:
            raise empty()
        digest = suite.marked(hasher.digest())
        move_in(Path(aside), path_of(digest, under))
    finally:
        Path(aside).unlink(missing_ok=True)
    return digest, size


def forget_halves(at: datetime) -> int:
    """Removes what uploads have left behind whose process was killed, once it is a day old; how many."""
    forms = Path(settings.FILE_UPLOAD_TEMP_DIR)
    folders = (Path(settings.FILES), *(one for one in Path(settings.FILES).glob("*") if one.is_dir()))
    left = [*forms.glob("*.upload*"), *(path for folder in folders for path in folder.glob(".upload-*"))]
    removed = 0
    for path in left:
        with contextlib.suppress(FileNotFoundError):  # the upload has just ended
            if at.timestamp() - path.stat().st_mtime > HALF_LIFE.total_seconds():
                path.unlink()
                removed += 1
    return removed


def move_in(aside: Path, target: Path) -> None:
    """Puts a file that is on the disk under its name, so that it has the name after a power cut too."""
    made = [folder for folder in (target.parent, target.parent.parent) if not folder.exists()]
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside.replace(target)
    for folder in (target.parent, *(one.parent for one in made)):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def empty() -> Refused:
    return invalid("file", "文件是空的，请检查后重新上传。")


def too_large() -> Refused:
    return invalid("file", f"文件太大，最多{settings.ATTACHMENT_LIMIT // 1024 // 1024}MB。")


def path_of(sha256: bytes, under: str = "") -> Path:
    name = bytes(sha256).hex()
    return Path(settings.FILES) / under / name[:2] / name[2:4] / name
