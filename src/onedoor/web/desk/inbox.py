"""通知: my notices, and how many of them I have not read."""

import threading
import time
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from onedoor.notices.queries.inbox import MOST_COUNTED, count_unread, list_notices
from onedoor.notices.steps.read import open_notice, read_all
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import CONFIDENTIALITY_NAMES, Confidentiality
from onedoor.rules.notices import NOTICE_NAMES, NOTICES, Reader, reader_of
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page

PAGE = 50
# what a notice is called that is about no case: by the page that it leads to
PAGE_NAMES = {"today": "今日在岗", "harm": "受害线索报告", "bulletins": "通报"}
FRESH = 15.0  # seconds for which a person's figure serves all his pages
_MOST_KEPT = 10_000
_figures: dict[int, tuple[float, int]] = {}
_changing = threading.Lock()


@staff
def inbox(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """My notices, newest first."""
    reader, only_unread = _reader(signed), bool(request.GET.get("unread"))
    cursor = request.GET.get("cursor") or None
    found = list_notices(reader, only_unread=only_unread, limit=PAGE, cursor=cursor)
    names = reader.viewer.sees_names
    items = [
        {
            **item,
            "name": NOTICE_NAMES[item["kind"]],
            "page_name": PAGE_NAMES.get(NOTICES[item["kind"]].page, ""),
            "title": item["title"] if names else "",
            "confidential": ""
            if item["confidentiality"] in (None, Confidentiality.ORDINARY)
            else CONFIDENTIALITY_NAMES[item["confidentiality"]],
        }
        for item in found.items
    ]
    context = {
        "items": items,
        "only_unread": only_unread,
        "waiting": _word(_figure(reader, newest=True)),
        "next_cursor": found.next_cursor,
        "newest": "" if cursor else found.newest,
    }
    return page(request, signed, "inbox.html", context)


@staff
def one_notice(request: HttpRequest, signed: SignedIn, notice: UUID) -> HttpResponse:
    """Goes on to the case, or to the page that the notice is about; who has opened a notice has read it. A link and no
    form, so that it opens in a new tab as any other: nothing is lost by a second call."""
    reader = _reader(signed)
    there = open_notice(reader=reader, at=timezone.now(), notice=notice)
    _forget(reader)
    if there["number"] is None:
        return HttpResponseRedirect(reverse(f"desk:{NOTICES[there['kind']].page}"))
    return HttpResponseRedirect(reverse("desk:case", args=[there["number"]]))


@require_POST
@staff
def all_read(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    reader = _reader(signed)
    count = read_all(reader=reader, at=timezone.now(), up_to=request.POST.get("newest", ""))
    _forget(reader)
    messages.success(request, f"已将{count}条通知标为已读。")
    return HttpResponseRedirect(reverse("desk:inbox"))


@staff
def unread_count(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The figure beside 通知 in the frame of every page, which asks for it by script: a number, or nothing."""
    count = _figure(_reader(signed))
    answer = HttpResponse(_word(count), content_type="text/plain")
    answer["Cache-Control"] = "no-store"
    return answer


def _word(count: int) -> str:
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count or "")


def _reader(signed: SignedIn) -> Reader:
    return reader_of(signed.account, signed.actors, signed.root)


def _figure(reader: Reader, *, newest: bool = False) -> int:
    """How many are unread, at most fifteen seconds old: many open pages of one person ask once."""
    kept = _figures.get(reader.account)
    if kept is not None and not newest and time.monotonic() - kept[0] <= FRESH:
        return kept[1]
    count = count_unread(reader)
    with _changing:
        if len(_figures) >= _MOST_KEPT:
            _figures.clear()
        _figures[reader.account] = (time.monotonic(), count)
    return count


def _forget(reader: Reader) -> None:
    with _changing:
        _figures.pop(reader.account, None)
