"""The duty room's wall: a key opens it and nothing else, few are not told, no person is on it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.kit import TO_CLOSED, new_browser, ok
from cases.kit import person, sql
from onedoor.cases.models import Case
from onedoor.figures.models import Screen
from onedoor.grid.steps.grids import add_grid
from onedoor.people.models import Division
from onedoor.people.steps.administering import By
from onedoor.rules.seeing import SMALL
from onedoor.web.wall import board as wall
from web.kit import Screens, words

STATEMENTS = (
    13  # the key and the centre; today, open, ended, places, grids, newest, known; who is here and its calendar
)
VILLAGE = "990101100201"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    forget()


def forget() -> None:
    wall._looked.clear()
    wall._known.clear()


def set_up(screens: Screens, who: str = "director", name: str = "值班室大屏") -> Client:
    """A device that somebody has set up; he is signed out of it."""
    done = screens.send(who, "figures/screens", name=name)
    assert done.status_code == 302 and done["Location"] == "/wall/board", words(done)
    cookie = done.cookies[wall.COOKIE]
    assert cookie["path"] == "/wall/board" and cookie["httponly"] and done.cookies["onedoor_token"].value == ""
    device = new_browser()
    device.cookies[wall.COOKIE] = cookie.value
    screens.browsers.pop(who), screens.tokens.pop(who)
    return device


def told(device: Client) -> dict[str, Any]:
    forget()
    answer = device.get("/wall/board/data")
    assert answer.status_code == 200
    return dict(answer.json())


def test_without_a_key_nothing_is_seen(screens: Screens) -> None:
    screens.registered()
    guess = new_browser()
    guess.cookies[wall.COOKIE] = "x" * 43
    clerk = new_browser()
    screens.browser("clerk")
    clerk.cookies["onedoor_token"] = screens.tokens["clerk"]
    for nobody in (new_browser(), guess, clerk):
        for path in ("", "/data", "/shapes", "/shapes?by=grid"):
            answer = nobody.get(f"/wall/board{path}")
            assert answer.status_code == 403, path
            assert "县" not in words(answer) and not re.search(r"\d{3}", words(answer))


def test_a_key_opens_the_board_of_its_centre_and_nothing_else(screens: Screens) -> None:
    device = set_up(screens)
    page = device.get("/wall/board")
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    assert "script-src" not in page["Content-Security-Policy"] and "'unsafe" not in page["Content-Security-Policy"]
    assert device.get("/wall/board/shapes").status_code == 200
    for path in ("/desk/", "/desk/figures/board", "/desk/cases", "/kiosk"):
        assert device.get(path).status_code in (302, 403)
    assert device.post("/wall/board").status_code == 405
    assert Screen.objects.get().digest != device.cookies[wall.COOKIE].value.encode(), "only its digest is kept"


def test_a_key_that_was_switched_off_opens_nothing_more(screens: Screens) -> None:
    device = set_up(screens)
    key = Screen.objects.get().pk
    assert "值班室大屏" in screens.read("director", "figures/screens")
    assert screens.send("director", f"figures/screens/{key}").status_code == 302
    assert device.get("/wall/board").status_code == 403 and device.get("/wall/board/data").status_code == 403
    assert screens.send("director", f"figures/screens/{key}", active="1").status_code == 302
    assert device.get("/wall/board/data").status_code == 200
    assert screens.send("dispatcher_town", f"figures/screens/{key}").status_code == 404, "another centre's"
    assert Screen.objects.get().active
    assert len(sql("SELECT 1 FROM access_log WHERE action = 'screen'")) == 3


@pytest.mark.parametrize("who", ["clerk", "handler", "unit_lead", "auditor", "admin", "grid_lead", "mediator"])
def test_who_may_not_set_up_a_screen(screens: Screens, who: str) -> None:
    assert screens.open(who, "figures/screens").status_code == 403
    assert screens.send(who, "figures/screens", name="大屏").status_code == 403
    assert not Screen.objects.exists()


def test_a_screen_needs_a_name(screens: Screens) -> None:
    assert screens.send("director", "figures/screens", name=" ").status_code == 422
    assert not Screen.objects.exists()


def test_the_day_is_counted(screens: Screens) -> None:
    device = set_up(screens)
    for _ in range(SMALL - 1):
        screens.registered()
    before = told(device)
    assert before["counts"]["registered"] == SMALL - 1 and before["hours"] is before["channels"] is None, "few"
    number = str(screens.registered()["number"])
    screens.registered(channel="hotline")
    now = told(device)
    assert now["counts"]["registered"] - before["counts"]["registered"] == 2
    assert now["counts"]["open"] - before["counts"]["open"] == 2
    assert sum(now["hours"]) == now["counts"]["registered"] == sum(one["count"] for one in now["channels"])
    assert sum(now["lights"].values()) == now["counts"]["open"]
    assert now["hours"][timezone.localtime().hour] >= 2
    screens.walk(number, *TO_CLOSED)
    later = told(device)
    assert later["counts"]["ended"] - now["counts"]["ended"] == 1
    assert later["counts"]["open"] - now["counts"]["open"] == -1
    # what was registered yesterday is of yesterday
    Case.objects.filter(number=number).update(
        registered_at=timezone.localtime().replace(hour=0, minute=0, second=0) - timedelta(seconds=1)
    )
    assert told(device)["counts"]["registered"] == later["counts"]["registered"] - 1


def test_settled_at_once_is_what_the_figure_of_that_name_counts(screens: Screens) -> None:
    """What was answered at the window and waits for a second pair of eyes is not settled yet."""
    device = set_up(screens)
    number = str(screens.registered(anonymous=True, parties=[])["number"])
    answered: dict[str, object] = {"outcome": "answered", "answer": "已当面说明办法。"}
    assert screens.walk(number, ("clerk", "settle_on_spot", answered))["stage"] == "concluded"
    assert told(device)["counts"]["at_once"] == 0
    screens.walk(number, ("supervisor", "close", {}))
    assert told(device)["counts"]["at_once"] == 1


def test_a_restricted_matter_and_an_accusation_change_nothing(screens: Screens) -> None:
    device = set_up(screens)
    for _ in range(SMALL):
        screens.registered()
    before = told(device)
    restricted = screens.registered(by="supervisor", confidential=True)["number"]
    after = told(device)
    assert {**after, "at": ""} == {**before, "at": ""}
    # the same as an ordinary one does show: the data could leak
    Case.objects.filter(number=restricted).update(confidentiality="ordinary")
    assert told(device)["counts"]["registered"] == before["counts"]["registered"] + 1


def test_an_accusation_changes_nothing(screens: Screens) -> None:
    device = set_up(screens)
    number = screens.registered()["number"]
    after = told(device)
    Case.objects.filter(number=number).update(confidentiality="accusation", purpose="accusation")
    hidden = told(device)
    assert hidden["counts"]["registered"] == after["counts"]["registered"] - 1
    assert hidden["counts"]["open"] == after["counts"]["open"] - 1
    assert len(hidden["lines"]) == min(12, len(after["lines"])) - 1 or len(after["lines"]) == 12


def test_nothing_of_a_person_a_number_or_a_title_is_told(screens: Screens) -> None:
    device = set_up(screens)
    for _ in range(SMALL):
        number = str(screens.registered()["number"])
    text = str(told(device)) + device.get("/wall/board").content.decode()
    for secret in ("𠮷田安", "邻家福", "13812345678", "走廊", "禾丰塘村三组", number, number[-6:]):
        assert secret not in text, secret
    assert set(told(device)["lines"][0]) == {"place", "category", "stage"}


def test_few_in_one_place_are_not_told(screens: Screens) -> None:
    device = set_up(screens)
    assert Case.objects.count() == 0, "the small county begins empty"
    screens.registered(division=VILLAGE)
    one = told(device)
    town = "990101100"
    assert {entry["count"] for entry in one["places"].values()} == {None}, "in so small a county of none"
    assert one["lines"] == [{"place": "", "category": "", "stage": "已登记"}]
    for _ in range(SMALL - 2):
        screens.registered(division=VILLAGE)
    assert told(device)["places"][town]["count"] is None
    screens.registered(division=VILLAGE)
    many = told(device)
    assert many["places"][town]["count"] == SMALL
    assert many["lines"][0] == {
        "place": Division.objects.get(code=town).name,
        "category": many["lines"][0]["category"],
        "stage": "已登记",
    }
    assert many["lines"][0]["category"]


def test_all_screens_of_a_centre_share_one_look(screens: Screens) -> None:
    first, second = set_up(screens), set_up(screens, "supervisor", "第二块")
    forget()
    with CaptureQueriesContext(connection) as found:
        answer = first.get("/wall/board/data")
    assert len(found) <= STATEMENTS, [one["sql"][:80] for one in found]
    mark = answer.json()["mark"]
    with CaptureQueriesContext(connection) as found:
        assert second.get("/wall/board/data").json()["mark"] == mark
        assert second.get("/wall/board/data", {"since": mark}).status_code == 204
    assert len(found) == 4, "the key and the centre of each question"


def test_a_town_sees_its_own(screens: Screens) -> None:
    for _ in range(SMALL):
        screens.registered(division=VILLAGE)
    county = set_up(screens)
    town = set_up(screens, "dispatcher_town")
    whole, own = told(county), told(town)
    assert own["counts"]["registered"] <= whole["counts"]["registered"]
    below = {one.code for one in Division.objects.get(code="990101100").children.filter(offered=True)}
    assert below <= set(own["places"]) and not below & set(whole["places"])


def test_the_page_of_screens_costs_the_same_for_many(screens: Screens) -> None:
    ok(screens.get("director", "/cases"))
    for number in range(3):
        set_up(screens, name=f"大屏{number}")
    screens.open("director", "figures/screens")
    with CaptureQueriesContext(connection) as found:
        screens.open("director", "figures/screens")
    assert len(found) <= 3


def test_a_grid_tells_nothing_of_a_place_that_is_hidden(screens: Screens) -> None:
    """One matter elsewhere is hidden together with the town, or it would follow from the total: from its grid as well."""
    device = set_up(screens)
    by = By(person("admin").actors[0], timezone.now())
    add_grid(by=by, code="g1", parent=VILLAGE, given={"name": "一格", "kind": "ordinary"})
    for _ in range(SMALL):
        screens.registered(division="g1")
    assert set(told(device)["grids"]) == {"g1"}
    other = Division.objects.filter(parent__code="990101").exclude(code="990101100").order_by("code")[0]
    screens.registered(division=other.code)
    hidden = told(device)
    assert hidden["places"]["990101100"]["count"] is None and hidden["grids"] == {}
