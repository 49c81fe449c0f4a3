"""From a service to the window: the kiosk's search, check-in with a number, what the guide says of who waits."""

from django.utils import timezone

from api.kit import new_browser
from cases.kit import person, sql
from hall.kit import centre, line, make_lines, place, window
from onedoor.cases.counting import ZONE
from onedoor.hall.models import Bookable, BookResource, Line, Place, Service
from onedoor.hall.steps.call_ticket import call_next, open_window
from onedoor.hall.steps.lines import add_line
from onedoor.rules.refusal import Refused
from onedoor.web.wall import hall as wall
from web.kit import Screens, words


def lines() -> None:
    """Line A for mediation at windows 1 and 2, line B for labour at 3, and a guide desk."""
    make_lines()
    Line.objects.filter(code="a").update(kinds=["mediation"])
    Line.objects.filter(code="b").update(kinds=["labour-arbitration"])
    place("g", "导办台", kind="guide")
    line("z", "g", guide="yes", name="导办台")
    wall._boards.clear()


def device(screens: Screens):
    browser = screens.browser("dispatcher")
    browser.post("/desk/kiosk", {"name": "2号取号机"})
    return browser


def test_the_kiosk_finds_a_service_by_letters_and_leads_to_its_line(hall: Screens) -> None:
    lines()
    kiosk = device(hall)
    assert new_browser().get("/kiosk/find").status_code == 403, "not at any device"
    assert "按事项查找" in words(kiosk.get("/kiosk"))
    keys = kiosk.get("/kiosk/find?q=ll").content.decode()
    assert "?q=lll" in keys and 'href="?q=l"' in keys
    page = kiosk.get("/kiosk/find?q=lljf").content.decode()
    assert "/kiosk?service=neighbours.mediation" in kiosk.get("/kiosk/find?q=邻里").content.decode()
    assert "/kiosk?service=neighbours.mediation" in page
    assert "没有找到" in words(kiosk.get("/kiosk/find?q=zzzzzzzz"))
    shown = words(kiosk.get("/kiosk?service=neighbours.mediation"))
    assert "请取“业务a”的号" in shown
    unknown = words(kiosk.get("/kiosk?service=psychology.counselling"))
    assert "请取导办台的号" in unknown, "no line is for it"
    assert "没有这项服务" in words(kiosk.get("/kiosk?service=nothing"))


def test_initials_find_what_they_stand_for(hall: Screens) -> None:
    lines()
    kiosk = device(hall)
    for service in Service.objects.filter(active=True)[:5]:
        found = kiosk.get("/kiosk/find", {"q": service.initials[:8]}).content.decode()
        assert f"/kiosk?service={service.code}" in found, service.initials


def test_a_kind_is_served_by_one_line(hall: Screens) -> None:
    lines()
    from hall.kit import LINE, by

    given = LINE | {"name": "又一个", "prefix": "Q"}
    try:
        add_line(by=by(), centre=centre(), code="q", given=given, windows=["w1"], kinds=["mediation"])
    except Refused as refused:
        assert "人民调解" in refused.fields["kinds"] and "业务a" in refused.fields["kinds"]
    else:
        raise AssertionError("two lines for one kind")
    made = add_line(by=by(), centre=centre(), code="q", given=given, windows=["w1"], kinds=["notary", "no such"])
    assert made.kinds == ["notary"]
    page = hall.open("admin", "admin/hall/centre/lines/q").content.decode()
    assert 'value="notary" checked' in page


def test_the_guide_says_which_windows_and_how_many_wait(hall: Screens) -> None:
    lines()
    kiosk = device(hall)
    kiosk.post("/kiosk/draw", {"line": "a", "key": "1"})
    kiosk.post("/kiosk/draw", {"line": "a", "key": "2"})
    open_window(actors=person("clerk").actors, at=timezone.now(), window=window("w1"), calling=True)
    wall._boards.clear()
    page = words(new_browser().get("/guide/neighbours.mediation"))
    assert (
        "到大厅取“业务a”的号" in page and "1号窗口 （正在叫号）" in page.replace("（", " （") and "现在2位在等" in page
    )
    assert "先取导办台的号" in words(new_browser().get("/guide/psychology.counselling"))


def booked_now(screens: Screens, where: Place | None, service: str) -> str:
    """A booking that begins in ten minutes; its code."""
    resource = BookResource.objects.create(centre_id=centre(), name="调解席", seats=1, window=where)
    Bookable.objects.create(
        name="调解", minutes=30, resource=resource, hours="\n".join(f"周{one} 09:00-11:00" for one in "一二三四五六日"),
        place="二楼", service=Service.objects.get(code=service),
    )  # fmt: skip
    from web.test_booking_pages import first_day, form, soon

    sent = screens.send("clerk", "bookings/new", **form(day=first_day().isoformat()))
    assert sent.status_code == 302, words(sent)
    soon()
    page = screens.read("clerk", "bookings", day=timezone.now().astimezone(ZONE).date().isoformat())
    return page.split("预约码 ")[1][:10]


def test_who_checks_in_is_called_at_the_window_that_expects_him(hall: Screens) -> None:
    lines()
    kiosk = device(hall)
    code = booked_now(hall, Place.objects.get(code="w2"), "neighbours.mediation")
    kiosk.post("/kiosk/draw", {"line": "a", "key": "before"})
    clerk = person("clerk")
    open_window(actors=clerk.actors, at=timezone.now(), window=window("w2"), calling=True)
    arrived = kiosk.post("/kiosk/booking", {"code": code})
    assert arrived.status_code == 302 and "/kiosk/ticket/" in arrived.url
    again = kiosk.post("/kiosk/booking", {"code": code})
    assert again.url == arrived.url, "the network repeats it, the number is one"
    ((number,),) = sql("SELECT number FROM hall_ticket WHERE draw_key LIKE 'booking:%%'")
    assert "预约" in hall.read("clerk", "caller", window="w2")
    assert call_next(actors=clerk.actors, at=timezone.now(), window=window("w2"), key="n") == number


def test_without_a_window_that_calls_he_waits_in_the_line_of_the_service(hall: Screens) -> None:
    lines()
    kiosk = device(hall)
    code = booked_now(hall, Place.objects.get(code="w2"), "neighbours.mediation")
    assert kiosk.post("/kiosk/booking", {"code": code}).status_code == 302
    assert sql("SELECT for_window_id, line_id FROM hall_ticket") == [(None, Line.objects.get(code="a").pk)]


def test_with_neither_he_goes_to_the_place(hall: Screens) -> None:
    lines()
    kiosk = device(hall)
    code = booked_now(hall, None, "psychology.counselling")
    page = kiosk.post("/kiosk/booking", {"code": code})
    assert page.status_code == 200 and "请到二楼" in words(page)
    assert not sql("SELECT 1 FROM hall_ticket")


def test_too_early_and_the_day_after_are_no_arrival(hall: Screens) -> None:
    lines()
    kiosk = device(hall)
    code = booked_now(hall, None, "psychology.counselling")
    sql("UPDATE hall_booking SET starts_at = now() + interval '61 minutes', ends_at = now() + interval '90 minutes'")
    assert "再来登记" in words(kiosk.post("/kiosk/booking", {"code": code}))
    sql("UPDATE hall_booking SET starts_at = now() - interval '25 hours', ends_at = now() - interval '24 hours'")
    assert "已经过了" in words(kiosk.post("/kiosk/booking", {"code": code}))
    assert sql("SELECT state FROM hall_booking") == [("booked",)]
