"""Signatures as they are handed in: drawn on the screen, or on a sheet of which there is a scan."""

import base64
import binascii
from uuid import UUID

from onedoor.cases.secrets import encrypt
from onedoor.mediation.steps._act import Act
from onedoor.rules.refusal import invalid

DRAWING = "agreement.drawing"
MOST_DRAWING = 200 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"


def sealed_drawing(drawing: str) -> bytes | None:
    """A PNG as a data address, encrypted; refuses what is no picture."""
    try:
        image = base64.b64decode(drawing.removeprefix("data:image/png;base64,"), validate=True)
    except (binascii.Error, ValueError):
        image = b""
    if not image.startswith(_PNG):
        raise invalid("drawing", "请在方框内手写签名。")
    if len(image) > MOST_DRAWING:
        raise invalid("drawing", "签名图片太大，请重新书写。")
    return encrypt(base64.b64encode(image).decode(), about=DRAWING)


def scan_of(act: Act, attachment: str) -> UUID:
    """The attachment of the case that shows the signed, sealed or fingerprinted sheet."""
    found = next((row for row in act.state.files if str(row["id"]) == attachment), None)
    if found is None:
        raise invalid("attachment", "请先上传签名、盖章或按指印的纸质件的照片或扫描件。")
    key: UUID = found["id"]
    return key
