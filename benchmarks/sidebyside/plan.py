"""How long a run may take and how its time is shared. Pure, but for the clock it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Plan:
    """The sizes of a short or a full run. Seconds."""

    name: str
    budget: float | None
    """Wall time in all; None: as long as it takes."""
    sample: float
    """Wanted length of a sample on the slower side."""
    window: float
    """Length of a warm-up window."""
    cold: float
    """Warm-up reported as the cold figure."""
    warm_max: float
    pairs: int
    control_pairs: int
    timeout: float
    """Longest a load may take."""

    @property
    def full(self) -> bool:
        return self.name == "full"


SHORT = Plan("short", 570, 1.5, 2.0, 2.0, 10, 7, 3, 60)
FULL = Plan("full", None, 12, 5, 30, 120, 7, 7, 300)
SMOKE = Plan("smoke", 120, 0.2, 0.2, 0.2, 0.5, 2, 1, 30)
"""Checks the runner itself in about a minute; its figures mean nothing."""

PLANS = {p.name: p for p in (SHORT, FULL, SMOKE)}

_REPORT_RESERVE_SECONDS = 10.0


class Budget:
    """Shares what is left of the time equally among the rows still to come."""

    def __init__(self, seconds: float | None, rows: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start = clock()
        self._end = None if seconds is None else self._start + seconds - _REPORT_RESERVE_SECONDS
        self._rows_left = rows

    def elapsed(self) -> float:
        return self._clock() - self._start

    def next_row_deadline(self, extra_share: float = 1.0) -> float | None:
        """The time by which the next row has to be done; None where there is no limit.

        `extra_share` is the row's weight against an ordinary one.
        """
        left = max(self._rows_left, 1)
        self._rows_left -= 1
        if self._end is None:
            return None
        now = self._clock()
        return now + max(0.0, self._end - now) * extra_share / (left - 1 + extra_share)

    def over(self, deadline: float | None, needed: float = 0.0) -> bool:
        """Whether there is no time for something that takes `needed` seconds."""
        return deadline is not None and self._clock() + needed > deadline
