"""The mediator's pages, clicked through as he would: every form, the plan of instalments, the signatures; and who does
not get to read what one side said alone."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from api.kit import Desk, new_browser, ok
from mediation.kit import MEDIATOR, NAMES, PNG, account, items, parties, row, wage_case
from onedoor.cases.counting import ZONE
from onedoor.cases.models import Case as CaseRow
from onedoor.cases.search_index import drain
from onedoor.cases.secrets import receipt_code
from onedoor.exchange.export_cases import export_cases
from onedoor.mediation.models import Mediator
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
        declared="yes",
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
# Everybody but who has heard it, of whatever post.
OTHERS = ("clerk", "dispatcher", "supervisor", "director", "auditor", "handler", "unit_lead", "mediator", "admin")


def talked_alone(screens: Screens) -> tuple[str, str]:
    """A talk with the respondent that is on record; number of the case and key of the mediation."""
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
    return number, key


def test_what_one_side_says_alone_is_read_by_the_mediator_and_by_nobody_else(screens: Screens, desk: Desk) -> None:
    number, _ = talked_alone(screens)
    assert SECRET in screens.open(MEDIATOR, f"cases/{number}/mediation/").content.decode()
    for who in (*OTHERS, MEDIATOR):
        for path in (f"cases/{number}", f"cases/{number}/print", f"cases/{number}/papers", "cases", "inbox", ""):
            assert SECRET not in screens.open(who, path).content.decode(), (who, path)
        for path in (f"/cases/{number}", f"/cases/{number}/events", f"/cases/{number}/papers"):
            answer = desk.get(who, path)
            assert answer.status_code in (200, 404) and SECRET not in answer.content.decode(), (who, path)
    assert desk.get("clerk", f"/cases/{number}").status_code == 200, "what could leak is there"
    drain()
    assert ok(desk.get("director", "/cases", q="工地停工"))["items"], "and is found"
    assert not ok(desk.get("director", "/cases", q=SECRET[:4]))["items"]
    for who in OTHERS:
        assert SECRET not in screens.open(who, f"cases/{number}/mediation/").content.decode(), who
    assert "只有本案调解员可以看" in screens.read("supervisor", f"cases/{number}/mediation/")


def test_what_one_side_says_alone_is_in_no_export_and_not_on_the_applicants_page(
    screens: Screens, tmp_path: Path
) -> None:
    number, _ = talked_alone(screens)
    file = tmp_path / "all.xlsx"
    export_cases(file, since=None, until=None)
    cells = [str(cell) for line in CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python() for cell in line]
    assert number in cells, "what could leak is there"
    assert not any(SECRET in cell for cell in cells)
    case = CaseRow.objects.get(number=number)
    browser = new_browser()
    browser.post("/track", {"way": "receipt", "number": number, "code": receipt_code(str(case.pk))})
    own = browser.get("/my").content.decode()
    assert "工地停工" in own and SECRET not in own


def test_a_successor_reads_it_only_when_that_side_agrees(screens: Screens) -> None:
    number, key = talked_alone(screens)
    Mediator.objects.update_or_create(account_id=account("mediator"), defaults={"kind": "chief"})
    send(
        screens,
        number,
        f"change_mediator/{key}",
        mediators=[account("mediator")],
        reason="原调解员生病。",
        declared="yes",
    )
    path = f"cases/{number}/mediation/"
    assert SECRET not in screens.read("mediator", path)
    assert SECRET in screens.read(MEDIATOR, path), "who has heard it knows it"
    send(
        screens, number, f"record_consent/{key}", by="mediator", party=parties(number)[3], purpose="confidence",
        agrees="yes", way="oral",
    )  # fmt: skip
    assert SECRET in screens.read("mediator", path)


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


def held_before_both(screens: Screens, number: str, key: str, **more: str) -> str:
    """A joint session on record; its id."""
    send(screens, number, f"book_session/{key}", kind="joint", place="三楼", starts_at=at(1, 9), ends_at=at(1, 11))
    session = str(row("mediation_session", number)["id"])
    send(
        screens, number, f"hold_session/{session}", began_at=at(-1, 9), ended_at=at(-1, 10), present=parties(number),
        rights_told="yes", read_back="yes", text="双方核对了工时。", **more,
    )  # fmt: skip
    return session


def heard(screens: Screens, who: str, path: str) -> bytes:
    answer = screens.open(who, path)
    assert answer.status_code == 200 and isinstance(answer, FileResponse)
    return b"".join(answer.streaming_content)


def test_a_record_is_signed_by_who_was_there_and_its_recording_heard_by_who_may_know_it(screens: Screens) -> None:
    number, key = begun(screens)
    for party in parties(number):
        send(screens, number, f"record_consent/{key}", party=party, purpose="recording", agrees="yes", way="oral")
    session = held_before_both(screens, number, key, recorded="yes", breaks="9:30至9:40休息。")
    first, second, *_ = parties(number)
    send(screens, number, f"sign_record/{session}", party=first, way="drawn", drawing=PNG)
    again = screens.send(
        MEDIATOR, f"cases/{number}/mediation/sign_record/{session}", party=first, way="drawn", drawing=PNG
    )
    assert again.status_code == 422 and "已经在笔录上签过" in again.content.decode()
    silent = screens.send(MEDIATOR, f"cases/{number}/mediation/sign_record/{session}", party=second, way="refused")
    assert silent.status_code == 422 and "请注明拒绝签名的原因" in silent.content.decode()
    send(screens, number, f"sign_record/{session}", party=second, way="refused", note="对数额有保留。")
    page = screens.read(MEDIATOR, f"cases/{number}/mediation/")
    assert "还有2人" in page and "对数额有保留" in page and "9:30至9:40休息" in page

    def sound() -> SimpleUploadedFile:
        return SimpleUploadedFile("录音.mp3", b"ID3" + b"\0" * 64)

    send(screens, number, f"keep_recording/{session}", file=sound())
    words = SimpleUploadedFile("笔录.txt", "文字".encode())
    wrong = screens.send(MEDIATOR, f"cases/{number}/mediation/keep_recording/{session}", file=words)
    assert wrong.status_code == 422 and "请上传录音或者录像文件" in wrong.content.decode()
    key = str(row("session_recording", number)["id"])
    path = f"cases/{number}/mediation/recordings/{key}"
    assert heard(screens, "supervisor", path).startswith(b"ID3")
    assert screens.open("auditor", path).status_code == 403, "who sees no names hears none"
    assert screens.open("handler", path).status_code == 404
    assert "录音.mp3" not in screens.read("clerk", f"cases/{number}"), "it is no attachment of the case"


def test_the_recording_of_a_talk_with_one_side_is_found_by_nobody_else(screens: Screens) -> None:
    number, key = begun(screens)
    send(
        screens,
        number,
        f"record_consent/{key}",
        party=parties(number)[3],
        purpose="recording",
        agrees="yes",
        way="oral",
    )
    begins, ends = at(1, 9), at(1, 10)
    send(
        screens, number, f"book_session/{key}", kind="separate", side="respondent", place="谈话室", starts_at=begins,
        ends_at=ends,
    )  # fmt: skip
    session = str(row("mediation_session", number)["id"])
    send(
        screens, number, f"hold_session/{session}", began_at=at(-1, 9), ended_at=at(-1, 10),
        present=[parties(number)[3]], read_back="yes", recorded="yes", text=SECRET,
    )  # fmt: skip
    sound = SimpleUploadedFile("单独谈话.mp3", b"ID3" + b"\0" * 64)
    send(screens, number, f"keep_recording/{session}", file=sound)
    path = f"cases/{number}/mediation/recordings/{row('session_recording', number)['id']}"
    assert heard(screens, MEDIATOR, path).startswith(b"ID3")
    for who in OTHERS:
        assert screens.open(who, path).status_code == 404, who
        assert "单独谈话" not in screens.open(who, f"cases/{number}/mediation/").content.decode(), who


def test_an_agreement_is_handed_out_called_back_about_and_changed_by_both(screens: Screens) -> None:
    number, key = begun(screens)
    employer, worker = parties(number)[3], parties(number)[0]
    texts = {
        "facts": "工资六万元未付。",
        "disputed": "数额和日期。",
        "terms": "一次付清。",
        "liabilities": "公司承担责任。",
    }
    item = {"item_kind": "payment", "item_who": employer, "item_to": worker, "item_what": "", "item_amount": "60000"}

    def agreed(days: int) -> str:
        day = f"{today() + timedelta(days=days):%Y-%m-%d}"
        made = send(screens, number, f"{key}/draft/written", **texts, **item, item_due_on=day).rsplit("/", 1)[1]
        digest = row("agreement", number)["digest"]
        for signer in [*parties(number), f"mediator:{account(MEDIATOR)}"]:
            send(screens, number, f"agreements/{made}", signer=signer, way="drawn", digest=digest, drawing=PNG)
        send(screens, number, f"agreements/{made}/seal")
        return made

    first = agreed(10)
    assert "公司承担责任" in screens.read(MEDIATOR, f"cases/{number}/mediation/")
    send(screens, number, f"hand_out_agreement/{first}", how="当场各取一份。")
    visit = row("agreement_visit", number)
    assert visit["due_on"] == today() + timedelta(days=15), "labour disputes after fifteen days"
    assert "协议回访" in screens.read(MEDIATOR, "mediation")
    broken = screens.send(
        MEDIATOR, f"cases/{number}/mediation/record_visit/{visit['id']}", on=today().isoformat(), kept="broken"
    )
    assert broken.status_code == 422 and "请写明采取的措施" in broken.content.decode()
    send(
        screens, number, f"record_visit/{visit['id']}", on=today().isoformat(), kept="not_due", satisfied="yes",
        hazards="无",
    )  # fmt: skip
    second = agreed(40)
    assert second != first
    states = {one["state"] for one in items(number)}
    assert states == {"replaced", "open"}, "what was promised before is promised anew"
    page = screens.read(MEDIATOR, f"cases/{number}/mediation/")
    assert "已被新文本代替" in page and "已由新协议代替" not in page
