"""The archive of the write-ahead log: `./onedoor wal DIR` makes the embedded server copy there, at least once a
minute, all that was written; with a base backup a database can be brought back to any instant after it.

Which folder it is stands in the data directory, not in the environment: a command that starts the server alone must
not leave a gap. A restored directory does not name one, so trying a backup never writes into the archive of the
running centre.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from onedoor.ops.service_user import ServiceUser

NAMED = "wal-archive"
LOG, FILES = "wal", "files"
EVERY = 60  # seconds after which a segment that is not full is archived too
_SEGMENT = re.compile(r"[0-9A-F]{24}")


def folder_of(data: Path) -> Path | None:
    """The archive of this data directory, if it has one."""
    try:
        text = (data / NAMED).read_text().strip()
    except FileNotFoundError:
        return None
    return Path(text) if text else None


def prepare(archive: Path, user: ServiceUser) -> Path | None:
    """The folder of the log in it, given to the server's user. None where it is missing: it is made when the archive
    is chosen, never here, for a disk that is not mounted yet must not be taken for an empty one. Then archiving fails,
    and the server keeps its log until the folder is there."""
    folder = archive / LOG
    if not folder.is_dir():
        return None
    if user.uid is not None and folder.stat().st_uid != user.uid:
        user.give(folder)
    return folder


def missing(archive: Path) -> str:
    """The sentence about an archive that is not there; nothing when it is."""
    folder = archive / LOG
    if folder.is_dir():
        return ""
    return f"归档目录 {folder} 不在（盘没有挂上？），日志先留在数据盘上。请挂上盘；换了新盘的，重新运行 ./onedoor wal"


def settings(archive: Path) -> dict[str, str]:
    return {"archive_mode": "on", "archive_timeout": str(EVERY), "archive_command": _put(archive / LOG)}


def restore_command(archive: Path) -> str:
    return f'gzip -dc {_quoted(archive / LOG)}/"%f".gz >"%p"'


def _put(folder: Path) -> str:
    """Whole under its name or not at all, on the disk before the server forgets it, never over another one. The rest
    of a segment that was ended early is zeroes, so packing it costs little and saves nearly all."""
    target = f'{_quoted(folder)}/"%f".gz'
    aside = f"{target}.$$.new"  # of this attempt: one of a killed server may still be writing
    return (
        f'if test -e {target}; then gzip -dc {target} | cmp -s - "%p"; else'
        f' gzip -1c "%p" >{aside} && sync {aside} && mv {aside} {target} && sync {_quoted(folder)}; fi'
    )


def _quoted(path: Path) -> str:
    return shlex.quote(str(path)).replace("%", "%%")


def segments(archive: Path, size: int) -> Iterator[tuple[int, int, str]]:
    """Timeline, number on it and name of each archived segment of `size` bytes, in order."""
    for name in sorted(path.name for path in (archive / LOG).glob("*.gz")):
        stem = name.removesuffix(".gz")
        if _SEGMENT.fullmatch(stem):
            yield int(stem[:8], 16), int(stem[8:16], 16) * (2**32 // size) + int(stem[16:], 16), stem
