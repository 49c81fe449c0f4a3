"""异常增多: the tail against numbers worked out elsewhere, boundaries, flat and planted weeks."""

import math
import random
from collections.abc import Callable

import pytest

from onedoor.rules.surges import ALPHA, FEWEST, WEEKS, spread_of, surge, tail

FLAT = [1] * WEEKS


def test_the_tail_is_the_negative_binomial_s() -> None:
    # mean 1, spread 1: size 8, success 8/9; P(X >= 1) = 1 - (8/9)^8, P(X >= 2) also without 8 (1/9) (8/9)^8
    none = (8 / 9) ** 8
    assert tail(0, 1.0, 1.0) == 1.0
    assert tail(1, 1.0, 1.0) == pytest.approx(1 - none)
    assert tail(2, 1.0, 1.0) == pytest.approx(1 - none - 8 / 9 * none)
    # with so much past that the mean is known it is the Poisson tail of scipy.stats.poisson.sf(9, 4) = 0.00813
    poisson = 1 - sum(math.exp(-4) * 4**k / math.factorial(k) for k in range(10))
    assert tail(10, 4.0, 1.0) > poisson, "a mean that was only estimated is less sure"


@pytest.mark.parametrize("spread", [1.0, 1.5, 4.0])
def test_a_wider_spread_makes_the_same_week_less_of_a_surprise(spread: float) -> None:
    assert tail(8, 2.0, spread + 0.5) > tail(8, 2.0, spread)


def test_few_are_no_surge_whatever_the_past() -> None:
    nothing = [0] * WEEKS
    assert surge(FEWEST - 1, nothing) is None
    assert surge(FEWEST, nothing) is not None


def test_less_than_double_is_no_surge_however_many() -> None:
    assert surge(199, [100] * WEEKS) is None
    assert surge(200, [100] * WEEKS) is not None


def test_the_numbers_behind_it() -> None:
    found = surge(9, [0, 1, 2, 1, 0, 1, 2, 1])
    assert found is not None
    assert (found.count, found.mean, found.past) == (9, 1.0, (0, 1, 2, 1, 0, 1, 2, 1))
    assert 0 < found.chance < ALPHA


def test_a_past_that_goes_up_and_down_asks_for_more() -> None:
    assert surge(14, [4] * WEEKS) is not None
    assert surge(14, [0, 9, 0, 8, 1, 9, 0, 5]) is None


def test_what_all_places_do_counts_for_one() -> None:
    assert surge(8, FLAT) is not None and surge(8, FLAT, usual=4.0) is None
    assert spread_of([FLAT, [0] * WEEKS]) == 1.0 and spread_of([]) == 1.0
    assert spread_of([[0, 8] * 4]) == pytest.approx(8 * 16 / 4 / 7)


def test_the_past_is_eight_weeks() -> None:
    with pytest.raises(ValueError):
        surge(9, [1] * 7)


def poisson(dice: random.Random, mean: float) -> int:
    limit, count, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        count += 1
        product *= dice.random()
    return count


def gamma_poisson(dice: random.Random, mean: float) -> int:
    """Variance twice the mean."""
    return poisson(dice, dice.gammavariate(mean, 1.0))


@pytest.mark.parametrize("draw", [poisson, gamma_poisson])
@pytest.mark.parametrize("mean", [0.3, 3.0, 10.0])
def test_false_alarms_in_flat_data_stay_near_what_is_promised(
    draw: Callable[[random.Random, float], int], mean: float
) -> None:
    """Flat series in groups of a hundred and fifty. Up to three times ALPHA: where counts are tiny and go up and down,
    their spread is hard to know."""
    dice, told, looked = random.Random(1), 0, 0
    for _ in range(16):
        series = [[draw(dice, mean) for _ in range(WEEKS + 1)] for _ in range(150)]
        usual = spread_of(one[1:] for one in series)
        told += sum(surge(one[0], one[1:], usual) is not None for one in series)
        looked += len(series)
    assert told / looked <= 3 * ALPHA, (told, looked)


@pytest.mark.parametrize(("mean", "times", "share"), [(3.0, 6, 0.8), (8.0, 4, 0.9), (8.0, 3, 0.5)])
def test_what_is_planted_is_found(mean: float, times: int, share: float) -> None:
    dice = random.Random(2)
    found = sum(
        surge(poisson(dice, mean * times), [poisson(dice, mean) for _ in range(WEEKS)]) is not None for _ in range(300)
    )
    assert found / 300 >= share
