"""On the whole demo county: a figure, the list that it opens and a plain recount are one number."""

import io
import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from api.kit import new_browser, ok, refusal
from cases.kit import person, sql
from onedoor.cases.queries.cases import Filters, list_cases
from onedoor.cases.queries.days import today
from onedoor.cases.queries.figures import count_figures, figure_by, limits_of, part_of, shown_to
from onedoor.demo.plan import LATE
from onedoor.people.models import Division
from onedoor.rules.figures import FIGURES, Period, percent, period
from onedoor.rules.refusal import Refused
from web.kit import Screens, words

READERS = ("director", "supervisor", "dispatcher", "dispatcher_town", "unit_lead", "unit_lead3", "auditor")
ALL = Period("", date(2020, 1, 1), date(2030, 1, 1))


def filters(of: Period = ALL, **more: Any) -> Filters:
    since, until = limits_of(of)
    root = Division.objects.get(parent=None).pk
    return Filters(root=root, since=since, until=until, **more)


def listed(who: str, condition: str, **more: Any) -> int:
    """How many the list has, walked to its end."""
    viewer, seen, cursor = person(who).viewer(), set(), None
    while True:
        page = list_cases(viewer, filters(condition=condition, **more), limit=200, cursor=cursor)
        seen |= {item["number"] for item in page.items}
        cursor = page.next_cursor
        if cursor is None:
            return len(seen)


@pytest.mark.parametrize("who", READERS)
def test_each_number_opens_the_list_of_exactly_its_matters(full: int, who: str) -> None:
    viewer = person(who).viewer()
    counted = count_figures(viewer, filters(), shown_to(viewer))
    for one in counted:
        assert listed(who, part_of(one.figure)) == one.part, one.figure.name
        if one.whole is not None:
            assert listed(who, one.figure.whole) == one.whole, one.figure.name
            assert one.part <= one.whole
    some = {one.figure.name: one.part for one in counted}
    assert some["registered"] > 20 and some["closing"] > 5, "there is something to count"


def test_some_ended_after_their_limit(full: int) -> None:
    """Else the share that was on time would be a whole in every month, and nobody would see that it is counted."""
    viewer = person("director").viewer()
    (late,) = count_figures(viewer, filters(), [FIGURES["late_done"]])
    (on_time,) = count_figures(viewer, filters(), [FIGURES["on_time_closing"]])
    assert late.part >= sum(line.count for line in LATE) and on_time.whole is not None
    assert 0 < on_time.part < on_time.whole


# The same counted again in the plainest words, in Python, from the rows.
def test_a_plain_recount_agrees(full: int) -> None:
    cases = sql(
        "SELECT stage, kind, outcome, accepted_at, settled_on_spot, satisfied, jsonb_array_length(present_path), amount,"
        " sampled, closed_at, followed_up_at, mediation->>'state', id FROM \"case\" WHERE confidentiality = 'ordinary'"
    )
    now, late, over, running = timezone.now(), set(), set(), set()
    taken: dict[Any, tuple[bool, bool]] = {}
    for key, clock, due, paused, stopped in sql(
        "SELECT case_id, kind, due_at, paused_at, stopped_at FROM clock WHERE kind IN ('accept', 'handle')"
    ):
        after = (paused or stopped or now) > due
        if clock == "accept":
            in_time, decided = taken.get(key, (False, False))
            taken[key] = (in_time or bool(stopped and not after), decided or bool(stopped) or after)
            continue
        if after:
            late.add(key)
        if stopped:
            over.add(key)
        else:
            running.add(key)
    over = (over - running) | late
    sent = {row[0] for row in sql("SELECT case_id FROM event WHERE kind = 'send_back'")}
    objected = {row[0] for row in sql("SELECT case_id FROM event WHERE kind = 'object'")}
    parts = {row[0] for row in sql("SELECT case_id FROM assignment")}
    concluded = {row[0] for row in sql('SELECT id FROM "case" WHERE concluded_at IS NOT NULL')}
    done = {"closed", "followed_up", "archived", "guided"}
    gone = {"withdrawn", "merged", "transferred"}
    expected = dict.fromkeys(FIGURES, (0, 0))

    def count(name: str, part: bool, whole: bool = True) -> None:
        expected[name] = (expected[name][0] + (part and whole), expected[name][1] + whole)

    for (
        stage,
        kind,
        outcome,
        accepted,
        spot,
        satisfied,
        depth,
        amount,
        sampled,
        closed,
        followed,
        mediation,
        key,
    ) in cases:
        settled, counted = stage in done, stage != "merged"
        count("registered", counted)
        count("accepted", bool(accepted) and counted)
        count("closing", settled, counted)
        in_time, decided = taken.get(key, (False, False))
        count("on_time_acceptance", in_time, counted and decided)
        count("on_time_closing", key not in late, stage not in gone and key in over)
        count("late_done", settled, stage not in gone and key in late)
        count("at_once", spot and settled, bool(accepted) and counted)
        count("handled", bool(accepted), kind == "dispute" and counted)
        resolved = settled and outcome in ("agreement_written", "agreement_oral", "put_right", "served")
        count("resolution", resolved, kind == "dispute" and counted)
        count("mediation", mediation == "agreed", mediation in ("agreed", "ended"))
        count("below", depth > 1, settled)
        count("objection", key in objected, key in parts)
        count("sent_back", key in sent, key in concluded or key in sent)
        count("rated", satisfied is not None, settled)
        count("satisfaction", bool(satisfied), satisfied is not None)
        count("follow_up", followed is not None, sampled and closed is not None)
        count("repeated", stage == "merged")
        count("amount", bool(amount) and counted)
    assert expected["on_time_closing"][1] > 100
    assert 0 < len(late & over) < len(over)
    viewer = person("director").viewer()
    for one in count_figures(viewer, filters(), shown_to(viewer)):
        part, whole = expected[one.figure.name]
        assert (one.part, one.whole if one.whole is not None else whole) == (part, whole), one.figure.name
        if one.fen is not None:
            ((fen,),) = sql(
                "SELECT sum(amount) FROM \"case\" WHERE confidentiality = 'ordinary' AND stage <> 'merged'"
            )
            assert one.fen == fen


@pytest.mark.parametrize("by", ["category", "channel", "division", "unit", "month"])
def test_the_groups_make_the_whole(full: int, by: str) -> None:
    viewer, figures = person("director").viewer(), [FIGURES["registered"], FIGURES["closing"]]
    whole = count_figures(viewer, filters(), figures)
    groups = figure_by(viewer, filters(), figures, by)
    for place, one in enumerate(whole):
        assert sum(group["counted"][place].part for group in groups) == one.part
        assert sum(group["counted"][place].whole or 0 for group in groups) == (one.whole or 0)


def numbers(html: str) -> list[tuple[str, int]]:
    return [
        (address.replace("&amp;", "&"), int(n))
        for address, n in re.findall(r'<a href="([^"]*condition=[^"]*)"[^>]*>(\d+)</a>', html)
    ]


@pytest.mark.parametrize("by", ["category", "channel", "division", "unit", "month"])
def test_every_number_of_the_page_leads_to_its_list(full: int, by: str) -> None:
    screens = Screens()
    html = screens.open("director", "figures", since="2025-01-01", until="2030-01-01", by=by).content.decode()
    found = numbers(html)
    assert len(found) > 40
    for address, number in found[:30] + found[30::7]:
        told = screens.open("director", "cases", **dict(parse_qsl(urlsplit(address).query)))
        assert f"共 {number} 件" in words(told), address


def lines(html: str) -> list[str]:
    """The rows of the first table."""
    return re.findall(r"<tr>.*?</tr>", html.split("<tbody>")[1].split("</tbody>")[0], flags=re.S)


def test_what_a_figure_is_compared_with_opens_its_lists_and_no_rate_stands_alone(full: int) -> None:
    screens, chosen, opened = Screens(), period("last_month", today()), 0
    html = screens.open("director", "figures", period="last_month").content.decode()
    for line in lines(html):
        for one in (chosen.before(), chosen.year_before()):
            cell = line.split(f'data-label="{one.name}">')[1].split("</td>")[0]
            found = numbers(cell)
            assert found and all(f"since={one.since}&until={one.until}" in address for address, _ in found), (
                "each number opens a list of that period"
            )
            if rate := re.search(r"([\d.]+%|—)（", cell):
                (_, part), (_, whole) = found
                assert rate[1] == percent(part, whole), cell
            else:
                assert "%" not in cell.split("<small")[0], cell
            for address, number in found:
                if number and opened < 40:
                    opened += 1
                    told = screens.open("director", "cases", **dict(parse_qsl(urlsplit(address).query)))
                    assert f"共 {number} 件" in words(told), address
    assert opened > 10


def test_the_workbook_says_what_the_page_says(full: int) -> None:
    screens = Screens()
    query = {"since": "2025-01-01", "until": "2030-01-01", "place": "990101100", "by": "division"}
    html = screens.open("supervisor", "figures", **query).content.decode()
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(screens.open("supervisor", "figures", **query, **{"as": "xlsx"}).content)
    )
    rows = book.get_sheet_by_name("指标").to_python()
    shown = numbers(html)
    assert rows[3][:4] == ["指标", "数值", "分子", "分母"], "other programs read these"
    for row in rows[4:]:
        assert f"<b>{row[1]}</b>" in html, row
        assert int(row[2]) in [number for _, number in shown]
    for row, line in zip(rows[4:], lines(html), strict=True):
        made = [number for _, number in numbers(line)]
        written = [
            row[rows[3].index(f"{when}{side}")] for when in ("", "上期", "去年同期") for side in ("分子", "分母")
        ]
        assert [int(one) for one in written if one != ""] == made, row
    assert book.sheet_names == ["指标", "按区域"]
    assert sql("SELECT count(*) FROM access_log WHERE action = 'figures'") == [(1,)]


def test_a_restricted_matter_is_in_no_figure_of_whom_it_is_open_to(full: int) -> None:
    ((ordinary, all_of_them),) = sql(
        "SELECT count(*) FILTER (WHERE confidentiality = 'ordinary'), count(*) FROM \"case\" WHERE stage <> 'merged'"
    )
    assert ordinary < all_of_them
    for who in ("dispatcher_secret", "supervisor"):
        counted = count_figures(person(who).viewer(), filters(), [FIGURES["registered"]])[0]
        assert counted.part == ordinary


def test_who_handles_matters_learns_nothing_of_ratings(full: int) -> None:
    viewer = person("unit_lead").viewer()
    assert not {"rated", "satisfaction", "follow_up"} & {one.name for one in shown_to(viewer)}
    for condition in ("satisfied", "rated.satisfied", "followed_up"):
        with pytest.raises(Refused):
            list_cases(viewer, filters(condition=condition))
    told = Screens().open("unit_lead", "cases", condition="satisfied")
    assert told.status_code == 422 and "评价由督办员" in words(told)


@pytest.mark.parametrize("who", ["clerk", "handler", "grid_worker", "mediator", "admin"])
def test_the_page_is_not_for_everybody(full: int, who: str) -> None:
    screens = Screens()
    assert screens.open(who, "figures").status_code == 403
    assert "/desk/figures" not in screens.read(who, "")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"since": "2026-03-02", "until": "2026-03-01"}, "结束日期不能早于"),
        ({"since": "x", "until": "2026-03-01"}, "起止日期"),
        ({"place": "nowhere"}, "没有这个区划"),
    ],
)
def test_a_wrong_question_is_told_at_its_field(full: int, query: dict[str, str], sentence: str) -> None:
    told = Screens().open("director", "figures", **query)
    assert told.status_code == 422 and sentence in words(told)
    assert Screens().open("director", "cases", condition="nonsense").status_code == 422


def test_the_page_costs_a_few_statements(full: int) -> None:
    screens = Screens()
    screens.open("director", "figures")
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert screens.open("director", "figures", period="last_year").status_code == 200
    assert len(found) <= 8


def test_the_page_is_light_however_many_addresses_it_has(full: int) -> None:
    screens = Screens()
    for by in ("unit", "division", "month"):
        browser = screens.browser("director")
        told = browser.get("/desk/figures", {"period": "year", "by": by}, headers={"Accept-Encoding": "gzip"})
        assert told["Content-Encoding"] == "gzip" and len(told.content) < 20_000


def test_this_month_is_what_the_page_opens_with(full: int) -> None:
    html = Screens().read("director", "figures")
    chosen = period("month", today())
    assert f"{chosen.since.year}年{chosen.since.month}月1日" in html
    assert chosen.until + timedelta(days=1) > chosen.since
    assert new_browser().get("/desk/figures").status_code == 302


def ask(who: str, path: str, **query: str) -> Any:
    return Screens().get(who, path, **query)


def test_the_api_says_the_same_with_its_formula(full: int) -> None:
    span = {"from": "2020-01-01", "to": "2029-12-31"}
    told = ok(ask("director", "/figures/closing", **span))
    whole = count_figures(person("director").viewer(), filters(), [FIGURES["closing"]])[0]
    assert told["rows"] == [
        {
            "key": "",
            "name": "",
            "numerator": whole.part,
            "denominator": whole.whole,
            "amount": None,
            "value": told["rows"][0]["value"],
        }
    ]
    assert told["formula"] == "办结数÷登记数" and told["rows"][0]["value"].endswith("%")
    groups = ok(ask("director", "/figures/closing", **span, by="division"))["rows"]
    assert sum(row["numerator"] for row in groups) == whole.part
    town = ok(ask("director", "/figures/closing", **span, division="990101100"))["rows"][0]
    assert town["denominator"] == next(row["denominator"] for row in groups if row["key"] == "990101100")
    listed_there = ok(
        ask(
            "director",
            "/cases",
            condition=told["condition"],
            place="990101100",
            since="2020-01-01",
            until="2029-12-31",
        )
    )
    assert listed_there["count"]["value"] == town["numerator"]


def test_the_api_refuses_what_is_not_there_or_not_for_them(full: int) -> None:
    refusal(ask("clerk", "/figures/closing"), 403, "not_allowed")
    refusal(ask("director", "/figures/nonsense"), 404, "not_found")
    refusal(ask("unit_lead", "/figures/satisfaction"), 404, "not_found")
    refusal(ask("unit_lead", "/cases", condition="satisfied"), 403, "not_allowed")
    for query, field in (
        ({"from": "2026-01-01"}, "to"), ({"from": "2026-02-01", "to": "2026-01-01"}, "to"), ({"division": "x"}, "division"),
        ({"unit": "x"}, "unit"), ({"by": "person"}, "by"),
    ):  # fmt: skip
        refusal(ask("director", "/figures/closing", **query), 422, "invalid", field)
    refusal(ask("director", "/cases", condition="x.y.z"), 422, "invalid", "condition")
