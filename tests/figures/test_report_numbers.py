"""On the whole demo county: every number of a report is that of its list, and of a plain recount by SQL that shares no
line with the code that made it."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.kit import person, sql
from figures.reading import Read, as_dict, read_docx, shown, turned
from onedoor.cases.counting import ZONE
from onedoor.cases.queries.figures import NONE
from onedoor.cases.steps.fold import fill_counters
from onedoor.figures.models import SituationReport
from onedoor.figures.queries.report_figures import report_figures
from onedoor.figures.queries.reports import composed, report_file
from onedoor.figures.queries.scope import scope_of
from onedoor.figures.said import Number, numbers_of
from onedoor.figures.steps.reports import draft_report, recount_report
from onedoor.people.models import Unit
from onedoor.rules.reports import ReportSpan, span_of
from onedoor.web.desk.said import address
from web.kit import Screens, words

DONE = "('closed', 'followed_up', 'archived', 'guided')"
GONE = "('withdrawn', 'merged', 'transferred')"
RESOLVED = "('agreement_written', 'agreement_oral', 'put_right', 'served')"
ORDINARY = "confidentiality = 'ordinary'"


def fresh_draft(who: str = "supervisor") -> SituationReport:
    """The county's draft of last month, counted now."""
    row = SituationReport.objects.get(state="draft", centre=Unit.objects.get(code="centre"))
    recount_report(actors=person(who).actors, at=timezone.now(), report=row.pk, version=row.version)
    return SituationReport.objects.get(pk=row.pk)


def months(row: SituationReport) -> list[tuple[datetime, datetime]]:
    """The month, the one before and the one a year ago, as instants, reckoned apart."""
    year, month = row.since.year, row.since.month
    found = []
    for y, m in ((year, month), (year - (month == 1), month - 1 or 12), (year - 1, month)):
        ends = (y + (m == 12), m % 12 + 1)
        found.append((datetime(y, m, 1, tzinfo=ZONE), datetime(*ends, 1, tzinfo=ZONE)))
    return found


def one(statement: str, *values: Any) -> int:
    return int(sql(statement, *values)[0][0] or 0)


def count(span: tuple[datetime, datetime], condition: str, joined: str = "") -> int:
    """Matters registered in the span, in the plainest words."""
    return one(
        f'SELECT count(DISTINCT m.id) FROM "case" m {joined} WHERE m.registered_at >= %s AND m.registered_at < %s'
        f" AND m.{ORDINARY} AND ({condition})",
        *span,
    )


ENDED = "coalesce(x.paused_at, x.stopped_at, now())"
LATE = f"EXISTS (SELECT 1 FROM clock x WHERE x.case_id = m.id AND x.kind = 'handle' AND {ENDED} > x.due_at)"
OVER = (
    "(SELECT coalesce(bool_and(x.stopped_at IS NOT NULL), FALSE) FROM clock x WHERE x.case_id = m.id"
    f" AND x.kind = 'handle') OR {LATE}"
)
EVENT = "EXISTS (SELECT 1 FROM event e WHERE e.case_id = m.id AND e.kind = '{}')"
COUNTED = "m.stage <> 'merged'"
RATES: dict[str, tuple[str, str]] = {
    "办结率": (f"m.stage IN {DONE}", COUNTED),
    "及时受理率": (
        "EXISTS (SELECT 1 FROM clock x WHERE x.case_id = m.id AND x.kind = 'accept' AND x.stopped_at IS NOT NULL"
        f" AND {ENDED} <= x.due_at)",
        f"{COUNTED} AND EXISTS (SELECT 1 FROM clock x WHERE x.case_id = m.id AND x.kind = 'accept'"
        f" AND (x.stopped_at IS NOT NULL OR {ENDED} > x.due_at))",
    ),
    "按期办结率": (f"NOT {LATE}", f"m.stage NOT IN {GONE} AND ({OVER})"),
    "超期办结率": (f"m.stage IN {DONE}", f"m.stage NOT IN {GONE} AND {LATE}"),
    "一次性办结率（待核）": (f"m.settled_on_spot AND m.stage IN {DONE}", f"m.accepted_at IS NOT NULL AND {COUNTED}"),
    "调处率": ("m.accepted_at IS NOT NULL", f"m.kind = 'dispute' AND {COUNTED}"),
    "化解率": (f"m.stage IN {DONE} AND m.outcome IN {RESOLVED}", f"m.kind = 'dispute' AND {COUNTED}"),
    "调解成功率": ("m.mediation->>'state' = 'agreed'", "m.mediation->>'state' IN ('agreed', 'ended')"),
    "基层化解比例（待核）": ("jsonb_array_length(m.present_path) > 1", f"m.stage IN {DONE}"),
    "异议率（待核）": (EVENT.format("object"), "EXISTS (SELECT 1 FROM assignment a WHERE a.case_id = m.id)"),
    "退回率（待核）": (
        EVENT.format("send_back"), f"(m.concluded_at IS NOT NULL OR {EVENT.format('send_back')})"
    ),
}  # fmt: skip
COUNTS = {
    "登记数": COUNTED,
    "受理数": f"m.accepted_at IS NOT NULL AND {COUNTED}",
    "办结数": f"m.stage IN {DONE}",
    "超期在办数": f"m.stage NOT IN {DONE} AND m.stage NOT IN {GONE} AND {LATE}",
    "矛盾纠纷登记数": f"m.kind = 'dispute' AND {COUNTED}",
    "重复事项（并案）数": "m.stage = 'merged'",
    "涉及金额的事项数": f"m.amount > 0 AND {COUNTED}",
}


def address_of_number(number: Number) -> str:
    return address(number, person("director").viewer())


def word(row: SituationReport) -> Read:
    return read_docx(report_file(row, "docx", date(2026, 1, 1)))


def test_the_tables_of_the_word_document_are_a_plain_recount(full: int) -> None:
    row = fresh_draft()
    spans, read = months(row), word(row)
    table = read.cells("主要数量")
    assert set(table) == set(COUNTS)
    for name, condition in COUNTS.items():
        now, before, year = (count(span, condition) for span in spans)
        assert table[name] == [str(now), str(before), turned(now, before), str(year), turned(now, year)], name
    assert int(table["登记数"][0]) > 20 and int(table["登记数"][1]) > 20, "there is something to count"
    rates = read.cells("主要比率")
    assert set(rates) == set(RATES)
    for name, (part, whole) in RATES.items():
        expected = []
        for span in spans:
            parts, wholes = count(span, f"({part}) AND ({whole})"), count(span, whole)
            expected.append(f"{shown(parts, wholes)}（{parts}/{wholes}）")
        assert rates[name] == expected, name


GROUPS = {
    "分类统计": (
        "(SELECT t.name FROM category t WHERE t.code = split_part(k.code, '.', 1))",
        "JOIN category k ON k.id = m.category_id",
    ),
    "主办单位统计": (
        "coalesce(u.short_name, '尚未交办')", "LEFT JOIN people_unit u ON u.id = m.lead_unit_id"
    ),
    "区域统计": (
        "coalesce((SELECT d.name FROM people_division d WHERE d.id = (m.division_path->>1)::bigint), '本级')", ""
    ),
}  # fmt: skip


@pytest.mark.parametrize("caption", [*GROUPS, "渠道统计"])
def test_each_table_of_groups_is_a_plain_recount(full: int, caption: str) -> None:
    row = fresh_draft()
    key, joined = GROUPS.get(caption, ("m.channel", ""))
    names = {"window": "窗口", "hotline": "热线", "letter": "来信", "visit": "走访接访", "web": "网上", "mail": "邮箱"}
    names |= {"grid": "网格", "transfer": "转来"}
    counts = []
    for span in months(row):
        found = sql(
            f'SELECT {key}, count(*) FROM "case" m {joined} WHERE m.registered_at >= %s AND m.registered_at < %s'
            f" AND m.{ORDINARY} AND {COUNTED} GROUP BY 1",
            *span,
        )
        counts.append({names.get(name, name): n for name, n in as_dict(found).items()})
    read = word(row).cells(caption)
    whole = sum(counts[0].values())
    expected = set().union(*counts)
    assert expected <= set(read)
    for name, cells in read.items():
        now, before, year = ((sum(one.values()) if name == "合计" else one.get(name, 0)) for one in counts)
        assert cells[:6] == [
            str(now), shown(now, whole), str(before), turned(now, before), str(year), turned(now, year),
        ], name  # fmt: skip
    if caption == "区域统计":
        below = {
            name for (name,) in sql("SELECT name FROM people_division WHERE offered AND jsonb_array_length(path) = 2")
        }
        assert below <= set(read), "a township without a matter has its line"
    if caption == "主办单位统计":
        for name, cells in read.items():
            if name == "合计":
                continue
            done = sql(
                f'SELECT count(*) FILTER (WHERE m.stage IN {DONE}), count(*) FROM "case" m {joined}'
                f" WHERE m.registered_at >= %s AND m.registered_at < %s AND m.{ORDINARY} AND {COUNTED} AND {key} = %s",
                *months(row)[0], name,
            )[0]  # fmt: skip
            assert cells[6] == f"{shown(*done)}（{done[0]}）", name


def test_the_sentences_say_what_a_plain_recount_says(full: int) -> None:
    row = fresh_draft()
    now, before, _ = months(row)
    read = word(row)
    assert read.number(r"登记事项(\d+)件，日均") == count(now, COUNTED)
    days = (now[1].date() - now[0].date()).days
    assert read.number(r"按(\d+)天计算") == days
    tenths = (count(now, COUNTED) * 20 + days) // (2 * days)
    assert f"日均{tenths // 10}.{tenths % 10}件" in read.text
    amount = one(
        f'SELECT sum(amount) FROM "case" m WHERE registered_at >= %s AND registered_at < %s AND {ORDINARY} AND {COUNTED}',
        *now,
    )
    assert f"共{amount // 10_000 / 100:,.2f}万元" in read.text, "cut, not rounded up"
    assert read.number(r"天计算）；比上月（(\d+)件）") == count(before, COUNTED)
    # what is not ended, whenever it was registered
    waiting = f"m.stage NOT IN {DONE} AND m.stage NOT IN {GONE}"
    ever = (datetime(1990, 1, 1, tzinfo=ZONE), timezone.now() + timedelta(days=1))
    assert read.number(r"尚未办结的事项共(\d+)件") == count(ever, waiting) > 50
    today = timezone.now().astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    for days in (90, 180, 365):
        until = today - timedelta(days=days - 1)
        assert read.number(rf"满{days}天的(\d+)件") == count((ever[0], until), waiting)
    # supervision, on ordinary matters
    issued = one(
        f'SELECT count(*) FROM supervision s JOIN "case" m ON m.id = s.case_id WHERE s.issued_at >= %s'
        f" AND s.issued_at < %s AND m.{ORDINARY}",
        *now,
    )
    assert (f"发出督办单{issued}份" if issued else "没有发出督办单") in read.text
    rated, happy = count(now, f"m.satisfied IS NOT NULL AND m.stage IN {DONE}"), count(now, "m.satisfied")
    assert rated >= 5 and f"申请人评价{rated}件" in read.text
    assert f"评价满意{happy}件，满意率{shown(happy, count(now, 'm.satisfied IS NOT NULL'))}" in read.text


def test_every_number_of_the_page_opens_the_list_of_exactly_its_matters(full: int) -> None:
    row = fresh_draft()
    numbers = numbers_of(composed(row).said)
    assert len(numbers) > 250
    screens, seen = Screens(), set[str]()
    for number in numbers:
        address = address_of_number(number)
        if address in seen:
            continue
        seen.add(address)
        told = screens.open("director", address.removeprefix("/desk/").partition("?")[0],
                            **dict(parse_qsl(urlsplit(address).query)))  # fmt: skip
        unit = "份" if "/supervision" in address else "件"
        assert told.status_code == 200 and f"共 {number.text} {unit}" in words(told), (number.text, address)
    html = screens.open("director", f"reports/{row.pk}").content.decode()
    for number in numbers:
        assert f'<a href="{address_of_number(number).replace("&", "&amp;")}">{number.text}</a>' in html


def test_the_auditor_reads_the_report_and_opens_no_ratings(full: int) -> None:
    row = SituationReport.objects.filter(state="issued").order_by("-until")[0]
    screens = Screens()
    theirs = screens.open("auditor", f"reports/{row.pk}").content.decode()
    assert "condition=registered&amp;" in theirs
    for condition in ("satisfied", "settled.rated", "followed_up"):
        assert (
            f"condition={condition}" not in theirs
            and condition in screens.open("director", f"reports/{row.pk}").content.decode()
        )
    draft = SituationReport.objects.get(state="draft")
    assert screens.open("auditor", f"reports/{draft.pk}").status_code == 404, "a draft is its writers'"


def test_what_is_restricted_or_an_accusation_is_in_no_number(full: int) -> None:
    before = fresh_draft().figures
    kept = sql(
        f'SELECT id FROM "case" m WHERE {ORDINARY} AND {COUNTED} AND registered_at >= %s AND registered_at < %s LIMIT 3',
        *months(fresh_draft())[0],
    )
    sql("UPDATE \"case\" SET confidentiality = 'restricted' WHERE id = ANY(%s)", [key for (key,) in kept])
    fill_counters()  # what is written past the record's writer no counter knows
    after = fresh_draft().figures
    assert before["totals"]["registered"][0][0] - after["totals"]["registered"][0][0] == 3
    for by in ("category", "channel", "division", "unit"):
        assert sum(one["counts"][0][0] for one in after["groups"][by]) == after["totals"]["registered"][0][0]
    assert before["open"]["all"][0] >= after["open"]["all"][0]


def test_a_surge_is_told_with_its_place_its_kind_and_its_numbers(full: int) -> None:
    """Eight matters of one kind in one village in the last week of the month, where the weeks before had hardly any."""
    row = fresh_draft()
    ((village, path),) = sql("SELECT id, path FROM people_division WHERE code = '990101100201'")
    last = months(row)[0][1] - timedelta(days=2)
    moved = sql(
        f'SELECT m.id FROM "case" m WHERE {ORDINARY} AND {COUNTED} AND registered_at >= %s LIMIT 8', months(row)[0][1]
    )
    ((kind,),) = sql("SELECT id FROM category WHERE code = 'dispute.land'")
    sql(
        'UPDATE "case" SET registered_at = %s, division_id = %s, division_path = %s, category_id = %s WHERE id = ANY(%s)',
        last, village, path, kind, [key for (key,) in moved],
    )  # fmt: skip
    fill_counters()
    found = fresh_draft()
    told = [one for one in found.figures["surges"]["items"] if one["place_code"] == "990101100201"]
    assert [(one["kind_code"], one["until"]) for one in told] == [("dispute.land", found.until.isoformat())]
    since = datetime.combine(found.until - timedelta(days=6), datetime.min.time(), ZONE)
    there = one(
        f'SELECT count(*) FROM "case" m WHERE {ORDINARY} AND {COUNTED} AND division_path @> %s::jsonb AND category_id = %s'
        " AND registered_at >= %s AND registered_at < %s",
        f"[{village}]", kind, since, months(found)[0][1],
    )  # fmt: skip
    assert told[0]["count"] == there >= 8
    name = told[0]["place_name"]
    read = word(found)
    surge = read.tables["登记异常增多（单位：件）"]
    assert any(cells[0] == name and cells[3] == str(there) for cells in surge[1:])
    assert f"{name}“{told[0]['kind_name']}”一周登记{there}件" in read.text, "and among the hints"


@pytest.mark.parametrize("kind", ["month", "quarter", "half", "year"])
def test_it_costs_a_fixed_number_of_statements(full: int, kind: str) -> None:
    scope = scope_of(Unit.objects.get(code="centre").pk)
    with CaptureQueriesContext(connection) as found:
        report_figures(scope, span_of(kind, 2026, 1), timezone.now())
    statements = [one["sql"] for one in found if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 17, len(statements)  # of them four that name categories, units and divisions


def test_a_township_reports_its_own_and_its_numbers_open_its_lists(full: int) -> None:
    centre = Unit.objects.filter(kind="centre", division__code="990101100").first()
    assert centre is not None
    scope, span = scope_of(centre.pk), span_of("month", *last_month())
    figures = report_figures(scope, span, timezone.now())
    there = {
        key
        for (key,) in sql(
            f'SELECT m.id FROM "case" m WHERE {ORDINARY} AND {COUNTED} AND registered_at >= %s AND registered_at < %s AND'
            " (division_path @> %s::jsonb OR receiving_path @> %s::jsonb OR present_path @> %s::jsonb)",
            *months(fresh_draft())[0],
            *[f"[{scope.division}]"] * 3,
        )
    }
    assert 0 < figures["totals"]["registered"][0][0] == len(there)
    for row in figures["surges"]["items"]:
        assert row["place_code"].startswith("990101100")
    report = _draft_of(centre, span, figures)
    screens, seen = Screens(), 0
    for number in numbers_of(composed(report).said):
        address = address_of_number(number)
        assert "division=990101100" in address
        if number.text not in ("0",) and seen < 40:
            seen += 1
            query = dict(parse_qsl(urlsplit(address).query))
            told = screens.open("director", urlsplit(address).path.removeprefix("/desk/"), **query)
            unit = "份" if "/supervision" in address else "件"
            assert f"共 {number.text} {unit}" in words(told), (number.text, address)


def last_month() -> tuple[int, int]:
    day = timezone.now().astimezone(ZONE).date().replace(day=1) - timedelta(days=1)
    return day.year, day.month


def _draft_of(centre: Unit, span: ReportSpan, figures: dict[str, Any]) -> SituationReport:
    return SituationReport(
        pk=UUID(int=1), centre=centre, kind=span.kind, since=span.period.since, until=span.period.until, name=span.name,
        state="draft", figures=figures, counted_at=timezone.now(),
    )  # fmt: skip


def test_a_year_and_a_quarter_are_written_too(full: int) -> None:
    director = person("director")
    for kind, year, number in (("quarter", 2026, 1), ("year", 2025, 1)):
        made = draft_report(actors=director.actors, at=timezone.now(), kind=kind, year=year, number=number)
        read = word(SituationReport.objects.get(pk=made))
        assert ("去年同季度" in read.tables[next(iter(read.tables))][0]) == (kind == "quarter")
        assert NONE not in read.cells("主要数量")
