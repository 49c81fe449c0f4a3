"""外部数据: what was imported month by month, with its versions; the template; an upload."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries.days import today
from onedoor.exchange.mapping import Unusable
from onedoor.exchange.workbook import MOST_BYTES
from onedoor.figures.external_file import Fault, MonthRow, read_months, template
from onedoor.figures.models import ExternalMonth
from onedoor.figures.queries.external import list_months, versions_of
from onedoor.figures.queries.scope import centres_seen
from onedoor.figures.steps.external import import_external
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import acting, must_act
from onedoor.rules.centre_papers import OVERSEES, WRITES
from onedoor.rules.external import EXTERNAL_KINDS, MAIN
from onedoor.rules.months import month_of
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.reports import REPORT
from onedoor.web.desk.access import staff
from onedoor.web.desk.centres import centre_chosen
from onedoor.web.desk.figures import XLSX
from onedoor.web.desk.page import page

MOST_FAULTS = 100


@require_http_methods(["GET", "POST"])
@staff
def external_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """POST takes the months of a workbook over, all or none."""
    must_act(signed.actors, OVERSEES, "查看外部数据")
    centres, centre = centre_chosen(request, signed)
    fault, faults = "", list[Fault]()
    if request.method == "POST":
        REPORT.writer(signed.actors)
        try:
            months, faults = _read(request)
            if not faults:
                taken = import_external(actors=signed.actors, at=timezone.now(), months=months, centre=centre)
                said = (
                    f"新增{taken.new}个月，更正{taken.corrected}个月（原来的版本保留），没有变化的{taken.same}个月。"
                )
                messages.success(request, said)
                return HttpResponseRedirect(f"{reverse('desk:external')}?centre={centre}")
        except Unusable as unusable:
            fault = str(unusable)
    context = {
        "items": [_line(one) for one in list_months(_centre(signed, centre))],
        "kinds": [EXTERNAL_KINDS[code].name for code in MAIN],
        "writes": acting(signed.actors, WRITES) is not None, "centres": centres, "centre": centre,
        "fault": fault, "faults": faults[:MOST_FAULTS], "more_faults": max(0, len(faults) - MOST_FAULTS),
    }  # fmt: skip
    return page(request, signed, "reports/external.html", context, 422 if fault or faults else 200)


def _read(request: HttpRequest) -> tuple[list[MonthRow], list[Fault]]:
    """The file is looked at and not kept: what counts is in the numbers."""
    sent = request.FILES.get("file")
    if request.META.get("onedoor.too_large") or (isinstance(sent, UploadedFile) and (sent.size or 0) > MOST_BYTES):
        raise Unusable(f"文件超过 {MOST_BYTES // 1024 // 1024} MB。")
    if not isinstance(sent, UploadedFile):
        raise Unusable("请先选择填好的 Excel 文件。")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "external.xlsx"
        file.write_bytes(b"".join(sent.chunks()))
        return read_months(file, today())


def _centre(signed: SignedIn, chosen: int | None) -> int:
    """His own centre where he writes; an auditor's the one at the top of what he oversees."""
    if chosen is not None:
        return chosen
    seen = centres_seen(signed.actors, OVERSEES)
    if not seen:
        raise Refused(NOT_FOUND, "这里没有综治中心。")
    return min(seen)


def _line(one: ExternalMonth) -> dict[str, Any]:
    return {
        "one": one,
        "month": f"{one.month:%Y-%m}",
        "cells": [{"name": EXTERNAL_KINDS[code].name, "value": one.counts.get(code)} for code in MAIN],
    }


@staff
def external_month(request: HttpRequest, signed: SignedIn, month: str) -> HttpResponse:
    """Every version of one month beside each other, newest first, and what has changed."""
    must_act(signed.actors, OVERSEES, "查看外部数据")
    try:
        versions = versions_of(_centre(signed, centre_chosen(request, signed)[1]), month_of(month))
    except Refused as refused:
        raise Refused(NOT_FOUND, refused.sentence) from None
    if not versions:
        raise Refused(NOT_FOUND, "这个月还没有导入。")
    rows = []
    for code, kind in EXTERNAL_KINDS.items():
        values = [one.counts.get(code) for one in versions]
        later = [*values[1:], values[-1]]
        cells = [
            {"value": value, "changed": value != before, "version": one.version}
            for value, before, one in zip(values, later, versions, strict=True)
        ]
        rows.append({"name": kind.name, "depth": 0 if not kind.within else 1, "cells": cells})
    return page(request, signed, "reports/external_month.html", {"month": month, "versions": versions, "rows": rows})


@staff
def external_template(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    must_act(signed.actors, OVERSEES, "查看外部数据")
    answer = HttpResponse(template(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="external.xlsx"'
    return answer
