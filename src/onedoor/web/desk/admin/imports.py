"""从 Excel 导入: upload, look at what would happen, confirm."""

import hashlib
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.exchange.import_office import Report, read_table, take_over, template
from onedoor.exchange.jobs import uploads
from onedoor.exchange.mapping import Unusable
from onedoor.exchange.office_tables import TABLES, Table
from onedoor.exchange.workbook import MOST_BYTES
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.web.desk.admin.access import administrator, not_there
from onedoor.web.desk.page import page

MOST_FAULTS = 200
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@administrator
def upload(request: HttpRequest, signed: SignedIn, by: By, table: str) -> HttpResponse:
    """POST keeps the file for an hour and shows what it would do; nothing is written yet."""
    wanted = _table(table)
    if request.method == "GET":
        return _shown(request, signed, wanted)
    try:
        digest = _keep(request, wanted, by)
        report = take_over(wanted, read_table(_file(wanted, by), wanted), by=by, rehearsal=True)
    except Unusable as unusable:
        return _shown(request, signed, wanted, fault=str(unusable))
    return _shown(request, signed, wanted, report=report, digest=digest)


@require_POST
@administrator
def confirm(request: HttpRequest, signed: SignedIn, by: By, table: str) -> HttpResponse:
    """Writes the file that was looked at, and no other. First passwords stand on this answer and nowhere else."""
    wanted = _table(table)
    file = _file(wanted, by)
    try:
        _check_same(file, request.POST.get("digest", ""))
        report = take_over(wanted, read_table(file, wanted), by=by, rehearsal=False)
    except Unusable as unusable:
        return _shown(request, signed, wanted, fault=str(unusable))
    if report.faults:  # somebody has changed something since
        return _shown(request, signed, wanted, report=report, digest=_digest(file))
    file.unlink(missing_ok=True)
    return _shown(request, signed, wanted, done=report)


@administrator
def download_template(request: HttpRequest, signed: SignedIn, by: By, table: str) -> HttpResponse:
    answer = HttpResponse(template(_table(table)), content_type=_WORKBOOK)
    answer["Content-Disposition"] = f'attachment; filename="{table}.xlsx"'
    return answer


def _table(code: str) -> Table:
    if code not in TABLES:
        raise not_there("导入表")
    return TABLES[code]


def _file(table: Table, by: By) -> Path:
    return uploads() / f"{table.code}-{by.actor.account}.xlsx"


def _keep(request: HttpRequest, table: Table, by: By) -> str:
    """The digest of what was uploaded. It lies in the data directory for the owner's eyes only."""
    sent = request.FILES.get("file")
    if request.META.get("onedoor.too_large") or (isinstance(sent, UploadedFile) and (sent.size or 0) > MOST_BYTES):
        raise Unusable(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请删去多余的内容，或分成几个文件。")
    if not isinstance(sent, UploadedFile):
        raise Unusable("请先选择填好的 Excel 文件。")
    file = _file(table, by)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(b"".join(sent.chunks()))
    return _digest(file)


def _check_same(file: Path, digest: str) -> None:
    if not file.exists() or _digest(file) != digest:
        raise Unusable("要导入的文件已不在或已换成另一份，请重新上传。")


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _shown(
    request: HttpRequest,
    signed: SignedIn,
    table: Table,
    *,
    fault: str = "",
    report: Report | None = None,
    digest: str = "",
    done: Report | None = None,
) -> HttpResponse:
    context = {
        "table": table,
        "fault": fault,
        "report": report,
        "faults": report.faults[:MOST_FAULTS] if report else [],
        "more_faults": max(0, len(report.faults) - MOST_FAULTS) if report else 0,
        "digest": digest,
        "done": done,
        "back": f"desk:admin_{table.code}",
    }
    return page(request, signed, "admin/import.html", context, 422 if fault or context["faults"] else 200)
