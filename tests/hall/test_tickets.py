"""Numbers: drawn once for a press, called once by whichever window, passed on, missed, forgotten."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from cases.kit import person, sql
from hall.kit import MINUTE, MONDAY, at_once, kiosk, make_lines, window
from onedoor.hall.queries.centres import centre_named
from onedoor.hall.queries.tickets import board, ticket_of
from onedoor.hall.steps.call_ticket import call_next, end_ticket, open_window, pass_on, recall
from onedoor.hall.steps.draw import draw_ticket
from onedoor.hall.steps.forget_tickets import forget_tickets
from onedoor.rules.refusal import CONFLICT, INVALID, NOT_ALLOWED, NOT_FOUND, NOT_READY, Refused
from web.kit import Screens


@pytest.fixture
def lines(hall: Screens) -> Screens:
    """Line A at windows 1 and 2, line B at windows 2 and 3, and a kiosk."""
    make_lines()
    return hall


def draw(number: int = 1, *, of: str = "a", priority: bool = False, at: datetime = MONDAY, key: str = "") -> list[str]:
    """So many numbers of the line, a second apart."""
    there, device = centre_named("centre"), kiosk()
    return [
        draw_ticket(
            kiosk=device, centre=there, line=of, priority=priority, at=at + timedelta(seconds=one),
            key=key or f"{of}{priority}{at}{one}",
        ).number
        for one in range(number)
    ]  # fmt: skip


pressed = iter(range(10**9))


def call(code: str = "w1", who: str = "clerk", *, at: datetime = MONDAY + MINUTE, key: str = "") -> str:
    return call_next(actors=person(who).actors, at=at, window=window(code), key=key or f"press{next(pressed)}")


def ticket(number: str) -> UUID:
    return UUID(str(sql("SELECT id FROM hall_ticket WHERE number = %s ORDER BY day DESC", number)[0][0]))


def state(number: str) -> str:
    return str(sql("SELECT state FROM hall_ticket WHERE number = %s ORDER BY day DESC", number)[0][0])


def test_numbers_count_by_line_and_begin_anew_each_day(lines: Screens) -> None:
    assert draw(2) + draw(of="b") + draw(at=MONDAY + MINUTE) == ["A001", "A002", "B001", "A003"]
    assert draw(at=MONDAY + timedelta(days=1)) == ["A001"]
    assert draw(key="same") == draw(key="same") == ["A004"]
    assert sql("SELECT version FROM hall_hallday ORDER BY day") == [(5,), (1,)]
    codes = [code for (code,) in sql("SELECT code FROM hall_ticket")]
    assert len(set(codes)) == 6 and all(len(code) == 13 for code in codes)


def test_no_number_outside_of_hours_or_for_what_is_not_there(lines: Screens) -> None:
    sql("UPDATE hall_line SET opens = '09:00', closes = '17:00', every_day = false WHERE code = 'a'")
    draw(at=MONDAY)
    for at, code in (
        (MONDAY - timedelta(seconds=1), NOT_READY), (MONDAY + timedelta(hours=8), NOT_READY),
        (MONDAY - timedelta(days=1), NOT_READY),
    ):  # fmt: skip
        with pytest.raises(Refused) as caught:
            draw(at=at)
        assert caught.value.code == code
    with pytest.raises(Refused) as caught:
        draw(of="x\0", key="k")
    assert caught.value.code == NOT_FOUND
    with pytest.raises(Refused) as caught:
        draw(key="\n")
    assert caught.value.code == INVALID


def test_a_window_calls_its_lines_in_the_order_of_drawing_and_priority_every_second_time(lines: Screens) -> None:
    draw(2, of="b")
    draw(3, at=MONDAY + MINUTE)
    draw(2, of="b", priority=True, at=MONDAY + 2 * MINUTE)
    at = MONDAY + 3 * MINUTE
    assert [call("w2", at=at) for _ in range(7)] == ["B003", "B001", "B004", "B002", "A001", "A002", "A003"]
    assert call("w2", at=at) == "" and state("A003") == "done"


def test_who_has_waited_half_an_hour_comes_before_priority(lines: Screens) -> None:
    draw()
    draw(priority=True, at=MONDAY + 25 * MINUTE)
    assert call(at=MONDAY + 30 * MINUTE) == "A001"


def test_the_same_press_calls_the_same_number(lines: Screens) -> None:
    draw(3)
    assert [call(key="once") for _ in range(3)] == ["A001"] * 3
    assert call(key="twice") == "A002" and state("A001") == "done"
    actors, at = person("clerk").actors, MONDAY + MINUTE
    here: dict[str, Any] = {"actors": actors, "at": at, "window": window("w1"), "ticket": ticket("A002")}
    assert recall(**here, key="again") == recall(**here, key="again") == "A002"
    assert sql("SELECT count(*) FROM hall_ticketcall") == [(3,)]


def test_a_number_is_missed_called_again_passed_on_and_done(lines: Screens) -> None:
    draw(3)
    open_window(actors=person("clerk").actors, at=MONDAY, window=window("w2"), calling=True)
    call()
    here: dict[str, Any] = {"actors": person("clerk").actors, "at": MONDAY + MINUTE, "window": window("w1")}
    end_ticket(**here, ticket=ticket("A001"), came=False)
    assert state("A001") == "no_show" and call() == "A002"
    assert recall(**here, ticket=ticket("A001"), key="back") == "A001" and state("A002") == "done"
    with pytest.raises(Refused, match="没有叫号") as caught:
        pass_on(**here, ticket=ticket("A001"), to="w3")
    assert caught.value.code == INVALID
    for nowhere in ("", "w1", "x", "w\0"):
        with pytest.raises(Refused):
            pass_on(**here, ticket=ticket("A001"), to=nowhere)
    assert pass_on(**here, ticket=ticket("A001"), to="w2") == "A001"
    assert call() == "A003", "who was passed on waits for the other window alone"
    assert call("w2") == "A001"
    with pytest.raises(Refused) as caught:
        end_ticket(**here, ticket=ticket("A001"), came=True)
    assert caught.value.code == CONFLICT and "别的窗口" in caught.value.sentence
    with pytest.raises(Refused) as caught:
        end_ticket(**here, ticket=ticket("A002"), came=True)
    assert caught.value.code == CONFLICT
    end_ticket(**here, ticket=ticket("A003"), came=True)
    assert state("A003") == "done"


@pytest.mark.parametrize("who", ["handler2", "auditor", "admin", "clerk_town", "director"])
def test_others_do_not_call_at_the_windows_of_the_centre(lines: Screens, who: str) -> None:
    draw()
    with pytest.raises(Refused) as caught:
        call(who=who)
    assert caught.value.code == NOT_ALLOWED and state("A001") == "waiting"


def test_a_unit_calls_at_its_own_window(lines: Screens) -> None:
    draw(2, of="b")
    assert call("w3", "handler") == "B001" and call("w3", "clerk") == "B002"
    with pytest.raises(Refused) as caught:
        call_next(actors=person("clerk").actors, at=MONDAY, window=10**6, key="k")
    assert caught.value.code == NOT_FOUND


def test_eight_windows_call_five_hundred_numbers_each_once_in_the_order_of_the_rule(committed_hall: Screens) -> None:
    """Each window by a connection of its own, as fast as it can. Half of the numbers are drawn while they call."""
    make_lines(windows=8)
    there, device, actors = centre_named("centre"), kiosk(), person("clerk").actors
    at = MONDAY + 5 * MINUTE

    def one(number: int) -> None:
        priority, key = number % 5 == 0, f"draw{number}"
        draw_ticket(kiosk=device, centre=there, line="all", priority=priority, at=at, key=key)

    for number in range(250):
        one(number)
    windows = [window(f"x{place}") for place in range(8)]

    def work(place: int) -> list[str]:
        if place >= 8:  # two that draw meanwhile
            for number in range(250 + place - 8, 500, 2):
                one(number)
            return []
        got, quiet = [], 0
        while quiet < 40:
            number = call_next(actors=actors, at=at, window=windows[place], key=f"{place}-{len(got)}-{quiet}")
            quiet = 0 if number else quiet + 1
            got += [number] if number else []
        return got

    answers = at_once(10, work)
    assert all(isinstance(one, list) for one in answers), answers
    numbers = [number for answer in answers for number in answer]
    assert len(numbers) == len(set(numbers)) == 500
    assert sum(bool(answer) for answer in answers) == 8
    calls = sql(
        "SELECT c.window_id, t.priority, t.place, c.version FROM hall_ticketcall c"
        " JOIN hall_ticket t ON t.id = c.ticket_id ORDER BY c.version"
    )
    tickets = {place: priority for _, priority, place, _ in calls}
    # in the order of all calls each kind comes as it was drawn
    for kind in (False, True):
        order = [place for _, priority, place, _ in calls if priority is kind]
        assert order == sorted(order)
    # and no window calls two priority numbers one after the other while somebody else waited
    gone: set[int] = set()
    last: dict[int, bool] = {}
    for at_window, priority, place, version in calls:
        if priority and last.get(at_window):
            waited = [one for one, kind in tickets.items() if not kind and one < version and one not in gone]
            assert not waited, (at_window, place)
        last[at_window] = priority
        gone.add(place)


def test_two_presses_of_one_kiosk_at_once_draw_one_number(committed_hall: Screens) -> None:
    make_lines()
    there, device = centre_named("centre"), kiosk()

    def press(_: int) -> Any:
        return draw_ticket(kiosk=device, centre=there, line="a", priority=False, at=MONDAY, key="one")

    answers = at_once(6, press)
    assert {one.number for one in answers} == {"A001"} and sum(not one.again for one in answers) == 1


def test_a_number_on_the_telephone_tells_place_and_estimate(lines: Screens) -> None:
    draw(4)
    draw(priority=True, at=MONDAY + MINUTE)
    codes = dict(sql("SELECT number, code FROM hall_ticket"))
    asked = ticket_of(codes["A003"], MONDAY + MINUTE)
    assert (asked["ahead"], asked["estimate"], asked["state"]) == (3, None, "waiting")
    call("w1")
    asked = ticket_of(codes["A003"], MONDAY + 2 * MINUTE)
    assert asked["ahead"] == 2 and asked["estimate"] is not None and asked["estimate"].high >= 20
    assert ticket_of(codes["A005"], MONDAY + MINUTE)["window"] == "1号窗口"
    assert ticket_of(codes["A003"], MONDAY + timedelta(days=1))["over"]
    with pytest.raises(Refused):
        ticket_of("x\0", MONDAY)


def test_what_was_served_makes_the_estimate(lines: Screens) -> None:
    draw(30)
    at = MONDAY
    for _ in range(20):
        at += 3 * MINUTE
        call(at=at)
    shown = {one["code"]: one for one in board(centre_named("centre"), at).lines}
    assert shown["a"]["waiting"] == 10
    assert shown["a"]["estimate"].high <= 60 and shown["b"]["estimate"] is None
    assert shown["a"]["estimate"].low >= 25, "three minutes each, not the usual ten"


def test_old_numbers_are_counted_and_removed(lines: Screens) -> None:
    draw(3)
    draw(priority=True)
    draw(at=MONDAY + timedelta(days=1))
    call(at=MONDAY + 10 * MINUTE)
    call(at=MONDAY + 20 * MINUTE)
    tuesday = (MONDAY + timedelta(days=1)).date()
    assert forget_tickets(before=MONDAY.date()) == 0
    assert forget_tickets(before=tuesday) == 4 and forget_tickets(before=tuesday) == 0
    assert sql("SELECT drawn, priority, served, took FROM hall_ticketcount") == [(4, 1, 1, 600)]
    assert sql("SELECT count(*) FROM hall_ticket") == [(1,)] and sql("SELECT count(*) FROM hall_ticketcall") == [(0,)]


@pytest.mark.parametrize(
    "change",
    [
        "state = 'done'", "state = 'called'", "state = 'x'", "state = 'no_show', ended_at = now()",
        "serial = 2 WHERE number = 'A001'", "draw_key = 'k'",
    ],
)  # fmt: skip
def test_the_database_refuses_what_cannot_be(lines: Screens, change: str) -> None:
    draw(2)
    with pytest.raises(IntegrityError), transaction.atomic():
        sql(f"UPDATE hall_ticket SET {change}")


def test_one_window_serves_one_number(lines: Screens) -> None:
    draw(2)
    call()
    with pytest.raises(IntegrityError), transaction.atomic():
        sql(
            "UPDATE hall_ticket SET state = 'called', window_id = %s, called_at = now(), begun_at = now()"
            " WHERE number = 'A002'",
            window("w1"),
        )
