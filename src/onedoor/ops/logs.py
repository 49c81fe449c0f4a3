"""Log files of the launcher and its children: appended to, rotated by size, three old ones kept."""

import shutil
from pathlib import Path
from typing import BinaryIO

LIMIT = 20 * 1024 * 1024
KEPT = 3


def open_log(path: Path) -> BinaryIO:
    """The log for appending; a child that inherits it keeps writing in the right place after `rotate`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path.open("ab", buffering=0)


def rotate(path: Path, limit: int = LIMIT) -> None:
    """Move what was written to `path.1` (and `.1` to `.2` …) when it has grown beyond `limit` bytes.

    Copied and cut, not renamed, for the children hold it open. Lines written in the same instant may be lost.
    """
    if not path.exists() or path.stat().st_size <= limit:
        return
    aside = path.with_name(f"{path.name}.new")
    try:
        shutil.copyfile(path, aside)
    except OSError:  # a full disk: the old ones stay as they are, however often this is tried
        aside.unlink(missing_ok=True)
        raise
    for number in range(KEPT, 1, -1):
        older = path.with_name(f"{path.name}.{number - 1}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number}"))
    aside.replace(path.with_name(f"{path.name}.1"))
    with path.open("r+b") as file:
        file.truncate(0)


def tail(path: Path, lines: int = 20) -> str:
    """The last lines, for the sentence that explains a failed start."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 16_384))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
