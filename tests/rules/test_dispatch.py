"""To whom a case may go, and who may know of it: dispatch, added units, restriction."""

import pytest

from onedoor.rules.dispatch import MOST_CO_UNITS
from onedoor.rules.refusal import NOT_ALLOWED
from rules.fitting import REASON
from rules.kit import (
    Matter,
    a_unit,
    accepted,
    centre,
    clerk,
    dispatched,
    dispatcher,
    gaj,
    handler,
    handler2,
    handling,
    known,
    party,
    rsj,
    supervisor,
    town_centre,
    town_clerk,
    zjj,
)

NAMED = (known(dispatcher), known(supervisor))
RESTRICTED = {"confidentiality": "restricted", "named": (clerk.account, dispatcher.account)}


@pytest.mark.parametrize(
    ("take", "field"),
    [
        ({"co_units": (rsj,)}, "co_units"),
        ({"co_units": (zjj, zjj)}, "co_units"),
        ({"co_units": tuple(a_unit(100 + n, "x", "department") for n in range(MOST_CO_UNITS + 1))}, "co_units"),
        ({"co_units": (town_centre,)}, "unit"),
        ({"persons": (known(handler),)}, "persons"),
    ],
)
def test_what_a_dispatch_cannot_be(take: dict[str, object], field: str) -> None:
    assert set(accepted().refuses("dispatch", dispatcher, unit=rsj, **take).fields) == {field}


def test_every_unit_signs_for_its_own_part() -> None:
    matter = dispatched(zjj)
    assert {clock.assignment for clock in matter.facts.clocks if clock.kind == "sign"} == {
        matter.part(rsj).id,
        matter.part(zjj).id,
    }
    assert [(notice.kind, notice.unit) for notice in matter.told] == [("to_sign", rsj.id), ("to_sign", zjj.id)]
    assert "unit" in matter.refuses("add_unit", dispatcher, unit=zjj, **REASON).fields
    assert "unit" in matter.refuses("add_unit", dispatcher, unit=centre, **REASON).fields
    matter.move("add_unit", dispatcher, unit=gaj, **REASON)
    assert not matter.part(gaj).lead
    assert matter.clock("sign").started_at == matter.at


def test_a_restricted_case_names_somebody_of_every_unit_that_gets_it() -> None:
    matter = accepted(**RESTRICTED)
    both = {"unit": rsj, "co_units": (zjj,)}
    refused = matter.refuses("dispatch", dispatcher, persons=(known(handler),), **both)
    assert refused.fields == {"persons": "限制知悉的事项须指定住建局的承办人。"}
    matter.move("dispatch", dispatcher, persons=(known(handler), known(handler2)), **both)
    assert matter.facts.named == (clerk.account, dispatcher.account, handler.account, handler2.account)


def test_who_bears_the_name_of_the_other_side_is_not_named() -> None:
    matter = accepted(parties=(party(1), party(2, "respondent", name="张三")), **RESTRICTED)
    refused = matter.refuses("dispatch", dispatcher, unit=rsj, persons=(known(handler, "张三"),))
    assert refused.fields == {"persons": "张三与被申请人同名，须回避；确非同一人的，请另选人员。"}
    matter.move("dispatch", dispatcher, unit=rsj, persons=(known(handler, "李四"),))


@pytest.mark.parametrize(
    ("take", "field"),
    [
        ({"level": "ordinary", "persons": NAMED}, "level"),
        ({"level": "secret", "persons": NAMED}, "level"),
        ({"level": "restricted", "persons": ()}, "persons"),
        ({"level": "restricted", "persons": (known(dispatcher),)}, "persons"),
        ({"level": "restricted", "persons": (known(town_clerk),)}, "persons"),
        ({"level": "accusation", "persons": (*NAMED, known(handler)), "accused_units": (rsj,)}, "persons"),
        ({"level": "accusation", "persons": NAMED, "accused_units": (centre,)}, "persons"),
    ],
)
def test_what_a_restriction_cannot_be(take: dict[str, object], field: str) -> None:
    assert set(handling().refuses("restrict", clerk, **take, **REASON).fields) == {field}


def test_no_desk_hides_a_case_from_those_who_watch_over_it() -> None:
    refused = Matter().refuses("restrict", clerk, level="restricted", persons=(known(clerk),), **REASON)
    assert refused.fields == {"persons": "知悉人中至少要有一名督办员或中心主任，否则事项无人督办。"}


def test_an_accusation_stays_one_and_the_accused_stay_accused() -> None:
    matter = Matter()
    matter.move("restrict", clerk, level="accusation", persons=NAMED, accused_units=(rsj,), **REASON)
    assert "level" in matter.refuses("restrict", supervisor, level="restricted", persons=NAMED, **REASON).fields
    matter.move("restrict", supervisor, level="accusation", persons=NAMED, accused_units=(zjj,), **REASON)
    assert matter.facts.accused_units == (rsj.id, zjj.id)
    refused = matter.refuses("restrict", supervisor, level="accusation", persons=(*NAMED, known(handler)), **REASON)
    assert (refused.code, set(refused.fields)) == (NOT_ALLOWED, {"persons"})


def test_a_second_list_of_persons_replaces_the_first() -> None:
    matter = handling(zjj)
    matter.move("restrict", supervisor, level="restricted", persons=(*NAMED, known(handler)), **REASON)
    assert matter.stage == "handling"
    assert matter.part(zjj).stage == "released", "a unit of which nobody is named has nothing left to do here"
    matter.move("restrict", supervisor, level="restricted", persons=NAMED, **REASON)
    assert matter.stage == "accepted"
    assert matter.facts.named == (dispatcher.account, supervisor.account)


def test_a_restricted_case_changes_hands_only_to_people() -> None:
    matter = dispatched(zjj)
    people = (*NAMED, known(handler), known(handler2))
    matter.move("restrict", supervisor, level="restricted", persons=people, **REASON)
    matter.move("object", handler2, **REASON)
    assert "persons" in matter.refuses("designate", dispatcher, unit=gaj, **REASON).fields
    assert "persons" in matter.refuses("add_unit", dispatcher, unit=gaj, **REASON).fields
