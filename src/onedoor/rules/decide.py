"""From a move's name to the rule that decides it."""

from collections.abc import Callable
from datetime import datetime

from onedoor.rules import (
    archive,
    closing,
    dispatch,
    flow,
    follow_up,
    handling,
    intake,
    performance,
    signing,
    supervision,
)
from onedoor.rules.access import Actor
from onedoor.rules.facts import CaseFacts, Decision, Inputs

Rule = Callable[[CaseFacts, Actor, datetime, Inputs], Decision]


def _rule(name: str) -> Rule:
    for module in (intake, dispatch, signing, handling, closing, follow_up, performance, archive, supervision):
        rule = getattr(module, name, None)
        # a name imported into a rule file is not that file's rule
        if callable(rule) and getattr(rule, "__module__", "") == module.__name__:
            return rule  # type: ignore[no-any-return]
    raise LookupError(f"no rule for the move {name}")


RULES: dict[str, Rule] = {name: _rule(name) for name in flow.FLOW}


def decide(move: str, facts: CaseFacts, actor: Actor, at: datetime, take: Inputs, given: frozenset[str]) -> Decision:
    """The decision on a move: stage, role, place, needs, inputs, then the rule itself; or `Refused`."""
    line = flow.FLOW[move]
    flow.check_move(line, facts, actor, at)
    flow.check_inputs(line, given)
    decision = RULES[move](facts, actor, at, take)
    flow.check_target(line, facts.stage, decision.stage)
    return decision
