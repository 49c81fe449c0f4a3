"""The duty room's screen: the day of a centre. It has a key of its own, which a device keeps as a cookie and which can
do nothing else; one look at the database serves all screens of a centre."""

import threading
import time
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from onedoor.figures.queries.wall import BANDS, Known, Wall, known_of, screen_of, wall_of
from onedoor.figures.steps.screens import digest_of
from onedoor.grid.queries.on_map import grid_layer, outlines, version
from onedoor.hall.queries.centres import Centre, centre_named
from onedoor.rules.intake import CHANNELS
from onedoor.rules.residence import HALVES
from onedoor.rules.seeing import SMALL, WEEKDAYS
from onedoor.web.desk.grid_map import shapes_answer
from onedoor.web.public.page import open_page, unchanged

COOKIE = "onedoor_screen"
PATH = "/wall/board"
SCRIPT = "built/wall.js"
FRESH = 10.0  # seconds for which one look serves all screens of a centre
KNOWN_FRESH = 600.0
MOST_UNITS = 14  # that fit on the screen


@dataclass(frozen=True, slots=True)
class _Looked:
    at: float
    body: bytes
    mark: str


_looked: dict[int, _Looked] = {}
_known: dict[int, tuple[float, Known]] = {}
_looking: dict[int, threading.Lock] = {}  # one for each centre: none waits for another


@require_safe
def board_wall(request: HttpRequest) -> HttpResponse:
    """The frame; its script asks for what it shows."""
    screen = _screen(request)
    if screen is None:
        return open_page(request, "wall/none.html", {}, 403)
    context = {"centre": centre_named(screen["centre"]), "bands": BANDS, "small": SMALL}
    return open_page(request, "wall/board.html", context)


@require_safe
def board_data(request: HttpRequest) -> HttpResponse:
    """What the screen shows, as JSON; nothing when it is as the screen has it (`since`)."""
    screen = _screen(request)
    if screen is None:
        return _refused()
    looked = _fresh(centre_named(screen["centre"]))
    if request.GET.get("since") == looked.mark:
        return unchanged()
    answer = HttpResponse(looked.body, content_type="application/json")
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_safe
def board_shapes(request: HttpRequest) -> HttpResponse:
    """The ground of the map: the divisions below the centre's, or with `by=grid` its grids."""
    screen = _screen(request)
    if screen is None:
        return _refused()
    path = centre_named(screen["centre"]).path
    return shapes_answer(request, grid_layer([path]) if request.GET.get("by") == "grid" else outlines(path))


def _screen(request: HttpRequest) -> dict[str, Any] | None:
    token = request.COOKIES.get(COOKIE, "")
    return screen_of(digest_of(token)) if token else None


def _refused() -> HttpResponse:
    answer = HttpResponse(status=403)
    answer["Cache-Control"] = "no-store"
    return answer


def _fresh(centre: Centre) -> _Looked:
    """The day as it was at most FRESH seconds ago. Others wait for whoever looks."""
    with _looking.setdefault(centre.id, threading.Lock()):
        kept = _looked.get(centre.id)
        if kept is not None and time.monotonic() - kept.at <= FRESH:
            return kept
        known = _known.get(centre.id)
        now = timezone.now()
        if known is None or time.monotonic() - known[0] > KNOWN_FRESH:
            known = _known[centre.id] = (time.monotonic(), known_of(centre, now))
        told = _told(wall_of(centre, now, known[1]))
        mark = sha256(orjson.dumps(told)).hexdigest()[:16]
        body = orjson.dumps({**told, "mark": mark, "at": timezone.localtime(now).isoformat()})
        kept = _looked[centre.id] = _Looked(time.monotonic(), body, mark)
        return kept


def _told(wall: Wall) -> dict[str, Any]:
    today = wall.today
    units = [
        {"name": unit["name"], "note": "、".join(unit["halves"]) if mode == "rota" else _came(mode, unit)}
        for mode in ("rota", "fixed", "on_call")
        for unit in today.units.get(mode, ())
        if (mode != "on_call" or unit["arrived_at"]) and (mode != "fixed" or today.working)
    ]
    return {
        "version": _build(),
        "shapes": version(),
        "day": f"{today.day.year}年{today.day.month}月{today.day.day}日",
        "weekday": WEEKDAYS[today.day.isoweekday()],
        "working": today.working,
        "counts": {"registered": wall.registered, "open": wall.open, "ended": wall.ended, "at_once": wall.at_once},
        "hours": wall.hours,
        "channels": [{"name": name, "count": wall.channels.get(code, 0)} for code, name in CHANNELS.items()]
        if wall.channels is not None
        else None,
        "lights": wall.lights,
        "places": {code: {"name": name, "count": count} for code, (name, count) in wall.places.items()},
        "grids": wall.grids,
        "lines": [{"place": one.place, "category": one.category, "stage": one.stage} for one in wall.lines],
        "leaders": [
            {"half": name, "now": half == today.half, **_leader(today.leaders.get(half))}
            for half, name in HALVES.items()
        ],
        "units": units[:MOST_UNITS],
        "more_units": max(0, len(units) - MOST_UNITS),
    }  # fmt: skip


@cache
def _build() -> str:
    """Changes with the screen's script: a page that was opened before it is to be loaded anew."""
    found = finders.find(SCRIPT)
    return sha256(Path(found).read_bytes()).hexdigest()[:12] if isinstance(found, str) else ""


def _leader(one: dict[str, Any] | None) -> dict[str, str]:
    return {"name": one["leader"], "office": one["office"]} if one else {"name": "", "office": ""}


def _came(mode: str, unit: dict[str, Any]) -> str:
    return "已到岗" if mode == "on_call" else unit["place"] or ""
