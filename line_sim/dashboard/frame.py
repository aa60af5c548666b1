"""One moment of a running line, as frozen plain data that fits into a line of JSON."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

BUSY, WAITING, BLOCKED, STARVED, DOWN, OFF = "B", "W", "X", ".", "D", "o"
"""States of a machine, by the letters that the screen shows."""

STATES = {
    BUSY: "busy",
    WAITING: "waiting for the answer",
    BLOCKED: "blocked",
    STARVED: "starved",
    DOWN: "down",
    OFF: "off",
}


@dataclass(frozen=True, slots=True)
class StationFrame:
    """A station: the parts in its waiting places, each machine's state, and how long open calls are out.

    `waits_s` are the seconds of wall time that each call out had been out when the frame was made,
    `silent_s` those for which calls have met no server (None: it answers); `deadline_s` is None where the
    calls have none. `at_gate`: its parts are sent on by their answers at the gate behind
    it, and `is_gate` is one.
    """

    name: str
    places: int
    waiting: int
    states: str
    inspects: bool = False
    deadline_s: float | None = None
    waits_s: tuple[float, ...] = ()
    silent_s: float | None = None
    at_gate: bool = False
    is_gate: bool = False

    @property
    def decides(self) -> bool:
        """Whether parts are sent on by their answers here."""
        return self.is_gate or (self.inspects and not self.at_gate)


@dataclass(frozen=True, slots=True)
class Counts:
    """Parts so far, from the start of the run."""

    arrived: int = 0
    shipped: int = 0
    scrapped: int = 0
    lost: int = 0
    on_line: int = 0
    ship_lane: int = 0
    review_lane: int = 0


@dataclass(frozen=True, slots=True)
class ShareFrame:
    """A share of the catalogue: its name there, its words, and `count` of `n` parts, or calls.

    `marked`: it is to be seen at once.
    """

    name: str
    words: str
    count: int
    n: int
    of_calls: bool = False
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Latencies:
    """The calls that the figures speak of: how many, and how long the answers took.

    `quantiles_s` maps p50, p90 and p99 to seconds, None where one lies beyond what was waited for;
    `histogram` counts answers in equal steps from 0 to `longest_s`; `recent_s` are the last waits, a
    negative one is a call that brought no answer.
    """

    calls: int = 0
    quantiles_s: tuple[tuple[str, float | None], ...] = ()
    longest_s: float = 0.0
    histogram: tuple[int, ...] = ()
    recent_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """A line at one moment. `share` of the run is done; `line_s` is line time, `wall_s` wall time.

    `uph`, `shares` and `latencies` speak of the window of the summary as far as it is known: from `from_s`
    on, the end of a stated warm-up. With `auto` that is found at the end, and here nothing is cut.
    `heard`: the run is not in the background, so that the terminal's keys are for it.
    """

    name: str
    clock: str
    line_s: float
    wall_s: float
    share: float
    stations: tuple[StationFrame, ...]
    counts: Counts
    latencies: Latencies
    shares: tuple[ShareFrame, ...] = ()
    uph: float | None = None
    takt_uph: float | None = None
    from_s: float = 0.0
    auto: bool = False
    heard: bool = False

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
        shares = tuple(ShareFrame(**share) for share in data["shares"])
        counts = Counts(**data["counts"])
        return cls(**{**data, "stations": stations, "counts": counts, "latencies": told, "shares": shares})
