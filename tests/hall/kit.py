"""A small hall: three windows, a rotating unit, one on call, made through the administrator's steps."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from cases.kit import person, sql
from onedoor.hall.models import Kiosk, Place, Residence
from onedoor.hall.steps.lines import add_line, set_up_kiosk
from onedoor.hall.steps.places import add_place
from onedoor.hall.steps.residence import add_residence
from onedoor.people.models import Unit
from onedoor.people.steps.administering import By

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
MINUTE = timedelta(minutes=1)
PLACE = {
    "name": "",
    "kind": "window",
    "purpose": "综合受理",
    "location": "一楼",
    "unit": "",
    "mediator": "",
    "first": "",
    "last": "",
}
RESIDENCE = {
    "mode": "fixed",
    "unit": "",
    "name": "",
    "purpose": "",
    "phone": "",
    "address": "",
    "place": "",
    "minutes": "",
}


def by(at: datetime | None = None) -> By:
    return By(person("admin").actors[0], at or datetime.now(UTC))


def centre() -> int:
    return int(Unit.objects.values_list("pk", flat=True).get(code="centre"))


def place(code: str, name: str, **changes: str) -> int:
    return int(add_place(by=by(), centre=centre(), code=code, given=PLACE | {"name": name} | changes).pk)


def reside(unit: str = "", **changes: str) -> int:
    return int(add_residence(by=by(), centre=centre(), given=RESIDENCE | {"unit": unit} | changes).pk)


def make_hall() -> None:
    """Windows w1 to w3 (w3 is 人社局's), 信访局 fixed at w1, 教育局 in rotation, 住建局 on call within 20 minutes."""
    place("w1", "1号窗口")
    place("w2", "2号窗口")
    place("w3", "3号窗口", unit="rsj", purpose="劳动争议")
    reside("xfj", place="w1")
    reside("jyj", mode="rota")
    reside("zjj", mode="on_call", minutes="20")
    reside(mode="reachable", name="澜平县公证处", purpose="公证", phone="0990-5550101", address="书匣巷2号")


LINE = {
    "name": "", "purpose": "", "prefix": "", "opens": "00:00", "closes": "23:59", "usual_minutes": "10",
    "every_day": "yes", "guide": "",
}  # fmt: skip


def line(code: str, *windows: str, **changes: str) -> int:
    given = LINE | {"name": f"业务{code}", "prefix": code[0].upper()} | changes
    return int(add_line(by=by(), centre=centre(), code=code, given=given, windows=windows).pk)


def make_lines(windows: int = 0) -> None:
    """Line A at windows 1 and 2, line B at 2 and 3; or one line at so many windows of its own. And a kiosk."""
    if windows:
        for number in range(windows):
            place(f"x{number}", f"{number}号")
        line("all", *(f"x{number}" for number in range(windows)))
    else:
        line("a", "w1", "w2")
        line("b", "w2", "w3")
    set_up_kiosk(actor=person("clerk").actors[0], at=MONDAY, name="1号取号机", prints=False)


def kiosk() -> int:
    return int(Kiosk.objects.values_list("pk", flat=True).get())


def window(code: str) -> int:
    return int(Place.objects.values_list("pk", flat=True).get(code=code))


def on_call() -> int:
    return int(Residence.objects.values_list("pk", flat=True).get(mode="on_call"))


def clear_hall() -> None:
    sql(
        "TRUNCATE hall_place, hall_residence, hall_duty, hall_call, hall_line, hall_kiosk, hall_hallday, notice CASCADE"
    )


def at_once(count: int, what: Callable[[int], Any]) -> list[Any]:
    """What each of so many threads answered or raised; each has a connection of its own."""
    answers: list[Any] = []

    def one(number: int) -> None:
        try:
            answers.append(what(number))
        except Exception as error:  # noqa: BLE001  what a thread raises is an answer here
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers
