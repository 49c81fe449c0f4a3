"""From a notice to a message: gathered, told in kinds and counts alone, sent at least once under one id."""

import re
from datetime import timedelta

import pytest
from pytest_django import Settings

from cases.kit import case_id, sql
from notices.kit import PHONE, Gateway, MailServer, deliver_all, gather_all, listen, sent_to, soon, states
from onedoor.notices.steps.deliver import LEASE, forget_deliveries
from onedoor.notices.steps.gather import due_channels
from onedoor.rules.notices import MOST_TRIES, NOTICES, message, next_try
from web.kit import Screens

MINUTE = timedelta(minutes=1)
LIE = "编号990101-260302-00001，张建国，13812345678，请速回电"


def texts(gateway: Gateway) -> list[str]:
    return [body["text"] for _, _, body in gateway.taken]


def test_many_notices_are_one_message_of_kinds_and_counts(screens: Screens, gateway: Gateway) -> None:
    now = listen(screens, "unit_lead2")
    for _ in range(2):
        sent_to(screens)
    third = sent_to(screens, kind="incident")  # of a dispute the parties would have to want more time
    screens.walk(
        third, ("handler2", "sign", {}), ("handler2", "request_extension", {"days": 5, "reason": "路远。"})
    )  # fmt: skip
    now = soon()

    assert (gather_all(now), gather_all(now), deliver_all(now)) == (1, 0, 1)

    assert texts(gateway) == ["您在一扇门有4条新通知：待签收3条、延期待批1条。请登录查看。"]
    assert states() == [("sent", 1, 4)]


def test_nothing_of_a_matter_is_in_a_message(screens: Screens, gateway: Gateway, mail: MailServer) -> None:
    listen(screens, "handler2")
    listen(screens, "handler2", kind="mail", address="fang@example.com")
    screens.send(
        "admin", "admin/units/zjj/channels/wecom", address=f"{gateway.base}/webhook/send?key=abcdef0123456789"
    )
    sql("DELETE FROM delivery WHERE notices = 0")
    open_one = sent_to(screens, narrative=LIE, title=LIE)
    secret = str(screens.registered(by="supervisor", confidential=True, narrative=LIE)["number"])
    screens.walk(
        secret,
        ("supervisor", "accept", {}),
        ("dispatcher_secret", "dispatch", {"unit": "zjj", "persons": ["handler2"]}),
    )
    assert gather_all(soon()) == 3 and deliver_all(soon()) == 3

    told = [str(body) for _, _, body in gateway.taken] + [
        letter.as_string() + letter.get_content() for letter in mail.letters
    ]
    assert len(told) == 3
    assert [body["text"] for path, _, body in gateway.taken if path == "/sms"] == [
        "您在一扇门有2条新通知：待签收2条。请登录查看。"
    ]
    # nobody of the group but the named one may know of the second
    assert "本单位在一扇门有1条新通知：待签收1条。请登录查看。" in "".join(told)
    for text in [*told, *(row[0] for row in sql("SELECT text FROM delivery"))]:
        for word in (
            open_one,
            secret,
            "张建国",
            "𠮷田安",
            "13812345678",
            "990101",
            "急",
            "邻居",
            "走廊",
            "信访",
            "限制",
        ):
            assert word not in text, (word, text)


@pytest.mark.parametrize("counts", [{kind: 2} for kind in NOTICES] + [dict.fromkeys(NOTICES, 99)])
def test_every_text_is_made_of_words_of_the_table(counts: dict[str, int]) -> None:
    for unit in (True, False):
        text = message(counts, unit=unit)
        shorts = "|".join(kind.short for kind in NOTICES.values())
        assert re.fullmatch(rf"(您|本单位)在一扇门有\d+条新通知：((({shorts}|其他)\d+条)、?)+。请登录查看。", text), (
            text
        )
        assert len(text) <= 70, "one text message"


def test_at_most_one_message_in_ten_minutes(screens: Screens, gateway: Gateway, settings: Settings) -> None:
    listen(screens, "handler2")
    sent_to(screens)
    first = soon()
    assert (gather_all(first), deliver_all(first + MINUTE)) == (1, 1)
    for _ in range(2):
        sent_to(screens)

    assert gather_all(first + 9 * MINUTE) == 0
    assert gather_all(first + 10 * MINUTE) == 0, "counted from when it was sent"
    assert gather_all(first + 11 * MINUTE) == 1
    deliver_all(first + 11 * MINUTE)

    assert texts(gateway)[1] == "您在一扇门有2条新通知：待签收2条。请登录查看。"


def test_while_a_message_waits_what_comes_is_left_for_the_next(screens: Screens, gateway: Gateway) -> None:
    listen(screens, "handler2")
    sent_to(screens)
    gateway.status = 503
    at = soon()
    assert (gather_all(at), deliver_all(at)) == (1, 1)
    sent_to(screens)

    assert gather_all(at + 30 * MINUTE) == 0
    gateway.status = 200
    assert deliver_all(at + 30 * MINUTE) == 1
    assert gather_all(at + 41 * MINUTE) == 1


def test_what_was_read_taken_back_or_closed_before_is_left_out(screens: Screens, gateway: Gateway) -> None:
    listen(screens, "handler2")
    kept, back, closed, read = (sent_to(screens) for _ in range(4))
    at = soon()
    assert gather_all(at) == 1 and states() == [("waiting", 0, 4)]
    screens.walk(
        back, ("supervisor", "restrict", {"level": "restricted", "persons": ["supervisor"], "reason": "涉及隐私。"})
    )
    sql("DELETE FROM visible WHERE case_id = %s", case_id(closed))
    notice = sql("SELECT id FROM notice WHERE case_id = %s AND kind = 'to_sign'", case_id(read))[0][0]
    screens.open("handler2", f"inbox/{notice}")

    deliver_all(at)

    assert kept and texts(gateway) == ["您在一扇门有1条新通知：待签收1条。请登录查看。"]
    assert states() == [("sent", 1, 1)]


def test_a_message_about_nothing_any_more_is_not_sent(screens: Screens, gateway: Gateway) -> None:
    listen(screens, "handler2")
    number = sent_to(screens)
    at = soon()
    gather_all(at)
    screens.walk(
        number, ("supervisor", "restrict", {"level": "restricted", "persons": ["supervisor"], "reason": "涉及隐私。"})
    )

    deliver_all(at)

    assert gateway.taken == [] and states() == [("dropped", 1, 1)]


def test_what_was_read_before_is_no_news(screens: Screens, gateway: Gateway) -> None:
    listen(screens, "handler2")
    sent_to(screens)
    newest = re.findall(r'name="newest" value="([^"]+)"', screens.open("handler2", "inbox").content.decode())[0]
    screens.send("handler2", "inbox/read", newest=newest)

    assert gather_all(soon()) == 0


def test_who_is_out_of_use_is_told_nothing(screens: Screens, gateway: Gateway) -> None:
    listen(screens, "handler2")
    sent_to(screens)
    at = soon()
    sql("UPDATE people_account SET is_active = false WHERE username = 'handler2'")
    assert gather_all(at) == 0
    sql("UPDATE people_account SET is_active = true WHERE username = 'handler2'")
    assert gather_all(at) == 1
    sql(
        "UPDATE people_post SET active = false WHERE account_id = (SELECT id FROM people_account WHERE username = 'handler2')"
    )
    deliver_all(at)
    assert gateway.taken == [] and states() == [("dropped", 1, 1)]


def test_what_came_before_the_channel_or_while_it_was_off_is_no_news(screens: Screens, gateway: Gateway) -> None:
    sent_to(screens)
    listen(screens, "handler2")
    assert gather_all(soon()) == 0
    screens.send("handler2", "me/channels/sms", do="off")
    sent_to(screens)
    assert due_channels(soon()) == []
    screens.send("handler2", "me/channels/sms", do="on")
    assert gather_all(soon()) == 0
    sent_to(screens)
    assert gather_all(soon()) == 1


def test_a_notice_that_was_committed_late_is_not_missed(screens: Screens, gateway: Gateway) -> None:
    listen(screens, "handler2")
    sql("UPDATE notice_channel SET since = since - interval '1 day'")
    now = soon()
    assert gather_all(now + 20 * MINUTE) == 0  # notes that it has looked
    sent_to(screens)

    assert gather_all(now + 21 * MINUTE) == 1


def test_tries_are_made_at_longer_and_longer_intervals_and_then_it_is_stuck(
    screens: Screens, gateway: Gateway
) -> None:
    listen(screens, "handler2")
    sent_to(screens)
    gateway.status = 500
    at = soon()
    gather_all(at)
    for wait in (1, 5, 30, 120):
        assert deliver_all(at) == 1
        assert deliver_all(at + wait * MINUTE - MINUTE / 2) == 0
        at += wait * MINUTE
    assert deliver_all(at) == 1 and states() == [("stuck", 5, 1)]
    assert deliver_all(at + 10_000 * MINUTE) == 0

    ids = {headers["Idempotency-Key"] for _, headers, _ in gateway.taken}
    assert len(gateway.taken) == 5 and len(ids) == 1, "one id for all tries"
    assert sql("SELECT last_error FROM delivery") == [("对方服务器回答 500。",)]
    assert MOST_TRIES == 5 and next_try(5) is None


def test_a_killed_workers_message_is_taken_up_again_and_at_last_given_up(screens: Screens, gateway: Gateway) -> None:
    listen(screens, "handler2")
    sent_to(screens)
    at = soon()
    gather_all(at)
    sql("UPDATE delivery SET tries = 1, next_try_at = %s", at + LEASE)  # as a worker leaves it that was killed

    assert deliver_all(at + LEASE - MINUTE) == 0
    assert deliver_all(at + LEASE) == 1 and states() == [("sent", 2, 1)]

    sql("UPDATE delivery SET state = 'waiting', sent_at = NULL, tries = %s", MOST_TRIES)
    assert deliver_all(at + 2 * LEASE) == 1 and states() == [("stuck", 6, 1)]
    assert len(gateway.taken) == 1


def test_the_administrator_sees_retries_and_gives_up(screens: Screens, gateway: Gateway, mail: MailServer) -> None:
    listen(screens, "handler2")
    listen(screens, "unit_lead2", kind="mail", address="fang@example.com")
    sent_to(screens)
    gateway.status, mail.refuse = 500, "550 no such user fang@example.com"
    at = soon()
    gather_all(at)
    deliver_all(at)
    sql("UPDATE delivery SET state = 'stuck'")

    assert "2 条消息发不出去" in screens.read("admin", "admin/")
    page = screens.read("admin", "admin/deliveries", state="stuck")
    assert "房立行" in page and "短信 139****1234" in page and "对方服务器回答 500。" in page and "待签收1条" in page
    assert "550" in page and "fang@" not in page and PHONE not in page
    ids = re.findall(r"deliveries/([0-9a-f-]{36})/retry", screens.open("admin", "admin/deliveries").content.decode())
    gateway.status, mail.refuse = 200, ""
    newest, oldest = ids
    assert screens.send("admin", f"admin/deliveries/{oldest}/retry").status_code == 302
    assert screens.send("admin", f"admin/deliveries/{newest}/drop").status_code == 302
    assert deliver_all(at + MINUTE) == 1
    assert sorted(state for state, _, _ in states()) == ["dropped", "sent"]
    assert "没有等着发送的消息。" in screens.read("admin", "admin/deliveries")
    screens.send("admin", f"admin/deliveries/{newest}/retry")
    assert "已经发出或不再发送" in screens.read("admin", "admin/deliveries")
    assert "重试消息" in screens.read("admin", "admin/") and "发不出去" not in screens.read("admin", "admin/")
    assert screens.send("admin", f"admin/deliveries/{newest}/explode").status_code == 404
    for who in ("clerk", "director", "auditor"):
        assert screens.open(who, "admin/deliveries").status_code == 403
        assert screens.send(who, f"admin/deliveries/{oldest}/drop").status_code == 403


def test_a_page_of_stuck_messages_is_paged_by_key(
    screens: Screens, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onedoor.notices.queries.deliveries.PAGE", 2)
    for who in ("handler2", "unit_lead2", "handler"):
        screens.send(who, "me/channels/sms", address=PHONE)
    first = screens.open("admin", "admin/deliveries").content.decode()
    assert first.count("data-item") == 2
    after = re.findall(r"after=([0-9a-f-]{36})", first)[0]
    assert screens.open("admin", "admin/deliveries", after=after).content.decode().count("data-item") == 1
    assert screens.open("admin", "admin/deliveries", after="x", state="y").status_code == 200


def test_old_messages_are_forgotten(screens: Screens, gateway: Gateway) -> None:
    listen(screens, "handler2")
    sent_to(screens)
    at = soon()
    gather_all(at)
    deliver_all(at)
    assert forget_deliveries(before=at - MINUTE) == 0
    assert forget_deliveries(before=at + MINUTE) == 1
    assert sql("SELECT count(*) FROM delivery_notice") == [(0,)]
