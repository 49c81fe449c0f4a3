"""时限试算: what a scheme's limits come to, which scheme a matter gets, and what another limit would have meant."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from onedoor.cases.queries import choices
from onedoor.cases.queries.catalogue import whole_tree
from onedoor.cases.queries.days import ZONE
from onedoor.cases.queries.trial import NATIONAL, TrialLimit, calendar_for, trial
from onedoor.cases.queries.what_if import MOST, TRIED, another_limit, as_in, what_if
from onedoor.cases.schemes import book, choose, scheme_of
from onedoor.people.find import written
from onedoor.people.tokens import SignedIn
from onedoor.rules.day_marks import day_marks
from onedoor.rules.deadlines import Calendar
from onedoor.rules.intake import CHANNELS, KINDS, PURPOSES
from onedoor.rules.refusal import NOT_ALLOWED, Refused, invalid
from onedoor.rules.schemes import BINDS, CLOCK_NAMES, FALLBACK, TRACKS, UNIT_NAMES, Period, Scheme
from onedoor.rules.supervision import SEES_WHAT_IF
from onedoor.web.desk.access import staff
from onedoor.web.desk.month import WEEKDAYS, months, months_between
from onedoor.web.desk.page import page

MOST_MONTHS = 4


@staff
def trial_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Every limit of one scheme from one moment on, and one of them on the calendar."""
    given = _given(request, ("scheme", "start", "division", "kind"))
    if not request.GET:
        given |= {
            "scheme": FALLBACK,
            "start": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
            "division": _own(signed),
        }
    faults: dict[str, str] = {}
    found: dict[str, Any] = {}
    try:
        found = _tried(given)
    except Refused as refused:
        faults = refused.fields
    context = {
        "given": given,
        "faults": faults,
        "schemes": book().schemes,
        "divisions": choices.divisions(),
        "weekdays": WEEKDAYS,
        **_frame(signed),
        **found,
    }
    return page(request, signed, "deadlines/trial.html", context, 422 if faults else 200)


def _tried(given: dict[str, str]) -> dict[str, Any]:
    scheme = _scheme(given["scheme"])
    start = _moment(given["start"])
    calendar = calendar_for(given["division"] or NATIONAL, field="division")
    limits = trial(scheme, start, calendar)
    shown = next((one for one in limits if one.item.kind == (given["kind"] or "handle")), limits[0])
    return {
        "scheme": scheme,
        "start": start,
        "limits": [_limit(one) for one in limits],
        "shown": _limit(shown),
        **_strip(shown, start, calendar),
    }


def _limit(one: TrialLimit) -> dict[str, Any]:
    item = one.item
    return {
        "kind": item.kind,
        "name": CLOCK_NAMES[item.kind],
        "limit": str(Period(item.amount, item.unit)) if item.amount else "当日",
        "binds": BINDS[item.binds],
        "consequence": item.follows,
        "item": item,
        **one.times._asdict(),
        "explanation": one.explanation,
    }


def _strip(limit: TrialLimit, start: datetime, calendar: Calendar) -> dict[str, Any]:
    """The months over which the limit runs, each day marked in words."""
    marks = {mark.day: mark for mark in day_marks(limit.item, start, limit.times.due_at, calendar=calendar, zone=ZONE)}
    first, last = start.astimezone(ZONE).date(), limit.times.due_at.astimezone(ZONE).date()
    places = months_between(first, last, MOST_MONTHS)

    def cell(day: date) -> dict[str, Any]:
        mark = marks.get(day)
        if mark is None:
            return {"word": "", "state": "out"}
        ends = "edge" if mark.word in ("起", "止") else ""
        return {"word": mark.word, "state": ends or ("counted" if mark.number else "skipped"), "mark": mark}

    return {"months": months(places, cell), "cut": (last.year, last.month) > places[-1]}


@staff
def which_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Which scheme a matter of this sort gets, by which rule, and what else would have fitted."""
    given = _given(request, ("kind", "purpose", "channel", "category", "track", "urgent"))
    tables = {
        "kind": KINDS,
        "purpose": {"": "不涉及", **PURPOSES},
        "channel": CHANNELS,
        "category": {one["code"]: "　" * one["depth"] + one["name"] for one in whole_tree() if one["active"]},
        "track": TRACKS,
    }
    faults: dict[str, str] = {}
    found: dict[str, Any] = {}
    if request.GET:
        for name in ("kind", "purpose", "channel", "track"):
            if given[name] not in tables[name]:
                faults[name] = "请选择。"
        if given["category"] and given["category"] not in tables["category"]:
            faults["category"] = "没有这个类别。"
        if not faults:
            scheme, choice = choose(given | {"urgent": bool(given["urgent"])})
            schemes = book().schemes
            others = [{"rule": rule, "scheme": schemes[rule.scheme]} for rule in choice.others]
            found = {"scheme": scheme, "choice": choice, "others": others}
    context = {"given": given, "faults": faults, "tables": tables, **_frame(signed), **found}
    return page(request, signed, "deadlines/which.html", context, 422 if faults else 200)


@staff
def what_if_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """How many limits of concluded cases would have been missed under another limit for handling, or under all limits
    of another scheme or version."""
    if not _sees_what_if(signed):
        raise Refused(NOT_ALLOWED, "“如果改期限”只对督办员、中心主任和系统管理员开放。")
    given = _given(request, ("scheme", "amount", "unit", "other"))
    others = _others()
    faults: dict[str, str] = {}
    found: dict[str, Any] = {}
    if request.GET:
        try:
            scheme = _scheme(given["scheme"])
            if given["other"]:
                if given["other"] not in others:
                    raise invalid("other", "请选择方案和版本。")
                code, version = given["other"].rsplit(":", 1)
                limit, changed = others[given["other"]], as_in(scheme_of(code, int(version)))
            else:
                period = _period(given["amount"], given["unit"])
                limit, changed = f"办理{period}", another_limit(period)
            found = {
                "scheme": scheme,
                "now": str(Period(scheme.items["handle"].amount, scheme.items["handle"].unit)),
                "limit": limit,
                "answer": what_if(signed.viewer(), scheme.code, changed, timezone.now()),
            }
        except Refused as refused:
            faults = refused.fields
    else:
        given |= {"scheme": FALLBACK, "unit": TRIED[0]}
    units = {unit: UNIT_NAMES[unit] for unit in TRIED}
    context = {
        "given": given,
        "faults": faults,
        "schemes": book().schemes,
        "units": units,
        "others": others,
        "most": MOST,
        **_frame(signed),
        **found,
    }
    return page(request, signed, "deadlines/what_if.html", context, 422 if faults else 200)


def _others() -> dict[str, str]:
    """Every version of every scheme, by `code:version`."""
    return {
        f"{scheme.code}:{version}": f"{scheme_of(scheme.code, version).name}（第{version}版）"
        for scheme in book().schemes.values()
        for version in range(scheme.version, 0, -1)
    }


def _sees_what_if(signed: SignedIn) -> bool:
    return any(actor.role in SEES_WHAT_IF for actor in signed.actors)


def _frame(signed: SignedIn) -> dict[str, Any]:
    return {"sees_what_if": _sees_what_if(signed)}


def _given(request: HttpRequest, names: tuple[str, ...]) -> dict[str, str]:
    return {name: request.GET.get(name, "").replace("\0", "\ufffd").strip()[:100] for name in names}


def _own(signed: SignedIn) -> str:
    """The division of my first post: most ask about their own place."""
    return written(signed.posts[0].division_name, signed.posts[0].division_code) if signed.posts else ""


def _scheme(code: str) -> Scheme:
    scheme = book().schemes.get(code)
    if scheme is None:
        raise invalid("scheme", "请选择方案。")
    return scheme


def _moment(text: str) -> datetime:
    """As the browser's date and time field writes it, in the deployment's zone."""
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise invalid("start", "请填写起算的日期和时间，如 2026-03-02T09:00。") from None
    if not 1950 <= start.year <= 2150:
        raise invalid("start", "起算时间应在1950年到2150年之间。")
    return start if start.tzinfo is not None else start.replace(tzinfo=ZONE)


def _period(amount: str, unit: str) -> Period:
    if unit not in TRIED:
        raise invalid("unit", "请选择单位。")
    if not (amount.isascii() and amount.isdecimal()) or not 1 <= int(amount) <= 365:
        raise invalid("amount", "请填写1到365的整数。")
    return Period(int(amount), next(one for one in TRIED if one == unit))
