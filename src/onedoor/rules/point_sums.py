"""From what happened to places: entries under a set of rules, with exclusions and caps; sums; ranks."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from fractions import Fraction

from onedoor.rules.follow_up import FEWEST_RATINGS
from onedoor.rules.points import (
    CAPPED,
    FACTS,
    FEW,
    WHOLE_MATTER,
    Entry,
    Happening,
    PointRule,
    Ranked,
    RuleSet,
    Standing,
    Subject,
)


def entries_of(rules: RuleSet, happenings: Iterable[Happening]) -> list[Entry]:
    """The entries of a month, in a fixed order whatever the order of the happenings."""
    once = {(one.fact, one.subject, one.ref): one for one in happenings}
    found = sorted(once.values(), key=lambda one: (one.subject, one.at, one.ref, one.fact))
    whole = {_whole(one): one.excluded for one in found if one.excluded in WHOLE_MATTER & rules.exclude}
    ratings = Counter(one.subject for one in found if FACTS[one.fact].rating and _whole(one) not in whole)
    by_fact: dict[str, list[PointRule]] = defaultdict(list)
    for rule in rules.rules:
        by_fact[rule.fact].append(rule)
    spent: Counter[tuple[str, Subject]] = Counter()
    entries = []
    for one in found:
        for rule in by_fact[one.fact]:
            if one.subject.kind not in rule.subjects:
                continue
            points = rule.points * (2 if one.traits.intersection(rule.doubled) else 1)
            note = whole.get(_whole(one), one.excluded if one.excluded in rules.exclude else "")
            if not note and FACTS[one.fact].rating and ratings[one.subject] < FEWEST_RATINGS:
                note = FEW
            counted = 0 if note else points
            key = (rule.code, one.subject)
            if counted and rule.cap:
                room = max(rule.cap - spent[key], 0)
                if abs(counted) > room:
                    counted, note = (room if counted > 0 else -room), CAPPED
                spent[key] += abs(counted)
            entries.append(Entry(rule, one, points, counted, note))
    return entries


def _whole(one: Happening) -> str:
    """What an exclusion covers all of: the case with its tasks, or the call or task that has none."""
    return one.case or one.matter


def standings(entries: Iterable[Entry]) -> list[Standing]:
    """The sums. What is excluded or of too few ratings is in no number; what a cap has cut still is an entry."""
    totals: Counter[Subject] = Counter()
    counts: Counter[Subject] = Counter()
    matters: dict[Subject, set[str]] = defaultdict(set)
    for one in entries:
        subject = one.happening.subject
        totals[subject] += one.counted
        if one.note in ("", CAPPED):
            counts[subject] += 1
            matters[subject].add(one.happening.matter)
    return [Standing(one, totals[one], counts[one], len(matters[one])) for one in sorted(totals)]


def ranked(rules: RuleSet, sums: Iterable[Standing]) -> list[Ranked]:
    """One kind of subject in order: equal scores share a place and the next one is skipped (并列); then those without
    a place, in the order of their numbers."""
    listed = list(sums)
    able = [one for one in listed if one.matters >= rules.fewest]
    rest = [one for one in listed if one.matters < rules.fewest]
    if len(able) < rules.smallest_group:
        return [Ranked(one, None, 0) for one in sorted(listed, key=lambda one: one.subject)]
    scores = [score_of(rules, one) for one in able]
    found = [
        Ranked(one, 1 + sum(other > score for other in scores), len(able))
        for one, score in zip(able, scores, strict=True)
    ]
    found.sort(key=lambda one: (one.rank, one.standing.subject))
    return [*found, *(Ranked(one, None, len(able)) for one in sorted(rest, key=lambda one: one.subject))]


def score_of(rules: RuleSet, standing: Standing) -> Fraction:
    """What it is ranked by, in hundredths."""
    return Fraction(standing.total) if rules.rank_by == "total" else standing.average
