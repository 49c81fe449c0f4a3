"""叫号: what a window does with numbers. Each begins by counting the hall's day up, so that all windows act one after
the other, and each press is taken once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from onedoor.cases.sql import execute, rows
from onedoor.hall.steps._hall_day import day_of, touch
from onedoor.rules.access import Actor
from onedoor.rules.refusal import CONFLICT, NOT_FOUND, Refused, invalid
from onedoor.rules.residence import CALLS_NUMBERS, is_open
from onedoor.rules.tickets import Waiting, check_caller, check_state, choose, may_call

_NEXT = "SELECT id, place, drawn_at, priority FROM hall_ticket WHERE centre_id = %s AND day = %s AND state = 'waiting'"
_OF_LINES = (
    " AND for_window_id IS NULL AND priority = %s"
    " AND line_id IN (SELECT line_id FROM hall_linewindow WHERE window_id = %s) ORDER BY place LIMIT 1"
)


def open_window(*, actors: Sequence[Actor], at: datetime, window: int, calling: bool) -> None:
    """The window calls from now on, or pauses. What was called stays."""
    with transaction.atomic(durable=True):
        there = _window(actors, window, at)
        touch(there["centre_id"], day_of(at))
        _set_open(window, day_of(at), calling=calling)


def call_next(*, actors: Sequence[Actor], at: datetime, window: int, key: str) -> str:
    """Ends the number at the window as done and calls the next by the rule; its number, empty when nobody waits. The
    same press gets the same number again."""
    with transaction.atomic(durable=True):
        there, day = _window(actors, window, at), day_of(at)
        version = touch(there["centre_id"], day)
        if earlier := _pressed(window, key):
            return earlier
        _set_open(window, day, calling=True)
        _end_here(window, day, at)
        here = [there["centre_id"], day]
        passed = _first(rows(f"{_NEXT} AND for_window_id = %s ORDER BY place LIMIT 1", [*here, window]))
        ordinary, priority = (_first(rows(_NEXT + _OF_LINES, [*here, kind, window])) for kind in (False, True))
        favoured = rows("SELECT favoured FROM hall_windowday WHERE window_id = %s AND day = %s", [window, day])
        chosen = choose(
            passed[1] if passed else None,
            ordinary[1] if ordinary else None,
            priority[1] if priority else None,
            favoured=favoured[0]["favoured"],
            now=at,
        )
        if chosen is None:
            return ""
        ticket = next(one[0] for one in (passed, ordinary, priority) if one is not None and one[1] is chosen)
        if passed is None:
            execute(
                "UPDATE hall_windowday SET favoured = %s WHERE window_id = %s AND day = %s",
                [chosen.priority, window, day],
            )
        return _call(ticket, window, at, version, key)


def recall(*, actors: Sequence[Actor], at: datetime, window: int, ticket: UUID, key: str) -> str:
    """Calls the number once more: the one at the window, or one that was not there when it was called."""
    with transaction.atomic(durable=True):
        there, day = _window(actors, window, at), day_of(at)
        version = touch(there["centre_id"], day)
        if earlier := _pressed(window, key):
            return earlier
        one = _ticket(there["centre_id"], day, ticket)
        check_state(one["state"], "called", "no_show")
        if one["state"] == "called":
            _is_here(one, window)
            _note(ticket, window, at, version, key)
            return str(one["number"])
        _end_here(window, day, at)
        return _call(ticket, window, at, version, key)


def end_ticket(*, actors: Sequence[Actor], at: datetime, window: int, ticket: UUID, came: bool) -> str:
    """The number at the window is done, or nobody came (过号)."""
    with transaction.atomic(durable=True):
        there, day = _window(actors, window, at), day_of(at)
        touch(there["centre_id"], day)
        one = _ticket(there["centre_id"], day, ticket)
        check_state(one["state"], "called")
        _is_here(one, window)
        state = "done" if came else "no_show"
        execute("UPDATE hall_ticket SET state = %s, ended_at = %s WHERE id = %s", [state, at, ticket])
        return str(one["number"])


def pass_on(*, actors: Sequence[Actor], at: datetime, window: int, ticket: UUID, to: str) -> str:
    """The number goes on to another open window (a code), where it is the next."""
    with transaction.atomic(durable=True):
        there, day = _window(actors, window, at), day_of(at)
        touch(there["centre_id"], day)
        one = _ticket(there["centre_id"], day, ticket)
        check_state(one["state"], "called")
        _is_here(one, window)
        target = rows(
            "SELECT p.id, p.name, coalesce(d.open, false) AS open FROM hall_place p LEFT JOIN hall_windowday d"
            " ON d.window_id = p.id AND d.day = %s WHERE p.centre_id = %s AND p.code = %s AND p.id <> %s AND p.active",
            [day, there["centre_id"], to.replace("\0", "\ufffd"), window],
        )
        if not target:
            raise invalid("to", "请选择转到哪个窗口。")
        if not target[0]["open"]:
            raise invalid("to", f"{target[0]['name']}现在没有叫号，请换一个窗口。")
        execute(
            "UPDATE hall_ticket SET state = 'waiting', window_id = NULL, for_window_id = %s WHERE id = %s",
            [target[0]["id"], ticket],
        )
        return str(one["number"])


def windows_of(actors: Sequence[Actor], centre: int, places: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of these places those at which one of the actors may call."""
    return [
        place
        for place in places
        if any(may_call(role=one.role, unit=one.unit, centre=centre, window_unit=place["unit_id"]) for one in actors)
    ]


def _window(actors: Sequence[Actor], window: int, at: datetime) -> dict[str, Any]:
    """The window, if it is there today and one of the actors may call at it."""
    found = rows(
        "SELECT id, centre_id, unit_id, kind, first, last FROM hall_place WHERE id = %s AND active AND kind = ANY(%s)",
        [window, sorted(CALLS_NUMBERS)],
    )
    if not found or not is_open(found[0]["kind"], day_of(at), found[0]["first"], found[0]["last"]):
        raise Refused(NOT_FOUND, "没有这个窗口，或它今天不开。")
    there = found[0]
    if not windows_of(actors, there["centre_id"], [there]):
        first = actors[0] if actors else None
        check_caller(
            role=first.role if first else "",
            unit=first.unit if first else 0,
            centre=there["centre_id"],
            window_unit=there["unit_id"],
        )
    return there


def _set_open(window: int, day: date, *, calling: bool) -> None:
    execute(
        "INSERT INTO hall_windowday (window_id, day, open) VALUES (%s, %s, %s)"
        " ON CONFLICT (window_id, day) DO UPDATE SET open = excluded.open",
        [window, day, calling],
    )


def _end_here(window: int, day: date, at: datetime) -> None:
    """Who calls the next has done with the one before."""
    execute(
        "UPDATE hall_ticket SET state = 'done', ended_at = %s WHERE window_id = %s AND day = %s AND state = 'called'",
        [at, window, day],
    )


def _first(found: list[dict[str, Any]]) -> tuple[UUID, Waiting] | None:
    if not found:
        return None
    one = found[0]
    return one["id"], Waiting(one["place"], one["drawn_at"], one["priority"])


def _pressed(window: int, key: str) -> str:
    """The number that this press has called before; nothing for a new one."""
    if not 1 <= len(key) <= 60 or not key.isprintable():
        raise invalid("key", "页面已过期，请刷新后再按。")
    found = rows(
        "SELECT t.number FROM hall_ticketcall c JOIN hall_ticket t ON t.id = c.ticket_id"
        " WHERE c.window_id = %s AND c.key = %s",
        [window, key],
    )
    return str(found[0]["number"]) if found else ""


def _ticket(centre: int, day: date, ticket: UUID) -> dict[str, Any]:
    found = rows(
        "SELECT id, number, state, window_id FROM hall_ticket WHERE id = %s AND centre_id = %s AND day = %s",
        [ticket, centre, day],
    )
    if not found:
        raise Refused(NOT_FOUND, "今天没有这个号。")
    return found[0]


def _is_here(ticket: dict[str, Any], window: int) -> None:
    if ticket["window_id"] != window:
        raise Refused(CONFLICT, f"{ticket['number']}号正在别的窗口办理。")


def _call(ticket: UUID, window: int, at: datetime, version: int, key: str) -> str:
    found = rows(
        "UPDATE hall_ticket SET state = 'called', window_id = %s, for_window_id = NULL, ended_at = NULL,"
        " begun_at = %s, called_at = coalesce(called_at, %s) WHERE id = %s"
        " AND state IN ('waiting', 'no_show') RETURNING number",
        [window, at, at, ticket],
    )
    _note(ticket, window, at, version, key)
    return str(found[0]["number"])


def _note(ticket: UUID, window: int, at: datetime, version: int, key: str) -> None:
    execute(
        "INSERT INTO hall_ticketcall (ticket_id, window_id, at, version, key) VALUES (%s, %s, %s, %s, %s)",
        [ticket, window, at, version, key],
    )
