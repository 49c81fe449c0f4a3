"""The two suites of ciphers and digests, chosen by ONEDOOR_SUITE: the standard one, and the national one (国密).

What is stored names its suite, so that a database may hold values of both and another choice concerns new values
alone: the standard suite's values have no mark and stand as they always did; those of the national suite end with
`MARK` (digests, blind indexes), begin with `SEALED` (encrypted fields) or name it in words (rows of the ledger,
events, checkpoints, manifests of backups). Both draw on the same key files; each national algorithm has a key of its
own, derived from one of them.

SM3: GB/T 32905 (GM/T 0004); SM4: GB/T 32907 (GM/T 0002), in GCM as RFC 8998 has it; both are OpenSSL's, by the
library `cryptography`. Imports nothing of Django: settings and the command line use it too.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

from onedoor.config.env import BadSetting

MARK = b"\x53"  # ends a digest of the national suite: 33 bytes instead of 32, 17 instead of 16
SEALED = b"SM4-GCM\x01"  # a random nonce begins so once in 2^64 values
_NONCE, _TAG, _BLOCK = 12, 16, 1024 * 1024


class Hasher(Protocol):
    """Takes bytes piece by piece; `digest` may be asked once."""

    def update(self, data: bytes, /) -> object: ...
    def digest(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Suite:
    """`word` names it where something stored names it in words; empty for the standard suite."""

    code: str
    word: str
    name: str
    mark: bytes
    hasher: Callable[[], Hasher]
    keyed_hasher: Callable[[bytes], Hasher]
    # 32 bytes without a mark, the second HMAC by (key, data); at one go, since every write pays for them
    digest: Callable[[bytes], bytes]
    mac: Callable[[bytes, bytes], bytes]

    def marked(self, digest: bytes) -> bytes:
        """The digest as it is stored where nothing else says whose it is."""
        return digest + self.mark

    def digest_of_file(self, path: Path) -> bytes:
        found = self.hasher()
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                found.update(block)
        return found.digest()

    def seal(self, key: bytes, text: bytes, about: bytes) -> bytes:
        """Encrypted and authenticated together with `about`, as `unseal` takes it."""
        nonce = os.urandom(_NONCE)
        if self is STANDARD:
            return nonce + AESGCM(key).encrypt(nonce, text, about)
        cipher = Cipher(algorithms.SM4(_derived(key, b"SM4")[:16]), modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(about)
        body = cipher.update(text) + cipher.finalize()
        return SEALED + nonce + body + cipher.tag


class _Sm3:
    """hashlib's face of OpenSSL's SM3, which hashlib has only where the system's own OpenSSL does."""

    def __init__(self, key: bytes | None = None) -> None:
        self._of = hashes.Hash(hashes.SM3()) if key is None else HMAC(key, hashes.SM3())

    def update(self, data: bytes) -> None:
        self._of.update(data)

    def digest(self) -> bytes:
        return self._of.finalize()


def _sm3_keyed(key: bytes) -> Hasher:
    return _Sm3(_derived(key, b"SM3"))


def _sm3_digest(data: bytes) -> bytes:
    found = hashes.Hash(hashes.SM3())
    found.update(data)
    return found.finalize()


def _sm3_mac(key: bytes, data: bytes) -> bytes:
    found = HMAC(_derived(key, b"SM3"), hashes.SM3())
    found.update(data)
    return found.finalize()


STANDARD = Suite(
    "standard",
    "",
    "SHA-256、HMAC-SHA256、AES-256-GCM",
    b"",
    hasher=hashlib.sha256,
    keyed_hasher=lambda key: hmac.new(key, None, "sha256"),
    digest=lambda data: hashlib.sha256(data).digest(),
    mac=lambda key, data: hmac.digest(key, data, "sha256"),
)
NATIONAL = Suite(
    "sm",
    "sm3",
    "SM3、HMAC-SM3、SM4-GCM",
    MARK,
    hasher=_Sm3,
    keyed_hasher=_sm3_keyed,
    digest=_sm3_digest,
    mac=_sm3_mac,
)
SUITES = {suite.code: suite for suite in (STANDARD, NATIONAL)}


def unseal(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """What `seal` of either suite has sealed. Changed, misplaced or of another key: raises InvalidTag."""
    if not sealed.startswith(SEALED):
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
    nonce, body = sealed[len(SEALED) :][:_NONCE], sealed[len(SEALED) + _NONCE :]
    mode = modes.GCM(nonce, body[-_TAG:])
    cipher = Cipher(algorithms.SM4(_derived(key, b"SM4")[:16]), mode).decryptor()
    cipher.authenticate_additional_data(about)
    return cipher.update(body[:-_TAG]) + cipher.finalize()


def named(word: object) -> Suite | None:
    """The suite that a stored word names; None for one that is unknown."""
    return next((suite for suite in SUITES.values() if suite.word == word), None)


def of_digest(digest: bytes) -> Suite:
    """Whose a stored digest of 32 bytes and perhaps a mark is."""
    return NATIONAL if len(digest) == 33 and digest.endswith(MARK) else STANDARD


def chosen(code: str) -> Suite:
    """For the setting; stops the start when the suite is unknown, or this machine's OpenSSL has no SM3 or SM4-GCM."""
    if code not in SUITES:
        raise BadSetting(f"ONEDOOR_SUITE={code!r} is none of: {', '.join(SUITES)}")
    suite = SUITES[code]
    if suite is NATIONAL:
        try:
            unseal(bytes(32), suite.seal(bytes(32), b"", b""), b"")
        except UnsupportedAlgorithm as error:
            raise BadSetting("ONEDOOR_SUITE=sm needs an OpenSSL with SM3 and SM4-GCM (3.1 or later)") from error
    return suite


@lru_cache(maxsize=16)
def _derived(key: bytes, purpose: bytes) -> bytes:
    """A key for one algorithm: no key serves two of them."""
    found = HMAC(key, hashes.SM3())
    found.update(b"onedoor\0" + purpose)
    return found.finalize()
