"""A phone of the field: makes entries, sends batches and files. Needs the demo county (fixture `desk`)."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from PIL import Image

from api.kit import API, Desk, ok

VILLAGE = "990101100201"
PIECE = 256 * 1024


def stamp(at: datetime) -> str:
    return at.isoformat()


def entry(kind: str = "report", *, content: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A report of a hole in the road unless the caller says otherwise, as the app writes it."""
    return {
        "id": str(uuid4()),
        "kind": kind,
        "made_at": stamp(datetime.now(UTC) - timedelta(minutes=5)),
        "offset_ms": 0,
        "lon": None,
        "lat": None,
        "accuracy": None,
        "files": [],
        "content": {"text": "三组路口路面塌陷，有一个大坑。", "category": "incident.facility"}
        if content is None
        else content,
        **changes,
    }


def picture(*, gps: bool = False, size: tuple[int, int] = (64, 48), colour: str = "red", form: str = "JPEG") -> bytes:
    made = Image.new("RGB", size, colour)
    exif = Image.Exif()
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (38.0, 55.0, 30.0), 3: "E", 4: (100.0, 27.0, 15.0)})
        exif[0x0110] = "Some Phone 12"
    into = io.BytesIO()
    made.save(into, form, exif=exif)
    return into.getvalue()


def ref(content: bytes, name: str = "照片.jpg", **changes: Any) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "name": name, "size": len(content), **changes}


class Phone:
    """One device of one user."""

    def __init__(self, desk: Desk, who: str = "grid_worker") -> None:
        self.desk, self.who, self.device = desk, who, str(uuid4())

    def post(self, *entries: Any, **changes: Any) -> HttpResponse:
        body = {"device": self.device, "sent_at": stamp(datetime.now(UTC)), "entries": list(entries), **changes}
        return self.desk.post(self.who, "/sync", body)

    def send(self, *entries: Any, **changes: Any) -> list[dict[str, Any]]:
        return list(ok(self.post(*entries, **changes))["entries"])

    def one(self, sent: Any, **changes: Any) -> dict[str, Any]:
        return self.send(sent, **changes)[0]

    def piece(self, sha256: str, offset: int, size: int, piece: bytes) -> HttpResponse:
        return self.desk.client.put(
            f"{API}/sync/files/{sha256}?offset={offset}&size={size}",
            piece,
            content_type="application/octet-stream",
            headers=self.desk.signed(self.who),
        )

    def put(self, content: bytes) -> dict[str, Any]:
        """The whole file in its pieces."""
        sha256, found = hashlib.sha256(content).hexdigest(), {}
        for offset in range(0, len(content), PIECE):
            found = ok(self.piece(sha256, offset, len(content), content[offset : offset + PIECE]))
        return found

    def down(self, **headers: str) -> HttpResponse:
        return self.desk.client.get(API + "/sync", headers=self.desk.signed(self.who) | headers)

    def mine(self) -> dict[str, dict[str, Any]]:
        return {one["id"]: one for one in ok(self.down())["mine"]}
