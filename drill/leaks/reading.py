"""What an answer says: everything in which a word could hide, and the same without what changes by itself."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from django.http.response import HttpResponseBase

from drill.leaks.askers import content
from drill.leaks.matrix import NOBODYS

_OWN = (
    (re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"'), ""),
    (re.compile(r'(csrf-?token|X-CSRFToken)["\'>: ]+(value="|content=")?[A-Za-z0-9]{32,64}', re.I), ""),
    (re.compile(r'name="(key|id)" value="[^"]+"'), ""),
    (re.compile(r"since=\d+-\d+"), "since=«mark»"),  # of walls, which are drawn anew once in a while
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"), "«time»"),
    (re.compile(r"(?<!\d)\d\d?:\d\d(:\d\d)?(?!\d)"), "«time»"),
    (re.compile(r"\d+ ?(秒|分钟)"), "«time»"),
    (re.compile(r"\b1[78]\d{8}(\.\d+)?\b"), "«time»"),  # seconds since 1970
)
# of their own with every answer
_HEADERS = {"server-timing", "date", "expires", "etag", "last-modified", "content-length", "x-request-id"}


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    whole: str  # headers, address, body, and what is packed in it
    alike: str  # the same, comparable
    etag: str
    modified: str


def read(answer: HttpResponseBase, ids: Mapping[str, str]) -> Said:
    """`ids`: what was guessed with, taken out of what is compared, also where it is quoted twice."""
    text = _unpacked(content(answer))
    headers = [f"{name}: {value}" for name, value in answer.items()]
    cookies = [f"{name}={morsel.value}" for name, morsel in answer.cookies.items()]
    whole = _plain("\n".join([str(answer.status_code), *headers, *cookies, text]))
    kept = [line for line in headers if line.partition(":")[0].lower() not in _HEADERS]
    alike = _plain("\n".join([str(answer.status_code), *sorted(kept), *sorted(answer.cookies), text]))
    for value in sorted({*ids.values(), NOBODYS}, key=len, reverse=True):
        alike = alike.replace(value, "«id»")
    for own, instead in _OWN:
        alike = own.sub(instead, alike)
    return Said(
        answer.status_code, whole, alike, answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
    )


def _plain(text: str) -> str:
    return unescape(unquote(unquote(text)))


def _unpacked(body: bytes) -> str:
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            members = [(name, packed.read(name)) for name in sorted(packed.namelist())]
        return "\n".join(f"{name}\n{inside.decode(errors='replace')}" for name, inside in members)
    if body[:4] == b"%PDF":
        from pypdf import PdfReader

        document = PdfReader(io.BytesIO(body))
        return "\n".join([str(document.metadata), *(page.extract_text() for page in document.pages)])
    return body.decode(errors="replace")
