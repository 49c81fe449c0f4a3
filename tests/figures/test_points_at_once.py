"""Two that compute, appeal or decide at the same moment, with everything committed."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from time import sleep
from typing import Any

from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from cases.kit import NOW, person, sql
from figures.kit import APRIL_3, MARCH, closed_case, month_of_work
from onedoor.figures.models import Finding, PointsAppeal, PointsEntry
from onedoor.figures.steps.corrections import appeal_entry, decide_appeal
from onedoor.figures.steps.findings import draw_sample, find_gaming
from onedoor.figures.steps.points import compute_month
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


def test_what_becomes_confidential_while_it_is_drawn_is_not_drawn(
    committed_county: None, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        number = closed_case(NOW, answer="已处理。", narrative="水渠堵塞，田里进不了水，请派人清淤。")
        find_gaming(at=APRIL_3)
        supervisor, drawn = person("supervisor"), list[object]()

        def draw() -> None:
            try:
                drawn.append(draw_sample(signed=supervisor, kind="too_short", count=1, at=APRIL_3))
            finally:
                connection.close()

        thread = Thread(target=draw)
        with transaction.atomic():
            sql('SELECT id FROM "case" WHERE number = %s FOR UPDATE', number)
            thread.start()
            sleep(1)  # the draw has read its list and waits for the case
            sql("UPDATE \"case\" SET confidentiality = 'restricted' WHERE number = %s", number)
            sql('DELETE FROM visible WHERE case_id = (SELECT id FROM "case" WHERE number = %s)', number)
        thread.join(30)
        assert drawn == [[]]
        assert Finding.objects.get(kind="too_short", case__number=number).state == "open"
