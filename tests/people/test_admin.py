"""What administrators do to units, accounts and posts, and what they cannot."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.conftest import county, own_folders
from cases.kit import person, sql
from onedoor.people import find
from onedoor.people.models import Account, Division, Post, Token, Unit
from onedoor.people.sign_in import sign_in
from onedoor.people.steps.accounts import (
    add_account,
    change_account,
    remove_second_factor,
    reset_password,
    sign_out_account,
    switch_account,
)
from onedoor.people.steps.administering import By
from onedoor.people.steps.divisions import add_division, remove_division, rename_division
from onedoor.people.steps.posts import add_post, end_post
from onedoor.people.steps.units import add_unit, change_unit, switch_unit
from onedoor.people.tokens import issue, signed_in, signed_in_as
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, Refused

__all__ = ["county", "own_folders"]
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BUREAU = {"code": "tyj", "name": "澜平县体育局", "short_name": "体育局", "kind": "部门", "division": "澜平县"}


def by(username: str = "admin") -> By:
    return By(person(username).actors[0], NOW, "192.0.2.9")


def refused(step: Any, /, **inputs: Any) -> Refused:
    with pytest.raises(Refused) as error, transaction.atomic():
        step(**inputs)
    return error.value


def log() -> list[tuple[Any, ...]]:
    return sql(
        "SELECT action, subject, reason FROM access_log WHERE account_id = %s AND address = '192.0.2.9'"
        " ORDER BY recorded_at, id",
        by().actor.account,
    )


@pytest.fixture
def second(county: None) -> By:
    """Another administrator."""
    account, _ = add_account(by=by(), username="admin2", name="副管理员")
    add_post(by=by(), account=account.pk, role="admin", unit="centre")
    return by("admin2")


def test_a_unit_is_added_changed_and_switched(county: None) -> None:
    unit = add_unit(by=by(), **BUREAU, phone="0900-1")
    assert (unit.kind, unit.division.code, unit.active) == ("department", "990101", True)
    same = {"name": "澜平县体育局", "short_name": "体育局", "kind": "department", "division": "990101"}
    assert not change_unit(by=by(), unit=unit.pk, **same, phone="0900-1")
    assert change_unit(by=by(), unit=unit.pk, **same, phone="0900-2")
    switch_unit(by=by(), unit=unit.pk, active=False)
    switch_unit(by=by(), unit=unit.pk, active=False)
    assert "已停用" in refused(find.find_unit, typed="体育局").sentence
    switch_unit(by=by(), unit=unit.pk, active=True)
    assert find.find_unit("体育局（tyj）") == find.find_unit("tyj") == unit
    # within one transaction all lines bear the same time
    whats = ["新增单位", "修改单位：电话", "停用单位", "启用单位"]
    assert sorted(log()) == sorted(("unit", "tyj", what) for what in whats)


@pytest.mark.parametrize(
    ("changed", "field", "part"),
    [
        ({"code": "centre"}, "code", "已在使用"),
        ({"code": "体育"}, "code", "小写字母"),
        ({"code": ""}, "code", "请填写代码"),
        ({"name": ""}, "name", "请填写全称"),
        ({"name": "坏\0名"}, "name", "不能保存"),
        ({"short_name": "简" * 21}, "short_name", "20"),
        ({"kind": "衙门"}, "kind", "综治中心、部门"),
        ({"division": "没有镇"}, "division", "没有区划"),
        ({"division": "坏\0"}, "division", "没有这个区划"),
        ({"kind": "centre"}, "division", "已有综治中心"),
        ({"phone": "1" * 31}, "phone", "30"),
    ],
)
def test_a_fault_of_a_unit_stands_at_its_field(county: None, changed: dict[str, str], field: str, part: str) -> None:
    assert part in refused(add_unit, by=by(), **{**BUREAU, **changed}).fields[field]


def test_a_name_that_several_places_have_asks_for_the_code(county: None) -> None:
    for code, above in (("990101100299", "清禾镇"), ("990101101299", "石桥湾镇")):
        add_division(by=by(), code=code, name="重名村", parent=above)
    sentence = refused(find.find_division, typed="重名村").sentence
    assert "990101100299、990101101299" in sentence
    assert find.find_division("重名村（990101101299）").code == "990101101299"


def test_a_centre_stays_what_and_where_it_is(county: None) -> None:
    centre = Unit.objects.get(code="centre-qinghe")
    same = {"name": centre.name, "short_name": centre.short_name, "kind": "centre", "division": "990101100"}
    assert "不能改" in refused(change_unit, by=by(), unit=centre.pk, **{**same, "kind": "department"}).fields["kind"]
    moved = {**same, "division": "990101200"}
    assert "不能改" in refused(change_unit, by=by(), unit=centre.pk, **moved).fields["division"]
    switch_unit(by=by(), unit=centre.pk, active=False)
    add_unit(by=by(), **{**BUREAU, "kind": "centre", "division": "清禾镇"})
    assert refused(switch_unit, by=by(), unit=centre.pk, active=True).code == CONFLICT


def test_only_an_administrator_administers(county: None) -> None:
    zjj = Unit.objects.get(code="zjj")
    account = Account.objects.get(username="handler")
    for username in ("clerk", "director", "auditor", "supervisor", "unit_lead"):
        who = by(username)
        for step, inputs in (
            (add_unit, BUREAU),
            (switch_unit, {"unit": zjj.pk, "active": False}),
            (add_account, {"username": "xin", "name": "新人"}),
            (reset_password, {"account": account.pk}),
            (switch_account, {"account": account.pk, "active": False}),
            (add_post, {"account": account.pk, "role": "director", "unit": "centre"}),
            (add_division, {"code": "990101300", "name": "新乡", "parent": "990101"}),
        ):
            assert refused(step, by=who, **inputs).code == NOT_ALLOWED, (username, step)


def test_an_account_is_made_with_a_password_that_is_told_once(county: None) -> None:
    account, password = add_account(by=by(), username="Ｘｉｎｒｅｎ".lower(), name="新人")
    assert account.username == "xinren" and len(password) >= 12
    assert sign_in(username="xinren", password=password, otp=None, at=NOW, address="", may_choose=True)
    _, chosen = add_account(by=by(), username="xin2", name="新人", password="men-kai-2026")
    assert chosen == "men-kai-2026"
    assert "已在使用" in refused(add_account, by=by(), username="xinren", name="重名").fields["username"]
    faults = refused(add_account, by=by(), username="王 五", name="", password="123").fields
    assert set(faults) == {"username", "name", "password"}
    assert "men-kai-2026" not in str(sql("SELECT * FROM access_log")) and "新人" not in str(log())


def test_switching_an_account_off_signs_it_out_at_once(county: None) -> None:
    handler = Account.objects.get(username="handler")
    token, _ = issue(handler, at=datetime.now(UTC), life=NOW.replace(year=2027) - NOW)
    assert signed_in(token) is not None
    switch_account(by=by(), account=handler.pk, active=False)
    assert signed_in(token) is None and not Token.objects.filter(account=handler).exists()
    switch_account(by=by(), account=handler.pk, active=True)
    assert signed_in(token) is None, "what was signed in before stays out"


@pytest.mark.parametrize("step", [sign_out_account, remove_second_factor, reset_password])
def test_what_ends_every_token_of_somebody(county: None, step: Any) -> None:
    handler = Account.objects.get(username="handler")
    token, _ = issue(handler, at=datetime.now(UTC), life=NOW.replace(year=2027) - NOW)
    step(by=by(), account=handler.pk)
    assert signed_in(token) is None


def test_posts_decide_at_once_what_somebody_sees(county: None) -> None:
    handler = Account.objects.get(username="handler")
    before = signed_in_as(handler.pk)
    assert before is not None
    post, new = add_post(by=by(), account=handler.pk, role="handler", unit="住建局")
    assert new and not add_post(by=by(), account=handler.pk, role="handler", unit="zjj")[1]
    seen = signed_in_as(handler.pk)
    assert seen is not None and set(seen.viewer().units) == {*before.viewer().units, post.unit_id}
    end_post(by=by(), post=post.pk)
    end_post(by=by(), post=post.pk)
    after = signed_in_as(handler.pk)
    assert after is not None and after.viewer() == before.viewer()
    again, new = add_post(by=by(), account=handler.pk, role="handler", unit="zjj", confidential=True)
    assert (again.pk, new) == (post.pk, True)
    held = Post.objects.get(pk=post.pk)
    assert (held.active, held.confidential) == (True, True)


@pytest.mark.parametrize(
    ("changed", "field", "part"),
    [
        ({"role": "皇帝"}, "role", "窗口受理员"),
        ({"unit": "没有局"}, "unit", "没有单位"),
        ({"unit": ""}, "unit", "请填写单位"),
        ({"division": "没有镇"}, "division", "没有区划"),
        ({"role": "admin", "confidential": True}, "confidential", "不能承办保密事项"),
        ({"account": 10**9}, "account", "没有这个账号"),
    ],
)
def test_a_fault_of_a_post_stands_at_its_field(county: None, changed: dict[str, Any], field: str, part: str) -> None:
    handler = Account.objects.get(username="handler")
    given = {"account": handler.pk, "role": "handler", "unit": "zjj", **changed}
    assert part in refused(add_post, by=by(), **given).fields[field]


@pytest.mark.parametrize(("held", "wanted"), [("auditor", "admin"), ("admin", "auditor")])
def test_who_hands_out_rights_does_not_audit_them(second: By, held: str, wanted: str) -> None:
    """三权分立: not both on one account; one after the other is allowed."""
    account = Account.objects.get(username={"auditor": "auditor", "admin": "admin2"}[held]).pk
    assert "不能既是" in refused(add_post, by=by(), account=account, role=wanted, unit="centre").fields["role"]
    for post in Post.objects.filter(account=account, role=held):
        end_post(by=by(), post=post.pk)
    assert add_post(by=by(), account=account, role=wanted, unit="centre")[1]


def test_nobody_changes_his_own_rights(second: By) -> None:
    me = by().actor
    assert "自己" in refused(switch_account, by=by(), account=me.account, active=False).sentence
    assert "自己" in refused(add_post, by=by(), account=me.account, role="supervisor", unit="centre").sentence
    assert "自己" in refused(end_post, by=by(), post=me.post).sentence
    assert "自己" in refused(reset_password, by=by(), account=me.account).sentence
    assert "自己" in refused(remove_second_factor, by=by(), account=me.account).sentence
    mine = Account.objects.get(pk=me.account)
    inputs = {"account": me.account, "name": mine.name, "must_use_totp": False}
    assert "is_operator" in refused(change_account, by=by(), **inputs, is_operator=not mine.is_operator).fields


def test_the_last_administrator_stays(second: By) -> None:
    first = by()
    switch_account(by=second, account=first.actor.account, active=False)
    centre = Unit.objects.get(code="centre")
    alone = refused(switch_unit, by=second, unit=centre.pk, active=False)
    assert alone.code == CONFLICT and "最后一位" in alone.sentence
    assert Unit.objects.get(code="centre").active
    assert refused(add_unit, by=first, **BUREAU).code == NOT_ALLOWED, "who is switched off does nothing more"
    switch_account(by=second, account=first.actor.account, active=True)
    end_post(by=second, post=first.actor.post)
    assert refused(add_unit, by=first, **BUREAU).code == NOT_ALLOWED


def test_divisions_are_added_renamed_and_removed_while_unused(county: None) -> None:
    made = add_division(by=by(), code="990101100900", name="清禾新区", parent="清禾镇（990101100）")
    assert made.path[:-1] == Division.objects.get(code="990101100").path
    assert rename_division(by=by(), division=made.pk, name="清禾开发区")
    assert not rename_division(by=by(), division=made.pk, name="清禾开发区")
    assert "已在使用" in refused(add_division, by=by(), code="990101100900", name="x", parent="990101").fields["code"]
    assert "没有区划" in refused(add_division, by=by(), code="990101100901", name="x", parent="无").fields["parent"]
    remove_division(by=by(), division=made.pk)
    assert not Division.objects.filter(code="990101100900").exists()
    for code in ("990101", "990101100", "990101100201"):
        there = Division.objects.get(code=code)
        assert refused(remove_division, by=by(), division=there.pk).code == CONFLICT, "children, units or posts"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people_unit SET code = 'a b' WHERE code = 'zjj'",
        "UPDATE people_unit SET name = '' WHERE code = 'zjj'",
        "UPDATE people_division SET name = '' WHERE code = '990101'",
        "UPDATE people_account SET username = '' WHERE username = 'clerk'",
        "UPDATE people_post SET confidential = true WHERE role = 'admin'",
    ],
)
def test_the_database_holds_it_too(county: None, statement: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        sql(statement)
