"""Committees, their members, mediators and rooms: kept by the administrator."""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from django.db.models import Q

from onedoor.cases.counting import ZONE
from onedoor.cases.models import Category
from onedoor.mediation.models import Committee, CommitteeMember, Mediator, MeetingRoom
from onedoor.people.find import find_unit
from onedoor.people.models import Post
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.committees import COMMITTEE_KINDS, MEDIATOR_KINDS, MOST, OFFICES
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.sessions import ROOM_KINDS


def keep_committee(*, by: By, given: Mapping[str, str], committee: int | None = None) -> str:
    """Adds one or changes it; the name of its unit."""
    form = Form()
    kind = form.choice("kind", given.get("kind", ""), "类别", COMMITTEE_KINDS)
    word = form.text("word", given.get("word", ""), "文号字", 12)
    began = _day(form, given, "term_began", required=False)
    position = _whole(form, given, "position", "次序", 0, 999)
    form.check()
    with administering(by):
        if word and Committee.objects.filter(word=word).exclude(pk=committee or 0).exists():
            form.fault("word", "这个文号字已经由别的调解组织使用，文号会重复。")
        if committee is None:
            unit = find_unit(given.get("unit", ""))
            if Committee.objects.filter(unit=unit).exists():
                form.fault("unit", "这个单位已经是调解委员会。")
            form.check()
            made = Committee.objects.create(unit=unit, kind=kind, word=word, term_began=began, position=position)
        else:
            form.check()
            made = _one(Committee.objects.select_related("unit").filter(pk=committee).first(), "调解委员会")
            made.kind, made.word, made.term_began, made.position = kind, word, began, position
            made.save()
        by.log("mediation", made.unit.code, "保存调解委员会")
        return str(made.unit.name)


def keep_member(*, by: By, given: Mapping[str, str], committee: int, member: int | None = None) -> str:
    form = Form()
    name = form.text("name", given.get("name", ""), "姓名", 60)
    office = form.choice("office", given.get("office", ""), "职务", OFFICES)
    since = _day(form, given, "since", required=True)
    until = _day(form, given, "until", required=False)
    if since and until and until < since:
        form.fault("until", "任职结束不能早于开始。")
    form.check()
    with administering(by):
        there = _one(Committee.objects.filter(pk=committee).first(), "调解委员会")
        chairs = CommitteeMember.objects.filter(committee=there, office="chair", until__isnull=True)
        if office == "chair" and until is None and chairs.exclude(pk=member or 0).exists():
            form.fault("office", "已有在任的主任，请先填写他的任职结束日期。")
            form.check()
        now = by.at.astimezone(ZONE).date()
        seated = CommitteeMember.objects.filter(committee=there).exclude(pk=member or 0)
        others = seated.filter(Q(until=None) | Q(until__gte=now)).count()
        if (until is None or until >= now) and others >= MOST:
            form.fault("name", f"委员最多{MOST}人（人民调解法第八条），请先填写离任委员的任职结束日期。")
            form.check()
        values = {
            "name": name, "office": office, "woman": bool(given.get("woman")), "since": since, "until": until,
        }  # fmt: skip
        if member is None:
            CommitteeMember.objects.create(committee=there, **values)
        elif not CommitteeMember.objects.filter(pk=member, committee=there).update(**values):
            raise Refused(NOT_FOUND, "没有这名委员。")
        by.log("mediation", str(there.pk), "保存调委会委员")
    return name


def keep_mediator(*, by: By, given: Mapping[str, str], account: int) -> str:
    """What the parties may know of a mediator; he must have the post."""
    form = Form()
    kind = form.choice("kind", given.get("kind", ""), "类别", MEDIATOR_KINDS)
    studio = form.text("studio", given.get("studio", ""), "工作室", 40, required=False)
    about = form.text("about", given.get("about", ""), "介绍", 300, required=False)
    languages = [one for one in given.get("languages", "").replace("，", "、").replace(" ", "、").split("、") if one]
    if len(languages) > 8 or any(len(one) > 12 for one in languages):
        form.fault("languages", "语言最多八种，用顿号隔开。")
    wanted = [one.strip() for one in given.get("specialities", "").replace("，", "、").split("、") if one.strip()]
    known = dict(Category.objects.filter(name__in=wanted, active=True).values_list("name", "code"))
    if unknown := [one for one in wanted if one not in known]:
        form.fault("specialities", f"没有这个类别：{unknown[0][:20]}。")
    most = _whole(form, given, "most", "同时调解上限", 0, 999)
    form.check()
    with administering(by):
        post = Post.objects.select_related("account").filter(account=account, role="mediator", active=True).first()
        there = _one(post, "调解员").account
        Mediator.objects.update_or_create(
            account=there,
            defaults={
                "kind": kind, "studio": studio, "about": about, "languages": languages, "most": most,
                "specialities": [known[one] for one in wanted], "active": bool(given.get("active")),
            },
        )  # fmt: skip
        by.log("mediation", there.username, "保存调解员介绍")
        return there.name


def keep_room(*, by: By, given: Mapping[str, str], room: int | None = None) -> str:
    form = Form()
    name = form.text("name", given.get("name", ""), "名称", 40)
    kind = form.choice("kind", given.get("kind", ""), "类别", ROOM_KINDS)
    seats = _whole(form, given, "seats", "座位", 1, 500)
    equipment = form.text("equipment", given.get("equipment", ""), "设备", 200, required=False)
    position = _whole(form, given, "position", "次序", 0, 999)
    form.check()
    with administering(by):
        values = {
            "name": name, "kind": kind, "seats": seats, "equipment": equipment, "position": position,
            "active": bool(given.get("active")),
        }  # fmt: skip
        if room is None:
            unit = find_unit(given.get("unit", ""))
            there = MeetingRoom(unit=unit)
        else:
            there = _one(MeetingRoom.objects.filter(pk=room).first(), "调解室")
        if MeetingRoom.objects.filter(unit=there.unit, name=name).exclude(pk=room or 0).exists():
            form.fault("name", "这个中心已有同名的房间。")
            form.check()
        for column, value in values.items():
            setattr(there, column, value)
        there.save()
        by.log("mediation", name, "保存调解室")
    return name


T = TypeVar("T")


def _one(found: T | None, what: str) -> T:
    if found is None:
        raise Refused(NOT_FOUND, f"没有这个{what}。")
    return found


def _day(form: Form, given: Mapping[str, str], field: str, *, required: bool) -> date | None:
    typed = given.get(field, "").strip()
    if not typed and not required:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        form.fault(field, "日期应写成 2026-03-01。")
        return None


def _whole(form: Form, given: Mapping[str, str], field: str, label: str, least: int, most: int) -> int:
    typed = given.get(field, "").strip()
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else -1
    if not least <= number <= most:
        form.fault(field, f"{label}应为{least}到{most}的整数。")
    return number
