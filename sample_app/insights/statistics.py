"""Computations that take long. They run in a process of their own, so this module imports nothing of the app."""

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

_SEED = 20260101


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the middle of some amounts is.

    Attributes:
        mean: the arithmetic mean.
        median: half are smaller.
        low: the lower end of the range in which the true mean is in 95 of 100 cases.
        high: the upper end.
    """

    mean: float
    median: float
    low: float
    high: float


def bootstrap(amounts: Sequence[int], resamples: int) -> Spread:
    """The mean of the amounts and how far to trust it: the percentile bootstrap (Efron and Tibshirani, 1993).

    The same amounts give the same result.

    Raises:
        statistics.StatisticsError: there are no amounts.
    """
    generator = random.Random(_SEED)
    means = sorted(statistics.fmean(generator.choices(amounts, k=len(amounts))) for _ in range(resamples))
    tail = round(0.025 * (resamples - 1))
    return Spread(
        mean=statistics.fmean(amounts), median=statistics.median(amounts), low=means[tail], high=means[-1 - tail]
    )
