"""信息发布: written, previewed, shown and withdrawn by its days, undone; and what everybody reads."""

import re
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from api.kit import EVERYBODY, new_browser
from cases.kit import sql
from onedoor.cases.ids import new_id
from onedoor.cases.queries.days import today
from onedoor.cases.sql import rows
from onedoor.demo.articles import bring_articles
from onedoor.hall.models import Article, ArticleVersion
from onedoor.hall.steps.articles import write_article
from onedoor.people.models import AccessLog
from onedoor.people.steps.administering import By
from onedoor.people.tokens import signed_in_as
from onedoor.rules.refusal import NOT_ALLOWED, STALE_VERSION, Refused
from web.kit import Screens, words

DAY = timedelta(days=1)
FORM: dict[str, Any] = {
    "kind": "law", "title": "邻居漏水怎么办", "text": "# 三步走\n先拍照。\n\n- 找邻居\n- [看指南](/guide)", "publish_on": "",
    "withdraw_on": "", "do": "save", "version": "0",
}  # fmt: skip


def write(screens: Screens, who: str = "director", **changes: object) -> str:
    """The id of a new article."""
    done = screens.send(who, "articles/new", **(FORM | changes))
    assert done.status_code == 302, words(done)
    return str(done["Location"]).rsplit("/", 1)[1]


def by(who: str) -> By:
    signed = signed_in_as(rows("SELECT id FROM people_account WHERE username = %s", [who])[0]["id"])
    assert signed is not None
    return By(signed.actors[0], datetime.now(UTC))


def news(path: str = "") -> tuple[int, str]:
    answer = new_browser().get(f"/news{path}")
    return answer.status_code, words(answer)


def test_a_draft_is_seen_by_nobody_outside(screens: Screens) -> None:
    article = write(screens)
    assert (
        news(f"/{article}")[0] == 404
        and "邻居漏水" not in news()[1]
        and "邻居漏水" not in words(new_browser().get("/"))
    )
    assert "草稿" in screens.read("admin", "articles")


def test_it_appears_and_vanishes_by_its_days_without_a_job(screens: Screens) -> None:
    days = {
        "昨天起": (today() - DAY, None), "今天起": (today(), None), "明天起": (today() + DAY, None),
        "到今天": (today() - 2 * DAY, today()), "到明天": (today() - 3 * DAY, today() + DAY),
    }  # fmt: skip
    for title, (begins, ends) in days.items():
        write(screens, title=title, publish_on=begins.isoformat(), withdraw_on=ends.isoformat() if ends else "")
    shown = re.findall(r'<a href="/news/[^"]+">([^<]+)</a>', new_browser().get("/news").content.decode())
    assert shown == ["今天起", "昨天起", "到明天"]
    front = new_browser().get("/").content.decode()
    assert all(title in front for title in shown) and "明天起<" not in front and "到今天" not in front
    by_state = {"scheduled": "明天起", "withdrawn": "到今天", "shown": "到明天"}
    for state, title in by_state.items():
        html = screens.open("director", "articles", state=state).content.decode()
        assert title in html and html.count("data-item") == (3 if state == "shown" else 1)


def test_the_front_page_shows_the_newest_three(screens: Screens) -> None:
    for place in range(4):
        write(screens, title=f"第{place}条", publish_on=(today() - place * DAY).isoformat())
    front = words(new_browser().get("/"))
    assert "第0条" in front and "第2条" in front and "第3条" not in front


def test_what_is_typed_is_only_text(screens: Screens) -> None:
    text = "<script>alert(1)</script>\n[x](javascript:alert)\n[<b>y](https://a.cn/\"onclick='z)\n- <img src=x>"
    preview = screens.send("director", "articles/new", **FORM | {"text": text, "do": "preview"})
    article = write(screens, title="<i>题", text=text, publish_on=today().isoformat())
    for html in (preview.content.decode(), new_browser().get(f"/news/{article}").content.decode()):
        assert "<script>alert" not in html and "<b>y" not in html and "<img" not in html and "<i>题" not in html
        assert 'href="javascript' not in html and "&lt;script&gt;alert" in html
        assert 'href="https://a.cn/&quot;onclick=&#x27;z"' in html


def test_marks_become_headings_lists_and_links(screens: Screens) -> None:
    article = write(screens, publish_on=today().isoformat())
    html = new_browser().get(f"/news/{article}").content.decode()
    assert (
        "<h2>三步走</h2>" in html
        and "<li>找邻居</li>" in html
        and '<a href="/guide" rel="noopener">看指南</a>' in html
    )
    assert "钟掌灯" not in html, "who wrote it is for the centre"


def test_a_preview_saves_nothing_and_keeps_what_was_typed(screens: Screens) -> None:
    page = screens.send("director", "articles/new", **FORM | {"do": "preview"})
    html = page.content.decode()
    assert page.status_code == 200 and "预览（还没有保存）" in html and "<h2>三步走</h2>" in html
    assert "# 三步走" in html and not Article.objects.exists()
    faulty = screens.send("director", "articles/new", **FORM | {"do": "preview", "title": ""})
    assert faulty.status_code == 422 and "请填写标题。" in words(faulty)


def test_the_form_sent_twice_is_one_article(screens: Screens) -> None:
    html = screens.open("director", "articles/new").content.decode()
    found = re.search(r'name="key" value="([^"]+)"', html)
    assert found
    write(screens, key=found[1])
    assert write(screens, key=found[1]) == found[1]
    assert Article.objects.count() == ArticleVersion.objects.count() == 1
    other = screens.send("director", "articles/new", **FORM | {"key": found[1], "title": "另一个"})
    assert other.status_code == 422 and "刚被别人改过" in words(other)


def test_the_last_change_is_undone_and_nothing_is_lost(screens: Screens) -> None:
    article = write(screens, publish_on=today().isoformat())
    path = f"articles/{article}"
    changed = screens.send("admin", path, **FORM | {"title": "写错了", "publish_on": "", "version": "1"})
    assert changed.status_code == 302 and news(f"/{article}")[0] == 404
    assert "撤销上次修改" in screens.read("director", path)
    screens.send("director", f"{path}/restore", version="2", wanted="1")
    assert "邻居漏水怎么办" in news(f"/{article}")[1]
    versions = list(ArticleVersion.objects.order_by("version").values_list("version", "title", "by__username"))
    assert versions == [(1, "邻居漏水怎么办", "director"), (2, "写错了", "admin"), (3, "邻居漏水怎么办", "director")]
    screens.send("director", f"{path}/restore", version="3", wanted="9")
    assert "没有这个更早的版本" in screens.read("director", path)
    reasons = AccessLog.objects.filter(action="article").order_by("recorded_at").values_list("reason", flat=True)
    assert list(reasons) == ["第1版", "第2版", "第3版，恢复第1版"]


def test_buttons_show_it_and_take_it_away_at_once(screens: Screens) -> None:
    article = write(screens)
    path = f"articles/{article}"
    screens.send("director", f"{path}/publish", version="1")
    assert news(f"/{article}")[0] == 200
    stale = screens.send("admin", f"{path}/withdraw", version="1")
    assert stale.status_code == 302 and "刚被别人改过" in screens.read("admin", path) and news(f"/{article}")[0] == 200
    screens.send("director", f"{path}/withdraw", version="2")
    assert news(f"/{article}")[0] == 404 and "已撤下" in screens.read("director", path)
    later = write(screens, publish_on=(today() + DAY).isoformat())
    screens.send("director", f"articles/{later}/withdraw", version="1")
    assert Article.objects.get(pk=later).publish_on is None, "what was to come is a draft again"
    assert screens.send("director", f"{path}/burn", version="3").status_code == 404
    assert screens.send("director", f"articles/{new_id()}/publish", version="1").status_code == 404


def test_only_the_administrator_and_the_director_publish(screens: Screens) -> None:
    article = write(screens)
    for who in EVERYBODY:
        may = who in ("admin", "director")
        for path in ("articles", "articles/new", f"articles/{article}"):
            assert screens.open(who, path).status_code == (200 if may else 403), (who, path)
        assert ('href="/desk/articles"' in screens.open(who, "me").content.decode()) == may
    assert screens.send("clerk", "articles/new", **FORM).status_code == 403
    assert screens.send("supervisor", f"articles/{article}/publish", version="1").status_code == 403
    with pytest.raises(Refused) as refused:
        write_article(by=by("clerk"), article=new_id(), version=0, raw=FORM)
    assert refused.value.code == NOT_ALLOWED


def test_the_numbers_of_supervision_are_a_beginning(screens: Screens) -> None:
    html = screens.open("director", "articles/new", numbers="").content.decode()
    assert '<option value="results" selected>' in html and "月督办情况" in html and "数字不含保密事项" in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_does_not_grow_with_the_rows(screens: Screens, count: int) -> None:
    for place in range(count):
        write(screens, title=f"第{place}条", publish_on=today().isoformat())
    browser = new_browser()
    for path, price in (("/news", 2), ("/", 3)):
        browser.get(path)
        with CaptureQueriesContext(connection) as asked:
            html = browser.get(path).content.decode()
        assert html.count('<a href="/news/') == count
        assert len(asked) == price, [query["sql"][:90] for query in asked.captured_queries]
    with CaptureQueriesContext(connection) as asked:
        html = screens.open("director", "articles").content.decode()
    assert html.count("data-item") == count
    assert len(asked) == 2, [query["sql"][:90] for query in asked.captured_queries]


def test_old_ones_are_reached_page_by_page(screens: Screens) -> None:
    who = by("director")
    for place in range(45):
        begins = (today() - (place // 3) * DAY).isoformat()
        write_article(by=who, article=new_id(), version=0, raw=FORM | {"title": f"第{place}条", "publish_on": begins})
    for start, pattern in (
        ("/news?kind=law", r'href="/news/([0-9a-f-]{36})"'),
        ("/desk/articles?kind=law", r'href="/desk/articles/([0-9a-f-]{36})"'),
    ):
        seen: list[str] = []
        address = start
        while address:
            html = screens.browser("director").get(address).content.decode()
            seen += re.findall(pattern, html)
            following = re.search(r'rel="next" href="([^"]+)"', html)
            address = following[1].replace("&amp;", "&") if following else ""
            address = f"/desk/articles{address}" if address.startswith("?") else address
        assert len(seen) == len(set(seen)) == 45
    assert new_browser().get("/news?cursor=x").status_code == 422
    assert "没有这一类" in news("?kind=rota")[1]


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'x'",
        "title = ''",
        "text = ''",
        "withdraw_on = '2026-01-01'",
        "withdraw_on = NULL, publish_on = NULL, kind = ''",
    ],
)
def test_the_database_holds_it_too(screens: Screens, change: str) -> None:
    write(screens, publish_on="2026-03-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        sql(f"UPDATE hall_article SET {change} RETURNING id")


def test_the_demo_county_has_news(screens: Screens) -> None:
    bring_articles(datetime.now(UTC))
    text = news()[1]
    assert "我们的服务承诺" in text and "月督办情况" in text and "临时窗口" not in text
    for link in set(
        re.findall(
            r'href="(/(?:news|guide)/[^"]+)"',
            "".join(
                new_browser().get(path).content.decode()
                for path in [
                    "/news",
                    *[f"/news/{one.pk}" for one in Article.objects.all() if one.title != "下周增设农民工工资临时窗口"],
                ]
            ),
        )
    ):
        assert new_browser().get(link).status_code == 200, link


def test_of_two_who_save_at_once_one_is_told(committed_county: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        article = new_id()
        write_article(by=by("director"), article=article, version=0, raw=FORM)
        assert sorted(_saved_at_once(article, 1)) == ["done", STALE_VERSION]
        assert list(ArticleVersion.objects.filter(article=article).values_list("version", flat=True)) == [1, 2]
        fresh = new_id()
        assert "done" in _saved_at_once(fresh, 0) and ArticleVersion.objects.filter(article=fresh).count() == 1


def _saved_at_once(article: UUID, version: int) -> list[str]:
    together, outcomes = Barrier(2), list[str]()

    def run(who: By, title: str) -> None:
        together.wait()
        try:
            write_article(by=who, article=article, version=version, raw=FORM | {"title": title})
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(by(who), who)) for who in ("director", "admin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
