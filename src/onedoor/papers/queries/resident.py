"""The papers of a matter that are meant for its applicant, once he has shown that it is his.

Only forms that say so (`Form.to_applicant`), only the newest version of each, nothing withdrawn or erased. A written
opinion must have been made before it was served: a draft that came later is not his. An agreement must be the very
text that is in effect, by its digest, which the paper bears.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from onedoor.cases.sql import rows
from onedoor.cases.steps._state import CaseState
from onedoor.mediation.queries.resident import texts_in_effect
from onedoor.papers.forms import FORMS
from onedoor.papers.queries.papers import Rendered, rendered
from onedoor.people.limits import spend
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, Refused

MOST_RENDERED = 60  # in an hour, of one matter: each costs the server a moment
_MEANT = """
    SELECT DISTINCT ON (p.form) p.id, p.form, p.number, p.made_at FROM paper p
     WHERE p.case_id = %s AND p.withdrawn_at IS NULL AND p.erased_at IS NULL
       AND (p.form = ANY(%s)
            OR p.form = ANY(%s) AND EXISTS (SELECT 1 FROM event e WHERE e.case_id = p.case_id AND e.recorded_at >= %s
                                               AND e.kind = 'serve' AND e.occurred_at >= p.made_at)
            OR p.form = ANY(%s) AND EXISTS (SELECT 1 FROM unnest(%s::text[]) AS d(digest)
                                             WHERE position(left(d.digest, 32) IN p.content::text) > 0))
     ORDER BY p.form, p.version DESC
"""


def papers_for_applicant(state: CaseState) -> list[dict[str, Any]]:
    """Id, name, number and day, the newest first."""
    by_time: dict[str, list[str]] = {"issued": [], "served": [], "effective": []}
    for form in FORMS.values():
        if form.to_applicant:
            by_time[form.to_applicant].append(form.code)
    found = rows(
        _MEANT,
        [
            state.case["id"],
            by_time["issued"],
            by_time["served"],
            state.case["recorded_at"],
            by_time["effective"],
            texts_in_effect(state.case["id"]),
        ],
    )
    listed = [{**row, "name": FORMS[row["form"]].name} for row in found]
    return sorted(listed, key=lambda row: row["made_at"], reverse=True)


def paper_for_applicant(state: CaseState, paper: UUID) -> Rendered:
    """One of them as a PDF; anything else is not found."""
    if not any(row["id"] == paper for row in papers_for_applicant(state)):
        raise Refused(NOT_FOUND, "没有这份文书。")
    with transaction.atomic(durable=True):
        spend(f"paper-of:{state.case['id']}", most=MOST_RENDERED, within=timedelta(hours=1), at=timezone.now())
    made = rendered(state, str(paper), "pdf")
    if not made.same:
        raise Refused(NOT_READY, "这份文书现在打不开，请到窗口领取。")
    return made
