"""积分 that are computed again: what was decided on is held, what does not count takes everything of it along, and a
month can be closed whatever has become confidential meanwhile."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from cases.kit import DAY, HOUR, NOW, move, person, register_case, sql, walk
from figures.kit import APRIL_3, MARCH, month_of_work, unit
from onedoor.figures.models import PointsAppeal, PointsEntry, PointsMonth
from onedoor.figures.queries.appeals import appeals_waiting, exemptions
from onedoor.figures.queries.point_entries import entries
from onedoor.figures.queries.points import board
from onedoor.figures.steps.corrections import appeal_entry, correct_entry, decide_appeal
from onedoor.figures.steps.exemptions import exempt_days, exempt_matter, withdraw_exemption
from onedoor.figures.steps.point_sets import write_set
from onedoor.figures.steps.points import close_month, compute_month
from onedoor.grid.steps.tasks import finish_task, order_task, sign_task
from onedoor.hall.models import Residence
from onedoor.hall.steps.call import arrive, call_unit
from onedoor.people.demo_county import GRID
from onedoor.people.models import Account, Division, Post, Unit
from onedoor.people.tokens import SignedIn
from onedoor.rules.point_book import DEFAULT, content_of
from onedoor.rules.points import Subject
from onedoor.rules.refusal import Refused

TERM = timedelta(days=DEFAULT.appeal_days)
SECOND = timedelta(seconds=1)


def compute(**more: Any) -> int:
    return compute_month(month=MARCH, at=more.pop("at", APRIL_3), **more)


def summed(subject: Subject) -> int:
    return sum(
        PointsEntry.objects.filter(month=MARCH, kind=subject.kind, subject=subject.id).values_list(
            "counted", flat=True
        )
    )


def refused(what: Any, said: str) -> None:
    with pytest.raises(Refused, match=said):
        what()


def signed_late() -> tuple[str, PointsEntry]:
    """A matter that the housing office signed for too late, its only entry: what it cost."""
    number = register_case()
    walk(number, ("accept", "clerk", {}), ("dispatch", "dispatcher", {"unit": "zjj"}))
    move(number, "sign", "handler2", at=NOW + 5 * DAY)
    compute()
    entry = PointsEntry.objects.get(kind="unit", subject=unit("zjj").id)
    assert entry.counted == -100
    return number, entry


def appealed(entry: PointsEntry, *, upheld: bool, at: Any = APRIL_3) -> None:
    appeal_entry(signed=person("handler2"), entry=entry.pk, reason="日期不对。", at=at)
    appeal = PointsAppeal.objects.get(entry=entry).pk
    decide_appeal(signed=person("supervisor"), appeal=appeal, upheld=upheld, reason="属实。", at=at)


def corrected(
    entry: PointsEntry, points: int, at: Any = APRIL_3, key: UUID | None = None, said: str = "算错。"
) -> None:
    correct_entry(signed=person("director"), entry=entry.pk, points=points, reason=said, at=at, key=key or uuid4())


def cost(rule: str, points: str) -> None:
    content = content_of(DEFAULT)
    content["rules"][rule]["points"] = points
    write_set(signed=person("director"), content=content, from_month=MARCH, reason="调整分值。", at=APRIL_3)


@pytest.mark.parametrize("by", ["appeal", "correction"])
def test_what_was_taken_out_gives_nothing_when_the_matter_no_longer_counts(county: None, by: str) -> None:
    number, entry = signed_late()
    if by == "appeal":
        appealed(entry, upheld=True)
    else:
        corrected(entry, 100)
    assert summed(unit("zjj")) == 0
    exempt_matter(signed=person("director"), number=number, reason="系统故障。", at=APRIL_3)
    compute()
    assert summed(unit("zjj")) == 0, "the cost is gone and so is what made up for it"
    (exemption,) = sql("SELECT id FROM points_exemption")[0]
    withdraw_exemption(signed=person("director"), exemption=exemption, at=APRIL_3)
    compute()
    assert summed(unit("zjj")) == 0 and PointsEntry.objects.get(pk=entry.pk).counted == -100


@pytest.mark.parametrize("gone", [True, False])
def test_other_rules_bring_no_other_number_to_what_was_decided(county: None, gone: bool) -> None:
    _, entry = signed_late()
    appealed(entry, upheld=True)
    if gone:
        content = content_of(DEFAULT)
        del content["rules"]["signed_late"]
        write_set(signed=person("director"), content=content, from_month=MARCH, reason="调整。", at=APRIL_3)
    else:
        cost("signed_late", "-5")
    compute()
    assert summed(unit("zjj")) == 0
    assert PointsEntry.objects.get(pk=entry.pk).counted == (0 if gone else -100)


def test_a_refused_appeal_is_not_followed_by_a_greater_cost(county: None) -> None:
    _, entry = signed_late()
    appealed(entry, upheld=False)
    cost("signed_late", "-5")
    compute()
    assert summed(unit("zjj")) == -100


def test_an_appeal_upheld_while_the_matter_does_not_count_holds_when_it_does_again(county: None) -> None:
    number, entry = signed_late()
    appeal_entry(signed=person("handler2"), entry=entry.pk, reason="日期不对。", at=APRIL_3)
    exempt_matter(signed=person("director"), number=number, reason="系统故障。", at=APRIL_3)
    compute()
    appeal = PointsAppeal.objects.get().pk
    decide_appeal(signed=person("supervisor"), appeal=appeal, upheld=True, reason="属实。", at=APRIL_3)
    (exemption,) = sql("SELECT id FROM points_exemption")[0]
    withdraw_exemption(signed=person("director"), exemption=exemption, at=APRIL_3)
    compute()
    compute()
    entry.refresh_from_db()
    assert (entry.counted, entry.note, summed(unit("zjj"))) == (0, "upheld", 0)


def test_what_does_not_count_is_not_corrected_and_no_key_drops_a_correction(county: None) -> None:
    number, entry = signed_late()
    key = uuid4()
    for _ in range(2):  # sent twice
        corrected(entry, 50, key=key)
    assert summed(unit("zjj")) == -50
    refused(lambda: corrected(entry, 30, key=key), "已经提交过")
    refused(lambda: corrected(entry, 50, key=key, said="别的理由。"), "已经提交过")
    exempt_matter(signed=person("director"), number=number, reason="系统故障。", at=APRIL_3)
    compute()
    assert summed(unit("zjj")) == 0
    corrected(entry, 50, key=key)  # sent a third time: there already
    refused(lambda: corrected(entry, 50), "没有计入")


def test_what_a_recount_adds_can_be_appealed_against_as_long(county: None) -> None:
    signed_late()
    until = PointsMonth.objects.get().appeal_until
    assert until == APRIL_3 + TERM
    compute(at=until + SECOND)
    assert PointsMonth.objects.get().appeal_until == until, "nothing new, no new term"
    late = until + DAY
    number = register_case()
    walk(number, ("accept", "clerk", {}), ("dispatch", "dispatcher", {"unit": "zjj"}))
    compute(at=late)  # not signed for: the limit ran out in March
    assert PointsMonth.objects.get().appeal_until == late + TERM
    added = PointsEntry.objects.get(kind="unit", case__number=number)
    refused(lambda: close_month(signed=person("director"), month=MARCH, at=late + HOUR), "还没有结束")
    appeal_entry(signed=person("handler2"), entry=added.pk, reason="没有收到。", at=late + TERM)


def test_a_restricted_matter_keeps_no_month_open_and_is_not_betrayed(county: None) -> None:
    number, entry = signed_late()
    appeal_entry(signed=person("handler2"), entry=entry.pk, reason="日期不对。", at=APRIL_3)
    director, after = person("director"), APRIL_3 + TERM + SECOND
    refused(lambda: close_month(signed=director, month=MARCH, at=after), "1件申诉")
    move(number, "restrict", "supervisor", at=APRIL_3, level="restricted", reason="涉及隐私。", persons=["supervisor"])
    assert appeals_waiting(director) == []
    close_month(signed=director, month=MARCH, at=after)
    assert PointsMonth.objects.get().closed_at is not None


def test_an_appeal_of_somebody_who_is_gone_keeps_no_month_open(county: None) -> None:
    _, entry = signed_late()
    appeal_entry(signed=person("handler2"), entry=entry.pk, reason="日期不对。", at=APRIL_3)
    PointsEntry.objects.filter(pk=entry.pk).update(subject=987_654)
    assert appeals_waiting(person("director")) == []
    close_month(signed=person("director"), month=MARCH, at=APRIL_3 + TERM + SECOND)


# --- tasks of a matter, calls


def done_task(case: str = "", day: int = 3, grid: str = GRID) -> UUID:
    at, task = NOW + timedelta(days=day), uuid4()
    raw = {"title": "到现场拍照", "text": "", "grid": grid, "guests": "", "worker": "grid_worker", "case": case,
           "due_on": (at + 2 * DAY).date().isoformat()}  # fmt: skip
    order_task(signed=person("dispatcher"), at=at, task=task, raw=raw)
    worker = person("grid_worker")
    sign_task(signed=worker, at=at + HOUR, task=task, seen=1)
    finish_task(signed=worker, at=at + DAY, task=task, seen=2, raw={"text": "已拍照。"})
    return task


def of_task(task: UUID, kind: str = "worker") -> PointsEntry:
    return PointsEntry.objects.get(matter=f"task:{task}", kind=kind)


def worker() -> Subject:
    return Subject("worker", Account.objects.get(username="grid_worker").pk)


def test_the_task_of_a_matter_that_becomes_confidential_is_in_no_sum(county: None) -> None:
    number = register_case(channel="grid", by="grid_worker")
    task, other = done_task(number), done_task()
    compute()
    director = person("director")
    (before,) = [one for one in board(director, MARCH, "worker") if one.whose.subject == worker()]
    persons = ["supervisor", "clerk_village"]
    move(number, "restrict", "supervisor", at=APRIL_3, level="restricted", reason="涉及隐私。", persons=persons)
    (line,) = [one for one in board(director, MARCH, "worker") if one.whose.subject == worker()]
    assert (before.ranked.standing.entries, line.ranked.standing.entries) == (2, 1), "before it is computed again"
    _, shown = entries(director, MARCH, worker(), APRIL_3)
    assert [one.id for one in shown] == [of_task(other).pk]
    corrected_or_not = lambda: corrected(of_task(task), 50)  # noqa: E731
    refused(corrected_or_not, "没有找到")
    compute()
    assert not PointsEntry.objects.filter(matter=f"task:{task}").exists() and of_task(other).counted


def test_a_matter_that_does_not_count_takes_its_tasks_along(county: None) -> None:
    number = register_case(channel="grid", by="grid_worker")
    task, other = done_task(number), done_task()
    exempt_matter(signed=person("supervisor"), number=number, reason="系统故障补录。", at=APRIL_3)
    compute()
    for kind in ("worker", "grid"):
        assert (of_task(task, kind).counted, of_task(task, kind).note) == (0, "exempt")
        assert of_task(other, kind).counted > 0


def test_force_majeure_reaches_calls(county: None) -> None:
    centre = Unit.objects.get(pk=person("clerk").actors[0].unit)
    there = Residence.objects.create(centre=centre, unit=Unit.objects.get(code="zjj"), mode="on_call", minutes=20)
    for day in (1, 2):
        call = call_unit(actor=person("clerk").actors[0], at=NOW + day * DAY, residence=there.pk)
        arrive(actors=person("clerk").actors, at=NOW + day * DAY + HOUR, call=call)
    compute()
    before = summed(unit("zjj"))
    assert before < 0
    storm = date(2026, 3, 3)
    root = Division.objects.get(parent=None).pk
    exempt_days(signed=person("director"), division=root, since=storm, until=storm, reason="暴雨停电。", at=APRIL_3)
    compute()
    assert summed(unit("zjj")) == before // 2
    notes = dict(PointsEntry.objects.filter(fact="arrived_late").values_list("at__day", "note"))
    assert notes == {3: "force_majeure", 4: ""}


# --- who reads what does not count


def of_town() -> SignedIn:
    """A supervisor of a town: decides there, not for the county."""
    town = person("clerk_town").actors[0]
    account = Account.objects.create(username="supervisor_town", name="马督办")
    Post.objects.create(account=account, role="supervisor", unit_id=town.unit, division_id=town.division)
    return person("supervisor_town")


def test_what_does_not_count_is_listed_for_who_may_change_it(county: None) -> None:
    (number, *_) = month_of_work(1)
    exempt_matter(signed=person("supervisor"), number=number, reason="系统故障补录。", at=APRIL_3)
    assert [one["number"] for one in exemptions(person("director"))] == [number]
    assert exemptions(of_town()) == [] and exemptions(person("auditor")) == []
    move(number, "restrict", "supervisor", at=APRIL_3, level="restricted", reason="涉及隐私。", persons=["supervisor"])
    assert exemptions(person("director")) == []
