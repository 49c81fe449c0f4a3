"""A message becomes a case with its whole life, by the same rules as a click."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from onedoor.cases import references
from onedoor.cases.sql import rows
from onedoor.cases.steps._reading import Asked
from onedoor.cases.steps._record import apply
from onedoor.cases.steps._state import CaseState
from onedoor.cases.steps.register import Surroundings, draft, surroundings
from onedoor.exchange.ledger_file import BadRow
from onedoor.exchange.mapping import ColumnMap, Unusable
from onedoor.exchange.messages import Message
from onedoor.people.tokens import signed_in_as
from onedoor.rules.access import Actor, Role
from onedoor.rules.decide import decide
from onedoor.rules.facts import Inputs, UnitFacts
from onedoor.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class Answering:
    """A unit that answers, and who signs and concludes there."""

    unit: UnitFacts
    handler: Actor


@dataclass(slots=True)
class Cast:
    """Who acts in the imported lives: people of the centre, and of the units that answered. `places` and
    `answering` remember what has been looked up, the refusals too."""

    registrar: Actor
    dispatcher: Actor | None = None
    closer: Actor | None = None
    places: dict[str, Surroundings | Refused] = field(default_factory=dict)
    answering: dict[str, Answering | str] = field(default_factory=dict)

    def surroundings(self, asked: Asked, at: datetime) -> Surroundings:
        """What the matter refers to; only the category differs from row to row."""
        if asked.category not in self.places:
            try:
                self.places[asked.category] = surroundings(asked, self.registrar, at)
            except Refused as refused:
                self.places[asked.category] = refused
        found = self.places[asked.category]
        if isinstance(found, Refused):
            # a new one each time: an exception raised again and again keeps the frames of every time
            raise Refused(found.code, found.sentence, found.fields)
        return found

    def unit(self, word: str) -> Answering | str:
        """The unit of that code or name with its person, or the sentence that says what is missing."""
        if word not in self.answering:
            self.answering[word] = _answering(word)
        return self.answering[word]


def find_cast(columns: ColumnMap, username: str = "") -> Cast:
    """Active accounts with the posts that a life needs; says in a sentence which one is missing."""
    registrar = _actor((Role.CLERK, Role.DISPATCHER), username=username)
    if registrar is None:
        raise Unusable(f"账号 {username} 没有登记事项的岗位。" if username else "还没有窗口受理员或分流专员的账号。")
    cast = Cast(registrar)
    if "answer" not in columns.columns:
        return cast
    code = str(columns.defaults.get("unit", ""))
    if code or "unit" not in columns.columns:
        found = cast.unit(code)
        if isinstance(found, str):
            raise Unusable(f"{found}请检查对照表 defaults.unit。")
    centre = registrar.unit
    cast.dispatcher = _actor((Role.DISPATCHER,), unit=centre)
    cast.closer = _actor((Role.SUPERVISOR, Role.DIRECTOR), unit=centre)
    missing = [name for name, who in (("分流专员", cast.dispatcher), ("督办员或中心主任", cast.closer)) if who is None]
    if missing:
        raise Unusable(f"登记人所在的中心还缺{'、'.join(missing)}，不能导入已答复的事项。")
    return cast


def _answering(word: str) -> Answering | str:
    if not word:
        return "没有写明承办单位。"
    unit = references.units_by_code([word]).get(word) or references.centres_and_named((), {word})[1].get(word)
    if unit is None:
        return f"没有承办单位“{word[:40]}”。"
    # The ledger does not tell who it was; an answer still needs somebody of that unit.
    handler = _actor((Role.HANDLER, Role.UNIT_LEAD, Role.MEDIATOR), unit=unit.id)
    return Answering(unit, handler) if handler else f"{unit.name}还没有经办人账号，请先由管理员建立。"


def _actor(roles: tuple[str, ...], *, username: str = "", unit: int | None = None) -> Actor | None:
    condition = "p.role = ANY(%s) AND (%s = '' OR a.username = %s) AND (%s::bigint IS NULL OR p.unit_id = %s)"
    found = rows(
        "SELECT a.id, p.id AS post FROM people_post p JOIN people_account a ON a.id = p.account_id"
        " JOIN people_unit u ON u.id = p.unit_id AND u.active JOIN people_division d ON d.id = p.division_id"
        f" WHERE p.active AND a.is_active AND {condition}"
        " ORDER BY jsonb_array_length(d.path), array_position(%s::text[], p.role::text), p.id LIMIT 1",
        [list(roles), username, username, unit, unit, list(roles)],
    )
    if not found:
        return None
    signed = signed_in_as(found[0]["id"])
    return next((one for one in signed.actors if one.post == found[0]["post"]), None) if signed else None


def life_of(message: Message, cast: Cast, *, number: str, now: datetime) -> CaseState:
    """The case in memory with all its events: registered, and where there is a reply, accepted, dispatched,
    signed, concluded with it, and closed.

    The ledger tells when the message came and when the reply went. What it does not tell stays empty in the
    record (`accepted_at`, `signed_at`, `closed_at`), and the event says that its time is unknown.
    """
    at, answered_at = message.at, message.answered_at
    found = cast.surroundings(message.asked, at)
    state = draft(message.asked, found, number=number, actor=cast.registrar, at=at, recorded_at=now)
    if answered_at is None:
        return state
    answering = cast.unit(message.unit)
    if isinstance(answering, str):
        raise BadRow({"unit": answering})
    assert cast.dispatcher and cast.closer, "find_cast found them"
    unit, handler = answering.unit, answering.handler
    take = Inputs(outcome=message.outcome, answer=message.answer)
    step = partial(_step, state, now)
    step("accept", cast.registrar, at, Inputs(), (), unknown=("accepted_at",))
    step("dispatch", cast.dispatcher, at, Inputs(unit=unit), ("unit",), unknown=())
    step("sign", handler, at, Inputs(), (), unknown=("signed_at",))
    step("conclude", handler, answered_at, take, ("outcome", "answer"))
    step("close", cast.closer, answered_at, Inputs(), (), unknown=("closed_at",))
    # nobody is to be told today of what happened years ago
    state.new.pop("notice", None)
    return state


def _step(
    state: CaseState,
    now: datetime,
    move: str,
    actor: Actor,
    at: datetime,
    take: Inputs,
    given: tuple[str, ...],
    *,
    unknown: tuple[str, ...] | None = None,
) -> None:
    decision = decide(move, state.facts(), actor, at, take, frozenset(given))
    if unknown is not None:
        decision.codes["unknown_time"] = True
        for columns in (decision.case, *decision.parts.values()):
            columns.update({column: None for column in unknown if column in columns})
    apply(state, move, decision, actor=actor, at=at, recorded_at=now)
