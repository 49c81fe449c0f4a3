"""治安形势分析: draft it, count again, write what only a person can, issue, withdraw; and the centre's own
sentences."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.figures.models import ReportWording, SituationReport
from onedoor.figures.queries.report_figures import report_figures
from onedoor.figures.queries.reports import composed, number_of, report_of, span_of_report, wording_of
from onedoor.figures.queries.scope import scope_of
from onedoor.figures.said import to_json as said_to_json
from onedoor.figures.steps._serial import next_serial
from onedoor.papers.keeping import store, to_content
from onedoor.people.access_log import log_access
from onedoor.rules import reports as rules
from onedoor.rules.access import Actor
from onedoor.rules.bulletins import check_reason
from onedoor.rules.refusal import CONFLICT, NOT_FOUND, Refused
from onedoor.rules.report_wording import check_wordings
from onedoor.rules.reports import REPORT

Actors = tuple[Actor, ...]


def draft_report(
    *, actors: Actors, at: datetime, kind: str, year: int, number: int, centre: int | None = None
) -> UUID:
    """Counts, and keeps the numbers as a draft; its id. Only of a period that is over. A second one of the same period
    is refused until the first is withdrawn. `centre`: whose, for who writes for several; else his first."""
    actor = REPORT.writer(actors, centre)
    scope = scope_of(actor.unit)
    span = rules.span_of(kind, year, number)
    rules.check_over(span, at.astimezone(ZONE).date())
    _check_none(scope.centre, span)
    figures = report_figures(scope, span, at)
    key = new_id()
    try:
        with transaction.atomic(durable=True):
            earlier = _withdrawn(scope.centre, span)
            SituationReport(
                pk=key, centre_id=scope.centre, kind=kind, since=span.period.since, until=span.period.until,
                name=span.name, state="draft", figures=figures, wording=wording_of(scope.centre), counted_at=at,
                made_by_id=actor.account, made_at=at,
                edition=earlier.edition + 1 if earlier else 1,
                texts=earlier.texts if earlier else {},
            ).save(force_insert=True)  # fmt: skip
            _log(actor, key, f"起草{span.name}")
    except IntegrityError as error:
        raise _there(span.name) from error
    return key


def recount_report(*, actors: Actors, at: datetime, report: UUID, version: int) -> None:
    """The numbers as they are now, and the sentences that the centre uses now; what was written stays."""
    row = report_of(report)
    actor = REPORT.writer(actors, row.centre_id)
    REPORT.check_state(row.state, "draft")
    figures = report_figures(scope_of(row.centre_id), span_of_report(row), at)
    with transaction.atomic(durable=True):
        row = _locked(report)
        REPORT.check_state(row.state, "draft")
        REPORT.check_seen(row.version, version)
        row.figures, row.wording, row.counted_at = figures, wording_of(row.centre_id), at
        row.version += 1
        row.save(update_fields=["figures", "wording", "counted_at", "version"])
        _log(actor, report, f"重新统计{row.name}")


def write_texts(*, actors: Actors, at: datetime, report: UUID, version: int, raw: Mapping[str, str]) -> None:
    """What the analyst has written, as a draft: places may be empty. The same texts again change nothing."""
    texts = rules.check_texts(raw)
    with transaction.atomic(durable=True):
        row = _locked(report)
        REPORT.writer(actors, row.centre_id)
        REPORT.check_state(row.state, "draft")
        if row.texts == texts:
            return
        REPORT.check_seen(row.version, version)
        row.texts = texts
        row.version += 1
        row.save(update_fields=["texts", "version"])


def issue_report(*, actors: Actors, at: datetime, report: UUID, version: int) -> str:
    """Numbered and rendered, for good; its number as it stands on the paper. Refuses one with an empty place."""
    with transaction.atomic(durable=True):
        row = _locked(report)
        actor = REPORT.writer(actors, row.centre_id)
        REPORT.check_state(row.state, "draft")
        REPORT.check_seen(row.version, version)
        rules.check_complete(row.texts)
        day = at.astimezone(ZONE).date()
        earlier = _withdrawn(row.centre_id, span_of_report(row))
        row.year = earlier.year if earlier else day.year
        row.serial = earlier.serial if earlier else next_serial(row.centre_id, "report", day.year)
        made = composed(row)
        document = made.document(number_of(row), day)
        row.said = said_to_json(made.said)
        row.content = to_content(document)
        digests = store(document)
        row.sha256, row.docx_sha256 = digests["sha256"], digests["docx_sha256"]
        row.state, row.issued_by_id, row.issued_at = "issued", actor.account, at
        row.version += 1
        row.save()
        _log(actor, report, f"签发{row.name}，{number_of(row)}")
        return number_of(row)


def withdraw_report(*, actors: Actors, at: datetime, report: UUID, reason: str) -> None:
    """It stays to be read, marked; a draft of the same period is its next version and takes on its number."""
    why = check_reason(reason)
    with transaction.atomic(durable=True):
        row = _locked(report)
        actor = REPORT.writer(actors, row.centre_id)
        REPORT.check_state(row.state, "issued")
        row.state, row.withdrawn_by_id, row.withdrawn_at, row.withdrawn_why = "withdrawn", actor.account, at, why
        row.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawn_why"])
        _log(actor, report, f"撤回{row.name}：{why}")


def drop_report(*, actors: Actors, at: datetime, report: UUID) -> None:
    """A draft that nobody needs goes; nothing else does."""
    with transaction.atomic(durable=True):
        row = _locked(report)
        actor = REPORT.writer(actors, row.centre_id)
        REPORT.check_state(row.state, "draft")
        row.delete()
        _log(actor, report, f"删除{row.name}的草稿")


def keep_report_wording(*, actors: Actors, at: datetime, raw: Mapping[str, str], centre: int | None = None) -> None:
    """The centre's sentences from now on; drafts take them up when they are counted again, issued reports never."""
    actor = REPORT.writer(actors, centre)
    scope = scope_of(actor.unit)
    own = check_wordings(raw)
    with transaction.atomic(durable=True):
        ReportWording.objects.update_or_create(
            centre_id=scope.centre, defaults={"texts": own, "at": at, "by_id": actor.account}
        )
        log_access(action="report", account=actor.account, subject=scope.short_name, reason="修改分析措辞")


def _check_none(centre: int, span: rules.ReportSpan) -> None:
    there = SituationReport.objects.filter(centre=centre, since=span.period.since, until=span.period.until)
    if there.exclude(state="withdrawn").exists():
        raise _there(span.name)


def _there(name: str) -> Refused:
    sentence = f"{name}的分析已经有了，请在列表里打开。"
    return Refused(CONFLICT, sentence, {"number": sentence})


def _withdrawn(centre: int, span: rules.ReportSpan) -> SituationReport | None:
    """The last version of that period that was issued and withdrawn."""
    found = SituationReport.objects.filter(
        centre=centre, since=span.period.since, until=span.period.until, state="withdrawn"
    )
    return found.order_by("-edition").first()


def _locked(report: UUID) -> SituationReport:
    row = SituationReport.objects.select_for_update().filter(pk=report).first()
    if row is None:
        raise Refused(NOT_FOUND, "没有这份分析。")
    return row


def _log(actor: Actor, report: UUID, what: str) -> None:
    log_access(action="report", account=actor.account, subject=str(report), reason=what)
