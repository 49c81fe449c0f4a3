"""What the board and the wall show: ages, endings, levels, and what is told of few where others can read it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from onedoor.rules.access import Role
from onedoor.rules.figures import Period

# 在办时长: whole days since registration, the first and the last of each; the last one is open.
AGES: Final[tuple[tuple[int, int | None], ...]] = ((0, 7), (8, 15), (16, 30), (31, 60), (61, 90), (91, None))
# 去向: what has become of a matter, by its outcome; "open" and "gone" by its stage.
ENDINGS: Final[dict[str, str]] = {
    "agreed": "达成协议",
    "done": "处置、服务",
    "answered": "答复、意见",
    "failed": "调解不成",
    "guided": "引导到法定途径",
    "other": "其他办结",
    "gone": "撤回、转出",
    "open": "正在办理",
}
ENDING_OUTCOMES: Final[dict[str, tuple[str, ...]]] = {
    "agreed": ("agreement_written", "agreement_oral"),
    "done": ("put_right", "served"),
    "answered": ("opinion_support", "opinion_explain", "opinion_reject", "answered", "unfounded"),
    "failed": ("mediation_ended",),
    "guided": ("guided", "to_court"),
}
# The same by how a matter ended (`figures.ending_of`); all else is "other".
WAYS: Final[dict[str, str]] = {
    "open": "open", "guided": "guided", "withdrawn": "gone", "transferred": "gone",
    **{outcome: way for way, outcomes in ENDING_OUTCOMES.items() for outcome in outcomes},
}  # fmt: skip
LIGHTS: Final = ("red", "yellow", "green", "none")
WEEKDAYS: Final[dict[int, str]] = dict(
    enumerate(("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"), 1)
)
DEEPEST_LEVEL: Final = 12  # of centres; no tree is as deep
# The figures at the top of the board, as far as the viewer reads them.
HEADLINES: Final = (
    "registered", "accepted", "closing", "on_time_acceptance", "on_time_closing", "at_once", "resolution", "mediation",
    "below", "satisfaction",
)  # fmt: skip
MOST_DAYS: Final = 92  # a trend by days up to a quarter, beyond that by months


def age_name(first: int, last: int | None) -> str:
    return f"{first}—{last}天" if last is not None else f"{first - 1}天以上"


def registered_for(today: date, first: int, last: int | None) -> tuple[date | None, date]:
    """The first (None: any) and the last day of registration of what is `first` to `last` days old today."""
    return (today - timedelta(days=last) if last is not None else None, today - timedelta(days=first))


def age_of(today: date, registered: date) -> int:
    """The place in AGES of what was registered on that day; what the clock says is yet to come counts as of today."""
    days = (today - registered).days
    return next(place for place, (_, last) in enumerate(AGES) if last is None or days <= last)


def level_name(level: int) -> str:
    """层级 of the centre that has a matter, counted from the top of the tree."""
    return f"第{'一二三四五六七八九'[level - 1] if level <= 9 else level}级中心"


def by_months(chosen: Period) -> bool:
    return (chosen.until - chosen.since).days + 1 > MOST_DAYS


# --- the wall, which people may see who may not see cases

# Makes a device a screen of his centre.
SETS_UP_SCREENS: Final = frozenset({Role.DIRECTOR, Role.SUPERVISOR, Role.DISPATCHER})

# A number of matters below this, in one place, could tell of a person to his neighbours.
SMALL: Final = 5


def not_small(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The counts of places that add up to a total which is shown too; None for what is not told ("少于5").

    Hidden is what is small and not nought. One place hidden alone would follow from the total, and several with few
    matters together nearly so: then the next smallest places are hidden with them, until what is hidden makes SMALL
    and stands in two places at least. Where all of it is not enough, nothing is told of any place, not even of the
    empty ones."""
    hidden = {name for name, count in counts.items() if 0 < count < SMALL}
    rest = sorted((count, name) for name, count in counts.items() if count >= SMALL)
    while hidden and (len(hidden) == 1 or sum(counts[name] for name in hidden) < SMALL):
        if not rest:
            hidden = set(counts)
            break
        hidden.add(rest.pop(0)[1])
    return {name: None if name in hidden else count for name, count in counts.items()}


def line_of(place: str, category: str, known: Mapping[tuple[str, str], int]) -> tuple[str, str]:
    """What the wall tells of a new matter: its place and its category, either "" where it is one of few. `known` are
    the counts of the last months by place and category, this matter included."""
    if known.get((place, category), 0) >= SMALL:
        return place, category
    if sum(count for (_, one), count in known.items() if one == category) >= SMALL:
        return "", category
    if sum(count for (there, _), count in known.items() if there == place) >= SMALL:
        return place, ""
    return "", ""
