"""登记: a matter is typed once and gets its number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from onedoor.cases import references, secrets
from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.ledger import GENESIS, utc
from onedoor.cases.references import CategoryFacts, DivisionFacts
from onedoor.cases.schemes import choose
from onedoor.cases.steps import _once
from onedoor.cases.steps._clocks import TIMES, start_clock
from onedoor.cases.steps._reading import Asked, AskedParty, read_matter
from onedoor.cases.steps._record import add_event, flush
from onedoor.cases.steps._state import CaseState, Row
from onedoor.cases.steps._telling import tell_applicants
from onedoor.cases.steps.make_move import move_in_memory
from onedoor.rules.access import REGISTERS, Actor, Confidentiality
from onedoor.rules.facts import PersonFacts, UnitFacts
from onedoor.rules.intake import Registration, check_registration
from onedoor.rules.numbers import make_number
from onedoor.rules.refusal import NOT_ALLOWED, Refused, invalid


@dataclass(frozen=True, slots=True)
class Registered:
    """The new case, or the earlier one of the same key (`again`)."""

    number: str
    state: CaseState | None
    receipt_code: str
    again: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What a room writes in the same transaction as the case. `asked` is what the client's key stands for besides
    the matter."""

    asked: Mapping[str, str]
    write: Callable[[CaseState], None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a registration refers to, resolved."""

    category: CategoryFacts
    division: DivisionFacts
    centre: UnitFacts
    units_by_name: Mapping[str, UnitFacts]
    county: str
    confidential: Sequence[PersonFacts]
    helper: int | None = None  # the account of who helped to hand it in


def register(
    *,
    actor: Actor,
    at: datetime,
    raw: Mapping[str, Any],
    key: str | None = None,
    beside: Beside | None = None,
    settle: Mapping[str, Any] | None = None,
    notice: str = "",
    hidden: bool = False,
) -> Registered:
    """Registers one matter in one transaction. `raw` is the body of POST /cases; `key` makes it repeatable. With
    `settle`, what `settle_on_spot` takes, it is settled in the same breath: both or neither.
    `notice`: the version of the statement of use that the applicant has agreed to.
    `hidden`: the handling unit does not learn who has reported it."""
    if actor.role not in REGISTERS:
        raise Refused(NOT_ALLOWED, "您的岗位不能登记事项。")
    at = utc(at)
    asked = read_matter(raw, today=at.astimezone(ZONE).date())
    found = surroundings(asked, actor, at)
    number = reserve_numbers(found.county, at, 1)[0]
    with transaction.atomic(durable=True):
        if key is not None:
            also = {"settle": settle} if settle else {}
            content = _once.digest({**raw, **(beside.asked if beside else {}), **also})
            earlier = _once.seen_before(account=actor.account, key=key, content=content, number=number)
            if earlier is not None:
                return Registered(earlier, None, "", again=True)
        state = draft(asked, found, number=number, actor=actor, at=at, recorded_at=at, notice=notice, hidden=hidden)
        if settle:
            move_in_memory(state, "settle_on_spot", settle, None, (actor,), at=at, recorded_at=at)
        flush([state])
        if beside is not None:
            beside.write(state)
    return Registered(number, state, secrets.receipt_code(str(state.case["id"])), again=False)


def surroundings(asked: Asked, actor: Actor, at: datetime) -> Surroundings:
    """Resolves what the matter refers to; refuses what does not exist."""
    check_registration(registration_of(asked, at), at)
    # one statement: the category, the division asked for, the actor's own, and the tree's root, whose code
    # begins the number
    wanted = [asked.division] if asked.division else []
    categories, divisions = references.places([asked.category], wanted, [actor.division_path[0], actor.division])
    names = {party.name for party in asked.parties if party.kind == "organisation"}
    centres, named = references.centres_and_named(actor.division_path, names)
    return surroundings_among(asked, actor, categories, divisions, centres, named)


def surroundings_among(
    asked: Asked,
    actor: Actor,
    categories: Mapping[str, CategoryFacts],
    divisions: Mapping[str, DivisionFacts],
    centres: dict[int, UnitFacts],
    named: Mapping[str, UnitFacts],
) -> Surroundings:
    """The same, of a checked matter, for many at once: what may be referred to has been fetched. `divisions` holds the
    actor's own and the root too."""
    root, own = actor.division_path[0], actor.division
    category = categories.get(asked.category)
    if category is None or not category.active:
        raise invalid("category", "没有这个类别，请从目录中选择。")
    if not category.leaf:
        raise invalid("category", "请选择更具体的类别。")
    by_id = {division.id: division for division in divisions.values()}
    division = divisions.get(asked.division) if asked.division else by_id[own]
    if division is None:
        raise invalid("division", "没有这个区划。")
    centre = references.centre_for(actor.division_path, centres)
    if centre is None:
        raise Refused("not_ready", "您所在的区划还没有综治中心，请联系管理员设置。")
    county = by_id[root].code[:6].ljust(6, "0")
    confidential: Sequence[PersonFacts] = ()
    if asked.purpose == "accusation" or asked.confidential:
        confidential = references.confidential_persons(centre.id, actor)
    helper = references.person_in_office(asked.help_by) if asked.help else None
    if asked.help and helper is None:
        raise invalid("help_by", "没有这个工作人员，或已不在岗。")
    return Surroundings(category, division, centre, named, county, confidential, helper)


def reserve_numbers(county: str, at: datetime, count: int) -> list[str]:
    """Numbers of the day, each given out once. Committed by itself before the case is written, so that no
    registration waits for another; a number whose case then fails is lost, which is allowed."""
    day = at.astimezone(ZONE).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO serial (county, day, last) VALUES (%s, %s, %s)"
            " ON CONFLICT (county, day) DO UPDATE SET last = serial.last + excluded.last RETURNING last",
            [county, day, count],
        )
        row = cursor.fetchone()
    assert row is not None
    last = int(row[0])
    return [make_number(county, day, serial) for serial in range(last - count + 1, last + 1)]


def registration_of(asked: Asked, at: datetime) -> Registration:
    return Registration(
        kind=asked.kind,
        purpose=asked.purpose,
        channel=asked.channel,
        anonymous=asked.anonymous,
        confidential=asked.confidential,
        parts=tuple(party.part for party in asked.parties),
        occurred_at=asked.occurred_at,
        amount=asked.amount,
        people_involved=asked.people_involved,
        help=asked.help,
        help_by=asked.help_by,
        help_consent=asked.help_consent,
        letter_day=asked.letter_day,
        today=at.astimezone(ZONE).date(),
        proxy_seen=asked.proxy_seen,
    )


def draft(
    asked: Asked,
    found: Surroundings,
    *,
    number: str,
    actor: Actor,
    at: datetime,
    recorded_at: datetime,
    notice: str = "",
    hidden: bool = False,
    papers: Sequence[Row] = (),
) -> CaseState:
    """The new case in memory, with its first event; nothing is written yet. `papers`: rows of attachments that come
    with it, without their `case_id`; their bytes are in the store."""
    confidentiality = check_registration(registration_of(asked, at), at)
    case_id = new_id()
    respondents = {
        found.units_by_name[party.name].id
        for party in asked.parties
        if party.part == "respondent" and party.name in found.units_by_name
    }
    accused = sorted(respondents) if confidentiality == Confidentiality.ACCUSATION else []
    named = _named(asked, found, confidentiality, accused)
    terms, choice = choose(
        {
            "kind": asked.kind,
            "purpose": asked.purpose,
            "channel": asked.channel,
            "category": found.category.code,
            "track": asked.track,
            "urgent": asked.urgent,
            "path": found.centre.division_path,
        }
    )
    case: Row = {
        "id": case_id,
        "number": number,
        "county": found.county,
        "recorded_at": recorded_at,
        "registered_at": at,
        "version": 1,
        "head": GENESIS,
        "stage": "registered",
        "stage_since": at,
        "title": asked.title,
        "kind": asked.kind,
        "purpose": asked.purpose,
        "category_id": found.category.id,
        "channel": asked.channel,
        "scheme": terms.code,
        "urgent": asked.urgent,
        "someone_hurt": asked.someone_hurt,
        "anonymous": asked.anonymous,
        "confidentiality": confidentiality,
        "named": named,
        "accused_units": accused,
        "division_id": found.division.id,
        "division_path": list(found.division.path),
        "address": asked.address,
        "lon": asked.lon,
        "lat": asked.lat,
        "occurred_at": asked.occurred_at,
        "amount": asked.amount,
        "people_involved": asked.people_involved,
        "receiving_centre_id": found.centre.id,
        "receiving_path": list(found.centre.division_path),
        "present_centre_id": found.centre.id,
        "present_path": list(found.centre.division_path),
        "sent_down_from_id": None,
        "lead_unit_id": None,
        "creator_id": actor.account or None,
        "outcome": "",
        "bar": "",
        "settled_on_spot": False,
        "merged_into_id": None,
        "pending": {},
        "accepted_at": None,
        "concluded_at": None,
        "concluded_by": None,
        "closed_at": None,
        "served_at": None,
        "followed_up_at": None,
        "archived_at": None,
        "withdrawn_at": None,
        "paused_at": None,
        # by the id's last byte, not by chance: whoever reads the rule can recompute it
        "sampled": case_id.bytes[-1] * 100 < settings.FOLLOW_UP_SHARE * 256,
        "satisfied": None,
        "warn_at": None,
        "due_at": None,
        "track": asked.track,
        "scheme_version": terms.version,
        "paused_until": None,
        "red_at": None,
        "mediation": {},
        "counted": 0,
        "counted_until": None,
    }
    state = CaseState(case, is_new=True, names=[_names(found)])
    state.add("case", case)
    touched = {("case", case_id): case}
    for place, party in enumerate(asked.parties):
        row = _party(case_id, place, party, found)
        state.parties.append(row)
        state.add("party", row)
        touched["party", row["id"]] = row
    statement: Row = {
        "id": new_id(),
        "case_id": case_id,
        "seq": 1,
        "assignment": None,
        "kind": "narrative",
        "text": asked.narrative,
        "author": actor.account or None,
        "at": at,
        "salt": secrets.salt(),
        "erased_at": None,
    }
    state.add("statement", statement)
    state.said.append(statement)
    touched["statement", statement["id"]] = statement
    for system, external in asked.external_numbers:
        row = {"id": new_id(), "case_id": case_id, "system": system, "number": external}
        state.add("external_number", row)
        state.numbers.append(row)
        touched["external_number", row["id"]] = row
    for paper in papers:
        row = {**paper, "case_id": case_id}
        state.add("attachment", row)
        state.files.append(row)
        touched["attachment", row["id"]] = row
    clock = start_clock(state, "accept", None, at)
    if clock is not None:
        touched["clock", clock["id"]] = clock
        case |= {name: clock[name] for name in TIMES}
    # which rule led to which scheme, how and by whom the applicant was helped, the day on his letter, that what was
    # written down was read to him, to which statement of use he agreed
    codes: dict[str, object] = {
        "scheme": terms.code,
        "rule": choice.why,
        "help": asked.help or None,
        "help_by": found.helper,
        "help_consent": (asked.help_consent if asked.help else None) or None,
        "letter_day": asked.letter_day.isoformat() if asked.letter_day else None,
        "read_back": asked.read_back or None,
        "proxy_seen": asked.proxy_seen or None,
        "notice": notice or None,
        "hidden": hidden or None,
    }
    add_event(
        state, "register", touched, {name: code for name, code in codes.items() if code},
        actor=actor, at=at, recorded_at=recorded_at,
    )  # fmt: skip
    tell_applicants(state, "register", {}, recorded_at)
    return state


def _names(found: Surroundings) -> Row:
    return {
        "category": found.category.code,
        "category_name": found.category.name,
        "division": found.division.code,
        "division_name": found.division.name,
        "receiving_centre": found.centre.code,
        "receiving_centre_name": found.centre.name,
        "present_centre": found.centre.code,
        "present_centre_name": found.centre.name,
    }


def _named(asked: Asked, found: Surroundings, confidentiality: str, accused: Sequence[int]) -> list[int]:
    """Who may know of a confidential matter: nobody of an accused unit, nobody who bears an accused name."""
    if confidentiality == Confidentiality.ORDINARY:
        return []
    others = {party.name for party in asked.parties if party.part == "respondent"}
    named = sorted(
        person.account
        for person in found.confidential
        if not set(person.units) & set(accused) and person.name not in others
    )
    if not named:
        raise Refused(NOT_ALLOWED, "被检举控告的是本中心或本中心人员，请向上级中心登记。")
    return named


def _party(case_id: object, place: int, party: AskedParty, found: Surroundings) -> Row:
    unit = found.units_by_name.get(party.name) if party.kind == "organisation" else None
    return {
        "id": new_id(),
        "case_id": case_id,
        "place": place,
        "part": party.part,
        "kind": party.kind,
        "name": party.name,
        "unit_id": unit.id if unit else None,
        "id_number": secrets.encrypt(party.id_number, about="party.id_number"),
        "id_number_index": secrets.blind_index(party.id_number, about="id_number"),
        "phone": secrets.encrypt(party.phone, about="party.phone"),
        "phone_index": secrets.blind_index(party.phone, about="phone"),
        "address": secrets.encrypt(party.address, about="party.address"),
        "safe_contact": party.safe_contact,
        "settled_amount": None,
        "confirmed_at": None,
        "salt": secrets.salt(),
        "erased_at": None,
        "contact": party.contact,
    }
