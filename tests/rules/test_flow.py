"""The table itself: what is in it may be made, everything else is refused, and nothing in it is hollow."""

from dataclasses import replace
from datetime import datetime

import pytest

from onedoor.rules import needs
from onedoor.rules.access import RESIDENT, ROLE_NAMES, Actor, Role
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.decide import RULES
from onedoor.rules.facts import CaseFacts, Inputs
from onedoor.rules.flow import (
    ASSIGNMENT_FLOW,
    FLOW,
    INPUT_NAMES,
    PART_NAMES,
    STAGE_NAMES,
    TERMINAL,
    Move,
    Stage,
    Where,
    check_inputs,
    check_move,
    check_target,
)
from onedoor.rules.flow_doc import render
from onedoor.rules.refusal import INVALID, NOT_ALLOWED, NOT_READY, NOT_YOUR_MOVE, WRONG_STAGE, Refused
from onedoor.rules.work import QUEUES
from rules.fitting import FITTING, fitting
from rules.kit import (
    BLANK,
    CAST,
    NOW,
    TOWN,
    VILLAGE,
    Matter,
    clerk,
    grid_lead,
    grid_worker,
    handling,
    town_centre,
    village_centre,
)

EVERY_MOVE = pytest.mark.parametrize("move", FLOW.values(), ids=FLOW)
EVERYWHERE = {"restrict"}
WHILE_IT_LIVES = {"add_from_field"}
SUPERVISION = {
    "supervise", "instruct", "reply_supervision", "appeal_supervision", "accept_reply", "demand_more", "decide_appeal",
    "decide_due", "exclude",
}  # fmt: skip
OF_THE_END = {"contest", "decide_contest", "correct_record"}

# Written down a second time, by hand: a move that appears in a stage or leaves it has to be meant.
MOVES_OUT = {
    "registered": "ask_correction accept guide confirm_guidance decline_guidance settle_on_spot transfer_out withdraw "
    "merge set_track",
    "correction": "supplement lapse withdraw",
    "accepted": "guide confirm_guidance decline_guidance settle_on_spot transfer_out withdraw merge dispatch send_up "
    "send_down send_back_up set_track tell",
    "dispatched": "sign object designate recall add_unit withdraw set_track tell",
    "handling": "sign object designate recall add_unit decide_acceptance report_progress submit_opinion "
    "request_extension decide_extension approve serve request_suspension suspend decline_suspension conclude "
    "send_up send_back_up withdraw set_track meet tell",
    "suspended": "resume conclude withdraw tell",
    "concluded": "approve serve close send_back tell",
    "closed": "follow_up sample rate archive reopen correct_record agree_performance record_performance",
    "followed_up": "archive reopen correct_record agree_performance record_performance",
    "guided": "",
    "withdrawn": "revoke_withdrawal",
    "merged": "",
    "transferred": "take_back",
    "archived": "rate",
}


def standing(move: Move, role: Role, facts: CaseFacts, fits: Actor, *, right: bool) -> Actor:
    """Somebody of that role who stands to the case as the move asks, or quite elsewhere."""
    stranger = Actor(999, "somebody", role, 999, 999, 999, (999,))
    if not right:
        return stranger
    where = move.who.get(role, Where.CENTRE)
    if where is Where.GRID:
        return replace(stranger, division=facts.place_path[-1])
    if where is Where.REPORTED:
        return replace(stranger, account=facts.creator)
    if where is Where.ABOVE:
        return replace(stranger, division=facts.present_path[0])
    lead = facts.lead.unit if facts.lead else 0
    asked = next((notice.unit for notice in facts.supervisions if notice.state == "open"), 0)
    units = {Where.CENTRE: facts.present_centre, Where.LEAD: lead, Where.PART: fits.unit, Where.ASKED: asked}
    return replace(stranger, unit=units[where])


def as_it_stands(move: Move, role: Role, facts: CaseFacts) -> CaseFacts:
    """The case as it lies in the grid, for those who move it there."""
    if move.who.get(role) not in (Where.GRID, Where.REPORTED):
        return facts
    here = {"receiving_centre": facts.present_centre, "place_path": (*facts.present_path, 5)}
    return replace(facts, channel="grid", creator=77, assignments=(), **here)


def code_of(move: Move, facts: CaseFacts, actor: Actor, at: datetime) -> str:
    """The refusal's code; "" where the move may be made."""
    try:
        check_move(move, facts, actor, at)
    except Refused as refused:
        assert refused.sentence.endswith("。")
        return refused.code
    return ""


@EVERY_MOVE
def test_exactly_what_is_in_the_table_may_be_made(move: Move) -> None:
    matter, fits, _ = fitting(move.name)
    for stage in Stage:
        for role in Role:
            facts = as_it_stands(move, role, replace(matter.facts, stage=stage))
            here, elsewhere = (
                code_of(move, facts, standing(move, role, facts, fits, right=right), matter.at)
                for right in (True, False)
            )
            if role not in move.who:
                assert here == elsewhere == NOT_ALLOWED, (stage, role)
            elif stage not in move.source:
                assert here == elsewhere == WRONG_STAGE, (stage, role)
            else:
                assert here == "", (stage, role)
                assert elsewhere == NOT_YOUR_MOVE, (stage, role)


@EVERY_MOVE
def test_every_move_lands_where_the_table_says_from_every_stage_it_has(move: Move) -> None:
    matter, actor, take = fitting(move.name)
    assert matter.stage in move.source
    for stage in move.source:
        matter.facts = replace(matter.facts, stage=stage)
        decision = matter.decide(move.name, actor, **take)
        assert decision.stage in (move.target or (stage,))
    matter, actor, take = fitting(move.name)
    matter.move(move.name, actor, **take)  # and every column, part and clock it names is there


IN_THE_GRID = replace(
    BLANK, channel="grid", anonymous=True, creator=grid_worker.account, place_path=VILLAGE,
    receiving_centre=village_centre.id, present_centre=village_centre.id, present_path=VILLAGE,
)  # fmt: skip


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"channel": "window"},
        {"place_path": (1, 12, 121)},
        {"present_centre": town_centre.id, "present_path": TOWN},
        {"assignments": (replace(handling().facts.assignments[0], stage="released"),)},
    ],
    ids=["not from the grid", "elsewhere", "sent up", "a unit had it"],
)
def test_a_grid_lead_moves_only_what_lies_in_his_grids_still(elsewhere: dict[str, object]) -> None:
    accept = FLOW["accept"]
    assert code_of(accept, IN_THE_GRID, grid_lead, NOW) == ""
    assert code_of(accept, replace(IN_THE_GRID, **elsewhere), grid_lead, NOW) == NOT_YOUR_MOVE  # type: ignore[arg-type]


def test_a_worker_settles_and_adds_to_what_he_has_reported_himself() -> None:
    for name in ("settle_on_spot", "add_from_field"):
        assert code_of(FLOW[name], IN_THE_GRID, grid_worker, NOW) == ""
        for other in ({"creator": clerk.account}, {"channel": "window"}):
            assert code_of(FLOW[name], replace(IN_THE_GRID, **other), grid_worker, NOW) == NOT_YOUR_MOVE
    matter = Matter()
    matter.facts = replace(IN_THE_GRID, clocks=matter.facts.clocks)
    refused = matter.refuses("settle_on_spot", grid_worker, outcome="opinion_reject", answer="不支持。")
    assert "outcome" in refused.fields
    matter.move("settle_on_spot", grid_worker, outcome="put_right", answer="路灯已修好。")
    assert matter.stage == "concluded", "somebody else looks at it"
    assert matter.refuses("close", replace(grid_lead, account=grid_worker.account))
    matter.move("close", grid_lead)
    assert matter.stage == "closed"


def test_few_moves_choose_among_several_targets() -> None:
    several = {name for name, move in FLOW.items() if len(move.target) > 1}
    assert several == {
        "settle_on_spot", "revoke_withdrawal", "sign", "send_back", "reopen", "decide_contest", "restrict", "rate",
    }  # fmt: skip


@EVERY_MOVE
def test_every_move_is_whole(move: Move) -> None:
    assert RULES[move.name].__name__ == move.name
    assert move.label
    assert move.source
    assert move.who
    assert set(move.who) <= {*Role, RESIDENT}
    assert set(move.accepts) <= INPUT_NAMES.keys()
    assert len(set(move.accepts)) == len(move.accepts)
    # `code` never reaches a rule: the step compares it and says whether the proof holds
    assert set(move.accepts) - {"code"} <= set(Inputs.__dataclass_fields__)
    part = Where.PART in move.who.values()
    assert not part or move.name in ASSIGNMENT_FLOW


def test_the_tables_name_each_other_in_full() -> None:
    assert FITTING.keys() == FLOW.keys() == RULES.keys()
    assert len(FLOW) == 60
    assert len({move.label for move in FLOW.values()}) == 60
    assert STAGE_NAMES.keys() == set(Stage)
    assert ROLE_NAMES.keys() == set(Role)
    assert INPUT_NAMES.keys() == {name for move in FLOW.values() for name in move.accepts}
    parts = {stage for before, after in ASSIGNMENT_FLOW.values() for stage in (*before, *after)}
    assert parts == PART_NAMES.keys()
    assert set(ASSIGNMENT_FLOW) <= FLOW.keys()
    assert len(OUTCOME_NAMES) == 15


@pytest.mark.parametrize("stage", Stage)
def test_the_moves_out_of_a_stage_are_those_that_are_meant(stage: Stage) -> None:
    names = {move.name for move in FLOW.values() if stage in move.source} - EVERYWHERE
    meant = set(MOVES_OUT[stage].split())
    if stage in TERMINAL:
        meant |= OF_THE_END
    assert names - SUPERVISION - WHILE_IT_LIVES == meant
    assert (names >= WHILE_IT_LIVES) == (stage not in TERMINAL)
    assert (names >= SUPERVISION) == (stage not in TERMINAL), "what has ended is supervised no more"


def test_no_stage_is_a_dead_end_and_each_can_be_reached() -> None:
    """From everywhere a case can come to an end, and from every end it can come back."""
    leads = {
        stage: {target for move in FLOW.values() if stage in move.source for target in move.target} for stage in Stage
    }
    leads = {stage: targets - {stage} for stage, targets in leads.items()}
    # what only `restrict` may do is no way on
    for stage in (Stage.DISPATCHED, Stage.HANDLING):
        leads[stage] &= {t for m in FLOW.values() if stage in m.source and m.name != "restrict" for t in m.target}

    def reached(start: Stage) -> set[Stage]:
        seen, todo = {start}, [start]
        while todo:
            fresh = leads[todo.pop()] - seen
            seen |= fresh
            todo += fresh
        return seen

    assert reached(Stage.REGISTERED) == set(Stage)
    for stage in Stage:
        assert Stage.ARCHIVED in reached(stage), stage
        assert Stage.ACCEPTED in reached(stage), stage


def test_a_case_is_filed_only_after_it_was_closed() -> None:
    into = {
        source
        for move in FLOW.values()
        if Stage.ARCHIVED in move.target and move.name not in ("restrict", "decide_contest", "rate")
        for source in move.source
    }
    assert into == {Stage.CLOSED, Stage.FOLLOWED_UP}


def test_whoever_keeps_the_system_moves_no_case() -> None:
    movers = {role for move in FLOW.values() for role in move.who}
    assert movers.isdisjoint({Role.ADMIN, Role.AUDITOR})


def test_every_queue_holds_what_its_roles_can_move_on() -> None:
    for queue in QUEUES.values():
        for role in queue.roles:
            movers = [move for move in FLOW.values() if role in move.who]
            assert any(set(move.source) & set(queue.stages) for move in movers) if queue.stages else movers, queue
        assert bool(queue.stages) != bool(queue.parts), queue
        assert set(queue.parts) <= set(PART_NAMES), queue
    waiting = {stage for queue in QUEUES.values() for stage in queue.stages}
    # dispatched and handling wait at a unit, the ends wait for nobody but a contest, any may wait for a due date
    assert waiting == set(Stage)
    assert {part for queue in QUEUES.values() for part in queue.parts} == {"awaiting", "signed", "objected"}


def test_every_need_says_nothing_or_what_is_missing() -> None:
    every = {need for move in FLOW.values() for need in move.needs}
    assert all(getattr(needs, need.__name__) is need for need in every)
    for name in FITTING:
        matter, _, _ = fitting(name)
        for need in every:
            for actor in CAST.values():
                said = need(matter.facts, actor, matter.at)
                assert said is None or said.endswith("。"), need.__name__


def test_missing_and_unknown_inputs_are_all_named() -> None:
    with pytest.raises(Refused) as caught:
        check_inputs(FLOW["guide"], frozenset({"days"}))
    assert caught.value.code == INVALID
    assert caught.value.fields == {
        "route": "请填写法定途径。",
        "reason": "请填写理由。",
        "days": "“告知引导”不需要这一项。",
    }


def test_the_person_hears_first_that_the_move_is_not_his() -> None:
    matter, _, _ = fitting("dispatch")
    assert matter.refuses("dispatch", CAST[101]).code == NOT_ALLOWED
    assert matter.refuses("dispatch", CAST[103]).code == INVALID


def test_a_rule_that_lands_beside_the_table_is_our_fault() -> None:
    with pytest.raises(AssertionError, match="accept may not lead"):
        check_target(FLOW["accept"], "registered", "closed")


def test_a_need_that_is_not_met_is_not_ready() -> None:
    matter, actor, take = fitting("lapse")
    matter.at = matter.clock("correction").started_at
    refused = matter.refuses("lapse", actor, **take)
    assert (refused.code, refused.sentence) == (NOT_READY, "补正期限还没有到，不能按逾期未补正处理。")


def test_the_document_shows_every_move_need_and_outcome() -> None:
    text = render()
    for move in FLOW.values():
        assert f"| `{move.name}` | {move.label} |" in text
        assert all(f"`{need.__name__}`" in text for need in move.needs)
    assert all(f"| `{code}` | {name} |" in text for code, name in OUTCOME_NAMES.items())
    assert text.endswith("\n")
