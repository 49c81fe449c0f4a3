"""`figures`: what the page, its workbook and the API cost, and whether they and a month's report say what a plain
recount says.

The recount is SQL of its own, in other words than the product's: what both get wrong alike they would have to get
wrong twice.
"""

import io
import json
import re
import urllib.parse
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from bench.measure import percentiles, timed

ROLES = ("director", "supervisor", "dispatcher_town", "unit_lead")
CUTS = ("category", "channel", "division", "unit", "month")
PERIODS = (("2025-03-01", "2025-03-31"), ("2025-01-01", "2025-12-31"), ("2024-11-09", "2025-04-17"))
ROUNDS = 3

_FACTS = """
    WITH ran AS (
        SELECT case_id, kind, due_at, stopped_at IS NULL AS open,
               CASE WHEN paused_at IS NOT NULL THEN paused_at WHEN stopped_at IS NOT NULL THEN stopped_at
                    ELSE now() END AS until
          FROM clock WHERE kind IN ('accept', 'handle')),
    handle AS (
        SELECT case_id, bool_or(until > due_at) AS late, bool_or(until > due_at) OR NOT bool_or(open) AS due
          FROM ran WHERE kind = 'handle' GROUP BY case_id),
    accept AS (
        SELECT case_id, bool_or(NOT open OR until > due_at) AS due, bool_or(NOT open AND until <= due_at) AS in_time
          FROM ran WHERE kind = 'accept' GROUP BY case_id),
    sent AS (SELECT DISTINCT case_id FROM event WHERE kind = 'send_back'),
    objected AS (SELECT DISTINCT case_id FROM event WHERE kind = 'object'),
    given AS (SELECT DISTINCT case_id FROM assignment),
    f AS (
        SELECT c.amount, c.stage = 'merged' AS merged, c.kind = 'dispute' AND c.stage <> 'merged' AS dispute,
               c.accepted_at IS NOT NULL AS taken, c.stage IN ('closed', 'followed_up', 'archived', 'guided') AS done,
               c.stage NOT IN ('withdrawn', 'merged', 'transferred') AS ours, c.settled_on_spot AS spot,
               c.outcome IN ('agreement_written', 'agreement_oral', 'put_right', 'served') AS resolved,
               c.mediation->>'state' AS mediation, jsonb_array_length(c.present_path) > 1 AS below,
               c.satisfied, c.sampled AND c.closed_at IS NOT NULL AS sampled, c.followed_up_at IS NOT NULL AS followed,
               coalesce(h.late, FALSE) AS late, coalesce(h.due, FALSE) AS due, coalesce(a.due, FALSE) AS accept_due,
               coalesce(a.in_time, FALSE) AS in_time, s.case_id IS NOT NULL AS sent, o.case_id IS NOT NULL AS objected,
               g.case_id IS NOT NULL AS given, c.concluded_at IS NOT NULL OR s.case_id IS NOT NULL AS concluded
          FROM "case" c LEFT JOIN handle h ON h.case_id = c.id LEFT JOIN accept a ON a.case_id = c.id
          LEFT JOIN sent s ON s.case_id = c.id LEFT JOIN objected o ON o.case_id = c.id
          LEFT JOIN given g ON g.case_id = c.id
         WHERE c.confidentiality = 'ordinary'
           AND (c.registered_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %s AND %s)
"""
# figure: what is in its part, what in its whole
RECOUNT = {
    "registered": ("NOT merged", ""), "accepted": ("taken AND NOT merged", ""), "closing": ("done", "NOT merged"),
    "on_time_acceptance": ("in_time", "accept_due AND NOT merged"), "on_time_closing": ("NOT late", "ours AND due"),
    "late_done": ("done", "ours AND late"), "at_once": ("spot AND done", "taken AND NOT merged"),
    "handled": ("taken", "dispute"), "resolution": ("done AND resolved", "dispute"),
    "mediation": ("mediation = 'agreed'", "mediation IN ('agreed', 'ended')"), "below": ("below", "done"),
    "objection": ("objected", "given"), "sent_back": ("sent", "concluded"),
    "rated": ("satisfied IS NOT NULL", "done"), "satisfaction": ("satisfied", "satisfied IS NOT NULL"),
    "follow_up": ("followed", "sampled"), "repeated": ("merged", "TRUE"), "amount": ("amount > 0 AND NOT merged", ""),
}  # fmt: skip


def figures(*, prove: bool = True) -> dict[str, Any]:
    """Times of page, workbook, API and counters, and the number of differences between them and the recount."""
    asker = _Asker()
    for since, until in PERIODS:
        for role in ROLES:
            for by in CUTS[:: 1 if role == "director" else 3]:
                for _ in range(ROUNDS):
                    asker.page(role, since, until, by)
                    asker.name(role, "registered", since, until, by)
            asker.workbook(role, since, until)
            for _ in range(ROUNDS):
                asker.get("board", role, f"/desk/figures/board?since={since}&until={until}")
    result = asker.result()
    if prove:
        differing = [*_differing(asker), *_report_differing(asker), *_counters_differing(asker)]
        result |= {"differences": len(differing), "differing": differing[:20], "compared": asker.compared}
    return result


def _differing(asker: "_Asker") -> Iterator[str]:
    """Page, workbook and API against the recount, each figure of each period."""
    from onedoor.rules.figures import FIGURES

    if missing := FIGURES.keys() - RECOUNT.keys():
        yield f"no recount of {sorted(missing)}"
    for since, until in PERIODS:
        expected, _ = recount(since, until)
        page, book = asker.page("director", since, until, "category"), asker.workbook("director", since, until)
        for name, figure in FIGURES.items():
            if name not in expected:
                continue
            part, whole = expected[name]
            conditions = (f"{figure.whole}.{figure.part}", figure.whole) if figure.whole else (figure.part, "")
            said = {
                "page": tuple(page.get(one) for one in conditions),
                "workbook": book[figure.label + ("（待核）" if figure.unsure else "")],
                "API": asker.name("director", name, since, until, ""),
            }
            for where, numbers in said.items():
                asker.compared += 1
                if numbers[0] != part or (figure.whole and numbers[1] != whole):
                    yield f"{since} {name}: {where} {numbers}, recount {(part, whole)}"


def _report_differing(asker: "_Asker") -> Iterator[str]:
    """The report of a month against the recount: what it has counted of three periods, with the money, and what its
    Word document says of the shares."""
    import docx
    from django.utils import timezone

    from bench.reporting import centre_scope
    from onedoor.figures.queries.report_figures import report_figures
    from onedoor.figures.report import Report
    from onedoor.papers.docx import to_docx
    from onedoor.rules.figures import FIGURES
    from onedoor.rules.reports import span_of

    now, span = timezone.now(), span_of("month", 2025, 3)
    figures = report_figures(centre_scope(), span, now)
    word = docx.Document(io.BytesIO(to_docx(Report(span, figures, {}, {}).document("草稿", now.date()))))
    said = {row.cells[0].text: [cell.text for cell in row.cells] for table in word.tables for row in table.rows}
    seen = 0
    for place, (since, until) in enumerate(figures["spans"]):
        expected, fen = recount(since, until)
        for name, figure in FIGURES.items():
            part, whole, money = figures["totals"][name][place]
            asker.compared += 1
            if (part, whole or 0) != (expected[name] if figure.whole else (expected[name][0], 0)):
                yield f"{since} {name}: report {(part, whole)}, recount {expected[name]}"
            if figure.amount and money != fen:
                yield f"{since} {name}: report {money}, recount {fen} 分"
            cells = said.get(figure.label + ("（待核）" if figure.unsure else ""))
            if figure.whole and cells:
                asker.compared, seen = asker.compared + 1, seen + 1
                if f"（{expected[name][0]}/{expected[name][1]}）" not in cells[1 + place]:
                    yield f"{since} {name}: Word {cells[1 + place]}, recount {expected[name]}"
    if seen < 3 * 9:
        yield f"only {seen} shares found in the Word document"


def recount(since: str, until: str) -> tuple[dict[str, tuple[int, int]], int]:
    """Of each figure part and whole, and the money in 分."""
    from onedoor.cases.sql import rows

    columns = ["coalesce(sum(amount) FILTER (WHERE amount > 0 AND NOT merged), 0)::bigint AS fen"]
    for name, (part, whole) in RECOUNT.items():
        both = f"({whole}) AND ({part})" if whole else part
        columns.append(f"count(*) FILTER (WHERE {both}) AS {name}_part")
        columns.append(f"count(*) FILTER (WHERE {whole or 'TRUE'}) AS {name}_whole")
    found = rows(f"{_FACTS} SELECT {', '.join(columns)} FROM f", [since, until])[0]
    return {name: (found[f"{name}_part"], found[f"{name}_whole"]) for name in RECOUNT}, found["fen"]


def _counters_differing(asker: "_Asker") -> Iterator[str]:
    """Every count of every cut, of the counters and matter by matter."""
    from zoneinfo import ZoneInfo

    from django.conf import settings

    from onedoor.cases.counted import MEASURES
    from onedoor.cases.queries._counters import CUTS as ALL
    from onedoor.cases.queries._counters import tally
    from onedoor.cases.queries._plainly import tally_plainly
    from onedoor.cases.queries.cases import Filters
    from onedoor.cases.queries.figures import limits_of
    from onedoor.people.models import Account
    from onedoor.people.tokens import signed_in_as
    from onedoor.rules.figures import Period

    assert ZoneInfo(settings.TIME_ZONE).key == "Asia/Shanghai", "the recount is written for it"
    for role in ROLES:
        signed = signed_in_as(Account.objects.get(username=role).pk)
        assert signed is not None
        for since, until in PERIODS:
            first, last = limits_of(Period("", date.fromisoformat(since), date.fromisoformat(until)))
            filters = Filters(root=signed.root, since=first, until=last)
            for by in ALL:
                one, other = (way(signed.viewer(), filters, MEASURES, by) for way in (tally, tally_plainly))
                for key in one.keys() | other.keys():
                    asker.compared += 1
                    if len({found[key].fen if key in found else 0 for found in (one, other)}) > 1:
                        yield f"{role} {since} {by} {key}: another sum of money"
                    counts = [found[key].counts if key in found else {} for found in (one, other)]
                    for measure in MEASURES:
                        asker.compared += 1
                        if counts[0].get(measure, 0) != counts[1].get(measure, 0):
                            yield f"{role} {since} {by} {key} {measure}: {[some.get(measure, 0) for some in counts]}"


class _Asker:
    """Asks through the whole of Django, in this process."""

    def __init__(self) -> None:
        from django.test import Client
        from django.utils import timezone

        from onedoor.people import tokens
        from onedoor.people.models import Account

        self.client, self.compared = Client(), 0
        life = timedelta(hours=6)
        self.tokens = {
            role: tokens.issue(Account.objects.get(username=role), at=timezone.now(), life=life)[0] for role in ROLES
        }
        self.seconds: dict[str, list[float]] = {"page": [], "workbook": [], "api": [], "board": []}
        self.worst: list[tuple[float, str]] = []
        self.get("page", ROLES[0], "/desk/figures")  # the first reads calendars and the like
        self.seconds["page"].clear()
        self.worst.clear()

    def page(self, role: str, since: str, until: str, by: str) -> dict[str, int]:
        """Each condition with its number, of the whole of what is asked for."""
        text = self.get("page", role, f"/desk/figures?since={since}&until={until}&by={by}").decode()
        found: dict[str, int] = {}
        for address, number in re.findall(r'<a href="([^"]*condition=[^"]*)"[^>]*>(\d+)</a>', text):
            query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address.replace("&amp;", "&")).query))
            if query.keys() == {"condition", "since", "until"} and (query["since"], query["until"]) == (since, until):
                found[query["condition"]] = int(number)
        return found

    def workbook(self, role: str, since: str, until: str) -> dict[str, tuple[int, int]]:
        from python_calamine import CalamineWorkbook

        got = self.get("workbook", role, f"/desk/figures?since={since}&until={until}&as=xlsx")
        sheet: list[list[Any]] = CalamineWorkbook.from_filelike(io.BytesIO(got)).get_sheet_by_name("指标").to_python()
        return {str(row[0]): (int(row[2] or 0), int(row[3] or 0)) for row in sheet[4:]}

    def name(self, role: str, name: str, since: str, until: str, by: str) -> tuple[int, int]:
        query = f"from={since}&to={until}" + (f"&by={by}" if by else "")
        row = json.loads(self.get("api", role, f"/api/v1/figures/{name}?{query}"))["rows"]
        return (row[0]["numerator"], row[0]["denominator"] or 0) if row else (0, 0)

    def get(self, kind: str, role: str, path: str) -> bytes:
        headers = {"Authorization": f"Bearer {self.tokens[role]}"} if kind == "api" else {}
        self.client.cookies["onedoor_token"] = self.tokens[role]
        seconds, got = timed(lambda: self.client.get(path, headers=headers))
        if got.status_code != 200:
            raise RuntimeError(f"{role} {path}: {got.status_code}")
        self.seconds[kind].append(seconds)
        self.worst = sorted([*self.worst, (seconds, f"{role} {path}")], reverse=True)[:8]
        return bytes(got.content)

    def result(self) -> dict[str, Any]:
        return {
            **{kind: percentiles(seconds) for kind, seconds in self.seconds.items()},
            "slowest": [f"{seconds * 1000:.0f} ms  {what}" for seconds, what in self.worst],
        }
