"""异常增多: more matters of a kind in a place than its own past explains. About places and kinds, never persons.

The past is the eight weeks before the last seven days. What is told is how probable as many or more would be if
nothing had changed. A week's count is taken as drawn around a mean that eight weeks have only estimated, and that may
vary more than by pure chance (harvest, rain, a market day): the negative binomial with the mean of the past and a
variance of mean x spread x (1 + 1/weeks). With a spread of 1 that is the predictive distribution of a Poisson count
after a Jeffreys prior (Gelman et al., Bayesian Data Analysis, §2.6). The spread is the variance of the weeks over
their mean, at least 1 (quasi-Poisson, as in Farrington et al., J. R. Stat. Soc. A 159 (1996), 547-563): eight weeks
say little of it, so the one of all places for that kind together counts where it is larger.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WEEKS = 8
FEWEST = 5  # a week with fewer is nothing to call anybody for, whatever the past
FACTOR = 2.0  # less than double is no surge either, however many they are
ALPHA = 0.001  # of a thousand weeks in which nothing happens, one is told


@dataclass(frozen=True, slots=True)
class Surge:
    """`mean`: of a week of the past. `chance`: of as many or more if nothing had changed."""

    count: int
    past: tuple[int, ...]  # oldest week first
    mean: float
    spread: float
    chance: float


def surge(count: int, past: Sequence[int], usual: float = 1.0) -> Surge | None:
    """The numbers, where the last seven days are a surge over the weeks before; else None. `usual`: `spread_of` all
    places for this kind."""
    if len(past) != WEEKS:
        raise ValueError(f"the past is {WEEKS} weeks")
    mean = sum(past) / WEEKS
    if count < FEWEST or count < FACTOR * mean:
        return None
    spread = max(spread_of([past]), usual)
    chance = tail(count, (sum(past) + 0.5) / WEEKS, spread)
    if chance >= ALPHA:
        return None
    return Surge(count, tuple(past), mean, spread, chance)


def spread_of(pasts: Iterable[Sequence[int]]) -> float:
    """How much more weeks differ than by pure chance: Pearson's statistic over its degrees of freedom; never below
    1."""
    statistic, freedom = 0.0, 0
    for past in pasts:
        mean = sum(past) / len(past)
        if mean > 0:
            statistic += sum((week - mean) ** 2 for week in past) / mean
            freedom += len(past) - 1
    return max(1.0, statistic / freedom) if freedom else 1.0


def tail(count: int, mean: float, spread: float) -> float:
    """P(as many as `count` or more), for the distribution of the module's head. `mean` above nought."""
    variance = mean * spread * (1 + 1 / WEEKS)
    success = mean / variance
    size = mean * success / (1 - success)
    term = success**size
    below = 0.0
    for number in range(count):
        below += term
        term *= (number + size) / (number + 1) * (1 - success)
    return max(0.0, 1.0 - below)
