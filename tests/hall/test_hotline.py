"""Hot lines at the administrator's page, calls at the desk, and what they lead to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from api.kit import new_browser
from cases.kit import person, sql, whats
from hall.kit import at_once, by, centre
from onedoor.hall.jobs import erase_visits
from onedoor.hall.models import Hotline
from onedoor.hall.steps.call_note import erase_note_texts, take_note
from onedoor.hall.steps.hotlines import add_hotline
from web.kit import Screens, words

LINES = "admin/hall/centre/hotlines"
LINE = {"name": "综合服务热线", "number": "0990-5550100", "unit": "", "hours": "工作日 9:00–17:00"}


def add_line(**changes: str) -> int:
    return int(add_hotline(by=by(), centre=centre(), given=LINE | changes).pk)


@pytest.fixture
def line(screens: Screens) -> int:
    return add_line()


def note(screens: Screens, who: str = "clerk", do: str = "open", **changes: Any) -> str:
    line = Hotline.objects.values_list("pk", flat=True).first()
    form = {"hotline": line, "asked": "问残疾证到期怎么换。", "answer": "", "do": do}
    done = screens.send(who, "hotline", **(form | changes))
    assert done.status_code == 302, words(done)
    return str(sql("SELECT number FROM hall_callnote ORDER BY at DESC LIMIT 1")[0][0])


FILLED = {
    "channel": "hotline", "kind": "appeal", "category": "petition.other", "narrative": "来电反映路灯不亮。",
    "anonymous": "yes", "read_back": "yes", "key": "k",
}  # fmt: skip


def test_a_line_is_added_changed_switched_off_and_told_to_everybody(screens: Screens) -> None:
    wrong = screens.send("admin", LINES, **(LINE | {"number": "热线"}))
    assert wrong.status_code == 422 and "号码应为电话号码" in words(wrong)
    assert screens.send("admin", LINES, **LINE).status_code == 302
    again = screens.send("admin", LINES, **LINE)
    assert again.status_code == 422 and "已是“综合服务热线”" in words(again)
    made = Hotline.objects.get()
    assert screens.send("admin", f"{LINES}/{made.pk}", **(LINE | {"unit": "sfj", "hours": ""})).status_code == 302
    assert "司法局" in screens.read("admin", LINES)
    assert "0990-5550100" in words(new_browser().get("/today"))
    assert screens.send("admin", f"{LINES}/{made.pk}/switch").status_code == 302
    assert "0990-5550100" not in words(new_browser().get("/today"))
    assert "还没有登记热线" in screens.read("clerk", "hotline")


@pytest.mark.parametrize("who", ["clerk", "director", "handler"])
def test_only_administrators_keep_the_lines(screens: Screens, line: int, who: str) -> None:
    assert screens.open(who, LINES).status_code == 403
    assert screens.send(who, f"{LINES}/{line}/switch").status_code == 403


def test_a_call_is_answered_at_once_and_counted(screens: Screens, line: int) -> None:
    number = note(screens, do="answer", answer="到3号窗口，当场换。")
    note(screens, do="drop", asked="")
    page = screens.read("clerk", "hotline")
    assert number in page and "2个来电，当场答复1、断线或误拨1" in page and "还没有结束（" not in page
    assert "-R" in number
    assert "到3号窗口" in screens.read("director", f"hotline/{number}")


def test_a_call_waits_until_it_is_answered_or_dropped(screens: Screens, line: int) -> None:
    first, second = note(screens), note(screens)
    assert "还没有结束（2）" in screens.read("supervisor", "hotline")
    wrong = screens.send("clerk", f"hotline/{first}/answer", answer="请打13912345678")
    assert wrong.status_code == 422 and "不写手机号码" in words(wrong)
    assert screens.send("clerk", f"hotline/{first}/answer", answer="已答。").status_code == 302
    assert screens.send("clerk", f"hotline/{second}/drop").status_code == 302
    again = screens.send("clerk", f"hotline/{second}/answer", answer="又答。")
    assert again.status_code == 422 and "已经结束" in words(again)
    assert screens.send("clerk", f"hotline/{second}/delete").status_code == 404


def test_a_call_becomes_a_matter_that_was_read_back(screens: Screens, line: int) -> None:
    done = screens.send("clerk", "hotline", hotline=line, asked="来电反映路灯不亮。", do="register")
    form = screens.browser("clerk").get(done["Location"]).content.decode()
    number = done["Location"].split("=")[1]
    assert "来电反映路灯不亮。</textarea>" in form and f'name="call" value="{number}"' in form
    assert 'value="hotline" checked' in form
    silent = screens.send("clerk", "register", **{**FILLED, "call": number, "read_back": ""})
    assert silent.status_code == 422 and "要向来电人复述" in words(silent)
    elsewhere = screens.send("clerk", "register", **{**FILLED, "call": number, "channel": "window"})
    assert elsewhere.status_code == 422 and "渠道请选“热线”" in words(elsewhere)
    assert not sql('SELECT 1 FROM "case"'), "nothing was registered"
    case = str(screens.send("clerk", "register", **FILLED, call=number)["Location"]).split("/cases/")[1]
    assert case in screens.read("clerk", f"hotline/{number}") and number in screens.read("clerk", f"cases/{case}")
    assert "登记为事项1" in screens.read("clerk", "hotline")
    assert sql('SELECT channel FROM "case"') == [("hotline",)] and whats() == set()


def test_a_note_passes_the_gate_with_its_matter(screens: Screens, line: int) -> None:
    number = note(screens)
    filled = FILLED | {"call": number, "confidential": "yes"}
    assert screens.send("supervisor", "register", **filled).status_code == 302
    assert number in screens.read("supervisor", "hotline")
    assert number not in screens.read("clerk", "hotline") and "0个来电" in screens.read("clerk", "hotline")
    assert screens.open("clerk", f"hotline/{number}").status_code == 404


def test_an_accusation_is_not_noted_and_known_to_one_alone(screens: Screens, line: int) -> None:
    wrong = screens.send("clerk", "hotline", hotline=line, asked="某人收钱", accusation="yes", do="open")
    assert wrong.status_code == 422 and "请直接登记为事项" in words(wrong)
    done = screens.send("clerk", "hotline", hotline=line, asked="", accusation="yes", do="open")
    assert '<option value="accusation" selected>' in screens.browser("clerk").get(done["Location"]).content.decode()
    number = done["Location"].split("=")[1]
    assert screens.open("supervisor", f"hotline/{number}").status_code == 404
    assert "1个来电" in screens.read("clerk", "hotline") and "0个来电" in screens.read("supervisor", "hotline")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"asked": "证号110101199003071234"}, "不写身份证号"), ({"asked": "139 1234 5678"}, "不写手机号码"),
        ({"asked": ""}, "请填写来电内容"), ({"hotline": ""}, "请选择来电的热线"), ({"hotline": "999999"}, "请选择来电"),
        ({"hotline": "1 OR 1=1"}, "请选择来电"), ({"do": "answer"}, "请填写答复"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_field(screens: Screens, line: int, changes: dict[str, str], sentence: str) -> None:
    form = {"hotline": str(line), "asked": "问低保。", "answer": "", "do": "open"}
    page = screens.send("clerk", "hotline", **(form | changes))
    assert page.status_code == 422 and sentence in words(page)
    assert not sql("SELECT 1 FROM hall_callnote")


@pytest.mark.parametrize("who", ["handler", "mediator", "grid_worker", "auditor", "admin"])
def test_others_have_no_such_page(screens: Screens, line: int, who: str) -> None:
    number = note(screens)
    assert screens.open(who, "hotline").status_code == 403
    assert screens.open(who, f"hotline/{number}").status_code == 404
    assert screens.send(who, "hotline", hotline=line, asked="问。").status_code == 403


def test_another_centre_sees_nothing_of_it(screens: Screens, line: int) -> None:
    number = note(screens)
    assert screens.open("clerk_town", f"hotline/{number}").status_code == 404
    assert screens.send("clerk_town", f"hotline/{number}/drop").status_code == 404
    wrong = screens.send("clerk_town", "register", **FILLED, call=number)
    assert wrong.status_code == 422 and "没有这个来电" in words(wrong)


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_does_not_grow_with_the_rows(screens: Screens, line: int, count: int) -> None:
    for _ in range(count):
        note(screens, do="answer", answer="好。")
    screens.browser("clerk")
    with CaptureQueriesContext(connection) as asked:
        page = screens.open("clerk", "hotline")
    assert page.content.decode().count("data-item") == count and len(page.content) < 60_000
    assert len(asked) == 5, [query["sql"][:90] for query in asked.captured_queries]


def test_texts_are_erased_and_the_count_stays(screens: Screens, line: int) -> None:
    note(screens, do="answer", answer="好。")
    later = datetime.now(UTC) + timedelta(days=1)
    assert erase_note_texts(before=datetime.now(UTC) - timedelta(days=1), at=later) == 0
    assert erase_note_texts(before=later, at=later) == 1 and erase_note_texts(before=later, at=later) == 0
    assert sql("SELECT asked, answer, ending FROM hall_callnote") == [("", "", "answered")]


def test_the_job_of_visits_erases_calls_too(screens: Screens, line: int) -> None:
    fresh, old = note(screens, do="answer", answer="好。"), note(screens, do="answer", answer="好。")
    sql("UPDATE hall_callnote SET at = now() - interval '6 years' WHERE number = %s", old)
    erase_visits(0)
    left = dict(sql("SELECT number, asked FROM hall_callnote"))
    assert left[old] == "" and left[fresh] != ""


def test_what_was_noted_stays_as_it_is(screens: Screens, line: int) -> None:
    note(screens, do="answer", answer="好。")
    for column in ("asked", "answer"):
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(f"UPDATE hall_callnote SET {column} = 'anders'")


def test_numbers_are_given_out_once_however_many_ask(committed_hall: Screens) -> None:
    line, actor = add_line(), person("clerk").actors[0]
    at = datetime.now(UTC)
    raw = {"hotline": line, "asked": "问。"}
    made = at_once(8, lambda number: take_note(actor=actor, at=at, raw=raw, key=f"k{number % 4}"))
    assert sorted(again for _, again in made) == [False] * 4 + [True] * 4
    numbers = sorted({number for number, _ in made})
    assert [number[-3:] for number in numbers] == ["001", "002", "003", "004"], "no gap for a repeated press"
