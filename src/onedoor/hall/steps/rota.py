"""轮值: the rota of a hall, a week at a time."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from onedoor.hall.models import Duty, Residence
from onedoor.hall.queries.residence import mark_of, week_of
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.refusal import CONFLICT, STALE_VERSION, Refused
from onedoor.rules.residence import HALVES, monday

WEEK = timedelta(days=7)
FURTHEST = timedelta(days=366)


def save_week(*, by: By, centre: int, week: date, mark: str, given: Mapping[str, str]) -> int:
    """Puts what is `given` in the place of the week's rota; how many half days. `mark` is the week as it was shown:
    over another's change nothing is saved.

    `given`: `u.<residence>.<day>.<half>` for a rotating unit, `n.<day>.<half>` and `o.<day>.<half>` for the name and
    office of the leader on duty."""
    week = _week(week, by.at)
    form, duties = Form(), list[Duty]()
    with administering(by):
        if mark_of(week_of(centre, week)) != mark:
            raise Refused(STALE_VERSION, "这一周的轮值刚被别人改过，您的改动没有保存，请刷新后再改。")
        rotating = Residence.objects.filter(centre_id=centre, mode="rota", active=True).values_list("pk", flat=True)
        for day in (week + timedelta(days=number) for number in range(7)):
            for half in HALVES:
                slot = f"{day.isoformat()}.{half}"
                name = form.text(f"n.{slot}", given.get(f"n.{slot}", ""), "带班领导姓名", 20, required=False)
                office = form.text(f"o.{slot}", given.get(f"o.{slot}", ""), "职务", 30, required=False)
                if office and not name:
                    form.fault(f"n.{slot}", "填了职务，请填写姓名。")
                if name:
                    duties.append(Duty(centre_id=centre, day=day, half=half, leader=name, office=office))
                duties += [
                    Duty(centre_id=centre, day=day, half=half, residence_id=residence)
                    for residence in rotating
                    if given.get(f"u.{residence}.{slot}")
                ]
        form.check()
        Duty.objects.filter(centre_id=centre, day__gte=week, day__lt=week + WEEK).delete()
        Duty.objects.bulk_create(duties)
        by.log("hall", f"rota:{week.isoformat()}", "修改轮值表")
    return len(duties)


def copy_week(*, by: By, centre: int, week: date, over: bool) -> int:
    """Copies the week's rota to the next; how many half days. Refuses where the next has any, unless `over`; units
    that do not rotate any more are left out."""
    week = _week(week, by.at)
    with administering(by):
        there = Duty.objects.filter(centre_id=centre)
        source = list(there.filter(day__gte=week, day__lt=week + WEEK).select_related("residence"))
        if not source:
            raise Refused(CONFLICT, "这一周还没有轮值，没有可以复制的。")
        target = there.filter(day__gte=week + WEEK, day__lt=week + 2 * WEEK)
        if (count := target.count()) and not over:
            raise Refused(CONFLICT, f"下一周已排了{count}个班次。要用这一周的替换它们，请勾选“替换下一周已有的”。")
        target.delete()
        copies = [
            Duty(
                centre_id=centre, day=one.day + WEEK, half=one.half, residence=one.residence,
                leader=one.leader, office=one.office,
            )
            for one in source
            if one.residence is None or (one.residence.active and one.residence.mode == "rota")
        ]  # fmt: skip
        Duty.objects.bulk_create(copies)
        by.log("hall", f"rota:{week.isoformat()}", "复制轮值表到下一周")
    return len(copies)


def _week(day: date, at: datetime) -> date:
    """Its Monday; refuses what lies too far away to be meant."""
    if abs(day - at.date()) > FURTHEST:
        raise Refused(CONFLICT, "只能排前后一年以内的轮值。")
    return monday(day)


def forget_duties(*, before: date) -> int:
    """Removes half days that lie before; how many."""
    return Duty.objects.filter(day__lt=before).delete()[0]
