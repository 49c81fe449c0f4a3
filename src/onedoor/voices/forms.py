"""What makes a form of an open page one thing, however often it is sent."""

import os

from onedoor.cases import secrets


def form_index(key: str, *content: str, about: str) -> bytes:
    """The same for the same form with the same content; random where the form had no key. A blind index."""
    said = "\0".join((key, *content)).encode("utf-8", "replace") if key else os.urandom(16)
    found = secrets.blind_index(secrets.sha256(said).hex(), about=about)
    assert found is not None, "a digest is no empty text"
    return found


def question_code(key: str, *content: str) -> str:
    """Ten characters without look-alikes."""
    return secrets.code_of(form_index(key, *content, about="question.form"), 10)


def code_index(code: str) -> bytes | None:
    """What the table keeps of a new code."""
    return secrets.blind_index(code, about="question")


def code_indexes(code: str) -> list[bytes]:
    """What the table may have kept of a code that was typed; empty for nothing."""
    return secrets.blind_indexes(code.strip().upper().replace("-", "").replace(" ", ""), about="question")
