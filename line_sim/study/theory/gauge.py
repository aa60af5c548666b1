"""Long runs, kept as columns of seconds instead of records."""

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from line_sim.compiled.telling import TakesRows
from line_sim.engine.asking import engine_for
from line_sim.engine.choice import EngineWish
from line_sim.engine.run import Given, Told, run
from line_sim.inspection.offline.models import modelled_gateways
from line_sim.line.records import DISPOSITIONS, Item, Visit
from line_sim.scenario import Scenario
from line_sim.study.theory.intervals import Floats
from line_sim.units import SECOND


class Gauge:
    """An observer that keeps the moments of visits and items, and nothing else.

    The first `warm_up` parts are left out of every station's columns.
    """

    def __init__(self, warm_up: int = 1000) -> None:
        self._warm_up = warm_up
        self._visits: dict[str, array[int]] = defaultdict(lambda: array("q"))
        self._items = array("q")

    def on_visit(self, visit: Visit) -> None:
        """Keep the moments of a finished visit."""
        if not (visit.left_at is None or visit.started_at is None or visit.finished_at is None):
            row = (
                visit.item_id,
                visit.queued_at,
                visit.started_at,
                visit.finished_at,
                visit.left_at,
                visit.down,
            )
            self._visits[visit.station].extend(row)

    def on_item(self, item: Item) -> None:
        """Keep when a part came and left."""
        if item.left_at is not None:
            self._items.extend(
                (item.item_id, item.arrived_at, item.left_at, DISPOSITIONS.index(item.disposition))
            )

    def keep_visits(self, station: str, rows: "np.ndarray[Any, np.dtype[np.int64]]") -> None:
        """Keep many finished visits, as rows of what `on_visit` keeps."""
        self._visits[station].frombytes(rows.tobytes())

    def keep_items(self, rows: "np.ndarray[Any, np.dtype[np.int64]]") -> None:
        """Keep many parts, as rows of what `on_item` keeps."""
        self._items.frombytes(rows.tobytes())

    def station(self, name: str) -> "Columns":
        """Return one station's visits, part by part."""
        return Columns(np.array(self._visits[name], dtype=np.int64).reshape(-1, 6), self._warm_up)

    def departures(self, name: str) -> list[int]:
        """Return when each part left a station, in ns, by part."""
        rows = np.array(self._visits[name], dtype=np.int64).reshape(-1, 6)
        left: list[int] = rows[np.argsort(rows[:, 0]), 4].tolist()
        return left

    def items(self) -> "np.ndarray[Any, np.dtype[np.int64]]":
        """Return (item, arrived, left, disposition) of every part, by item."""
        rows = np.array(self._items, dtype=np.int64).reshape(-1, 4)
        return rows[np.argsort(rows[:, 0])]


class GaugeRows(TakesRows):
    """Fills a gauge from the rows of the compiled line."""

    def __init__(self, gauge: Gauge) -> None:
        self._gauge = gauge

    def on_rows(self, kind: str, rows: "np.ndarray[Any, Any]", words: Sequence[str]) -> None:
        """Keep what is over."""
        if kind == "visit":
            over = rows[(rows["left_at"] >= 0) & (rows["started_at"] >= 0) & (rows["finished_at"] >= 0)]
            for code in np.unique(over["station"]):
                self._gauge.keep_visits(words[code], _together(over[over["station"] == code], VISIT))
        elif kind == "item":
            over = rows[rows["left_at"] >= 0]
            known = np.array([DISPOSITIONS.index(word) if word in DISPOSITIONS else -1 for word in words])
            ends = known[over["disposition"]]
            self._gauge.keep_items(np.column_stack([_together(over, ITEM), ends]).astype(np.int64))


VISIT = ("item_id", "queued_at", "started_at", "finished_at", "left_at", "down")
ITEM = ("item_id", "arrived_at", "left_at")


def _together(rows: "np.ndarray[Any, Any]", fields: Sequence[str]) -> "np.ndarray[Any, np.dtype[np.int64]]":
    return np.column_stack([rows[name] for name in fields]).astype(np.int64)


class Columns:
    """The visits of a station as columns in seconds, sorted by part; the first `warm_up` are left out."""

    def __init__(self, rows: "np.ndarray[Any, np.dtype[np.int64]]", warm_up: int) -> None:
        self.exact = rows[np.argsort(rows[:, 0])]
        steady = self.exact[warm_up:]
        _, queued, started, finished, left, down = (steady / SECOND).T
        self.wait: Floats = started - queued
        self.held: Floats = finished - started
        self.work: Floats = finished - started - down
        self.down: Floats = down
        self.blocked: Floats = left - finished
        self.gap: Floats = np.diff(self.exact[warm_up - 1 :, 4]) / SECOND
        """The time since the part before left; the parts leave in order where there is one unit."""
        self.starved: Floats = (self.exact[warm_up:, 2] - self.exact[warm_up - 1 : -1, 4]) / SECOND


def gauged(
    *line: Mapping[str, Any],
    items: int,
    warm_up: int = 1000,
    engine: EngineWish = "auto",
    runs: int = 1,
    **keys: Any,
) -> Gauge:
    """Run a line of modelled times, as `scenario_of` makes it, and gauge it.

    `engine` is the one that is wished for, for so many `runs` in all.
    """
    scenario = scenario_of(*line, items=items, **keys)
    gauge = Gauge(warm_up)
    given = Given(gateways=modelled_gateways(scenario))
    told = Told(observers=(gauge,), takes=lambda: GaugeRows(gauge))
    run(engine_for(scenario, engine, runs=runs), scenario, given, told)
    return gauge


def scenario_of(*line: Mapping[str, Any], items: int, every: object = None, **keys: Any) -> Scenario:
    """Return a line of modelled times; saturated where `every` is not given.

    `keys` are further keys of the scenario, and `on_full` of its arrivals.
    """
    arrivals = (
        {"saturated": True} if every is None else {"every": every, "on_full": keys.pop("on_full", "wait")}
    )
    written = {"version": 1, "name": "theory", "run": {"items": items}, "arrivals": arrivals}
    return Scenario.model_validate({**written, "line": list(line), **keys})


def exponential(mean: float = 1.0) -> dict[str, Any]:
    """Return an exponential time."""
    return {"exponential": {"mean": mean}}


def erlang(stages: int, mean: float = 1.0) -> dict[str, Any]:
    """Return an Erlang time of so many stages."""
    return {"gamma": {"mean": mean, "cv": stages**-0.5}}
