"""录音录像 of a session, for who may know its words."""

from pathlib import Path

from onedoor.cases import files
from onedoor.cases.queries.gate import case_for, not_found
from onedoor.cases.steps._state import load
from onedoor.mediation.queries.file import reads_alone
from onedoor.mediation.steps._act import facts_of, key_of, rows_of
from onedoor.people.access_log import log_access
from onedoor.rules.access import Viewer
from onedoor.rules.refusal import INTERNAL, NOT_ALLOWED, Refused
from onedoor.rules.telling import SEPARATE


def recording_of(viewer: Viewer, number: str, key: str) -> tuple[Path, str, str]:
    """Path, name and type of the file; the look is logged. Not found for who may not know what was said."""
    state = load(case_for(viewer, number))
    case_id = state.case["id"]
    found = rows_of("session_recording", case_id, "id = %s AND erased_at IS NULL", (key_of(key),))
    if not found:
        raise not_found()
    session = rows_of("mediation_session", case_id, "id = %s", (found[0]["session_id"],))[0]
    mediation = rows_of("mediation", case_id, "id = %s", (session["mediation_id"],))[0]
    facts = facts_of(mediation, rows_of("mediation_consent", case_id))
    if session["kind"] in SEPARATE:
        if not reads_alone(viewer.account, state, session, facts):
            raise not_found()
    elif not viewer.sees_names:
        raise Refused(NOT_ALLOWED, "您的岗位不能查看录音录像。")
    path = files.path_of(found[0]["sha256"])
    if not path.exists():
        raise Refused(INTERNAL, "文件缺失，请联系管理员从备份恢复。")
    log_access(action="download", account=viewer.account, subject=state.case["number"], county=state.case["county"])
    return path, found[0]["name"], found[0]["type"]
