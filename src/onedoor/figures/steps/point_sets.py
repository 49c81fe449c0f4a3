"""积分办法: write the next version."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from onedoor.cases.ledger import utc
from onedoor.figures.models import PointsMonth, PointsSet
from onedoor.figures.sets import newest_set, set_of
from onedoor.figures.steps._points import alone, log
from onedoor.figures.subjects import must_be_of_centre, root_path
from onedoor.people.steps.form import Form
from onedoor.people.tokens import SignedIn
from onedoor.rules import point_book
from onedoor.rules.points import RuleSet
from onedoor.rules.refusal import invalid


def write_set(*, signed: SignedIn, content: Mapping[str, Any], from_month: date, reason: str, at: datetime) -> RuleSet:
    """The next version, for months from `from_month` on that are not closed; what is written is never changed."""
    must_be_of_centre(signed, root_path(signed), "修改积分办法")
    form = Form()
    reason = form.text("reason", reason, "修改理由", 500)
    form.check()
    with transaction.atomic(durable=True):
        alone()
        newest = newest_set()
        wanted = point_book.read_set(newest.code, newest.version + 1, content)
        if point_book.same_rules(newest, wanted):
            raise invalid("set", "和现在的办法一样，没有改动。")
        closed = PointsMonth.objects.filter(month__gte=from_month, closed_at__isnull=False)
        if from_month.day != 1 or closed.exists():
            raise invalid("from_month", "这个月或以后的月份已经定稿，新办法只能从没有定稿的月份起。")
        PointsSet(
            version=wanted.version, content=point_book.content_of(wanted), from_month=from_month, reason=reason,
            by=signed.account, at=utc(at),
        ).save(force_insert=True)  # fmt: skip
        log(signed, f"v{wanted.version}", "修改积分办法")
    return set_of(wanted.version)
