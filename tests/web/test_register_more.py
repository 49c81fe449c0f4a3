"""Registration with help, read back, settled in the same breath."""

from typing import Any

import pytest

from api.kit import ok
from cases.kit import sql, whats
from web.kit import Screens, words

TYPED = {
    "channel": "window", "kind": "dispute", "category": "dispute.neighbours", "key": "k",
    "narrative": "邻居占用公共走廊堆放杂物。", "parties.0.part": "applicant", "parties.0.kind": "person",
    "parties.0.name": "田桂香", "parties.0.phone": "13912345678",
}  # fmt: skip


def number_of(screens: Screens, **more: Any) -> str:
    answer = screens.send("clerk", "register", **TYPED | more)
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"]).split("/")[3]


def test_help_and_reading_back_stand_in_the_record(screens: Screens) -> None:
    refused = screens.send("clerk", "register", **TYPED, help="done_for")
    assert refused.status_code == 422 and "代办须有申请人的委托" in words(refused)
    assert "请选择是谁代办的" in words(refused) and "须先征得申请人同意" in words(refused)
    helped = {"help": "done_for", "help_by": "clerk", "help_consent": "yes"}
    assert screens.send("clerk", "register", **TYPED, **helped).status_code == 422, "without the proxy"
    for liar in ("nobody", "admin%", "clerk' OR 1=1"):
        answer = screens.send("clerk", "register", **TYPED, **(helped | {"help_by": liar, "proxy_seen": "yes"}))
        assert answer.status_code == 422 and "没有这个工作人员" in words(answer)
    number = number_of(screens, **helped, proxy_seen="yes", read_back="yes")
    page = screens.read("clerk", f"cases/{number}")
    name = sql("SELECT id, name FROM people_account WHERE username = 'clerk'")
    said = (f"代办：{name[0][1]}", "申请人同意帮助", "委托材料已核对", "已向申请人宣读确认")
    assert all(word in page for word in said)
    codes = "payload->'codes'->>'help', (payload->'codes'->>'help_by')::int, payload->'codes'->>'help_consent'"
    assert sql(f"SELECT {codes} FROM event WHERE kind = 'register'") == [("done_for", name[0][0], "true")]
    assert not sql("SELECT 1 FROM event WHERE payload::text LIKE %s", [f"%{name[0][1]}%"]), "ids, no names"
    assert whats() == set()


def test_who_registered_finds_it_under_first_asked_until_it_is_signed(screens: Screens) -> None:
    number = number_of(screens)
    of_town = screens.registered("clerk_town")["number"]
    assert number in screens.read("clerk", "", queue="first_asked")
    assert of_town not in screens.read("clerk", "", queue="first_asked"), "seen, but not made by this clerk"
    assert of_town in screens.read("clerk_town", "", queue="first_asked")
    assert number not in screens.read("clerk_town", "", queue="first_asked"), "another's"
    screens.walk(number, ("clerk", "accept", {}), ("dispatcher", "dispatch", {"unit": "zjj", "co_units": ["rsj"]}))
    screens.move("handler", number, "sign")  # a unit that helps: the lead has not taken it yet
    assert number in screens.read("clerk", "", queue="first_asked")
    assert screens.read("clerk", "").count("首问在办") >= 1
    screens.move("handler2", number, "sign")
    assert number not in screens.read("clerk", "", queue="first_asked")


def test_an_accusation_of_mine_is_in_my_queue_and_in_nobody_elses(screens: Screens) -> None:
    number = number_of(screens, purpose="accusation", kind="appeal")
    assert number in screens.read("clerk", "", queue="first_asked")
    assert number not in screens.read("clerk_town", "", queue="first_asked")


def test_who_took_it_down_answers_for_it_until_a_unit_has_signed(screens: Screens) -> None:
    number = number_of(screens)
    assert "首问责任" in screens.read("clerk", f"cases/{number}")
    screens.walk(number, ("clerk", "accept", {}), ("dispatcher", "dispatch", {"unit": "zjj"}))
    assert "首问责任" in screens.read("clerk", f"cases/{number}")
    screens.move("handler2", number, "sign")
    assert "首问责任" not in screens.read("clerk", f"cases/{number}")


def test_registered_and_settled_in_one_form_or_neither(screens: Screens) -> None:
    lacking = screens.send("clerk", "register", **TYPED, outcome="answered", answer="已当面解释。")
    assert lacking.status_code == 422 and "申请人确认" in words(lacking)
    assert not sql('SELECT 1 FROM "case"'), "not registered either"
    number = number_of(screens, outcome="answered", answer="已当面解释。", confirmed="yes")
    assert ok(screens.get("clerk", f"/cases/{number}"))["stage"] == "closed"
    assert [kind for (kind,) in sql("SELECT kind FROM event ORDER BY seq")] == ["register", "settle_on_spot"]
    again = number_of(screens, outcome="answered", answer="已当面解释。", confirmed="yes")
    assert again == number and sql('SELECT count(*) FROM "case"') == [(1,)]
    assert whats() == set()


@pytest.mark.parametrize("contact", ["sms", "phone", "none"])
def test_the_desk_asks_how_the_applicant_wants_to_be_reached(screens: Screens, contact: str) -> None:
    number_of(screens, **{"parties.0.contact": contact})
    assert sql("SELECT contact FROM party") == [(contact,)]


def test_the_filing_window_screens_for_mediation_before_a_lawsuit_and_keeps_the_courts_number(
    screens: Screens,
) -> None:
    court = {"track": "court_delegated", "court": "澜平县人民法院", "court_number": "（2026）引调12号"}
    number = number_of(screens, **court)
    assert sql('SELECT track, scheme FROM "case" WHERE number = %s', number) == [
        ("court_delegated", "court-delegated")
    ]
    assert sql("SELECT system, number FROM external_number") == [("澜平县人民法院", "（2026）引调12号")]
    other = number_of(screens, key="k2", court_number="（2026）引调12号")
    assert sql('SELECT track FROM "case" WHERE number = %s', other) == [("",)]
    assert sql("SELECT count(*) FROM external_number") == [(1,)], "a number without a court's procedure is nobody's"


def test_the_clerk_is_asked_about_a_child_who_may_be_hurt_and_nothing_of_it_is_kept(screens: Screens) -> None:
    told = {"narrative": "邻居反映，楼上男子多次殴打孩子。"}
    number = number_of(screens, **told)
    assert "可能涉及未成年人受到侵害" in screens.read("clerk", f"cases/{number}")
    assert "可能涉及未成年人受到侵害" not in screens.read("clerk", f"cases/{number}"), "once, to who registered it"
    assert "可能涉及未成年人受到侵害" not in screens.read("dispatcher", f"cases/{number}")
    assert not sql("SELECT 1 FROM event WHERE payload::text LIKE '%%harm%%'") and not sql("SELECT 1 FROM harm_report")
    plain = number_of(screens, key="k3")
    assert "未成年人" not in screens.read("clerk", f"cases/{plain}").replace("未成年人保护", "")
