"""On the whole demo county: counters, folded or not, say of every figure and cut what counting the matters says."""

from datetime import date, timedelta
from typing import Any

import pytest

from cases.kit import person, sql
from demo.test_figures import ALL, filters
from onedoor.cases.counted import MEASURES, NAMES, OPEN_LIGHTS
from onedoor.cases.queries._counters import CUTS, can_tally, tally
from onedoor.cases.queries._figures import AS_BITS
from onedoor.cases.queries._plainly import tally_plainly
from onedoor.cases.queries.days import today
from onedoor.cases.steps.fold import fold_some
from onedoor.people.models import Division
from onedoor.rules.figures import CONDITIONS, FIGURES, Period, period


def test_every_condition_has_its_bit() -> None:
    assert set(NAMES) == set(CONDITIONS)
    for figure in FIGURES.values():
        assert {figure.part, figure.whole} - {""} <= set(NAMES)


def test_the_writer_and_the_rows_agree_on_every_condition(full: int) -> None:
    assert sql(f'SELECT c.number FROM "case" c WHERE c.counted <> ({AS_BITS}) AND c.counted_until >= now()') == []
    assert sql(f'SELECT c.number FROM "case" c WHERE c.counted <> ({AS_BITS}) AND c.counted_until IS NULL') == []
    for name in NAMES:
        ((count,),) = sql(f'SELECT count(*) FROM "case" c WHERE c.counted & {1 << NAMES.index(name)} <> 0')
        assert int(str(count)) > 0 or name == "handle_late_done", f"the demo county has {name}"


PERIODS = {
    "all": ALL,
    "this year": period("year", date(2026, 11, 28)),
    "a month": Period("", today().replace(day=1) - timedelta(days=40), today() - timedelta(days=20)),
    "across": Period("", today() - timedelta(days=75), today() - timedelta(days=9)),
    "nothing": Period("", date(2019, 1, 1), date(2019, 12, 31)),
}


def _same(who: str, more: dict[str, Any], of: str, by: str, depth: int) -> int:
    viewer, asked = person(who).viewer(), filters(PERIODS[of], **more)
    assert can_tally(asked, MEASURES)
    counted = tally(viewer, asked, MEASURES, by, depth=depth)
    plainly = tally_plainly(viewer, asked, MEASURES, by, depth=depth)
    counted = {key: one for key, one in counted.items() if one.counts["all"] or key == ""}
    if not any(one.counts["all"] for one in plainly.values()):
        assert not any(one.counts["all"] for one in counted.values())
        return 0
    assert {key: (one.counts, one.fen) for key, one in counted.items()} == {
        key: (one.counts, one.fen) for key, one in plainly.items()
    }, (who, more, of, by, depth)
    if by in ("", "day"):  # what is open, without a look at what is not
        lights = ("open", *OPEN_LIGHTS)
        still, found = (way(viewer, asked, lights, by, depth=depth, within="open") for way in (tally, tally_plainly))
        assert {key: one.counts for key, one in still.items() if one.counts["open"]} == {
            key: one.counts for key, one in found.items() if one.counts["open"]
        }, (who, more, of, by, depth)
    return sum(one.counts["all"] for one in counted.values())


@pytest.mark.parametrize("folded", [False, True, "half"])
@pytest.mark.parametrize("who", ["director", "dispatcher_town", "unit_lead", "unit_lead3"])
def test_counters_say_what_counting_says(full: int, who: str, folded: Any) -> None:
    while folded and fold_some(200) and folded != "half":
        pass
    divisions = list(Division.objects.order_by("pk"))
    towns = sql('SELECT division_path->>1 AS town FROM "case" GROUP BY 1 ORDER BY count(*) DESC LIMIT 2')
    by_depth = {len(one.path): one for one in divisions if len(one.path) > 2}
    places: list[tuple[dict[str, Any], int]] = [({}, 1), *(({"place": int(str(town))}, 2) for (town,) in towns)]
    places += [({"place": one.pk}, depth) for depth, one in by_depth.items()]
    seen = 0
    for more, depth in places:
        for of in PERIODS if more == {} else ("all", "across"):
            for by in CUTS if depth < 3 else ("", "category", "division"):
                seen += _same(who, more, of, by, depth)
    lead = sql('SELECT lead_unit_id FROM "case" WHERE lead_unit_id IS NOT NULL LIMIT 1')[0][0]
    for unit in (lead, 0):
        for by in ("", "month", "category", "day"):
            seen += _same(who, {"lead": unit}, "across", by, 1)
    assert seen > 500
