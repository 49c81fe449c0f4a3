"""What the entries of a batch write, kept until the last of them is through, and what they all read, read once.

A batch of two hundred entries costs what its statements cost; so the rows of one table go together. Nothing here may
refuse: an entry puts something in only when it is accepted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from onedoor.cases.sql import rows
from onedoor.cases.steps._record import flush
from onedoor.cases.steps._state import CaseState
from onedoor.cases.steps._writes import Writes

Row = dict[str, Any]
_ROUNDS = ("next_on", "last_on")
_PLACES = """
    SELECT p.id, p.kind, p.name, p.address, p.checklist, p.every_days, p.next_on, p.last_on, p.active,
           d.path::text AS path
      FROM grid_place p JOIN people_division d ON d.id = p.grid_id
     WHERE p.id = ANY(%s) ORDER BY p.id FOR NO KEY UPDATE OF p
"""


@dataclass(slots=True)
class Gathered:
    """Belongs to one transaction, and is written by `write` before it ends."""

    _states: list[CaseState] = field(default_factory=list)
    _rows: dict[str, tuple[Sequence[str], list[Sequence[Any]]]] = field(default_factory=dict)
    _places: dict[UUID, Row] = field(default_factory=dict)
    _looked_at: set[UUID] = field(default_factory=set)
    _checklists: dict[tuple[str, int], tuple[int, list[Row]] | None] = field(default_factory=dict)

    def register(self, state: CaseState) -> None:
        """A new matter."""
        self._states.append(state)

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """A new row; all of one table have the same columns."""
        columns, gathered = self._rows.setdefault(table, (tuple(row), []))
        gathered.append([row[name] for name in columns])

    def lock_places(self, ids: Iterable[UUID]) -> None:
        """Locks these places, in the order of their ids: two batches never wait for each other crosswise."""
        wanted = [one for one in set(ids) if one not in self._places]
        if wanted:
            self._places |= {row["id"]: _with_path(row) for row in rows(_PLACES, [wanted])}

    def place(self, place: UUID) -> Row | None:
        """The place, locked; as the entries before have left it."""
        self.lock_places([place])
        return self._places.get(place)

    def looked_at(self, place: Row, columns: Mapping[str, Any]) -> None:
        """When it was last looked at, and when it is due again."""
        place |= columns
        self._looked_at.add(place["id"])

    def checklist(self, code: str, version: int) -> tuple[int, list[Row]] | None:
        """Id and items of that version of a list."""
        key = (code, version)
        if key not in self._checklists:
            found = rows(
                "SELECT id, items::text AS items FROM grid_checklist WHERE code = %s AND version = %s", [code, version]
            )
            self._checklists[key] = (found[0]["id"], list(orjson.loads(found[0]["items"]))) if found else None
        return self._checklists[key]

    def write(self) -> None:
        """Writes all of it; there may be more afterwards, and another `write`."""
        if self._states:
            flush(self._states)
        writes = Writes()
        for table, (columns, gathered) in self._rows.items():
            writes.insert(table, [f'"{name}"' for name in columns], gathered)
        for one in sorted(self._looked_at):
            place = self._places[one]
            writes.update("grid_place", ("id",), _ROUNDS, [*(place[name] for name in _ROUNDS), one])
        writes.send()
        self._states, self._rows, self._looked_at = [], {}, set()


def _with_path(row: Row) -> Row:
    return {**row, "path": tuple(orjson.loads(row["path"]))}
