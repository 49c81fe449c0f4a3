"""试算: two sets of rules over months that have ended; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from onedoor.cases.counting import ZONE
from onedoor.figures.queries.happenings import happenings
from onedoor.figures.subjects import Named, named
from onedoor.rules import points as rules
from onedoor.rules.months import month_before
from onedoor.rules.point_sums import entries_of, ranked, standings
from onedoor.rules.points import SUBJECTS, Ranked, RuleSet, Standing, Subject


def last_year(now: datetime) -> list[date]:
    """The twelve months that have ended before this one, the oldest first."""
    month = now.astimezone(ZONE).date().replace(day=1)
    found = []
    for _ in range(12):
        month = month_before(month)
        found.append(month)
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Tried:
    """A subject under two sets."""

    whose: Named
    before: Ranked
    after: Ranked

    def _written(self, one: Ranked) -> str:
        return (
            f"{rules.written(one.standing.average)}（{rules.written(one.standing.total)}分，{one.standing.matters}件）"
        )

    @property
    def before_written(self) -> str:
        return self._written(self.before)

    @property
    def after_written(self) -> str:
        return self._written(self.after)

    @property
    def moved(self) -> int:
        """Places up (above nought) or down."""
        return (self.before.rank or 0) - (self.after.rank or 0) if self.before.rank and self.after.rank else 0


def try_set(held: RuleSet, wanted: RuleSet, of: Sequence[date]) -> dict[str, list[Tried]]:
    """试算: both sets over these months; nothing is written. By kind of subject, in the order of the set tried."""
    now: list[rules.Entry] = []
    then: list[rules.Entry] = []
    for month in of:
        found = list(happenings(month))
        now += entries_of(held, found)
        then += entries_of(wanted, found)
    tried = {}
    for kind in SUBJECTS:
        before = _ranks(held, now, kind)
        after = _ranks(wanted, then, kind)
        names = named(kind, [*before, *after])
        empty = {one: Ranked(Standing(one, 0, 0, 0), None, 0) for one in names}
        listed = [Tried(names[one], before.get(one, empty[one]), after.get(one, empty[one])) for one in names]
        if listed:
            tried[kind] = sorted(
                listed, key=lambda one: (one.after.rank or 10**6, one.before.rank or 10**6, one.whose.subject)
            )
    return tried


def _ranks(held: RuleSet, found: Sequence[rules.Entry], kind: str) -> dict[Subject, Ranked]:
    sums = standings(one for one in found if one.happening.subject.kind == kind)
    return {one.standing.subject: one for one in ranked(held, sums)}
