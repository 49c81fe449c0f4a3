"""接待: what is taken down, and what is refused."""

import pytest

from onedoor.rules.refusal import CONFLICT, INVALID, NOT_READY, Refused
from onedoor.rules.visits import (
    MOST_PERSONS,
    MOST_TEXT,
    PURPOSES,
    VisitFacts,
    check_answer,
    check_leaving,
    check_reception,
    check_remark,
    hint,
)

ASKED = {"purpose": "consultation", "persons": 2, "asked": "问社保怎么转。", "window": "3号"}


@pytest.mark.parametrize("purpose", sorted(set(PURPOSES) - {"accusation"}))
def test_each_purpose_is_taken_down(purpose: str) -> None:
    taken = check_reception(ASKED | {"purpose": purpose})
    assert (taken.purpose, taken.persons, taken.asked, taken.window, taken.answer) == (
        purpose, 2, "问社保怎么转。", "3号", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("purpose", ""), ("purpose", "纠纷"), ("persons", 0), ("persons", -1), ("persons", MOST_PERSONS + 1),
        ("persons", "多"), ("persons", 1.5), ("persons", True), ("persons", "1²"), ("asked", ""), ("asked", " \n "),
        ("asked", "长" * (MOST_TEXT + 1)), ("asked", "坏\0字"), ("asked", 7), ("window", "窗" * 21), ("answer", ["好"]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(field: str, value: object) -> None:
    with pytest.raises(Refused) as refused:
        check_reception(ASKED | {field: value})
    assert refused.value.code == INVALID and list(refused.value.fields) == [field]


@pytest.mark.parametrize("persons", [1, "1", " 5000 ", MOST_PERSONS])
def test_persons_are_counted(persons: object) -> None:
    assert check_reception(ASKED | {"persons": persons}).persons == int(str(persons))


def test_one_person_comes_unless_more_are_counted() -> None:
    assert check_reception({"purpose": "other", "asked": "问路。"}).persons == 1


@pytest.mark.parametrize("field", ["asked", "answer"])
def test_an_accusation_is_not_written_on_a_visit(field: str) -> None:
    assert check_reception({"purpose": "accusation", "persons": 1}).asked == ""
    with pytest.raises(Refused, match="请直接登记为事项"):
        check_reception({"purpose": "accusation", field: "某局某人收钱。"})
    with pytest.raises(Refused) as refused:
        check_answer(VisitFacts("accusation", ended=False), "知道了。")
    assert refused.value.code == NOT_READY


@pytest.mark.parametrize("persons", range(1, 9))
def test_five_may_speak_for_the_others(persons: int) -> None:
    assert bool(hint(persons)) == (persons > 5)


def test_an_end_is_an_end() -> None:
    over = VisitFacts("service", ended=True)
    for check in (lambda: check_answer(over, "好。"), lambda: check_leaving(over, "等不及。")):
        with pytest.raises(Refused) as refused:
            check()
        assert refused.value.code == CONFLICT
    running = VisitFacts("service", ended=False)
    assert check_answer(running, " 好。 ") == "好。"
    assert check_leaving(running, "等不及。") == "等不及。"
    with pytest.raises(Refused):
        check_leaving(running, "")
    with pytest.raises(Refused):
        check_remark(" ")
