"""Secrets made on first start and kept in the data directory, one file a key, never in the repository."""

import os
import secrets
from pathlib import Path

KEY_NAMES = ("secret", "field", "ledger", "index")
"""secret: sessions and cookies; field: encryption of ID and phone; ledger: HMAC of the event chain;
index: HMAC of the blind index. For the national suite keys are derived from these (`suites.py`)."""


def key_path(data: Path, name: str) -> Path:
    return data / "keys" / f"{name}.key"


def load_key(data: Path, name: str) -> bytes:
    """The 32-byte key `name`; made on first use.

    Two processes that start together get the same key: the file is written aside and linked into place,
    and whoever comes second reads the first one's.
    """
    path = key_path(data, name)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}.new")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    key = bytes.fromhex(path.read_text().strip())
    if len(key) != 32:
        raise RuntimeError(f"{path} does not hold a 32-byte key")
    return key
