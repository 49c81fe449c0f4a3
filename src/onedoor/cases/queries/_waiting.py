"""Conditions on a case, and the one that says what waits in a queue."""

from collections.abc import Sequence

from onedoor.rules.work import Queue


class Where:
    """Conditions on the case `c`, with their values in order."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[object] = []

    def add(self, condition: str, *values: object) -> None:
        self.parts.append(condition)
        self.values += values

    @property
    def sql(self) -> str:
        return "".join(f" AND {part}" for part in self.parts)


def waits(where: Where, queues: Sequence[Queue], posts: Sequence[tuple[str, int]]) -> None:
    """What waits in these queues for one of the posts. Queues that ask for no more than their stages are one
    condition, so that the planner sees one set of stages."""
    choices: list[str] = []
    values: list[object] = []
    stages: dict[int, set[str]] = {}
    for queue in queues:
        units = sorted({unit for role, unit in posts if role in queue.roles})
        if not units:
            continue
        if queue.stages and not queue.pending and not queue.objected:
            for unit in units:
                stages.setdefault(unit, set()).update(queue.stages)
            continue
        condition, given = _waiting_in(queue, units)
        choices.append(condition)
        values += given
    for unit, words in stages.items():
        # stages stand in the text, so that one stage reads the index `case_waiting` in its order
        listed = "', '".join(sorted(words))
        choices.append(f"(c.present_centre_id = {unit:d} AND c.stage IN ('{listed}'))")
    where.add(f"({' OR '.join(choices)})" if choices else "FALSE", *values)


def _waiting_in(queue: Queue, units: list[int]) -> tuple[str, list[object]]:
    parts: list[str] = []
    values: list[object] = []
    if queue.parts:
        # the words stand in the text, for the partial index of open parts
        words = "', '".join(queue.parts)
        parts.append(
            f"c.id IN (SELECT a.case_id FROM assignment a WHERE a.unit_id = ANY(%s) AND a.stage IN ('{words}'))"
        )
        values.append(units)
    else:
        parts.append("c.present_centre_id = ANY(%s) AND c.stage = ANY(%s)")
        values += [units, [str(stage) for stage in queue.stages]]
    if queue.objected:
        parts.append("EXISTS (SELECT 1 FROM assignment a WHERE a.case_id = c.id AND a.stage = 'objected')")
    if queue.pending:
        parts.append("c.pending <> '{}' AND c.pending ?| %s")
        values.append(queue.pending.split())
    return f"({' AND '.join(parts)})", values
