"""The files of a running centre kept a second time: beside the archived log, and in a replica. Files lie under their
digest and are never changed, so only new ones are copied; what was erased here stays there until it is cleared away
with the backups (docs/handbook/operations.md)."""

import errno
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from onedoor.ops import archive
from onedoor.ops.supervise import Child

EVERY = 5.0
SETTLED = 2_000_000_000  # ns


class Mirror:
    """Copies what is new below `source` to `target`. A folder whose time has not changed since it was last copied
    whole is not read again."""

    def __init__(self, source: Path, target: Path) -> None:
        self.source, self.target = source, target
        self.known: dict[Path, tuple[int, list[Path]]] = {}

    def once(self) -> int:
        """How many files were copied; each is on the disk when this returns. Raises FileNotFoundError where the folder
        of `target` is missing: a disk that is not mounted, which must not be taken for an empty one."""
        if not self.target.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.target.parent))
        copied, folders = 0, [self.source]
        while folders:
            folder = folders.pop()
            try:
                changed = folder.stat().st_mtime_ns
                before, inside = self.known.get(folder, (0, []))
                if before != changed:
                    inside, new = self._read(folder)
                    copied += new
                    # what comes while it is read may have the same time
                    settled = time.time_ns() - changed > SETTLED
                    self.known[folder] = (changed if settled else 0, inside)
            except FileNotFoundError:
                continue
            folders += inside
        return copied

    def _read(self, folder: Path) -> tuple[list[Path], int]:
        inside, copied = [], 0
        with os.scandir(folder) as entries:
            for entry in entries:
                path = Path(entry.path)
                target = self.target / path.relative_to(self.source)
                if entry.is_dir(follow_symlinks=False):
                    inside.append(path)
                elif not entry.name.startswith(archive.ARRIVING) and not target.exists():
                    archive.copy_file(path, target)
                    copied += 1
        return inside, copied


def child(source: Path, target: Path, log: Path, environment: Mapping[str, str]) -> Child:
    """A process that does so until its launcher ends."""
    command = [sys.executable, "-m", "onedoor.ops", "mirror", str(source), str(target)]
    return Child("附件副本", command, log / "mirror.log", environment)


def run(argv: list[str]) -> int:
    """`mirror SOURCE TARGET` until it is ended (started by `up`)."""
    source, target = map(Path, argv)
    mirror = Mirror(source, target)
    while True:
        try:
            mirror.once()
        except OSError as error:
            print(f"附件没有复制到 {target}：{error}", file=sys.stderr, flush=True)
        time.sleep(EVERY)
