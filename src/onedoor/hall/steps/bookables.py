"""What can be booked: kept by the administrator."""

from collections.abc import Mapping
from datetime import date

from onedoor.hall.models import Bookable
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.booking import LONGEST_MINUTES, MOST_SEATS, read_hours
from onedoor.rules.refusal import NOT_FOUND, Refused


def keep_bookable(*, by: By, given: Mapping[str, str], bookable: int | None = None) -> str:
    """Adds one, or changes that one; its name. What has been booked stays booked."""
    form = Form()
    name = form.text("name", given.get("name", ""), "名称", 40)
    about = form.text("about", given.get("about", ""), "说明", 300, required=False)
    place = form.text("place", given.get("place", ""), "地点", 60, required=False)
    minutes = _whole(form, given, "minutes", "每次分钟数", 5, LONGEST_MINUTES)
    seats = _whole(form, given, "seats", "同时接待", 1, MOST_SEATS)
    position = _whole(form, given, "position", "次序", 0, 999)
    hours = closed = ""
    try:
        hours = "\n".join(map(str, read_hours(given.get("hours", ""))))
    except Refused as refused:
        form.take(refused)
    try:
        closed = "\n".join(sorted({date.fromisoformat(day).isoformat() for day in given.get("closed", "").split()}))
    except ValueError:
        form.fault("closed", "停办日期应逐行写成 2026-03-01。")
    form.check()
    with administering(by):
        if Bookable.objects.filter(name=name).exclude(pk=bookable or 0).exists():
            form.fault("name", "已有这个名称，请换一个。")
            form.check()
        values = {
            "name": name, "about": about, "place": place, "minutes": minutes, "seats": seats,
            "hours": hours, "closed": closed, "position": position, "active": bool(given.get("active")),
        }  # fmt: skip
        if bookable is None:
            Bookable.objects.create(**values)
        elif not Bookable.objects.filter(pk=bookable).update(**values):
            raise Refused(NOT_FOUND, "没有这个预约事项。")
        by.log("bookable", name, "保存预约事项")
    return name


def _whole(form: Form, given: Mapping[str, str], field: str, label: str, least: int, most: int) -> int:
    typed = given.get(field, "").strip()
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else -1
    if not least <= number <= most:
        form.fault(field, f"{label}应为{least}到{most}的整数。")
    return number
