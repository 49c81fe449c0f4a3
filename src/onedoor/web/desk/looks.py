"""查阅记录: who has looked at what in full and who has taken what along, for the auditor."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onedoor.cases.queries.days import today
from onedoor.cases.queries.looks import MOST_EXPORTED, Asked, Page, list_looks, looks_to_export
from onedoor.exchange.looks_file import looks_workbook
from onedoor.people.access_log import ACTIONS, LOOKS, log_access
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import must_act
from onedoor.rules.looks import AUDITS, READS_LOOKS, span_of
from onedoor.rules.refusal import INVALID, Refused
from onedoor.web.desk.access import address_of, staff
from onedoor.web.desk.page import page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELDS = ("since", "until", "action", "username", "number")


@require_safe
@staff
def looks_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The list; `as=xlsx` is the same as a file. Both are looks themselves, and logged as such."""
    must_act(signed.actors, READS_LOOKS, "查看查阅记录")
    values = {name: request.GET.get(name, "").strip() for name in FIELDS}
    faults: dict[str, str] = {}
    found, asked = Page([], ""), None
    try:
        first, last = span_of(values["since"], values["until"], today())
        asked = Asked(first, last, values["action"], values["username"], values["number"].upper())
        if request.GET.get("as") == "xlsx":
            return _file(request, signed, asked)
        found = list_looks(signed, asked, cursor=request.GET.get("cursor", ""))
    except Refused as refused:
        if refused.code != INVALID:
            raise
        faults = refused.fields or {"since": refused.sentence}
    else:
        log_access(action="audit", account=signed.account, subject=asked.logged(), address=address_of(request))
    kept = urlencode({name: value for name, value in values.items() if value})
    context = {
        "values": {**values, "since": values["since"] or (asked.first.isoformat() if asked else ""),
                   "until": values["until"] or (asked.last.isoformat() if asked else "")},
        "faults": faults,
        "items": found.items,
        "next": f"?{kept}&cursor={found.next_cursor}" if found.next_cursor else "",
        "file": f"?{kept}&as=xlsx" if kept else "?as=xlsx",
        "actions": {code: ACTIONS[code] for code in LOOKS},
        "audits": any(actor.role in AUDITS for actor in signed.actors),
        "most": MOST_EXPORTED,
    }  # fmt: skip
    return page(request, signed, "looks.html", context, 422 if faults else 200)


def _file(request: HttpRequest, signed: SignedIn, asked: Asked) -> HttpResponse:
    book, count = looks_workbook(asked.words(), looks_to_export(signed, asked))
    log_access(
        action="audit_export", account=signed.account, subject=asked.logged(), address=address_of(request), rows=count
    )
    answer = HttpResponse(book, XLSX)
    answer["Content-Disposition"] = f'attachment; filename="looks-{asked.first:%Y%m%d}-{asked.last:%Y%m%d}.xlsx"'
    answer["Cache-Control"] = "no-store, private"
    return answer
