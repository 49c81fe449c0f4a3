"""What a centre writes as one: reports and bulletins. Who writes, what its state allows, two who change it at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onedoor.rules.access import Actor, Role
from onedoor.rules.refusal import NOT_ALLOWED, NOT_READY, STALE_VERSION, Refused

WRITES = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
OVERSEES = WRITES | {Role.AUDITOR}


@dataclass(frozen=True, slots=True)
class CentrePaper:
    """`by`: the sentence for who may not write; `states`: for who wanted that state and found another; `stale`: for
    who has seen an older version."""

    by: str
    states: Mapping[str, str]
    stale: str

    def writer(self, actors: Iterable[Actor], centre: int | None = None) -> Actor:
        """The post from which it is written; with `centre`, one of that centre."""
        for actor in actors:
            if actor.role in WRITES and (centre is None or actor.unit == centre):
                return actor
        raise Refused(NOT_ALLOWED, self.by)

    def check_state(self, there: str, wanted: str) -> None:
        if there != wanted:
            raise Refused(NOT_READY, self.states[wanted])

    def check_seen(self, there: int, seen: int) -> None:
        if there != seen:
            raise Refused(STALE_VERSION, self.stale)
