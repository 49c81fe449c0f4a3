"""Bulletins: written, published to units, read there, reminded of, withdrawn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from api.kit import ok
from cases.kit import TO_CLOSED, person, register_case, sql, walk
from figures.reading import read_docx
from onedoor.cases.ids import new_id
from onedoor.figures.models import Bulletin, BulletinReading, ReportWording, SituationReport
from onedoor.figures.queries.bulletins import bulletin_file, bulletin_for, list_bulletins
from onedoor.figures.steps.bulletins import (
    drop_bulletin,
    publish_bulletin,
    read_bulletin,
    remind_readers,
    withdraw_bulletin,
    write_bulletin,
)
from onedoor.figures.steps.reports import draft_report, keep_report_wording
from onedoor.people.models import Account, Post
from onedoor.rules.figures import FIGURES
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, STALE_VERSION, TOO_MANY, Refused
from web.kit import Screens, form_of, words

AT = datetime(2026, 4, 2, 2, tzinfo=UTC)
RAW = {
    "title": "关于三月办理情况的通报", "text": "现通报如下。\n一、按期办理\n超期的一周内说明。",
    "since": "2026-03-01", "until": "2026-03-31", "by_unit": "yes",
}  # fmt: skip


def write(who: str = "supervisor", *, units: tuple[str, ...] = ("zjj", "rsj"), **raw: str) -> UUID:
    key = new_id()
    write_bulletin(
        actors=person(who).actors, at=AT, bulletin=key, version=0, raw={**RAW, **raw}, units=units,
        figures=("registered", "closing"),
    )  # fmt: skip
    return key


def published(at: datetime = AT, **more: Any) -> UUID:
    key = write(**more)
    publish_bulletin(actors=person("director").actors, at=at, bulletin=key, version=1)
    return key


def row_of(key: UUID) -> Bulletin:
    return Bulletin.objects.get(pk=key)


def refused_of(step: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        step()
    return refused.value


def test_its_figures_are_counted_and_frozen_with_their_conditions(county: None) -> None:
    at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    walk(register_case(at=at), *TO_CLOSED, at=at + timedelta(hours=1))
    register_case(at=datetime(2026, 3, 31, 17, tzinfo=UTC))  # April in Shanghai
    walk(register_case(at=at), *TO_CLOSED[:2], at=at + timedelta(hours=1))
    key = published()
    frozen = row_of(key).figures
    assert [(one["unit"], one["values"]) for one in frozen["rows"]] == [
        ("", [[2, None], [1, 2]]), ("rsj", [[0, None], [0, 0]]), ("zjj", [[2, None], [1, 2]]),
    ]  # fmt: skip
    read = read_docx(bulletin_file(row_of(key), "docx", AT.date()))
    table = read.cells("2026年3月1日至2026年3月31日")
    assert table == {"澜平县": ["2", "50.0%（1/2）"], "人社局": ["0", "—（0/0）"], "住建局": ["2", "50.0%（1/2）"]}
    assert "县综治中心通报〔2026〕1号" in read.text and "人社局、住建局：" in read.text
    screens = Screens()
    html = screens.open("director", f"bulletins/{key}").content.decode()
    assert "condition=registered.settled&amp;since=2026-03-01&amp;until=2026-03-31&amp;lead=zjj" in html
    told = screens.open(
        "director", "cases", condition="registered.settled", since="2026-03-01", until="2026-03-31", lead="zjj"
    )
    assert "共 1 件" in words(told)
    theirs = screens.open("handler2", f"bulletins/{key}").content.decode()
    assert "condition=" not in theirs, "a unit's list would be another than the number's"


def test_the_numbers_run_by_year_without_a_gap(county: None) -> None:
    first, second = published(), published()
    drop_bulletin(actors=person("director").actors, at=AT, bulletin=write())
    withdraw_bulletin(actors=person("director").actors, at=AT, bulletin=second, reason="数字有误")
    third, next_year = published(), published(at=AT + timedelta(days=300))
    numbers = [row_of(key).number for key in (first, second, third, next_year)]
    assert numbers == [f"县综治中心通报〔2026〕{n}号" for n in (1, 2, 3)] + ["县综治中心通报〔2027〕1号"]


@pytest.mark.parametrize("who", ["clerk", "dispatcher", "handler", "unit_lead", "auditor", "admin"])
def test_only_supervisors_and_directors_write(county: None, who: str) -> None:
    key, out, actors = write(), published(), person(who).actors
    for step in (
        lambda: write(who),
        lambda: write_bulletin(actors=actors, at=AT, bulletin=key, version=1, raw=RAW, units=("zjj",), figures=()),
        lambda: publish_bulletin(actors=actors, at=AT, bulletin=key, version=1),
        lambda: drop_bulletin(actors=actors, at=AT, bulletin=key),
        lambda: remind_readers(actors=actors, at=AT, bulletin=out),
        lambda: withdraw_bulletin(actors=actors, at=AT, bulletin=out, reason="无"),
    ):
        assert refused_of(step).code == NOT_ALLOWED
    assert row_of(key).state == "draft" and row_of(out).state == "published"


def test_units_read_what_is_addressed_to_them_and_nothing_else(county: None) -> None:
    draft, mine, other = write(units=("rsj",)), published(units=("rsj",)), published(units=("zjj",))
    actors = person("handler").actors
    assert [one.pk for one in list_bulletins(actors).items] == [mine]
    for key in (draft, other):
        assert refused_of(lambda key=key: bulletin_for(actors, key)).code == NOT_FOUND
        refused = refused_of(lambda key=key: read_bulletin(actors=actors, at=AT, bulletin=key))
        assert refused.code == (NOT_FOUND if key == draft else NOT_ALLOWED)
        assert Screens().open("handler", f"bulletins/{key}").status_code == 404
        for kind in ("docx", "pdf"):
            assert Screens().open("handler", f"bulletins/{key}/file.{kind}").status_code == 404
    assert {one.pk for one in list_bulletins(person("auditor").actors).items} == {mine, other}
    assert {one.pk for one in list_bulletins(person("director").actors).items} == {draft, mine, other}
    assert refused_of(lambda: list_bulletins(person("admin").actors)).code == NOT_ALLOWED


def test_a_receipt_says_who_has_read_it_and_when(county: None) -> None:
    key = published()
    assert [one.pk for one in list_bulletins(person("handler2").actors, to_read=True).items] == [key]
    for _ in range(2):
        read_bulletin(actors=person("handler2").actors, at=AT + timedelta(hours=1), bulletin=key)
    assert list(BulletinReading.objects.values_list("unit__code", "account__username", "at")) == [
        ("zjj", "handler2", AT + timedelta(hours=1))
    ]
    assert not list_bulletins(person("handler2").actors, to_read=True).items
    assert list_bulletins(person("unit_lead2").actors, to_read=True).items, "each reads it for himself"
    screens = Screens()
    page = screens.read("director", f"bulletins/{key}")
    assert "1个单位还没有" in page and "房立行，2026年4月2日 11:00" in page
    theirs = screens.read("unit_lead", f"bulletins/{key}")
    assert "房立行" not in theirs, "a unit sees its own readers"
    assert "我已签阅" in screens.read("handler2", "bulletins")


def notices(unit: str) -> list[str]:
    found = sql(
        "SELECT n.kind FROM notice n JOIN people_unit u ON n.audience = u.id * 4 + 1 WHERE u.code = %s ORDER BY n.created_at",
        unit,
    )
    return [kind for (kind,) in found]


def test_units_are_told_reminded_and_told_of_the_end(county: None) -> None:
    key, director = published(), person("director").actors
    read_bulletin(actors=person("handler2").actors, at=AT, bulletin=key)
    assert remind_readers(actors=director, at=AT + timedelta(hours=2), bulletin=key) == 1
    again = refused_of(lambda: remind_readers(actors=director, at=AT + timedelta(minutes=179), bulletin=key))
    assert again.code == TOO_MANY
    assert remind_readers(actors=director, at=AT + timedelta(minutes=180), bulletin=key) == 1
    withdraw_bulletin(actors=director, at=AT + timedelta(hours=9), bulletin=key, reason="数字有误")
    assert notices("zjj") == ["bulletin", "bulletin_withdrawn"]
    assert notices("rsj") == ["bulletin", "bulletin_reminder", "bulletin_reminder", "bulletin_withdrawn"]
    assert notices("gaj") == []
    screens = Screens()
    assert "有通报待签阅 通报" in screens.read("handler", "inbox")
    (first,) = sql("SELECT id FROM notice WHERE kind = 'bulletin_withdrawn' LIMIT 1")[0]
    assert ok_redirect(screens, "handler2", str(first)) == "/desk/bulletins"
    late = refused_of(lambda: read_bulletin(actors=person("handler").actors, at=AT, bulletin=key))
    assert "撤回" in late.sentence
    assert "数字有误" in screens.read("handler", f"bulletins/{key}"), "it stays to be read, with the reason"


def ok_redirect(screens: Screens, who: str, notice: str) -> str:
    answer = screens.open(who, f"inbox/{notice}")
    if answer.status_code == 404:  # the notice of the other unit
        (other,) = sql("SELECT id FROM notice WHERE kind = 'bulletin_withdrawn' AND id <> %s", notice)[0]
        answer = screens.open(who, f"inbox/{other}")
    assert answer.status_code == 302
    return str(answer["Location"])


def test_what_is_published_stays(county: None) -> None:
    key, director = published(), person("director").actors
    change = refused_of(
        lambda: write_bulletin(actors=director, at=AT, bulletin=key, version=2, raw=RAW, units=("zjj",), figures=())
    )
    assert "不能再改" in change.sentence
    for step in (
        lambda: publish_bulletin(actors=director, at=AT, bulletin=key, version=2),
        lambda: drop_bulletin(actors=director, at=AT, bulletin=key),
    ):
        assert "不能再改" in refused_of(step).sentence
    for said in ("text = 'x'", "number = 'x'", "content = '{}'", "state = 'draft'"):
        with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
            sql(f"UPDATE bulletin SET {said} WHERE id = %s", key)


@pytest.mark.parametrize(
    ("raw", "units", "figures", "field"),
    [
        ({"title": ""}, ("zjj",), (), "title"),
        ({"title": "两\n行"}, ("zjj",), (), "title"),
        ({"text": "请联系13812345678"}, ("zjj",), (), "text"),
        ({}, (), (), "units"),
        ({}, ("zjj", "nowhere"), (), "units"),
        ({}, ("zjj",), ("satisfaction",), "figures"),
        ({}, ("zjj",), ("nonsense",), "figures"),
        ({}, ("zjj",), ("amount",), "figures"),
        ({"since": "x"}, ("zjj",), ("closing",), "since"),
        ({"since": "2026-04-01", "until": "2026-03-01"}, ("zjj",), ("closing",), "since"),
        ({"until": "2026-04-03"}, ("zjj",), ("closing",), "since"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(
    county: None, raw: dict[str, str], units: tuple[str, ...], figures: tuple[str, ...], field: str
) -> None:
    refused = refused_of(
        lambda: write_bulletin(
            actors=person("director").actors,
            at=AT,
            bulletin=new_id(),
            version=0,
            raw={**RAW, **raw},
            units=units,
            figures=figures,
        )
    )
    assert set(refused.fields) == {field} and not Bulletin.objects.exists()


def test_two_who_write_at_once(county: None) -> None:
    key = write()
    by = {"at": AT, "bulletin": key, "units": ("zjj",), "figures": ()}
    write_bulletin(actors=person("director").actors, version=1, raw=RAW, **by)
    late = refused_of(
        lambda: write_bulletin(actors=person("supervisor").actors, version=1, raw={**RAW, "title": "乙"}, **by)
    )
    assert late.code == STALE_VERSION
    assert refused_of(
        lambda: publish_bulletin(actors=person("director").actors, at=AT, bulletin=key, version=1)
    ).code == (STALE_VERSION)


def test_written_published_and_read_on_the_pages(county: None) -> None:
    screens = Screens()
    assert "还没有通报" in screens.read("director", "bulletins")
    assert screens.open("handler2", "bulletins/new").status_code == 403
    form = form_of(screens.open("director", "bulletins/new"))
    sent = {**form, "title": "关于签收的通报", "text": "请当天签收。", "units": ["zjj"], "figures": ["closing"]}
    assert screens.send("director", "bulletins/new", **{**sent, "units": []}).status_code == 422
    answer = screens.send("director", "bulletins/new", **sent)
    here = str(answer["Location"]).removeprefix("/desk/")
    screens.send("director", "bulletins/new", **sent)  # the same form once more
    assert Bulletin.objects.count() == 1
    assert screens.open("handler2", here).status_code == 404, "a draft is its centre's"
    confirm = screens.open("director", f"{here}/publish")
    assert "发给1个单位：住建局" in words(confirm) and Bulletin.objects.get().state == "draft"
    assert screens.send("director", f"{here}/publish", **form_of(confirm)).status_code == 302
    assert Bulletin.objects.get().state == "published"
    assert "已阅，签阅" in screens.read("handler2", here)
    screens.send("handler2", f"{here}/read")
    assert "已阅，签阅" not in screens.read("handler2", here)
    assert "全部单位" not in screens.read("auditor", here) and "0个单位还没有" in screens.read("auditor", here)
    screens.send("auditor", f"{here}/withdraw", reason="无")
    assert Bulletin.objects.get().state == "published"
    assert screens.open("director", f"{here}/nonsense").status_code == 302
    assert screens.send("director", f"{here}/nonsense").status_code == 404
    assert ok(screens.get("director", "/me"))


def test_a_list_costs_the_same_for_one_and_for_three(county: None, django_assert_num_queries: Any) -> None:
    screens = Screens()
    published()
    screens.read("handler2", "bulletins")
    with django_assert_num_queries(3):
        screens.read("handler2", "bulletins")
    published()
    published()
    with django_assert_num_queries(3):
        screens.read("handler2", "bulletins")


def of_two_centres() -> str:
    """The county's supervisor has a post at a town's centre besides, which he got first."""
    county, town = person("supervisor").actors[0], person("clerk_town").actors[0]
    account = Account.objects.create(username="two_centres", name="马督办")
    for post in (town, county):
        Post.objects.create(account=account, role="supervisor", unit_id=post.unit, division_id=post.division)
    assert person("two_centres").actors[0].unit == town.unit
    return "two_centres"


def test_a_changed_draft_is_counted_for_its_own_centre(county: None) -> None:
    register_case(at=datetime(2026, 3, 2, 1, tzinfo=UTC))  # in the county's other town
    who, centre = of_two_centres(), person("supervisor").actors[0].unit
    key = write()
    before = row_of(key)
    write_bulletin(
        actors=person(who).actors, at=AT, bulletin=key, version=1, raw=RAW, units=("zjj",), figures=("registered",)
    )
    after = row_of(key)
    assert (after.centre_id, after.version) == (centre, 2)
    assert after.figures["division"] == before.figures["division"] == ""
    assert after.figures["rows"][0]["name"] == before.figures["rows"][0]["name"]
    assert after.figures["rows"][0]["values"] == [[1, None]]


def test_who_writes_for_two_centres_says_for_which(county: None) -> None:
    who = of_two_centres()
    county, town = person("supervisor").actors[0].unit, person("clerk_town").actors[0].unit
    for centre in (county, town):
        key = new_id()
        write_bulletin(
            actors=person(who).actors, at=AT, bulletin=key, version=0, raw=RAW, units=("zjj",), figures=(),
            centre=centre,
        )  # fmt: skip
        assert row_of(key).centre_id == centre
        report = draft_report(actors=person(who).actors, at=AT, kind="month", year=2026, number=3, centre=centre)
        assert SituationReport.objects.get(pk=report).centre_id == centre
        keep_report_wording(actors=person(who).actors, at=AT, raw={}, centre=centre)
        assert ReportWording.objects.filter(centre=centre).exists()
    assert (
        refused_of(lambda: keep_report_wording(actors=person("supervisor").actors, at=AT, raw={}, centre=town)).code
        == NOT_ALLOWED
    )
    screens = Screens()
    page = screens.open(who, "bulletins/new").content.decode()
    assert f'<option value="{county}"' in page and f'<option value="{town}"' in page
    assert 'name="centre"' not in screens.open("supervisor", "bulletins/new").content.decode()
    for path in ("reports", "reports/wording", "reports/external"):
        assert f'<option value="{county}" selected' in screens.open(who, path, centre=county).content.decode(), path


def test_a_withdrawn_one_tells_no_unit_who_has_read_it(county: None) -> None:
    key = published()
    read_bulletin(actors=person("handler2").actors, at=AT, bulletin=key)
    withdraw_bulletin(actors=person("director").actors, at=AT, bulletin=key, reason="数字有误。")
    screens = Screens()
    assert "1/2个单位" in screens.read("supervisor", "bulletins")
    for who in ("handler2", "unit_lead"):
        page = screens.read(who, "bulletins")
        assert "已撤回" in page and "个单位" not in page, who


def test_what_was_published_is_shown_as_it_was_said(county: None, monkeypatch: pytest.MonkeyPatch) -> None:
    register_case(at=datetime(2026, 3, 2, 1, tzinfo=UTC))
    key = published()
    before = words(Screens().open("director", f"bulletins/{key}"))
    monkeypatch.setitem(FIGURES, "registered", replace(FIGURES["registered"], label="后来改的名称"))
    assert words(Screens().open("director", f"bulletins/{key}")) == before and "后来改的" not in before
