"""导入网格: a workbook or GeoJSON, looked at before it is written."""

import hashlib
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.exchange.import_office import Report, Row, read_table, take_over, template
from onedoor.exchange.jobs import uploads
from onedoor.exchange.mapping import Unusable
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.geo import SYSTEMS
from onedoor.web.desk.admin.access import administrator
from onedoor.web.desk.page import page
from onedoor.web.grid_table import MOST_BYTES, TABLE, example_geojson, in_system, read_geojson

MOST_FAULTS = 200
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@administrator
def upload(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """POST keeps the file for an hour and shows what it would do; nothing is written yet."""
    if request.method == "GET":
        return _shown(request, signed)
    system = request.POST.get("system", "cgcs2000")
    try:
        file = _keep(request, by)
        report = take_over(TABLE, read_grids(file, system), by=by, rehearsal=True)
    except Unusable as unusable:
        return _shown(request, signed, fault=str(unusable), system=system)
    return _shown(request, signed, report=report, file=file, system=system)


@require_POST
@administrator
def confirm(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """Writes the file that was looked at, and no other."""
    system, digest = request.POST.get("system", "cgcs2000"), request.POST.get("digest", "")
    file = next((one for one in _files(by) if one.exists() and _digest(one) == digest), None)
    if file is None:
        return _shown(request, signed, fault="要导入的文件已不在或已换成另一份，请重新上传。", system=system)
    try:
        report = take_over(TABLE, read_grids(file, system), by=by, rehearsal=False)
    except Unusable as unusable:
        return _shown(request, signed, fault=str(unusable), system=system)
    if report.faults:  # somebody has changed something since
        return _shown(request, signed, report=report, file=file, system=system)
    file.unlink(missing_ok=True)
    return _shown(request, signed, done=report)


@require_safe
@administrator
def download_template(request: HttpRequest, signed: SignedIn, by: By, kind: str) -> HttpResponse:
    body, media = (template(TABLE), _WORKBOOK) if kind == "xlsx" else (example_geojson(), "application/geo+json")
    answer = HttpResponse(body, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="grids.{kind}"'
    return answer


def read_grids(path: Path, system: str) -> list[Row]:
    """The rows of a workbook (.xlsx) or of GeoJSON. Raises Unusable."""
    if system not in SYSTEMS:
        raise Unusable("请选择坐标系。")
    return in_system(read_table(path, TABLE) if path.suffix == ".xlsx" else read_geojson(path), system)


def _files(by: By) -> list[Path]:
    return [uploads() / f"grids-{by.actor.account}{ending}" for ending in (".xlsx", ".geojson")]


def _keep(request: HttpRequest, by: By) -> Path:
    """It lies in the data directory for the owner's eyes only. What it is says its beginning, not its name."""
    sent = request.FILES.get("file")
    if request.META.get("onedoor.too_large") or (isinstance(sent, UploadedFile) and (sent.size or 0) > MOST_BYTES):
        raise Unusable(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请分成几个文件，或先简化边界。")
    if not isinstance(sent, UploadedFile):
        raise Unusable("请先选择文件。")
    body = b"".join(sent.chunks())
    for old in _files(by):
        old.unlink(missing_ok=True)
    file = _files(by)[0 if body[:2] == b"PK" else 1]
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(body)
    return file


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _shown(
    request: HttpRequest,
    signed: SignedIn,
    *,
    fault: str = "",
    report: Report | None = None,
    file: Path | None = None,
    done: Report | None = None,
    system: str = "cgcs2000",
) -> HttpResponse:
    context = {
        "table": TABLE,
        "fault": fault,
        "report": report,
        "faults": report.faults[:MOST_FAULTS] if report else [],
        "more_faults": max(0, len(report.faults) - MOST_FAULTS) if report else 0,
        "features": file is not None and file.suffix != ".xlsx",
        "digest": _digest(file) if file else "",
        "done": done,
        "systems": SYSTEMS,
        "system": system,
    }
    return page(request, signed, "admin/grid_import.html", context, 422 if fault or context["faults"] else 200)
