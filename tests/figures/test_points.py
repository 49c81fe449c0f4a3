"""积分 on PostgreSQL: a month from the ledger, computed again, closed, corrected, appealed against, read by whom."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from cases.kit import DAY, HOUR, NOW, move, person, register_case, sql, walk
from figures.kit import APRIL_3, MARCH, closed_case, month_of_work, unit
from onedoor.figures.models import PointsAppeal, PointsEntry, PointsMonth
from onedoor.figures.queries.point_entries import entries
from onedoor.figures.queries.points import board, kinds_read_by, mine
from onedoor.figures.queries.trial import try_set
from onedoor.figures.sets import newest_set, set_for
from onedoor.figures.steps.corrections import appeal_entry, correct_entry, decide_appeal
from onedoor.figures.steps.exemptions import exempt_days, exempt_matter, withdraw_exemption
from onedoor.figures.steps.point_sets import write_set
from onedoor.figures.steps.points import close_month, compute_due, compute_month
from onedoor.people.models import Account, Division
from onedoor.rules.point_book import DEFAULT, content_of
from onedoor.rules.points import Subject, written
from onedoor.rules.refusal import Refused

LATER = APRIL_3 + timedelta(days=DEFAULT.appeal_days, seconds=1)


def compute(**more: Any) -> int:
    return compute_month(month=MARCH, at=APRIL_3, **more)


def counted(subject: Subject) -> dict[str, int]:
    """Hundredths by rule."""
    found: dict[str, int] = {}
    for one in PointsEntry.objects.filter(month=MARCH, kind=subject.kind, subject=subject.id):
        found[one.rule] = found.get(one.rule, 0) + one.counted
    return found


def everything() -> list[tuple[Any, ...]]:
    return sql("SELECT id, kind, subject, rule, ref, at, points, counted, note FROM points_entry ORDER BY id")


def an_entry(rule: str = "signed_on_time") -> PointsEntry:
    return PointsEntry.objects.filter(kind="unit", rule=rule).order_by("at")[0]


def refused(what: Any, said: str) -> None:
    with pytest.raises(Refused, match=said):
        what()


def test_a_month_from_the_ledger(county: None) -> None:
    month_of_work(6, rated=5)
    compute()
    assert counted(unit("zjj")) == {"signed_on_time": 300, "closed_on_time": 1200, "verified": 500}
    clerk = Subject("staff", person("clerk").account)
    assert counted(clerk) == {"accepted_on_time": 300}
    (line,) = [one for one in board(person("supervisor"), MARCH, "unit") if one.whose.name == "住建局"]
    assert (line.total, line.ranked.standing.matters, line.ranked.standing.entries) == ("20", 6, 17)
    assert line.ranked.rank is None, "one unit is no ranking"


def test_what_came_late_costs_once(county: None) -> None:
    number = register_case()
    walk(number, ("accept", "clerk", {}), ("dispatch", "dispatcher", {"unit": "zjj"}))
    move(number, "sign", "handler2", at=NOW + 5 * DAY)
    compute()
    found = {one.fact: one for one in PointsEntry.objects.filter(kind="unit", subject=unit("zjj").id)}
    assert set(found) == {"signed_late"} and found["signed_late"].counted == -100
    (due,) = sql("SELECT due_at FROM clock WHERE kind = 'sign'")[0]
    assert found["signed_late"].at == due, "on the day it was due, not on the day it was signed"


def test_what_happened_in_another_month_is_not_in_this_one(county: None) -> None:
    closed_case(NOW + timedelta(days=40))
    assert compute() == 0
    assert compute_month(month=date(2026, 4, 1), at=APRIL_3 + timedelta(days=30)) > 0


def test_computed_twice_is_the_same(county: None) -> None:
    month_of_work(6, rated=6)
    first = compute()
    before = everything()
    assert first == compute(signed=person("supervisor")) == len(before)
    assert everything() == before


def test_an_unfinished_month_is_not_computed(county: None) -> None:
    closed_case()
    refused(lambda: compute_month(month=MARCH, at=NOW + 29 * DAY), "还没有结束")
    assert compute_due(NOW + 20 * DAY) == []
    assert compute_due(APRIL_3) == [MARCH] and compute_due(APRIL_3) == []


def test_a_closed_month_changes_only_by_a_correction(county: None) -> None:
    month_of_work(6)
    compute()
    before = everything()
    director = person("director")
    refused(lambda: close_month(signed=director, month=MARCH, at=APRIL_3), "还没有结束")
    close_month(signed=director, month=MARCH, at=LATER)
    number = sql('SELECT number FROM "case" LIMIT 1')[0][0]
    exempt_matter(signed=director, number=number, reason="系统故障。", at=LATER)
    compute()  # by the clock: nothing
    refused(lambda: compute(signed=director), "已经定稿")
    assert everything() == before
    key = uuid4()
    for _ in range(2):  # sent twice
        correct_entry(signed=director, entry=an_entry().pk, points=-50, reason="重复计算。", at=LATER, key=key)
    assert sum(counted(unit("zjj")).values()) == 1500 - 50
    assert len(everything()) == len(before) + 1
    refused(
        lambda: correct_entry(signed=director, entry=an_entry().pk, points=-50, reason=" ", at=LATER, key=uuid4()),
        "请填写理由",
    )
    refused(
        lambda: correct_entry(signed=director, entry=key, points=5, reason="再改。", at=LATER, key=uuid4()),
        "不能再更正",
    )


def test_an_appeal_upheld_takes_the_entry_out(county: None) -> None:
    month_of_work(6)
    compute()
    entry, handler, supervisor = an_entry().pk, person("handler2"), person("supervisor")
    appeal_entry(signed=handler, entry=entry, reason="日期不对。", at=LATER - timedelta(seconds=1))
    refused(lambda: appeal_entry(signed=handler, entry=entry, reason="再说。", at=APRIL_3), "已经申诉过")
    refused(lambda: close_month(signed=person("director"), month=MARCH, at=LATER), "1件申诉")
    appeal = PointsAppeal.objects.get().pk
    refused(lambda: decide_appeal(signed=handler, appeal=appeal, upheld=True, reason="我看行。", at=LATER), "以外的人")
    other = person("unit_lead2")
    refused(lambda: decide_appeal(signed=other, appeal=appeal, upheld=True, reason="我看行。", at=LATER), "只有中心")
    refused(lambda: decide_appeal(signed=supervisor, appeal=appeal, upheld=True, reason="", at=LATER), "请填写理由")
    decide_appeal(signed=supervisor, appeal=appeal, upheld=True, reason="属实。", at=LATER)
    refused(lambda: decide_appeal(signed=supervisor, appeal=appeal, upheld=False, reason="改。", at=LATER), "已经裁定")
    assert sum(counted(unit("zjj")).values()) == 1500 - 50
    compute()  # what was decided stays
    assert sum(counted(unit("zjj")).values()) == 1500 - 50
    close_month(signed=person("director"), month=MARCH, at=LATER)


def test_an_appeal_refused_changes_nothing(county: None) -> None:
    month_of_work(6)
    compute()
    appeal_entry(signed=person("unit_lead2"), entry=an_entry().pk, reason="日期不对。", at=APRIL_3)
    decide_appeal(
        signed=person("director"), appeal=PointsAppeal.objects.get().pk, upheld=False, reason="日期正确。", at=APRIL_3
    )
    assert sum(counted(unit("zjj")).values()) == 1500


def test_who_cannot_appeal_and_when(county: None) -> None:
    month_of_work(6, rated=5)
    compute()
    entry = an_entry().pk
    refused(lambda: appeal_entry(signed=person("handler2"), entry=entry, reason="晚了。", at=LATER), "申诉期已过")
    for who in ("handler", "clerk", "supervisor", "auditor", "unit_lead"):
        refused(lambda who=who: appeal_entry(signed=person(who), entry=entry, reason="不对。", at=APRIL_3), "只有本人")
    rating = an_entry("verified").pk
    refused(lambda: appeal_entry(signed=person("handler2"), entry=rating, reason="不对。", at=APRIL_3), "只显示合计")
    own = PointsEntry.objects.filter(kind="staff", subject=person("clerk").account)[0].pk
    appeal_entry(signed=person("clerk"), entry=own, reason="不是我办的。", at=APRIL_3)


def test_what_was_appealed_against_stays_when_its_fact_is_gone(county: None) -> None:
    numbers = month_of_work(6)
    compute()
    entry = an_entry()
    appeal_entry(signed=person("handler2"), entry=entry.pk, reason="日期不对。", at=APRIL_3)
    sql("UPDATE points_entry SET ref = 'elsewhere' WHERE FALSE")
    # the ledger cannot change; the rules can: a set without this rule
    content = content_of(DEFAULT)
    del content["rules"]["signed_on_time"]
    write_set(signed=person("director"), content=content, from_month=MARCH, reason="试行。", at=APRIL_3)
    compute()
    entry.refresh_from_db()
    assert (entry.counted, entry.note) == (0, "gone")
    assert PointsEntry.objects.filter(kind="unit", rule="signed_on_time").count() == 1
    assert len(numbers) == 6


def test_exempted_matters_and_days_earn_nothing(county: None) -> None:
    numbers = month_of_work(6)
    supervisor = person("supervisor")
    exempt_matter(signed=supervisor, number=numbers[0], reason="系统故障补录。", at=APRIL_3)
    exempt_matter(signed=supervisor, number=numbers[0], reason="系统故障补录。", at=APRIL_3)
    compute()
    assert sum(counted(unit("zjj")).values()) == 1500 - 250
    notes = set(PointsEntry.objects.filter(counted=0, kind="unit").values_list("note", flat=True))
    assert notes == {"exempt"}
    root = Division.objects.get(parent=None).pk
    day = NOW.date() + timedelta(days=1)
    exempt_days(signed=supervisor, division=root, since=day, until=day, reason="暴雨停电。", at=APRIL_3)
    compute()
    assert sum(counted(unit("zjj")).values()) == 1500 - 500
    for (key,) in sql("SELECT id FROM points_exemption"):
        withdraw_exemption(signed=supervisor, exemption=key, at=APRIL_3)
    compute()
    assert sum(counted(unit("zjj")).values()) == 1500
    for who in ("handler2", "clerk", "auditor", "grid_lead"):
        refused(
            lambda who=who: exempt_matter(signed=person(who), number=numbers[0], reason="帮忙。", at=APRIL_3),
            "只有中心",
        )


def test_an_excluded_notice_costs_nothing(county: None) -> None:
    number = register_case()
    walk(number, ("accept", "clerk", {}), ("dispatch", "dispatcher", {"unit": "zjj"}), ("sign", "handler2", {}))
    move(number, "supervise", "supervisor", at=NOW + DAY, level="red_card", reason="请加快。")
    move(number, "appeal_supervision", "handler2", at=NOW + DAY + HOUR, reason="停电。")
    move(number, "decide_appeal", "director", at=NOW + 2 * DAY, upheld=True, reason="属实。")
    compute()
    (card,) = PointsEntry.objects.filter(rule="red_card")
    assert (card.points, card.counted, card.note) == (-1000, 0, "notice_excluded")
    move(number, "supervise", "supervisor", at=NOW + 3 * DAY, level="red_card", reason="请加快。")
    move(number, "reply_supervision", "handler2", at=NOW + 3 * DAY + HOUR, text="明天办结。")
    move(number, "accept_reply", "supervisor", at=NOW + 4 * DAY)
    compute()
    assert sum(PointsEntry.objects.filter(rule="red_card").values_list("counted", flat=True)) == -1000


def test_what_becomes_confidential_is_in_no_sum(county: None) -> None:
    numbers = month_of_work(6)
    compute()
    move(
        numbers[0],
        "restrict",
        "supervisor",
        at=APRIL_3,
        level="restricted",
        reason="涉及隐私。",
        persons=["supervisor"],
    )
    (line,) = [one for one in board(person("director"), MARCH, "unit") if one.whose.name == "住建局"]
    assert (line.total, line.ranked.standing.matters) == (written(1500 - 250), 5)
    _, shown = entries(person("director"), MARCH, unit("zjj"), APRIL_3)
    assert numbers[0] not in {one.number for one in shown} and len(shown) == 10
    compute()
    assert not PointsEntry.objects.filter(case__number=numbers[0]).exists()
    gone = PointsEntry.objects.filter(case__confidentiality="restricted")
    assert not gone.exists()


@pytest.mark.parametrize("rated", [4, 5])
def test_a_unit_sees_sums_of_ratings_and_never_one(county: None, rated: int) -> None:
    numbers = month_of_work(6, rated=rated)
    compute()
    line, shown = entries(person("unit_lead2"), MARCH, unit("zjj"), APRIL_3)
    ratings = [one for one in shown if one.id is None]
    assert len(ratings) == 1 and not ratings[0].number
    if rated < 5:
        assert ratings[0].count == 0 and "不足5件" in ratings[0].note and ratings[0].counted == "0"
    else:
        assert (ratings[0].count, ratings[0].counted) == (5, "5")
    _, whole = entries(person("supervisor"), MARCH, unit("zjj"), APRIL_3)
    assert sum(one.name == "回访核实满意" for one in whole) == rated
    assert {one.number for one in whole} == set(numbers)
    assert line.own


def test_places_of_people_are_seen_by_themselves_their_lead_and_the_centre(county: None) -> None:
    month_of_work(6)
    compute()
    clerk = Subject("staff", person("clerk").account)
    for who, sees in {
        "clerk": True, "supervisor": True, "director": True, "auditor": False, "dispatcher": False, "unit_lead2": False,
        "handler2": False, "clerk_town": False, "admin": False,
    }.items():  # fmt: skip
        assert (clerk in {one.whose.subject for one in board(person(who), MARCH, "staff")}) == sees, who
        if not sees:
            refused(lambda who=who: entries(person(who), MARCH, clerk, APRIL_3), "没有找到")
    assert [one.whose.subject for one in mine(person("clerk"), MARCH)][-1] == clerk
    assert kinds_read_by(person("clerk")) == [] and kinds_read_by(person("auditor")) == ["unit", "window", "grid"]


def test_a_town_reads_its_own(county: None) -> None:
    month_of_work(6)
    compute()
    assert board(person("clerk_town"), MARCH, "unit") == []
    assert {one.whose.name for one in board(person("unit_lead2"), MARCH, "unit")} == {"住建局"}
    assert "县综治中心" not in {one.whose.name for one in board(person("handler2"), MARCH, "unit")}


def test_another_set_is_tried_and_writes_nothing(county: None) -> None:
    month_of_work(6)
    compute()
    before = everything()
    content = content_of(DEFAULT)
    content["rules"]["closed_on_time"]["points"] = "5"
    from onedoor.rules.point_book import read_set

    tried = try_set(DEFAULT, read_set("x", 2, content), [MARCH])
    (line,) = [one for one in tried["unit"] if one.whose.name == "住建局"]
    assert line.before.standing.total == 1500 and line.after.standing.total == 3300
    assert everything() == before and newest_set() is DEFAULT


def test_a_set_holds_from_its_month_on(county: None) -> None:
    director = person("director")
    content = content_of(DEFAULT)
    content["rules"]["closed_on_time"]["points"] = "3"
    april = date(2026, 4, 1)
    wanted = write_set(signed=director, content=content, from_month=april, reason="县里会议定。", at=APRIL_3)
    assert (wanted.version, set_for(MARCH).version, set_for(april).version) == (2, 1, 2)
    refused(
        lambda: write_set(signed=director, content=content, from_month=april, reason="再来。", at=APRIL_3), "没有改动"
    )
    content["rules"]["closed_on_time"]["points"] = "4"
    for who in ("clerk", "handler2", "auditor", "dispatcher_town"):
        refused(
            lambda who=who: write_set(
                signed=person(who), content=content, from_month=april, reason="给自己。", at=APRIL_3
            ),
            "只有中心",
        )
    closed_case()
    compute()
    close_month(signed=director, month=MARCH, at=LATER)
    refused(
        lambda: write_set(signed=director, content=content, from_month=MARCH, reason="改三月。", at=LATER), "已经定稿"
    )
    content["rules"]["visits"] = {"name": "走访", "fact": "visits", "for": ["worker"], "points": 1, "basis": "待核"}
    refused(
        lambda: write_set(signed=director, content=content, from_month=april, reason="加走访。", at=LATER), "不能计分"
    )


def test_nobody_corrects_or_decides_about_himself(county: None) -> None:
    month_of_work(6)
    compute()
    account = Account.objects.get(username="supervisor")
    own = PointsEntry.objects.filter(kind="staff")[0]
    PointsEntry.objects.filter(pk=own.pk).update(subject=account.pk)
    refused(
        lambda: correct_entry(
            signed=person("supervisor"), entry=own.pk, points=500, reason="辛苦。", at=APRIL_3, key=uuid4()
        ),
        "不能更正自己的积分",
    )
    refused(
        lambda: correct_entry(
            signed=person("supervisor"), entry=UUID(int=1), points=500, reason="辛苦。", at=APRIL_3, key=uuid4()
        ),
        "没有找到",
    )
    assert PointsMonth.objects.count() == 1
