"""Whom a notice concerns, and what a message says."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

import onedoor.rules
from onedoor.rules.access import Actor, Role, division_audience, person_audience, unit_audience
from onedoor.rules.notices import NOTICES, WITHOUT_A_CASE, Reader, greeting, message, next_try, reader_of, unit_reader

ROOT, COUNTY, TOWN = 1, 2, 3
CENTRE, ZJJ = 10, 11
KEEPS = {"clock_warned", "clock_urgent", "clock_late", "supervised", "supervision_decided", "party_limit_over"} | {
    "call_late",
    "limit_has_consequence",
}
CREDENTIALS = {"password_changed", "password_reset", "second_factor_set", "second_factor_removed"}
BULLETINS = {"bulletin", "bulletin_reminder", "bulletin_withdrawn"}
OVERSEES = {
    "suspension_over",
    "supervision_replied",
    "supervision_appealed",
    "due_to_decide",
    "call_late",
    "reply_overdue",
}


def post(role: Role, unit: int = CENTRE, path: tuple[int, ...] = (ROOT,)) -> Actor:
    return Actor(7, "fang", role, 1, unit, path[-1], path)


def concerned(role: Role) -> set[str]:
    return set(reader_of(7, [post(role)], ROOT).kinds.get(unit_audience(CENTRE), ()))


def test_every_kind_that_a_rule_orders_is_in_the_table_and_every_line_is_ordered() -> None:
    ordered: set[str] = set()
    for file in Path(onedoor.rules.__file__).parent.glob("*.py"):
        text = file.read_text("utf-8")
        for pattern in (r'NoticeOrder\(\s*"(\w+)"', r'tell_units\(facts, "(\w+)"', r'notice="(\w+)"'):
            ordered |= set(re.findall(pattern, text))
    # lights, the ladder and the calendar order theirs by other words
    by_the_clock = {"clock_warned", "clock_urgent", "clock_late", "escalated_to_lead", "escalated_to_director"}
    # these are about no case; the hall writes them
    of_the_hall, of_mediation = {"called", "call_late"}, {"promise_due", "confidential"}
    without = of_the_hall | BULLETINS | CREDENTIALS
    assert without | {"confidential"} == WITHOUT_A_CASE
    assert ordered | by_the_clock | of_mediation | without | {"due_to_decide"} == set(NOTICES)
    # what concerns one account goes to that account alone, whatever his unit
    assert {code for code, kind in NOTICES.items() if not kind.roles} == CREDENTIALS


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        (
            Role.DISPATCHER,
            {"to_dispatch", "objection", "concluded", "guidance_to_confirm", "escalated_to_lead", "not_performed", "mediation_ended", "confidential", *KEEPS, *BULLETINS},
        ),
        (
            Role.DIRECTOR,
            {"extension_asked_for", "suspension_asked_for", "concluded", "guidance_to_confirm", "contested", "unsatisfied"}
            | {"escalated_to_director", "not_performed", "mediation_ended", *OVERSEES, *BULLETINS},
        ),
        (
            Role.SUPERVISOR,
            {"suspension_asked_for", "concluded", "guidance_to_confirm", "contested", "unsatisfied", "not_performed"}
            | {"mediation_ended", "confidential", *OVERSEES, *BULLETINS},
        ),
        (Role.CLERK, KEEPS | {"mediation_ended"}), (Role.ADMIN, set()), (Role.AUDITOR, set()), (Role.GRID_WORKER, set()),
    ],
)  # fmt: skip
def test_at_the_centre_each_reads_what_he_decides(role: Role, kinds: set[str]) -> None:
    assert concerned(role) == kinds


def test_a_units_lead_reads_what_its_handler_reads_and_what_he_approves() -> None:
    # that a limit is over he hears at his own step of the ladder, not twice
    assert concerned(Role.HANDLER) - concerned(Role.UNIT_LEAD) == {"clock_late"}
    assert concerned(Role.UNIT_LEAD) - concerned(Role.HANDLER) == {
        "extension_asked_for", "suspension_asked_for", "escalated_to_lead", "call_late", "reply_overdue",
    }  # fmt: skip
    assert concerned(Role.MEDIATOR) == concerned(Role.HANDLER)


def test_a_notice_to_the_person_is_read_whatever_the_role() -> None:
    for posts in ([], [post(Role.ADMIN)], [post(Role.HANDLER)]):
        assert reader_of(7, posts, ROOT).kinds[person_audience(7)] == frozenset(NOTICES)


def test_two_posts_in_one_unit_read_together_and_each_unit_apart() -> None:
    both = reader_of(7, [post(Role.DISPATCHER), post(Role.DIRECTOR), post(Role.HANDLER, ZJJ)], ROOT)
    assert both.kinds[unit_audience(CENTRE)] == concerned(Role.DISPATCHER) | concerned(Role.DIRECTOR)
    assert both.kinds[unit_audience(ZJJ)] == concerned(Role.HANDLER)


def test_a_units_robot_looks_as_the_unit_and_never_as_a_person() -> None:
    department = unit_reader(ZJJ, (ROOT, COUNTY), centre=False, root=ROOT)
    assert department.kinds == {unit_audience(ZJJ): frozenset(NOTICES)} and department.account == 0
    assert set(department.viewer.audiences) == {person_audience(0), unit_audience(ZJJ)}
    assert not department.viewer.whole_tree
    town: Reader = unit_reader(CENTRE, (ROOT, COUNTY, TOWN), centre=True, root=ROOT)
    assert division_audience(TOWN) in town.viewer.audiences and not town.viewer.whole_tree
    assert unit_reader(CENTRE, (ROOT,), centre=True, root=ROOT).viewer.whole_tree


def test_what_a_message_says() -> None:
    assert (
        message({"extension_asked_for": 1, "to_sign": 2})
        == "您在一扇门有3条新通知：待签收2条、延期待批1条。请登录查看。"
    )
    assert message({"to_sign": 1}, unit=True) == "本单位在一扇门有1条新通知：待签收1条。请登录查看。"
    many = dict.fromkeys(list(NOTICES)[:5], 1)
    assert message(many) == "您在一扇门有5条新通知：待签收1条、待分流1条、异议待裁定1条、其他2条。请登录查看。"
    assert "一扇门" in greeting() and greeting(unit=True).startswith("本单位")


def test_how_long_to_wait_for_the_next_try() -> None:
    assert [next_try(tries) for tries in range(1, 6)] == [
        timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(minutes=120), None,
    ]  # fmt: skip
