"""The catalogue as the administrator keeps it."""

import pytest
from django.db import IntegrityError, transaction

from cases.kit import register_case, sql
from onedoor.cases.models import Category
from onedoor.cases.queries.choices import categories
from onedoor.cases.steps.categories import add_category, rename_category, switch_category
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, Refused
from people.test_admin import by, refused

pytestmark = pytest.mark.django_db


def offered() -> set[str]:
    return {one["code"] for group in categories() for one in group["items"]}


def test_a_category_is_added_renamed_and_switched_off(county: None) -> None:
    made = add_category(by=by(), code="dispute.loan", name="民间借贷", parent="dispute")
    assert made.position > Category.objects.get(code="dispute.other").position
    assert "dispute.loan" in offered()
    number = register_case(category="dispute.loan")
    assert rename_category(by=by(), code="dispute.loan", name="借贷")
    assert not rename_category(by=by(), code="dispute.loan", name="借贷")
    switch_category(by=by(), code="dispute.loan", active=False)
    assert "dispute.loan" not in offered()
    assert sql('SELECT count(*) FROM "case" WHERE number = %s AND category_id = %s', number, made.pk) == [(1,)]
    with pytest.raises(Refused):
        register_case(category="dispute.loan")
    switch_category(by=by(), code="dispute.loan", active=True)
    assert "dispute.loan" in offered()


@pytest.mark.parametrize(
    ("changed", "field", "part"),
    [
        ({"code": "dispute.neighbours"}, "code", "已在使用"),
        ({"code": "loan"}, "code", "应为 dispute."),
        ({"code": "dispute.loan.car"}, "code", "应为 dispute."),
        ({"code": "loan.car", "parent": ""}, "code", "不能有点"),
        ({"code": "dispute.借贷"}, "code", "小写字母"),
        ({"name": ""}, "name", "请填写名称"),
        ({"parent": "nichts", "code": "nichts.x"}, "parent", "没有类别"),
    ],
)
def test_a_fault_of_a_category_stands_at_its_field(
    county: None, changed: dict[str, str], field: str, part: str
) -> None:
    given = {"code": "dispute.loan", "name": "民间借贷", "parent": "dispute", **changed}
    assert part in refused(add_category, by=by(), **given).fields[field]


def test_a_branch_goes_from_the_leaves_and_comes_back_from_the_root(county: None) -> None:
    assert refused(switch_category, by=by(), code="dispute.labour", active=False).code == CONFLICT
    for code in ("dispute.labour.wages", "dispute.labour.other", "dispute.labour"):
        switch_category(by=by(), code=code, active=False)
    assert refused(switch_category, by=by(), code="dispute.labour.wages", active=True).code == CONFLICT
    given = {"code": "dispute.labour.new", "name": "新", "parent": "dispute.labour"}
    assert "已停用" in refused(add_category, by=by(), **given).fields["parent"]


def test_something_must_be_left_to_register_under(county: None) -> None:
    Category.objects.exclude(code="dispute").update(active=False)
    assert refused(switch_category, by=by(), code="dispute", active=False).code == CONFLICT


def test_only_an_administrator_keeps_the_catalogue(county: None) -> None:
    assert refused(switch_category, by=by("director"), code="dispute.other", active=False).code == NOT_ALLOWED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE category SET name = '' WHERE code = 'dispute'",
        "UPDATE category SET parent_id = id WHERE code = 'dispute'",
    ],
)
def test_the_database_holds_it_too(county: None, statement: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        sql(statement)
