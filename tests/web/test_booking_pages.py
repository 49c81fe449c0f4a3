"""预约: from the choice of a time to the day itself; two hundred at once for the last twenty seats."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from api.kit import new_browser
from cases.kit import sql
from onedoor.cases.counting import ZONE
from onedoor.hall.models import Bookable, BookResource, Service
from onedoor.hall.queries.booking import free_days, free_slots, offers
from onedoor.hall.steps.booking import FULL, book
from onedoor.hall.steps.remind import forget_bookings, remind_next
from onedoor.people.models import Account, Unit
from onedoor.rules.booking import WEEKDAYS
from onedoor.rules.refusal import Refused
from web.kit import Screens, words

EVERY_DAY = "\n".join(f"周{one} 09:00-11:00" for one in WEEKDAYS)


def receiver(name: str, seats: int = 1, **more: Any) -> BookResource:
    return BookResource.objects.create(centre=Unit.objects.get(code="centre"), name=name, seats=seats, **more)


def bookable(name: str, resource: BookResource, minutes: int = 30, **more: Any) -> Bookable:
    return Bookable.objects.create(name=name, minutes=minutes, resource=resource, **{"hours": EVERY_DAY, **more})


@pytest.fixture
def lawyer(screens: Screens) -> Bookable:
    return bookable("法律援助咨询", receiver("值班律师", 2), place="二楼6号窗口")


def first_day() -> date:
    """A day of work on which nothing is too soon."""
    today = timezone.now().astimezone(ZONE).date()
    return next(day for day in free_days(offers()[0], today) if day > today)


def form(place: int = 0, **different: Any) -> dict[str, Any]:
    return {
        "what": Bookable.objects.get().pk, "day": first_day().isoformat(), "at": "09:30", "name": "王女士",
        "phone": f"1380000{place:04d}", "key": f"k{place}", **different,
    }  # fmt: skip


def soon() -> None:
    """What is booked is in ten minutes."""
    begins = timezone.now() + timedelta(minutes=10)
    sql(
        "UPDATE hall_booking SET starts_at = %s, ends_at = %s, day = %s",
        begins, begins + timedelta(minutes=30), begins.astimezone(ZONE).date(),
    )  # fmt: skip


def test_choose_book_look_and_cancel(screens: Screens, lawyer: Bookable) -> None:
    browser = new_browser()
    assert "法律援助咨询" in words(browser.get("/book"))
    page = words(browser.get(f"/book?what={lawyer.pk}&day={first_day()}"))
    assert "09:30" in page and "余2个" in page
    done = browser.post("/book", form())
    (code,) = re.findall(r'class="big number">([^<]+)<', done.content.decode())
    assert "13800000000" not in done.content.decode()
    again = browser.post("/book", form())
    assert code in again.content.decode() and sql("SELECT count(*) FROM hall_booking") == [(1,)], "sent twice, once"
    assert "余1个" in words(browser.get(f"/book?what={lawyer.pk}&day={first_day()}"))
    assert "已预约" in words(new_browser().get(f"/book/{code}"))
    assert "已取消" in words(new_browser().post(f"/book/{code}"))
    assert new_browser().post(f"/book/{code}").status_code == 422, "what is cancelled stays so"
    assert "余2个" in words(browser.get(f"/book?what={lawyer.pk}&day={first_day()}"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"at": "08:00"}, "没有这个时间"),
        ({"at": ""}, "没有这个时间"),
        ({"day": "2020-01-01"}, "没有这个时间"),
        ({"name": ""}, "称呼"),
        ({"phone": ""}, "请填写电话"),
        ({"phone": "没有"}, "电话"),
    ],
)
def test_what_is_wrong_is_told_on_the_form(
    screens: Screens, lawyer: Bookable, changes: dict[str, str], sentence: str
) -> None:
    page = new_browser().post("/book", form(**changes))
    assert page.status_code == 422 and sentence in words(page)
    assert not sql("SELECT 1 FROM hall_booking")


def test_one_telephone_books_once_a_day(screens: Screens, lawyer: Bookable) -> None:
    new_browser().post("/book", form())
    second = new_browser().post("/book", form(at="10:00", key="other"))
    assert "当天已有一个预约" in words(second)


def test_the_desk_sees_who_comes_and_marks_it(screens: Screens, lawyer: Bookable) -> None:
    new_browser().post("/book", form())
    day = first_day().isoformat()
    page = screens.read("clerk", "bookings", day=day)
    assert "王女士" in page and "138****0000" in page
    assert screens.open("handler2", "bookings").status_code == 403
    (booking,) = sql("SELECT id FROM hall_booking")[0]
    screens.send("clerk", f"bookings/{booking}", state="arrived", day=day)
    assert "已到1个" in screens.read("clerk", "bookings", day=day)
    assert screens.send("handler2", f"bookings/{booking}", state="missed", day=day).status_code == 302
    assert sql("SELECT state FROM hall_booking") == [("arrived",)]


def test_another_centre_sees_and_marks_none_of_them(screens: Screens, lawyer: Bookable) -> None:
    new_browser().post("/book", form())
    day = first_day().isoformat()
    assert "这一天没有预约" in screens.read("clerk_town", "bookings", day=day)
    (booking,) = sql("SELECT id FROM hall_booking")[0]
    screens.send("clerk_town", f"bookings/{booking}", state="cancelled", day=day)
    assert sql("SELECT state FROM hall_booking") == [("booked",)]


def test_the_administrator_says_what_can_be_booked(screens: Screens) -> None:
    assert (
        screens.send("admin", "admin/bookables/receives", centre="centre", name="公证员", seats="1").status_code == 302
    )
    typed = {
        "name": "公证", "place": "一楼", "minutes": "20", "resource": str(BookResource.objects.get().pk),
        "service": "notary.inquiry", "position": "2", "hours": "周一 9:00-10:00",
        "closed": "2026-03-09", "active": "yes",
    }  # fmt: skip
    assert screens.open("clerk", "admin/bookables").status_code == 403
    wrong = screens.send("admin", "admin/bookables/new", **typed | {"hours": "周一上午", "minutes": "0"})
    assert wrong.status_code == 422 and "周一 09:00-11:30" in words(wrong) and "每次分钟数" in words(wrong)
    assert screens.send("admin", "admin/bookables/new", **typed).status_code == 302
    made = Bookable.objects.get()
    assert (made.hours, made.closed, made.resource.seats) == ("周一 09:00-10:00", "2026-03-09", 1)
    assert made.service is not None and made.service.code == "notary.inquiry"
    screens.send("admin", f"admin/bookables/{made.pk}", **typed | {"active": ""})
    assert "公证" not in words(new_browser().get("/book"))
    assert "已停用" in screens.read("admin", "admin/bookables")


def test_reminders_go_out_twice_and_names_are_forgotten(screens: Screens, lawyer: Bookable) -> None:
    new_browser().post("/book", form())
    ((starts,),) = sql("SELECT starts_at FROM hall_booking")
    sent: list[tuple[str, str, str]] = []

    def send(kind: str, address: str, text: str, message: object) -> None:
        sent.append((kind, address, text))

    now = timezone.now()
    due = starts - timedelta(days=1)
    if due > now:
        assert not remind_next(now=now, send=send)
        assert remind_next(now=due, send=send) and not remind_next(now=due, send=send)
    before = len(sent)
    assert remind_next(now=starts - timedelta(hours=1), send=send)
    assert len(sent) == before + 1 and not remind_next(now=starts, send=send)
    assert all(kind == "sms" and address == "13800000000" and "法律" not in text for kind, address, text in sent)
    assert forget_bookings(now=starts + timedelta(days=29)) == 0
    assert forget_bookings(now=starts + timedelta(days=32)) == 1
    assert sql("SELECT name, phone, phone_index FROM hall_booking") == [(None, None, None)]


def test_a_reminder_that_fails_is_tried_again(screens: Screens, lawyer: Bookable) -> None:
    new_browser().post("/book", form())
    ((starts,),) = sql("SELECT starts_at FROM hall_booking")

    def broken(*_: object) -> None:
        raise OSError("连不上")

    now = starts - timedelta(hours=1)
    for _ in range(3):
        assert remind_next(now=now, send=broken)
        now += timedelta(minutes=4)
    assert not remind_next(now=now, send=broken), "three times, then the next reminder, of which there is none"
    assert sql("SELECT last_error FROM hall_booking") == [("连不上",)]


@pytest.fixture
def committed_bookings(committed_county: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For several connections."""
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            sql("TRUNCATE hall_booking, hall_bookable, hall_bookresource, people_occupied")


def test_two_hundred_book_the_last_twenty_seats_at_once(committed_bookings: None) -> None:
    bookable("首席调解员", receiver("调解席", 20))
    asked = {name: form()[name] for name in ("what", "at")}
    day = first_day()

    def one(place: int) -> str:
        try:
            book(
                what=str(asked["what"]), day=day, at=str(asked["at"]), name="客", phone=f"139{place:08d}",
                now=datetime.now(UTC), address=None, key=f"p{place}",
            )  # fmt: skip
        except Refused as refused:
            return refused.sentence
        finally:
            connection.close()
        return "booked"

    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(one, range(200)))
    assert (said.count("booked"), said.count(FULL)) == (20, 180)
    seats = sql("SELECT count(*), count(DISTINCT seat), max(seat) FROM hall_booking WHERE state = 'booked'")
    assert seats == [(20, 20, 19)]
    assert [free for slot, free in free_slots(offers()[0], day) if f"{slot.starts_at:%H:%M}" == asked["at"]] == [0]


def test_the_database_itself_refuses_a_seat_twice(screens: Screens, lawyer: Bookable) -> None:
    new_browser().post("/book", form())
    with pytest.raises(IntegrityError, match="hall_booking_no_seat_twice"), transaction.atomic():
        sql(
            "INSERT INTO hall_booking SELECT gen_random_uuid(), seat, starts_at + interval '10 minutes', ends_at, day,"
            " 'booked', 'x', NULL, NULL, NULL, created_at, NULL, 0, '', bookable_id, resource_id, NULL FROM hall_booking"
        )


def test_who_has_booked_says_at_the_kiosk_that_he_is_here(screens: Screens, lawyer: Bookable) -> None:
    (code,) = re.findall(r'class="big number">([^<]+)<', new_browser().post("/book", form()).content.decode())
    assert new_browser().post("/kiosk/booking", {"code": code}).status_code == 403, "not at any device"
    kiosk = screens.browser("clerk")
    kiosk.post("/desk/kiosk", {"name": "1号取号机"})
    assert "没有找到这个预约" in words(kiosk.post("/kiosk/booking", {"code": "NOTHING"}))
    assert "再来登记" in words(kiosk.post("/kiosk/booking", {"code": code})), "not days before"
    soon()
    assert "请到二楼6号窗口" in words(kiosk.post("/kiosk/booking", {"code": code.lower()}))
    assert sql("SELECT state FROM hall_booking") == [("arrived",)]
    spaced = f"{code[:5]} {code[5:]}"
    assert "请到二楼6号窗口" in words(kiosk.post("/kiosk/booking", {"code": spaced})), "a second time it is the same"
    (booking,) = sql("SELECT id FROM hall_booking")[0]
    sql("UPDATE hall_booking SET state = 'cancelled' WHERE id = %s", booking)
    assert kiosk.post("/kiosk/booking", {"code": code}).status_code == 422


# --- who receives --------------------------------------------------------------------------------------------------


def make_booking(what: Bookable, at: str = "09:30", *, place: int = 0, day: date | None = None, **more: Any) -> Any:
    given = {"name": "客", "phone": f"139{place:08d}", "address": None, "key": f"p{what.pk}-{place}", **more}
    return book(what=str(what.pk), day=day or first_day(), at=at, now=datetime.now(UTC), **given)


def test_one_lawyer_under_two_things_is_booked_once(screens: Screens) -> None:
    lawyer = receiver("值班律师")
    aid, advice = bookable("法律援助", lawyer), bookable("法律咨询", lawyer, minutes=20)
    make_booking(aid)  # 9:30 to 10:00
    free = {f"{slot.starts_at:%H:%M}": left for slot, left in free_slots(offers()[1], first_day())}
    assert free == {"09:00": 1, "09:20": 0, "09:40": 0, "10:00": 1, "10:20": 1, "10:40": 1}
    for at in ("09:20", "09:40"):
        with pytest.raises(Refused, match=FULL):
            make_booking(advice, at, place=1)
    make_booking(advice, "10:00", place=1)
    assert "约满" in words(new_browser().get(f"/book?what={aid.pk}&day={first_day()}"))


def test_forty_book_one_person_under_two_things_at_once(committed_bookings: None) -> None:
    person = receiver("首席调解员", account=Account.objects.get(username="mediator"))
    things, day = [bookable("邻里纠纷", person), bookable("家庭纠纷", person, minutes=20)], first_day()

    def one(place: int) -> str:
        try:
            make_booking(things[place % 2], "09:30" if place % 2 == 0 else "09:20", place=place, day=day)
        except Refused as refused:
            return refused.sentence
        finally:
            connection.close()
        return "booked"

    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(one, range(40)))
    assert (said.count("booked"), said.count(FULL)) == (1, 39)
    assert sql("SELECT count(*) FROM people_occupied") == [(1,)]


def test_the_same_form_with_another_time_is_no_booking(screens: Screens, lawyer: Bookable) -> None:
    browser = new_browser()
    browser.post("/book", form())
    other = browser.post("/book", form(at="10:00"))
    assert other.status_code == 422 and "已经约过一次" in words(other) and "约好了" not in words(other)
    assert browser.post("/book", form(name="别人")).status_code == 422
    assert sql("SELECT count(*) FROM hall_booking") == [(1,)]
    sql("UPDATE hall_booking SET state = 'cancelled'")
    assert "已取消" in words(browser.post("/book", form())), "a form that comes again brings nothing back"


def test_the_guide_leads_to_what_is_booked_for_a_service(screens: Screens, lawyer: Bookable) -> None:
    assert "预约办理" not in words(new_browser().get("/guide/legal-aid.apply"))
    assert "不用预约" in words(new_browser().get("/book?service=legal-aid.apply"))
    Bookable.objects.update(service=Service.objects.get(code="legal-aid.apply"))
    bookable("公证", receiver("公证员"))
    assert "预约办理" in words(new_browser().get("/guide/legal-aid.apply"))
    page = words(new_browser().get("/book?service=legal-aid.apply"))
    assert "法律援助咨询" in page and "值班律师接待" in page and "09:30" in page and "公证" not in page


def test_the_desk_books_without_the_limits_of_open_pages(screens: Screens, lawyer: Bookable) -> None:
    new_browser().post("/book", form())
    page = screens.read("clerk", "bookings/new", what=lawyer.pk, day=first_day().isoformat())
    assert "09:30" in page and "余1个" in page
    assert screens.send("handler2", "bookings/new", **form()).status_code == 403
    assert screens.send("clerk", "bookings/new", **form(at="10:00")).status_code == 302, "the same telephone and day"
    far = free_days(offers()[0], timezone.now().astimezone(ZONE).date(), 60)[-1]
    assert new_browser().post("/book", form(5, day=far.isoformat())).status_code == 422
    sent = screens.send("clerk", "bookings/new", **form(6, day=far.isoformat(), phone=""))
    assert sent.status_code == 302 and "预约码" in screens.read("clerk", "bookings", day=far.isoformat())
    rest = sql("SELECT phone, remind_at FROM hall_booking WHERE day = %s", far)
    assert rest == [(None, None)], "who has no telephone is not reminded"
    wrong = screens.send("clerk", "bookings/new", **form(7, name="", at="03:00"))
    assert wrong.status_code == 422 and "称呼" in words(wrong)
    (booking,) = sql("SELECT id FROM hall_booking WHERE day = %s", far)[0]
    screens.send("clerk", f"bookings/{booking}", state="cancelled", day=far.isoformat())
    assert sql("SELECT state FROM hall_booking WHERE id = %s", booking) == [("cancelled",)]


def test_a_time_that_was_given_away_does_not_come_back(screens: Screens) -> None:
    thing = bookable("首席调解员", receiver("何为贵", account=Account.objects.get(username="mediator")))
    make_booking(thing)
    (booking,) = sql("SELECT id FROM hall_booking")[0]
    screens.send("clerk", f"bookings/{booking}", state="missed")
    assert sql("SELECT count(*) FROM people_occupied") == [(0,)]
    make_booking(thing, place=1)
    screens.send("clerk", f"bookings/{booking}", state="arrived")
    assert sql("SELECT state FROM hall_booking WHERE id = %s", booking) == [("missed",)]


def test_a_person_does_not_change_while_promised(screens: Screens) -> None:
    who = receiver("何为贵", account=Account.objects.get(username="mediator"))
    make_booking(bookable("首席调解员", who))
    typed = {"name": "何为贵", "seats": "1", "username": "mediator2", "window": ""}
    told = screens.send("admin", f"admin/bookables/receives/{who.pk}", **typed)
    assert told.status_code == 422 and "才能换人" in words(told)
    told = screens.send(
        "admin", f"admin/bookables/receives/{who.pk}", **typed | {"username": "mediator", "seats": "2"}
    )
    assert told.status_code == 422 and "一个人同时只能接待一位" in words(told)
    assert "何为贵" in screens.read("admin", "admin/bookables")
