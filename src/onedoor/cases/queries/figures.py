"""Figures of what a viewer may see: each with the condition under which the list shows its matters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from onedoor.cases.counting import ZONE
from onedoor.cases.queries._counters import Tally, can_tally, tally, tally_along
from onedoor.cases.queries._filters import Filters
from onedoor.cases.queries._plainly import tally_plainly
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer
from onedoor.rules.figures import FIGURES, Figure, Period, tells_of_ratings
from onedoor.rules.refusal import invalid


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure as counted: `part` of `whole` matters (`whole` None for a count), or `fen`, a sum of money of `part`
    matters."""

    figure: Figure
    part: int
    whole: int | None
    fen: int | None

    @property
    def part_condition(self) -> str:
        return part_of(self.figure)


def part_of(figure: Figure) -> str:
    """What is counted in the part is in the whole too."""
    return f"{figure.whole}.{figure.part}" if figure.whole else figure.part


def shown_to(viewer: Viewer) -> list[Figure]:
    """Figures that the viewer reads."""
    return [figure for figure in FIGURES.values() if viewer.reads_ratings or not _of_ratings(figure)]


def limits_of(period: Period) -> tuple[datetime, datetime]:
    """The period as `since` and `until` of a list."""
    return (
        datetime.combine(period.since, time.min, ZONE),
        datetime.combine(period.until + timedelta(days=1), time.min, ZONE),
    )


def count_figures(viewer: Viewer, filters: Filters, figures: Sequence[Figure]) -> list[Counted]:
    """All of them, at one moment. `filters` as of the list, with since and until."""
    measures = _measures(figures)
    found = tallies(viewer, filters, measures).get("") or Tally(dict.fromkeys(measures, 0))
    return [_counted(figure, found, with_amounts=True) for figure in figures]


BY_NAMES = {
    "category": "类别", "division": "区域", "channel": "渠道", "unit": "主办单位", "month": "月份",
}  # fmt: skip
NONE = "-"  # the key of what belongs to no group: at the division itself, with no unit yet
MOST_GROUPS = 200


def figure_by(
    viewer: Viewer, filters: Filters, figures: Sequence[Figure], by: str, *, depth: int = 1
) -> list[dict[str, Any]]:
    """The same, broken down: `key`, `name` and one Counted for each figure under `counted`. `depth`: of the divisions
    below the one that is looked at, counted from the top."""
    if by not in BY_NAMES:
        raise invalid("by", f"只能按{'、'.join(BY_NAMES.values())}（{'、'.join(BY_NAMES)}）细分。")
    return [
        {
            "key": group.key,
            "name": group.name,
            "counted": [_counted(figure, found, with_amounts=False) for figure in figures],
        }
        for group, found in grouped(viewer, filters, _measures(figures), by, depth=depth)[:MOST_GROUPS]
    ]


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """One of the groups in which matters are counted; in its order among the others."""

    order: tuple[int, str]
    key: str = field(compare=False)
    name: str = field(compare=False)


def grouped(
    viewer: Viewer, filters: Filters, measures: Sequence[str], by: str, *, depth: int = 1
) -> list[tuple[Group, Tally]]:
    """The groups that have any matters, in their order, each with its counts. Categories are gathered under the
    heading that they belong to."""
    measures = list(dict.fromkeys(["all", *measures]))
    found = {key: one for key, one in tallies(viewer, filters, measures, by, depth=depth).items() if one.counts["all"]}
    groups: dict[Group, Tally] = {}
    for key, group in named_groups(by, found).items():
        one = groups.setdefault(group, Tally(dict.fromkeys(measures, 0)))
        one.fen += found[key].fen
        for measure, count in found[key].counts.items():
            one.counts[measure] += count
    return sorted(groups.items(), key=lambda item: item[0])


def tallies(
    viewer: Viewer, filters: Filters, measures: Sequence[str], by: str = "", *, depth: int = 1, within: str = ""
) -> dict[str, Tally]:
    """Counts by the key of a cut (CUTS), from the counters where they know all that is asked, else from the cases.
    `within`: a condition that all measures imply; of what no counter knows only such cases are then looked at."""
    way = tally if can_tally(filters, measures) else tally_plainly
    return way(viewer, filters, measures, by, depth=depth, within=within)


def tallies_along(
    viewer: Viewer, filters: Filters, measures: Sequence[str], sides: Sequence[str], *, depth: int = 1
) -> dict[str, dict[str, Tally]]:
    """The same along several sides; from the counters all of one moment, so that they add up to the same."""
    if can_tally(filters, measures):
        return tally_along(viewer, filters, measures, sides, depth=depth)
    return {by: tally_plainly(viewer, filters, measures, by, depth=depth) for by in sides}


def named_groups(by: str, keys: Iterable[str]) -> dict[str, Group]:
    """The group of each key of that cut; categories in that of their heading."""
    ids = [int(key) for key in keys if key.isdecimal()] if by in _NAMES else []
    there = {str(row["id"]): row for row in rows(_NAMES[by], [ids])} if by in _NAMES else {}
    found = {}
    for key in keys:
        row = there.get(key)
        if row is not None:
            found[key] = Group((row["position"], row["code"]), row["code"], row["name"])
        elif by in _NOBODY:
            found[key] = Group((0, NONE), NONE, _NOBODY[by])
        else:
            found[key] = Group((0, key), key, key)
    return found


_NAMES = {
    "category": (
        "SELECT k.id, g.code, g.name, g.position::int AS position FROM category k"
        " JOIN category g ON g.code = split_part(k.code, '.', 1) WHERE k.id = ANY(%s)"
    ),
    "unit": "SELECT id, code, short_name AS name, 0 AS position FROM people_unit WHERE id = ANY(%s)",
    "division": "SELECT id, code, name, 0 AS position FROM people_division WHERE id = ANY(%s)",
}
_NOBODY = {"unit": "尚未交办", "division": "本级"}


def _measures(figures: Sequence[Figure]) -> list[str]:
    """The conditions that are counted for them."""
    return list(dict.fromkeys(one for figure in figures for one in (part_of(figure), figure.whole) if one))


def _counted(figure: Figure, found: Tally, *, with_amounts: bool) -> Counted:
    return Counted(
        figure,
        found.counts[part_of(figure)],
        found.counts[figure.whole] if figure.whole else None,
        found.fen if figure.amount and with_amounts else None,
    )


def _of_ratings(figure: Figure) -> bool:
    return tells_of_ratings(figure.part) or tells_of_ratings(figure.whole)
