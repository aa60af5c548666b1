"""One moment of a running line, as frozen plain data that fits into a line of JSON."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

BUSY, WAITING, BLOCKED, STARVED, DOWN = "B", "W", "X", ".", "D"
"""States of a machine, by the letters that the screen shows."""

STATES = {
    BUSY: "busy",
    WAITING: "waiting for the answer",
    BLOCKED: "blocked",
    STARVED: "starved",
    DOWN: "down",
}


@dataclass(frozen=True, slots=True)
class StationFrame:
    """A station: the parts in its waiting places, each machine's state, and how long open calls are out.

    `waits_s` are the seconds of wall time that each call out had been out when the frame was made;
    `deadline_s` is None where the calls have none.
    """

    name: str
    places: int
    waiting: int
    states: str
    inspects: bool = False
    deadline_s: float | None = None
    waits_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Parts and calls so far. `escapes` are defective parts shipped, `overkill` good parts sent to review."""

    arrived: int = 0
    shipped: int = 0
    scrapped: int = 0
    lost: int = 0
    on_line: int = 0
    ship_lane: int = 0
    review_lane: int = 0
    escapes: int = 0
    overkill: int = 0
    good_inspected: int = 0


@dataclass(frozen=True, slots=True)
class Latencies:
    """The calls so far: how many, how many without an answer, and how long the answers took.

    `quantiles_s` maps p50, p90 and p99 to seconds, None where one lies beyond what was waited for;
    `histogram` counts answers in equal steps from 0 to `longest_s`; `recent_s` are the last waits, a
    negative one is a call that brought no answer.
    """

    calls: int = 0
    timeouts: int = 0
    failures: int = 0
    quantiles_s: tuple[tuple[str, float | None], ...] = ()
    longest_s: float = 0.0
    histogram: tuple[int, ...] = ()
    recent_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """A line at one moment. `share` of the run is done; `line_s` is line time, `wall_s` wall time."""

    name: str
    clock: str
    line_s: float
    wall_s: float
    share: float
    stations: tuple[StationFrame, ...]
    counts: Counts
    latencies: Latencies
    takt_uph: float | None = None

    @property
    def uph(self) -> float | None:
        """Units shipped per hour of line time so far."""
        return self.counts.shipped * 3600 / self.line_s if self.line_s > 0 and self.counts.shipped else None

    @property
    def left_s(self) -> float | None:
        """Wall time until the run should be over, if it goes on as it has."""
        if not 1e-6 < self.share <= 1 or self.wall_s < 1:  # too little is done to tell
            return None
        return self.wall_s * (1 - self.share) / self.share

    def line(self) -> str:
        """Write the frame as one line of JSON."""
        return json.dumps(asdict(self), separators=(",", ":")) + "\n"

    @classmethod
    def read(cls, line: str) -> Self:
        """Read a frame back. Raises ValueError, KeyError or TypeError for anything else."""
        data: dict[str, Any] = json.loads(line)
        stations = tuple(
            StationFrame(**{**station, "waits_s": tuple(station["waits_s"])}) for station in data["stations"]
        )
        latencies = data["latencies"]
        told = Latencies(
            **{
                **latencies,
                "quantiles_s": tuple((name, value) for name, value in latencies["quantiles_s"]),
                "histogram": tuple(latencies["histogram"]),
                "recent_s": tuple(latencies["recent_s"]),
            }
        )
        return cls(**{**data, "stations": stations, "counts": Counts(**data["counts"]), "latencies": told})
