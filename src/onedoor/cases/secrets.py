"""Encryption of single fields, blind indexes, receipt codes and salts."""

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


def encrypt(text: str, *, about: str) -> bytes | None:
    """AES-256-GCM of `text`, nonce first; nothing for an empty text.

    `about` binds the ciphertext to its place ("party.phone"), so that one field's bytes are no good in another.
    """
    if not text:
        return None
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(settings.FIELD_KEY).encrypt(nonce, text.encode(), about.encode())


def decrypt(sealed: bytes | memoryview | None, *, about: str) -> str:
    """The text back; empty for nothing. A changed or misplaced ciphertext raises InvalidTag."""
    if sealed is None:
        return ""
    data = bytes(sealed)
    return AESGCM(settings.FIELD_KEY).decrypt(data[:_NONCE], data[_NONCE:], about.encode()).decode()


def blind_index(text: str, *, about: str) -> bytes | None:
    """A keyed digest for equality alone; 16 bytes."""
    if not text:
        return None
    return hmac.digest(settings.INDEX_KEY, f"{about}\0{text}".encode(), "sha256")[:16]


def receipt_code(case_id: str) -> str:
    """The code on the applicant's receipt: eight characters without look-alikes, made from the case's id and
    a key, so that it is stored nowhere and can be printed again."""
    digest = hmac.digest(settings.INDEX_KEY, f"receipt\0{case_id}".encode(), "sha256")
    letters = base64.b32encode(digest).decode()
    return letters[:8].translate(str.maketrans("OI", "89"))


def receipt_code_holds(case_id: str, code: str) -> bool:
    given = code.strip().upper().replace("-", "").replace(" ", "")
    return hmac.compare_digest(receipt_code(case_id).encode(), given.encode())


def one_time_code(message_id: str) -> str:
    """Six digits for one message, made from its id and a key, so that the code is stored nowhere."""
    digest = hmac.digest(settings.INDEX_KEY, f"one-time\0{message_id}".encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def one_time_code_holds(message_id: str, code: str) -> bool:
    return hmac.compare_digest(one_time_code(message_id).encode(), code.strip().encode())


def rating_code(case_id: str) -> str:
    """The end of the address that opens the rating of one case and nothing else; eight characters."""
    digest = hmac.digest(settings.INDEX_KEY, f"rating\0{case_id}".encode(), "sha256")
    return base64.b32encode(digest).decode()[:8].translate(str.maketrans("OI", "89"))


def rating_code_holds(case_id: str, code: str) -> bool:
    return hmac.compare_digest(rating_code(case_id).encode(), code.strip().upper().encode())


def care_code(plan_id: str) -> str:
    """The code on the sheet of a care plan, ten characters, made from its id and a key like the receipt's."""
    digest = hmac.digest(settings.INDEX_KEY, f"care\0{plan_id}".encode(), "sha256")
    return base64.b32encode(digest).decode()[:10].translate(str.maketrans("OI", "89"))


def care_code_index(code: str) -> bytes | None:
    """What the table keeps of such a code; of one that was typed too."""
    return blind_index(code.strip().upper().replace("-", "").replace(" ", ""), about="care")


def salt() -> bytes:
    return os.urandom(12)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
