"""Attachments over HTTP: hand in and get back."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from ninja import File, Router, UploadedFile
from ninja.params import Form

from onedoor.api import schemas
from onedoor.api.cases import answer, key_of
from onedoor.api.session import actors_of, who
from onedoor.cases.queries.attachments import attachment_of
from onedoor.cases.steps.attach import attach

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
    path, name, kind = attachment_of(signed.viewer(), signed.account, number, attachment)
    sent = FileResponse(path.open("rb"), content_type=kind)
    # always saved, never shown by the browser as a page of ours
    sent["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    sent["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return sent
