"""受害线索 as rules: who must be told, and when the platform asks."""

from datetime import date

import pytest

from onedoor.rules.harm import ages_of, check_told, may_be_due, restated, to_the_police
from onedoor.rules.refusal import Refused

NONE: frozenset[str] = frozenset()


def test_a_school_or_an_office_is_not_the_police() -> None:
    assert to_the_police("minor", "reported", frozenset({"education", "civil_affairs"}))
    assert not to_the_police("minor", "reported", frozenset({"education", "police"}))
    assert not to_the_police("adult", "open", NONE)
    assert not to_the_police("minor", "closed", NONE)


def test_what_has_become_worse_is_restated_and_then_told() -> None:
    with pytest.raises(Refused, match="不能代他报告"):
        check_told("adult", "no", "declined", "police", "回执")
    assert restated("declined", "threat", "no", NONE) == "open"
    check_told("threat", "no", "open", "police", "回执")
    assert restated("open", "adult", "no", NONE) == "declined"
    assert restated("declined", "adult", "yes", NONE) == "open"
    assert restated("reported", "adult", "no", frozenset({"police"})) == "reported"
    with pytest.raises(Refused, match="请先单独询问本人"):
        restated("open", "adult", "", NONE)
    with pytest.raises(Refused, match="已经了结"):
        restated("closed", "minor", "", NONE)


def test_the_eighteenth_birthday_ends_childhood() -> None:
    born = ["11010520080301001X"]
    assert ages_of(born, date(2026, 2, 28)) == [17]
    assert ages_of(born, date(2026, 3, 1)) == [18]
    assert ages_of(["11010520081301001X", "110105080301001", "", "x"], date(2026, 3, 1)) == []


@pytest.mark.parametrize(
    ("narrative", "ages", "hurt", "asks"),
    [
        ("邻居多次殴打他家的孩子。", [], False, True),
        ("两家因围墙高度争执。", [], False, False),
        ("孩子上学的学区划分问题。", [], False, False),
        ("摔倒受伤，要求赔偿。", [12], True, True),
        ("邻居之间打架，一人被打伤。", [45], False, False),
        ("多次殴打。", [17], False, True),
        ("多次殴打。", [18], False, False),
    ],
)
def test_the_desk_is_asked_about_children_who_may_be_hurt(
    narrative: str, ages: list[int], hurt: bool, asks: bool
) -> None:
    assert may_be_due(narrative, ages, someone_hurt=hurt) is asks
