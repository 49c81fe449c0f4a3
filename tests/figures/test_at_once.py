"""Two at once, each on a connection of his own."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db import connection
from pytest_django import DjangoDbBlocker

from cases.kit import person, sql
from onedoor.cases.ids import new_id
from onedoor.figures.external_file import MonthRow
from onedoor.figures.models import BulletinReading, ExternalMonth, SituationReport
from onedoor.figures.steps.bulletins import publish_bulletin, read_bulletin, write_bulletin
from onedoor.figures.steps.external import import_external
from onedoor.figures.steps.reports import draft_report, issue_report, write_texts
from onedoor.rules.external import EXTERNAL_KINDS
from onedoor.rules.refusal import Refused
from onedoor.rules.reports import PLACES

AT = datetime(2026, 4, 2, 2, tzinfo=UTC)


def together(*steps: Callable[[], object]) -> list[object]:
    """What each of them comes to, begun at the same moment."""
    results: list[object] = [None] * len(steps)
    barrier = threading.Barrier(len(steps))

    def run(place: int) -> None:
        barrier.wait()
        try:
            results[place] = steps[place]()
        except Refused as refused:
            results[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def kinds(results: list[object]) -> list[str]:
    return sorted(type(one).__name__ for one in results)


def test_two_at_once(committed_county: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        _reports()
        _external()
        _bulletins()


def _reports() -> None:
    director, supervisor = person("director").actors, person("supervisor").actors
    drafts = together(
        *(
            lambda by=one: draft_report(actors=by, at=AT, kind="month", year=2026, number=3)
            for one in (director, supervisor)
        )
    )
    assert kinds(drafts) == ["Refused", "UUID"], drafts
    report = SituationReport.objects.get()
    write_texts(actors=supervisor, at=AT, report=report.pk, version=1, raw=dict.fromkeys(PLACES, "无"))
    issued = together(
        *(lambda by=one: issue_report(actors=by, at=AT, report=report.pk, version=2) for one in (director, supervisor))
    )
    assert kinds(issued) == ["Refused", "str"], issued
    assert sql("SELECT last FROM figures_serial WHERE kind = 'report'") == [(1,)]


def _external() -> None:
    month = MonthRow(2, date(2026, 3, 1), "县公安局", dict.fromkeys(EXTERNAL_KINDS, 1))
    by = person("supervisor").actors
    taken = together(*[lambda: import_external(actors=by, at=AT, months=[month])] * 3)
    assert kinds(taken) == ["Taken"] * 3
    assert list(ExternalMonth.objects.values_list("version", flat=True)) == [1], "the same thrice is once"


def _bulletins() -> None:
    director, keys = person("director").actors, [new_id() for _ in range(4)]
    raw = {"title": "通报", "text": "通报。"}
    for key in keys:
        write_bulletin(actors=director, at=AT, bulletin=key, version=0, raw=raw, units=("zjj",), figures=())
    numbers = together(
        *(lambda key=one: publish_bulletin(actors=director, at=AT, bulletin=key, version=1) for one in keys)
    )
    assert sorted(map(str, numbers)) == [f"县综治中心通报〔2026〕{n}号" for n in (1, 2, 3, 4)]
    reader = person("handler2").actors
    together(*[lambda: read_bulletin(actors=reader, at=AT, bulletin=keys[0])] * 4)
    assert BulletinReading.objects.count() == 1
