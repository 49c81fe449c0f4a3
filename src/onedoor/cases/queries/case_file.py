"""One case as it may be read: the same for API and pages, masked unless unmasking was asked for and logged."""

from datetime import datetime
from typing import Any

import orjson

from onedoor.cases import secrets
from onedoor.cases.models.statement import STATEMENT_NAMES
from onedoor.cases.queries.explained import basis_of, explained
from onedoor.cases.schemes import book
from onedoor.cases.sql import rows
from onedoor.cases.steps._state import CaseState, Row
from onedoor.people.access_log import log_access
from onedoor.rules import identity
from onedoor.rules.access import CONFIDENTIALITY_NAMES, RESIDENT, Actor, Viewer
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.deadlines import light
from onedoor.rules.flow import CHAINS, FLOW, PART_NAMES, STAGE_NAMES, check_move
from onedoor.rules.intake import HELPS, PARTS
from onedoor.rules.mediation_flow import ALL_MOVES
from onedoor.rules.needs import OPINIONS
from onedoor.rules.refusal import NOT_ALLOWED, Refused, invalid
from onedoor.rules.schemes import CONSEQUENCES
from onedoor.rules.telling import CONTACTS


def case_file(viewer: Viewer, state: CaseState, now: datetime, *, unmask: str = "") -> Row:
    """The whole case as the viewer may read it. The state came through the gate.

    `unmask` is the reason for which personal data is asked for: refused to those who may not ask, and logged.
    """
    row = state.case
    if unmask:
        _log_unmasking(viewer, row, unmask)
    open_parts = [part for part in state.assignments if part["stage"] != "released"]
    lead = next((part for part in open_parts if part["lead"]), None)
    reads = viewer.sees_names
    narrative = next((one["text"] for one in state.said if one["kind"] == "narrative"), "")
    return {
        "number": row["number"],
        "title": row["title"] if reads else "",
        "narrative": narrative if reads else "",
        "stage": row["stage"],
        "stage_name": STAGE_NAMES[row["stage"]],
        "stage_since": row["stage_since"],
        "kind": row["kind"],
        "purpose": row["purpose"],
        "channel": row["channel"],
        "scheme": row["scheme"],
        **state.names[0],
        "address": row["address"] if unmask else identity.mask_address(row["address"]),
        "lon": row["lon"],
        "lat": row["lat"],
        "occurred_at": row["occurred_at"],
        "amount": row["amount"],
        "people_involved": row["people_involved"],
        "urgent": row["urgent"],
        "someone_hurt": row["someone_hurt"],
        "anonymous": row["anonymous"],
        "confidentiality": row["confidentiality"],
        "confidentiality_name": CONFIDENTIALITY_NAMES[row["confidentiality"]],
        "lead_unit": {"code": lead["unit_code"], "name": lead["unit_name"]} if lead else None,
        "co_units": [
            {"code": part["unit_code"], "name": part["unit_name"]} for part in open_parts if not part["lead"]
        ],
        "assignments": [_assignment(part) for part in state.assignments],
        "parties": [party_json(viewer, row, party, unmask=bool(unmask)) for party in state.parties],
        "external_numbers": [{"system": one["system"], "number": one["number"]} for one in state.numbers],
        "attachments": [
            {
                "id": one["id"],
                "name": one["name"] if reads else "",
                "type": one["type"],
                "size": one["size"],
                "at": one["at"],
            }
            for one in state.files
        ],
        "light": light(now, row["warn_at"], row["due_at"], row["red_at"]),
        "due_at": row["due_at"],
        "outcome": row["outcome"],
        "outcome_name": OUTCOME_NAMES.get(row["outcome"], ""),
        "answer": _answer(row, state.said, lead) if reads else "",
        # the unit concerned reads neither how nor when it was rated
        "satisfied": row["satisfied"] if viewer.reads_ratings or viewer.of_centre else None,
        "pending": _pending(viewer, row),
        "version": row["version"],
        "registered_at": row["registered_at"],
        "accepted_at": row["accepted_at"],
        "concluded_at": row["concluded_at"],
        "served_at": row["served_at"],
        "closed_at": row["closed_at"],
        "followed_up_at": row["followed_up_at"] if viewer.reads_ratings or viewer.of_centre else None,
        "archived_at": row["archived_at"],
    }


def _pending(viewer: Viewer, row: Row) -> list[str]:
    """What waits for somebody's decision. Who rates a filed matter badly is answered like one who contests it."""
    found = sorted(_decoded(row["pending"]))
    if row["satisfied"] is False and not (viewer.reads_ratings or viewer.of_centre):
        found = [name for name in found if name != "contest"]
    return found


def _decoded(value: Any) -> dict[str, Any]:
    return dict(orjson.loads(value) if isinstance(value, str) else value)


def _assignment(part: Row) -> Row:
    return {
        "id": part["id"],
        "unit": {"code": part["unit_code"], "name": part["unit_name"]},
        "lead": part["lead"],
        "stage": part["stage"],
        "stage_name": PART_NAMES[part["stage"]],
        "designated": part["designated"],
        "assigned_at": part["assigned_at"],
        "object_until": part["object_until"],
        "signed_at": part["signed_at"],
        "accepted": part["accepted"],
    }


def _answer(row: Row, statements: list[Row], lead: Row | None) -> str:
    """The merged answer: the approved text of a written opinion, else what the conclusion said."""
    if row["outcome"] in OPINIONS and lead is not None and lead["approved"] is not None:
        return next((one["text"] for one in statements if one["id"] == lead["approved"]), "")
    answers = [one["text"] for one in statements if one["kind"] == "answer"]
    return answers[-1] if answers and row["outcome"] else ""


def stays_hidden(viewer: Viewer, row: Row, party: Row, *, unmask: bool) -> bool:
    """An anonymous applicant stays so, unmasked or not, for everybody but the centre."""
    return bool(row["anonymous"]) and party["part"] == "applicant" and not (unmask and viewer.of_centre)


def shown_name(viewer: Viewer, row: Row, party: Row, *, unmask: bool) -> str:
    """The party's name as the viewer may read it."""
    if stays_hidden(viewer, row, party, unmask=unmask):
        return "（匿名）"
    name = str(party["name"])
    return name if unmask or viewer.sees_names or party["kind"] != "person" else identity.mask_name(name)


def party_json(viewer: Viewer, row: Row, party: Row, *, unmask: bool) -> Row:
    """One party."""
    phone = secrets.decrypt(party["phone"], about="party.phone")
    id_number = secrets.decrypt(party["id_number"], about="party.id_number")
    address = secrets.decrypt(party["address"], about="party.address")
    hidden = stays_hidden(viewer, row, party, unmask=unmask)
    if hidden:
        phone, id_number, address = "", "", ""
    elif not unmask:
        phone, id_number = identity.mask_phone(phone), identity.mask_id(id_number)
        address = identity.mask_address(address)
    return {
        "id": party["id"],
        "part": party["part"],
        "part_name": PARTS[party["part"]],
        "kind": party["kind"],
        "name": shown_name(viewer, row, party, unmask=unmask),
        "id_number": id_number,
        "phone": phone,
        "address": address,
        "safe_contact": "" if hidden or not unmask else party["safe_contact"],
        "contact": party["contact"],
        "contact_name": CONTACTS[party["contact"]] if party["part"] == "applicant" else "",
        # that there is another way must be seen before the telephone is taken up; what it is, with a reason
        "has_safe_contact": bool(party["safe_contact"]) and not hidden,
        "settled_amount": party["settled_amount"],
        "confirmed_at": party["confirmed_at"],
    }


def _log_unmasking(viewer: Viewer, row: Row, reason: str) -> None:
    if not viewer.unmasks:
        raise Refused(NOT_ALLOWED, "您的岗位不能查看未脱敏的个人信息。")
    if len(reason.strip()) < 2:
        raise invalid("unmask", "请写明查看未脱敏信息的理由。")
    log_access(
        action="unmask",
        account=viewer.account,
        subject=row["number"],
        reason=identity.check_text(reason, most=200, field="unmask", label="理由"),
        county=row["county"],
    )


def events_of(viewer: Viewer, row: Row) -> list[Row]:
    """The case's timeline: what, who, when, and what was said with it. Whoever may not know of a rating finds no gap
    in `seq` either: it counts what he may see."""
    events = rows(
        "SELECT e.seq, e.kind, e.occurred_at, e.recorded_at, e.payload, e.actor_id, a.name AS actor, p.role,"
        " u.short_name AS unit"
        " FROM event e LEFT JOIN people_account a ON a.id = e.actor_id LEFT JOIN people_post p ON p.id = e.post_id"
        " LEFT JOIN people_unit u ON u.id = p.unit_id"
        " WHERE e.case_id = %s AND e.recorded_at >= %s ORDER BY e.seq",
        [row["id"], row["recorded_at"]],
    )
    said: dict[int, list[Row]] = {}
    for one in rows("SELECT seq, kind, text, erased_at FROM statement WHERE case_id = %s ORDER BY id", [row["id"]]):
        said.setdefault(one["seq"], []).append(one)
    helpers = _helpers(events)
    outside = bool(viewer.units) and not viewer.of_centre and not viewer.reads_ratings
    if outside and row["creator_id"] != viewer.account:
        _hide_reporter(events, row["creator_id"])
    shown = [event for event in events if _may_know(viewer, event["kind"])]
    return [
        {**_event(viewer, event, said.get(event["seq"], []), helpers), "seq": place}
        for place, event in enumerate(shown, 1)
    ]


def _hide_reporter(events: list[Row], creator: int | None) -> None:
    """Of an anonymous report from the grid the handling unit does not learn who has made it."""
    registered = next((event for event in events if event["kind"] == "register"), None)
    if registered is not None and orjson.loads(registered["payload"]).get("codes", {}).get("hidden"):
        for event in events:
            if event["actor_id"] == creator:
                event |= {"actor": FROM_THE_GRID, "unit": ""}


def _helpers(events: list[Row]) -> dict[int, str]:
    """Who helped to hand the matter in, by account."""
    registered = [orjson.loads(event["payload"]) for event in events if event["kind"] == "register"]
    asked = [by for one in registered if (by := one.get("codes", {}).get("help_by"))]
    found = rows("SELECT id, name FROM people_account WHERE id = ANY(%s)", [asked]) if asked else []
    return {row["id"]: row["name"] for row in found}


def _may_know(viewer: Viewer, kind: str) -> bool:
    """The unit concerned does not learn that it was rated: not by the step, nor by a call-back's not being there."""
    if kind == "rate":
        return viewer.reads_ratings
    return kind != "follow_up" or viewer.reads_ratings or viewer.of_centre


FROM_THE_GRID = "网格（匿名上报）"
# What applicants say of those who handled their matter.
_OF_RATERS = frozenset({"follow_up", "rating"})
EVENT_NAMES = {
    "register": "登记",
    "absorb": "并入事项",
    "attach": "上传附件",
    "choose_contact": "申请人选择联系方式",
    "erase": "依法删除",
    "paper": "制作文书",
    "withdraw_paper": "文书作废",
    "clock_warned": "时限预警",
    "clock_urgent": "时限红灯",
    "clock_late": "时限超期",
    "clock_escalated": "督办升级",
    "pause_over": "中止超过预计时间",
    "reply_overdue": "督办单逾期未回告",
    "look_again": "时限已变，重新安排检查",
    "recompute": "日历变更，重算时限",
    "hold_due": "日历变更，时限待确认",
    **{name: move.label for name, move in ALL_MOVES.items()},
}


# What an applicant makes himself, with no account. Whatever else has no actor has come about by itself.
_OF_APPLICANTS = {name for name, move in FLOW.items() if RESIDENT in move.who} | {
    "register",
    "attach",
    "choose_contact",
}
# Of these nobody is named, not even who has done it by hand: one that has come about by itself must not stand out.
_NAMELESS = frozenset({"cancel_session", "keep_apart", "meet_again"})


def _who(event: Row) -> dict[str, str]:
    if event["kind"] in _NAMELESS:
        return {"actor": "", "unit": ""}
    by_himself = "申请人" if event["kind"] in _OF_APPLICANTS else ""
    return {"actor": event["actor"] or by_himself, "unit": event["unit"] or ""}


def _event(viewer: Viewer, event: Row, said: list[Row], helpers: dict[int, str]) -> Row:
    payload = orjson.loads(event["payload"])
    return {
        "seq": event["seq"],
        "kind": event["kind"],
        "name": EVENT_NAMES.get(event["kind"], event["kind"]),
        "stage": payload["stage"],
        "stage_name": STAGE_NAMES.get(payload["stage"], ""),
        "at": event["occurred_at"],
        "recorded_at": event["recorded_at"],
        **_who(event),
        "notes": _notes(payload.get("codes", {}), helpers),
        "statements": [
            {
                "kind": one["kind"],
                "name": STATEMENT_NAMES[one["kind"]],
                "text": "（已依法删除）" if one["erased_at"] else one["text"] if viewer.sees_names else "",
            }
            for one in said
            if one["kind"] not in _OF_RATERS or viewer.reads_ratings
        ],
    }


def _notes(codes: Row, helpers: dict[int, str]) -> list[str]:
    """What an event says of how it came about: how the applicant was helped, which rule led to which scheme, what
    followed from a limit that was over."""
    said = []
    if codes.get("letter_day"):
        said.append(f"写信日期 {codes['letter_day']}")
    if codes.get("help") in HELPS:
        by = helpers.get(codes.get("help_by", 0), "")
        said.append(HELPS[codes["help"]] + (f"：{by}" if by else ""))
    if codes.get("help_consent"):
        said.append("申请人同意帮助")
    if codes.get("notice"):
        said.append(f"申请人已同意信息使用说明（{codes['notice']}版）")
    if codes.get("rule"):
        scheme = book().schemes.get(codes.get("scheme", ""))
        said.append(f"适用方案：{scheme.name if scheme else codes.get('scheme', '')}（{codes['rule']}）")
    if codes.get("consequence") in CONSEQUENCES:
        said.append(CONSEQUENCES[codes["consequence"]])
    if codes.get("proxy_seen"):
        said.append("委托材料已核对")
    return [*said, "已向申请人宣读确认"] if codes.get("read_back") else said


def clocks_of(state: CaseState, now: datetime) -> list[Row]:
    """A clock that stopped while it stood still had stood still since then: what is concluded waits for its review."""
    words = explained(state)
    return [
        {
            "id": clock["id"],
            "kind": clock["kind"],
            "assignment": clock["assignment"],
            "scheme": clock["scheme"],
            "scheme_version": clock["scheme_version"],
            "started_at": clock["started_at"],
            "warn_at": clock["warn_at"],
            "red_at": clock["red_at"],
            "due_at": clock["due_at"],
            "paused_at": clock["paused_at"],
            "stopped_at": clock["stopped_at"],
            "extended": clock["extended"],
            "light": light(
                clock["paused_at"] or clock["stopped_at"] or now, clock["warn_at"], clock["due_at"], clock["red_at"]
            ),
            "basis": basis_of(clock),
            "explanation": words[clock["id"]],
        }
        for clock in state.clocks
    ]


def papers_of(viewer: Viewer, row: Row) -> list[Row]:
    """What has been put in writing to the applicant so far, as statements; finished documents are the papers
    room's."""
    kinds = ("correction", "guidance", "opinion", "answer", "service", "destination")
    found = rows(
        "SELECT id, seq, kind, text, at, erased_at FROM statement WHERE case_id = %s AND kind = ANY(%s)"
        " ORDER BY seq, id",
        [row["id"], list(kinds)],
    )
    return [
        {
            "id": one["id"],
            "kind": one["kind"],
            "name": STATEMENT_NAMES[one["kind"]],
            "at": one["at"],
            "text": "（已依法删除）" if one["erased_at"] else one["text"] if viewer.sees_names else "",
        }
        for one in found
    ]


def moves_of(state: CaseState, actors: tuple[Actor, ...], now: datetime) -> list[Row]:
    """Every move of the present stage: whether one of my posts may make it, and if not, why."""
    facts = state.facts()
    found = []
    for move in FLOW.values():
        if facts.stage not in move.source:
            continue
        why = "您没有在任的岗位。"
        for actor in actors:
            try:
                check_move(move, facts, actor, now)
            except Refused as refused:
                why = refused.sentence
            else:
                why = ""
                break
        found.append(
            {
                "move": move.name,
                "name": move.label,
                "allowed": not why,
                "why": why or None,
                "takes": [{"name": name, "required": name in move.required} for name in move.accepts],
            }
        )
    return found


def chains_of(state: CaseState, actors: tuple[Actor, ...], now: datetime) -> list[Row]:
    """The moves that I may make one after the other in one form, judged by the first of them and by my roles: the
    later ones are judged when they are made."""
    facts, found = state.facts(), []
    for label, moves in CHAINS.items():
        for actor in actors:
            if any(actor.role not in FLOW[move].who for move in moves):
                continue
            try:
                check_move(FLOW[moves[0]], facts, actor, now)
            except Refused:
                continue
            found.append({"move": "+".join(moves), "name": label})
            break
    return found
