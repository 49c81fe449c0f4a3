"""Whether a matter that is being registered is already here.

Persons are matched here and nowhere else (DESIGN §2): the answer holds numbers, stages and dates of cases that
the clerk may see, never a person and never how many matters somebody has.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from onedoor.cases import secrets
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.search_index import query_of
from onedoor.cases.sql import rows
from onedoor.rules import identity
from onedoor.rules.access import Viewer
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.refusal import Refused
from onedoor.rules.same_matter import ALIKE, WITHIN_DAYS, likeness

MOST_LOOKED_AT = 40
MOST_SHOWN = 5


def same_matters(
    viewer: Viewer, *, name: str, phone: str, id_number: str, text: str, now: datetime
) -> list[dict[str, Any]]:
    """Cases of the last 180 days with the same applicant (identity number, phone or full name) and a like text:
    number, stage and day, the most alike first."""
    ways, values = _same_party(name.strip(), phone.strip(), id_number.strip())
    if not ways or len(text.strip()) < 4:
        return []
    found = rows(
        f"SELECT c.number, c.stage, c.registered_at, s.text FROM ({' UNION '.join(ways)}) same"
        ' JOIN "case" c ON c.id = same.case_id'
        " JOIN statement s ON s.case_id = c.id AND s.kind = 'narrative' AND s.erased_at IS NULL"
        f" WHERE c.registered_at >= %s AND NOT c.anonymous AND {MAY_SEE}"
        " ORDER BY c.registered_at DESC LIMIT %s",
        [*values, now - timedelta(days=WITHIN_DAYS), *may_see(viewer), MOST_LOOKED_AT],
    )
    alike = sorted(((likeness(text, row["text"]), row) for row in found), key=lambda one: -one[0])
    return [
        {
            "number": row["number"],
            "stage_name": STAGE_NAMES[row["stage"]],
            "registered_at": row["registered_at"],
        }
        for degree, row in alike[:MOST_SHOWN]
        if degree >= ALIKE
    ]


def _same_party(name: str, phone: str, id_number: str) -> tuple[list[str], Sequence[object]]:
    ways: list[str] = []
    values: list[object] = []
    start = "SELECT p.case_id FROM party p WHERE p.part = 'applicant' AND p.erased_at IS NULL AND"
    if phone:
        ways.append(f"{start} p.phone_index = ANY(%s)")
        values.append(secrets.blind_indexes(_or_same(identity.check_phone, phone), about="phone"))
    if id_number:
        ways.append(f"{start} p.id_number_index = ANY(%s)")
        values.append(secrets.blind_indexes(id_number.upper(), about="id_number"))
    query = query_of(name) if len(name) > 1 else None
    if query is not None:
        # the index of names finds who may be meant, the name itself says who is
        ways.append(
            "SELECT t.case_id FROM case_text t JOIN party p ON p.case_id = t.case_id AND p.part = 'applicant'"
            " AND p.erased_at IS NULL WHERE t.names @@ %s::tsquery AND p.name = %s"
        )
        values += [query, name]
    return ways, values


def _or_same(check: Any, text: str) -> str:
    """The canonical form; while it is still being typed, the text as it is."""
    try:
        return str(check(text))
    except Refused:
        return text
