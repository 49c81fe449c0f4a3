"""The mediator's pages, clicked through as he would: every form, the plan of instalments, the signatures; and who does
not get to read what one side said alone."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from mediation.kit import MEDIATOR, NAMES, PNG, account, items, parties, row, wage_case
from onedoor.cases.counting import ZONE
from onedoor.rules.confirmation import CHECKS
from web.kit import Screens

pytestmark = pytest.mark.django_db


def today() -> date:
    return timezone.now().astimezone(ZONE).date()


def at(days: int, hour: int) -> str:
    return f"{today() + timedelta(days=days):%Y-%m-%d}T{hour:02d}:00"


def send(screens: Screens, number: str, path: str, /, *, by: str = MEDIATOR, **form: Any) -> str:
    """Sends a form that must be taken; the page that it leads to."""
    answer = screens.send(by, f"cases/{number}/mediation/{path}", **form)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer["Location"]


def begun(screens: Screens) -> tuple[str, str]:
    """A mediation that all want, by the forms; number of the case and key of the mediation."""
    number = wage_case()
    send(
        screens,
        number,
        "open_mediation",
        kind="people",
        source="application",
        mediators=[account(MEDIATOR)],
        chosen="yes",
    )
    key = str(row("mediation", number)["id"])
    for party in parties(number):
        send(screens, number, f"record_consent/{key}", party=party, purpose="mediation", agrees="yes", way="oral")
    return number, key


def test_every_page_of_a_mediation_from_its_opening_to_the_last_instalment(screens: Screens) -> None:
    number = wage_case()
    assert "还没有启动调解" in screens.read(MEDIATOR, f"cases/{number}/mediation/")
    assert "何劳和（在办" in screens.read(MEDIATOR, f"cases/{number}/mediation/open_mediation")
    number, key = begun(screens)
    send(
        screens, number, f"book_session/{key}", kind="joint", place="三楼调解室", starts_at=at(1, 9), ends_at=at(1, 11)
    )
    mine = screens.read(MEDIATOR, "mediation")
    assert "三楼调解室" in mine and "未回复、未回复、未回复、未回复" in mine
    session = str(row("mediation_session", number)["id"])
    send(screens, number, f"reply/{session}", party=parties(number)[3], comes="yes")
    assert f"{NAMES[3]}：参加" in screens.read(MEDIATOR, f"cases/{number}/mediation/")
    # it has not taken place yet
    early = screens.send(
        MEDIATOR,
        f"cases/{number}/mediation/hold_session/{session}",
        began_at=at(1, 9),
        ended_at=at(1, 10),
        present=parties(number),
        rights_told="yes",
        read_back="yes",
        text="双方到场。",
    )
    assert early.status_code == 422 and "还没有结束" in early.content.decode()
    send(
        screens, number, f"hold_session/{session}", began_at=at(-1, 9), ended_at=at(-1, 10), present=parties(number),
        rights_told="yes", read_back="yes", text="双方核对了工时和工资表。",
    )  # fmt: skip
    page = screens.read(MEDIATOR, f"cases/{number}/mediation/")
    assert "双方核对了工时和工资表。" in page and "不得在以后的诉讼" in page

    draft = f"{key}/draft/written"
    employer, worker = parties(number)[3], parties(number)[0]
    plan = {
        "plan_total": "60,000.01",
        "plan_parts": "3",
        "plan_first": "2027-01-31",
        "plan_who": employer,
        "plan_to": worker,
    }
    split = screens.send(MEDIATOR, f"cases/{number}/mediation/{draft}", split="1", **plan)
    shown = split.content.decode()
    assert all(
        word in shown for word in ('value="20000.01"', 'value="20000.00"', 'value="2027-02-28"', 'value="2027-03-31"')
    )
    texts = {"facts": "三名工人工资六万元未付。", "disputed": "数额和日期。", "terms": "分三期付清。"}
    rows = {
        "item_kind": ["payment"] * 3, "item_who": [employer] * 3, "item_to": [worker] * 3,
        "item_what": ["第1期", "第2期", "第3期"], "item_amount": ["20000.01", "20000", "20000"],
        "item_due_on": [f"{today() + timedelta(days=days):%Y-%m-%d}" for days in (0, 30, 60)],
    }  # fmt: skip
    wrong = screens.send(
        MEDIATOR, f"cases/{number}/mediation/{draft}", **texts, **{**rows, "item_amount": ["", "20000", "20000"]}
    )
    assert wrong.status_code == 422 and "第1项：请填写大于零的金额" in wrong.content.decode()
    signing = send(screens, number, draft, **texts, **rows)
    agreement = signing.rsplit("/", 1)[1]
    digest = row("agreement", number)["digest"]
    for signer in [*parties(number), f"mediator:{account(MEDIATOR)}"]:
        send(screens, number, f"agreements/{agreement}", signer=signer, way="drawn", digest=digest, drawing=PNG)
    assert "盖章生效" in screens.read(MEDIATOR, f"cases/{number}/mediation/")
    send(screens, number, f"agreements/{agreement}/seal")
    assert "已生效" in screens.read(MEDIATOR, f"cases/{number}/mediation/")
    assert "20,000.01元" in screens.read(MEDIATOR, "mediation")

    first = str(items(number)[0]["id"])
    send(screens, number, f"urge_performance/{first}", text="电话催促。")
    nothing = screens.send(
        MEDIATOR, f"cases/{number}/mediation/record_item/{first}", amount="1", on=today().isoformat()
    )
    assert nothing.status_code == 422 and "请写明凭据" in nothing.content.decode()
    send(screens, number, f"record_item/{first}", amount="20000.01", on=today().isoformat(), proof="转账凭证")
    assert items(number)[0]["state"] == "done"
    send(
        screens,
        number,
        f"apply_confirmation/{agreement}",
        court="澜平县人民法院",
        both="yes",
        **dict.fromkeys(CHECKS, "yes"),
    )
    found = str(row("judicial_confirmation", number)["id"])
    send(screens, number, f"confirmation_accepted/{found}", accepted="yes")
    send(screens, number, f"decide_confirmation/{found}", confirmed="yes", number="（2026）民特1号")
    assert "裁定协议有效" in screens.read(MEDIATOR, f"cases/{number}/mediation/")


def test_every_form_opens(screens: Screens) -> None:
    number, key = begun(screens)
    for verb in ("record_consent", "change_mediator", "book_session", "end_mediation", "take_materials"):
        assert screens.open(MEDIATOR, f"cases/{number}/mediation/{verb}/{key}").status_code == 200
    for path in ("open_mediation/x", "nothing", f"book_session/{number}", f"hold_session/{key}"):
        assert screens.open(MEDIATOR, f"cases/{number}/mediation/{path}").status_code == 404


def test_a_refused_form_keeps_what_was_typed(screens: Screens) -> None:
    number, key = begun(screens)
    answer = screens.send(
        MEDIATOR, f"cases/{number}/mediation/end_mediation/{key}", ending="failed", text="数额分歧太大。"
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "请至少选择一条告知" in page and "数额分歧太大。" in page and 'value="failed" selected' in page


SECRET = "我方最多只能付五万元底线"


def test_what_one_side_says_alone_is_read_by_the_mediator_and_by_nobody_else(screens: Screens) -> None:
    number, key = begun(screens)
    send(
        screens,
        number,
        f"book_session/{key}",
        kind="separate",
        side="respondent",
        place="谈话室",
        starts_at=at(1, 9),
        ends_at=at(1, 10),
    )
    session = str(row("mediation_session", number)["id"])
    send(
        screens,
        number,
        f"hold_session/{session}",
        began_at=at(-1, 9),
        ended_at=at(-1, 10),
        present=[parties(number)[3]],
        read_back="yes",
        text=SECRET,
    )
    own = screens.open(MEDIATOR, f"cases/{number}/mediation/").content.decode()
    assert SECRET in own
    others = ("clerk", "dispatcher", "supervisor", "director", "auditor", "handler", "unit_lead", "mediator", "admin")
    for who in others:
        for path in (
            f"cases/{number}",
            f"cases/{number}/mediation/",
            f"cases/{number}/print",
            "cases",
            "inbox",
            "mediation",
            "",
        ):
            assert SECRET not in screens.open(who, path).content.decode(), (who, path)
        for path in (
            f"/cases/{number}",
            f"/cases/{number}/events",
            f"/cases?q={SECRET[:4]}",
            f"/cases/{number}/papers",
        ):
            answer = screens.browser(who).get(f"/api/v1{path}")
            assert SECRET not in answer.content.decode(), (who, path)
    assert "只有本案调解员可以看" in screens.read("supervisor", f"cases/{number}/mediation/")


def test_who_may_not_see_the_case_finds_no_mediation(screens: Screens) -> None:
    number, key = begun(screens)
    for who in ("mediator", "handler", "admin"):
        assert screens.open(who, f"cases/{number}/mediation/").status_code == 404
        assert screens.send(who, f"cases/{number}/mediation/end_mediation/{key}").status_code == 404
    answer = screens.send(
        "clerk",
        f"cases/{number}/mediation/record_consent/{key}",
        party=parties(number)[0],
        purpose="mediation",
        agrees="no",
        way="oral",
    )
    assert answer.status_code == 422 and "您的岗位不能" in answer.content.decode()


def test_a_list_of_mediations_costs_the_same_for_one_and_for_three(
    screens: Screens, django_assert_num_queries: Any
) -> None:
    begun(screens)
    screens.open(MEDIATOR, "mediation")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        screens.open(MEDIATOR, "mediation")
    begun(screens)
    begun(screens)
    with CaptureQueriesContext(connection) as three:
        screens.open(MEDIATOR, "mediation")
    assert len(one) == len(three) <= 6
