"""接待 on one screen."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.kit import ok
from cases.kit import sql
from web.kit import Screens, words

FORM: dict[str, Any] = {
    "purpose": "consultation", "persons": "2", "asked": "问社保怎么转。", "answer": "", "window": "3号", "do": "open",
}  # fmt: skip


def take(screens: Screens, who: str = "clerk", **changes: object) -> str:
    done = screens.send(who, "visits", **(FORM | changes))
    assert done.status_code == 302, words(done)
    return str(sql("SELECT number FROM hall_visit ORDER BY received_at DESC LIMIT 1")[0][0])


def test_a_visit_is_answered_at_once(screens: Screens) -> None:
    number = take(screens, do="answer", answer="到2号窗口办。", persons="6")
    page = screens.read("clerk", "visits")
    assert number in page and "1批，6人次" in page and "当场答复" in page and "还没有结束" not in page
    assert "代表不超过5人" in screens.read("clerk", f"visits/{number}")
    assert "代表不超过5人" in screens.read("clerk", "visits"), "said on the form before, and nothing is refused"
    assert screens.browser("clerk").cookies["onedoor_window"].value


def test_a_visit_waits_until_it_is_answered_or_ended(screens: Screens) -> None:
    first, second = take(screens), take(screens)
    assert "还没有结束（2）" in screens.read("supervisor", "visits")
    wrong = screens.send("clerk", f"visits/{first}/answer", answer=" ")
    assert wrong.status_code == 422 and "请填写答复。" in words(wrong)
    assert screens.send("clerk", f"visits/{first}/answer", answer="已答。").status_code == 302
    assert screens.send("clerk", f"visits/{second}/end", reason="等不及，先走了。").status_code == 302
    again = screens.send("clerk", f"visits/{second}/end", reason="又走了。")
    assert again.status_code == 422 and "已经结束" in words(again)
    assert screens.send("clerk", f"visits/{second}/remark", text="下午又来，已办。").status_code == 302
    page = screens.read("clerk", f"visits/{second}")
    assert "未办结离开" in page and "下午又来" in page
    assert screens.send("clerk", f"visits/{second}/delete").status_code == 404


def test_a_visit_becomes_a_matter(screens: Screens) -> None:
    done = screens.send(
        "clerk", "visits", **(FORM | {"do": "register", "purpose": "petition", "asked": "反映路灯不亮。"})
    )
    assert "/desk/register?visit=" in done["Location"]
    form = screens.browser("clerk").get(done["Location"]).content.decode()
    assert "反映路灯不亮。</textarea>" in form and '<option value="petition" selected>' in form
    number = done["Location"].split("=")[1]
    assert f'name="visit" value="{number}"' in form
    filled = {
        "visit": number, "channel": "visit", "kind": "appeal", "purpose": "petition", "category": "petition.other",
        "narrative": "反映路灯不亮。", "anonymous": "yes", "key": "k",
    }  # fmt: skip
    case = str(screens.send("clerk", "register", **filled)["Location"]).split("/cases/")[1]
    visit = screens.read("clerk", f"visits/{number}")
    assert case in visit and "登记为事项" in visit
    assert number in screens.read("clerk", f"cases/{case}")
    assert number not in screens.read("clerk_town", "visits")
    assert screens.open("clerk", "register", visit="990101-260101-999").status_code == 404


def test_an_accusation_goes_straight_to_registration(screens: Screens) -> None:
    wrong = screens.send("clerk", "visits", **(FORM | {"purpose": "accusation"}))
    assert wrong.status_code == 422 and "请直接登记为事项" in words(wrong)
    done = screens.send("clerk", "visits", **(FORM | {"purpose": "accusation", "asked": "", "do": "register"}))
    form = screens.browser("clerk").get(done["Location"]).content.decode()
    assert '<option value="accusation" selected>' in form


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("purpose", "", "请选择来访目的。"), ("persons", "0", "人数应为"), ("asked", "", "请填写来访内容。"),
        ("answer", "", "请填写答复"), ("window", "窗" * 21, "窗口最多20个字"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_field_and_the_rest_is_kept(
    screens: Screens, field: str, value: str, sentence: str
) -> None:
    page = screens.send("clerk", "visits", **(FORM | {"do": "answer", "answer": "答。"} | {field: value}))
    assert page.status_code == 422 and sentence in words(page)
    if field != "asked":
        assert "问社保怎么转。</textarea>" in page.content.decode()


def test_what_is_typed_runs_nothing(screens: Screens) -> None:
    take(screens, asked="<script>alert(1)</script>", window="<b>3")
    html = screens.open("clerk", "visits").content.decode()
    assert "<script>alert" not in html and "&lt;script&gt;" in html and "<b>3" not in html


@pytest.mark.parametrize("who", ["handler", "mediator", "grid_worker", "auditor", "admin"])
def test_others_have_no_such_page(screens: Screens, who: str) -> None:
    number = take(screens)
    assert screens.open(who, "visits").status_code == 403
    assert screens.open(who, f"visits/{number}").status_code == 404
    assert screens.send(who, "visits", **FORM).status_code == 403
    assert 'href="/desk/visits"' not in screens.open(who, "").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_does_not_grow_with_the_rows(screens: Screens, count: int) -> None:
    for _ in range(count):
        take(screens, do="answer", answer="好。")
    screens.browser("clerk")
    with CaptureQueriesContext(connection) as asked:
        page = screens.open("clerk", "visits")
    assert page.content.decode().count("data-item") == count and len(page.content) < 60_000
    assert len(asked) == 5, [query["sql"][:90] for query in asked.captured_queries]


def test_the_director_looks_and_does_not_take(screens: Screens) -> None:
    number = take(screens)
    html = screens.open("director", "visits").content.decode()
    assert number in html and "visit-form" not in html
    assert "补记</button>" not in screens.open("director", f"visits/{number}").content.decode()
    assert ok(screens.get("director", "/visits"))["count"] == {"batches": 1, "persons": 2}
