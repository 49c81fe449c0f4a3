"""One row of a ledger becomes a case with its whole life, by the same rules as a click."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from onedoor.cases import references
from onedoor.cases.sql import rows
from onedoor.cases.steps._clocks import ZONE
from onedoor.cases.steps._reading import Asked, read_matter
from onedoor.cases.steps._record import apply
from onedoor.cases.steps._state import CaseState
from onedoor.cases.steps.register import Surroundings, draft, surroundings
from onedoor.exchange.ledger_file import BadCell, LedgerRow
from onedoor.exchange.mapping import ColumnMap, Unusable
from onedoor.people.tokens import signed_in_as
from onedoor.rules import identity
from onedoor.rules.access import Actor, Role
from onedoor.rules.decide import decide
from onedoor.rules.facts import Inputs, UnitFacts
from onedoor.rules.refusal import Refused


@dataclass(slots=True)
class Cast:
    """Who acts in the imported lives: people of the centre, and one of the unit that answered."""

    registrar: Actor
    dispatcher: Actor | None = None
    closer: Actor | None = None
    handler: Actor | None = None
    unit: UnitFacts | None = None
    places: dict[str, Surroundings] = field(default_factory=dict)


def find_cast(columns: ColumnMap, username: str = "") -> Cast:
    """Active accounts with the posts that a life needs; says in a sentence which one is missing."""
    registrar = _actor((Role.CLERK, Role.DISPATCHER), username=username)
    if registrar is None:
        raise Unusable(f"账号 {username} 没有登记事项的岗位。" if username else "还没有窗口受理员或分流专员的账号。")
    cast = Cast(registrar)
    if "answer" not in columns.columns:
        return cast
    code = str(columns.defaults.get("unit", ""))
    cast.unit = references.units_by_code([code]).get(code) if code else None
    if cast.unit is None:
        raise Unusable(f"没有承办单位 {code or '（未填）'}，请在对照表 defaults.unit 中写明单位代码。")
    centre = registrar.unit
    cast.dispatcher = _actor((Role.DISPATCHER,), unit=centre)
    cast.closer = _actor((Role.SUPERVISOR, Role.DIRECTOR), unit=centre)
    cast.handler = _actor((Role.HANDLER, Role.UNIT_LEAD), unit=cast.unit.id)
    if cast.dispatcher is None or cast.closer is None:
        raise Unusable("本中心还缺分流专员，或缺督办员（中心主任），不能导入已答复的事项。")
    if cast.handler is None:
        # The unit's own person is not known to the ledger; an answer still needs somebody of that unit.
        raise Unusable(f"{cast.unit.name}还没有经办人账号，请先由管理员建立。")
    return cast


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


def matter_of(row: LedgerRow, columns: ColumnMap, now: datetime) -> tuple[Asked, datetime]:
    """The matter that a row tells of, and when it was handed in; refuses with the faulty field."""
    at = row.instant("registered_at")
    if at is None:
        raise BadCell("registered_at", "没有登记时间。")
    if at > now:
        raise BadCell("registered_at", "登记时间在将来。")
    number = row.text("external_number")
    if not number:
        raise BadCell("external_number", "没有编号，无法判断是否重复。")
    defaults = columns.defaults
    raw: dict[str, Any] = {
        name: defaults[name] for name in ("channel", "kind", "purpose", "division", "anonymous") if name in defaults
    }
    word = row.text("category")
    category = columns.categories.get(word, word) if word else ""
    name = row.text("applicant")
    party = {"part": "applicant", "kind": "person", "name": name}
    party |= {key: row.text(key) for key in ("phone", "id_number") if row.text(key)}
    if not name:
        raw["anonymous"] = True
    raw |= {
        "category": category or defaults.get("category", ""),
        "title": identity.check_text(row.text("title"), most=200, field="title", label="标题", required=False),
        "narrative": row.text("narrative"),
        "address": row.text("address"),
        "parties": [party] if name else [],
        "external_numbers": [{"system": columns.system, "number": number}],
    }
    return read_matter(raw, today=now.astimezone(ZONE).date()), at


def life_of(
    row: LedgerRow, asked: Asked, at: datetime, cast: Cast, columns: ColumnMap, *, number: str, now: datetime
) -> CaseState:
    """The case in memory with all its events: registered, and where there is a reply, accepted, dispatched,
    signed, concluded with it, and closed.

    The ledger tells when the message came and when the reply went. What it does not tell stays empty in the
    record (`accepted_at`, `signed_at`, `closed_at`), and the event says that its time is unknown.
    """
    found = cast.places.get(asked.category)
    if found is None:
        found = cast.places[asked.category] = surroundings(asked, cast.registrar, at)
    state = draft(asked, found, number=number, actor=cast.registrar, at=at, recorded_at=now)
    answer = row.text("answer")
    if not answer:
        return state
    answered_at = row.instant("concluded_at", end_of_day=True)
    if answered_at is None:
        raise BadCell("concluded_at", "有答复但没有答复时间。")
    if answered_at < at:
        raise BadCell("concluded_at", "答复时间早于登记时间。")
    if answered_at > now:
        raise BadCell("concluded_at", "答复时间在将来。")
    answer = identity.check_text(answer, most=identity.MOST_NARRATIVE, field="answer", label="答复意见")
    assert cast.unit and cast.dispatcher and cast.handler and cast.closer, "find_cast found them"
    step = partial(_step, state, now)
    step("accept", cast.registrar, at, Inputs(), (), unknown=("accepted_at",))
    step("dispatch", cast.dispatcher, at, Inputs(unit=cast.unit), ("unit",), unknown=())
    step("sign", cast.handler, at, Inputs(), (), unknown=("signed_at",))
    outcome = str(columns.defaults.get("outcome", "answered"))
    step("conclude", cast.handler, answered_at, Inputs(outcome=outcome, answer=answer), ("outcome", "answer"))
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


def fault_of(error: Refused | BadCell) -> list[tuple[str, str]]:
    """(our field, sentence) of each fault of a row."""
    if isinstance(error, BadCell):
        return [(error.column, error.sentence)]
    ours = {"parties.0.name": "applicant", "parties.0.phone": "phone", "parties.0.id_number": "id_number"}
    return [(ours.get(name, name), sentence) for name, sentence in error.fields.items()] or [("", error.sentence)]
