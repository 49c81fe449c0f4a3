"""Room on the disks. Before a disk is full writes are refused, so that what was written stays readable: a database
that finds no room for its journal stops altogether."""

import errno
import os
from pathlib import Path

from django.conf import settings

from onedoor.rules.refusal import NO_SPACE, Refused

SENTENCE = "服务器存储空间不足，暂时不能保存，您的操作没有保存。请联系系统管理员，稍后再试。"
DATABASE, FILES = "database", "files"


def short_of() -> list[str]:
    """For what there is no room: the embedded database, the files, or none of them."""
    places = {DATABASE: settings.DATA / "pg", FILES: Path(settings.FILES)}
    return [name for name, place in places.items() if is_full(place)]


def is_full(place: Path) -> bool:
    """Whether less than ONEDOOR_SPARE_MB is left where `place` lies; False where there is no such folder: a database
    on another machine says itself when it is full."""
    try:
        found = os.statvfs(place)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < settings.SPARE


def no_room() -> Refused:
    return Refused(NO_SPACE, SENTENCE)


def is_lack_of_room(error: BaseException) -> bool:
    """Whether a fault comes from a full disk, here or in the database."""
    return any(
        getattr(one, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or getattr(one, "sqlstate", None) == "53100"
        for one in (error, error.__cause__)
        if one is not None
    )
