"""Kiosk, caller, the number on a telephone, walls and lines at their pages."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api.kit import new_browser
from cases.kit import sql
from hall.kit import LINE, make_lines
from onedoor.web.desk import caller
from onedoor.web.public.kiosk import COOKIE
from onedoor.web.wall import hall as wall
from web.kit import Screens, words

LINES = "admin/hall/centre/lines"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """What the process remembers of a hall for a second."""
    wall._boards.clear()
    caller._stamps.clear()


@pytest.fixture
def lines(hall: Screens) -> Screens:
    make_lines()
    return hall


@pytest.fixture
def kiosk(lines: Screens) -> Client:
    """A device that a clerk has set up."""
    device = new_browser()
    lines.browser("clerk_town")
    done = lines.send("clerk", "kiosk", name="2号取号机", prints="yes")
    assert done.status_code == 302 and done["Location"] == "/kiosk"
    assert done.cookies["onedoor_token"].value == "" and done.cookies[COOKIE]["path"] == "/kiosk"
    device.cookies[COOKIE] = done.cookies[COOKIE].value
    lines.browsers.pop("clerk"), lines.tokens.pop("clerk")
    return device


def draw(kiosk: Client, line: str = "a", key: str = "k", **more: str) -> Any:
    wall._boards.clear()
    return kiosk.post("/kiosk/draw", {"line": line, "key": key, **more})


def act(screens: Screens, verb: str, who: str = "clerk", **form: Any) -> str:
    done = screens.send(who, f"caller/{verb}", **({"window": "w1", "key": f"{verb}{datetime.now(UTC)}"} | form))
    assert done.status_code == 302, words(done)
    caller._stamps.clear()
    return words(screens.browser(who).get(done["Location"]))


def current() -> str:
    return str(sql("SELECT id FROM hall_ticket WHERE state = 'called'")[0][0])


def test_a_device_draws_once_for_a_press_and_shows_the_number(kiosk: Client) -> None:
    page = words(kiosk.get("/kiosk"))
    assert "业务a" in page and "每个窗口叫两个号，最多一个是优先号" in page
    assert "优先取号" in words(kiosk.get("/kiosk", {"line": "a"}))
    first, again = draw(kiosk), draw(kiosk)
    assert first["Location"] == again["Location"]
    shown = kiosk.get(first["Location"])
    assert "A001" in words(shown) and "data-print-now" in shown.content.decode()
    assert 'src="data:image/svg+xml' in shown.content.decode()
    draw(kiosk, key="p", priority="1")
    assert sql("SELECT number, priority FROM hall_ticket ORDER BY place") == [("A001", False), ("A002", True)]
    gone = draw(kiosk, line="none", key="n")
    assert gone.status_code == 422 and "没有这项业务" in words(gone)
    assert "业务a" in words(kiosk.get("/kiosk", {"line": "\0"}))
    assert kiosk.get("/kiosk/ticket/none")["Location"] == "/kiosk"


def test_nothing_is_drawn_by_who_is_no_kiosk(kiosk: Client, lines: Screens) -> None:
    for stranger in (new_browser(), lines.browser("supervisor")):
        assert stranger.get("/kiosk").status_code == 403 and draw(stranger).status_code == 403
    wrong = new_browser()
    wrong.cookies[COOKIE] = "guessed"
    assert draw(wrong).status_code == 403
    assert lines.send("handler", "kiosk", name="x").status_code == 403
    assert lines.send("supervisor", "kiosk", name="").status_code == 422
    # a kiosk is signed in to nothing else
    assert "/desk/sign-in" in kiosk.get("/desk/")["Location"]
    number = sql("SELECT id FROM hall_kiosk WHERE name = '2号取号机'")[0][0]
    assert lines.send("admin", f"admin/hall/centre/kiosks/{number}/switch").status_code == 302
    assert draw(kiosk).status_code == 403


def test_the_window_calls_misses_passes_and_ends(kiosk: Client, lines: Screens) -> None:
    for key in "xyz":
        draw(kiosk, key=key)
    assert "1号窗口" in lines.read("clerk", "caller")
    act(lines, "open", window="w2")
    assert "A001" in act(lines, "next") and "正在叫号" in lines.read("clerk", "caller")
    assert "已再次呼叫 A001" in act(lines, "recall", ticket=current())
    assert "A001 记为过号" in act(lines, "missed", ticket=current())
    assert "A002" in act(lines, "next")
    two = current()
    assert "请选择转到哪个窗口" in act(lines, "pass", ticket=two, to="")
    assert "A002 已转" in act(lines, "pass", ticket=two, to="w2")
    assert "A002" in act(lines, "next", window="w2") and "A003" in act(lines, "next")
    assert "别的窗口" in act(lines, "done", ticket=two)
    assert "没有人在等" in act(lines, "next") and "暂停" in act(lines, "pause")
    for verb, form in (("vanish", {}), ("recall", {"ticket": "x"}), ("next", {"window": "none"})):
        answer = lines.send("clerk", f"caller/{verb}", **({"window": "w1", "ticket": two} | form))
        assert answer.status_code == 404, verb
    assert lines.send("handler2", "caller/next", window="w1", key="k").status_code == 404
    assert "没有您可以叫号的窗口" in lines.read("auditor", "caller")
    assert 'href="/desk/caller"' not in lines.open("auditor", "").content.decode()


def test_an_open_page_is_told_when_nothing_has_changed(kiosk: Client, lines: Screens) -> None:
    act(lines, "next")
    html = lines.open("clerk", "caller", window="w1").content.decode()
    since = re.search(r"since=(\d+)", html)
    assert since is not None
    assert lines.open("clerk", "caller", window="w1", since=since[1]).status_code == 204
    draw(kiosk)
    caller._stamps.clear()
    assert "A001" in words(lines.open("clerk", "caller", window="w1", since=since[1]))
    shown = new_browser().get("/wall/hall")
    mark = re.search(r"since=([\d-]+)", shown.content.decode())
    assert mark is not None and new_browser().get("/wall/hall", {"since": mark[1]}).status_code == 204


def test_a_number_becomes_a_visit_or_a_case_at_its_own_number(kiosk: Client, lines: Screens) -> None:
    code = draw(kiosk)["Location"].split("/")[-1]
    draw(kiosk, key="second")
    act(lines, "next")
    one = current()
    form = lines.open("clerk", "register", ticket=one).content.decode()
    assert f'name="ticket" value="{one}"' in form
    filled = {
        "channel": "window", "kind": "appeal", "category": "petition.other", "narrative": "路灯不亮。",
        "anonymous": "yes", "key": "k", "ticket": one,
    }  # fmt: skip
    case = str(lines.send("clerk", "register", **filled)["Location"]).split("/cases/")[1]
    assert sql('SELECT number, "case" FROM hall_ticket WHERE id = %s', one) == [("A001", case)]
    assert "大厅A001号" in lines.read("clerk", f"cases/{case}") and "1号窗口" in lines.read("clerk", f"cases/{case}")
    assert "大厅A001号" in lines.read("clerk", f"cases/{case}/receipt")
    assert case in lines.read("clerk", "caller")
    public = words(new_browser().get(f"/ticket/{code}"))
    assert "已登记为事项" in public and case not in public
    act(lines, "next")
    two = current()
    visit = {"purpose": "consultation", "persons": "1", "asked": "问社保。", "answer": "已答。", "do": "answer"}
    assert f'value="{two}"' in lines.open("clerk", "visits", ticket=two).content.decode()
    done = lines.send("clerk", "visits", **visit, ticket=two)
    assert done.status_code == 302 and done["Location"] == "/desk/caller"
    number = sql("SELECT visit FROM hall_ticket WHERE id = %s", two)[0][0]
    assert number and number in lines.read("clerk", "caller")
    # of another hall, of nobody, of no number
    for who, given in (("clerk_town", two), ("clerk", "00000000-0000-0000-0000-000000000001")):
        wrong = lines.send(who, "register", **(filled | {"ticket": given, "key": f"k{who}{given}"}))
        assert wrong.status_code == 422 and "没有在您的窗口叫过" in words(wrong)
    assert lines.open("clerk", "register", ticket="x").status_code == 200


def test_the_telephone_and_the_walls_tell_of_nobody(kiosk: Client, lines: Screens) -> None:
    code = draw(kiosk)["Location"].split("/")[-1]
    stranger = new_browser()
    assert "A001" in words(stranger.get(f"/ticket/{code}")) and "下一个就是您" in words(
        stranger.get(f"/ticket/{code}")
    )
    assert stranger.get("/ticket/none").status_code == 404
    act(lines, "next")
    wall._boards.clear()
    assert "请到 1号窗口" in words(stranger.get(f"/ticket/{code}"))
    shown = stranger.get("/wall/hall")
    assert 'data-say="请A001号到1号窗口"' in shown.content.decode() and "迎进门" not in words(shown)
    today = words(stranger.get("/wall/today"))
    assert "信访局" in today and "A001" in today and "带班领导" in today
    assert stranger.get("/wall/hall/none").status_code == 404
    assert stranger.get("/wall/today/centre-qinghe").status_code == 200
    for path in ("/wall/hall", "/wall/today", f"/ticket/{code}", "/kiosk"):
        assert "default-src 'self'" in stranger.get(path)["Content-Security-Policy"]
    act(lines, "missed", ticket=current())
    assert "工作人员会再叫" in words(stranger.get(f"/ticket/{code}"))


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"prefix": "1"}, "一个英文字母"), ({"prefix": "a"}, "字母 A 已用于"), ({"code": "a"}, "已在使用"),
        ({"opens": "9点"}, "时间应为"), ({"opens": "10:00", "closes": "10:00"}, "要晚于"),
        ({"usual_minutes": "0"}, "1到120"), ({"windows": []}, "至少选一个窗口"), ({"windows": ["none"]}, "至少选一个"),
        ({"name": ""}, "请填写名称"),
    ],
)  # fmt: skip
def test_a_fault_of_a_line_is_told(lines: Screens, changes: dict[str, Any], part: str) -> None:
    given = LINE | {"code": "c", "name": "新业务", "prefix": "C", "windows": ["w1"]} | changes
    page = lines.send("admin", LINES, **given)
    assert page.status_code == 422 and part in words(page)


def test_a_line_is_added_changed_and_switched_off(kiosk: Client, lines: Screens) -> None:
    given: dict[str, Any] = LINE | {
        "code": "guide",
        "name": "导办台",
        "prefix": "z",
        "guide": "yes",
        "windows": ["w1"],
    }
    assert lines.send("admin", LINES, **given).status_code == 302
    assert "不知道办什么" in words(kiosk.get("/kiosk"))
    second = lines.send("admin", LINES, **(given | {"code": "g2", "prefix": "Y"}))
    assert second.status_code == 422 and "只能有一个" in words(second)
    changed = {name: value for name, value in given.items() if name != "code"} | {"windows": ["w2", "w3"]}
    assert lines.send("admin", f"{LINES}/guide", **changed).status_code == 302
    assert "2号窗口、3号窗口" in lines.read("admin", LINES)
    assert 'value="w2" checked' in lines.open("admin", f"{LINES}/guide").content.decode()
    assert lines.send("admin", f"{LINES}/guide/switch").status_code == 302
    wall._boards.clear()
    assert "不知道办什么" not in words(kiosk.get("/kiosk"))
    assert lines.open("admin", f"{LINES}/none").status_code == 404 and lines.open("clerk", LINES).status_code == 403


def test_the_last_window_of_a_line_stays(lines: Screens) -> None:
    assert lines.send("admin", "admin/hall/centre/places/w1/switch").status_code == 302
    for path, form in (("places/w2/switch", {}), ("places/w2", {"name": "2号室", "kind": "room"})):
        told = words(lines.browser("admin").post(f"/desk/admin/hall/centre/{path}", form, follow=True))
        assert "“业务a”只有这个窗口叫号" in told
    assert sql("SELECT count(*) FROM hall_place WHERE active AND kind = 'window'") == [(2,)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_does_not_grow_with_the_numbers(kiosk: Client, lines: Screens, count: int) -> None:
    act(lines, "open")
    for number in range(count):
        draw(kiosk, key=f"k{number}")
    browsers = {"clerk": lines.browser("clerk"), "": new_browser(), "kiosk": kiosk}
    for who, path, price in (("clerk", "/desk/caller?window=w1", 10), ("", "/wall/hall", 9), ("kiosk", "/kiosk", 10)):
        browsers[who].get(path)
        looks = []
        for _ in range(3):  # what is remembered for some seconds may have run out just then, on a busy machine
            wall._boards.clear()
            with CaptureQueriesContext(connection) as asked:
                page = browsers[who].get(path)
            assert page.status_code == 200 and len(page.content) < 60_000
            looks.append([query["sql"][:90] for query in asked.captured_queries])
        assert min(map(len, looks)) == price, (path, looks)
