"""业务队列: lines, which windows serve them, and the devices that draw numbers."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.db import transaction

from onedoor.hall.models import Kiosk, Line, LineWindow, Place
from onedoor.hall.queries.lines import kinds_of_window
from onedoor.people.models import Unit, UnitKind
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.access import Actor
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused, invalid
from onedoor.rules.residence import CALLS_NUMBERS
from onedoor.rules.services import window_name
from onedoor.rules.tickets import SETS_UP

FIELDS = ("name", "purpose", "prefix", "opens", "closes", "usual_minutes", "every_day", "guide")


def add_line(
    *, by: By, centre: int, code: str, given: Mapping[str, str], windows: Sequence[str], kinds: Sequence[str] = ()
) -> Line:
    """A line of this hall, served by these windows (codes), for services of these kinds (WINDOW_KINDS, or one that the
    catalogue names); it stands last. `given` has FIELDS."""
    form = Form()
    code = form.word("code", code, "代码", 20)
    read, served_by = _read(form, centre, given, windows, kinds)
    with administering(by):
        there = Line.objects.filter(centre_id=centre)
        if there.filter(code=code).exists():
            raise invalid("code", f"代码 {code} 已在使用。")
        _alone(centre, read, None)
        last = there.order_by("-position").first()
        line = Line(centre_id=centre, code=code, position=last.position + 1 if last else 0, **read)
        line.save(force_insert=True)
        LineWindow.objects.bulk_create(LineWindow(line=line, window=window) for window in served_by)
        by.log("hall", f"line:{code}", "新增业务队列")
    return line


def change_line(
    *, by: By, centre: int, code: str, given: Mapping[str, str], windows: Sequence[str], kinds: Sequence[str] = ()
) -> None:
    """The same fields. Numbers that wait keep theirs."""
    read, served_by = _read(Form(), centre, given, windows, kinds)
    with administering(by):
        there = find_line(centre, code)
        if there.active:
            _alone(centre, read, there)
        for field, value in read.items():
            setattr(there, field, value)
        there.save(update_fields=list(read))
        LineWindow.objects.filter(line=there).exclude(window__in=served_by).delete()
        LineWindow.objects.bulk_create(
            (LineWindow(line=there, window=window) for window in served_by), ignore_conflicts=True
        )
        by.log("hall", f"line:{code}", "修改业务队列")


def switch_line(*, by: By, centre: int, code: str, active: bool) -> None:
    """Whether numbers are drawn for it; those who wait are called all the same."""
    with administering(by):
        there = find_line(centre, code)
        if active:
            _alone(centre, {"prefix": there.prefix, "guide": there.guide, "kinds": there.kinds}, there)
        there.active = active
        there.save(update_fields=["active"])
        by.log("hall", f"line:{code}", "启用业务队列" if active else "停用业务队列")


def find_line(centre: int, code: str) -> Line:
    found = Line.objects.filter(centre_id=centre, code=code.replace("\0", "\ufffd")).first()
    if found is None:
        raise Refused(NOT_FOUND, "没有这个业务队列。")
    return found


def set_up_kiosk(*, actor: Actor, at: datetime, name: str, prints: bool) -> str:
    """Makes the device at hand a kiosk of the actor's centre; its token, which is told once."""
    if actor.role not in SETS_UP or not Unit.objects.filter(pk=actor.unit, kind=UnitKind.CENTRE).exists():
        raise Refused(NOT_ALLOWED, "只有综治中心的窗口受理员、分流专员和督办员可以设置取号机。")
    form = Form()
    name = form.text("name", name, "名称", 20)
    form.check()
    token = secrets.token_urlsafe(32)
    with transaction.atomic(durable=True):
        Kiosk.objects.create(
            centre_id=actor.unit, name=name, digest=digest_of(token), prints=prints, made_at=at,
            made_by_id=actor.account,
        )  # fmt: skip
    return token


def switch_kiosk(*, by: By, centre: int, kiosk: int, active: bool) -> None:
    """A device that is lost draws no more."""
    with administering(by):
        if not Kiosk.objects.filter(pk=kiosk, centre_id=centre).update(active=active):
            raise Refused(NOT_FOUND, "没有这台取号机。")
        by.log("hall", f"kiosk:{kiosk}", "启用取号机" if active else "停用取号机")


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _alone(centre: int, read: Mapping[str, Any], own: Line | None) -> None:
    """The database holds it too; here it gets its sentence."""
    others = Line.objects.filter(centre_id=centre, active=True)
    if own is not None:
        others = others.exclude(pk=own.pk)
    if (same := others.filter(prefix=read["prefix"]).first()) is not None:
        raise invalid("prefix", f"字母 {read['prefix']} 已用于“{same}”。")
    if read["guide"] and (guide := others.filter(guide=True).first()) is not None:
        raise invalid("guide", f"“{guide}”已是导办台，只能有一个。")
    for other in others:
        if same_kind := [kind for kind in read["kinds"] if kind in other.kinds]:
            raise invalid("kinds", f"“{window_name(same_kind[0])}”已归“{other}”，一种只能归一个队列。")


def _read(
    form: Form, centre: int, given: Mapping[str, str], windows: Sequence[str], kinds: Sequence[str]
) -> tuple[dict[str, Any], list[Place]]:
    minutes = given.get("usual_minutes", "").strip()
    fits = minutes.isascii() and minutes.isdecimal() and len(minutes) < 4 and 1 <= int(minutes) <= 120
    if not fits:
        form.fault("usual_minutes", "请填写平常一个号办几分钟，1到120的整数，用来估计等候时间。")
    prefix = given.get("prefix", "").strip().upper()
    if not (len(prefix) == 1 and "A" <= prefix <= "Z"):
        form.fault("prefix", "号码字母是一个英文字母，如 A。")
    read: dict[str, Any] = {
        "name": form.text("name", given.get("name", ""), "名称", 20),
        "purpose": form.text("purpose", given.get("purpose", ""), "办什么", 60, required=False),
        "prefix": prefix,
        "opens": _time(form, "opens", given.get("opens", "")),
        "closes": _time(form, "closes", given.get("closes", "")),
        "usual_minutes": int(minutes) if fits else 0,
        "every_day": bool(given.get("every_day")),
        "guide": bool(given.get("guide")),
        "kinds": [kind for kind in kinds_of_window() if kind in kinds],
    }
    if not {"opens", "closes"} & set(form.faults) and read["closes"] <= read["opens"]:
        form.fault("closes", "停止取号要晚于开始取号。")
    there = Place.objects.filter(centre_id=centre, kind__in=CALLS_NUMBERS, active=True)
    found = [place for place in there if place.code in windows]
    if not found:
        form.fault("windows", "请至少选一个窗口，不然没有人叫号。")
    form.check()
    return read, found


def _time(form: Form, field: str, typed: str) -> time:
    try:
        return time.fromisoformat(typed.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        form.fault(field, "时间应为 09:00 的样子。")
        return time()
