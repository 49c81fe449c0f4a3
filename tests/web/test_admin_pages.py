"""The administrator's pages: who may open them, what they cost, what they refuse."""

import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from api.kit import EVERYBODY, TO_HANDLING, new_browser
from onedoor.cases.models import Category
from onedoor.people.models import Account, Post, Unit
from web.kit import Screens, words

MARKUP = "<script>alert(1)</script>"
LISTS = {
    "": 11,
    "units": 2,
    "people": 4,
    "divisions/990101101201": 5,
    "categories": 2,
}  # statements of each page, however many rows it has
PAGES = (
    "", "units", "units/new", "units/zjj", "people", "people/new", "divisions", "divisions/990101100", "categories",
    "categories/dispute",
)  # fmt: skip


def account(username: str) -> int:
    return Account.objects.get(username=username).pk


def test_the_pages_are_the_administrators_alone(screens: Screens) -> None:
    pages = (*PAGES, f"people/{account('handler')}")
    for who in EVERYBODY:
        for path in pages:
            answer = screens.open(who, f"admin/{path}")
            assert answer.status_code == (200 if who == "admin" else 403), (who, path)
        assert ("系统管理" in screens.read(who, "me")) == (who == "admin")
    assert new_browser().get("/desk/admin/").status_code == 302
    for path in ("units/new", "units/zjj", "units/zjj/switch", f"people/{account('handler')}/password"):
        assert screens.send("director", f"admin/{path}", name="x").status_code == 403
    assert Unit.objects.get(code="zjj").active


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", LISTS)
def test_the_price_of_a_list_does_not_grow_with_its_rows(screens: Screens, path: str, count: int) -> None:
    screens.browser("admin")
    for place in range(count):
        screens.send("admin", "admin/people/new", username=f"xin{place}", name="新人")
        form = {"code": f"xin{place}", "name": f"新局{place}", "kind": "department", "division": "990101"}
        screens.send("admin", "admin/units/new", **form)
        below = {"code": f"990101101201{place}", "name": f"新组{place}"}
        screens.send("admin", "admin/divisions/990101101201", **below)
    with CaptureQueriesContext(connection) as asked:
        page = screens.open("admin", f"admin/{path}", **({"q": "xin"} if path in ("units", "people") else {}))
    assert len(asked) <= LISTS[path], [query["sql"][:90] for query in asked.captured_queries]
    rows = {"": count * 3, "categories": Category.objects.count()}.get(path, count)
    assert page.content.decode().count("data-item") == rows


def test_lists_are_filtered_and_paged(screens: Screens) -> None:
    assert "住建局" in screens.read("admin", "admin/units", q="住房")
    assert "住建局" not in screens.read("admin", "admin/units", kind="court")
    towns = screens.read("admin", "admin/units", division="清禾镇")
    assert "禾丰塘村综治中心" in towns and "县人民法院" not in towns
    wrong = screens.open("admin", "admin/units", division="没有镇")
    assert wrong.status_code == 422 and "没有区划“没有镇”" in words(wrong)
    assert "没有符合条件" in screens.read("admin", "admin/units", q="\0")
    assert "没有符合条件" in screens.read("admin", "admin/people", q="龘靐", role="clerk", state="idle")
    handlers = screens.open("admin", "admin/people", role="handler", q="住建").content.decode()
    assert handlers.count("data-item") == 1
    centre = Unit.objects.get(code="centre")
    Unit.objects.bulk_create(
        Unit(code=f"z{place:03}", name=f"某局{place}", short_name="某局", kind="department", division=centre.division)
        for place in range(60)
    )
    seen, address = 0, "/desk/admin/units?q=某局"
    while address:
        html = screens.browser("admin").get(address).content.decode()
        seen += html.count("data-item")
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen == 60


def test_a_unit_from_the_form_to_the_list(screens: Screens) -> None:
    form = {
        "code": "tyj",
        "name": "澜平县体育局",
        "kind": "department",
        "division": "澜平县（990101）",
        "phone": "0900-1",
    }
    done = screens.send("admin", "admin/units/new", **form)
    assert done["Location"] == "/desk/admin/units/tyj", words(done)
    shown = screens.read("admin", "admin/units/tyj")
    assert "已新增单位“澜平县体育局”" in shown and "还没有人" in shown
    saved = screens.send("admin", "admin/units/tyj", **form | {"short_name": "体育局"})
    assert saved.status_code == 302 and "体育局" in screens.read("admin", "admin/units", state="unstaffed")
    wrong = screens.send("admin", "admin/units/new", **form | {"name": "", "division": "没有镇"})
    assert wrong.status_code == 422
    for said in ("单位代码", "请填写全称", "没有区划“没有镇”"):
        assert (said in words(wrong)) == (said != "单位代码")
    assert 'value="0900-1"' in wrong.content.decode(), "nothing typed is lost"
    assert screens.open("admin", "admin/units/nichts").status_code == 404


def test_a_unit_with_matters_is_not_switched_off(screens: Screens) -> None:
    number = screens.registered()["number"]
    screens.walk(number, *TO_HANDLING[:2])
    assert screens.send("admin", "admin/units/zjj/switch").status_code == 302
    assert "“住建局”还有1件事项没有办完，不能停用。请先由分流专员改派" in screens.read("admin", "admin/units/zjj")
    screens.send("admin", "admin/units/centre/switch")
    assert "还有1件事项没有办完，不能停用。请先上报、下交或办结" in screens.read("admin", "admin/units/centre")
    screens.walk(number, ("dispatcher", "recall", {"reason": "改派"}))
    screens.send("admin", "admin/units/zjj/switch")
    assert "已停用。" in screens.read("admin", "admin/units/zjj")
    assert "停用" not in screens.send("admin", "admin/units/zjj/switch", active="1")["Location"]
    assert Unit.objects.get(code="zjj").active


def test_confidential_matters_are_not_betrayed_by_a_refusal(screens: Screens) -> None:
    number = screens.registered("supervisor", confidential=True)["number"]
    screens.walk(number, ("dispatcher_secret", "accept", {}))
    screens.walk(number, ("dispatcher_secret", "dispatch", {"unit": "zjj", "persons": ["handler2"]}))
    screens.send("admin", "admin/units/zjj/switch")
    assert "已停用。" in screens.read("admin", "admin/units/zjj")
    screens.walk(number, ("dispatcher_secret", "recall", {"reason": "单位撤销"}))


def shown_password(answer: HttpResponse) -> str:
    assert answer.status_code == 200, words(answer)
    assert answer["Cache-Control"] == "no-store, private"
    found = re.search(r'<code class="h3">([^<]+)</code>', answer.content.decode())
    assert found is not None
    return found[1]


def signs_in(username: str, password: str) -> bool:
    answer = new_browser().post("/desk/sign-in", {"username": username, "password": password})
    return answer.status_code == 302


def test_a_person_from_the_form_to_the_first_sign_in(screens: Screens) -> None:
    made = screens.send("admin", "admin/people/new", username="xinren", name="新来的")
    password = shown_password(made)
    new = account("xinren")
    assert password not in words(screens.open("admin", f"admin/people/{new}")), "shown once"
    assert signs_in("xinren", password)
    path = f"admin/people/{new}"
    assert screens.send("admin", f"{path}/posts", role="handler", unit="住建局").status_code == 302
    assert "住建局 单位经办人" in screens.read("admin", path)
    wrong = screens.send("admin", f"{path}/posts", role="", unit="没有局")
    assert wrong.status_code == 422 and "没有单位“没有局”" in words(wrong) and "请选择岗位" in words(wrong)
    post = Post.objects.get(account_id=new)
    other = account("handler")
    assert screens.send("admin", f"admin/people/{other}/posts/{post.pk}/end").status_code == 404
    screens.send("admin", f"{path}/posts/{post.pk}/end")
    assert "已免" in screens.read("admin", path)
    assert "新来的" in screens.read("admin", "admin/people", state="idle")
    reset = screens.send("admin", f"{path}/password", password="")
    assert signs_in("xinren", shown_password(reset)) and not signs_in("xinren", password)
    weak = screens.send("admin", f"{path}/password", password="123")
    assert weak.status_code == 422 and "密码至少" in words(weak)
    screens.send("admin", f"{path}/off")
    assert "已停用" in screens.read("admin", path) and not signs_in("xinren", shown_password(reset))
    screens.send("admin", f"{path}/on")
    assert screens.send("admin", f"{path}/vanish").status_code == 404
    assert screens.send("admin", path, name="新名字", must_use_totp="yes").status_code == 302
    assert "须设置" in screens.read("admin", "admin/people", q="新名字")


def test_one_own_rights_stay_out_of_reach(screens: Screens) -> None:
    mine = f"admin/people/{account('admin')}"
    page = screens.open("admin", mine)
    assert "停用账号" not in words(page) and "增加岗位" not in words(page) and "免去" not in words(page)
    screens.send("admin", f"{mine}/off")
    assert "不能停用自己的账号" in screens.read("admin", mine)
    refused = screens.send("admin", f"{mine}/posts", role="director", unit="centre")
    assert refused.status_code == 422 and "不能增减自己的岗位" in words(refused)


def test_markup_in_every_name_is_only_text(screens: Screens) -> None:
    form = {
        "code": "x1",
        "name": MARKUP,
        "short_name": "<b>x</b>",
        "kind": "other",
        "division": "990101",
        "phone": "<i>1",
    }
    assert screens.send("admin", "admin/units/new", **form).status_code == 302
    screens.send("admin", "admin/people/new", username="xinren", name=MARKUP)
    screens.send("admin", f"admin/people/{account('xinren')}/posts", role="handler", unit="x1")
    for path in ("", "units", "units/x1", "people", f"people/{account('xinren')}", "units?division=<b>x"):
        html = screens.browser("admin").get(f"/desk/admin/{path}").content.decode()
        assert "<script>alert" not in html and "<b>x" not in html and "<i>1" not in html, path


def test_the_overview_tells_what_is_missing_and_who_did_what(screens: Screens) -> None:
    screens.send("admin", "admin/people/new", username="xinren", name="新来的")
    text = screens.read("admin", "admin/")
    name = Account.objects.get(username="admin").name
    assert "1个没有岗位" in text and "新增账号" in text and name in text
    assert "新来的" not in text, "the log holds no names of those who were changed"


def test_the_tree_is_walked_and_changed_level_by_level(screens: Screens) -> None:
    top = screens.read("admin", "admin/divisions")
    assert "清禾镇" in top and "禾丰塘村" not in top
    town = screens.open("admin", "admin/divisions/990101100")
    assert "禾丰塘村" in words(town) and "澜平县" in words(town) and "清禾镇综治中心" in words(town)
    new = {"code": "990101100900", "name": "清禾新区"}
    assert screens.send("admin", "admin/divisions/990101100", **new).status_code == 302
    again = screens.send("admin", "admin/divisions/990101100", **new)
    assert again.status_code == 422 and "已在使用" in words(again)
    path = "admin/divisions/990101100900"
    assert screens.send("admin", f"{path}/name", new_name=MARKUP).status_code == 302
    html = screens.open("admin", path).content.decode()
    assert "&lt;script&gt;" in html and "<script>alert" not in html
    blank = screens.send("admin", f"{path}/name", new_name=" ")
    assert blank.status_code == 422 and "请填写名称" in words(blank)
    assert screens.send("admin", f"{path}/remove")["Location"] == "/desk/admin/divisions/990101100"
    assert screens.open("admin", path).status_code == 404
    screens.send("admin", "admin/divisions/990101100/remove")
    assert "不能删除" in screens.read("admin", "admin/divisions/990101100")


def test_a_division_with_matters_is_not_removed(screens: Screens) -> None:
    screens.send("admin", "admin/divisions/990101100", code="990101100900", name="清禾新区")
    screens.registered(division="990101100900")
    screens.send("admin", "admin/divisions/990101100900/remove")
    assert "已有单位、岗位、事项在用" in screens.read("admin", "admin/divisions/990101100900")


def test_the_catalogue_is_kept_on_one_page(screens: Screens) -> None:
    form = screens.open("admin", "admin/categories", below="dispute").content.decode()
    assert 'value="dispute."' in form and '<option value="dispute" selected>' in form
    new = {"parent": "dispute", "code": "dispute.loan", "name": MARKUP}
    assert screens.send("admin", "admin/categories", **new).status_code == 302
    html = screens.open("admin", "admin/categories").content.decode()
    assert "dispute.loan" in html and "<script>alert" not in html
    wrong = screens.send("admin", "admin/categories", **new | {"code": "loan", "name": ""})
    assert wrong.status_code == 422 and "应为 dispute.xxx" in words(wrong) and "请填写名称" in words(wrong)
    assert screens.send("admin", "admin/categories/dispute.loan", name="借贷").status_code == 302
    screens.send("admin", "admin/categories/dispute.loan/switch")
    assert not Category.objects.get(code="dispute.loan").active
    screens.send("admin", "admin/categories/dispute/switch")
    assert "还有在用的类别" in screens.read("admin", "admin/categories")
    assert screens.open("admin", "admin/categories/nichts").status_code == 404
