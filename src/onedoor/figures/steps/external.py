"""外部数据: take over the months of a workbook, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from onedoor.cases.sql import rows
from onedoor.figures.external_file import MonthRow
from onedoor.figures.models import ExternalMonth
from onedoor.figures.queries.external import newest_months
from onedoor.figures.queries.scope import scope_of
from onedoor.people.access_log import log_access
from onedoor.rules.access import Actor
from onedoor.rules.refusal import NOT_READY, Refused
from onedoor.rules.reports import REPORT


@dataclass(frozen=True, slots=True)
class Taken:
    """How many months were new, corrected by a new version, and the same as what was there."""

    new: int
    corrected: int
    same: int


def import_external(
    *, actors: tuple[Actor, ...], at: datetime, months: Sequence[MonthRow], centre: int | None = None
) -> Taken:
    """A month that says something else than before is its next version; one that says the same is left alone, so that
    the same file twice does nothing twice. Two at once come one after the other. `centre`: whose, for who writes for
    several; else his first."""
    actor = REPORT.writer(actors, centre)
    scope = scope_of(actor.unit)
    if not months:
        raise Refused(NOT_READY, "没有可以导入的月份。")
    counts = {"new": 0, "corrected": 0, "same": 0}
    with transaction.atomic(durable=True):
        rows("SELECT id FROM people_unit WHERE id = %s FOR NO KEY UPDATE", [scope.centre])
        there = newest_months(scope.centre, min(one.month for one in months), max(one.month for one in months))
        for one in months:
            before = there.get(one.month)
            if before is not None and before.counts == one.counts and before.source == one.source:
                counts["same"] += 1
                continue
            counts["corrected" if before else "new"] += 1
            ExternalMonth.objects.create(
                centre_id=scope.centre, month=one.month, version=before.version + 1 if before else 1,
                counts=one.counts, source=one.source, imported_by_id=actor.account, imported_at=at,
            )  # fmt: skip
        said = f"新增{counts['new']}个月，更正{counts['corrected']}个月"
        log_access(action="external", account=actor.account, subject=scope.short_name, reason=said)
    return Taken(**counts)
