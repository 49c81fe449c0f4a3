"""The board on the whole demo county: each number is its list's, each side adds up, a restricted matter changes nothing."""

import io
import re
from collections import Counter
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from api.kit import new_browser
from cases.kit import person, sql
from demo.test_figures import filters, listed
from onedoor.cases.counting import ZONE
from onedoor.cases.queries.days import today
from onedoor.cases.steps.fold import fill_counters
from onedoor.figures.queries.seeing import in_grids, place_of, seen, still_open
from onedoor.people.models import Division
from onedoor.rules.seeing import AGES
from web.kit import Screens, words

SPAN = {"since": "2025-01-01", "until": "2030-01-01"}
# who I am, the place and its choice, three times the figures, the sides, their names, what is open, shapes
STATEMENTS = 12


def board(who: str, **query: str) -> str:
    answer = Screens().open(who, "figures/board", **(SPAN | query))
    assert answer.status_code == 200, words(answer)[:300]
    return answer.content.decode()


def numbers(html: str) -> list[tuple[str, int]]:
    found = re.findall(r'<a href="(/desk/cases[^"]*)"[^>]*>(?:看这)?(\d+)(?:件)?</a>', html)
    lights = re.findall(r'<a href="(/desk/cases[^"]*)"><span class="light[^>]*>[^<]*</span><b>(\d+)</b>', html)
    return [(unescape(address), int(number)) for address, number in found + lights]


@pytest.mark.parametrize(
    ("who", "place"), [("director", ""), ("supervisor", "990101100"), ("unit_lead", ""), ("dispatcher_town", "")]
)
def test_every_number_opens_the_list_of_exactly_its_matters(full: int, who: str, place: str) -> None:
    found = numbers(board(who, place=place))
    assert len(found) > (150 if who == "director" else 40)
    screens, kinds = Screens(), Counter[str]()
    for address, number in found:
        query = dict(parse_qsl(urlsplit(address).query))
        kind = " ".join(sorted(query))
        kinds[kind] += 1
        if kinds[kind] <= 6:
            told = screens.open(who, "cases", **query)
            assert f"共 {number} 件" in words(told), (address, number, words(told)[:400])
    asked = {name for kind in kinds for name in kind.split()}
    assert {"ending", "channel", "weekday", "hour", "light", "level", "lead", "category", "exact"} <= asked


def test_a_plain_recount_agrees(full: int) -> None:
    viewer, now = person("director").viewer(), timezone.now()
    one = seen(viewer, filters(now=now), 1)
    matters = sql(
        'SELECT registered_at, channel, stage, outcome, category_id, lead_unit_id, division_id, id FROM "case"'
        " WHERE confidentiality = 'ordinary' AND stage <> 'merged'"
    )
    assert one.count == len(matters) > 300
    hours = Counter((at.astimezone(ZONE).isoweekday(), at.astimezone(ZONE).hour) for at, *_ in matters)
    assert {key: tally.count for key, tally in one.hours.items()} == hours
    days = Counter(at.astimezone(ZONE).date() for at, *_ in matters)
    assert {key: tally.count for key, tally in one.days.items()} == days
    for place, side in ((4, one.categories), (5, one.units)):
        assert {key: tally.count for key, tally in side.items()} == Counter(row[place] for row in matters)
    paths = dict(sql("SELECT id, path->>1 FROM people_division"))
    towns = Counter(int(paths[row[6]]) if paths[row[6]] else None for row in matters)
    assert {key: tally.count for key, tally in one.divisions.items()} == towns and len(towns) > 5
    grids = [key for (key,) in sql("SELECT division_id FROM grid_grid")]
    lying = {key: tally.count for key, tally in in_grids(viewer, filters(now=now), grids).items()}
    assert lying == Counter(row[6] for row in matters if row[6] in grids) and lying
    done = {"closed", "followed_up", "archived", "guided"}
    for side in (one.categories, one.units, one.divisions, one.days, one.hours, one.flow, one.levels):
        assert sum(tally.count for tally in side.values()) == one.count
        assert sum(tally.settled for tally in side.values()) == sum(row[2] in done for row in matters)
    ended = {(channel, ending): tally.count for (channel, ending), tally in one.flow.items()}
    gone = Counter(row[1] for row in matters if row[2] in ("withdrawn", "transferred"))
    assert {channel: count for (channel, ending), count in ended.items() if ending == "gone"} == gone
    agreed = Counter(row[1] for row in matters if row[2] in done - {"guided"} and row[3].startswith("agreement"))
    assert {channel: count for (channel, ending), count in ended.items() if ending == "agreed"} == agreed


def test_what_is_open_is_counted_by_age_and_light(full: int) -> None:
    viewer, now, day = person("director").viewer(), timezone.now(), today()
    still = still_open(viewer, filters(now=now), day)
    over = (*("closed", "followed_up", "archived", "guided"), "withdrawn", "transferred", "merged")
    rows = sql(
        "SELECT registered_at, coalesce(red_at, due_at), warn_at, stage FROM \"case\" WHERE confidentiality = 'ordinary'"
    )
    expected: Counter[tuple[int, str]] = Counter()
    for at, red, warn, stage in rows:
        if stage in over:
            continue
        days = (day - at.astimezone(ZONE).date()).days
        age = next(
            place for place, (first, last) in enumerate(AGES) if first <= days and (last is None or days <= last)
        )
        light = "none" if red is None else "red" if red < now else "yellow" if warn <= now else "green"
        expected[age, light] += 1
    assert still.by == expected and still.count > 20
    assert {light for _, light in still.by} >= {"red", "green"}


@pytest.mark.parametrize("who", ["director", "supervisor", "dispatcher_secret"])
def test_a_restricted_matter_and_an_accusation_change_nothing(full: int, who: str) -> None:
    def bare(html: str) -> str:
        return re.sub(r"统计于[^。]*。|csrf\w+\" value=\"\w+\"|csrfmiddlewaretoken[^>]*", "", html)

    before = bare(board(who))
    keys = sql("SELECT id FROM \"case\" WHERE confidentiality <> 'ordinary'")
    assert len(keys) > 1
    kinds = {row[0] for row in sql('SELECT DISTINCT confidentiality FROM "case"')}
    assert kinds == {"ordinary", "restricted", "accusation"}
    for table in ("visible",):
        sql(f"DELETE FROM {table} WHERE case_id = ANY(%s) RETURNING 1", [key for (key,) in keys])
    sql(
        "UPDATE \"case\" SET stage = 'merged', channel = 'mail' WHERE id = ANY(%s) RETURNING 1",
        [key for (key,) in keys],
    )
    assert bare(board(who)) == before
    fill_counters()
    assert bare(board(who)) == before, "nor do counters that were filled from all matters"
    # what could have leaked does show when it is ordinary
    sql(
        "UPDATE \"case\" SET stage = 'handling', confidentiality = 'ordinary', purpose = '' WHERE id = ANY(%s) RETURNING 1",
        [key for (key,) in keys],
    )
    fill_counters()
    if who != "supervisor" or person(who).viewer().whole_tree:
        assert bare(board(who)) != before


def test_the_workbook_says_what_the_page_says(full: int) -> None:
    html = board("supervisor", place="990101100")
    answer = Screens().open("supervisor", "figures/board", **SPAN, place="990101100", **{"as": "xlsx"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names[0] == "指标" and len(book.sheet_names) == 12
    shown = Counter(number for _, number in numbers(html))
    head, *figures = book.get_sheet_by_name("指标").to_python()[3:]
    cards = html.split('<div class="card headline">')[1:]
    assert len(cards) > 5
    for row, card in zip(figures, cards, strict=False):
        made = [number for _, number in numbers(card.split("</div>")[0])]
        columns = [head.index(f"{when}{side}") for when in ("", "上期", "去年同期") for side in ("分子", "分母")]
        assert [int(row[one]) for one in columns if row[one] != ""] == made, row
    for name in book.sheet_names[1:]:
        title, figure = name, html.split(f">{name}</h2>")
        rows = book.get_sheet_by_name(name).to_python()
        if len(figure) == 1:
            assert name == "网格"
            continue
        body = figure[1].split("<tbody>")[1].split("</tbody>")[0]
        cells = [int(one) for one in re.findall(r"<td class=\"n\">(?:<a[^>]*>)?(\d+)", body)]
        written = [int(cell) for row in rows[1:] for cell in row[1:] if cell != ""]
        assert written == cells, title
    assert shown
    assert sql("SELECT count(*) FROM access_log WHERE action = 'figures'") == [(1,)]


def test_a_region_opens_the_board_one_level_down(full: int) -> None:
    html = board("director")
    down = [unescape(one) for one in re.findall(r'<th scope="row"><a href="(/desk/figures/board[^"]*)"', html)]
    root = Division.objects.get(parent=None)
    assert len(down) == root.children.count()
    town = board("director", **dict(parse_qsl(urlsplit(down[0]).query)))
    assert f">{root.name}</a> ›" in town
    below = place_of(Division.objects.get(code=dict(parse_qsl(urlsplit(down[0]).query))["place"]).pk)
    assert all(one.name in town for one in below.children)


def test_a_place_and_a_period_without_matters_say_so(full: int) -> None:
    told = board("director", since="2019-01-01", until="2019-01-31")
    assert "没有登记事项，所以没有图" in told and 'data-kind="days"' not in told
    assert "现在没有办结的" in told and 'data-kind="ages"' in told, "what is open is not of the period"


@pytest.mark.parametrize("who", ["clerk", "handler", "grid_worker", "mediator", "admin"])
def test_the_board_is_not_for_everybody(full: int, who: str) -> None:
    screens = Screens()
    assert screens.open(who, "figures/board").status_code == 403
    assert screens.open(who, "figures/board", **{"as": "xlsx"}).status_code == 403
    assert screens.open(who, "figures/board/shapes").status_code == 403
    assert new_browser().get("/desk/figures/board").status_code == 302


def test_who_handles_matters_sees_no_ratings(full: int) -> None:
    assert "满意率" in board("director") and "满意率" not in board("unit_lead")


def test_a_town_begins_with_itself(full: int) -> None:
    html = Screens().open("dispatcher_town", "figures/board").content.decode()
    own = person("dispatcher_town").actors[0].division
    assert f'aria-current="true">{Division.objects.get(pk=own).name}<' in html


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"since": "2026-03-02", "until": "2026-03-01"}, "结束日期不能早于"),
        ({"since": "x", "until": "2026-03-01"}, "起止日期"),
        ({"place": "nowhere"}, "没有这个区划"),
        ({"place": "a\0b"}, "没有这个区划"),
    ],
)
def test_a_wrong_question_is_told_at_its_field(full: int, query: dict[str, str], sentence: str) -> None:
    told = Screens().open("director", "figures/board", **query)
    assert told.status_code == 422 and sentence in words(told)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"weekday": "8"}, 422), ({"weekday": "x"}, 422), ({"weekday": "1"}, 200), ({"hour": "24"}, 422), ({"hour": "0"}, 200),
        ({"hour": "²"}, 422), ({"ending": "nothing"}, 422), ({"ending": "open"}, 200), ({"level": "0"}, 422), ({"level": "99"}, 422),
        ({"level": "1"}, 200),
    ],
)  # fmt: skip
def test_the_list_and_the_api_read_what_the_board_asks(full: int, query: dict[str, str], status: int) -> None:
    screens = Screens()
    assert screens.open("director", "cases", **query).status_code == status
    assert screens.get("director", "/cases", **query).status_code == status


def test_list_count_and_api_agree_on_a_cell(full: int) -> None:
    screens = Screens()
    one = seen(person("director").viewer(), filters(now=timezone.now()), 1)
    (weekday, hour), tally = max(one.hours.items(), key=lambda item: item[1].count)
    assert listed("director", "registered", weekday=weekday, hour=hour) == tally.count
    told = screens.get("director", "/cases", condition="registered", weekday=weekday, hour=hour).json()
    assert told["count"]["value"] == tally.count or told["next_cursor"] is None
    assert f"共 {tally.count} 件" in screens.read(
        "director", "cases", condition="registered", weekday=weekday, hour=hour
    )


@pytest.mark.parametrize("place", ["", "990101100"])
def test_the_price_of_the_board_is_fixed(full: int, place: str) -> None:
    screens = Screens()
    screens.open("director", "figures/board", **SPAN, place=place)
    with CaptureQueriesContext(connection) as found:
        assert screens.open("director", "figures/board", **SPAN, place=place).status_code == 200
    assert len(found) <= STATEMENTS, [one["sql"][:90] for one in found]


def test_grids_are_counted_when_they_are_looked_at(full: int) -> None:
    assert 'id="grids"' not in board("director")
    html = board("director", grids="1").split('id="grids"')[1]
    found = numbers(html.split("</details>")[0])
    screens = Screens()
    assert found
    for address, number in found[:6]:
        told = screens.read("director", "cases", **dict(parse_qsl(urlsplit(address).query)))
        assert f"共 {number} 件" in told
    counts = screens.open("director", "figures/board/grids", **SPAN).json()
    assert sum(counts.values()) > 0 and screens.open("clerk", "figures/board/grids").status_code == 403
    assert screens.open("director", "figures/board/grids", place="nowhere").status_code == 422
    shown = Counter(number for address, number in found if "settled" not in address)
    assert shown == Counter(counts.values())


def test_shapes_of_the_map(full: int) -> None:
    screens = Screens()
    below: Any = screens.open("director", "figures/board/shapes").json()
    grids: Any = screens.open("director", "figures/board/shapes", by="grid").json()
    assert 0 < len(below["features"]) < len(grids["features"])
    for one in below["features"]:
        assert Division.objects.filter(
            code=one["properties"]["code"], parent__parent=None, name=one["properties"]["name"]
        ).exists()
    assert screens.open("director", "figures/board/shapes", place="nowhere").status_code == 422
