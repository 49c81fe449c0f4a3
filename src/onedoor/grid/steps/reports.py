"""上报: what a worker has met becomes a matter. All of a batch are drafted in memory and written at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from onedoor.cases import references
from onedoor.cases.counting import ZONE
from onedoor.cases.references import CategoryFacts, DivisionFacts
from onedoor.cases.steps._reading import Asked, read_matter
from onedoor.cases.steps._state import CaseState, Row
from onedoor.cases.steps.make_move import move_in_memory
from onedoor.cases.steps.register import Surroundings, draft, surroundings, surroundings_among
from onedoor.grid.queries.lookup import grid_at, grids_at, paths_of
from onedoor.grid.steps._rows import hidden
from onedoor.rules.access import Actor
from onedoor.rules.facts import UnitFacts
from onedoor.rules.field import WHO, Entry
from onedoor.rules.places import CATEGORIES, HAZARD
from onedoor.rules.refusal import INVALID, Refused, invalid

FROM_GRID = "grid"  # the channel
_FIELDS = frozenset(
    {"text", "category", "title", "address", "urgent", "someone_hurt", "anonymous", "parties", "settled"}
)
_SETTLED = frozenset({"outcome", "answer", "confirmed"})
_AS_IT_IS = ("title", "address", "urgent", "someone_hurt", "parties")
# By the group of the catalogue that the category is in; a deployer's own groups are events.
_KINDS = {"dispute": "dispute", "service": "appeal", "petition": "appeal"}
NEAR_METRES = 100  # so far off may a position be and still count as in the grid
WITHOUT_WORDS = "网格现场上报，没有文字说明，情况见所附照片和语音。"


@dataclass(slots=True)
class Around:
    """What the matters of a batch may refer to, fetched at once; what has been resolved is remembered."""

    categories: Mapping[str, CategoryFacts]
    divisions: Mapping[str, DivisionFacts]
    centres: dict[int, UnitFacts]
    lies_in: Mapping[UUID, int]  # entry → the division in which its position lies
    found: dict[tuple[int, str, str], Surroundings] = field(default_factory=dict)

    def surroundings(self, asked: Asked, actor: Actor, at: datetime) -> Surroundings:
        """As `register.surroundings`; that the matter itself is in order is `draft`'s to check."""
        plain = not asked.confidential and not asked.help and asked.purpose != "accusation"
        if not plain or any(party.kind == "organisation" for party in asked.parties):
            return surroundings(asked, actor, at)
        key = (actor.post, asked.category, asked.division)
        if key not in self.found:
            self.found[key] = surroundings_among(asked, actor, self.categories, self.divisions, self.centres, {})
        return self.found[key]


def fetch(actors: Iterable[Actor], entries: Sequence[Entry]) -> Around:
    """Everything that these entries name, in two statements."""
    actors = tuple(actors)
    lies_in = _by_position(entries, actors)
    categories: set[str] = {str(settings.FIELD_CATEGORY)}
    divisions: set[str] = set()
    for entry in entries:
        named = entry.content.get("category"), entry.content.get("division"), entry.grid
        for names, name in zip((categories, divisions, divisions), named, strict=True):
            if isinstance(name, str) and 0 < len(name) <= 40:
                names.add(name)
    if any(entry.kind == "inspect" for entry in entries):
        categories |= {HAZARD, *CATEGORIES.values()}
    ids = {one for actor in actors for one in (actor.division_path[0], actor.division)}
    ids |= {entry.division for entry in entries if entry.division} | set(lies_in.values())
    found = references.places(categories, divisions, ids)
    centres, _ = references.centres_and_named({one for actor in actors for one in actor.division_path}, ())
    return Around(*found, centres, lies_in)


def _by_position(entries: Sequence[Entry], actors: Sequence[Actor]) -> dict[UUID, int]:
    """Entry → the grid in which it was made, among those that its post looks at; nothing where there is none near."""
    placed: list[tuple[Entry, float, float]] = [
        (one, one.lon, one.lat)
        for one in entries
        if not one.grid and not one.division and one.lon is not None and one.lat is not None
    ]
    if not placed:
        return {}
    ids, inside = grids_at([lon for _, lon, _ in placed], [lat for _, _, lat in placed])
    paths = paths_of(ids.tolist())
    found: dict[UUID, int] = {}
    for (entry, lon, lat), division, holds in zip(placed, ids.tolist(), inside.tolist(), strict=True):
        actor = next((one for one in actors if one.role in WHO[entry.kind]), None)
        if actor is None:
            continue
        if holds and actor.division in paths[division]:
            found[entry.id] = division
            continue
        # the grid of that point is somebody else's, or none: the nearest of the own ones, if it is near
        own = grid_at(lon, lat, within=actor.division_path)
        if own is not None and own.distance_m <= NEAR_METRES:
            found[entry.id] = own.division_id
    return found


def matter_of(
    entry: Entry, *, around: Around, number: str, actor: Actor, at: datetime, papers: Sequence[Row]
) -> CaseState:
    """The matter that a report leads to, in memory. `number` is given out for it, `papers` are its files."""
    if entry.kind == "case":
        raw, settled = dict(entry.content), None
    else:
        raw, settled = _read(entry, around)
    try:
        asked = read_matter(raw, today=at.astimezone(ZONE).date())
        found = around.surroundings(asked, actor, at)
        if entry.kind == "case":
            _in_own_area(found.division, actor)
        state = draft(
            asked, found, number=number, actor=actor, at=at, recorded_at=at, hidden=hidden(entry), papers=papers
        )
        if settled is not None:
            move_in_memory(state, "settle_on_spot", settled, None, (actor,), at=at, recorded_at=at)
    except Refused as refused:
        raise refused if entry.kind == "case" else _in_its_words(refused) from refused
    return state


def _in_own_area(division: DivisionFacts, actor: Actor) -> None:
    if actor.division not in division.path:
        raise invalid("division", "这个区划不在您的范围内。")


def _read(entry: Entry, around: Around) -> tuple[dict[str, Any], Mapping[str, Any] | None]:
    """The body of POST /cases that a report stands for, and what it was settled with on the spot."""
    content = entry.content
    unknown = {str(name)[:40]: "没有这一项。" for name in content if name not in _FIELDS}
    text, anonymous = content.get("text"), content.get("anonymous")
    if unknown:
        raise Refused(INVALID, "上报中有不认识的项，请更新手机上的应用。", unknown)
    if not isinstance(text, str | None):
        raise invalid("text", "情况应为文字。")
    if not isinstance(anonymous, bool | None):
        raise invalid("anonymous", "匿名只能是“是”或“否”（true 或 false）。")
    if not (text or "").strip() and not entry.files:
        raise invalid("text", "请写几个字，或者拍照、录音。")
    settled = content.get("settled")
    if settled is not None and (not isinstance(settled, dict) or set(settled) - _SETTLED):
        raise invalid("settled", "当场办结应写明结果（outcome）和答复（answer）。")
    category = content.get("category") or settings.FIELD_CATEGORY
    parties = content.get("parties") or []
    asks = isinstance(parties, list) and any(
        isinstance(one, dict) and one.get("part") == "applicant" for one in parties
    )
    exact = anonymous is not True
    division = next((one.code for one in around.divisions.values() if one.id == entry.division), "")
    raw = {
        "channel": FROM_GRID,
        "category": category,
        "kind": _KINDS.get(str(category).partition(".")[0], "incident"),
        "narrative": text if (text or "").strip() else WITHOUT_WORDS,
        "anonymous": not asks,  # nobody asks in person; whether the worker is named is the event's to say
        "lon": entry.lon if exact else None,
        "lat": entry.lat if exact else None,
        "occurred_at": entry.made_at,
        "division": division,
        **{name: content[name] for name in _AS_IT_IS if content.get(name) is not None},
    }
    return raw, settled


def _in_its_words(refused: Refused) -> Refused:
    """A refusal of a matter, with the names that a report has for its fields."""
    names = {"narrative": "text", "outcome": "settled", "answer": "settled", "confirmed": "settled"}
    return Refused(
        refused.code, refused.sentence, {names.get(name, name): said for name, said in refused.fields.items()}
    )
