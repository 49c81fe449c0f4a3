"""When what is done by hand or by a timer was last done: small files in the data directory, for `/metrics`."""

import json
import os
import time
from pathlib import Path

BACKUP, VERIFY = "backup", "verify"


def note(data: Path, name: str, *, well: bool) -> None:
    """`name` has ended just now. A place that cannot be written to is no reason to fail: what was done is done."""
    path = _path(data, name)
    aside = path.with_suffix(f".{os.getpid()}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside.write_text(json.dumps({"at": time.time(), "well": well}))
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)


def last(data: Path, name: str) -> tuple[float, bool] | None:
    """When (seconds since 1970) it last ended, and whether well; None when it never did."""
    try:
        found = json.loads(_path(data, name).read_text())
        return float(found["at"]), bool(found["well"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path(data: Path, name: str) -> Path:
    return data / "last" / f"{name}.json"
