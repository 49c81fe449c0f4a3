"""Half days in the villages: when they are open, what a report must hold."""

from datetime import date, timedelta

import pytest

from onedoor.rules.outreach import (
    OutreachFacts,
    check_cancelling,
    check_day,
    check_planner,
    check_report,
    is_unreported,
)
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, Refused

DAY = date(2026, 3, 2)
PLANNED = OutreachFacts(1, DAY, "planned")
GOOD = {"persons": "12", "outcome": "解答遗产继承问题三个，约定下周回访。"}


@pytest.mark.parametrize(("later", "open_"), [(-1, False), (0, False), (1, False), (2, True), (30, True)])
def test_it_is_open_two_days_after_its_day(later: int, open_: bool) -> None:
    assert is_unreported("planned", DAY, DAY + timedelta(days=later)) is open_
    assert not is_unreported("done", DAY, DAY + timedelta(days=later))
    assert not is_unreported("cancelled", DAY, DAY + timedelta(days=later))


def test_a_report_counts_and_tells() -> None:
    assert check_report(PLANNED, DAY, GOOD) == (12, GOOD["outcome"])
    assert check_report(PLANNED, DAY, GOOD | {"persons": "0"})[0] == 0
    with pytest.raises(Refused) as early:
        check_report(PLANNED, DAY - timedelta(days=1), GOOD)
    assert early.value.code == CONFLICT
    for state in ("done", "cancelled"):
        with pytest.raises(Refused) as over:
            check_report(OutreachFacts(1, DAY, state), DAY, GOOD)
        assert over.value.code == CONFLICT


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("persons", ""), ("persons", "-1"), ("persons", "5001"), ("persons", "１２"), ("persons", "1.5"),
        ("outcome", ""), ("outcome", "请联系13912345678"), ("outcome", "x" * 1001),
    ],
)  # fmt: skip
def test_a_report_lacks_nothing(field: str, value: str) -> None:
    with pytest.raises(Refused) as caught:
        check_report(PLANNED, DAY, GOOD | {field: value})
    assert set(caught.value.fields) == {field}


def test_only_the_own_centre_plans() -> None:
    for role in ("clerk", "dispatcher", "supervisor"):
        check_planner(role, 1, 1)
    for role, unit in (("clerk", 2), ("director", 1), ("handler", 1), ("admin", 1)):
        with pytest.raises(Refused) as caught:
            check_planner(role, unit, 1)
        assert caught.value.code == NOT_ALLOWED


@pytest.mark.parametrize(("away", "fits"), [(-32, False), (-31, True), (0, True), (366, True), (367, False)])
def test_a_day_is_near(away: int, fits: bool) -> None:
    if fits:
        check_day(DAY + timedelta(days=away), DAY)
    else:
        with pytest.raises(Refused):
            check_day(DAY + timedelta(days=away), DAY)


def test_a_cancelled_one_says_why() -> None:
    assert check_cancelling(PLANNED, "律师临时出庭") == "律师临时出庭"
    with pytest.raises(Refused):
        check_cancelling(PLANNED, " ")
