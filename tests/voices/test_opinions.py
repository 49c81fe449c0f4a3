"""意见箱: nobody's opinion, read by few, published edited, forgotten."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.kit import EVERYBODY, new_browser
from cases.kit import sql
from onedoor.cases.queries.days import today
from onedoor.people.models import AccessLog
from onedoor.voices.steps.opinion import MOST_FROM_ADDRESS, erase_opinions
from web.kit import Screens, words

FORM = {"topic": "centre", "text": "取号机旁边没有椅子。", "key": "o1"}
SHOWN = {"text": "希望取号机旁加椅子。", "reply": "已加四把。", "nameless": "yes"}
KNOWN_COLUMNS = {
    "id", "centre_id", "form_index", "topic", "text", "received_on", "state", "shown_text", "reply", "published_on",
    "erased_at",
}  # fmt: skip


def handed_in(**changes: str) -> int:
    return new_browser().post("/opinion", FORM | changes).status_code


def only() -> UUID:
    return UUID(str(sql("SELECT id FROM voices_opinion")[0][0]))


def step(screens: Screens, who: str, verb: str, **form: str) -> int:
    return screens.send(who, f"opinions/{only()}/{verb}", **form).status_code


def test_there_is_no_column_for_a_person_or_an_hour(screens: Screens) -> None:
    columns = sql("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'voices_opinion'")
    assert {name for name, _ in columns} == KNOWN_COLUMNS
    assert {name for name, kind in columns if "timestamp" in kind} == {"erased_at"}
    handed_in()
    assert only().version == 4, "an id that tells no time"


def test_sent_twice_is_once(screens: Screens) -> None:
    assert handed_in() == handed_in() == 200
    assert sql("SELECT count(*), min(received_on) FROM voices_opinion") == [(1, today())]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"topic": "person"}, "请选择关于什么"),
        ({"text": ""}, "请填写意见"),
        ({"text": "他是１１０１０５１９４９１２３１００２Ｘ"}, "请不要写身份证号"),
        ({"text": "长" * 2001}, "最多2000个字"),
    ],
)
def test_what_is_wrong_is_told(screens: Screens, changes: dict[str, str], sentence: str) -> None:
    page = new_browser().post("/opinion", FORM | changes)
    assert page.status_code == 422 and sentence in words(page)
    assert not sql("SELECT 1 FROM voices_opinion")


def test_the_limit_of_an_address(screens: Screens) -> None:
    said = [handed_in(key=f"o{number}") for number in range(MOST_FROM_ADDRESS + 1)]
    assert said == [200] * MOST_FROM_ADDRESS + [429]
    assert not sql("SELECT 1 FROM people_use WHERE digest::text LIKE '%127.0.0.1%'")


def test_supervisor_and_director_of_the_centre_read_it_and_nobody_else(screens: Screens) -> None:
    handed_in()
    handed_in(centre="centre-qinghe", key="o2", text="镇上的窗口中午没人。")
    for who in EVERYBODY:
        answer = screens.open(who, "opinions")
        if who in ("supervisor", "director"):
            assert FORM["text"] in words(answer) and "镇上的窗口" not in words(answer)
            assert "意见箱" in screens.read(who, "")
        else:
            assert answer.status_code == 403, who
            assert "意见箱" not in screens.read(who, "")
    ((own,), (other,)) = sql("SELECT id FROM voices_opinion ORDER BY text = %s DESC", FORM["text"])
    assert screens.open("director", f"opinions/{own}").status_code == 200
    assert screens.open("director", f"opinions/{other}").status_code == 404
    for who, opinion in (("clerk", own), ("director", other), ("clerk_town", other)):
        assert screens.send(who, f"opinions/{opinion}/mark", state="read").status_code == 404
    assert sql("SELECT DISTINCT state FROM voices_opinion") == [("new",)]


def test_marked_published_with_a_reply_and_taken_away(screens: Screens) -> None:
    handed_in()
    assert step(screens, "supervisor", "publish", **SHOWN) == 422, "it is read first"
    assert step(screens, "supervisor", "mark", state="burnt") == 422
    assert step(screens, "supervisor", "mark", state="adopted") == 302
    for wrong in ({"nameless": ""}, {"reply": ""}, {"text": "找 11010519491231002X"}):
        assert step(screens, "director", "publish", **SHOWN | wrong) == 422
    page = words(new_browser().get("/opinion"))
    assert FORM["text"] not in page and "收到 1条 已阅 1条 其中采纳 1条" in page
    assert step(screens, "director", "publish", **SHOWN) == 302
    page = words(new_browser().get("/opinion"))
    assert SHOWN["text"] in page and SHOWN["reply"] in page and FORM["text"] not in page
    assert step(screens, "director", "withdraw") == 302
    assert SHOWN["text"] not in words(new_browser().get("/opinion"))
    said = AccessLog.objects.filter(action="opinion").values_list("subject", "reason")
    assert len(said) == 3 and not any(FORM["text"] in one for pair in said for one in pair)


def test_an_opinion_is_forgotten_with_what_was_published(screens: Screens) -> None:
    handed_in()
    step(screens, "supervisor", "mark", state="read")
    step(screens, "supervisor", "publish", **SHOWN)
    now = datetime.now(UTC)
    assert erase_opinions(before=today(), at=now) == 0
    assert erase_opinions(before=today() + timedelta(days=1), at=now) == 1
    assert sql("SELECT text, shown_text, reply, form_index FROM voices_opinion") == [("", "", "", None)]
    page = words(new_browser().get("/opinion"))
    assert SHOWN["text"] not in page and "收到 1条" in page, "the count stays"
    assert screens.open("director", f"opinions/{only()}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_of_a_page_does_not_grow_with_its_rows(screens: Screens, count: int) -> None:
    for number in range(count):
        handed_in(key=f"o{number}")
    for (opinion,) in sql("SELECT id FROM voices_opinion"):
        screens.send("director", f"opinions/{opinion}/mark", state="read")
        screens.send("director", f"opinions/{opinion}/publish", **SHOWN)
    with CaptureQueriesContext(connection) as statements:
        page = screens.open("director", "opinions")
    assert len(statements) == 2 and page.content.decode().count("data-item") == count
    with CaptureQueriesContext(connection) as statements:
        page = new_browser().get("/opinion")
    assert len(statements) == 4 and words(page).count(SHOWN["text"]) == count
