"""Ratio statistics of interleaved pairs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from statistics import median


@dataclass(frozen=True)
class RatioSummary:
    """Pair ratios (ours over peer, lower is better): their median and the band around it."""

    pairs: int
    ratio: float
    low: float
    high: float


def band_rank(n: int) -> int:
    """The 1-based rank k such that the k-th lowest and k-th highest of n ratios bound the median.

    The largest k whose interval still covers the true median with probability >= 0.875 when the
    pairs are independent: 2nd to 6th of seven. With fewer than seven pairs it is the whole range.
    """
    if n < 1:
        raise ValueError("no pairs")
    rank = 1
    for k in range(2, n // 2 + 1):
        outside = 2 * sum(comb(n, i) for i in range(k)) / 2**n
        if 1 - outside < 0.875:
            break
        rank = k
    return rank


def summarize(ratios: list[float]) -> RatioSummary | None:
    """Median and band of the pair ratios; None without any pair."""
    if not ratios:
        return None
    ordered = sorted(ratios)
    k = band_rank(len(ordered))
    return RatioSummary(len(ordered), median(ordered), ordered[k - 1], ordered[-k])


def settled(costs: list[float], tolerance: float = 0.05) -> bool:
    """Whether the last two windows differ by less than the tolerance."""
    if len(costs) < 2:
        return False
    before, last = costs[-2], costs[-1]
    if before <= 0 or last <= 0:
        return before == last
    return abs(last - before) / before < tolerance


def side_order(pair: int) -> tuple[int, int]:
    """A B for even pairs, B A for odd ones: the sequence is A B B A A B B A."""
    return (0, 1) if pair % 2 == 0 else (1, 0)


def round_total(wanted: float, low: int, high: int) -> int:
    """A load size with two significant digits inside [low, high]."""
    clamped = max(low, min(high, wanted))
    if clamped < 10:
        return max(1, int(clamped))
    digits = len(str(int(clamped))) - 2
    return max(low, min(high, int(round(clamped, -digits))))
