"""One step for every move of FLOW: lock, facts, decide, write."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from onedoor.cases import references, secrets
from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import case_for, lock_in_order, not_found
from onedoor.cases.sql import rows
from onedoor.cases.steps import _once
from onedoor.cases.steps._inputs import read_inputs
from onedoor.cases.steps._record import apply, flush
from onedoor.cases.steps._state import CaseState, load
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.decide import decide
from onedoor.rules.facts import CaseFacts, Decision, Inputs, UnitFacts
from onedoor.rules.flow import FLOW, STAGE_NAMES, Move, check_inputs, check_move
from onedoor.rules.numbers import parse_number
from onedoor.rules.refusal import INVALID, NOT_FOUND, NOT_READY, STALE_VERSION, Refused, invalid
from onedoor.rules.sweeping import OF_THE_CLOCK

Given = Mapping[str, Any]


def make_move(
    *,
    viewer: Viewer,
    actors: tuple[Actor, ...],
    number: str,
    move: str,
    at: datetime,
    raw: Given,
    key: str | None = None,
    version: int | None = None,
) -> CaseState:
    """Makes one move on one case; see `make_moves`."""
    return make_moves(
        viewer=viewer, actors=actors, number=number, moves=((move, raw),), at=at, key=key, version=version
    )


def make_moves(
    *,
    viewer: Viewer,
    actors: tuple[Actor, ...],
    number: str,
    moves: Sequence[tuple[str, Given]],
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> CaseState:
    """Makes moves that follow each other (受理并分流) on one case, in one transaction: all of them or none.
    Returns the case as it then stands.

    `actors` are the posts the person may act from: for each move the first that fits is taken, and where none
    fits the refusal is that of the best one. `version` is the version the person saw; an older one is refused.
    With `key` a repeated request changes nothing and returns the case as it is.
    """
    if any(move not in FLOW for move, _ in moves):
        raise Refused(NOT_FOUND, "没有这个办理动作。")
    if not actors:
        raise Refused("not_allowed", "您没有在任的岗位。")
    at = utc(at)
    wanted = [(move, {name: value for name, value in raw.items() if value is not None}) for move, raw in moves]
    with transaction.atomic(durable=True):
        row, other = _lock(viewer, number, next((given["into"] for _, given in wanted if given.get("into")), None))
        state = load(row)
        if not state.seen_by(viewer):  # access ended while this request waited for the lock
            raise not_found()
        if key is not None:
            content = _once.digest([row["number"], wanted, version])
            earlier = _once.seen_before(account=actors[0].account, key=key, content=content, number=row["number"])
            if earlier is not None:
                return state
        if version is not None and version != row["version"] and not _only_the_clock(row, version):
            raise Refused(
                STALE_VERSION,
                f"事项已被他人更新，现为“{STAGE_NAMES[row['stage']]}”，请刷新后重试。",
            )
        states = [state]
        for move, given in wanted:
            move_in_memory(state, move, given, other, actors, at=at, recorded_at=at)
        if other is not None and state.case["stage"] == "merged":
            states.append(other)
        flush(states)
    if state.is_renamed():
        state = load(dict(state.case))
    return state


def _only_the_clock(row: dict[str, Any], version: int) -> bool:
    """Whether since that version only lights have turned and dates were recomputed: no person changed anything, and
    whoever has the page open is not sent back for it."""
    found = rows(
        "SELECT count(*) FILTER (WHERE kind = ANY(%s)) AS own, count(*) AS n FROM event"
        " WHERE county = %s AND recorded_at >= %s AND case_id = %s AND seq > %s",
        [sorted(OF_THE_CLOCK), row["county"], row["recorded_at"], row["id"], version],
    )[0]
    return version < row["version"] and bool(found["own"] == found["n"])


def move_in_memory(
    state: CaseState,
    move: str,
    given: Given,
    other: CaseState | None,
    actors: tuple[Actor, ...],
    *,
    at: datetime,
    recorded_at: datetime,
) -> None:
    """Decides and applies one move; `flush` writes it. `other` is the case that `into` names."""
    facts = state.facts()
    actor = fitting(FLOW[move], facts, actors, at)
    names = frozenset(given)
    # the person first hears that the move is not his to make, then what is missing
    check_move(FLOW[move], facts, actor, at)
    check_inputs(FLOW[move], names)
    take = _complete(move, state, read_inputs(given), given, other, actor)
    decision = decide(move, facts, actor, at, take, names)
    if "category" in decision.case:
        decision.case["category"] = _category(str(decision.case["category"]))
    apply(state, move, decision, actor=actor, at=at, recorded_at=recorded_at)
    if other is not None and decision.stage == "merged":
        apply(other, "absorb", _absorbed(state, other), actor=actor, at=at, recorded_at=recorded_at)


def _lock(viewer: Viewer, number: str, wanted: object) -> tuple[dict[str, Any], CaseState | None]:
    if not wanted:
        return case_for(viewer, number, lock=True), None
    try:
        own, into = parse_number(number), parse_number(str(wanted))
    except Refused as refused:
        raise invalid("into", "并入的事项编号不对。") from refused
    locked = lock_in_order(viewer, [own, into])
    if own not in locked:
        raise not_found()
    if into not in locked:
        raise invalid("into", "没有找到并入的事项，或您无权查看。")
    return locked[own], load(locked[into])


def fitting(move: Move, facts: CaseFacts, actors: tuple[Actor, ...], at: datetime) -> Actor:
    """The post that may make the move; else the one whose refusal says most (not_ready before not_allowed)."""
    order = (NOT_READY, "wrong_stage", "not_your_move", "not_allowed")
    if len(actors) == 1:
        return actors[0]
    refusals: list[tuple[int, Actor]] = []
    for actor in actors:
        try:
            check_move(move, facts, actor, at)
        except Refused as refused:
            refusals.append((order.index(refused.code), actor))
        else:
            return actor
    return min(refusals, key=lambda one: one[0])[1]


def _complete(
    move: str,
    state: CaseState,
    take: Inputs,
    given: Mapping[str, Any],
    other: CaseState | None,
    actor: Actor,
) -> Inputs:
    """Adds what only the database knows: whether a proof holds, which centre is above, the case to merge into."""
    if take.proof and move in ("withdraw", "settle_on_spot"):
        take = replace(take, proof_holds=_proof_holds(state, take.proof, str(given.get("code", "")), actor))
    if other is not None:
        take = replace(take, into=other.as_target())
    if move == "send_up":
        take = replace(take, centre=_centre_above(state))
    elif move == "send_back_up":
        take = replace(take, centre=_centre(state.case["sent_down_from_id"]))
    return take


def _proof_holds(state: CaseState, proof: str, code: str, actor: Actor) -> bool:
    case = state.case
    if proof == "code":
        return secrets.receipt_code_holds(str(case["id"]), code)
    if proof == "signature":
        found = rows(
            "SELECT 1 AS one FROM attachment WHERE case_id = %s AND purpose = 'withdrawal' AND erased_at IS NULL",
            [case["id"]],
        )
        return bool(found)
    return proof == "callback" and actor.account != case["creator_id"]


def _centre_above(state: CaseState) -> UnitFacts | None:
    path = tuple(state.case["present_path"])
    centres, _ = references.centres_and_named(path[:-1], ())
    return references.centre_for(path[:-1], centres)


def _centre(unit: int) -> UnitFacts:
    code = rows("SELECT code FROM people_unit WHERE id = %s", [unit])[0]["code"]
    found = references.units_by_code([code]).get(code)
    if found is None:
        raise Refused(NOT_READY, "下交本事项的中心已停用，请用“上报”。")
    return found


def _category(code: str) -> int:
    categories, _ = references.places([code], [])
    category = categories.get(code)
    if category is None or not category.active or not category.leaf:
        raise Refused(INVALID, "没有这个类别。", {"value": "没有这个类别，请从目录中选择。"})
    return category.id


def _absorbed(state: CaseState, other: CaseState) -> Decision:
    """The case merged into keeps its stage; its own event names the other's number."""
    return Decision(other.case["stage"], codes={"from": state.case["number"]})
