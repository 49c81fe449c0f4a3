"""Attachments over HTTP: hand in and get back."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from ninja import File, Router, UploadedFile
from ninja.params import Form

from onedoor.api import schemas
from onedoor.api.cases import answer, key_of
from onedoor.api.problems import problem
from onedoor.api.session import actors_of, who
from onedoor.cases import files
from onedoor.cases.queries.gate import case_for, not_found
from onedoor.cases.sql import rows
from onedoor.cases.steps.attach import attach
from onedoor.people.access_log import log_access
from onedoor.rules.refusal import Refused

router = Router()


@router.post("/{number}/attachments", summary="上传附件", response={200: None, 201: None}, openapi_extra=schemas.KEYED)
def upload(
    request: HttpRequest,
    number: str,
    file: File[UploadedFile],
    purpose: Form[str] = "",
    as_post: Form[int | None] = None,
) -> HttpResponse:
    """Adds a file to the record. Answers 201, or 200 when the same Idempotency-Key has brought it already."""
    signed = who(request)
    added = attach(
        viewer=signed.viewer(),
        actors=actors_of(signed, {"as_post": as_post}),
        number=number,
        at=timezone.now(),
        name=file.name or "",
        file=file,
        chunks=file.chunks(),
        purpose=purpose,
        key=key_of(request),
    )
    return answer(request, added, 200 if added["again"] else 201)


@router.get("/{number}/attachments/{attachment}", summary="下载附件")
def download(request: HttpRequest, number: str, attachment: str) -> HttpResponse | FileResponse:
    """The file as it was handed in. Its content names people, so who sees no names cannot have it."""
    signed = who(request)
    row = case_for(signed.viewer(), number)
    if not signed.viewer().sees_names:
        raise Refused("not_allowed", "您的岗位不能查看附件。")
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
        return problem("internal", "附件文件缺失，请联系管理员从备份恢复。", status=500)
    log_access(action="download", account=signed.account, subject=row["number"], county=row["county"])
    sent = FileResponse(path.open("rb"), content_type=found[0]["type"])
    # always saved, never shown by the browser as a page of ours
    sent["Content-Disposition"] = content_disposition_header(True, found[0]["name"]) or "attachment"
    sent["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return sent
