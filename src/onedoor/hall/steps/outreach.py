"""专业人员下沉: plan a half day, change it, report what came of it, cancel it, name its matters."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from onedoor.cases.counting import ZONE
from onedoor.cases.queries.gate import case_for
from onedoor.cases.sql import execute
from onedoor.hall.models import Outreach
from onedoor.hall.queries.outreach import outreach_for
from onedoor.hall.steps._find import day_or_none, unit_or_none
from onedoor.hall.steps._serial import centre_code
from onedoor.people.find import find_division
from onedoor.people.models import Division
from onedoor.people.steps.form import Form
from onedoor.rules import outreach as rules
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.refusal import Refused, invalid
from onedoor.rules.residence import HALVES

FIELDS = ("unit", "name", "trade", "division", "day", "half", "place", "purpose")
_TWICE = "同一天同一半天，这个地方已经安排过。"


def plan_outreach(*, actor: Actor, at: datetime, given: Mapping[str, str]) -> int:
    """A half day of a unit, or of a firm by its name, in a village of the actor's centre; its id. `given` has
    FIELDS."""
    rules.check_planner(actor.role, actor.unit, actor.unit)
    centre_code(actor.unit, "下沉服务")
    read = _read(actor, at, given)
    try:
        with transaction.atomic(durable=True):
            made = Outreach.objects.create(centre_id=actor.unit, made_at=at, made_by_id=actor.account, **read)
    except IntegrityError as error:
        raise _twice(error) from error
    return int(made.pk)


def change_outreach(*, viewer: Viewer, actor: Actor, at: datetime, outreach: int, given: Mapping[str, str]) -> None:
    """The same fields of one that has not been reported on."""
    read = _read(actor, at, given)
    try:
        with transaction.atomic(durable=True):
            rules.check_open(_locked(viewer, actor, outreach))
            Outreach.objects.filter(pk=outreach).update(**read)
    except IntegrityError as error:
        raise _twice(error) from error


def report_outreach(*, viewer: Viewer, actor: Actor, at: datetime, outreach: int, given: Mapping[str, str]) -> None:
    """What came of it: `persons` reached, `outcome` in words without names."""
    with transaction.atomic(durable=True):
        facts = _locked(viewer, actor, outreach)
        persons, outcome = rules.check_report(facts, at.astimezone(ZONE).date(), given)
        execute(
            "UPDATE hall_outreach SET state = 'done', persons = %s, outcome = %s, ended_at = %s, ended_by_id = %s"
            " WHERE id = %s",
            [persons, outcome, at, actor.account, outreach],
        )


def cancel_outreach(*, viewer: Viewer, actor: Actor, at: datetime, outreach: int, given: Mapping[str, str]) -> None:
    """It will not be, or was not; `reason`."""
    with transaction.atomic(durable=True):
        reason = rules.check_cancelling(_locked(viewer, actor, outreach), given.get("reason", ""))
        execute(
            "UPDATE hall_outreach SET state = 'cancelled', reason = %s, ended_at = %s, ended_by_id = %s WHERE id = %s",
            [reason, at, actor.account, outreach],
        )


def name_case(*, viewer: Viewer, actor: Actor, at: datetime, outreach: int, given: Mapping[str, str]) -> None:
    """A matter (`number`) that came of it, also after the report. A second time changes nothing."""
    with transaction.atomic(durable=True):
        rules.check_naming(_locked(viewer, actor, outreach))
        try:
            case = case_for(viewer, given.get("number", ""))
        except Refused as refused:
            raise invalid("number", refused.sentence) from refused
        execute(
            "INSERT INTO hall_outreachcase (outreach_id, case_id, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [outreach, case["id"], at],
        )


def erase_outreach_texts(*, before: date, at: datetime, most: int = 1000) -> int:
    """Empties what was said of half days before that day; how many. The counts stay."""
    with transaction.atomic(durable=True):
        return execute(
            "UPDATE hall_outreach SET outcome = '', reason = '', erased_at = %s WHERE id IN (SELECT id"
            " FROM hall_outreach WHERE day < %s AND state <> 'planned' AND erased_at IS NULL ORDER BY day LIMIT %s"
            " FOR UPDATE SKIP LOCKED)",
            [at, before, most],
        )


def _twice(error: IntegrityError) -> Exception:
    """The database holds it, whoever was first; here it gets its sentence."""
    return invalid("day", _TWICE) if "outreach_is_planned_once" in str(error) else error


def _locked(viewer: Viewer, actor: Actor, outreach: int) -> rules.OutreachFacts:
    one = outreach_for(viewer, actor.unit, outreach, lock=True)
    rules.check_planner(actor.role, actor.unit, one["centre_id"])
    return rules.OutreachFacts(one["centre_id"], one["day"], one["state"])


def _read(actor: Actor, at: datetime, given: Mapping[str, str]) -> dict[str, Any]:
    form = Form()
    read: dict[str, Any] = {
        "unit": unit_or_none(form, given.get("unit", "")),
        "name": form.text("name", given.get("name", ""), "名称", 60, required=False),
        "trade": form.choice("trade", given.get("trade", ""), "专业", rules.TRADES),
        "division": _division(form, actor, given.get("division", "")),
        "day": day_or_none(form, "day", given.get("day", "")),
        "half": form.choice("half", given.get("half", ""), "半天", HALVES),
        "place": form.text("place", given.get("place", ""), "地点", 60),
        "purpose": form.text("purpose", given.get("purpose", ""), "做什么", 120),
    }
    if not {"unit", "name"} & set(form.faults) and (read["unit"] is None) == (not read["name"]):
        form.fault("unit", "单位和名称填一个：本系统里的单位填单位，律所、公证处等填名称。")
    if read["day"] is None:
        form.fault("day", "请填写日期。")
    else:
        try:
            rules.check_day(read["day"], at.astimezone(ZONE).date())
        except Refused as refused:
            form.take(refused)
    form.check()
    return read


def _division(form: Form, actor: Actor, typed: str) -> Division | None:
    """A village or township of the centre's own division."""
    try:
        found = find_division(typed)
    except Refused as refused:
        form.take(refused)
        return None
    if actor.division not in found.path:
        form.fault("division", "这个村居乡镇不在本中心的辖区。")
    return found
