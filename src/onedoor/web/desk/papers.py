"""What is printed from the desk: the receipt, and the case file."""

import segno
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from onedoor.cases import secrets
from onedoor.cases.queries import case_file
from onedoor.cases.queries.gate import case_for
from onedoor.cases.steps._state import CaseState, load
from onedoor.hall.queries.tickets import number_of_case
from onedoor.people.access_log import log_access
from onedoor.people.models import Unit
from onedoor.people.tokens import SignedIn
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page
from onedoor.web.desk.register import RECEIPT_SALT

PASS_SECONDS = 3600


@staff
def receipt(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    """受理回执, on half a sheet: number, matter, what comes next, and a QR code to the page that follows it.

    The code that proves who the applicant is stands on it only for the one who has just registered the matter.
    """
    viewer, now = signed.viewer(), timezone.now()
    state = load(case_for(viewer, number))
    file = case_file.case_file(viewer, state, now)
    code = ""
    if _holds(request.GET.get("pass", ""), file["number"], signed.account):
        code = secrets.receipt_code(str(state.case["id"]))
        log_access(action="receipt", account=signed.account, subject=file["number"], county=state.case["county"])
    address = f"{settings.PUBLIC_URL}/track?number={file['number']}"
    context = {
        "file": file,
        "centre": _full_name(state.case["receiving_centre_id"]),
        "applicants": [party for party in file["parties"] if party["part"] == "applicant"],
        "ticket": number_of_case(file["number"]),
        "code": f"{code[:4]}-{code[4:]}" if code else "",
        "address": address,
        "rating": _rating_address(state) if code else "",
        "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
        "printed_at": now,
    }
    return page(request, signed, "receipt.html", context)


def _rating_address(state: CaseState) -> str:
    return f"{settings.PUBLIC_URL}/rate/{state.case['number']}-{secrets.rating_code(str(state.case['id']))}"


def _full_name(unit: int) -> str:
    """Paper bears the unit's full name."""
    return Unit.objects.values_list("name", flat=True).get(pk=unit)


def _holds(given: str, number: str, account: int) -> bool:
    try:
        return bool(signing.loads(given, salt=RECEIPT_SALT, max_age=PASS_SECONDS) == [number, account])
    except signing.BadSignature:
        return False


@staff
def case_print(request: HttpRequest, signed: SignedIn, number: str) -> HttpResponse:
    """The case file for paper, personal data masked as on the screen."""
    viewer, now = signed.viewer(), timezone.now()
    state = load(case_for(viewer, number))
    log_access(action="print", account=signed.account, subject=state.case["number"], county=state.case["county"])
    context = {
        "file": case_file.case_file(viewer, state, now),
        "timeline": case_file.events_of(viewer, state.case),
        "printed_at": now,
    }
    return page(request, signed, "case_print.html", context)
