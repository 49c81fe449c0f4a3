"""工作日历: days added to a division's calendar or withdrawn from it. What runs by it is recomputed by a job."""

from collections.abc import Mapping
from datetime import date

from onedoor.cases.calendars import calendar_of
from onedoor.cases.models import CalendarChange, CalendarDay
from onedoor.people.models import Division
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.refusal import Refused, invalid

MOST_DAYS = 366


def change_days(*, by: By, division: str, days: Mapping[date, tuple[bool, str] | None], reason: str) -> CalendarChange:
    """Each day is worked or not, with a name, in the division (a code) and all below it; None withdraws the division's
    own word on that day. Refuses a change that changes nothing."""
    form = Form()
    reason = form.text("reason", reason, "理由", 500)
    if not 1 <= len(days) <= MOST_DAYS:
        form.fault("days", f"请选择1到{MOST_DAYS}天。")
    if any(not 2000 <= day.year <= 2100 for day in days):
        form.fault("days", "日期应在2000年到2100年之间。")
    if any(word is not None and len(word[1]) > 40 for word in days.values()):
        form.fault("days", "名称最多40个字。")
    form.check()
    with administering(by):
        there = Division.objects.filter(code=division.replace("\0", "\ufffd")).first()
        if there is None:
            raise invalid("division", "没有这个区划。")
        changed = [day for day, word in sorted(days.items()) if _set(there.pk, day, word)]
        if not changed:
            raise Refused("conflict", "日历没有变化。", {"days": "这些日期已是如此。"})
        change = CalendarChange(
            division=there.pk, days=[day.isoformat() for day in changed], reason=reason, by=by.actor.account
        )
        change.save(force_insert=True)
        by.log("calendar", there.code, f"{changed[0]}等{len(changed)}天")
    calendar_of(there.path, newest=True)
    return change


def _set(division: int, day: date, word: tuple[bool, str] | None) -> bool:
    """Whether it was different."""
    row = CalendarDay.objects.filter(division=division, day=day).first()
    if word is None:
        return bool(CalendarDay.objects.filter(division=division, day=day).delete()[0])
    if row is not None and (row.working, row.name) == word:
        return False
    working, name = word
    CalendarDay.objects.update_or_create(
        division=division, day=day, defaults={"working": working, "name": name.strip()}
    )
    return True
