"""Visits in batches and persons on the demo county: page, workbook and a plain recount are one number."""

import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from cases.kit import person, sql
from onedoor.hall.queries.visit_figures import count_visits
from onedoor.hall.steps.visit import take_visit
from onedoor.rules.figures import Period
from onedoor.rules.refusal import Refused
from web.kit import Screens, words

ALL = Period("", date(2020, 1, 1), date(2035, 1, 1))
QUERY = {"since": "2020-01-01", "until": "2035-01-01"}
PLAIN = (
    "SELECT count(*), sum(persons), count(*) FILTER (WHERE persons > 5), count(*) FILTER (WHERE ending = 'answered'),"
    " count(*) FILTER (WHERE ending = 'registered') FROM hall_visit WHERE purpose <> 'accusation'"
)


def test_a_plain_recount_agrees(full: int) -> None:
    one = count_visits(person("director").actors, ALL)[0]
    assert [(one.batches, one.persons, one.joint, one.answered, one.registered)] == sql(PLAIN)
    assert one.batches > 100 and one.persons > one.batches and one.joint > 3
    for by in ("month", "division", "purpose"):
        groups = count_visits(person("director").actors, ALL, by)
        assert len(groups) > 2, by
        for name in ("batches", "persons", "joint", "joint_persons", "ended", "answered", "registered"):
            assert sum(getattr(group, name) for group in groups) == getattr(one, name), (by, name)


def test_a_town_counts_its_own_and_a_period_has_both_its_days(full: int) -> None:
    town = count_visits(person("dispatcher_town").actors, ALL)[0]
    assert 0 < town.batches < count_visits(person("director").actors, ALL)[0].batches
    by_division = {one.key: one for one in count_visits(person("director").actors, ALL, "division")}
    place = sql("SELECT id FROM people_division WHERE code = '990101100'")[0][0]
    assert count_visits(person("director").actors, ALL, place=place)[0].batches == by_division["990101100"].batches
    ((day,),) = sql("SELECT (max(received_at) AT TIME ZONE 'Asia/Shanghai')::date FROM hall_visit")
    last = count_visits(person("director").actors, Period("", day, day))[0]
    assert last.batches > 0
    nothing = count_visits(person("director").actors, Period("", day + timedelta(days=1), day + timedelta(days=9)))[0]
    assert (nothing.batches, nothing.persons, nothing.answered) == (0, 0, 0)


def test_accusations_and_restricted_matters_are_in_no_sum(full: int) -> None:
    before = count_visits(person("director").actors, ALL)[0].batches
    clerk = person("clerk").actors[0]
    take_visit(actor=clerk, at=timezone.now(), raw={"purpose": "other", "persons": 2, "asked": "问路。"})
    take_visit(actor=clerk, at=timezone.now(), raw={"purpose": "accusation", "persons": 3})
    assert count_visits(person("director").actors, ALL)[0].batches == before + 1
    assert "accusation" not in {one.key for one in count_visits(person("director").actors, ALL, "purpose")}
    sql("UPDATE \"case\" SET confidentiality = 'restricted' WHERE id = (SELECT case_id FROM hall_visitcase LIMIT 1)")
    assert count_visits(person("director").actors, ALL)[0].batches == before


@pytest.mark.parametrize("by", ["month", "division", "purpose"])
def test_page_and_workbook_say_the_same(full: int, by: str) -> None:
    screens = Screens()
    one = count_visits(person("director").actors, ALL)[0]
    text = words(screens.open("director", "figures/visits", **QUERY, by=by))
    assert f"接待批次 {one.batches}" in text and f"接待人次 {one.persons}" in text
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(screens.open("director", "figures/visits", **QUERY, by=by, **{"as": "xlsx"}).content)
    )
    first = book.get_sheet_by_name("接待").to_python()
    assert first[4][1:3] == [one.batches, one.persons]
    groups = book.get_sheet_by_name(book.sheet_names[1]).to_python()[1:]
    assert [(row[0], row[1], row[2]) for row in groups] == [
        (group.name, group.batches, group.persons) for group in count_visits(person("director").actors, ALL, by)
    ]
    assert sql("SELECT count(*) FROM access_log WHERE reason = '导出接待统计'") == [(1,)]


@pytest.mark.parametrize("who", ["clerk", "handler", "unit_lead", "grid_worker", "mediator", "admin"])
def test_the_page_is_not_for_everybody(full: int, who: str) -> None:
    assert Screens().open(who, "figures/visits").status_code == 403


def test_a_wrong_question_is_told(full: int) -> None:
    screens = Screens()
    assert screens.open("director", "figures/visits", since="2026-03-02", until="2026-03-01").status_code == 422
    assert screens.open("director", "figures/visits", place="nowhere").status_code == 422
    assert "接待统计" in words(screens.open("director", "figures/visits", by="person"))
    with pytest.raises(Refused):
        count_visits(person("director").actors, ALL, "person")
    assert '/desk/figures/visits"' in screens.open("director", "figures").content.decode()
    assert '/desk/figures/visits"' not in screens.open("unit_lead", "figures").content.decode()
