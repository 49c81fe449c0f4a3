"""Pages with grids: who may, what a map shows to whom, what residents are told; sizes and statements."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from api.kit import MATTER, new_browser, ok
from grid.test_grids import CONTACT, GIVEN, SQUARE, by, collection, feature
from grid.test_lookup import box
from onedoor.grid.models import Grid
from onedoor.grid.steps import grids as steps
from onedoor.people.models import Account, Division, Post
from onedoor.people.units import add_post
from onedoor.rules.access import Role
from web.kit import Screens, words

pytestmark = pytest.mark.django_db
VILLAGE, OTHER = "990101100201", "990101101201"
WHOLE = "-180,-85,180,85"


@pytest.fixture
def grids(screens: Screens) -> Iterator[Screens]:
    """Two in 禾丰塘村, of which the first is the worker's own, one in another township, one not drawn."""
    for code, parent, shape in (
        ("990101100201g01", VILLAGE, SQUARE),
        ("990101100201g02", VILLAGE, box(100.01, 30.0, 100.02, 30.01)),
        ("other", OTHER, box(100.5, 30.0, 100.51, 30.01)),
        ("bare", OTHER, None),
    ):
        grid = steps.add_grid(by=by(), code=code, parent=parent, given=GIVEN | {"name": f"网格 {code}"})
        steps.draw_grid(by=by(), grid=grid.pk, shape=shape)
    yield screens


def layer(screens: Screens, who: str, **query: str) -> set[str]:
    answer = screens.open(who, "map/grids", **query)
    assert answer.status_code == 200
    return {one["properties"]["code"] for one in json.loads(answer.content)["features"]}


def marks(screens: Screens, who: str, bounds: str = WHOLE, show: str = "open") -> dict[str, Any]:
    answer = screens.open(who, "map/marks", bounds=bounds, show=show)
    assert answer.status_code == 200, answer.content
    return dict(json.loads(answer.content))


def numbers(found: dict[str, Any]) -> set[str]:
    return {number for mark in found["marks"] for number in mark["numbers"]}


def registered(screens: Screens, who: str, **changes: Any) -> str:
    return str(ok(screens.post(who, "/cases", MATTER | changes), 201)["number"])


# --- the map -----------------------------------------------------------------------------------------------------------


def test_the_layer_is_the_viewers_own_area(grids: Screens) -> None:
    everything = {"990101100201g01", "990101100201g02", "other"}
    assert layer(grids, "director") == everything
    assert layer(grids, "grid_lead") == {"990101100201g01", "990101100201g02"}
    assert layer(grids, "grid_worker") == {"990101100201g01"}
    assert layer(grids, "director", bounds="100.4,29,101,31") == {"other"}
    assert layer(grids, "grid_worker", bounds="100.4,29,101,31") == set(), (
        "not by asking for another part of the earth"
    )


@pytest.mark.parametrize("who", ["handler", "unit_lead", "mediator", "admin", "volunteer"])
def test_who_has_no_map_gets_nothing_of_it(grids: Screens, who: str) -> None:
    for path in ("map", "map/grids", f"map/marks?bounds={WHOLE}"):
        assert grids.browser(who).get(f"/desk/{path}").status_code == 403, path
    assert ">地图</a>" not in grids.open(who, "").content.decode()


def test_marks_are_only_of_cases_that_may_be_seen(grids: Screens) -> None:
    here = registered(grids, "clerk", division=VILLAGE, lon=100.005, lat=30.005)
    there = registered(grids, "clerk", division=OTHER, lon=100.505, lat=30.005)
    secret = registered(grids, "supervisor", division=VILLAGE, lon=100.006, lat=30.006, confidential=True)
    own = registered(grids, "grid_worker", lon=100.004, lat=30.004)
    without = registered(grids, "clerk", division=VILLAGE)
    found = marks(grids, "director")
    assert numbers(found) == {here, there, own}
    assert (found["count"], found["without"] >= 1, found["capped"]) == (3, True, False)
    assert numbers(marks(grids, "grid_lead")) == {here, own}
    assert numbers(marks(grids, "grid_worker")) == {own}
    assert numbers(marks(grids, "supervisor")) >= {secret}
    assert numbers(marks(grids, "director", "100.4,29.9,100.6,30.1")) == {there}
    for who in ("director", "grid_lead", "grid_worker"):
        for show in ("open", "today"):
            assert secret not in json.dumps(marks(grids, who, show=show)), who
    assert without not in json.dumps(found)


def test_what_is_over_is_not_open_but_todays(grids: Screens) -> None:
    number = registered(grids, "clerk", division=VILLAGE, lon=100.005, lat=30.005)
    body = {"outcome": "answered", "answer": "已当场答复。", "confirmed": True}
    ok(grids.post("clerk", f"/cases/{number}/moves/settle_on_spot", body))
    assert numbers(marks(grids, "director")) == set()
    assert numbers(marks(grids, "director", show="today")) == {number}


def test_many_at_one_place_are_one_mark_and_who_sees_no_names_sees_it_roughly(grids: Screens) -> None:
    for step in range(8):
        registered(grids, "clerk", division=VILLAGE, lon=100.00512 + step / 1e7, lat=30.00512)
    (mark,) = marks(grids, "director")["marks"]
    assert (mark["count"], mark["numbers"]) == (8, [])
    (rough,) = marks(grids, "auditor")["marks"]
    assert (rough["lon"], rough["lat"]) == (100.005, 30.005)


def test_marks_are_few_and_take_one_statement(grids: Screens) -> None:
    for step in range(12):
        registered(grids, "clerk", division=VILLAGE, lon=100.0 + step / 100, lat=30.0)
    grids.open("director", "map/grids")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        found = marks(grids, "director", "100,29.9,100.2,30.1")
    assert len(seen) <= 4, [one["sql"][:80] for one in seen]
    assert len(found["marks"]) == 12
    assert len(marks(grids, "director", WHOLE)["marks"]) == 1


@pytest.mark.parametrize("bounds", ["", "1,2,3", "a,b,c,d", "10,0,5,1", "0,0,1,nan", "0,0,999,1", "0,0,inf,1"])
def test_bounds_that_are_none_are_refused(grids: Screens, bounds: str) -> None:
    assert grids.open("director", "map/marks", bounds=bounds).status_code == 422


def test_without_a_script_the_map_is_a_table(grids: Screens) -> None:
    registered(grids, "clerk", division="990101100201g01")
    page = grids.open("director", "map")
    assert "网格 990101100201g01" in words(page)
    assert 'href="/desk/cases?division=990101100201g01"' in page.content.decode()
    assert len(page.content) < 60_000
    listed = grids.open("director", "cases", division="990101100201g01")
    assert 'value="990101100201g01" selected' in listed.content.decode()
    assert "共 1 件" in words(listed)


def test_shapes_are_not_sent_twice(grids: Screens) -> None:
    first = grids.open("director", "map/grids")
    again = grids.browser("director").get("/desk/map/grids", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content
    grid = Grid.objects.get(division__code="other")
    steps.draw_grid(by=by(), grid=grid.pk, shape=box(100.5, 30.0, 100.6, 30.01))
    changed = grids.browser("director").get("/desk/map/grids", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


# --- the base map --------------------------------------------------------------------------------------------------------


def test_there_is_no_base_map_and_the_policy_stays_closed(grids: Screens) -> None:
    page = grids.open("director", "map")
    assert 'data-base=""' in page.content.decode()
    assert "http" not in page["Content-Security-Policy"]
    assert grids.open("director", "map/base").status_code == 404


def test_only_the_host_of_the_tiles_is_let_in_and_only_on_map_pages(grids: Screens, settings: Settings) -> None:
    settings.MAP_TILES = ["https://tiles.example.com/{z}/{x}/{y}.png?tk=k"]
    settings.MAP_HOSTS = ["https://tiles.example.com"]
    policy = grids.open("director", "map")["Content-Security-Policy"]
    assert "connect-src 'self' https://tiles.example.com" in policy
    assert "default-src 'self'" in policy and "script-src" not in policy
    assert "tiles.example.com" not in grids.open("director", "cases")["Content-Security-Policy"]


def test_an_archive_is_sent_in_ranges_to_staff_alone(grids: Screens, settings: Settings, tmp_path: Path) -> None:
    settings.MAP_FILE = tmp_path / "county.pmtiles"
    settings.MAP_FILE.write_bytes(bytes(range(256)) * 4)
    part = grids.browser("handler").get("/desk/map/base", headers={"Range": "bytes=256-511"})
    assert part.status_code == 206
    assert b"".join(part.streaming_content) == bytes(range(256))  # type: ignore[attr-defined]
    assert part["Content-Range"] == "bytes 256-511/1024"
    assert new_browser().get("/desk/map/base").status_code == 302
    assert "pmtiles" in grids.open("director", "map").content.decode()


# --- the administrator's pages ------------------------------------------------------------------------------------------


PAGES = ("grids", "grids/new", "grids/faults", "grids/import", "grids/one/other", "grids/one/other/shapes", "grids/faults/shapes", "grids/export.xlsx", "grids/export.geojson", "grids/template.xlsx", "grids/template.geojson")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_are_the_administrators(grids: Screens, path: str) -> None:
    answer = grids.open("admin", f"admin/{path}")
    assert answer.status_code == 200
    assert len(answer.content) < 60_000
    for who in ("director", "grid_lead", "grid_worker"):
        assert grids.open(who, f"admin/{path}").status_code == 403
    assert new_browser().get(f"/desk/admin/{path}").status_code == 302


def test_a_grid_is_made_drawn_and_given_contacts_at_the_pages(grids: Screens) -> None:
    form = {"code": "p1", "parent": "柳岸头村", "name": "柳岸第一网格", "kind": "ordinary", "shown_name": "巡心安"}
    assert grids.send("admin", "admin/grids/new", **form).status_code == 302
    again = grids.send("admin", "admin/grids/new", **form)
    assert again.status_code == 422 and "已有代码为 p1 的网格" in words(again)
    text = json.dumps({"type": "Feature", "properties": {}, "geometry": SQUARE})
    assert grids.send("admin", "admin/grids/one/p1/shape", shape=text, system="bd09").status_code == 302
    grid = Grid.objects.get(division__code="p1")
    assert grid.shape and grid.shape["coordinates"][0][0] != [100.0, 30.0]
    wrong = grids.send("admin", "admin/grids/one/p1/shape", shape="{", system="cgcs2000")
    assert wrong.status_code == 422 and "不是 GeoJSON" in words(wrong)
    file = SimpleUploadedFile("a.geojson", json.dumps(collection(feature("x"))).encode())
    assert grids.send("admin", "admin/grids/one/p1/shape", shape="", file=file).status_code == 302
    grid.refresh_from_db()
    assert grid.shape == SQUARE
    assert grids.send("admin", "admin/grids/one/p1/contacts", **CONTACT).status_code == 302
    page = grids.read("admin", "admin/grids/one/p1")
    assert "社区民警" in page and "平方公里" in page
    contact = grid.contacts.get()
    grids.send("admin", f"admin/grids/one/p1/contacts/{contact.pk}", remove="1")
    assert not grid.contacts.exists()
    assert grids.send("admin", "admin/grids/one/p1/switch").status_code == 302
    grid.refresh_from_db()
    assert not grid.active


def test_the_list_by_place_word_and_state(grids: Screens) -> None:
    assert "在用 4 个" in grids.read("admin", "admin/grids")
    below = grids.read("admin", "admin/grids", below="990101100")
    assert "网格 990101100201g01" in below and "网格 other" not in below
    assert "网格 bare" in grids.read("admin", "admin/grids", state="undrawn")
    assert "网格 other" not in grids.read("admin", "admin/grids", state="undrawn")
    assert "没有符合条件" in grids.read("admin", "admin/grids", q="100%_")
    assert grids.open("admin", "admin/grids", below="nowhere").status_code == 404
    assert grids.open("admin", "admin/grids/one/nowhere").status_code == 404


def test_a_list_costs_the_same_for_one_and_for_many(grids: Screens) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert grids.open("admin", "admin/grids").status_code == 200
        return len(seen)

    statements()  # signs in
    few = statements()
    for number in range(20):
        steps.add_grid(by=by(), code=f"m{number}", parent=VILLAGE, given=GIVEN)
    assert statements() == few <= 6


def test_a_file_is_looked_at_before_it_is_written(grids: Screens) -> None:
    body = json.dumps(collection(feature("i1"), feature("i2"))).encode()
    seen = grids.send("admin", "admin/grids/import", file=SimpleUploadedFile("我的.json", body), system="gcj02")
    assert seen.status_code == 200 and "新增 2 个" in words(seen)
    assert not Grid.objects.filter(division__code="i1").exists()
    digest = seen.content.decode().split('name="digest" value="')[1].split('"')[0]
    other = grids.send("admin", "admin/grids/import/confirm", digest="0" * 64, system="gcj02")
    assert other.status_code == 422 and not Grid.objects.filter(division__code="i1").exists()
    done = grids.send("admin", "admin/grids/import/confirm", digest=digest, system="gcj02")
    assert "导入完成：新增 2 个" in words(done)
    faulty = json.dumps(collection(feature("i3", parent="没有的村"))).encode()
    told = grids.send("admin", "admin/grids/import", file=SimpleUploadedFile("b.json", faulty), system="cgcs2000")
    assert told.status_code == 422 and "第1个 上级" in words(told)


def test_faults_are_listed_with_their_area(grids: Screens) -> None:
    grid = Grid.objects.get(division__code="other")
    steps.draw_grid(by=by(), grid=grid.pk, shape=box(100.015, 30.0, 100.03, 30.01))
    page = grids.read("admin", "admin/grids/faults")
    assert "有 1 处" in page and "重叠" in page
    shapes = json.loads(grids.open("admin", "admin/grids/faults/shapes").content)
    assert [one["properties"]["name"] for one in shapes["features"] if one["properties"]["kind"] == "fault"] == [
        "第1处：重叠"
    ]
    assert "有 0 处" in grids.read("admin", "admin/grids/faults", tolerance="999999")


def test_somebody_is_given_a_grid_by_its_code(grids: Screens) -> None:
    account = Account.objects.get(username="volunteer")
    form = {"role": "grid_worker", "unit": "cun-hefengtang", "division": "990101100201g02"}
    assert grids.send("admin", f"admin/people/{account.pk}/posts", **form).status_code == 302
    assert Post.objects.filter(account=account, division__code="990101100201g02", role="grid_worker").exists()


# --- where places are chosen ---------------------------------------------------------------------------------------------


def test_lists_of_places_hold_no_grids_but_the_workers_own(grids: Screens) -> None:
    assert "网格 other" not in grids.open("clerk", "register").content.decode()
    assert "网格 other" not in new_browser().get("/apply").content.decode()
    assert "网格 other" not in grids.open("director", "cases").content.decode()
    assert not [one for one in ok(grids.get("clerk", "/catalogue"))["divisions"] if one["code"] in ("other", "bare")]
    own = grids.open("grid_worker", "register").content.decode()
    assert "网格 990101100201g01" in own and "网格 990101100201g02" not in own


def test_what_a_worker_registers_lies_in_his_grid_and_goes_to_his_village(grids: Screens) -> None:
    number = registered(grids, "grid_worker")
    case = ok(grids.get("grid_worker", f"/cases/{number}"))
    assert case["division"] == "990101100201g01" or case["division"]["code"] == "990101100201g01"
    assert number in str(ok(grids.get("dispatcher_village", "/cases?division=990101100201")))


# --- residents -----------------------------------------------------------------------------------------------------------


def test_residents_walk_down_to_their_grid(grids: Screens) -> None:
    grid = Grid.objects.get(division__code="990101100201g01")
    steps.keep_contact(by=by(), grid=grid.pk, given=CONTACT | {"shown": "", "name": "不公示"})
    browser = new_browser()
    first = browser.get("/grid")
    assert "清禾镇" in words(first) and "云脚乡" not in words(first)
    assert "网格 990101100201g01" in words(browser.get("/grid?at=990101100201"))
    shown = browser.get("/grid?at=990101100201g01")
    assert "巡心安" in words(shown) and 'href="tel:0900-1"' in shown.content.decode()
    assert "不公示" not in words(shown)
    assert browser.get("/grid?at=nowhere").status_code == 404
    assert all(len(one.content) < 60_000 for one in (first, shown))
    steps.switch_grid(by=by(), grid=Grid.objects.get(division__code="other").pk, active=False)
    assert "网格 other" not in words(browser.get(f"/grid?at={OTHER}"))


def test_a_position_finds_the_grid_and_is_kept_nowhere(grids: Screens) -> None:
    browser = new_browser()
    answer = browser.post("/grid", {"lon": "100.005", "lat": "30.005"})
    assert answer.status_code == 200 and "您的位置在这个网格里" in words(answer)
    assert answer["Cache-Control"] == "no-store, private"
    assert not answer.cookies
    near = browser.post("/grid", {"lon": "100.5", "lat": "30.012"})
    assert "最近的是这个，约220米" in words(near)
    far = browser.post("/grid", {"lon": "101.5", "lat": "30.0"})
    assert "不在已公布的网格里" in words(far)
    for lon in ("", "abc", "nan", "1e999", "200"):
        assert browser.post("/grid", {"lon": lon, "lat": "30"}).status_code == 422
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_log WHERE reason LIKE '%%100.0%%' OR subject LIKE '%%100.0%%'")
        assert cursor.fetchone() == (0,)


def test_two_thousand_grids_do_not_swell_pages(grids: Screens) -> None:
    village = Division.objects.get(code=VILLAGE)
    first = Division.objects.order_by("-pk")[0].pk + 100
    Division.objects.bulk_create(
        Division(
            pk=first + n,
            code=f"z{n:04d}",
            name=f"第{n}网格",
            parent=village,
            path=[*village.path, first + n],
            offered=False,
        )
        for n in range(2000)
    )
    Grid.objects.bulk_create(Grid(division_id=first + n) for n in range(2000))
    for who, path in (
        ("clerk", "register"), ("director", "cases"), ("director", "map"), ("admin", "admin/grids"), ("admin", "admin/people"),
        ("admin", f"admin/people/{Account.objects.get(username='clerk').pk}"), ("grid_lead", "register"),
    ):  # fmt: skip
        answer = grids.open(who, path)
        assert answer.status_code == 200 and len(answer.content) < 60_000, (path, len(answer.content))
    assert len(grids.get("clerk", "/catalogue").content) < 60_000


def test_a_post_of_a_whole_county_worker_sees_the_layer_of_it_all(grids: Screens) -> None:
    """Own area is where the posts look, not what they are called."""
    account = Account.objects.get(username="grid_worker")
    unit = Post.objects.get(account=account).unit
    add_post(account, Role.GRID_LEAD, unit, division=Division.objects.get(code="990101101"))
    assert layer(grids, "grid_worker") == {"990101100201g01", "other"}
