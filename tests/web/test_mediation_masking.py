"""Who the parties are, on the pages of mediation and in what they refuse with: no more than the page of the case says."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from mediation.kit import MEDIATOR, NAMES, PNG, account, opened, parties, row, scan, wage_case
from onedoor.cases.counting import ZONE
from onedoor.cases.models import Party
from onedoor.people.models import Account
from web.kit import Screens, words

pytestmark = pytest.mark.django_db

WORKERS = NAMES[:3]
LOOKERS = (MEDIATOR, "auditor", "clerk", "supervisor")


def day(days: int) -> date:
    return timezone.now().astimezone(ZONE).date() + timedelta(days=days)


def at(days: int, hour: int) -> str:
    return f"{day(days):%Y-%m-%d}T{hour:02d}:00"


def send(screens: Screens, number: str, path: str, **form: Any) -> str:
    answer = screens.send(MEDIATOR, f"cases/{number}/mediation/{path}", **form)
    assert answer.status_code == 302, words(answer)[-2000:]
    return answer["Location"]


def mediated(screens: Screens, first: int = 1, **fields: Any) -> tuple[str, dict[str, str]]:
    """A mediation with a record to sign and an agreement that two have signed; its number, and its pages by name."""
    number = wage_case(**fields)
    key = opened(number)
    scan(number)
    send(screens, number, f"book_session/{key}", kind="joint", place="三楼", starts_at=at(first, 9),
         ends_at=at(first, 11))  # fmt: skip
    session = str(row("mediation_session", number)["id"])
    send(
        screens, number, f"hold_session/{session}", began_at=at(-1, 9), ended_at=at(-1, 10), present=parties(number),
        rights_told="yes", read_back="yes", text="双方核对了工时。",
    )  # fmt: skip
    send(screens, number, f"sign_record/{session}", party=parties(number)[0], way="drawn", drawing=PNG)
    send(screens, number, f"book_session/{key}", kind="joint", place="三楼", starts_at=at(first, 9),
         ends_at=at(first, 11))  # fmt: skip
    coming = str(row("mediation_session", number)["id"])
    signing = send(
        screens, number, f"{key}/draft/written", facts="工资未付。", disputed="数额。", terms="付清。",
        item_kind="payment", item_who=parties(number)[3], item_to=parties(number)[0], item_what="",
        item_amount="60000", item_due_on=day(10).isoformat(),
    )  # fmt: skip
    agreement = signing.rsplit("/", 1)[1]
    digest = row("agreement", number)["digest"]
    for signer in (parties(number)[0], parties(number)[3]):
        send(screens, number, f"agreements/{agreement}", signer=signer, way="drawn", digest=digest, drawing=PNG)
    return number, {
        "page": "",
        "consent": f"record_consent/{key}",
        "draft": f"{key}/draft/written",
        "hold": f"hold_session/{coming}",
        "reply": f"reply/{coming}",
        "record": f"sign_record/{session}",
        "agreement": f"agreements/{agreement}",
    }


def test_who_stays_anonymous_has_no_name_on_any_page_and_is_told_apart(screens: Screens) -> None:
    number, pages = mediated(screens, anonymous=True)
    assert not any(name in screens.read("clerk", f"cases/{number}") for name in WORKERS), "as on the case's page"
    for who in LOOKERS:
        for name, path in pages.items():
            page = screens.read(who, f"cases/{number}/mediation/{path}")
            assert not any(worker in page for worker in WORKERS), (who, name)
            if (who, name) == ("auditor", "record"):  # who reads no records signs none
                continue
            assert NAMES[3] in page, "the firm is no person, and nobody has hidden it"
            assert "申请人（匿名）2" in page and "申请人（匿名）3" in page, (who, name)
    assert "申请人（匿名）1" in screens.read(MEDIATOR, f"cases/{number}/mediation/{pages['draft']}")


def test_one_who_is_alone_in_staying_anonymous_needs_no_number(screens: Screens) -> None:
    number = wage_case(anonymous=True)
    opened(number)
    Party.objects.filter(pk__in=parties(number)[1:3]).update(part="witness")
    page = screens.read(MEDIATOR, f"cases/{number}/mediation/")
    assert "申请人（匿名） " in page and "申请人（匿名）1" not in page


def test_the_hand_of_who_stays_anonymous_is_no_picture(screens: Screens) -> None:
    number, pages = mediated(screens, anonymous=True)
    shown = screens.open(MEDIATOR, f"cases/{number}/mediation/{pages['agreement']}").content.decode()
    assert shown.count('<img src="data:image/png') == 1, "the firm's alone"
    page = screens.open(MEDIATOR, f"cases/{number}/mediation/").content.decode()
    assert "（匿名）1的签名" not in page and "工友甲的签名" not in page
    open_number, pages = mediated(screens, 2)
    shown = screens.open(MEDIATOR, f"cases/{open_number}/mediation/{pages['agreement']}").content.decode()
    assert shown.count('<img src="data:image/png') == 2
    assert "工友甲的签名" in screens.open(MEDIATOR, f"cases/{open_number}/mediation/").content.decode()


def test_the_auditor_reads_no_name_of_a_person_and_no_name_of_a_file(screens: Screens) -> None:
    number, pages = mediated(screens)
    for name, path in pages.items():
        assert any(worker in screens.read(MEDIATOR, f"cases/{number}/mediation/{path}") for worker in WORKERS), name
        page = screens.read("auditor", f"cases/{number}/mediation/{path}")
        assert not any(worker in page for worker in WORKERS) and "签名页" not in page, name
        assert "工**" in page or name == "record", name
    assert "签名页" in screens.read(MEDIATOR, f"cases/{number}/mediation/{pages['agreement']}")


@pytest.mark.parametrize("agrees", [None, False])
def test_a_refusal_names_nobody_who_stays_anonymous(screens: Screens, agrees: bool | None) -> None:
    number = wage_case(anonymous=True)
    send(screens, number, "open_mediation", kind="people", source="application", mediators=[account(MEDIATOR)],
         chosen="yes", declared="yes")  # fmt: skip
    key = str(row("mediation", number)["id"])
    if agrees is False:
        send(screens, number, f"record_consent/{key}", party=parties(number)[0], purpose="mediation", agrees="no",
             way="oral")  # fmt: skip
    answer = screens.send(MEDIATOR, f"cases/{number}/mediation/book_session/{key}", kind="joint", place="三楼",
                          starts_at=at(1, 9), ends_at=at(1, 11))  # fmt: skip
    assert answer.status_code == 422
    page = words(answer)
    assert "申请人（匿名）1" in page and not any(worker in page for worker in WORKERS)


def test_others_asked_to_the_table_are_refused_without_a_name(screens: Screens) -> None:
    number = wage_case(anonymous=True)
    key = opened(number)
    send(screens, number, f"book_session/{key}", kind="joint", place="三楼", starts_at=at(1, 9), ends_at=at(1, 11))
    session = str(row("mediation_session", number)["id"])
    for more in ({"others": "村干部"}, {"recorded": "yes"}):
        answer = screens.send(
            MEDIATOR, f"cases/{number}/mediation/hold_session/{session}", began_at=at(-1, 9), ended_at=at(-1, 10),
            present=parties(number), rights_told="yes", read_back="yes", text="双方到场。", **more,
        )  # fmt: skip
        page = words(answer)
        assert answer.status_code == 422 and "申请人（匿名）2" in page, page[-500:]
        assert not any(worker in page for worker in WORKERS)


def test_a_mediator_of_the_name_of_who_stays_anonymous_is_still_found(screens: Screens) -> None:
    """The rule compares real names, whoever may read them."""
    number = wage_case(anonymous=True)
    Party.objects.filter(pk=parties(number)[0]).update(name=Account.objects.get(username=MEDIATOR).name)
    answer = screens.send(
        MEDIATOR, f"cases/{number}/mediation/open_mediation", kind="people", source="application",
        mediators=[account(MEDIATOR)], chosen="yes", declared="yes",
    )  # fmt: skip
    assert answer.status_code == 422 and "同名" in words(answer)
