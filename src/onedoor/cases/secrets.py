"""Encryption of single fields, blind indexes, codes on paper and salts, by the suite of the settings.

A change of the suite concerns new values: `decrypt` opens both, what is looked up is looked up under both
(`blind_indexes`), and a code that was printed under one holds under the other.
"""

import base64
import hashlib
import hmac
import os

from django.conf import settings

from onedoor.config.suites import STANDARD, SUITES, Suite, unseal


def encrypt(text: str, *, about: str) -> bytes | None:
    """AES-256-GCM or SM4-GCM of `text`; nothing for an empty text.

    `about` binds the ciphertext to its place ("party.phone"), so that one field's bytes are no good in another.
    """
    if not text:
        return None
    suite: Suite = settings.SUITE
    return suite.seal(settings.FIELD_KEY, text.encode(), about.encode())


def decrypt(sealed: bytes | memoryview | None, *, about: str) -> str:
    """The text back; empty for nothing. A changed or misplaced ciphertext raises InvalidTag."""
    if sealed is None:
        return ""
    return unseal(settings.FIELD_KEY, bytes(sealed), about.encode()).decode()


def blind_index(text: str, *, about: str) -> bytes | None:
    """A keyed digest for equality alone, as a new value gets it: 16 bytes; the national suite adds a mark."""
    return _index(text, about, settings.SUITE) if text else None


def blind_indexes(text: str, *, about: str) -> list[bytes]:
    """What may stand in the table for `text`: its index under either suite, that of new values first. For `= ANY(%s)`;
    empty for nothing."""
    if not text:
        return []
    suites = sorted(SUITES.values(), key=lambda suite: suite is not settings.SUITE)
    return [_index(text, about, suite) for suite in suites]


def _index(text: str, about: str, suite: Suite) -> bytes:
    return suite.marked(_keyed(f"{about}\0{text}", suite)[:16])


def _keyed(text: str, suite: Suite) -> bytes:
    return suite.mac(settings.INDEX_KEY, text.encode())


def code_of(digest: bytes, length: int) -> str:
    """Characters without look-alikes, for what people copy by hand."""
    return base64.b32encode(digest).decode()[:length].translate(str.maketrans("OI", "89"))


def receipt_code(case_id: str) -> str:
    """The code on the applicant's receipt: eight characters without look-alikes, made from the case's id and
    a key, so that it is stored nowhere and can be printed again."""
    return _letters(f"receipt\0{case_id}", 8, settings.SUITE)


def receipt_code_holds(case_id: str, code: str) -> bool:
    return _one_of(f"receipt\0{case_id}", 8, code.strip().upper().replace("-", "").replace(" ", ""))


def one_time_code(message_id: str) -> str:
    """Six digits for one message, made from its id and a key, so that the code is stored nowhere."""
    digest = _keyed(f"one-time\0{message_id}", settings.SUITE)
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def one_time_code_holds(message_id: str, code: str) -> bool:
    """Under the suite of now alone: a code lives minutes, and of six digits a guess shall not have two tries."""
    return hmac.compare_digest(one_time_code(message_id).encode(), code.strip().encode())


def rating_code(case_id: str) -> str:
    """The end of the address that opens the rating of one case and nothing else; eight characters."""
    return _letters(f"rating\0{case_id}", 8, settings.SUITE)


def rating_code_holds(case_id: str, code: str) -> bool:
    return _one_of(f"rating\0{case_id}", 8, code.strip().upper())


def care_code(plan_id: str) -> str:
    """The code on the sheet of a care plan, ten characters, made from its id and a key like the receipt's. Always of
    the standard suite: the table keeps the index of the code that was first made, and the sheet is printed again."""
    return _letters(f"care\0{plan_id}", 10, STANDARD)


def care_code_index(code: str) -> bytes | None:
    """What the table keeps of such a code."""
    return blind_index(_typed(code), about="care")


def care_code_indexes(code: str) -> list[bytes]:
    """What the table may have kept of a code that was typed."""
    return blind_indexes(_typed(code), about="care")


def _typed(code: str) -> str:
    return code.strip().upper().replace("-", "").replace(" ", "")


def _letters(text: str, length: int, suite: Suite) -> str:
    return code_of(_keyed(text, suite), length)


def _one_of(text: str, length: int, given: str) -> bool:
    """Whether it is the code under either suite: it may have been printed under the other one."""
    codes = [_letters(text, length, suite) for suite in SUITES.values()]
    return sum(hmac.compare_digest(code.encode(), given.encode()) for code in codes) > 0


def salt() -> bytes:
    return os.urandom(12)


def sha256(data: bytes) -> bytes:
    """Where an outer format says SHA-256, or where two texts are only compared; what is proved or protected goes by
    the suite."""
    return hashlib.sha256(data).digest()
