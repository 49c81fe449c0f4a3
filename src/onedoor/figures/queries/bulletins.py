"""Bulletins: what somebody has to read or oversees, one of them, who has read it, its paper and its figures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from onedoor.cases.queries.cases import Filters
from onedoor.cases.queries.figures import limits_of, part_of
from onedoor.cases.queries.spans import count_spans
from onedoor.figures.bulletin import bulletin_document, bulletin_said
from onedoor.figures.models import Bulletin, BulletinReading, BulletinUnit
from onedoor.figures.queries.report_figures import one_moment
from onedoor.figures.queries.scope import Scope, centres_seen
from onedoor.figures.said import Said, from_blocks
from onedoor.figures.said import from_json as said_from_json
from onedoor.papers.docx import to_docx
from onedoor.papers.keeping import from_content, kept_bytes
from onedoor.papers.model import Document
from onedoor.papers.pdf import to_pdf
from onedoor.people.models import Unit
from onedoor.rules.access import Actor
from onedoor.rules.bulletins import reading_units
from onedoor.rules.centre_papers import OVERSEES, WRITES
from onedoor.rules.figures import FIGURES, Period
from onedoor.rules.refusal import INTERNAL, NOT_ALLOWED, NOT_FOUND, Refused

PAGE = 30


@dataclass(frozen=True, slots=True)
class BulletinPage:
    """`items` carry `asked` and `read` (units), and `mine` and `mine_read`: whether it is for a unit of the
    reader's, and whether he has said there that he has read it. `overseen`: ids of the centres whose receipts the
    reader sees."""

    items: Sequence[Bulletin]
    more: bool
    overseen: frozenset[int] = frozenset()


def list_bulletins(actors: Sequence[Actor], *, to_read: bool = False, page: int = 0) -> BulletinPage:
    """Newest first; `to_read`: published ones that wait for a receipt of a unit of the reader's, from himself."""
    units = list(reading_units(actors))
    account = actors[0].account if actors else 0
    addressed = BulletinUnit.objects.filter(bulletin=OuterRef("pk"), unit__in=units)
    read = BulletinReading.objects.filter(bulletin=OuterRef("pk"), unit__in=units, account=account)
    overseen = frozenset(centres_seen(actors, OVERSEES))
    found = _readable(actors, overseen).annotate(
        asked=Count("units", distinct=True),
        read=Count("readings__unit", distinct=True),
        mine=Exists(addressed),
        mine_read=Exists(read),
    )
    if to_read:
        found = found.filter(state="published", mine=True, mine_read=False)
    found = found.select_related("centre").defer("text", "figures", "content").order_by("-made_at", "-pk")
    items = list(found[page * PAGE : page * PAGE + PAGE + 1])
    return BulletinPage(items[:PAGE], len(items) > PAGE, overseen.union(_written_by(actors)))


def bulletin_for(actors: Sequence[Actor], bulletin: UUID) -> Bulletin:
    """One of the list; what is not on it is not found."""
    found = (
        _readable(actors, centres_seen(actors, OVERSEES))
        .filter(pk=bulletin)
        .select_related("centre", "made_by", "published_by", "withdrawn_by")
    )
    row = found.first()
    if row is None:
        raise Refused(NOT_FOUND, "没有这份通报，或者它不是发给您的单位的。")
    return row


def oversees(actors: Sequence[Actor], bulletin: Bulletin) -> bool:
    """Who sees its receipts and may open its numbers: those of its centre, and who oversees that centre."""
    return bulletin.centre_id in {*_written_by(actors), *centres_seen(actors, OVERSEES)}


def _written_by(actors: Sequence[Actor]) -> list[int]:
    return [actor.unit for actor in actors if actor.role in WRITES]


def _readable(actors: Sequence[Actor], overseen: Collection[int]) -> QuerySet[Bulletin]:
    units = list(reading_units(actors))
    if not units and not overseen:
        raise Refused(NOT_ALLOWED, "通报由收文单位和发文中心查看。")
    addressed = BulletinUnit.objects.filter(bulletin=OuterRef("pk"), unit__in=units)
    seen = Q(centre__in=_written_by(actors)) | Q(centre__in=overseen) & ~Q(state="draft")
    return Bulletin.objects.filter(seen | Exists(addressed) & ~Q(state="draft"))


@dataclass(frozen=True, slots=True)
class Receipt:
    unit: Unit
    readings: list[BulletinReading]
    reminded_at: datetime | None
    reminded: int


def receipts_of(bulletin: Bulletin) -> list[Receipt]:
    """Each unit with who has read it there, those that have not in front; two statements."""
    readings: dict[int, list[BulletinReading]] = {}
    for one in bulletin.readings.select_related("account").order_by("at"):
        readings.setdefault(one.unit_id, []).append(one)
    found = [
        Receipt(one.unit, readings.get(one.unit_id, []), one.reminded_at, one.reminded)
        for one in bulletin.units.select_related("unit").order_by("unit__code")
    ]
    return sorted(found, key=lambda one: bool(one.readings))


def said_of(row: Bulletin) -> list[Said]:
    """What it says, its numbers with their lists; of one that was published as it said it then."""
    if row.state == "draft":
        return bulletin_said(row.text, row.figures)
    # the first paragraph of the paper names the units; the page does that itself
    return said_from_json(row.said) if row.said else from_blocks(from_content(row.content or {}).blocks[1:])


def draft_document(row: Bulletin, on: date) -> Document:
    units = [one.unit.short_name or one.unit.name for one in row.units.select_related("unit").order_by("unit__code")]
    return bulletin_document(
        centre=row.centre.name, title=row.title, number=row.number or "草稿", units=units,
        said=bulletin_said(row.text, row.figures), on=on,
    )  # fmt: skip


def bulletin_file(row: Bulletin, kind: str, today: date) -> bytes:
    """The "docx" or "pdf": of one that was published the bytes as they were published; of a draft as it would be."""
    if row.state == "draft":
        document = draft_document(row, today)
        return to_docx(document) if kind == "docx" else to_pdf(document)
    digests = {"sha256": row.sha256, "docx_sha256": row.docx_sha256}
    content = kept_bytes(digests, from_content(row.content or {}), kind)
    if content is None:
        raise Refused(INTERNAL, "保存的文件与发布时的摘要不符，请联系系统管理员核查。")
    return content


def bulletin_figures(
    scope: Scope, names: Sequence[str], days: tuple[date, date], at: datetime, units: Sequence[Unit]
) -> dict[str, Any]:
    """The chosen figures of what was registered on these days: a row for the whole and one for each of `units`, as the
    lead of the matters. With the conditions of their lists and the moment of counting."""
    figures = [FIGURES[name] for name in names]
    filters = Filters(root=scope.root, division=None if scope.is_root else scope.division, now=at)
    asked = [part_of(figure) for figure in figures] + [figure.whole for figure in figures if figure.whole]
    span = limits_of(Period("", *days))
    with one_moment():
        whole = count_spans(scope.viewer(), filters, asked, [span])
        by_unit = count_spans(scope.viewer(), filters, asked, [span], "unit") if units else []

    def values(counts: list[list[int]] | None) -> list[list[int | None]]:
        numbers = [one[0] for one in counts] if counts else [0] * len(asked)
        parts, rest = numbers[: len(figures)], iter(numbers[len(figures) :])
        return [[part, next(rest) if figure.whole else None] for part, figure in zip(parts, figures, strict=True)]

    there = {row["key"]: row["counts"] for row in by_unit}
    return {
        "figures": list(names),
        "since": days[0].isoformat(),
        "until": days[1].isoformat(),
        "counted_at": at.isoformat(timespec="seconds"),
        "division": "" if scope.is_root else scope.code,
        "by_unit": bool(units),
        "rows": [
            {"unit": "", "name": scope.name, "values": values(whole[0]["counts"])},
            *(
                {"unit": one.code, "name": one.short_name or one.name, "values": values(there.get(one.code))}
                for one in units
            ),
        ],
    }
