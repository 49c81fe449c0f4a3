"""The inbox: whose it is, what leaves it, and what it costs."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.kit import EVERYBODY, new_browser
from cases.kit import case_id, person, sql
from notices.kit import sent_to
from onedoor.notices.steps.read import forget_old
from onedoor.people.sign_in import sign_out, sign_out_everywhere
from onedoor.web.desk import inbox
from onedoor.web.desk.access import COOKIE
from web.kit import Screens

TITLE = "邻居占用公共走廊"


def unread(screens: Screens, who: str) -> str:
    answer = screens.open(who, "inbox/unread")
    assert answer.status_code == 200
    return answer.content.decode()


def rows_of(screens: Screens, who: str, **query: object) -> list[tuple[str, str]]:
    """(kind, number) of the listed notices."""
    html = screens.open(who, "inbox", **query).content.decode()
    found = re.findall(r"<tr data-item.*?</tr>", html, re.S)
    return [
        (
            re.sub(r"<[^>]*>", "", row.split("</td>")[0]).strip(),
            re.findall(r'class="number"><a [^>]*>([^<]+)<', row)[0],
        )
        for row in found
    ]


def test_a_notice_to_a_unit_reaches_whom_it_concerns_and_nobody_else(screens: Screens) -> None:
    number = sent_to(screens)

    told = {who for who in EVERYBODY if number in screens.open(who, "inbox").content.decode()}

    assert told == {"handler2", "unit_lead2"}
    assert rows_of(screens, "handler2") == [("未读：有新事项待签收", number)]


@pytest.mark.parametrize(
    ("moves", "told"),
    [
        ((("handler2", "object", {"reason": "不归我管。"}),), {"dispatcher", "dispatcher_secret"}),
        (
            (("handler2", "sign", {}), ("handler2", "conclude", {"outcome": "answered", "answer": "已清理。"})),
            {"dispatcher", "dispatcher_secret", "supervisor", "director"},
        ),
        (
            (("handler2", "sign", {}), ("handler2", "request_extension", {"days": 5, "reason": "路远。"})),
            {"unit_lead2"},
        ),
        (
            (("handler2", "sign", {}), ("handler2", "request_suspension", {"days": 5, "reason": "等结果。"})),
            {"supervisor", "director"},
        ),
    ],
)
def test_a_notice_to_the_centre_reaches_those_who_decide_there(
    screens: Screens, moves: tuple[tuple[str, str, dict[str, object]], ...], told: set[str]
) -> None:
    number = sent_to(screens, kind="incident")  # of a dispute the parties would have to want more time
    sql("DELETE FROM notice")

    screens.walk(number, *moves)

    assert {who for who in EVERYBODY if unread(screens, who)} == told


def test_each_reads_for_himself(screens: Screens) -> None:
    number = sent_to(screens)
    link = re.findall(r"/desk/inbox/([0-9a-f-]{36})", screens.open("handler2", "inbox").content.decode())[0]

    gone = screens.open("handler2", f"inbox/{link}")

    assert gone.status_code == 302 and gone["Location"] == f"/desk/cases/{number}"
    assert (unread(screens, "handler2"), unread(screens, "unit_lead2")) == ("", "1")
    assert "未读：" not in screens.read("handler2", "inbox") and number in screens.read("handler2", "inbox")
    assert "没有未读的通知。" in screens.read("handler2", "inbox", unread="1")
    assert screens.open("handler2", f"inbox/{link}").status_code == 302
    for who in ("handler", "clerk", "dispatcher"):
        assert screens.open(who, f"inbox/{link}").status_code == 404
    assert screens.open("handler2", f"inbox/{uuid4()}").status_code == 404


def test_all_are_read_up_to_the_newest_that_was_shown(screens: Screens) -> None:
    for _ in range(2):
        sent_to(screens)
    page = screens.open("handler2", "inbox").content.decode()
    newest = re.findall(r'name="newest" value="([^"]+)"', page)[0]
    later = sent_to(screens)

    done = screens.send("handler2", "inbox/read", newest=newest)

    assert done.status_code == 302
    assert "已将2条通知标为已读。" in screens.read("handler2", "inbox")
    assert unread(screens, "handler2") == "1"
    assert rows_of(screens, "handler2", unread="1") == [("未读：有新事项待签收", later)]
    assert screens.send("handler2", "inbox/read", newest="nonsense").status_code == 422
    assert screens.open("handler2", "inbox/read").status_code == 405


def test_all_read_is_one_row_for_what_is_old_and_misses_nothing_that_commits_late(screens: Screens) -> None:
    old, new = sent_to(screens), sent_to(screens)
    sql("UPDATE notice SET created_at = created_at - interval '1 hour' WHERE case_id = %s", case_id(old))
    page = screens.open("handler2", "inbox").content.decode()
    newest = re.findall(r'name="newest" value="([^"]+)"', page)[0]

    screens.send("handler2", "inbox/read", newest=newest)

    assert sql("SELECT count(*) FROM notice_read") == [(1,)] and unread(screens, "handler2") == ""
    assert "未读：" not in screens.read("handler2", "inbox") and unread(screens, "unit_lead2") == "2"
    late = sent_to(screens)  # begun a minute before the mark, committed after it
    sql("UPDATE notice SET created_at = created_at - interval '1 minute' WHERE case_id = %s", case_id(late))
    assert rows_of(screens, "handler2", unread="1") == [("未读：有新事项待签收", late)] and new


def test_a_notice_goes_when_its_case_may_not_be_seen_any_more(screens: Screens) -> None:
    number = sent_to(screens)
    assert unread(screens, "unit_lead2") == "1"
    link = re.findall(r"/desk/inbox/([0-9a-f-]{36})", screens.open("handler2", "inbox").content.decode())[0]
    # with nothing taken back: the gate alone must hold
    sql("DELETE FROM visible WHERE case_id = %s", case_id(number))

    assert "还没有通知。" in screens.read("handler2", "inbox")
    assert unread(screens, "handler2") == ""
    assert screens.open("handler2", f"inbox/{link}").status_code == 404


def test_what_was_taken_back_is_gone(screens: Screens) -> None:
    number = sent_to(screens)
    screens.walk(
        number,
        ("supervisor", "restrict", {"level": "restricted", "persons": ["supervisor"], "reason": "涉及隐私。"}),
    )  # fmt: skip

    assert unread(screens, "handler2") == "" and number not in screens.read("handler2", "inbox")


def test_of_a_confidential_case_only_the_named_hear(screens: Screens) -> None:
    number = str(screens.registered(by="supervisor", confidential=True)["number"])
    screens.walk(
        number,
        ("supervisor", "accept", {}),
        ("dispatcher_secret", "dispatch", {"unit": "zjj", "persons": ["handler2"]}),
    )

    told = {who for who in EVERYBODY if number in screens.open(who, "inbox").content.decode()}

    assert told == {"supervisor", "dispatcher_secret", "handler2"}
    assert "限制知悉" in screens.read("handler2", "inbox")


def test_the_list_is_paged_by_key(screens: Screens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onedoor.web.desk.inbox.PAGE", 2)
    numbers = [sent_to(screens) for _ in range(3)]

    first = screens.open("handler2", "inbox").content.decode()
    cursor = re.findall(r"cursor=([\w-]+)", first)[0]

    assert [number for _, number in rows_of(screens, "handler2")] == numbers[:0:-1]
    assert rows_of(screens, "handler2", cursor=cursor) == [("未读：有新事项待签收", numbers[0])]
    assert screens.open("handler2", "inbox", cursor="x").status_code == 422


def test_an_empty_inbox_says_so_and_everybody_has_one(screens: Screens) -> None:
    for who in EVERYBODY:
        assert "还没有通知。" in screens.read(who, "inbox"), who
        assert unread(screens, who) == ""


def test_who_sees_the_case_reads_its_title(screens: Screens) -> None:
    number = sent_to(screens)
    assert TITLE in screens.read("handler2", "inbox") and number in screens.read("handler2", "inbox")


def test_the_frame_has_the_link_and_asks_nothing_for_it(screens: Screens) -> None:
    sent_to(screens)
    screens.browser("handler2")
    with CaptureQueriesContext(connection) as asked:
        page = screens.open("handler2", "me")
    assert "notice" not in " ".join(
        query["sql"] for query in asked.captured_queries if "notice_channel" not in query["sql"]
    )
    assert (
        'href="/desk/inbox"' in page.content.decode() and 'data-address="/desk/inbox/unread"' in page.content.decode()
    )


def look_again() -> None:
    """So much time has passed that this process asks what has come."""
    inbox._news.looked = -2 * inbox.LOOKED


def test_the_figure_is_asked_once_for_many_pages(screens: Screens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LOOKED", 1e6)
    sent_to(screens)
    for _ in range(2):
        look_again()
        assert unread(screens, "handler2") == "1"
    look_again()
    with CaptureQueriesContext(connection) as asked:
        for _ in range(3):
            assert unread(screens, "handler2") == "1"
    assert len(asked) == 1, "whether anything has come for anybody, and nothing else"
    with CaptureQueriesContext(connection) as asked:
        assert unread(screens, "handler2") == "1"
    assert not len(asked)


def test_what_comes_is_told_to_whom_it_concerns_and_counts_for_nobody_else(
    screens: Screens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LOOKED", 1e6)
    sent_to(screens)
    look_again()
    assert (unread(screens, "handler2"), unread(screens, "handler")) == ("1", "")
    assert (unread(screens, "handler2"), unread(screens, "handler")) == ("1", "")
    # as another process writes it
    sql(
        "INSERT INTO notice (id, audience, case_id, kind, created_at)"
        " SELECT gen_random_uuid(), audience, case_id, kind, now() FROM notice LIMIT 1"
    )
    look_again()
    with CaptureQueriesContext(connection) as asked:
        assert unread(screens, "handler") == ""
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert unread(screens, "handler2") == "2"
    assert len(asked) == 1, "counted anew, for him alone"


def test_who_has_been_reading_is_told_the_new_figure_whichever_process_answers(screens: Screens) -> None:
    sent_to(screens)
    assert unread(screens, "handler2") == "1"
    sql("INSERT INTO notice_reader (account_id, read_until) SELECT id, now() + interval '1 day' FROM people_account"
        " WHERE username = 'handler2' ON CONFLICT (account_id) DO UPDATE SET read_until = excluded.read_until")  # fmt: skip
    assert unread(screens, "handler2") == "1"
    assert screens.open("handler2", "inbox/unread", newest=1).content == b""
    assert unread(screens, "handler2") == ""


def test_a_token_that_has_ended_is_asked_for_again_within_a_minute(
    screens: Screens, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_to(screens)
    assert unread(screens, "handler2") == "1"
    sql("UPDATE people_token SET expires_at = now() - interval '1 second'")
    monkeypatch.setattr(inbox, "KNOWN", -1.0)
    assert screens.open("handler2", "inbox/unread").status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_does_not_grow_with_the_rows(screens: Screens, count: int) -> None:
    for _ in range(count):
        sent_to(screens)
    screens.browser("handler2")
    with CaptureQueriesContext(connection) as asked:
        page = screens.open("handler2", "inbox")
    assert page.content.decode().count("data-item") == count and len(page.content) < 60_000
    assert len(asked) == 3, [query["sql"][:90] for query in asked.captured_queries]


def test_more_than_ninety_nine_are_not_counted(screens: Screens) -> None:
    number = sent_to(screens)
    sql(
        "INSERT INTO notice (id, audience, case_id, kind, created_at) SELECT gen_random_uuid(), audience, case_id, kind, created_at"
        " FROM notice, generate_series(1, 120) WHERE case_id = %s",
        case_id(number),
    )
    assert unread(screens, "handler2") == "99+"
    assert "99+条未读" in screens.open("handler2", "inbox").content.decode()


def test_a_title_that_lies_runs_nothing(screens: Screens) -> None:
    sent_to(screens, narrative="<script>alert(1)</script>您有0条通知")
    html = screens.open("handler2", "inbox").content.decode()
    assert "<script>alert" not in html and "&lt;script&gt;" in html


def test_old_notices_are_forgotten_with_who_read_them(screens: Screens) -> None:
    sent_to(screens)
    young = sent_to(screens)
    screens.send(
        "handler2",
        "inbox/read",
        newest=re.findall(r'name="newest" value="([^"]+)"', screens.open("handler2", "inbox").content.decode())[0],
    )
    now = datetime.now(UTC)
    sql("UPDATE notice SET created_at = %s WHERE case_id <> %s", now - timedelta(days=181), case_id(young))
    assert sql("SELECT count(*) FROM notice_read") == [(2,)]

    assert [forget_old(before=now - timedelta(days=180), most=5) for _ in range(2)] == [1, 0]

    assert sql("SELECT count(*) FROM notice_read") == [(1,)]
    assert [number for _, number in rows_of(screens, "handler2")] == [young]


def test_strangers_are_sent_to_sign_in(screens: Screens) -> None:
    for path in ("inbox", "inbox/unread", f"inbox/{uuid4()}"):
        assert new_browser().get(f"/desk/{path}")["Location"].startswith("/desk/sign-in")


@pytest.mark.parametrize("how", ["here", "everywhere", "elsewhere"])
def test_who_has_signed_out_is_told_no_number_any_more(
    screens: Screens, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    sent_to(screens)
    monkeypatch.setattr(inbox, "LOOKED", 1e6)  # nobody looks by himself
    assert unread(screens, "handler2") == "1"
    browser = screens.browser("handler2")
    token = browser.cookies[COOKIE].value
    if how == "here":
        browser.post("/desk/sign-out")
    else:  # by another process, or on all devices: seen at the next look
        if how == "everywhere":
            sign_out_everywhere(person("handler2").account)
        else:
            sign_out(token)
        inbox._news.tokens_looked = -2 * inbox.LOOKED
    browser.cookies[COOKIE] = token
    answer = browser.get("/desk/inbox/unread")
    assert answer.status_code == 302 and "1" not in answer.content.decode()
