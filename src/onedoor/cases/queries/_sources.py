"""The ways in which a viewer comes to cases: the gate as FROM and WHERE."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from onedoor.cases.queries._filters import Filters, branches
from onedoor.rules.access import Viewer, division_audience, unit_audience

_CASE = re.compile(r"\bc\.")


@dataclass(frozen=True, slots=True)
class Source:
    """One way: where it reads, under which conditions with their values, and which columns of its own hold id,
    registration and when the light turns red."""

    table: str
    condition: str
    values: tuple[object, ...]
    id: str
    registered: str
    red: str

    def select(self, condition: str) -> str:
        """FROM and WHERE of the cases that also fulfil `condition`, whose words are put as this way's columns. The
        gate's table alone answers where nothing asks for the case `c`."""
        whole = self.condition + condition
        for word, column in (("@id", self.id), ("@registered", self.registered), ("@red", self.red)):
            whole = whole.replace(word, column)
        joined = ' JOIN "case" c ON c.id = v.case_id' if self.id == "v.case_id" and _CASE.search(whole) else ""
        return f"{self.table}{joined} WHERE {whole}"


@dataclass(frozen=True, slots=True)
class _Narrowing:
    """A unit or a division that is asked for: the audience that holds its ordinary cases. Restricted cases are in
    no audience but their persons', so of these the rows themselves are asked."""

    audience: int
    restricted: str

    def join(self, name: str) -> str:
        """Both audiences are walked side by side in the order of their index: asking the other one for each case
        would walk all of the first where the two have little in common. OFFSET 0 keeps it so."""
        other = (
            f"SELECT case_id, sort_key FROM visible WHERE audience = {self.audience:d}"
            " ORDER BY sort_key DESC, case_id DESC OFFSET 0"
        )
        return f" JOIN ({other}) {name} ON {name}.sort_key = v.sort_key AND {name}.case_id = v.case_id"


def sources(viewer: Viewer, filters: Filters) -> list[Source]:
    """Every way × every branch. Stages stand in the text of the statement like audiences; they are our own
    words."""
    found, narrowing = [], _narrowing(filters)
    # who has registered a case is named on it, so what he made himself is read from his own audience alone
    made = "".join(one.restricted for one in narrowing) + f" AND c.creator_id = {viewer.account:d}"
    ways = [(way, False) for way in _ways(viewer, filters, narrowing)] + [(_gate(viewer.person, made), True)]
    for way, created in ways:
        column = "v.stage" if way.id == "v.case_id" else "c.stage"
        for branch in branches(filters, each_stage=way.id == "v.case_id" and filters.order.startswith("due")):
            if branch.created != created:
                continue
            stage = f" AND {column} = '{branch.stage}'" if branch.stage else ""
            found.append(replace(way, condition=way.condition + stage + branch.sql, values=branch.values))
    return found


def is_narrowed(filters: Filters) -> bool:
    return bool(_narrowing(filters))


def _narrowing(filters: Filters) -> list[_Narrowing]:
    found = []
    if filters.unit is not None:
        part = f"EXISTS (SELECT 1 FROM assignment u WHERE u.case_id = v.case_id AND u.unit_id = {filters.unit:d})"
        found.append(_Narrowing(unit_audience(filters.unit), f" AND {part}"))
    if filters.division is not None and filters.division != filters.root:
        paths = " OR ".join(
            f"c.{column} @> '[{filters.division:d}]'" for column in ("division_path", "receiving_path", "present_path")
        )
        found.append(_Narrowing(division_audience(filters.division), f" AND ({paths})"))
    return found


def _ways(viewer: Viewer, filters: Filters, narrowing: Sequence[_Narrowing]) -> list[Source]:
    """Who covers the whole tree reads ordinary cases from the case table, or from the audience that a filter
    narrows to; restricted ones come through the person's own audience only, for everybody.

    Audiences stand as numbers in the text: they differ by a factor of a million in size, and a plan made
    without knowing which one is asked for would be wrong for most.
    """
    own = _gate(viewer.person, " AND v.restricted" + "".join(one.restricted for one in narrowing))
    if viewer.whole_tree and narrowing:
        return [_gate(narrowing[0].audience, " AND NOT v.restricted", narrowing[1:]), own]
    if viewer.whole_tree:
        ordinary = "c.confidentiality = 'ordinary'"
        if filters.order == "due" or filters.light not in ("", "none"):
            # none else has a light; the table's index of lights holds only these, and the planner must be told
            ordinary += " AND c.due_at IS NOT NULL"
        return [Source('"case" c', ordinary, (), "c.id", "c.registered_at", "coalesce(c.red_at, c.due_at)"), own]
    if not narrowing:
        return [_gate(audience) for audience in viewer.audiences]
    # who is in the audience that is asked for sees all of it by that one way
    asked_for = [one.audience for one in narrowing if one.audience in viewer.audiences][:1]
    return [*(_gate(audience, "", narrowing) for audience in asked_for or viewer.audiences), own]


def _gate(audience: int, condition: str = "", narrow: Sequence[_Narrowing] = ()) -> Source:
    joins = "".join(one.join(f"n{place}") for place, one in enumerate(narrow) if one.audience != audience)
    table, only = f"visible v{joins}", f"v.audience = {audience:d}{condition}"
    return Source(table, only, (), "v.case_id", "v.sort_key", "coalesce(v.red_at, v.due_at)")
