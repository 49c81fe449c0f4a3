"""制作文书: number, content and digest become part of the record, in one transaction with the event."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import case_for, not_found
from onedoor.cases.secrets import salt
from onedoor.cases.sql import rows
from onedoor.cases.steps import _once
from onedoor.cases.steps._record import add_event, flush
from onedoor.cases.steps._state import CaseState, Row, load
from onedoor.papers.facts import PaperFacts, facts_of
from onedoor.papers.forms import FORMS, Form
from onedoor.papers.keeping import store, to_content
from onedoor.papers.model import Document
from onedoor.papers.wording import issuer_of, make, wording_of
from onedoor.people.access_log import log_access
from onedoor.rules.access import Actor, Role, Viewer
from onedoor.rules.identity import check_text
from onedoor.rules.refusal import INVALID, NOT_ALLOWED, NOT_FOUND, NOT_READY, Refused, invalid

MAKES = frozenset({Role.CLERK, Role.DISPATCHER, Role.HANDLER, Role.UNIT_LEAD, Role.MEDIATOR, Role.SUPERVISOR})
_WHOSE = {
    "centre": "《{}》由中心制作。",
    "lead": "《{}》由主办单位、主持调解的组织或者中心制作；协办单位请用协作联系的方式提供材料。",
}
MOST = {False: 300, True: 10_000}  # characters of an answer, by whether it is a long one


def maker(actors: tuple[Actor, ...]) -> Actor:
    """The post from which papers are made; refuses whoever only reads."""
    found = next((one for one in actors if one.role in MAKES), None)
    if found is None:
        raise Refused(NOT_ALLOWED, "您的岗位不能制作文书。")
    return found


def maker_of(form: Form, actors: tuple[Actor, ...], state: CaseState, facts: PaperFacts) -> Actor | None:
    """The post from which that form may be made of that case: see `Form.made_by`."""
    return next((one for one in actors if one.role in MAKES and _stands(form, one, state, facts)), None)


def _stands(form: Form, actor: Actor, state: CaseState, facts: PaperFacts) -> bool:
    if form.made_by == "any" or actor.unit in (state.case["present_centre_id"], state.case["receiving_centre_id"]):
        return True
    if form.made_by == "centre":
        return False
    mediation = facts.mediation or {"unit_id": 0, "mediators": ()}
    return actor.unit in (facts.unit_id, mediation["unit_id"]) or actor.account in mediation["mediators"]


def read_answers(form: str, raw: Mapping[str, str]) -> dict[str, str]:
    """What the form asks for, clean; or a refusal that names every fault. An unknown form is not found. Whether a
    choice was among those offered is for `check_choices`."""
    if form not in FORMS:
        raise Refused(NOT_FOUND, "没有这种文书。")
    given: dict[str, str] = {}
    faults: dict[str, str] = {}
    for ask in FORMS[form].asks:
        try:
            given[ask.name] = check_text(
                raw.get(ask.name, ""), most=MOST[ask.long], field=ask.name, label=ask.label, required=ask.required
            )
        except Refused as refused:
            faults |= refused.fields
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return given


def check_choices(form: Form, facts: PaperFacts, given: Mapping[str, str]) -> None:
    """Refuses what was not among the choices."""
    faults = {
        ask.name: f"请选择{ask.label}。"
        for ask in form.asks
        if ask.options and given[ask.name] and given[ask.name] not in dict(ask.options(facts))
    }
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)


def issue(
    *, viewer: Viewer, actors: tuple[Actor, ...], number: str, form: str, raw: Mapping[str, str], at: datetime,
    key: str | None = None, replaces: str = "",
) -> str:  # fmt: skip
    """Makes a paper; its id. `replaces` names the one of the same form of which it is the next version; without it a
    form of which there may be several gives another one, and any other form its next version. Personal data stand on
    it in full, and that is logged."""
    actor, given, at = maker(actors), read_answers(form, raw), utc(at)
    with transaction.atomic(durable=True):
        state = load(case_for(viewer, number, lock=True))
        if not state.seen_by(viewer):
            raise not_found()
        if not viewer.unmasks:
            raise Refused(NOT_ALLOWED, "文书含完整的个人信息，您的岗位不能制作。")
        number = state.case["number"]
        earlier = rows(
            "SELECT id, piece, version FROM paper WHERE case_id = %s AND form = %s ORDER BY made_at DESC, id DESC",
            [state.case["id"], form],
        )
        made = uuid5(state.case["id"], f"paper:{actor.account}:{key}") if key is not None else new_id()
        if key is not None:
            content = _once.digest([number, form, replaces, dict(given)])
            if _once.seen_before(account=actor.account, key=key, content=content, number=number) is not None:
                return str(made)
        piece, version = _place(FORMS[form], earlier, replaces)
        facts = facts_of(viewer, state, at, full=True)
        found = maker_of(FORMS[form], actors, state, facts)
        if found is None:
            raise Refused(NOT_ALLOWED, _WHOSE[FORMS[form].made_by].format(FORMS[form].title(facts)))
        if why := FORMS[form].refusal(facts):
            raise Refused(NOT_READY, why)
        check_choices(FORMS[form], facts, given)
        own = wording_of(FORMS[form], facts)
        word = own.word or FORMS[form].word
        serial = _number(issuer_of(FORMS[form], facts).unit, word, facts.today.year) if word else ""
        document = make(FORMS[form], facts, given, own, serial)
        row = {**_row(state, form, document, serial, (piece, version), found, at), "id": made}
        _add(state, row, found, at, {"form": form, "piece": piece, "version": version, "number": serial})
        log_access(action="paper", account=viewer.account, subject=number, county=state.case["county"])
    return str(row["id"])


def _place(form: Form, earlier: list[Row], replaces: str) -> tuple[int, int]:
    """Which piece and version comes next."""
    if replaces:
        found = next((row for row in earlier if str(row["id"]) == replaces), None)
        if found is None:
            raise Refused(NOT_FOUND, "没有找到要替换的文书。")
        piece = int(found["piece"])
    elif form.many:
        piece = max((int(row["piece"]) for row in earlier), default=0) + 1
    else:
        piece = 1
    return piece, max((int(row["version"]) for row in earlier if row["piece"] == piece), default=0) + 1


def _number(unit: int, word: str, year: int) -> str:
    """澜平县综治中心协〔2026〕3号: by whose it is, word and year, without a gap: the serial is written with the
    paper."""
    short = rows("SELECT short_name, name FROM people_unit WHERE id = %s", [unit])[0]
    prefix = f"{short['short_name'] or short['name'][:20]}{word}"
    last = rows(
        "INSERT INTO paper_number (prefix, year, last) VALUES (%s, %s, 1)"
        " ON CONFLICT (prefix, year) DO UPDATE SET last = paper_number.last + 1 RETURNING last",
        [prefix, year],
    )[0]["last"]
    return f"{prefix}〔{year}〕{last}号"


def _row(
    state: CaseState, form: str, document: Document, serial: str, place: tuple[int, int], actor: Actor, at: datetime
) -> Row:
    return {
        "case_id": state.case["id"],
        "form": form,
        "number": serial,
        "piece": place[0],
        "version": place[1],
        "content": to_content(document),
        **store(document),
        "made_at": at,
        "made_by": actor.account,
        "withdrawn_at": None,
        "withdrawn_why": "",
        "salt": salt(),
        "erased_at": None,
    }


def _add(state: CaseState, row: Row, actor: Actor, at: datetime, codes: dict[str, object]) -> None:
    state.add("paper", row)
    state.change("case", state.case, {"version": state.case["version"] + 1})
    touched = {("paper", row["id"]): row, ("case", state.case["id"]): state.case}
    add_event(state, "paper", touched, codes, actor=actor, at=at, recorded_at=at)
    flush([state])


def withdraw_paper(
    *, viewer: Viewer, actors: tuple[Actor, ...], number: str, paper: str, reason: str, at: datetime
) -> None:
    """作废: it stays in the record, marked; the number is not given again."""
    actor, at = maker(actors), utc(at)
    reason = check_text(reason, most=200, field="reason", label="原因", required=True)
    with transaction.atomic(durable=True):
        state = load(case_for(viewer, number, lock=True))
        if not state.seen_by(viewer):
            raise not_found()
        row = paper_row(state.case["id"], paper)
        if row["withdrawn_at"] is not None:
            raise invalid("reason", "这份文书已经作废。")
        _its_own(actor, row, state)
        state.change_beside("paper", row, {"withdrawn_at": at, "withdrawn_why": reason})
        state.change("case", state.case, {"version": state.case["version"] + 1})
        touched = {("paper", row["id"]): row, ("case", state.case["id"]): state.case}
        add_event(state, "withdraw_paper", touched, {"form": row["form"]}, actor=actor, at=at, recorded_at=at)
        flush([state])


def _its_own(actor: Actor, row: Row, state: CaseState) -> None:
    """Void is for who has made it, his unit, and the centre that has the matter; not for another unit with a part."""
    if actor.account == row["made_by"] or actor.unit == state.case["present_centre_id"]:
        return
    held = rows(
        "SELECT 1 AS one FROM people_post WHERE account_id = %s AND unit_id = %s LIMIT 1", [row["made_by"], actor.unit]
    )
    if not held:
        raise Refused(NOT_ALLOWED, "这份文书由制作它的单位或者中心作废。")


def paper_row(case_id: UUID, paper: str) -> Row:
    """One paper of that case, with its content; not found else."""
    found = rows(
        "SELECT id, case_id, form, number, version, content::json AS content, sha256, made_at, made_by, withdrawn_at,"
        " withdrawn_why, salt, erased_at, piece, docx_sha256 FROM paper WHERE case_id = %s AND id::text = %s",
        [case_id, paper],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有找到这份文书。")
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in found[0].items()}
