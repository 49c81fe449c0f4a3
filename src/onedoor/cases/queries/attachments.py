"""One attachment, through the gate."""

from pathlib import Path
from uuid import UUID

from onedoor.cases import files
from onedoor.cases.queries.gate import case_for, not_found
from onedoor.cases.sql import rows
from onedoor.people.access_log import log_access
from onedoor.rules.access import Viewer
from onedoor.rules.refusal import INTERNAL, NOT_ALLOWED, Refused


def attachment_of(viewer: Viewer, account: int, number: str, attachment: str) -> tuple[Path, str, str]:
    """Path, name and type of a file; the look is logged. Its content names people, so who sees no names cannot
    have it."""
    row = case_for(viewer, number)
    if not viewer.sees_names:
        raise Refused(NOT_ALLOWED, "您的岗位不能查看附件。")
    try:
        wanted = UUID(attachment)
    except ValueError:
        raise not_found() from None
    found = rows(
        "SELECT name, type, sha256 FROM attachment WHERE case_id = %s AND id = %s AND erased_at IS NULL",
        [row["id"], wanted],
    )
    if not found:
        raise not_found()
    path = files.path_of(found[0]["sha256"])
    if not path.exists():
        raise Refused(INTERNAL, "附件文件缺失，请联系管理员从备份恢复。")
    log_access(action="download", account=account, subject=row["number"], county=row["county"])
    return path, found[0]["name"], found[0]["type"]
