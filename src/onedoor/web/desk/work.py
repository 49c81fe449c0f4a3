"""我的工作: what waits for me, late first."""

import math
import threading
import time

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from onedoor.cases.queries.cases import Filters, list_cases
from onedoor.cases.queries.work import FRESH_SECONDS, count_queues, heartbeats, newest_event
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Role
from onedoor.voices.queries.questions import count_waiting
from onedoor.web.desk.access import asked_by_the_page, staff
from onedoor.web.desk.cases import shown
from onedoor.web.desk.page import page

PAGE = 50


@staff
def my_work(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The queues of my posts with their figures, and the chosen one: the first that holds something late, else
    the first that holds anything."""
    now, viewer = timezone.now(), signed.viewer()
    posts = tuple((actor.role, actor.unit) for actor in signed.actors)
    queues = count_queues(viewer, posts, now)
    wanted = request.GET.get("queue", "")
    chosen = next((queue for queue in queues if queue.name == wanted), None)
    if chosen is None:
        chosen = next((queue for queue in queues if queue.red), None)
        chosen = chosen or next((queue for queue in queues if queue.waiting), queues[0] if queues else None)
    items, following = [], None
    # a post that nothing waits for sees what it may look at
    filters = Filters(root=signed.root, now=now)
    if chosen is not None:
        filters = Filters(queue=chosen.name, posts=posts, root=signed.root, now=now, order="due_first")
    if signed.posts and (chosen is None or chosen.waiting):
        found = list_cases(viewer, filters, limit=PAGE, cursor=request.GET.get("cursor") or None, counted=False)
        items, following = shown(found.items, viewer, now), found.next_cursor
    asked, asked_late = count_waiting(signed.actors, timezone.localdate(now))
    context = {
        "asked": asked,
        "asked_late": asked_late,
        "queues": queues,
        "chosen": chosen,
        "items": items,
        "next_cursor": following,
        "stamp": _stamp(newest=True),
        "red": sum(queue.red for queue in queues),
        "clock_stands": bool(OVERSEES & {actor.role for actor in signed.actors}) and clock_stands(),
    }
    return page(request, signed, "work.html", context)


_newest: tuple[float, str] = (0.0, "")
_asking = threading.Lock()
FRESH = 3.0  # seconds for which one answer serves everybody


def _stamp(*, newest: bool = False) -> str:
    """When the record last changed, at most three seconds old: asked once for all who wait for it. A page takes
    the `newest`, or it would soon take its own reader's last move for a change."""
    global _newest  # one value for the process, like a cache of one
    with _asking:
        if newest or time.monotonic() - _newest[0] > FRESH:
            _newest = (time.monotonic(), newest_event())
        return _newest[1]


OVERSEES = frozenset({Role.SUPERVISOR, Role.DIRECTOR, Role.ADMIN})
_sweeper: tuple[float, bool] = (-60.0, False)


def clock_stands() -> bool:
    """Whether no sweep has run for five minutes, or ever, so that nobody is warned; asked twice a minute for all."""
    global _sweeper  # one value for the process, like a cache of one
    if time.monotonic() - _sweeper[0] > 30:
        _sweeper = (time.monotonic(), heartbeats().get("sweeper", math.inf) > FRESH_SECONDS["sweeper"])
    return _sweeper[1]


@asked_by_the_page
def stamp(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """A word that changes when the record does; open pages ask for it now and then."""
    answer = HttpResponse(_stamp(), content_type="text/plain")
    answer["Cache-Control"] = "no-store"
    return answer
