"""What may be published, and when it is shown."""

from datetime import date

import pytest

from onedoor.rules.access import Actor, Role
from onedoor.rules.articles import SupervisionNumbers, check_article, check_version, may_publish, results_of, state_of
from onedoor.rules.refusal import STALE_VERSION, Refused

RAW = {
    "kind": "law",
    "title": "邻居漏水怎么办",
    "text": "先拍照。",
    "publish_on": "2026-03-01",
    "withdraw_on": "2026-03-05",
}


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 2, 28), "scheduled"),
        (date(2026, 3, 1), "shown"),
        (date(2026, 3, 4), "shown"),
        (date(2026, 3, 5), "withdrawn"),
    ],
)
def test_it_appears_and_vanishes_by_its_days(day: date, state: str) -> None:
    content = check_article(RAW)
    assert state_of(content.publish_on, content.withdraw_on, day) == state


def test_without_days_it_is_a_draft_and_without_an_end_it_stays() -> None:
    draft = check_article(RAW | {"publish_on": " ", "withdraw_on": ""})
    assert state_of(draft.publish_on, draft.withdraw_on, date(2026, 3, 1)) == "draft"
    assert state_of(date(2026, 3, 1), None, date(2199, 1, 1)) == "shown"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("kind", "", "请选择种类。"), ("title", " ", "请填写标题。"), ("title", "一\n二", "标题只能有一行。"),
        ("title", "题" * 61, "标题最多60"), ("text", "", "请填写内容。"), ("text", "字" * 20_001, "内容最多20000"),
        ("publish_on", "3月1日", "应像 2026-03-01"), ("withdraw_on", "2026-02-30", "应像 2026-03-01"),
        ("withdraw_on", "2026-03-01", "应在发布日期之后"), ("publish_on", "", "也要填发布日期"),
        ("publish_on", "0026-03-01", "年份不对"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_field(field: str, value: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        check_article(RAW | {field: value})
    assert list(refused.value.fields) == [field] and sentence in refused.value.fields[field]


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        check_article({})
    assert set(refused.value.fields) == {"kind", "title", "text"}


def test_who_has_not_seen_the_newest_is_refused() -> None:
    check_version(3, 3)
    with pytest.raises(Refused) as refused:
        check_version(4, 3)
    assert refused.value.code == STALE_VERSION


@pytest.mark.parametrize("role", Role)
def test_the_top_centre_publishes(role: Role) -> None:
    top = Actor(account=1, username="a", role=role, post=1, unit=1, division=1, division_path=(1,))
    below = Actor(account=1, username="a", role=role, post=1, unit=2, division=2, division_path=(1, 2))
    assert may_publish(top) == (role in (Role.ADMIN, Role.DIRECTOR)) and may_publish(below) == (role == Role.ADMIN)


def test_the_numbers_add_up() -> None:
    numbers = SupervisionNumbers(
        {"ordinary": 5, "red_card": 1}, {"open": 2, "replied": 1, "accepted": 1, "ended": 1, "excluded": 1}
    )
    title, text = results_of(2026, 2, numbers)
    assert title == "2026年2月督办情况" and "督办单6份：普通5份，黄牌0份，红牌1份" in text
    assert "已整改2份" in text and "正在整改、回告3份" in text and "剔除1份" in text
    assert "没有发出督办单" in results_of(2026, 2, SupervisionNumbers({}, {}))[1]
