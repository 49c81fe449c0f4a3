"""查阅记录: what the auditor reads of looks, exports and prints; what a supervisor does; what the applicant does."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from api.kit import EVERYBODY, MATTER, ok, refusal
from api.test_leaks import ACCUSATION
from cases.kit import sql
from onedoor.cases.queries.looks import PAGE
from onedoor.people.access_log import log_access
from onedoor.people.models import AccessLog, Account, Division, Post, Unit
from onedoor.rules.looks import OTHER, REASONS, kind_of_reason, reason_of, span_of
from onedoor.rules.refusal import Refused
from web.kit import Screens, words
from web.resident_kit import enter

WHY = "住户姓牛，电话打不通"


def looked_at(screens: Screens, **matter: object) -> tuple[str, str]:
    """Number and code of a matter that was unmasked, printed, and from which a file was taken."""
    made = screens.registered(**matter)
    number = made["number"]
    file = ok(screens.attach("clerk", number), 201)["id"]
    assert screens.send("clerk", f"cases/{number}/unmask", kind=REASONS[0], reason=WHY).status_code == 200
    assert screens.open("clerk", f"cases/{number}/print").status_code == 200
    taken = screens.open("clerk", f"cases/{number}/attachments/{file}")
    assert taken.status_code == 200 and b"".join(taken.streaming_content)
    return number, made["receipt_code"]


def sheet(answer: object) -> str:
    content = answer.content  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def test_the_auditor_reads_who_when_what_and_why(screens: Screens) -> None:
    number, _ = looked_at(screens)
    page = screens.read("auditor", "looks")
    for word in (
        number,
        "查看未脱敏信息",
        "打印事项",
        "下载附件",
        "迎进门",
        "县综治中心",
        "窗口受理员",
        f"{REASONS[0]}：{WHY}",
    ):
        assert word in page, word
    only = screens.read("auditor", "looks", action="print", username="clerk", number=number.lower())
    assert "打印事项" in only and WHY not in only
    assert "没有查阅记录" in screens.read("auditor", "looks", username="handler")
    later = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    assert "没有查阅记录" in screens.read("auditor", "looks", since=later, until=later)


def test_the_file_says_what_the_list_says_and_how_many_rows_went(screens: Screens) -> None:
    number, _ = looked_at(screens)
    answer = screens.open("auditor", "looks", action="unmask", **{"as": "xlsx"})
    assert number in (inside := sheet(answer)) and WHY in inside and "打印事项" not in inside
    (line,) = AccessLog.objects.filter(action="audit_export")
    assert (line.rows, line.account_id) == (1, Account.objects.get(username="auditor").pk)
    assert "查看未脱敏信息" in line.subject
    screens.read("auditor", "looks")
    page = screens.read("auditor", "looks")
    assert "导出查阅日志" in page and "查看查阅日志" in page, "whoever audits is seen too"


def test_exports_say_how_many_rows_went_along(screens: Screens) -> None:
    screens.registered()
    assert screens.open("director", "figures", by="category", **{"as": "xlsx"}).status_code == 200
    (line,) = AccessLog.objects.filter(action="figures")
    assert line.rows is not None and line.rows >= 1
    assert "导出统计" in screens.read("auditor", "looks")


def test_nobody_but_auditor_and_supervisor_reads_it(screens: Screens) -> None:
    looked_at(screens)
    for who in EVERYBODY:
        answer = screens.open(who, "looks")
        assert answer.status_code == (200 if who in ("auditor", "supervisor") else 403), who
        assert ("查阅记录</a>" in screens.open(who, "me").content.decode()) == (answer.status_code == 200), who
    page = screens.read("supervisor", "looks")
    assert "没有查阅记录" in page and WHY not in page, "ordinary matters are the auditor's"
    assert screens.browser("clerk").post("/desk/looks").status_code == 405
    assert screens.client.get("/desk/looks").status_code == 302


def test_of_a_confidential_matter_the_auditor_reads_nothing_and_who_is_named_does(screens: Screens) -> None:
    before = screens.open("auditor", "looks", action="unmask").content.decode().partition("<tbody>")[2]
    number, _ = looked_at(screens, **ACCUSATION)
    for query in ({}, {"number": number}, {"username": "clerk"}, {"action": "unmask"}):
        page = screens.open("auditor", "looks", **query).content.decode()
        below = (
            page.partition("<main")[2].partition("</form>")[2].partition("</main>")[0]
        )  # what was typed stands above
        assert number not in below and WHY not in page, query
    assert number not in sheet(screens.open("auditor", "looks", **{"as": "xlsx"})), "not what he typed either"
    screens.open("auditor", "looks", username="13812345678")
    logged = [line.subject for line in AccessLog.objects.filter(action="audit")]
    assert any("按账号" in one for one in logged) and any("按事项编号" in one for one in logged)
    assert not any("13812345678" in one or number in one for one in logged)
    assert screens.open("auditor", "looks", action="unmask").content.decode().partition("<tbody>")[2] == before
    named = screens.read("supervisor", "looks")
    assert number in named and WHY in named
    # a supervisor whom the matter does not name
    other = Account.objects.create(username="supervisor_b", name="督又一")
    centre = Unit.objects.get(code="centre")
    Post.objects.create(account=other, role="supervisor", unit=centre, division=centre.division, confidential=True)
    assert number not in screens.read("supervisor_b", "looks")
    # reports of harm are in nobody's list: their lines would name who has written one
    log_access(action="harm", account=other.pk, subject="0190", reason="记下受害线索")
    assert "受害线索</td>" not in screens.open("auditor", "looks").content.decode()


def test_an_auditor_of_a_town_reads_of_his_town(screens: Screens) -> None:
    number, _ = looked_at(screens)
    for username, action in (("clerk", "figures"), ("clerk_town", "points")):
        log_access(action=action, account=Account.objects.get(username=username).pk, subject=f"of {username}")
    log_access(action="export", account=None, subject="of the operator")
    town = Account.objects.create(username="auditor_town", name="察在镇")
    unit = Unit.objects.get(code="centre-qinghe")
    Post.objects.create(account=town, role="auditor", unit=unit, division=Division.objects.get(code="990101100"))
    page = screens.read("auditor_town", "looks")
    assert "of clerk_town" in page and "of clerk " not in page and "of the operator" not in page
    assert (number in page) == (screens.get("auditor_town", f"/cases/{number}").status_code == 200)
    whole = screens.read("auditor", "looks")
    assert "of the operator" in whole and "服务器操作员" in whole


def test_pages_follow_each_other_without_a_gap(screens: Screens) -> None:
    account = Account.objects.get(username="clerk").pk
    at = datetime.now(UTC)
    for place in range(PAGE + 3):
        log_access(action="care", account=account, subject=f"plan-{place:03}")
    sql("UPDATE access_log SET recorded_at = %s WHERE action = 'care'", at - timedelta(minutes=1))  # all at one time
    seen, address = set[str](), "looks?action=care"
    for _ in range(2):
        html = screens.browser("auditor").get(f"/desk/{address}").content.decode()
        found = {f"plan-{place:03}" for place in range(PAGE + 3) if f"plan-{place:03}<" in html}
        assert not seen & found
        seen |= found
        following = html.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        address = f"looks{following}"
    assert len(seen) == PAGE + 3


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"since": "gestern"}, "日期应为"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "不能晚于"),
        ({"since": "2024-01-01", "until": "2026-03-01"}, "最多查一年"),
        ({"action": "sign_in"}, "没有这种查阅"),
        ({"username": "a\0"}, "不能使用"),
        ({"cursor": "xx"}, "翻页标记"),
    ],
)
def test_a_wrong_question_is_told_and_not_logged(screens: Screens, query: dict[str, str], says: str) -> None:
    answer = screens.open("auditor", "looks", **query)
    assert (answer.status_code, says in words(answer)) == (422, True), words(answer)
    assert not AccessLog.objects.filter(action__startswith="audit").exists()


def test_the_applicant_is_told_the_kind_of_reason_and_not_its_words(screens: Screens) -> None:
    number, code = looked_at(screens)
    ok(screens.get("clerk", f"/cases/{number}", unmask="办理需要：核对"))
    ok(screens.get("clerk", f"/cases/{number}", unmask=f"{WHY}。"))
    browser, _ = enter(number, code)
    page = words(browser.get("/my/looked"))
    for word in (REASONS[0], "办理需要", OTHER, "打印事项", "下载附件", "窗口受理员", "县综治中心"):
        assert word in page, word
    for word in (WHY, "迎进门", "核对 "):
        assert word not in page, word


def test_a_kind_that_is_none_is_refused(screens: Screens) -> None:
    number = screens.registered(**MATTER)["number"]
    answer = screens.send("clerk", f"cases/{number}/unmask", kind="好奇", reason="看看")
    assert answer.status_code == 422 and "请从列出的理由中选择" in words(answer)
    assert not AccessLog.objects.filter(action="unmask").exists()
    refusal(screens.get("clerk", f"/cases/{number}", unmask=" "), 422, "invalid", "unmask")


def test_the_kind_is_what_stands_before_the_colon() -> None:
    assert kind_of_reason(reason_of(REASONS[1], "张三在旁")) == REASONS[1]
    assert reason_of("", "张三在旁") == "张三在旁" and kind_of_reason("张三在旁") == OTHER
    assert kind_of_reason("张三：核实身份") == OTHER
    with pytest.raises(Refused):
        span_of("2026-01-01", "2027-06-01", datetime.now(UTC).date())
