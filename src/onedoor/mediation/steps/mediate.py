"""启动、意愿、材料、终止: the steps of a mediation as a whole."""

from collections.abc import Sequence
from typing import Any

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.sql import rows
from onedoor.cases.steps._state import Row
from onedoor.mediation.queries.harm import is_confidential, joint_sessions_stand_still
from onedoor.mediation.steps._act import Act, Who, acting, facts_of, words
from onedoor.mediation.steps._seats import leave_seats, take_seats, taken_is_told
from onedoor.rules import mediation as rules
from onedoor.rules import sessions as session_rules
from onedoor.rules.flow import Where, leads
from onedoor.rules.mediation import Consent, MediationFacts, Opening
from onedoor.rules.mediation_flow import MEDIATION_FLOW
from onedoor.rules.mediators import ON_CALL, MediatorFacts
from onedoor.rules.refusal import NOT_FOUND, NOT_YOUR_MOVE, Refused, invalid

MOST_TEXT = 2000
_MEDIATORS = """
    SELECT a.id, a.name, array_agg(p.unit_id) AS mediates_in, coalesce(max(m.most), 0) AS most,
           (SELECT array_agg(DISTINCT q.unit_id) FROM people_post q WHERE q.account_id = a.id AND q.active) AS units,
           coalesce(max(m.kind), '') AS kind,
           (SELECT count(*) FROM mediation k WHERE k.state IN ('asking', 'open')
               AND k.mediators @> to_jsonb(a.id)) AS running
      FROM people_account a
      JOIN people_post p ON p.account_id = a.id AND p.active AND p.role = 'mediator'
      LEFT JOIN mediation_mediator m ON m.account_id = a.id
     WHERE a.is_active AND coalesce(m.active, TRUE) AND a.id = ANY(%s)
     GROUP BY a.id
"""


def mediators_of(accounts: Sequence[int], unit: int) -> tuple[MediatorFacts, ...]:
    """In the order asked for; refuses who is no mediator, or not one of that unit nor on call for others."""
    found = {row["id"]: row for row in rows(_MEDIATORS, [list(accounts)])}
    if len(set(accounts)) != len(accounts):
        raise invalid("mediators", "同一名调解员不能选两次。")
    if any(account not in found for account in accounts):
        raise invalid("mediators", "没有这名调解员，或者已不在任。")
    for row in found.values():
        if unit not in row["mediates_in"] and row["kind"] not in ON_CALL:
            raise invalid("mediators", f"{row['name']}是其他调解组织的调解员，只在本组织调解。")
    return tuple(
        MediatorFacts(row["id"], row["name"], tuple(row["units"]), row["running"], row["most"])
        for row in (found[account] for account in accounts)
    )


def standing(act: Act) -> list[MediationFacts]:
    consents = act.rows_of("mediation_consent")
    return [facts_of(row, consents) for row in act.rows_of("mediation")]


def current(act: Act, key: str) -> tuple[Row, MediationFacts]:
    """The mediation that a form is about."""
    found = [row for row in act.rows_of("mediation") if str(row["id"]) == key]
    if not found:
        raise Refused(NOT_FOUND, "没有找到这次调解。")
    now = facts_of(found[0], act.rows_of("mediation_consent"))
    _check_his(act, now)
    return found[0], now


def _check_his(act: Act, now: MediationFacts) -> None:
    """A mediator of another organisation acts in the mediation that he was chosen for, not in the next one."""
    asked = MEDIATION_FLOW[act.move].who.get(act.actor.role) is Where.MEDIATES
    if asked and act.actor.account not in now.mediators and not leads(act.facts, act.actor):
        raise Refused(NOT_YOUR_MOVE, "您不是这次调解的调解员。")


def open_mediation(*, who: Who, raw: dict[str, Any]) -> str:
    """启动调解; its id. `raw`: kind, source, entrusted_by, entrusted_number, mediators (account ids), chosen,
    disclosure."""
    with acting("open_mediation", who, raw) as act:
        if act.again:
            return str(act.made)
        asked = Opening(
            kind=str(raw.get("kind", "")),
            source=str(raw.get("source", "")),
            entrusted_by=_line(raw, "entrusted_by", 60),
            entrusted_number=_line(raw, "entrusted_number", 60),
            mediators=mediators_of(raw.get("mediators", ()), act.actor.unit),
            chosen=bool(raw.get("chosen")),
            disclosure=_line(raw, "disclosure", 300),
            declared=bool(raw.get("declared")),
            nowhere_else=bool(raw.get("nowhere_else")),
        )
        decision = rules.open_mediation(act.facts, standing(act), asked, act.state.names[0]["category"])
        row = act.new(
            "mediation",
            {
                "id": act.made,
                "number": _number(act.actor.unit, act.at.astimezone(ZONE).year),
                "kind": asked.kind,
                "source": asked.source,
                "entrusted_by": asked.entrusted_by,
                "entrusted_number": asked.entrusted_number,
                "unit_id": act.actor.unit,
                "mediators": [one.account for one in asked.mediators],
                "chosen": asked.chosen,
                "disclosure": asked.disclosure,
                "state": "asking",
                "opened_at": act.at,
                "opened_by": act.actor.account,
                "materials_at": None,
                "returned_at": None,
                "ended_at": None,
                "ending": "",
                "ending_text": "",
                "routes": [],
                "mediators_since": None,
                "apart": _kept_apart(act),
            },
        )
        if asked.entrusted_number:
            _keep_number(act, asked.entrusted_by, asked.entrusted_number)
        decision.codes["mediation"] = str(row["id"])
        act.decision = decision
        return str(row["id"])


def _kept_apart(act: Act) -> bool:
    """What held for the last one holds for the next, whatever it was for; what was lifted there does not come back."""
    last = max(act.rows_of("mediation"), key=lambda one: (one["opened_at"], one["id"]), default=None)
    return bool(last and last["apart"]) or joint_sessions_stand_still(act.state.case["id"])


_LABELS = {
    "entrusted_by": "委派、委托或者移送的机关",
    "entrusted_number": "案号或者函号",
    "disclosure": "披露的内容",
    "reason": "理由",
    "note": "说明",
    "routes": "其他途径",
    "number": "案号",
}


def _line(raw: dict[str, Any], name: str, most: int) -> str:
    """Clean text on one line, or nothing."""
    return words(" ".join(str(raw.get(name) or "").split()), most=most, field=name, label=_LABELS[name])


def _number(unit: int, year: int) -> str:
    """（2026）敦联调字第7号: the organisation's own word, counted by year without a gap."""
    last = rows(
        "INSERT INTO mediation_serial (unit_id, year, last) VALUES (%s, %s, 1)"
        " ON CONFLICT (unit_id, year) DO UPDATE SET last = mediation_serial.last + 1 RETURNING last",
        [unit, year],
    )[0]["last"]
    word = rows(
        "SELECT coalesce(nullif(c.word, ''), left(coalesce(nullif(u.short_name, ''), u.name), 10) || '调') AS word"
        " FROM people_unit u LEFT JOIN mediation_committee c ON c.unit_id = u.id WHERE u.id = %s",
        [unit],
    )[0]["word"]
    return f"（{year}）{word}字第{last}号"


def _keep_number(act: Act, system: str, number: str) -> None:
    """The court's own number stays with the case."""
    if any((one["system"], one["number"]) == (system[:40], number) for one in act.state.numbers):
        return
    row = {"id": new_id(), "case_id": act.state.case["id"], "system": system[:40], "number": number}
    act.state.add("external_number", row)
    act.beside.append(("external_number", row))


def change_mediator(
    *,
    who: Who,
    mediation: str,
    mediators: Sequence[int],
    reason: str,
    disclosure: str = "",
    declared: bool = False,
) -> None:
    """更换调解员. Sessions to come are theirs now; whoever of them is not free then is refused."""
    content = [mediation, list(mediators), reason, disclosure, declared]
    with taken_is_told(), acting("change_mediator", who, content) as act:
        if act.again:
            return
        row, now = current(act, mediation)
        chosen = mediators_of(mediators, row["unit_id"])
        disclosure = _line({"disclosure": disclosure}, "disclosure", 300)
        act.decision = rules.change_mediator(
            act.facts, now, chosen, why=_line({"reason": reason}, "reason", 300), disclosure=disclosure,
            declared=declared,
        )  # fmt: skip
        accounts = [one.account for one in chosen]
        act.change("mediation", row, {"mediators": accounts, "disclosure": disclosure, "mediators_since": act.at})
        for session in act.rows_of("mediation_session", "mediation_id = %s AND state = 'booked'", (row["id"],)):
            leave_seats(session)
            take_seats(session, accounts)


def record_consent(*, who: Who, mediation: str, party: str, purpose: str, agrees: bool, way: str, note: str) -> None:
    with acting("record_consent", who, [mediation, party, purpose, agrees, way, note]) as act:
        if act.again:
            return
        row, now = current(act, mediation)
        act.decision, state = rules.record_consent(act.facts, now, Consent(party, purpose, agrees), way)
        act.new(
            "mediation_consent",
            {
                "id": new_id(),
                "mediation_id": row["id"],
                "party": next(one["id"] for one in act.state.parties if str(one["id"]) == party),
                "purpose": purpose,
                "agrees": agrees,
                "way": way,
                "note": _line({"note": note}, "note", 300),
                "at": act.at,
                "by": act.actor.account,
            },
        )
        if state != row["state"]:
            act.change("mediation", row, {"state": state})


def take_materials(*, who: Who, mediation: str) -> None:
    with acting("take_materials", who, mediation) as act:
        if act.again:
            return
        row, now = current(act, mediation)
        act.decision = rules.take_materials(act.facts, now)
        act.change("mediation", row, {"materials_at": act.at})


def end_mediation(*, who: Who, mediation: str, ending: str, routes: Sequence[str], text: str, to: str = "") -> None:
    """终止调解. `to`: the kind of mediation that takes over, for the ending "handed_over"."""
    with acting("end_mediation", who, [mediation, ending, list(routes), text, to]) as act:
        if act.again:
            return
        row, now = current(act, mediation)
        told = tuple(one for one in (_line({"routes": one}, "routes", 200) for one in routes) if one)
        text = words(text, most=MOST_TEXT, field="text", label="终止的情况")
        act.decision, told = rules.end_mediation(act.facts, now, ending, told, text, to)
        act.change(
            "mediation",
            row,
            {"state": "ended", "ended_at": act.at, "ending": ending, "ending_text": text, "routes": list(told)},
        )
        for agreement in act.rows_of("agreement", "state = 'signing'"):
            act.change("agreement", agreement, {"state": "given_up"})
        for session in act.rows_of("mediation_session", "state = 'booked'"):
            act.change("mediation_session", session, {"state": "cancelled", "cancelled_why": "调解终止"})
            leave_seats(session)


def return_materials(*, who: Who, mediation: str) -> None:
    with acting("return_materials", who, mediation) as act:
        if act.again:
            return
        row, now = current(act, mediation)
        act.decision = rules.return_materials(act.facts, now)
        act.change("mediation", row, {"returned_at": act.at})


def report_back(*, who: Who, mediation: str, text: str) -> None:
    """反馈: to who has handed the matter over."""
    with acting("report_back", who, [mediation, text]) as act:
        if act.again:
            return
        row, now = current(act, mediation)
        act.decision = rules.report_back(act.facts, now, words(text, most=500, field="text", label="反馈内容"))
        act.change("mediation", row, {"returned_at": act.at})


def keep_apart(*, who: Who, mediation: str) -> None:
    """暂停共同调解: the parties are not brought together for now; what was arranged is put off."""
    with acting("keep_apart", who, mediation) as act:
        if act.again:
            return
        row, now = current(act, mediation)
        act.decision = session_rules.keep_apart(act.facts, now)
        stand_apart(act, row)


def meet_again(*, who: Who, mediation: str) -> None:
    """恢复共同调解."""
    with acting("meet_again", who, mediation) as act:
        if act.again:
            return
        row, now = current(act, mediation)
        act.decision = session_rules.meet_again(
            act.facts,
            now,
            confidential=is_confidential(who.viewer, act.actor.unit),
            harm_waits=joint_sessions_stand_still(act.state.case["id"]),
        )
        act.change("mediation", row, {"apart": False})


def stand_apart(act: Act, mediation: Row) -> None:
    """Marks it, and cancels the joint sessions to come for a reason that is none."""
    act.change("mediation", mediation, {"apart": True})
    found = act.rows_of("mediation_session", "mediation_id = %s AND state = 'booked'", (mediation["id"],))
    for row in found:
        if session_rules.brings_together(row["kind"]):
            act.change("mediation_session", row, {"state": "cancelled", "cancelled_why": session_rules.NEUTRAL})
            leave_seats(row)


def court_filed(*, who: Who, mediation: str, number: str) -> None:
    with acting("court_filed", who, [mediation, number]) as act:
        if act.again:
            return
        row, now = current(act, mediation)
        number = _line({"number": number}, "number", 60)
        act.decision = rules.court_filed(act.facts, now, number)
        _keep_number(act, row["entrusted_by"] or "人民法院", number)
