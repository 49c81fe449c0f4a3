"""One person's time over two rooms: who has a session cannot be booked, who is booked has no session."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from cases.kit import HOUR, NOW, sql
from mediation.kit import MEDIATOR, account, booked, consent, held, opened, parties, wage_case, who
from onedoor.cases.counting import ZONE
from onedoor.hall.models import Bookable, BookResource
from onedoor.hall.queries.booking import free_slots, offer_of
from onedoor.hall.steps.booking import FULL, book, cancel_booking
from onedoor.mediation.models import Mediator
from onedoor.mediation.steps import mediate, sessions
from onedoor.people.models import Unit
from onedoor.people.occupied import busy, forget_occupied
from onedoor.rules.booking import WEEKDAYS
from onedoor.rules.refusal import CONFLICT, Refused

DAY = datetime(2026, 3, 4, tzinfo=ZONE).date()  # a Wednesday
NINE = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
ALL_DAY = "\n".join(f"周{one} 09:00-12:00" for one in WEEKDAYS)


def chief() -> Bookable:
    centre = Unit.objects.get(code="centre")
    resource = BookResource.objects.create(centre=centre, name="首席调解员", account_id=account(MEDIATOR), seats=1)
    return Bookable.objects.create(name="劳动纠纷", minutes=60, resource=resource, hours=ALL_DAY)


def book_at(thing: Bookable, at: str, key: str = "k") -> str:
    booked_ = book(
        what=str(thing.pk), day=DAY, at=at, name="王女士", phone="13800000001", now=NOW, address=None, key=key
    )
    return booked_.code


def left(thing: Bookable) -> list[int]:
    return [free for _, free in free_slots(offer_of(str(thing.pk)), DAY)]


def test_a_session_takes_the_time_and_gives_it_back(county: None) -> None:
    thing, number = chief(), wage_case()
    mediation = opened(number)
    session = booked(number, mediation, begins=NINE, ends_at=NINE + HOUR)
    assert left(thing) == [0, 1, 1]
    with pytest.raises(Refused, match=FULL):
        book_at(thing, "09:00")
    sessions.cancel_session(who=who(MEDIATOR, number), session=session, reason="改期")
    assert left(thing) == [1, 1, 1] and book_at(thing, "09:00")
    with pytest.raises(Refused, match="已有安排") as told:
        booked(number, mediation, begins=NINE + HOUR / 2, ends_at=NINE + HOUR)
    assert told.value.code == CONFLICT
    booked(number, mediation, begins=NINE + HOUR, ends_at=NINE + 2 * HOUR)
    assert [room for _, _, room in busy(account(MEDIATOR), NINE, NINE + 3 * HOUR)] == ["booking", "session"]


def test_who_cancels_gives_the_mediator_back(county: None) -> None:
    thing, number = chief(), wage_case()
    code = book_at(thing, "10:00")
    cancel_booking(code=code)
    booked(number, opened(number), begins=NINE + HOUR, ends_at=NINE + 2 * HOUR)
    assert left(thing) == [1, 0, 1]


def test_another_mediator_an_end_and_a_record_free_the_time(county: None) -> None:
    thing, number = chief(), wage_case()
    mediation = opened(number)
    booked(number, mediation, begins=NINE, ends_at=NINE + HOUR)
    Mediator.objects.update_or_create(account_id=account("mediator"), defaults={"kind": "chief"})
    mediate.change_mediator(
        who=who(MEDIATOR, number), mediation=mediation, mediators=[account("mediator")], reason="回避", declared=True
    )
    assert left(thing) == [1, 1, 1]
    second = wage_case()
    session = booked(second, opened(second), begins=NINE + HOUR, ends_at=NINE + 2 * HOUR)
    assert left(thing)[1] == 0
    held(second, session, begins=NINE + HOUR)
    assert left(thing)[1] == 1, "what has been is no longer planned"
    third = wage_case()
    ending = opened(third)
    booked(third, ending, begins=NINE + 2 * HOUR, ends_at=NINE + 3 * HOUR)
    assert left(thing)[2] == 0
    consent(third, ending, parties(third)[0], agrees=False)
    mediate.end_mediation(
        who=who(MEDIATOR, third), mediation=ending, ending="refused", routes=["仲裁"], text="一方不愿调解。"
    )
    assert left(thing)[2] == 1


def test_times_that_are_over_are_forgotten(county: None) -> None:
    number = wage_case()
    booked(number, opened(number), begins=NINE, ends_at=NINE + HOUR)
    assert forget_occupied(before=NINE + HOUR) == 0
    assert forget_occupied(before=NINE + HOUR + timedelta(seconds=1)) == 1


def test_bookings_and_sessions_at_once_give_one_the_time(
    committed_county: None, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        try:
            _at_once()
        finally:
            sql("TRUNCATE hall_booking, hall_bookable, hall_bookresource, people_occupied")


def _at_once() -> None:
    thing = chief()
    numbers = [wage_case() for _ in range(10)]
    mediations = {number: opened(number) for number in numbers}

    def one(place: int) -> str:
        try:
            if place % 2:
                book(
                    what=str(thing.pk), day=DAY, at="09:00", name="客", phone=f"138{place:08d}", now=NOW,
                    address=None, key=f"at-once-{place}",
                )  # fmt: skip
                return "booking"
            number = numbers[place // 2]
            booked(number, mediations[number], begins=NINE, ends_at=NINE + HOUR, place=number)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "session"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(one, range(20)))
    assert len([one for one in said if one in ("booking", "session")]) == 1, said
    assert said.count(CONFLICT) == 19
    assert len(busy(account(MEDIATOR), NINE, NINE + HOUR)) == 1
