"""Which post an entry comes from, and which grid it lies in."""

from collections.abc import Sequence
from dataclasses import replace

from onedoor.cases.references import DivisionFacts
from onedoor.grid.steps.reports import Around
from onedoor.rules.access import Actor
from onedoor.rules.field import WHO, Entry, check_may
from onedoor.rules.refusal import NOT_ALLOWED, Refused, invalid


def authorised(entry: Entry, actors: Sequence[Actor], around: Around) -> tuple[Actor, Entry]:
    """The first of these posts that may send such an entry from where it lies, and the entry with its grid. Refuses
    what is not for these posts, or lies outside what they look at; whether there is one elsewhere is not told."""
    fitting = [actor for actor in actors if actor.role in WHO[entry.kind]]
    if not fitting:
        if actors:
            check_may(entry.kind, actors[0].role)
        raise Refused(NOT_ALLOWED, "您没有在任的岗位。")
    if entry.grid:
        named = around.divisions.get(entry.grid)
        actor = next((one for one in fitting if named is not None and one.division in named.path), None)
        if actor is None or named is None:
            raise invalid("grid", "这个网格不在您的范围内，请核对位置或换一个网格。")
        return actor, _placed(entry, named)
    actor = fitting[0]
    place = around.lies_in.get(entry.id, actor.division)
    return actor, _placed(entry, next(one for one in around.divisions.values() if one.id == place))


def _placed(entry: Entry, division: DivisionFacts) -> Entry:
    return replace(entry, division=division.id, division_path=division.path)
