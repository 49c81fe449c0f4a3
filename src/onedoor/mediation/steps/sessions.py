"""调解会: book, cancel, record, and the replies of those invited."""

from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db import transaction

from onedoor.cases import files
from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import case_for
from onedoor.cases.secrets import decrypt, encrypt, sha256
from onedoor.cases.sql import execute, rows
from onedoor.cases.steps._state import Row, load
from onedoor.cases.steps.erase import remove_later
from onedoor.cases.steps.make_move import fitting
from onedoor.mediation.steps._act import Act, Who, acting, key_of, words
from onedoor.mediation.steps._seats import leave_seats, take_seats, taken_is_told
from onedoor.mediation.steps._signing import scan_of, sealed_drawing
from onedoor.mediation.steps.mediate import current
from onedoor.rules import sessions as rules
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.flow import check_move
from onedoor.rules.mediation_flow import REPLY
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, Refused, invalid
from onedoor.rules.sessions import Held, Plan, SessionFacts
from onedoor.rules.telling import SEPARATE

MOST_RECORD = 20000
SEALED = "mediation.session"


def book_session(*, who: Who, mediation: str, raw: dict[str, Any]) -> str:
    """安排调解会; its id. `raw`: kind, side, room (id), place, starts_at, ends_at (instants)."""
    content = [mediation, {name: str(value) for name, value in raw.items()}]
    with taken_is_told(), acting("book_session", who, content) as act:
        if act.again:
            return str(act.made)
        return _book(act, mediation, raw)


def _book(act: Act, mediation: str, raw: dict[str, Any]) -> str:
    found, now = current(act, mediation)
    kind = str(raw.get("kind", ""))
    starts_at, ends_at = (_instant(raw, name) for name in ("starts_at", "ends_at"))
    plan = Plan(
        kind=kind,
        side=str(raw.get("side", "")) if kind in SEPARATE else "",
        room=_room(raw.get("room"), act.state.case["present_centre_id"]),
        place=words(str(raw.get("place", "")), most=100, field="place", label="地点"),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    decision = rules.book_session(act.facts, now, plan, act.at, apart=found["apart"])
    row = act.new("mediation_session", _session(found, plan, act))
    decision.codes["session"] = str(row["id"])
    act.decision = decision
    invited = list(rules.invited(act.facts, plan.kind, plan.side))
    # these refer to the session, which the writer adds
    act.after.append(lambda: take_seats(row, now.mediators))
    act.after.append(lambda: _invitations(row, invited))
    return str(row["id"])


def _session(mediation: Row, plan: Plan, act: Act) -> Row:
    return {
        "id": act.made,
        "mediation_id": mediation["id"],
        "kind": plan.kind,
        "side": plan.side,
        "room_id": plan.room,
        "place": plan.place,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "state": "booked",
        "booked_by": act.actor.account,
        "cancelled_why": "",
        "present": [],
        "others": "",
        "rights_told": False,
        "read_back": False,
        "recorded": False,
        "text": "",
        "sealed": None,
        "held_by": None,
        "heard_by": [],
        "breaks": "",
    }


def _instant(raw: dict[str, Any], name: str) -> datetime:
    value = raw.get(name)
    if not isinstance(value, datetime):
        raise invalid(name, "请填写日期和时间。")
    return utc(value)


def _room(given: object, centre: int) -> int | None:
    if given in (None, ""):
        return None
    text = str(given)
    wanted = int(text) if len(text) <= 18 and text.isascii() and text.isdecimal() else None
    found = rows("SELECT id FROM mediation_room WHERE active AND unit_id = %s AND id = %s", [centre, wanted])
    if not found:
        raise invalid("room", "没有这间调解室，或者已停用。")
    return int(found[0]["id"])


def _invitations(session: Row, parties: Any) -> None:
    for party in parties:
        execute(
            "INSERT INTO mediation_session_reply (session_id, party, reply) VALUES (%s, %s, 'waiting')",
            [session["id"], party],
        )


def _facts(row: Row) -> SessionFacts:
    return SessionFacts(str(row["id"]), row["kind"], row["side"], row["state"], row["starts_at"])


def cancel_session(*, who: Who, session: str, reason: str) -> None:
    with acting("cancel_session", who, [session, reason]) as act:
        if act.again:
            return
        row = act.row_of("mediation_session", session)
        _, now = current(act, str(row["mediation_id"]))
        reason = words(reason, most=200, field="reason", label="原因")
        act.decision = rules.cancel_session(act.facts, now, _facts(row), reason)
        act.change("mediation_session", row, {"state": "cancelled", "cancelled_why": reason})
        leave_seats(row)


def hold_session(*, who: Who, session: str, raw: dict[str, Any]) -> None:
    """记录调解会. `raw`: began_at, ended_at, present (ids of parties), agents (for which side each of those agents
    speaks), others, breaks, rights_told, read_back, recorded, text. What one side says alone is sealed, also where it
    was to be joint and the other did not come."""
    content = [session, {name: str(value) for name, value in raw.items()}]
    with acting("hold_session", who, content) as act:
        if act.again:
            return
        row = act.row_of("mediation_session", session)
        mediation, now = current(act, str(row["mediation_id"]))
        held = Held(
            began_at=_instant(raw, "began_at"),
            ended_at=_instant(raw, "ended_at"),
            present=tuple(dict.fromkeys(str(one) for one in raw.get("present", ()))),
            others=words(str(raw.get("others", "")), most=300, field="others", label="其他在场人"),
            rights_told=bool(raw.get("rights_told")),
            read_back=bool(raw.get("read_back")),
            recorded=bool(raw.get("recorded")),
            text=words(str(raw.get("text", "")), most=MOST_RECORD, field="text", label="笔录"),
            breaks=words(str(raw.get("breaks", "")), most=200, field="breaks", label="休会情况"),
            agents=dict(raw.get("agents", {})),
        )
        act.decision, kind, side = rules.hold_session(
            act.facts, now, act.actor, _facts(row), held, act.at, apart=mediation["apart"]
        )
        alone = kind in SEPARATE
        act.change(
            "mediation_session",
            row,
            {
                "state": "held",
                "kind": kind,
                "side": side,
                "starts_at": held.began_at,
                "ends_at": held.ended_at,
                "present": list(held.present),
                "others": held.others,
                "rights_told": held.rights_told,
                "read_back": held.read_back,
                "recorded": held.recorded,
                "text": "" if alone else held.text,
                "sealed": encrypt(held.text, about=f"{SEALED}.{row['id']}") if alone else None,
                "held_by": act.actor.account,
                "heard_by": list(now.mediators),
                "breaks": held.breaks,
            },
        )
        # what has been is no longer planned: the room and the hour are free for what comes
        leave_seats(row)


def sign_record(
    *, who: Who, session: str, party: str, way: str, drawing: str = "", attachment: str = "", note: str = ""
) -> None:
    """签署笔录. `drawing`: a PNG as a data address, for 手写; `attachment`: id of the scan, for 纸质笔录."""
    with acting("sign_record", who, [session, party, way, drawing[:64], attachment, note]) as act:
        if act.again:
            return
        row = act.row_of("mediation_session", session)
        _, now = current(act, str(row["mediation_id"]))
        note = words(note, most=200, field="note", label="说明")
        act.decision = rules.sign_record(
            act.facts,
            now,
            act.actor,
            _facts(row),
            heard=act.actor.account in row["heard_by"],
            present=party in row["present"],
            way=way,
            note=note,
        )
        if act.rows_of("session_signature", "session_id = %s AND party::text = %s", (row["id"], party)):
            raise Refused(NOT_READY, "这位当事人已经在笔录上签过。")
        act.new(
            "session_signature",
            {
                "id": new_id(),
                "session_id": row["id"],
                "party": UUID(party),
                "way": way,
                "digest": sha256(text_of(row).encode()).hex(),
                "drawing": sealed_drawing(drawing) if way == "drawn" else None,
                "attachment": scan_of(act, attachment) if way == "sheet" else None,
                "note": note,
                "at": act.at,
                "by": act.actor.account,
            },
        )


def text_of(session: Row) -> str:
    """The words of a record, whether they were said before both sides or to the mediator alone."""
    if session["sealed"] is None:
        return str(session["text"])
    return decrypt(session["sealed"], about=f"{SEALED}.{session['id']}")


def keep_recording(*, who: Who, session: str, name: str, file: IO[bytes], chunks: Iterable[bytes]) -> None:
    """保存录音录像 of a session; the bytes are stored before the row refers to them."""
    name = files.safe_name(name)
    media = files.sniff(file, name)
    if not media.startswith(("audio/", "video/")):
        raise invalid("file", "请上传录音或者录像文件。")
    file.seek(0)
    digest, size = files.store(chunks)
    try:
        _keep(who, session, {"sha256": digest, "name": name, "type": media, "size": size})
    except Refused:
        remove_later([digest])  # nobody agreed to its being kept
        raise


def _keep(who: Who, session: str, kept: Row) -> None:
    with acting("keep_recording", who, [session, kept["name"], kept["sha256"].hex()]) as act:
        if act.again:
            return
        row = act.row_of("mediation_session", session)
        _, now = current(act, str(row["mediation_id"]))
        act.decision = rules.keep_recording(act.facts, now, act.actor, _facts(row), recorded=row["recorded"])
        act.new(
            "session_recording",
            {
                "id": new_id(),
                "session_id": row["id"],
                **kept,
                "at": act.at,
                "by": act.actor.account,
            },
        )


def reply(
    *, viewer: Viewer, actors: tuple[Actor, ...], number: str, session: str, party: str, comes: bool, at: datetime
) -> None:
    """What an invited party has answered, as who mediates or the centre's desk has heard it. No part of the record."""
    with transaction.atomic(durable=True):
        state = load(case_for(viewer, number, lock=True))
        facts = state.facts()
        check_move(REPLY, facts, fitting(REPLY, facts, actors, utc(at)), utc(at))
        if not set_reply(state.case["id"], session, party, comes=comes, at=at):
            raise Refused(NOT_FOUND, "没有找到这次会议的邀请，或者会议已开过、已取消。")


def reply_by_applicant(*, case: UUID, session: str, party: str, comes: bool, at: datetime) -> None:
    """By an applicant who has shown that the matter is his; for an applicant, never for the other side."""
    with transaction.atomic(durable=True):
        own = rows("SELECT id FROM party WHERE case_id = %s AND part = 'applicant' AND id = %s", [case, key_of(party)])
        if not own or not set_reply(case, session, party, comes=comes, at=at):
            raise Refused(NOT_FOUND, "没有找到这次安排，或者已经取消。")


def set_reply(case_id: UUID, session: str, party: str, *, comes: bool, at: datetime) -> int:
    return execute(
        "UPDATE mediation_session_reply r SET reply = %s, replied_at = %s FROM mediation_session s"
        " WHERE s.id = r.session_id AND s.case_id = %s AND s.state = 'booked' AND s.id = %s AND r.party = %s",
        ["coming" if comes else "not_coming", utc(at), case_id, key_of(session), key_of(party)],
    )
