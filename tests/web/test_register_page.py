"""登记 on a page: the form, its draft, the hint that the matter is here, the receipt."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.kit import MATTER, ok
from cases.kit import APPLICANT, sql
from onedoor.cases.search_index import drain
from onedoor.cases.steps.draft import draft_of, drop_old_drafts
from onedoor.people.models import Account
from web.kit import Screens, words

FORM: dict[str, Any] = {
    "channel": "window", "kind": "dispute", "category": "dispute.neighbours",
    "narrative": "邻居占用公共走廊堆放杂物，多次沟通无果。", "amount": "3,600.5", "urgent": "yes",
    "parties.0.part": "applicant", "parties.0.kind": "person", "parties.0.name": "𠮷田安",
    "parties.0.phone": "13812345678", "parties.1.part": "respondent", "parties.1.kind": "person",
    "parties.1.name": "", "key": "a-key",
}  # fmt: skip


def register(screens: Screens, who: str = "clerk", **changes: object) -> str:
    done = screens.send(who, "register", **(FORM | changes))
    assert done.status_code == 302, words(done)
    drain()
    return str(done["Location"]).split("/cases/")[1].split("/")[0]


def test_a_matter_is_registered_and_an_empty_row_is_no_party(screens: Screens) -> None:
    case = ok(screens.get("clerk", f"/cases/{register(screens)}"))
    assert (case["amount"], case["urgent"], case["kind"]) == (360_050, True, "dispute")
    assert [party["name"] for party in case["parties"]] == ["𠮷田安"]
    again = screens.send("clerk", "register", **FORM)
    assert case["number"] in again["Location"], "the same form sent twice is one matter"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("narrative", "", "请填写诉求内容。"),
        ("category", "", "请填写类别。"),
        ("parties.0.phone", "1381234567", "电话"),
        ("parties.0.id_number", "11010519491231002Y", "身份证号"),
        ("occurred_at", "2099-01-01T08:00", "发生时间不能晚于现在。"),
        ("amount", "很多", "涉及金额"),
        ("people_involved", "-3", "涉及人数"),
    ],
)
def test_a_fault_is_told_at_its_field_and_the_rest_is_kept(
    screens: Screens, field: str, value: str, sentence: str
) -> None:
    page = screens.send("clerk", "register", **(FORM | {field: value}))
    html = page.content.decode()
    assert page.status_code == 422 and sentence in words(page)
    place = html.index(f'name="{field}"')
    assert "is-invalid" in html[max(0, place - 160) : place + 200]
    assert "𠮷田安" in html and "invalid-feedback" in html
    assert sql('SELECT count(*) FROM "case"') == [(0,)]


def test_a_fault_of_the_second_party_stands_at_the_second(screens: Screens) -> None:
    rows = {"parties.0.name": "", "parties.0.phone": "", "parties.1.name": "张三", "parties.1.phone": "12"}
    html = screens.send("clerk", "register", **(FORM | rows | {"anonymous": "yes"})).content.decode()
    first, second = html.index('name="parties.0.phone"'), html.index('name="parties.1.phone"')
    assert "is-invalid" not in html[first - 120 : first]
    assert "is-invalid" in html[second - 120 : second]


def test_who_may_not_register_is_told(screens: Screens) -> None:
    for who in ("handler", "auditor", "director"):
        assert screens.open(who, "register").status_code == 403
        assert screens.send(who, "register", **FORM).status_code == 403


def test_a_draft_survives_and_is_its_owners_alone(screens: Screens) -> None:
    said = screens.send("clerk", "register/draft", **FORM)
    assert said.content.decode().startswith("草稿已保存")
    page = screens.open("clerk", "register")
    html = page.content.decode()
    assert "没有登记完的草稿" in words(page)
    assert "𠮷田安" in html and "13812345678" in html and "3,600.5" in html
    assert "𠮷田安" not in screens.open("dispatcher", "register").content.decode()
    sealed = bytes(sql("SELECT sealed FROM draft")[0][0])
    assert "𠮷田安".encode() not in sealed and b"13812345678" not in sealed
    register(screens)
    assert sql("SELECT count(*) FROM draft") == [(0,)]
    assert "草稿" not in screens.read("clerk", "register")


def test_a_draft_can_be_thrown_away_and_goes_by_itself(screens: Screens) -> None:
    screens.send("clerk", "register/draft", **FORM)
    assert screens.send("clerk", "register/draft", discard="1")["Location"] == "/desk/register"
    assert sql("SELECT count(*) FROM draft") == [(0,)]
    screens.send("clerk", "register/draft", **FORM)
    account = Account.objects.get(username="clerk").pk
    later = datetime.now(UTC) + timedelta(days=7, minutes=1)
    assert draft_of(account, later) is None
    assert drop_old_drafts(at=later) == 1
    empty = FORM | {"narrative": "", "amount": "", "parties.0.name": "", "parties.0.phone": ""}
    assert screens.send("clerk", "register/draft", **empty).content == b""
    assert sql("SELECT count(*) FROM draft") == [(0,)], "a form that nobody typed in is no draft"


def hint(screens: Screens, who: str = "clerk", **changes: object) -> str:
    return words(screens.send(who, "register/same", **(FORM | changes)))


def test_a_matter_that_is_here_is_hinted_at_by_number_stage_and_day(screens: Screens) -> None:
    number = register(screens)
    told = hint(screens, narrative="走廊里一直堆放杂物，邻居占用公共走廊")
    assert number in told and "已登记" in told
    assert "𠮷田安" not in told and "走廊" not in told
    # by phone alone, by name alone, by neither; and another matter of the same person is nobody's business
    assert number in hint(screens, **{"parties.0.name": ""})
    assert number in hint(screens, **{"parties.0.phone": ""})
    assert hint(screens, **{"parties.0.name": "另一人", "parties.0.phone": "13912345678"}).strip() == ""
    assert hint(screens, narrative="老板拖欠三个月工资不发，请求帮助讨薪。").strip() == ""


def test_the_hint_obeys_the_gate_and_forgets(screens: Screens) -> None:
    register(screens, confidential="yes", key="b")
    assert hint(screens, who="clerk_town").strip() == ""
    number = ok(screens.post("clerk", "/cases", MATTER | {"parties": [APPLICANT]}), 201)["number"]
    drain()
    assert number in hint(screens)
    assert number not in hint(screens, who="clerk_village"), "a case that the village may not see"
    with_old = "UPDATE \"case\" SET registered_at = registered_at - interval '181 days' WHERE number = %s RETURNING 1"
    sql(with_old, number)
    assert number not in hint(screens)


def test_the_receipts_code_is_for_who_has_just_registered(screens: Screens) -> None:
    done = screens.send("clerk", "register", **FORM, receipt="1")
    address = done["Location"].removeprefix("/desk/")
    number = address.split("/")[1]
    page = screens.browser("clerk").get(f"/desk/{address}")
    assert "回执码" in words(page) and "data:image/svg+xml" in page.content.decode()
    assert f"/track?number={number}" in words(page)
    for other in (
        screens.browser("dispatcher").get(f"/desk/{address}"),
        screens.open("clerk", f"cases/{number}/receipt"),
    ):
        assert other.status_code == 200
        assert 'class="number code"' not in other.content.decode()
    assert sql("SELECT count(*) FROM access_log WHERE action = 'receipt' AND subject = %s", number) == [(1,)]
