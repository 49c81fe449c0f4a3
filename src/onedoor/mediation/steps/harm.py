"""受害线索: write one down, report it, refer for help, close it. Nothing of it touches the matter, but that joint
sessions to come are put off for a neutral reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import case_for
from onedoor.cases.secrets import encrypt
from onedoor.cases.sql import execute, rows
from onedoor.mediation.queries.harm import confidential_centre, is_confidential, report_for, told_of
from onedoor.mediation.steps._act import by_itself, facts_of, words
from onedoor.mediation.steps.mediate import stand_apart
from onedoor.people.access_log import log_access
from onedoor.rules import harm as rules
from onedoor.rules.access import Actor, Viewer, person_audience
from onedoor.rules.refusal import NOT_ALLOWED, NOT_READY, Refused, invalid
from onedoor.rules.sessions import apart_decided

SEALED, ENTRY = "harm.report", "harm.entry"


def write_harm(
    *, viewer: Viewer, actors: tuple[Actor, ...], raw: Mapping[str, str], at: datetime, key: UUID | None = None
) -> UUID:
    """Writes one down; its id. `raw`: ground, who, signs, safe_contact, wish, number (of the matter, or empty). The
    form makes the `key`, so that it is one report however often it is sent. In the same transaction the joint sessions
    of the matter are put off, and no text message about it goes out any more: somebody else may read it."""
    actor = _writer(actors)
    given = rules.Signs(
        ground=raw.get("ground", ""),
        who=words(raw.get("who", ""), most=200, field="who", label="是谁"),
        signs=words(raw.get("signs", ""), most=5000, field="signs", label="情况"),
        safe_contact=words(raw.get("safe_contact", ""), most=200, field="safe_contact", label="安全联系方式"),
        wish=raw.get("wish", ""),
        number=raw.get("number", "").strip(),
    )
    state, at = rules.check_signs(given), utc(at)
    case = None
    if given.number:
        try:
            case = case_for(viewer, given.number)
        except Refused as refused:
            raise invalid("number", "没有找到这件事项，或您无权查看。") from refused
    key = key or new_id()
    sealed = orjson.dumps({"who": given.who, "signs": given.signs, "safe_contact": given.safe_contact}).decode()
    with transaction.atomic(durable=True):
        made = execute(
            "INSERT INTO harm_report (id, centre_id, case_id, ground, wish, state, sealed, reporter, at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
            [
                key, confidential_centre(actor), case["id"] if case else None, given.ground, given.wish, state,
                encrypt(sealed, about=f"{SEALED}.{key}"), actor.account, at,
            ],
        )  # fmt: skip
        if not made:
            return key
        tell_confidential(confidential_centre(actor), at)
        log_access(action="harm", account=actor.account, subject=str(key), reason="记下受害线索")
        if case is not None:
            execute("INSERT INTO case_quiet (case_id) VALUES (%s) ON CONFLICT DO NOTHING", [case["id"]])
            if state == "open":
                _put_off(case["id"], at)
    return key


def _writer(actors: tuple[Actor, ...]) -> Actor:
    found = next((one for one in actors if one.role in rules.WRITES), None)
    if found is None:
        raise Refused(NOT_ALLOWED, "您的岗位不能填写受害线索报告。")
    return found


def tell_confidential(centre: int, at: datetime) -> None:
    """Each confidential person of the centre, by himself; the notice leads to the list and names nothing."""
    for row in rows(
        "SELECT DISTINCT account_id AS id FROM people_post WHERE active AND confidential AND unit_id = %s", [centre]
    ):
        execute(
            "INSERT INTO notice (id, audience, case_id, kind, created_at) VALUES (%s, %s, NULL, 'confidential', %s)",
            [new_id(), person_audience(row["id"]), at],
        )


def _put_off(case: UUID, at: datetime) -> None:
    """The hold on joint sessions, as it reads when somebody sets it by hand; whoever has written the report and
    whatever he may do in the matter."""
    # whoever opens a mediation holds the case: he is waited for, or waits and then sees the report
    rows('SELECT id FROM "case" WHERE id = %s FOR NO KEY UPDATE', [case])
    for mediation in rows(
        "SELECT id FROM mediation WHERE case_id = %s AND state IN ('asking', 'open', 'agreed') AND NOT apart", [case]
    ):
        with by_itself("keep_apart", case, at) as act:
            row = act.row_of("mediation", mediation["id"])
            act.decision = apart_decided(act.facts, facts_of(row, []), apart=True)
            stand_apart(act, row)


def tell(*, viewer: Viewer, report: str, to: str, receipt: str, at: datetime, key: UUID | None = None) -> None:
    """To whom it was reported, and the receipt."""
    receipt = words(receipt, most=1000, field="receipt", label="报告情况")
    with transaction.atomic(durable=True):
        found = report_for(viewer, report, lock=True)
        rules.check_told(found["ground"], found["wish"], found["state"], to, receipt)
        _entry(found["id"], "told", to, receipt, viewer.account, utc(at), key)
        execute("UPDATE harm_report SET state = 'reported' WHERE id = %s", [found["id"]])


def refer(*, viewer: Viewer, report: str, to: str, text: str, at: datetime, key: UUID | None = None) -> None:
    """转介: to help, with the person's consent and the least that is needed."""
    text = words(text, most=500, field="text", label="转介说明")
    if to not in rules.REFERRALS:
        raise invalid("to", "请选择转介的服务。")
    if not text:
        raise invalid("text", "请写明本人怎样同意、告诉了对方什么（只告诉必要的）。")
    with transaction.atomic(durable=True):
        found = report_for(viewer, report, lock=True)
        if found["state"] == "closed":
            raise Refused(NOT_READY, "这份报告已经了结。")
        _entry(found["id"], "referred", to, text, viewer.account, utc(at), key)


def close_harm(*, viewer: Viewer, report: str, text: str, at: datetime) -> None:
    text = words(text, most=1000, field="text", label="结果")
    with transaction.atomic(durable=True):
        found = report_for(viewer, report, lock=True)
        if found["state"] == "closed":
            raise Refused(NOT_READY, "这份报告已经了结。")
        rules.check_closing(found["ground"], told_of(found["id"]), text)
        _entry(found["id"], "closed", "", text, viewer.account, utc(at))
        execute("UPDATE harm_report SET state = 'closed', closed_at = %s WHERE id = %s", [utc(at), found["id"]])
        _speak_again(found["case_id"])


def restate(*, viewer: Viewer, report: str, ground: str, wish: str, text: str, at: datetime) -> None:
    """改写情形 or the person's wish, with what has changed."""
    text = words(text, most=1000, field="text", label="变化的情况")
    if not text:
        raise invalid("text", "请写明情形有什么变化。")
    with transaction.atomic(durable=True):
        found = report_for(viewer, report, lock=True)
        state = rules.restated(found["state"], ground, wish, told_of(found["id"]))
        if rules.is_eased(found["ground"], ground) and not is_confidential(viewer, found["centre_id"]):
            raise Refused(NOT_ALLOWED, "必须报告的情形，只能由中心保密岗位核实后改为不必报告。")
        _entry(found["id"], "restated", "", text, viewer.account, utc(at))
        execute(
            "UPDATE harm_report SET ground = %s, wish = %s, state = %s WHERE id = %s",
            [ground, wish, state, found["id"]],
        )
        if state == "open" and found["case_id"] is not None:
            _put_off(found["case_id"], utc(at))


def remind_of_harm(*, at: datetime) -> int:
    """Calls compulsory reports to mind of which the police has not been told; how many. Each once in a day."""
    at = utc(at)
    with transaction.atomic(durable=True):
        found = rows(
            "UPDATE harm_report h SET reminded_at = %s WHERE h.state IN ('open', 'reported') AND h.ground = ANY(%s)"
            " AND coalesce(h.reminded_at, h.at) <= %s AND NOT EXISTS (SELECT 1 FROM harm_entry e"
            " WHERE e.report_id = h.id AND e.kind = 'told' AND e.what = 'police') RETURNING h.centre_id",
            [at, sorted(rules.COMPULSORY), at - rules.REMIND_EVERY],
        )
        for centre in sorted({row["centre_id"] for row in found}):
            tell_confidential(centre, at)
    return len(found)


def _entry(report: UUID, kind: str, what: str, text: str, by: int, at: datetime, key: UUID | None = None) -> None:
    """The form makes the `key`, so that what is sent twice stands there once."""
    key = key or new_id()
    execute(
        "INSERT INTO harm_entry (id, report_id, kind, what, sealed, by, at) VALUES (%s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (id) DO NOTHING",
        [key, report, kind, what, encrypt(text, about=f"{ENTRY}.{key}"), by, at],
    )


def end_left_harm(*, at: datetime) -> int:
    """Ends reports that are not compulsory and that nobody has touched for a year; how many. What is compulsory waits
    for a person, who is reminded."""
    at = utc(at)
    with transaction.atomic(durable=True):
        left = rows(
            "UPDATE harm_report h SET state = 'closed', closed_at = %s WHERE h.state <> 'closed'"
            " AND NOT h.ground = ANY(%s) AND h.at < %s AND NOT EXISTS (SELECT 1 FROM harm_entry e"
            " WHERE e.report_id = h.id AND e.at >= %s) RETURNING h.case_id",
            [at, sorted(rules.COMPULSORY), at - rules.LEFT_FOR, at - rules.LEFT_FOR],
        )
        for case in {row["case_id"] for row in left} - {None}:
            _speak_again(case)
    return len(left)


def _speak_again(case: UUID) -> None:
    """Text messages about the matter go out again when no report about it is left."""
    execute(
        "DELETE FROM case_quiet q WHERE q.case_id = %s AND NOT EXISTS (SELECT 1 FROM harm_report h"
        " WHERE h.case_id = q.case_id AND h.state <> 'closed')",
        [case],
    )


def erase_harm(*, before: datetime, most: int = 500) -> int:
    """Removes reports that were closed before that; how many."""
    with transaction.atomic(durable=True):
        keys = rows("SELECT id FROM harm_report WHERE closed_at < %s LIMIT %s FOR UPDATE SKIP LOCKED", [before, most])
        listed: list[Any] = [row["id"] for row in keys]
        execute("DELETE FROM harm_entry WHERE report_id = ANY(%s)", [listed])
        return execute("DELETE FROM harm_report WHERE id = ANY(%s)", [listed])
