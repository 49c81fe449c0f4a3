"""Reports: the list of a reader, one of them, and its paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from onedoor.figures.models import ReportWording, SituationReport
from onedoor.figures.queries.scope import centres_seen
from onedoor.figures.report import Report
from onedoor.figures.said import Said, from_blocks
from onedoor.figures.said import from_json as said_from_json
from onedoor.papers.docx import to_docx
from onedoor.papers.keeping import from_content, kept_bytes
from onedoor.papers.pdf import to_pdf
from onedoor.rules.access import Actor
from onedoor.rules.centre_papers import OVERSEES, WRITES
from onedoor.rules.refusal import INTERNAL, NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.rules.reports import ReportSpan, span_from

PAGE = 30


@dataclass(frozen=True, slots=True)
class ReportPage:
    items: list[SituationReport]
    more: bool


def list_reports(actors: Sequence[Actor], page: int = 0) -> ReportPage:
    """Of the centres that the reader oversees, newest first; drafts for those who write there."""
    found = _readable(actors).select_related("centre", "made_by", "issued_by")
    items = list(
        found.defer("figures", "content", "texts", "wording").order_by("-until", "-since", "-edition", "pk")[
            page * PAGE : page * PAGE + PAGE + 1
        ]
    )
    return ReportPage(items[:PAGE], len(items) > PAGE)


def report_for(actors: Sequence[Actor], report: UUID) -> SituationReport:
    """One of the list; what is not on it is not found."""
    found = (
        _readable(actors).select_related("centre", "made_by", "issued_by", "withdrawn_by").filter(pk=report).first()
    )
    if found is None:
        raise Refused(NOT_FOUND, "没有这份分析，或者您无权查看。")
    return found


def _readable(actors: Sequence[Actor]) -> QuerySet[SituationReport]:
    if not any(actor.role in OVERSEES for actor in actors):
        raise Refused(NOT_ALLOWED, "治安形势分析由督办员、中心主任和安全审计员查看。")
    mine = [actor.unit for actor in actors if actor.role in WRITES]
    seen = centres_seen(actors, OVERSEES)
    return SituationReport.objects.filter(Q(centre__in=mine) | Q(centre__in=seen) & ~Q(state="draft"))


def report_of(report: UUID) -> SituationReport:
    found = SituationReport.objects.filter(pk=report).first()
    if found is None:
        raise Refused(NOT_FOUND, "没有这份分析。")
    return found


def span_of_report(row: SituationReport) -> ReportSpan:
    return span_from(row.kind, row.since)


def wording_of(centre: int) -> dict[str, str]:
    """The sentences that a centre has changed, by name."""
    found = ReportWording.objects.filter(centre=centre).values_list("texts", flat=True).first()
    return dict(found or {})


def composed(row: SituationReport, texts: Mapping[str, str] | None = None) -> Report:
    """With other texts than its own, as it would be with them."""
    return Report(span_of_report(row), row.figures, row.wording, row.texts if texts is None else texts)


def said_of(row: SituationReport, texts: Mapping[str, str]) -> list[Said]:
    """What it says, its numbers with their lists: a draft with these texts, an issued one as it was issued, whatever
    has become of the program since."""
    if row.state == "draft":
        return composed(row, texts).said
    return said_from_json(row.said) if row.said else from_blocks(from_content(row.content or {}).blocks)


def title_of(row: SituationReport) -> str:
    return composed(row).title if row.state == "draft" else from_content(row.content or {}).title


def number_of(row: SituationReport) -> str:
    """2026年第3期; of a version after one that was withdrawn, which."""
    if row.serial is None:
        return "草稿"
    return f"{row.year}年第{row.serial}期" + (f"（第{row.edition}版）" if row.edition > 1 else "")


def report_file(row: SituationReport, kind: str, today: date) -> bytes:
    """The "docx" or "pdf": of one that was issued the bytes as they were issued; of a draft as it would be."""
    if row.state == "draft":
        document = composed(row).document(number_of(row), today)
        return to_docx(document) if kind == "docx" else to_pdf(document)
    digests = {"sha256": row.sha256, "docx_sha256": row.docx_sha256}
    content = kept_bytes(digests, from_content(row.content or {}), kind)
    if content is None:
        raise Refused(INTERNAL, "保存的文件与签发时的摘要不符，请联系系统管理员核查。")
    return content
