"""Points: caps, exclusions, sums and ranks hold whatever happens; a set of rules is read strictly."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.rules.follow_up import FEWEST_RATINGS
from onedoor.rules.months import month_before, next_month
from onedoor.rules.point_book import DEFAULT, content_of, read_set, same_rules
from onedoor.rules.point_sums import entries_of, ranked, standings
from onedoor.rules.points import (
    CAPPED,
    EXCLUSIONS,
    FACTS,
    FEW,
    SUBJECTS,
    TRAITS,
    WHOLE_MATTER,
    Happening,
    Standing,
    Subject,
    check_appeal,
    check_close,
    written,
)
from onedoor.rules.refusal import Refused

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
UNIT = Subject("unit", 1)


def happened(fact: str, n: int = 0, subject: Subject = UNIT, **more: Any) -> Happening:
    return Happening(fact, subject, f"r{n}", more.pop("matter", f"m{n}"), AT + timedelta(hours=n), **more)


HAPPENINGS = st.lists(
    st.builds(
        Happening,
        fact=st.sampled_from(sorted(FACTS)),
        subject=st.builds(Subject, st.sampled_from(sorted(SUBJECTS)), st.integers(1, 3)),
        ref=st.sampled_from([f"r{n}" for n in range(30)]),
        matter=st.sampled_from([f"m{n}" for n in range(8)]),
        at=st.integers(0, 600).map(lambda hours: AT + timedelta(hours=hours)),
        traits=st.frozensets(st.sampled_from(sorted(TRAITS))),
        excluded=st.sampled_from(["", "", "", *EXCLUSIONS]),
    ),
    max_size=80,
    # the same fact, subject and source is the same happening
    unique_by=lambda one: (one.fact, one.subject, one.ref),
)


@given(HAPPENINGS)
def test_a_cap_is_never_exceeded(happenings: list[Happening]) -> None:
    spent: dict[tuple[str, Subject], int] = {}
    for entry in entries_of(DEFAULT, happenings):
        key = (entry.rule.code, entry.happening.subject)
        spent[key] = spent.get(key, 0) + abs(entry.counted)
        assert abs(entry.counted) <= abs(entry.points)
        assert entry.counted * entry.points >= 0
        assert not entry.rule.cap or spent[key] <= entry.rule.cap


@given(HAPPENINGS, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_read_does_not_matter(happenings: list[Happening], random: Any) -> None:
    shuffled = list(happenings)
    random.shuffle(shuffled)
    assert entries_of(DEFAULT, shuffled) == entries_of(DEFAULT, happenings)


@given(HAPPENINGS)
def test_what_is_excluded_earns_nothing_and_costs_nothing(happenings: list[Happening]) -> None:
    whole = {one.matter for one in happenings if one.excluded in WHOLE_MATTER}
    for entry in entries_of(DEFAULT, happenings):
        if entry.happening.excluded or entry.happening.matter in whole:
            assert entry.counted == 0 and entry.note in EXCLUSIONS


@given(HAPPENINGS)
def test_the_sum_of_the_entries_is_the_total(happenings: list[Happening]) -> None:
    entries = entries_of(DEFAULT, happenings)
    for standing in standings(entries):
        own = [one for one in entries if one.happening.subject == standing.subject]
        assert standing.total == sum(one.counted for one in own)
        counted = [one for one in own if one.note in ("", CAPPED)]
        assert standing.entries == len(counted)
        assert standing.matters == len({one.happening.matter for one in counted})


@given(HAPPENINGS)
def test_fewer_ratings_than_five_count_nothing(happenings: list[Happening]) -> None:
    entries = [one for one in entries_of(DEFAULT, happenings) if FACTS[one.rule.fact].rating]
    by_subject: dict[Subject, set[tuple[str, str]]] = {}
    whole = {one.matter for one in happenings if one.excluded in WHOLE_MATTER}
    for one in happenings:
        if FACTS[one.fact].rating and one.matter not in whole:
            by_subject.setdefault(one.subject, set()).add((one.fact, one.ref))
    for one in entries:
        if len(by_subject.get(one.happening.subject, ())) < FEWEST_RATINGS:
            assert one.counted == 0


def test_five_ratings_count() -> None:
    four = [happened("verified", n) for n in range(4)]
    assert {one.note for one in entries_of(DEFAULT, four)} == {FEW}
    assert sum(one.counted for one in entries_of(DEFAULT, [*four, happened("unsatisfied", 4)])) == 4 * 100 - 200


def test_doubled_and_capped() -> None:
    (entry,) = entries_of(DEFAULT, [happened("overdue", traits=frozenset({"transfer", "urgent"}))])
    assert (entry.points, entry.counted) == (-400, -400), "twice, not four times"
    many = entries_of(DEFAULT, [happened("signed_on_time", n) for n in range(45)])
    assert sum(one.counted for one in many) == 2000
    assert [one.note for one in many].count(CAPPED) == 5


def test_a_doubled_entry_at_the_cap_is_cut_to_what_is_left() -> None:
    rules = replace(DEFAULT, rules=(replace(DEFAULT.rules[0], subjects=("unit",), points=300, cap=400),))
    entries = entries_of(rules, [happened("accepted_on_time", n) for n in range(3)])
    assert [one.counted for one in entries] == [300, 100, 0]


def standing(number: int, total: int, matters: int = 10) -> Standing:
    return Standing(Subject("unit", number), total, matters, matters)


def test_equal_scores_share_a_place_and_few_matters_have_none() -> None:
    found = ranked(
        DEFAULT, [standing(1, 100), standing(2, 300), standing(3, 300), standing(4, 900, 4), standing(5, 50)]
    )
    assert [(one.standing.subject.id, one.rank, one.of) for one in found] == [
        (2, 1, 4), (3, 1, 4), (1, 3, 4), (5, 4, 4), (4, None, 4),
    ]  # fmt: skip


def test_the_average_ranks_not_the_number_of_matters() -> None:
    busy, good = standing(1, 3000, 40), standing(2, 1000, 10)
    found = ranked(DEFAULT, [busy, good, standing(3, 0)])
    assert [one.standing.subject.id for one in found] == [2, 1, 3]
    by_total = ranked(replace(DEFAULT, rank_by="total"), [busy, good, standing(3, 0)])
    assert by_total[0].standing.subject.id == 1


def test_two_are_no_ranking() -> None:
    assert {one.rank for one in ranked(DEFAULT, [standing(1, 100), standing(2, 200), standing(3, 0, 2)])} == {None}


@given(st.lists(st.tuples(st.integers(-5000, 5000), st.integers(1, 30)), max_size=20))
def test_places_follow_the_scores(sums: list[tuple[int, int]]) -> None:
    found = ranked(DEFAULT, [standing(n, total, matters) for n, (total, matters) in enumerate(sums)])
    with_rank = [one for one in found if one.rank is not None]
    assert len(found) == len(sums)
    assert all(one.standing.matters >= DEFAULT.fewest for one in with_rank)
    for one in with_rank:
        better = sum(other.standing.average > one.standing.average for other in with_rank)
        assert one.rank == 1 + better


@pytest.mark.parametrize(
    ("hundredths", "text"),
    [
        (0, "0"),
        (150, "1.5"),
        (-50, "-0.5"),
        (-1, "-0.01"),
        (Fraction(100, 3), "0.33"),
        (Fraction(-1, 4), "0"),
        (20000, "200"),
    ],
)
def test_how_points_are_written(hundredths: int | Fraction, text: str) -> None:
    assert written(hundredths) == text


# --- reading a set


def changed(**more: Any) -> dict[str, Any]:
    content = deepcopy(content_of(DEFAULT))
    for place, value in more.items():
        at, *path = place.split("__")
        target: Any = content
        for name in [at, *path][:-1]:
            target = target[name]
        target[[at, *path][-1]] = value
    return content


def refusal(content: dict[str, Any]) -> Refused:
    with pytest.raises(Refused) as caught:
        read_set("x", 2, content)
    return caught.value


def test_the_default_reads_back_as_itself_and_says_that_it_awaits_confirmation() -> None:
    assert same_rules(DEFAULT, read_set("x", 9, content_of(DEFAULT)))
    assert DEFAULT.local and "待核" in DEFAULT.basis
    assert all(rule.local and "待核" in rule.basis for rule in DEFAULT.rules)
    assert {rule.fact for rule in DEFAULT.rules} == set(FACTS)


@pytest.mark.parametrize("fact", ["reports", "visits", "registered", "entries"])
def test_mere_numbers_cannot_be_counted(fact: str) -> None:
    refused = refusal(changed(rules__signed_on_time__fact=fact))
    assert refused.fields["rules.signed_on_time.fact"] == "上报、走访、登记的数量本身不能计分。"


@pytest.mark.parametrize(
    ("place", "value", "field", "said"),
    [
        ("name", "", "name", "请填写办法名称"),
        ("basis", " ", "basis", "请写明依据"),
        ("fewest", 0, "fewest", "1到1000"),
        ("fewest", True, "fewest", "1到1000"),
        ("smallest_group", 1, "smallest_group", "2到100"),
        ("appeal_days", 2, "appeal_days", "3到60"),
        ("rank_by", "best", "rank_by", "排名方式"),
        ("exclude", ["exempt"], "exclude", "必须有"),
        ("exclude", "notice_excluded", "exclude", "只能从"),
        ("rules", {}, "rules", "至少要有一条规则"),
        ("rules__overdue", [], "rules.overdue", "写成一张表"),
        ("rules__overdue__points", 2, "rules.overdue.points", "只能扣分"),
        ("rules__overdue__points", 0, "rules.overdue.points", "不为零"),
        ("rules__overdue__points", float("nan"), "rules.overdue.points", "不为零"),
        ("rules__overdue__points", "-0.005", "rules.overdue.points", "两位小数"),
        ("rules__overdue__points", "1e9", "rules.overdue.points", "100"),
        ("rules__overdue__cap", -1, "rules.overdue.cap", "不小于零"),
        ("rules__overdue__cap", 1, "rules.overdue.cap", "上限不能小于一次的分值"),
        ("rules__overdue__for", [], "rules.overdue.for", "请选择考核对象"),
        ("rules__overdue__for", ["grid"], "rules.overdue.for", "不能用来考核网格"),
        ("rules__overdue__for", ["unit", "unit"], "rules.overdue.for", "不能重复"),
        ("rules__overdue__for", ["resident"], "rules.overdue.for", "只能从"),
        ("rules__overdue__basis", "", "rules.overdue.basis", "请写明依据"),
        ("rules__overdue__name", "", "rules.overdue.name", "请填写规则名称"),
        ("rules__overdue__doubled", ["rich"], "rules.overdue.doubled", "加倍情形"),
        ("rules__satisfied__doubled", ["urgent"], "rules.satisfied.doubled", "评价类规则不能加倍"),
        ("rules__overdue__weight", 3, "rules.overdue", "不认识的项：weight"),
        ("secret", 1, "set", "不认识的项：secret"),
    ],
)  # fmt: skip
def test_what_a_set_cannot_be(place: str, value: object, field: str, said: str) -> None:
    assert said in refusal(changed(**{place: value})).fields[field]


def test_every_fault_is_told_at_once() -> None:
    fields = refusal(changed(name="", rank_by="", rules__overdue__points=1)).fields
    assert {"name", "rank_by", "rules.overdue.points"} <= fields.keys()


# --- time and appeals


def test_months() -> None:
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1) and next_month(date(2026, 1, 1)) == date(2026, 2, 1)
    assert month_before(date(2026, 1, 1)) == date(2025, 12, 1) and month_before(date(2026, 3, 1)) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("changed_", "said"),
    [
        ({}, ""),
        ({"at": AT + timedelta(days=5)}, ""),
        ({"at": AT + timedelta(days=5, seconds=1)}, "申诉期已过"),
        ({"closed": True}, "申诉期已过"),
        ({"own": False}, "只有本人"),
        ({"rating": True}, "只显示合计"),
        ({"appealed": True}, "已经申诉过"),
    ],
)
def test_who_may_appeal_and_until_when(changed_: dict[str, Any], said: str) -> None:
    given_: dict[str, Any] = {"closed": False, "until": AT + timedelta(days=5), "at": AT, "rating": False}
    given_ |= {"appealed": False, "own": True} | changed_
    if not said:
        check_appeal(**given_)
        return
    with pytest.raises(Refused, match=said):
        check_appeal(**given_)


def test_a_month_is_closed_after_its_term_with_nothing_waiting() -> None:
    check_close(until=AT, waiting=0, at=AT + timedelta(seconds=1))
    with pytest.raises(Refused, match="还没有结束"):
        check_close(until=AT, waiting=0, at=AT)
    with pytest.raises(Refused, match="2件申诉"):
        check_close(until=AT, waiting=2, at=AT + timedelta(days=1))
