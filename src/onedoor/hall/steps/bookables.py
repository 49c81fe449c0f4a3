"""What can be booked and who receives: kept by the administrator."""

from collections.abc import Mapping
from datetime import date

from onedoor.hall.models import Bookable, Booking, BookResource, Service
from onedoor.hall.queries.centres import centre_named
from onedoor.hall.steps._find import place_or_none
from onedoor.people.models import Account
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.booking import HOLDS, LONGEST_MINUTES, MOST_SEATS, read_hours
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.residence import CALLS_NUMBERS


def keep_bookable(*, by: By, given: Mapping[str, str], bookable: int | None = None) -> str:
    """Adds one, or changes that one; its name. What has been booked stays booked."""
    form = Form()
    name = form.text("name", given.get("name", ""), "名称", 40)
    about = form.text("about", given.get("about", ""), "说明", 300, required=False)
    place = form.text("place", given.get("place", ""), "地点", 60, required=False)
    minutes = _whole(form, given, "minutes", "每次分钟数", 5, LONGEST_MINUTES)
    resource = _resource(form, given.get("resource", ""))
    service = _service(form, given.get("service", ""))
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
            "name": name, "about": about, "place": place, "minutes": minutes, "resource": resource,
            "service": service, "hours": hours, "closed": closed, "position": position,
            "active": bool(given.get("active")),
        }  # fmt: skip
        if bookable is None:
            Bookable.objects.create(**values)
        elif not Bookable.objects.filter(pk=bookable).update(**values):
            raise Refused(NOT_FOUND, "没有这个预约事项。")
        by.log("bookable", name, "保存预约事项")
    return name


def keep_resource(*, by: By, given: Mapping[str, str], resource: int | None = None) -> str:
    """Adds a window or a person that receives, or changes that one; its name. `given`: centre (a unit's code, of a new
    one only), name, username, window (a code of the hall), seats. Another person, or nobody, only where none is booked
    any more: the times are in the calendar of who was promised."""
    form = Form()
    there = BookResource.objects.filter(pk=resource).first() if resource is not None else None
    if resource is not None and there is None:
        raise Refused(NOT_FOUND, "没有这个接待席。")
    centre = there.centre_id if there else centre_named(given.get("centre", "")).id
    name = form.text("name", given.get("name", ""), "名称", 40)
    account = _account(form, given.get("username", ""))
    seats = _whole(form, given, "seats", "同时接待", 1, MOST_SEATS)
    if account is not None and seats > 1:
        form.fault("seats", "一个人同时只能接待一位。")
    window = place_or_none(form, centre, given.get("window", ""), "window")
    if window is not None and window.kind not in CALLS_NUMBERS:
        form.fault("window", "这里不叫号，请选窗口。")
    form.check()
    with administering(by):
        others = BookResource.objects.filter(centre_id=centre).exclude(pk=resource or 0)
        if others.filter(name=name).exists():
            form.fault("name", "已有这个名称，请换一个。")
        if account is not None and others.filter(account=account).exists():
            form.fault("username", "这个人已有接待席，请在预约事项里选那一个。")
        if there is not None and there.account != account and _is_promised(there, by):
            form.fault("username", "还有没到时间的预约，办完或者取消以后才能换人。")
        form.check()
        values = {"name": name, "account": account, "window": window, "seats": seats}
        if there is None:
            BookResource.objects.create(centre_id=centre, **values)
        else:
            BookResource.objects.filter(pk=there.pk).update(**values)
        by.log("bookable", f"resource:{name}", "保存接待席")
    return name


def _is_promised(resource: BookResource, by: By) -> bool:
    # whoever books at this moment holds the row
    BookResource.objects.select_for_update().get(pk=resource.pk)
    return Booking.objects.filter(resource=resource, state__in=HOLDS, ends_at__gt=by.at).exists()


def _account(form: Form, typed: str) -> Account | None:
    if not typed.strip():
        return None
    found = Account.objects.filter(username=typed.replace("\0", "\ufffd").strip(), is_active=True).first()
    if found is None:
        form.fault("username", "没有这个用户名，或者已停用。")
    return found


def _resource(form: Form, typed: str) -> BookResource | None:
    found = None
    if typed.isascii() and typed.isdecimal() and len(typed) < 10:
        found = BookResource.objects.filter(pk=int(typed)).first()
    if found is None:
        form.fault("resource", "请选择由谁接待；没有的先新增接待席。")
    return found


def _service(form: Form, typed: str) -> Service | None:
    if not typed.strip():
        return None
    found = Service.objects.filter(code=typed.replace("\0", "\ufffd").strip()).first()
    if found is None:
        form.fault("service", "办事指南里没有这个代码。")
    return found


def _whole(form: Form, given: Mapping[str, str], field: str, label: str, least: int, most: int) -> int:
    typed = given.get(field, "").strip()
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else -1
    if not least <= number <= most:
        form.fault(field, f"{label}应为{least}到{most}的整数。")
    return number
