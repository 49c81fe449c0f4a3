"""The mediations of one case as they may be read: pages and papers read the same.

What one side has said alone is opened for the mediators who heard it and for nobody else, whatever his post; for who
has taken over from them only when that side agrees.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onedoor.cases.counting import ZONE
from onedoor.cases.secrets import decrypt
from onedoor.cases.sql import rows
from onedoor.cases.steps._state import CaseState, Row
from onedoor.mediation.queries.agreed import agreement_shown, text_of, visit_shown
from onedoor.mediation.queries.names import ERASED, called, hidden_parties, party_names
from onedoor.mediation.steps._act import facts_of, rows_of
from onedoor.mediation.steps._signing import DRAWING
from onedoor.mediation.steps.sessions import SEALED
from onedoor.rules import mediation, sessions
from onedoor.rules.access import Viewer
from onedoor.rules.facts import CaseFacts
from onedoor.rules.mediation import MediationFacts
from onedoor.rules.telling import SEPARATE

NOT_SHOWN = "（保密谈话，只有本案调解员可以看）"


@dataclass(frozen=True, slots=True)
class MediationFile:
    """All mediations of a case, the newest first; `parties`: their names, and `files`: those of the attachments, by
    id, as the viewer may read them."""

    mediations: list[Row]
    parties: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def current(self) -> Row | None:
        """The one that runs, or has led to an agreement."""
        return next((one for one in self.mediations if one["state"] != "ended"), None)


def mediation_file(viewer: Viewer, state: CaseState, now: datetime) -> MediationFile:
    """The state came through the gate. Who may not read names reads no text."""
    case_id = state.case["id"]
    parties, files = party_names(viewer, state), _files(viewer, state)
    found = rows_of("mediation", case_id)
    if not found:
        return MediationFile([], parties, files)
    consents, meetings = rows_of("mediation_consent", case_id), rows_of("mediation_session", case_id)
    agreed, items = rows_of("agreement", case_id), rows_of("agreement_item", case_id)
    signed, entries = rows_of("agreement_signature", case_id), rows_of("performance_entry", case_id)
    confirmed, visits = rows_of("judicial_confirmation", case_id), rows_of("agreement_visit", case_id)
    kept = [*rows_of("session_signature", case_id), *rows_of("session_recording", case_id)] if meetings else []
    names = parties | _names(found, meetings)
    case, hidden = called(state.facts(), parties), frozenset(hidden_parties(viewer, state))
    replies = _replies([row["id"] for row in meetings])
    today = now.astimezone(ZONE).date()
    shown = []
    for row in reversed(found):
        facts = facts_of(row, consents)
        shown.append(
            {
                **row,
                "key": str(row["id"]),
                "kind_name": mediation.KINDS[row["kind"]],
                "source_name": mediation.SOURCES[row["source"]],
                "state_name": mediation.STATES[row["state"]],
                "ending_name": mediation.ENDINGS.get(row["ending"], ""),
                "ending_text": text_of(viewer, row, "ending_text"),
                "disclosure": text_of(viewer, row, "disclosure"),
                "unit": names[f"unit:{row['unit_id']}"],
                "mediator_names": [names[str(account)] for account in row["mediators"]],
                "mine": viewer.account in row["mediators"],
                "owes_report": mediation.owes_report(facts),
                "to_the_court": row["source"] in mediation.OF_THE_COURT,
                "consents": [_consent(viewer, one, names) for one in consents if one["mediation_id"] == row["id"]],
                "words": _words(case, facts),
                "sessions": [
                    _session(viewer, state, one, facts, names, hidden, replies, kept)
                    for one in meetings
                    if one["mediation_id"] == row["id"]
                ],
                "agreements": [
                    {
                        **agreement_shown(
                            viewer, case, one, facts, names, hidden, items, signed, entries, confirmed, today
                        ),
                        "visits": [
                            visit_shown(viewer, row, today) for row in visits if row["agreement_id"] == one["id"]
                        ],
                    }
                    for one in reversed(agreed)
                    if one["mediation_id"] == row["id"]
                ],
            }
        )
    return MediationFile(shown, parties, files)


def _files(viewer: Viewer, state: CaseState) -> dict[str, str]:
    return {
        str(one["id"]): one["name"] if viewer.sees_names else f"附件{place}"
        for place, one in enumerate(state.files, 1)
    }


def _names(found: list[Row], meetings: list[Row]) -> dict[str, str]:
    """Accounts, units and rooms."""
    accounts = {account for row in found for account in row["mediators"]}
    accounts |= {account for row in meetings for account in row["heard_by"]}
    names = {}
    for row in rows("SELECT id, name FROM people_account WHERE id = ANY(%s)", [sorted(accounts)]):
        names[str(row["id"])] = row["name"]
    for row in rows("SELECT id, name FROM people_unit WHERE id = ANY(%s)", [[row["unit_id"] for row in found]]):
        names[f"unit:{row['id']}"] = row["name"]
    wanted = [row["room_id"] for row in meetings if row["room_id"]]
    for row in rows("SELECT id, name FROM mediation_room WHERE id = ANY(%s)", [wanted]) if wanted else ():
        names[f"room:{row['id']}"] = row["name"]
    return names


def _consent(viewer: Viewer, row: Row, names: dict[str, str]) -> Row:
    return {
        **row,
        "name": names.get(str(row["party"]), ""),
        "purpose_name": mediation.PURPOSES[row["purpose"]],
        "way_name": mediation.WAYS[row["way"]],
        "note": text_of(viewer, row, "note"),
    }


def _words(case: CaseFacts, facts: MediationFacts) -> list[Row]:
    """For each party whose will counts: yes, no, or not asked yet."""
    both = mediation.sides(case.parties)
    return [
        {
            "party": party.id,
            "name": party.name,
            "side": mediation.SIDES[side],
            "mediation": facts.word(party.id, "mediation"),
            "mediator": facts.word(party.id, "mediator"),
            "recording": facts.word(party.id, "recording"),
            "extension": facts.word(party.id, "extension"),
        }
        for side, parties in both.items()
        for party in parties
    ]


def reads_alone(account: int, state: CaseState, row: Row, facts: MediationFacts) -> bool:
    """Whether that person may know what one side has said alone."""
    if account in row["heard_by"]:
        return True
    side = mediation.sides(state.facts().parties).get(row["side"], [])
    return account in facts.mediators and bool(side) and all(facts.word(one.id, "confidence") for one in side)


def _session(
    viewer: Viewer,
    state: CaseState,
    row: Row,
    facts: MediationFacts,
    names: dict[str, str],
    hidden: frozenset[str],
    replies: dict[Any, list[Row]],
    kept: list[Row],
) -> Row:
    alone = row["kind"] in SEPARATE
    # of a talk that is still to come its mediators know
    reads = reads_alone(viewer.account, state, row, facts) or (
        row["state"] != "held" and viewer.account in facts.mediators
    )
    if row["erased_at"] is not None:
        text = ERASED
    elif not alone:
        text = row["text"] if viewer.sees_names else ""
    elif row["state"] != "held":
        text = ""
    else:
        text = decrypt(row["sealed"], about=f"{SEALED}.{row['id']}") if reads else NOT_SHOWN
    shown = reads if alone else viewer.sees_names
    mine = [one for one in kept if one["session_id"] == row["id"] and shown]
    return {
        **{name: value for name, value in row.items() if name != "sealed"},
        "key": str(row["id"]),
        "kind_name": sessions.SESSION_KINDS[row["kind"]],
        # with whom he has talked alone is the mediator's to know
        "side_name": mediation.SIDES.get(row["side"], "") if reads or row["state"] == "booked" else "",
        "mediator_names": [names[str(account)] for account in row["heard_by"]],
        "state_name": sessions.SESSION_STATES[row["state"]],
        "room": names.get(f"room:{row['room_id']}", ""),
        "alone": alone,
        "public": row["kind"] in sessions.PUBLIC,
        "reads": shown,
        "text": text,
        # whom the mediator has talked to, and that he has, is his to know too
        "present_names": [names.get(str(one), "") for one in row["present"]] if reads or not alone else [],
        "cancelled_why": row["cancelled_why"] if viewer.sees_names else "",
        "others": (row["others"] if viewer.sees_names else "") if reads or not alone else "",
        "breaks": row["breaks"] if shown else "",
        "signatures": [_record_signature(one, names, hidden) for one in mine if "way" in one],
        "to_sign": [
            {"party": str(one), "name": names.get(str(one), "")}
            for one in row["present"]
            if shown and not any(str(sign.get("party")) == str(one) for sign in mine)
        ],
        "recordings": [{**one, "key": str(one["id"])} for one in mine if "sha256" in one and one["erased_at"] is None],
        "replies": [
            {**one, "name": names.get(str(one["party"]), ""), "reply_name": sessions.REPLIES[one["reply"]]}
            for one in (replies.get(row["id"], ()) if reads or not alone or row["state"] == "booked" else ())
        ],
    }


def _record_signature(row: Row, names: dict[str, str], hidden: frozenset[str]) -> Row:
    # a signature is a name
    shown = row["drawing"] is not None and row["erased_at"] is None and str(row["party"]) not in hidden
    drawing = decrypt(row["drawing"], about=DRAWING) if shown else ""
    return {
        "name": names.get(str(row["party"]), ""),
        "party": str(row["party"]),
        "way_name": sessions.RECORD_SIGN_WAYS[row["way"]],
        "note": row["note"],
        "at": row["at"],
        "image": f"data:image/png;base64,{drawing}" if drawing else "",
    }


def _replies(keys: list[Any]) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    if keys:
        for row in rows(
            "SELECT session_id, party, reply, replied_at FROM mediation_session_reply WHERE session_id = ANY(%s)"
            " ORDER BY id",
            [keys],
        ):
            found.setdefault(row["session_id"], []).append(row)
    return found
