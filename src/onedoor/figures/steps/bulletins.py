"""通报: write a draft, publish it, say that it was read, remind, withdraw."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.sql import execute
from onedoor.figures.bulletin import bulletin_said
from onedoor.figures.models import Bulletin, BulletinReading, BulletinUnit
from onedoor.figures.queries.bulletins import bulletin_figures, draft_document
from onedoor.figures.queries.scope import scope_of
from onedoor.figures.said import to_json as said_to_json
from onedoor.figures.steps._serial import next_serial
from onedoor.papers.keeping import store, to_content
from onedoor.people.access_log import log_access
from onedoor.people.models import Unit
from onedoor.rules import bulletins as rules
from onedoor.rules.access import Actor, unit_audience
from onedoor.rules.bulletins import BULLETIN
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused, invalid

Actors = tuple[Actor, ...]


def write_bulletin(
    *, actors: Actors, at: datetime, bulletin: UUID, version: int, raw: Mapping[str, str], units: Sequence[str],
    figures: Sequence[str], centre: int | None = None,
) -> None:  # fmt: skip
    """A draft, new (`version` 0, its id made by the form) or changed. The chosen figures are counted now, as those of
    the centre whose bulletin it is. `centre`: whose, of a new one, for who writes for several; else his first."""
    whose = Bulletin.objects.filter(pk=bulletin).values_list("centre", flat=True).first()
    actor = BULLETIN.writer(actors, centre if whose is None else whose)
    draft = rules.check_bulletin(raw, units, figures)
    scope = scope_of(actor.unit)
    named = list(Unit.objects.filter(code__in=draft.units, active=True).order_by("code"))
    if len(named) != len(draft.units):
        raise invalid("units", "选的单位里有不存在或者已停用的。")
    counted = {}
    if draft.figures:
        days = rules.check_days(raw.get("since", ""), raw.get("until", ""), at.astimezone(ZONE).date())
        counted = bulletin_figures(scope, draft.figures, days, at, named if draft.by_unit else [])
    with transaction.atomic(durable=True):
        row = Bulletin.objects.select_for_update().filter(pk=bulletin).first()
        if row is None:
            BULLETIN.check_seen(0, version)
            row = Bulletin(
                pk=bulletin, centre_id=scope.centre, state="draft", version=0, made_by_id=actor.account, made_at=at
            )
        BULLETIN.writer(actors, row.centre_id)
        BULLETIN.check_state(row.state, "draft")
        BULLETIN.check_seen(row.version, version)
        row.title, row.text, row.figures = draft.title, draft.text, counted
        row.version += 1
        try:
            with transaction.atomic():
                row.save(force_insert=version == 0)
        except IntegrityError as error:  # the same form, sent twice at once
            raise invalid("title", "这份通报刚刚保存过，请回到列表查看。") from error
        BulletinUnit.objects.filter(bulletin=row).exclude(unit__in=named).delete()
        there = set(row.units.values_list("unit_id", flat=True))
        BulletinUnit.objects.bulk_create(
            [BulletinUnit(bulletin=row, unit=one) for one in named if one.pk not in there]
        )
        _log(actor, row, "保存草稿")


def publish_bulletin(*, actors: Actors, at: datetime, bulletin: UUID, version: int) -> str:
    """Numbered, rendered and told to each unit, at once; its number."""
    with transaction.atomic(durable=True):
        row = _locked(bulletin)
        actor = BULLETIN.writer(actors, row.centre_id)
        BULLETIN.check_state(row.state, "draft")
        BULLETIN.check_seen(row.version, version)
        scope, day = scope_of(row.centre_id), at.astimezone(ZONE).date()
        serial = next_serial(row.centre_id, "bulletin", day.year)
        row.number = f"{scope.short_name}通报〔{day.year}〕{serial}号"
        document = draft_document(row, day)
        row.content, row.said = to_content(document), said_to_json(bulletin_said(row.text, row.figures))
        digests = store(document)
        row.sha256, row.docx_sha256 = digests["sha256"], digests["docx_sha256"]
        row.state, row.published_by_id, row.published_at = "published", actor.account, at
        row.version += 1
        row.save()
        _tell(row.units.values_list("unit_id", flat=True), "bulletin", at)
        _log(actor, row, f"发布{row.number}")
        return row.number


def read_bulletin(*, actors: Actors, at: datetime, bulletin: UUID) -> None:
    """签阅: by whom, for each unit of his to which it goes. A second time changes nothing."""
    units = rules.reading_units(actors)
    with transaction.atomic(durable=True):
        row = _locked(bulletin)
        if row.state == "draft":
            raise _not_there()
        asked = [one for one in row.units.values_list("unit_id", flat=True) if one in units]
        if not asked:
            raise Refused(NOT_ALLOWED, "这份通报不是发给您的单位的，不用签阅。")
        BULLETIN.check_state(row.state, "published")
        BulletinReading.objects.bulk_create(
            [BulletinReading(bulletin=row, unit_id=one, account_id=units[one].account, at=at) for one in asked],
            ignore_conflicts=True,
        )


def remind_readers(*, actors: Actors, at: datetime, bulletin: UUID) -> int:
    """Tells the units from which nobody has read it; how many."""
    with transaction.atomic(durable=True):
        row = _locked(bulletin)
        actor = BULLETIN.writer(actors, row.centre_id)
        BULLETIN.check_state(row.state, "published")
        waiting = list(row.units.exclude(unit__in=row.readings.values("unit")))
        rules.check_reminder(max((one.reminded_at for one in waiting if one.reminded_at), default=None), at)
        for one in waiting:
            one.reminded_at, one.reminded = at, one.reminded + 1
        BulletinUnit.objects.bulk_update(waiting, ["reminded_at", "reminded"])
        _tell([one.unit_id for one in waiting], "bulletin_reminder", at)
        _log(actor, row, f"催阅{len(waiting)}个单位")
        return len(waiting)


def withdraw_bulletin(*, actors: Actors, at: datetime, bulletin: UUID, reason: str) -> None:
    """It stays to be read, marked with the reason; the units are told."""
    why = rules.check_reason(reason)
    with transaction.atomic(durable=True):
        row = _locked(bulletin)
        actor = BULLETIN.writer(actors, row.centre_id)
        BULLETIN.check_state(row.state, "published")
        row.state, row.withdrawn_by_id, row.withdrawn_at, row.withdrawn_why = "withdrawn", actor.account, at, why
        row.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawn_why"])
        _tell(row.units.values_list("unit_id", flat=True), "bulletin_withdrawn", at)
        _log(actor, row, f"撤回{row.number}：{why}")


def drop_bulletin(*, actors: Actors, at: datetime, bulletin: UUID) -> None:
    """A draft that nobody needs goes."""
    with transaction.atomic(durable=True):
        row = _locked(bulletin)
        actor = BULLETIN.writer(actors, row.centre_id)
        BULLETIN.check_state(row.state, "draft")
        _log(actor, row, "删除草稿")
        row.delete()


def _locked(bulletin: UUID) -> Bulletin:
    row = Bulletin.objects.select_for_update().filter(pk=bulletin).first()
    if row is None:
        raise _not_there()
    return row


def _not_there() -> Refused:
    return Refused(NOT_FOUND, "没有这份通报。")


def _tell(units: Iterable[int], kind: str, at: datetime) -> None:
    """A notice that is about no case; the page that it leads to shows what the unit may read."""
    for unit in units:
        execute(
            "INSERT INTO notice (id, audience, case_id, kind, created_at) VALUES (%s, %s, NULL, %s, %s)",
            [new_id(), unit_audience(unit), kind, at],
        )


def _log(actor: Actor, row: Bulletin, what: str) -> None:
    log_access(action="bulletin", account=actor.account, subject=str(row.pk), reason=what)
