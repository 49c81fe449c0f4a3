"""Slips between the centre and its partner offices: at the desk, on paper, and by the partner's program."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.kit import ok, refusal
from cases.kit import sql, whats
from hall.kit import at_once, by, centre
from onedoor.cases.queries.days import today
from onedoor.hall.models import Partner
from onedoor.hall.steps.handover import come_in, erase_handover_texts
from onedoor.hall.steps.partners import add_partner
from onedoor.people.models import Account
from onedoor.rules.handover import ONLY_REPLY
from onedoor.rules.refusal import CONFLICT, Refused
from web.kit import Screens, words

PARTNERS = "admin/hall/centre/partners"
OFFICE = {
    "name": "澜平县政务服务中心", "purpose": "证照、社保", "address": "锦禾路1号", "phone": "0990-5550200",
    "days": "5", "account": "",
}  # fmt: skip


@pytest.fixture
def office(screens: Screens) -> int:
    """政务服务中心 with a program of its own; 不动产 without one."""
    Account.objects.create(username="zwzx-program", name="政务服务中心程序")
    add_partner(by=by(), centre=centre(), code="bdc", given=OFFICE | {"name": "不动产登记中心"})
    made = add_partner(by=by(), centre=centre(), code="zwzx", given=OFFICE | {"account": "zwzx-program"})
    return int(made.pk)


def slip(screens: Screens, who: str = "clerk", **changes: Any) -> str:
    form = {"direction": "out", "partner": "zwzx", "what": "补办残疾证，需要对方窗口受理。", "due_day": ""}
    done = screens.send(who, "handovers/new", **(form | changes))
    assert done.status_code == 302, words(done)
    return str(done["Location"]).rsplit("/", 1)[1]


def came(screens: Screens, number: str = "ZW-7", **changes: object) -> str:
    body = {"number": number, "what": "群众来窗口反映邻里噪音，不是我们受理范围。"} | changes
    return str(ok(screens.post("zwzx-program", "/handovers", body, key=number), 201)["number"])


def test_an_office_is_added_changed_and_switched_off(screens: Screens, office: int) -> None:
    assert "zwzx-program" in screens.read("admin", PARTNERS)
    for changes, sentence in (
        ({"code": "zwzx"}, "已在使用"), ({"code": "x", "account": "clerk"}, "有在任岗位"),
        ({"code": "x", "account": "niemand"}, "没有这个账号"), ({"code": "x", "days": "0"}, "1到60"),
        ({"code": "x", "account": "zwzx-program"}, "已是另一个外部单位"), ({"code": "大"}, "小写字母"),
    ):  # fmt: skip
        wrong = screens.send("admin", PARTNERS, **(OFFICE | changes))
        assert wrong.status_code == 422 and sentence in words(wrong), changes
    assert screens.send("admin", f"{PARTNERS}/bdc", **(OFFICE | {"name": "不动产", "days": "3"})).status_code == 302
    assert "3个工作日" in screens.read("admin", PARTNERS)
    assert screens.send("admin", f"{PARTNERS}/zwzx/switch").status_code == 302
    refusal(screens.post("zwzx-program", "/handovers", {"number": "1", "what": "问。"}, key="1"), 403, "not_allowed")
    assert "澜平县政务服务中心" not in screens.read("clerk", "handovers/new")
    assert screens.open("clerk", PARTNERS).status_code == 403


def test_a_slip_goes_out_from_a_visit_and_names_nobody(screens: Screens, office: int) -> None:
    visit = {"purpose": "service", "persons": "1", "asked": "来问残疾证到期怎么换。", "do": "open"}
    screens.send("clerk", "visits", **visit)
    of = str(sql("SELECT number FROM hall_visit")[0][0])
    assert f"?visit={of}" in screens.open("clerk", f"visits/{of}").content.decode()
    assert "来问残疾证到期怎么换。</textarea>" in screens.open("clerk", "handovers/new", visit=of).content.decode()
    number = slip(screens, visit=of)
    assert of in screens.read("clerk", f"handovers/{number}")
    paper = screens.read("clerk", f"handovers/{number}/print")
    assert all(word in paper for word in (number, "澜平县政务服务中心", "锦禾路1号", "补办残疾证"))
    assert of not in paper, "nothing of what is behind it"
    assert of not in screens.get("zwzx-program", f"/handovers/{number}").content.decode()


def test_beside_a_matter_the_matter_stays_and_its_parties_are_not_named(screens: Screens, office: int) -> None:
    case = screens.registered()
    name = str(sql("SELECT name FROM party WHERE part = 'applicant'")[0][0])
    form = {"direction": "out", "partner": "zwzx", "due_day": "", "case": case["number"]}
    wrong = screens.send("clerk", "handovers/new", **form, what=f"请给{name}补办证件。")
    assert wrong.status_code == 422 and "不写当事人姓名" in words(wrong)
    number = slip(screens, case=case["number"])
    page = screens.read("clerk", f"cases/{case['number']}")
    assert number in page and "转接" in page
    assert "handovers/new" not in screens.open("director", f"cases/{case['number']}").content.decode()
    after = ok(screens.get("clerk", f"/cases/{case['number']}"))
    assert (after["stage"], after["version"]) == (case["stage"], case["version"]) and whats() == set()


def test_what_is_protected_never_goes_out_nor_is_seen(screens: Screens, office: int) -> None:
    secret = screens.registered("supervisor", confidential=True)["number"]
    form = {"direction": "out", "partner": "zwzx", "due_day": "", "what": "补办证件。"}
    wrong = screens.send("supervisor", "handovers/new", **form, case=secret)
    assert wrong.status_code == 422 and "限制知悉的事项不能转接" in words(wrong)
    assert screens.send("clerk", "handovers/new", **form, case=secret).status_code == 404
    screens.send("clerk", "visits", purpose="accusation", persons="1", asked="", do="open")
    visit = str(sql("SELECT number FROM hall_visit")[0][0])
    accused = screens.send("clerk", "handovers/new", **form, visit=visit)
    assert accused.status_code == 422 and "检举控告不能转接" in words(accused)
    assert not sql("SELECT 1 FROM hall_handover")


def test_a_slip_follows_its_matter_when_that_is_restricted(screens: Screens, office: int) -> None:
    case = screens.registered()["number"]
    number = slip(screens, case=case)
    assert "等待答复 1" in screens.read("clerk", "handovers")
    ok(screens.move("supervisor", case, "restrict", level="restricted", reason="有人受威胁。", persons=["supervisor"]))
    assert number in screens.read("supervisor", "handovers")
    page = screens.read("clerk", "handovers")
    assert number not in page and "等待答复 0" in page and "转出0张" in page
    assert screens.open("clerk", f"handovers/{number}").status_code == 404


def test_the_partner_answers_by_its_program_once(screens: Screens, office: int) -> None:
    number = slip(screens)
    shown = ok(screens.get("zwzx-program", f"/handovers/{number}"))
    assert shown["state"] == "sent" and shown["direction"] == "out" and shown["answer"] is None
    path = f"/handovers/{number}/answer"
    assert ok(screens.post("zwzx-program", path, {"state": "received"}, key="a"))["state"] == "received"
    refusal(screens.post("zwzx-program", path, {"state": "received"}, key="b"), 409, "conflict")
    refusal(screens.post("zwzx-program", path, {"answer": ""}, key="c"), 422, "invalid", "answer")
    refusal(screens.post("zwzx-program", path, {"state": "lost", "answer": "好。"}, key="d"), 422, "invalid", "state")
    done = {"answer": "已受理，三天后来取。"}
    assert ok(screens.post("zwzx-program", path, done, key="e"))["state"] == "answered"
    assert ok(screens.post("zwzx-program", path, done, key="e"))["answer"] == done["answer"], "sent again"
    refusal(screens.post("zwzx-program", path, {"state": "returned", "answer": "晚了。"}, key="f"), 409, "conflict")
    assert "三天后来取" in screens.read("clerk", f"handovers/{number}")


def test_what_was_right_when_it_was_first_sent_is_answered_alike_days_later(screens: Screens, office: int) -> None:
    account = Account.objects.get(username="zwzx-program").pk
    now = datetime.now(UTC)
    raw = {"number": "ZW-9", "what": "请帮助核对。", "due_day": (now + timedelta(days=1)).date().isoformat()}
    number, again = come_in(account=account, at=now, raw=raw, key="k")
    assert not again
    assert come_in(account=account, at=now + timedelta(days=3), raw=raw, key="k") == (number, True)


def test_what_comes_in_is_a_matter_with_their_number(screens: Screens, office: int) -> None:
    number = came(screens)
    assert "等待答复 1" in screens.read("clerk", "handovers") and "转入1张" in screens.read("clerk", "handovers")
    form = screens.open("clerk", "register", handover=number).content.decode()
    assert "反映邻里噪音" in form and 'value="transfer" checked' in form
    filled = {
        "channel": "transfer", "kind": "dispute", "category": "dispute.neighbours", "narrative": "邻里噪音。",
        "anonymous": "yes", "key": "k", "handover": number,
    }  # fmt: skip
    wrong = screens.send("clerk", "register", **(filled | {"channel": "window"}))
    assert wrong.status_code == 422 and "渠道请选“转来”" in words(wrong)
    case = str(screens.send("clerk", "register", **filled)["Location"]).split("/cases/")[1]
    assert sql("SELECT system, number FROM external_number") == [("zwzx", "ZW-7")]
    assert case in screens.read("clerk", f"handovers/{number}") and number in screens.read("clerk", f"cases/{case}")
    again = screens.send("clerk", "register", **(filled | {"key": "other"}))
    assert again.status_code == 422 and "已经登记过" in words(again)
    told = screens.get("zwzx-program", f"/handovers/{number}")
    assert ok(told)["state"] == "received" and case not in told.content.decode(), "the partner is not told of the case"
    path = f"/handovers/{number}/answer"
    refusal(screens.post("zwzx-program", path, {"answer": "我们自己答。"}, key="x"), 403, "not_allowed")
    assert screens.send("clerk", f"handovers/{number}/answered", answer="已登记办理。").status_code == 302
    assert ok(screens.get("zwzx-program", f"/handovers/{number}"))["answer"] == "已登记办理。"
    assert whats() == set()


def test_the_partner_is_told_no_name_and_nothing_of_a_protected_matter(screens: Screens, office: int) -> None:
    number, case = came(screens), screens.registered()["number"]
    sql('UPDATE hall_handover SET case_id = (SELECT id FROM "case")')
    name = str(sql("SELECT name FROM party WHERE part = 'applicant'")[0][0])
    wrong = screens.send("clerk", f"handovers/{number}/answered", answer=f"{name}的纠纷已经受理。")
    assert wrong.status_code == 422 and "不写当事人姓名" in words(wrong)
    ok(screens.move("supervisor", case, "restrict", level="restricted", reason="有人受威胁。", persons=["supervisor"]))
    sql(
        "UPDATE people_post SET role = 'clerk' WHERE account_id = (SELECT id FROM people_account WHERE username = 'supervisor')"
    )
    told = screens.send("supervisor", f"handovers/{number}/answered", answer="已经调解成功。")
    assert told.status_code == 422 and "不对外答复" in words(told)
    assert screens.send("supervisor", f"handovers/{number}/answered", answer=ONLY_REPLY).status_code == 302
    assert ok(screens.get("zwzx-program", f"/handovers/{number}"))["answer"] == ONLY_REPLY


def test_a_slip_that_led_to_an_accusation_is_seen_by_who_took_it(screens: Screens, office: int) -> None:
    number = came(screens)
    screens.send("clerk", "visits", purpose="accusation", persons="1", asked="", do="open", handover=number)
    assert number in screens.read("clerk", "handovers")
    assert number not in screens.read("supervisor", "handovers")
    assert screens.open("supervisor", f"handovers/{number}").status_code == 404


def test_a_number_that_cannot_be_is_not_found(screens: Screens, office: int) -> None:
    for odd in ("Z" * 50, "Z%00"):
        refusal(
            screens.post("zwzx-program", f"/handovers/{odd}/answer", {"answer": "好。"}, key="o"), 404, "not_found"
        )


def test_what_comes_in_may_be_a_visit(screens: Screens, office: int) -> None:
    number = came(screens)
    form = screens.open("clerk", "visits", handover=number).content.decode()
    assert "反映邻里噪音" in form and f'name="handover" value="{number}"' in form
    visit = {"purpose": "service", "persons": "1", "asked": "问噪音归谁管。", "answer": "已答。", "do": "answer"}
    assert screens.send("clerk", "visits", **visit, handover=number).status_code == 302
    of = str(sql("SELECT number FROM hall_visit")[0][0])
    assert of in screens.read("clerk", f"handovers/{number}")
    again = screens.send("clerk", "visits", **visit, handover=number)
    assert again.status_code == 422 and sql("SELECT count(*) FROM hall_visit") == [(1,)], "all or nothing"
    assert screens.send("clerk_town", "visits", **visit, handover=number).status_code in (404, 422)


def test_a_number_of_theirs_comes_in_once(screens: Screens, office: int) -> None:
    first = came(screens)
    body = {"number": "ZW-7", "what": "群众来窗口反映邻里噪音，不是我们受理范围。"}
    assert ok(screens.post("zwzx-program", "/handovers", body, key="ZW-7"))["number"] == first
    refusal(screens.post("zwzx-program", "/handovers", body, key="other"), 409, "conflict")
    changed = body | {"what": "别的事。"}
    refusal(screens.post("zwzx-program", "/handovers", changed, key="ZW-7"), 409, "conflict")
    paper = screens.send(
        "clerk", "handovers/new", direction="in", partner="zwzx", their_number="ZW-7", what="同一件。"
    )
    assert paper.status_code == 422 and first in words(paper)
    slip(screens, direction="in", their_number="ZW-8", what="来问公租房。")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"number": "1"}, "what"), ({"number": "1", "what": "证号110101199003071234"}, "what"),
        ({"number": "1", "what": 5}, "what"), ({"number": "1", "what": "问。", "due_day": "2020-01-01"}, "due_day"),
        ({"number": "1", "what": "问。", "due_day": "soon"}, "due_day"),
        ({"number": "1", "what": "问。", "due_day": 7}, "due_day"),
    ],
)  # fmt: skip
def test_lying_input_is_refused_at_its_field(
    screens: Screens, office: int, body: dict[str, object], field: str
) -> None:
    refusal(screens.post("zwzx-program", "/handovers", body, key="1"), 422, "invalid", field)
    assert not sql("SELECT 1 FROM hall_handover")


def test_their_number_must_be_there(screens: Screens, office: int) -> None:
    for number in ("", None, 5, "\x00", "x" * 61):
        answer = screens.post("zwzx-program", "/handovers", {"number": number, "what": "问。"}, key="1")
        assert answer.status_code == 422 and "number" in answer.json()["fields"]


@pytest.mark.parametrize("who", ["clerk", "handler", "admin", "auditor"])
def test_nobody_else_is_the_partner(screens: Screens, office: int, who: str) -> None:
    number = slip(screens)
    refusal(screens.post(who, "/handovers", {"number": "1", "what": "问。"}, key="1"), 403, "not_allowed")
    refusal(screens.get(who, f"/handovers/{number}"), 403, "not_allowed")
    if who != "clerk":
        assert screens.open(who, "handovers").status_code == 403
        assert screens.open(who, f"handovers/{number}").status_code == 404
        assert screens.open(who, "handovers/new").status_code == 403


def test_a_partner_sees_its_own_slips_alone(screens: Screens, office: int) -> None:
    number = slip(screens, partner="bdc")
    refusal(screens.get("zwzx-program", f"/handovers/{number}"), 404, "not_found")
    path = f"/handovers/{number}/answer"
    refusal(screens.post("zwzx-program", path, {"answer": "好。"}, key="1"), 404, "not_found")
    refusal(screens.get("zwzx-program", "/cases/99010126030200014"), 404, "not_found")
    assert ok(screens.get("zwzx-program", "/cases"))["items"] == []


def test_another_centre_sees_nothing_of_it(screens: Screens, office: int) -> None:
    number = slip(screens)
    assert screens.open("clerk_town", f"handovers/{number}").status_code == 404
    assert screens.send("clerk_town", f"handovers/{number}/answered", answer="好。").status_code == 404
    wrong = screens.send("clerk_town", "handovers/new", direction="out", partner="zwzx", what="问。")
    assert wrong.status_code == 422 and "还没有外部单位" in words(wrong)


def test_late_ones_are_counted_and_listed(screens: Screens, office: int) -> None:
    late, due = slip(screens), slip(screens)
    screens.read("clerk", "handovers")  # what was said when they were made is read by now
    sql("UPDATE hall_handover SET due_day = %s WHERE number = %s", today() - timedelta(days=1), late)
    sql("UPDATE hall_handover SET due_day = %s WHERE number = %s", today(), due)
    page = screens.read("clerk", "handovers", which="late")
    assert "超期 1" in page and late in page and due not in page
    assert screens.send("clerk", f"handovers/{late}/returned", answer="对方说不归他们管。").status_code == 302
    assert "超期 0" in screens.read("director", "handovers")
    assert screens.open("clerk", "handovers", which="mine").status_code == 422


def test_the_day_of_the_answer_is_by_the_partners_working_days(screens: Screens, office: int) -> None:
    number = slip(screens)
    found = sql("SELECT due_day FROM hall_handover WHERE number = %s", number)[0][0]
    assert isinstance(found, date) and today() + timedelta(days=5) <= found <= today() + timedelta(days=20)
    wrong = screens.send("clerk", "handovers/new", direction="out", partner="zwzx", what="问。", due_day="2020-01-01")
    assert wrong.status_code == 422 and "答复期限应在" in words(wrong)


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_does_not_grow_with_the_rows(screens: Screens, office: int, count: int) -> None:
    for _ in range(count):
        slip(screens)
    screens.browser("clerk")
    with CaptureQueriesContext(connection) as asked:
        page = screens.open("clerk", "handovers")
    assert page.content.decode().count("data-item") == count
    assert len(asked) == 3, [query["sql"][:90] for query in asked.captured_queries]


def test_the_list_is_paged_by_key(screens: Screens, office: int) -> None:
    made = [slip(screens) for _ in range(52)]
    screens.read("clerk", "handovers")  # what was said when they were made is read by now
    first = screens.open("clerk", "handovers").content.decode()
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = screens.browser("clerk").get(f"/desk/handovers{following}").content.decode()
    assert [number in first for number in made].count(True) == 50
    assert all((number in first) != (number in second) for number in made)
    assert screens.open("clerk", "handovers", cursor="x").status_code == 422


def test_texts_are_erased_and_the_count_stays(screens: Screens, office: int) -> None:
    number = slip(screens)
    screens.send("clerk", f"handovers/{number}/answered", answer="好。")
    later = datetime.now(UTC) + timedelta(days=1)
    assert erase_handover_texts(before=datetime.now(UTC) - timedelta(days=1), at=later) == 0
    assert erase_handover_texts(before=later, at=later) == 1 and erase_handover_texts(before=later, at=later) == 0
    assert sql("SELECT what, answer, state FROM hall_handover") == [("", "", "answered")]


@pytest.fixture
def committed_office(committed_hall: Screens) -> Iterator[Screens]:
    Account.objects.create(username="zwzx-program", name="政务服务中心程序")
    add_partner(by=by(), centre=centre(), code="zwzx", given=OFFICE | {"account": "zwzx-program"})
    yield committed_hall
    sql("DELETE FROM hall_handover")
    Partner.objects.all().delete()
    Account.objects.filter(username="zwzx-program").delete()


def test_of_many_that_bring_one_number_at_once_one_comes_in(committed_office: Screens) -> None:
    account = int(Account.objects.get(username="zwzx-program").pk)
    raw = {"number": "ZW-1", "what": "问。"}
    made = at_once(6, lambda key: come_in(account=account, at=datetime.now(UTC), raw=raw, key=f"k{key}"))
    told = [one for one in made if isinstance(one, Refused)]
    assert len(told) == 5 and {one.code for one in told} == {CONFLICT}
    assert sql("SELECT count(*) FROM hall_handover") == [(1,)]
