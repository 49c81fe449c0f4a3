"""Whoever does whatever in whatever order: a case never falls between the stages."""

from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor.rules.access import Actor
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.flow import FINISHED, FLOW, TERMINAL, Stage, check_move
from onedoor.rules.refusal import INVALID, NOT_ALLOWED, NOT_READY, NOT_YOUR_MOVE, WRONG_STAGE, Refused
from onedoor.rules.scheme_book import SCHEMES
from onedoor.rules.schemes import ORDERED
from rules.kit import CAST, UNITS, Matter, centre, known, party, target, town_centre, zjj

# What the parties must be told is said of a matter that ended otherwise, too.
STILL_TO_DO = {"to_tell.extension", "to_tell.suspension"}
CODES = {WRONG_STAGE, NOT_ALLOWED, NOT_YOUR_MOVE, NOT_READY, INVALID}
MOVES_FROM = {stage: [move.name for move in FLOW.values() if stage in move.source] for stage in Stage}
# Ways out and back that would otherwise be all a random walk ever takes.
RARE = {
    *("transfer_out", "guide", "withdraw", "merge", "send_up", "send_down", "send_back_up", "settle_on_spot"),
    *("ask_correction", "recall", "restrict", "contest", "correct_record", "object", "take_back"),
}
PEOPLE = tuple(CAST.values())
PERSONS = tuple(known(actor) for actor in PEOPLE)
MATTERS: tuple[dict[str, object], ...] = (
    {},
    {"anonymous": True, "parties": ()},
    {"scheme": "petition-statutory", "purpose": "petition", "someone_hurt": True},
    {"confidentiality": "accusation", "named": tuple(CAST), "purpose": "accusation"},
    {"parties": (party(1), party(2, "respondent", unit=zjj)), "sampled": False},
    {"present_centre": town_centre.id, "present_path": town_centre.division_path},
)
OPTIONS: dict[str, tuple[object, ...]] = {
    "outcome": (*OUTCOME_NAMES, "nonsense"),
    "proof": ("code", "signature", "callback", "word"),
    "level": ("restricted", "accusation", "ordinary"),
    "field": ("bar", "amount", "title", "stage"),
    "value": ("none", "100", "lawsuit"),
    "days": (0, 1, 30, 400),
    "on": (date(2026, 6, 30), date(1999, 1, 1)),
    "assignment": ("", "part0", "part1"),
    "unit": UNITS,
    "units": ((), UNITS[4:6], UNITS[5:6]),
    "co_units": ((), UNITS[5:7], UNITS[4:5]),
    "accused_units": ((), UNITS[4:5], UNITS[0:1]),
    "centre": UNITS[:3],
    "persons": ((), PERSONS, PERSONS[2:5], PERSONS[2:8], PERSONS[13:17]),
    "mediator": PERSONS[12:13],
    "amounts": ({}, {"party1": 100}, {"party2": -1}),
    "into": (target(), target("A"), None),
    **dict.fromkeys(
        ("accepted", "granted", "upheld", "satisfied", "performed", "confirmed", "proof_holds"), (True, False)
    ),
}


def inputs(move: str, chance: Random, matter: Matter) -> dict[str, object]:
    line = FLOW[move]
    optional = {name for name in line.accepts if chance.random() < 0.6}
    names = [name for name in line.accepts if name in line.required or name in optional]
    take = {name: chance.choice(OPTIONS.get(name, ("如此",))) for name in names}
    if matter.facts.confidentiality == "ordinary" and move != "restrict":
        take.pop("persons", None)
    if move in ("withdraw", "settle_on_spot"):
        take["proof_holds"] = chance.random() < 0.7
    if move in ("send_up", "send_back_up"):
        take["centre"] = centre
    return take


def whoever_may(move: str, matter: Matter, chance: Random) -> Actor:
    """Mostly somebody who may, so that cases get far; now and then anybody."""
    people = list(PEOPLE)
    chance.shuffle(people)
    if chance.random() < 0.9:
        for actor in people:
            try:
                check_move(FLOW[move], matter.facts, actor, matter.at)
            except Refused:
                continue
            return actor
    return people[0]


def check_whole(matter: Matter) -> None:
    """What holds of every case at every moment."""
    facts = matter.facts
    stage = facts.stage
    open_parts = [part for part in facts.assignments if part.stage != "released"]
    leads = [part for part in open_parts if part.lead]
    # of the limits that the flow ends itself; a call-back that `sample` begins ends by its scheme (tests/cases)
    running = [clock for clock in facts.clocks if clock.stopped_at is None and clock.kind in ORDERED]
    ticking = [clock for clock in running if clock.paused_at is None]
    assert len(leads) <= 1
    assert len({part.unit for part in open_parts}) == len(open_parts)
    assert not {part.unit for part in open_parts} & set(facts.accused_units)
    assert facts.lead_unit is None or not leads or facts.lead_unit == leads[0].unit
    if stage in ("registered", "correction", "accepted", "guided", "withdrawn", "merged", "transferred"):
        assert not open_parts
    if stage in ("dispatched", "handling", "suspended"):
        assert len(leads) == 1
    if stage == "dispatched":
        assert leads[0].stage in ("awaiting", "objected")
    if stage in ("closed", "followed_up", "archived"):
        assert {part.stage for part in open_parts} <= {"answered"}, "nothing is left in an inbox"
        assert facts.outcome
    if stage in FINISHED:
        # only that an agreement is kept is watched beyond the end, until the matter is filed
        watched = {"perform"} if stage in ("closed", "followed_up") else set()
        assert {clock.kind for clock in ticking} <= watched
        assert facts.pending.keys() <= ({"contest"} if stage in TERMINAL else set()) | STILL_TO_DO
    kinds = [clock.kind for clock in ticking if clock.kind != "sign"]
    assert len(set(kinds)) == len(kinds), "no limit runs twice"
    expected = {"registered": {"accept"}, "correction": {"correction"}, "accepted": {"handle"}, "suspended": set()}
    if facts.terms.handle_waits:  # for the competent unit's acceptance
        assert stage != "accepted" or "dispatch" in kinds
        assert "dispatch" not in kinds or stage == "accepted"
        if leads and leads[0].stage == "signed" and stage == "handling":
            assert {True: "handle", None: "inform", False: ""}[leads[0].accepted] in (*kinds, "")
    else:
        assert stage not in expected or set(kinds) == expected[stage]
        assert stage not in ("dispatched", "handling") or "handle" in kinds
    awaiting = {part.id for part in open_parts if part.stage == "awaiting"}
    signing = [clock.assignment for clock in ticking if clock.kind == "sign"]
    assert len(set(signing)) == len(signing)
    assert set(signing) == (awaiting if stage in ("dispatched", "handling") else set())
    assert (facts.paused_at is not None) == (stage == "suspended") or stage == "withdrawn"


def check_step(move: str, actor: Actor, before: Matter, after: Matter) -> None:
    """What no single move does."""
    old, new = before.facts, after.facts
    if new.stage == "archived" != old.stage:
        assert old.stage in ("closed", "followed_up")
    if old.confidentiality == "accusation":
        assert new.confidentiality == "accusation"
        assert new.stage not in ("withdrawn",) or old.stage == new.stage
        assert move != "settle_on_spot"
    assert set(old.accused_units) <= set(new.accused_units)
    proposal = {"lapse": "correction", "confirm_guidance": "guidance", "suspend": "suspension"}.get(move, "")
    assert actor.account != old.pending.get(proposal, {}).get("by")
    if move == "close":
        assert actor.account != old.concluded_by
    if move in ("reopen", "decide_contest") and new.stage not in FINISHED:
        assert not old.bar


@settings(max_examples=25, deadline=None, database=None)
@given(st.integers(0, 2**32), st.sampled_from(MATTERS), st.sampled_from(sorted(SCHEMES)))
def test_no_order_of_moves_leaves_a_case_between_the_stages(seed: int, matter: dict[str, object], scheme: str) -> None:
    chance = Random(seed)
    case = Matter(**{"scheme": scheme, **matter})
    done: list[str] = []
    for _ in range(80):
        move = chance.choice(MOVES_FROM[Stage(case.stage)])
        if move in RARE and chance.random() < 0.85:
            continue
        actor = whoever_may(move, case, chance)
        before = Matter(clocks=case.facts.clocks)
        before.facts = replace(case.facts)
        try:
            case.move(move, actor, **inputs(move, chance, case))
        except Refused as refused:
            assert refused.code in CODES
            assert refused.sentence.endswith("。")
            assert case.facts == before.facts, "a refusal changes nothing"
        else:
            done.append(move)
            check_whole(case)
            check_step(move, actor, before, case)
        case.wait(hours=chance.choice((0, 1, 5, 200)))
