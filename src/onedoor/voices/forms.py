"""What makes a form of an open page one thing, however often it is sent."""

import base64
import os

from onedoor.cases import secrets


def form_index(key: str, *content: str, about: str) -> bytes:
    """The same for the same form with the same content; random where the form had no key. 16 bytes."""
    said = "\0".join((key, *content)).encode("utf-8", "replace") if key else os.urandom(16)
    found = secrets.blind_index(secrets.sha256(said).hex(), about=about)
    assert found is not None, "a digest is no empty text"
    return found


def question_code(key: str, *content: str) -> str:
    """Ten characters without look-alikes."""
    letters = base64.b32encode(form_index(key, *content, about="question.form")).decode()
    return letters[:10].translate(str.maketrans("OI", "89"))


def code_index(code: str) -> bytes | None:
    """What the table keeps of a code that was typed; None for nothing."""
    return secrets.blind_index(code.strip().upper().replace("-", "").replace(" ", ""), about="question")
