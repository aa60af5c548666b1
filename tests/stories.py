"""Short lines for short stories: a scenario in one call, what happened as plain tuples in seconds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from line_sim.inspection.gateway import Gateway, Inquiry, Reply
from line_sim.line.line import Ending
from line_sim.recording.reader import RunRecords
from line_sim.scenario import Scenario
from line_sim.testing import answered, run_in_memory, scripted, timed_out
from line_sim.units import SECOND

Seconds = float | None
NO_SERVER: dict[str, Any] = {"modelled": {"service": 0}}
QUICK_REVIEW: dict[str, Any] = {"time": 0, "buffer": 1000}


class Happened(NamedTuple):
    """What a line did, in seconds.

    `visits`: (item, station, unit, queued, started, finished, left); `items`: (item, arrived, left,
    disposition); `lanes`: (item, lane, evaluation, inference outcome); `outages`: (station, unit,
    failed, repaired); `down`: {(item, station): seconds}, where not 0.
    """

    records: RunRecords
    ending: Ending

    @property
    def visits(self) -> list[tuple[Any, ...]]:
        """Every visit, in the order in which they were over."""
        return [(v.item_id, v.station, v.unit, *map(seconds, v[3:7])) for v in self.records.visits]

    @property
    def items(self) -> list[tuple[Any, ...]]:
        """Every part, in the order in which they left."""
        return [
            (i.item_id, seconds(i.arrived_at), seconds(i.left_at), i.disposition) for i in self.records.items
        ]

    @property
    def lanes(self) -> list[tuple[int, str, str, str]]:
        """Every part's lane, evaluation and inference outcome."""
        return [(i.item_id, i.lane, i.evaluation, i.inference_outcome) for i in self.records.items]

    @property
    def outages(self) -> list[tuple[Any, ...]]:
        """Every outage."""
        return [
            (o.station, o.unit, seconds(o.failed_at), seconds(o.repaired_at)) for o in self.records.outages
        ]

    @property
    def down(self) -> dict[tuple[int, str], Seconds]:
        """How long each visit was interrupted, those that were."""
        return {(v.item_id, v.station): seconds(v.down) for v in self.records.visits if v.down}

    @property
    def calls(self) -> list[tuple[Any, ...]]:
        """Every call: (item, station, unit, issued, latency, outcome)."""
        return [
            (c.item_id, c.station, c.unit, seconds(c.issued_at), seconds(c.latency), c.outcome)
            for c in self.records.calls
        ]

    @property
    def jobs(self) -> list[tuple[Any, ...]]:
        """All that people were needed for, as it ended: (station, unit, task, asked, began, ended)."""
        return [(j.station, j.unit, j.task, *map(seconds, j[5:8])) for j in self.records.jobs]

    def at(self, station: str) -> list[tuple[Any, ...]]:
        """The visits of one station without its name: (item, unit, queued, started, finished, left)."""
        return [(visit[0], *visit[2:]) for visit in self.visits if visit[1] == station]


def seconds(nanoseconds: int | None) -> Seconds:
    """Turn whole nanoseconds into the nearest float of seconds."""
    return None if nanoseconds is None else nanoseconds / SECOND


def happens(
    *line: Mapping[str, Any],
    items: int | None = None,
    duration: float | None = None,
    every: object = None,
    on_full: str = "wait",
    review: Mapping[str, Any] | None = None,
    defect_rate: float = 0.0,
    seed: int = 0,
    gateways: Mapping[str, Gateway] | None = None,
    servers: Mapping[str, Any] | None = None,
    crews: Mapping[str, Any] | None = None,
    hours: Mapping[str, list[str]] | None = None,
    comes: str | None = None,
) -> Happened:
    """Run a line; saturated where `every` is not given.

    `hours` are those of its only calendar, which is called `hours`; parts come in it where `comes` says so.
    """
    written = {
        "version": 1,
        "name": "a story",
        "seed": seed,
        "run": {"items": items} if duration is None else {"duration": duration},
        "arrivals": {"saturated": True}
        if every is None
        else {"every": every, "on_full": on_full, "calendar": comes},
        "calendars": None if hours is None else {"hours": hours},
        "product": {"defect_rate": defect_rate},
        "servers": servers,
        "crews": crews,
        "line": list(line),
        "review": review or (QUICK_REVIEW if any("inspection" in entry for entry in line) else None),
    }
    return Happened(*run_in_memory(Scenario.model_validate(written), gateways))


def press(cycle: object, name: str = "press", **keys: Any) -> dict[str, Any]:
    """Return a plain station."""
    return {"station": name, "cycle": cycle, **keys}


def camera(name: str = "camera", **keys: Any) -> dict[str, Any]:
    """Return an inspection; unless it is given another, its server answers `good` at once."""
    return {"inspection": name, "gateway": NO_SERVER, **keys}


def modelled(service: object, **keys: Any) -> dict[str, Any]:
    """Return a modelled gateway's keys."""
    return {"modelled": {"service": service, **keys}}


def replies(*wanted: Reply) -> Gateway:
    """Answer part 1 with the first reply, part 2 with the second, and so on."""
    return scripted(lambda inquiry: wanted[inquiry.item_id - 1])


def takes(latencies: Sequence[int]) -> Gateway:
    """Answer `good` after so many nanoseconds, part by part."""
    good = answered("good")
    return scripted(lambda inquiry: good._replace(latency=latencies[inquiry.item_id - 1]))


def deadline_of(latencies: Sequence[float]) -> Callable[[Inquiry], Reply]:
    """Answer `good` after so many seconds, or give up at the inquiry's deadline."""

    def answer(inquiry: Inquiry) -> Reply:
        latency = latencies[inquiry.item_id - 1]
        if inquiry.deadline is not None and latency * SECOND > inquiry.deadline:
            return timed_out(inquiry.deadline / SECOND)
        return answered("good", latency=latency)

    return answer


def clock_time(text: str) -> list[float]:
    """Read `1 2.5 4` as seconds."""
    return [float(word) for word in text.split()]
