"""Latencies counted in steps of about one percent: small, quick, and near enough for a screen.

The figures to quote are made from the run's files, to the nanosecond.
"""

import math

from line_sim.units import MICROSECOND, SECOND, Nanoseconds

FINENESS = 100  # buckets for every factor e
SHORTEST = MICROSECOND
STEPS = 48


class LatencyCounts:
    """How many calls took how long, and how many brought no answer."""

    def __init__(self) -> None:
        self.calls = 0
        self.timeouts = 0
        self.failures = 0
        self.longest: Nanoseconds = 0
        self._censored_from: Nanoseconds | None = None
        self._buckets: dict[int, int] = {}

    def add(self, latency: Nanoseconds, outcome: str) -> None:
        """Count a call. One that timed out is only known to take longer than it was waited for."""
        self.calls += 1
        if outcome == "timed_out":
            self.timeouts += 1
            self._censored_from = (
                latency if self._censored_from is None else min(self._censored_from, latency)
            )
            return
        if outcome != "answered":
            self.failures += 1
            return
        self.longest = max(self.longest, latency)
        bucket = int(FINENESS * math.log(max(latency, SHORTEST) / SHORTEST))
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1

    def quantile(self, share: float) -> float | None:
        """Return a quantile in seconds, to about one percent.

        None where it lies among the calls that timed out, or there is nothing to tell.
        """
        counted = dict(self._buckets)
        answered = sum(counted.values())
        wanted = math.ceil(share * (answered + self.timeouts))
        if not answered or wanted > answered:
            return None
        below = 0
        for bucket in sorted(counted):
            below += counted[bucket]
            if below >= wanted:
                return self._middle(bucket) / SECOND
        return None

    def steps(self, longest: Nanoseconds) -> tuple[int, ...]:
        """Return the answers in equal steps from 0 to `longest`."""
        counts = [0] * STEPS
        if longest > 0:
            for bucket, count in dict(self._buckets).items():
                counts[min(STEPS - 1, int(self._middle(bucket) / longest * STEPS))] += count
        return tuple(counts)

    @staticmethod
    def _middle(bucket: int) -> float:
        return SHORTEST * math.exp((bucket + 0.5) / FINENESS)
