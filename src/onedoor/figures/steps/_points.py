"""What all steps on points share: one at a time, their log, their reasons."""

from datetime import date
from uuid import UUID

from django.db import connection

from onedoor.figures.models import PointsMonth
from onedoor.people.access_log import log_access
from onedoor.people.steps.form import Form
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import NOT_FOUND, Refused

# Of the ids that are made from what they stand for.
SPACE = UUID("6f3a1c2e-58d1-5e0b-9a51-3d2b7c9f4e10")
_LOCK = 7_308_001


def alone() -> None:
    """One at a time changes points; ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def month_row(month: date) -> PointsMonth:
    there = PointsMonth.objects.filter(pk=month).first()
    if there is None:
        raise Refused(NOT_FOUND, "这个月还没有计算积分。")
    return there


def checked_reason(text: str) -> str:
    form = Form()
    found = form.text("reason", text, "理由", 500)
    form.check()
    return found


def log(signed: SignedIn, subject: str, what: str) -> None:
    log_access(action="points", account=signed.account, subject=subject, reason=what)
