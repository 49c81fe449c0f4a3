"""The gate as a rule: to whom a case is visible, and as whom a person looks."""

from dataclasses import replace

import pytest

from onedoor.rules.access import (
    OF_CENTRE,
    SEES_DIVISION,
    SEES_NAMES,
    SEES_UNIT,
    UNMASKS,
    Actor,
    Role,
    audiences_of_case,
    check_named_person,
    division_audience,
    person_audience,
    unit_audience,
    viewer_of,
)
from onedoor.rules.refusal import NOT_ALLOWED, Refused
from rules.kit import CAST, COUNTY, TOWN, clerk, handler, rsj, town_centre, village_centre

ROOT = COUNTY[0]
VILLAGE_PATH = village_centre.division_path


def case_audiences(**different: object) -> frozenset[int]:
    case: dict[str, object] = {
        "confidentiality": "ordinary",
        "creator": 7,
        "named": (),
        "unit_parts": (rsj.id,),
        "division_paths": (VILLAGE_PATH, TOWN),
    }
    return audiences_of_case(**{**case, **different})  # type: ignore[arg-type]


def post(role: Role, path: tuple[int, ...] = TOWN, unit: int = 2) -> Actor:
    return Actor(50, "somebody", role, 50, unit, path[-1], path)


def test_audiences_of_units_divisions_and_persons_never_meet() -> None:
    ids = range(1, 500)
    made = [make(n) for make in (unit_audience, division_audience, person_audience) for n in ids]
    assert len(set(made)) == len(made)


def test_an_ordinary_case_is_seen_by_units_divisions_and_who_registered_it() -> None:
    town, village = VILLAGE_PATH[1:]
    assert case_audiences() == {
        unit_audience(rsj.id),
        division_audience(town),
        division_audience(village),
        person_audience(7),
    }
    assert case_audiences(creator=None, unit_parts=(), division_paths=()) == frozenset()


def test_the_root_is_left_out_since_it_reads_the_case_table() -> None:
    assert division_audience(ROOT) not in case_audiences(division_paths=((ROOT,), VILLAGE_PATH))


@pytest.mark.parametrize("confidentiality", ["restricted", "accusation"])
def test_a_confidential_case_is_seen_by_the_named_and_by_nobody_else(confidentiality: str) -> None:
    seen = case_audiences(confidentiality=confidentiality, named=(3, 4))
    assert seen == {person_audience(3), person_audience(4)}
    assert case_audiences(confidentiality=confidentiality) == frozenset(), "not even by who registered it"


@pytest.mark.parametrize("role", Role)
def test_each_role_looks_as_itself_and_as_its_division_or_its_unit(role: Role) -> None:
    viewer = viewer_of(50, [post(role)], ROOT)
    expected = {person_audience(50)}
    if role in SEES_DIVISION:
        expected.add(division_audience(TOWN[-1]))
    if role in SEES_UNIT:
        expected.add(unit_audience(2))
    assert set(viewer.audiences) == expected
    assert viewer.units == ((2,) if role in SEES_UNIT else ())
    assert not viewer.whole_tree
    assert viewer.sees_names == (role in SEES_NAMES)
    assert viewer.unmasks == (role in UNMASKS)
    assert viewer.of_centre == (role in OF_CENTRE)


def test_what_each_role_may_know() -> None:
    assert not SEES_DIVISION & SEES_UNIT
    assert {Role.AUDITOR, Role.ADMIN}.isdisjoint(SEES_NAMES | UNMASKS | OF_CENTRE)
    assert Role.ADMIN not in SEES_DIVISION
    assert UNMASKS <= SEES_NAMES
    assert Role.DIRECTOR not in UNMASKS
    assert {Role.GRID_WORKER, Role.GRID_LEAD}.isdisjoint(UNMASKS)


@pytest.mark.parametrize("role", Role)
def test_only_a_post_at_the_root_that_sees_divisions_covers_the_tree(role: Role) -> None:
    assert viewer_of(50, [post(role, COUNTY)], ROOT).whole_tree == (role in SEES_DIVISION)
    assert not viewer_of(50, [post(role, TOWN)], ROOT).whole_tree


def test_several_posts_add_up_and_no_post_sees_only_itself() -> None:
    both = viewer_of(50, [post(Role.HANDLER, unit=21), post(Role.CLERK), post(Role.HANDLER, unit=21)], ROOT)
    assert set(both.audiences) == {person_audience(50), unit_audience(21), division_audience(TOWN[-1])}
    assert list(both.audiences) == sorted(both.audiences)
    assert both.units == (21,)
    nobody = viewer_of(50, [], ROOT)
    assert (nobody.audiences, nobody.sees_names, nobody.whole_tree) == ((person_audience(50),), False, False)


def shares(actor: Actor, seen: frozenset[int]) -> bool:
    return not seen.isdisjoint(viewer_of(actor.account, [actor], ROOT).audiences)


def test_who_sees_a_case_in_a_village_that_a_county_unit_handles() -> None:
    seen = case_audiences()
    names = {actor.username for actor in CAST.values() if shares(actor, seen)}
    assert names == {
        "handler", "colleague", "unit_lead",  # of the unit
        "town_clerk", "town_dispatcher", "village_clerk", "village_dispatcher", "grid_lead",  # on the path
    }  # fmt: skip
    assert shares(replace(clerk, account=7), seen)
    assert viewer_of(clerk.account, [clerk], ROOT).whole_tree


def test_once_restricted_only_the_named_share_an_audience() -> None:
    seen = case_audiences(confidentiality="accusation", named=(clerk.account,))
    assert {actor.account for actor in CAST.values() if shares(actor, seen)} == {clerk.account}


def test_nobody_of_an_accused_unit_is_named() -> None:
    check_named_person(units=(handler.unit,), accused_units=(town_centre.id,), name="任劳安")
    with pytest.raises(Refused) as caught:
        check_named_person(units=(1, handler.unit), accused_units=(handler.unit,), name="任劳安")
    assert (caught.value.code, set(caught.value.fields)) == (NOT_ALLOWED, {"persons"})
    assert caught.value.sentence.endswith("。")
