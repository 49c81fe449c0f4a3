"""疑点: look for them, draw a sample for call-back, say what it came to. Nothing follows from a finding by itself."""

from datetime import datetime
from uuid import UUID, uuid5

from django.conf import settings
from django.db import connection, transaction

from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute, insert, json, rows
from onedoor.cases.steps.make_move import make_move
from onedoor.figures.queries.findings import finding_for, in_area
from onedoor.figures.queries.seen import looks
from onedoor.people.access_log import log_access
from onedoor.people.tokens import SignedIn
from onedoor.rules import findings as rules
from onedoor.rules.access import must_act
from onedoor.rules.gaming import KINDS, look
from onedoor.rules.gaming_seen import Found
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, WRONG_STAGE, Refused, invalid

_SPACE = UUID("b1c5a9d4-7a40-5c36-8f0e-2c9d5e6f7a81")
_COLUMNS = ("id", "kind", "case_id", "unit", "cases", "evidence", "found_at", "state", "reason")


def find_gaming(*, at: datetime) -> int:
    """Looks at the cases of the last months; how many questions are new. What was found before stays as it is."""
    found: dict[tuple[str, str], Found] = {}
    for cases in looks(at):
        for one in look(cases):
            found.setdefault((one.kind, one.case), one)
    fresh = [
        (
            uuid5(_SPACE, f"{one.kind} {one.case}"), one.kind, UUID(one.case), one.unit, json(list(one.cases)),
            json(dict(one.evidence)), utc(at), "open", "",
        )
        for one in found.values()
    ]  # fmt: skip
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE finding_fresh (LIKE gaming_finding) ON COMMIT DROP")
        insert(cursor, "finding_fresh", _COLUMNS, fresh)
        cursor.execute(
            f"INSERT INTO gaming_finding ({', '.join(_COLUMNS)}) SELECT {', '.join(_COLUMNS)} FROM finding_fresh"
            " ORDER BY id ON CONFLICT DO NOTHING"
        )
        new = int(cursor.rowcount)
        cursor.execute("DROP TABLE finding_fresh")
    return new


def draw_sample(*, signed: SignedIn, kind: str, count: int, at: datetime) -> list[UUID]:
    """抽样回访: so many of the open questions of one kind ("" for any), in an order that nobody chooses. A matter that
    is closed and was not to be called back is put on the list of call-backs; what was called back or filed already is
    looked into by the supervisor. The findings drawn."""
    must_act(signed.actors, rules.DECIDES, "抽取疑点")
    rules.check_draw(count)
    if kind and kind not in KINDS:
        raise invalid("kind", "没有这种疑点。")
    condition, values = in_area(signed)
    waiting = {
        str(row["id"]): row["number"]
        for row in rows(
            f'SELECT f.id, c.number FROM gaming_finding f JOIN "case" c ON c.id = f.case_id WHERE f.state = %s'
            f" AND (%s = '' OR f.kind = %s) AND {condition}",
            ["open", kind, kind, *values],
        )
    }
    drawn = []
    for one in rules.drawn_first(settings.LEDGER_KEY, waiting)[:count]:
        try:
            make_move(viewer=signed.viewer(), actors=signed.actors, number=waiting[one], move="sample", at=at, raw={})
        except Refused as refused:
            if refused.code == NOT_FOUND:  # became confidential a moment ago: as if it had not been there
                continue
            if refused.code not in (WRONG_STAGE, NOT_READY):
                raise
            # called back, filed or on the list already: it is looked into all the same
        if execute(
            "UPDATE gaming_finding SET state = 'drawn', drawn_by = %s, drawn_at = %s WHERE id = %s AND state = 'open'",
            [signed.account, utc(at), one],
        ):
            drawn.append(UUID(one))
    log_access(action="finding", account=signed.account, subject=kind or "all", reason=f"抽取{len(drawn)}条疑点")
    return drawn


def decide_finding(*, signed: SignedIn, finding: UUID, wanted: str, reason: str, at: datetime) -> None:
    """Whether it was so, by whom the matter is not about, with how that was found out. Nothing follows by itself."""
    must_act(signed.actors, rules.DECIDES, "核实疑点")
    with transaction.atomic(durable=True):
        there = finding_for(signed, finding, lock=True)
        rules.check_decision(there["state"], wanted, reason)
        if signed.account in (there["registrar"], there["concluded_by"]):
            raise Refused(NOT_READY, "您办理过这件事项，请由别人核实。")
        execute(
            "UPDATE gaming_finding SET state = %s, reason = %s, decided_by = %s, decided_at = %s WHERE id = %s",
            [wanted, reason.strip(), signed.account, utc(at), finding],
        )
        log_access(action="finding", account=signed.account, subject=there["number"], reason=f"核实疑点：{wanted}")
