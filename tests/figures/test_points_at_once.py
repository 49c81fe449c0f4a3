"""Two that compute, appeal or decide at the same moment, with everything committed."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

from django.db import connection
from pytest_django import DjangoDbBlocker

from cases.kit import person, sql
from figures.kit import APRIL_3, MARCH, month_of_work
from onedoor.figures.models import PointsAppeal, PointsEntry
from onedoor.figures.steps.findings import find_gaming
from onedoor.figures.steps.points import appeal_entry, compute_month, decide_appeal
from onedoor.rules.refusal import Refused


def at_once(*calls: Callable[[], Any]) -> list[str]:
    together, outcomes = Barrier(len(calls)), list[str]()

    def run(call: Callable[[], Any]) -> None:
        together.wait()
        try:
            call()
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_at_once(committed_county: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        month_of_work(6)
        compute = lambda: compute_month(month=MARCH, at=APRIL_3)  # noqa: E731
        assert at_once(compute, compute, compute) == ["done"] * 3
        once = sql("SELECT count(*), count(DISTINCT id), sum(counted) FROM points_entry")
        compute()
        assert sql("SELECT count(*), count(DISTINCT id), sum(counted) FROM points_entry") == once

        entry = PointsEntry.objects.filter(kind="unit", rule="signed_on_time")[0].pk
        one, two = person("handler2"), person("unit_lead2")
        assert at_once(
            *(
                lambda who=who: appeal_entry(signed=who, entry=entry, reason="日期不对。", at=APRIL_3)
                for who in (one, two)
            )
        ) == ["done", "not_ready"]
        appeal = PointsAppeal.objects.get().pk
        deciders = person("supervisor"), person("director")
        assert at_once(
            *(
                lambda who=who: decide_appeal(signed=who, appeal=appeal, upheld=True, reason="属实。", at=APRIL_3)
                for who in deciders
            )
        ) == ["done", "not_ready"]
        assert PointsEntry.objects.filter(corrects=entry).count() == 1

        look = lambda: find_gaming(at=APRIL_3 + timedelta(hours=1))  # noqa: E731
        assert at_once(look, look) == ["done"] * 2
        found = sql("SELECT count(*) FROM gaming_finding")
        assert look() == 0 and sql("SELECT count(*) FROM gaming_finding") == found
