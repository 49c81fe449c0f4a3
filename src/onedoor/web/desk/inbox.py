"""通知: my notices, and how many of them I have not read."""

import threading
import time
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from onedoor.notices.queries.inbox import MOST_COUNTED, count_unread, list_notices, new_notices
from onedoor.notices.steps.read import open_notice, read_all
from onedoor.people.tokens import SignedIn, digest_of, still_issued
from onedoor.rules.access import CONFIDENTIALITY_NAMES, Confidentiality
from onedoor.rules.notices import NOTICE_NAMES, NOTICES, Reader, reader_of
from onedoor.web.desk.access import asked_by_the_page, staff, token_of
from onedoor.web.desk.page import page

PAGE = 50
# what a notice is called that is about no case: by the page that it leads to
PAGE_NAMES = {"today": "今日在岗", "harm": "受害线索报告", "bulletins": "通报", "me": "我的账号"}
# What stands beside 通知 costs no statement of the person's own as long as nothing has come for him: one look at new
# notices serves everybody (LOOKED seconds), who it is is asked again after KNOWN, and the figure is counted anew after
# COUNTED, for what has been taken back.
LOOKED, KNOWN, COUNTED = 3.0, 60.0, 120.0
_MOST_KEPT = 10_000
_figures: dict[int, tuple[float, int]] = {}
_readers: dict[bytes, tuple[float, Reader]] = {}
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


def unread_count(request: HttpRequest) -> HttpResponseBase:
    """The figure beside 通知 in the frame of every page, which asks for it by script: a number, or nothing. With
    `newest`, by who has just been reading, it is counted anew."""
    token = token_of(request)
    _drop_signed_out()
    kept = _readers.get(digest_of(token)) if token else None
    if kept is None or time.monotonic() - kept[0] > KNOWN:
        return _unread_of_signed(request)
    return _told(kept[1], request)


def forget_reader(token: str) -> None:
    """Whoever signs out is told nothing more, at once."""
    with _changing:
        _readers.pop(digest_of(token), None)


def _drop_signed_out() -> None:
    """The same wherever a token was ended: at another process, everywhere, by the administrator. One look serves
    everybody."""
    with _looking:
        now = time.monotonic()
        if now - _news.tokens_looked <= LOOKED:
            return
        known = list(_readers)
        there = still_issued(known) if known else set()
        with _changing:
            for one in known:
                if one not in there:
                    _readers.pop(one, None)
        _news.tokens_looked = now


@asked_by_the_page
def _unread_of_signed(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    reader = _reader(signed)
    with _changing:
        if len(_readers) >= _MOST_KEPT:
            _readers.clear()
        _readers[digest_of(token_of(request))] = (time.monotonic(), reader)
    return _told(reader, request)


def _told(reader: Reader, request: HttpRequest) -> HttpResponse:
    count = _figure(reader, newest=request.GET.get("newest") == "1")
    answer = HttpResponse(_word(count), content_type="text/plain")
    answer["Cache-Control"] = "no-store"
    return answer


def _word(count: int) -> str:
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count or "")


def _reader(signed: SignedIn) -> Reader:
    return reader_of(signed.account, signed.actors, signed.root)


def _figure(reader: Reader, *, newest: bool = False) -> int:
    """How many are unread: counted when a notice has come to one of his audiences, else as it was."""
    kept = _figures.get(reader.account)
    lasts = kept is not None and not newest and time.monotonic() - kept[0] <= COUNTED
    if kept is not None and lasts and not _has_news(reader, kept[0]):
        return kept[1]
    begun = time.monotonic()
    count = count_unread(reader)
    with _changing:
        if len(_figures) >= _MOST_KEPT:
            _figures.clear()
        _figures[reader.account] = (begun, count)
    return count


class _News:
    """When notices have come to whom, as this process has seen it."""

    def __init__(self) -> None:
        self.looked = self.tokens_looked = -LOOKED
        self.seen: frozenset[UUID] = frozenset()
        self.at: dict[int, float] = {}


_news, _looking = _News(), threading.Lock()


def _has_news(reader: Reader, since: float) -> bool:
    with _looking:
        now = time.monotonic()
        if now - _news.looked > LOOKED:
            found = new_notices()
            for notice, audience in found:
                if notice not in _news.seen:
                    _news.at[audience] = now
            _news.seen = frozenset(notice for notice, _ in found)
            _news.at = {audience: at for audience, at in _news.at.items() if now - at <= COUNTED}
            _news.looked = now
        return any(_news.at.get(audience, -COUNTED) >= since for audience in reader.kinds)


def _forget(reader: Reader) -> None:
    with _changing:
        _figures.pop(reader.account, None)
