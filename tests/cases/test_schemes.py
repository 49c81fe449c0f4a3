"""What a deployer's scheme leaves out starts no clock, what it adds does; its ladder is the one that is gone up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cases.kit import HOUR, NOW, TO_HANDLING, case_id, move, person, register_case, sql, walk, whats
from onedoor.cases import schemes
from onedoor.cases.models import SchemeVersion
from onedoor.cases.steps.schemes import write_rules, write_scheme
from onedoor.cases.steps.sweep import sweep
from onedoor.people.steps.administering import By
from onedoor.rules.refusal import Refused
from onedoor.rules.scheme_book import SCHEMES, to_content

DAY = timedelta(days=1)
MEET = {"limit": "2 calendar_days", "basis": "试验", "starts": ["accept"], "stops": ["meet"]}


@pytest.fixture
def by(county: None) -> Iterator[By]:
    """The administrator; schemes and rules are as before after the test."""
    yield By(actor=person("admin").actors[0], at=NOW)
    schemes._book = (-schemes.FRESH, schemes.Book(schemes.SCHEMES, schemes.RULES))
    schemes.scheme_of.cache_clear()


def put(by: By, content: dict[str, Any]) -> None:
    """A scheme that every matter gets."""
    write_scheme(by=by, code="trial", content=content, reason="试验")
    write_rules(by=by, rules=[{"scheme": "trial", "why": "试验"}], reason="试验")


def kinds(number: str, what: str = "TRUE") -> set[str]:
    return {kind for (kind,) in sql(f"SELECT kind FROM clock WHERE case_id = %s AND {what}", case_id(number))}


def test_a_limit_that_was_taken_out_starts_no_clock_and_one_that_was_added_does(by: By) -> None:
    usual = register_case(at=NOW, kind="incident")
    content = to_content(SCHEMES["ordinary"])
    del content["items"]["sign"], content["items"]["follow_up"]
    content["items"]["meet"] = MEET
    put(by, content)
    number = register_case(at=NOW, kind="incident")
    for one in (usual, number):
        walk(one, *TO_HANDLING)
    assert kinds(usual) == {"accept", "sign", "handle"}
    assert kinds(number) == {"accept", "meet", "handle"}
    assert kinds(number, "stopped_at IS NULL") == {"meet", "handle"}
    move(number, "meet", "handler2", at=NOW + 5 * HOUR, text="已在走廊见面。")
    assert kinds(number, "stopped_at IS NULL") == {"handle"}
    for one in (usual, number):
        move(one, "conclude", "handler2", at=NOW + 6 * HOUR, outcome="answered", answer="已清理。")
        move(one, "close", "supervisor", at=NOW + 7 * HOUR)
    assert "follow_up" in kinds(usual) and "follow_up" not in kinds(number)
    assert whats() == set()


def test_without_a_ladder_a_late_limit_is_red_and_nobody_is_supervised(by: By) -> None:
    put(by, {**to_content(SCHEMES["ordinary"]), "ladder": []})
    number = register_case(at=NOW)
    assert sweep(at=NOW + 30 * DAY).turns == {"warned": 1, "late": 1}
    assert sql("SELECT light, look_at FROM clock WHERE case_id = %s", case_id(number)) == [("red", None)]
    assert sql("SELECT count(*) FROM supervision") == [(0,)]
    assert whats() == set()


@pytest.mark.parametrize(
    ("items", "field", "said"),
    [
        ({"meet": {**MEET, "starts": ["hello"]}}, "meet", "没有这样的事件：hello"),
        ({"accept": None}, "accept", "办理流程要用到它"),
    ],
)
def test_what_cannot_be_is_not_written(by: By, items: dict[str, Any], field: str, said: str) -> None:
    content = to_content(SCHEMES["ordinary"])
    content["items"] = {kind: one for kind, one in {**content["items"], **items}.items() if one is not None}
    with pytest.raises(Refused, match=said) as refused:
        write_scheme(by=by, code="trial", content=content, reason="试验")
    assert refused.value.fields.keys() == {field}
    assert not SchemeVersion.objects.exists()
