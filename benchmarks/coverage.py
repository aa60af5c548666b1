"""How often the intervals that are told hold the truth.

    python benchmarks/coverage.py [--runs N] [--only TEXT]

Each case is a line whose long-run figures are known: from theory where theory has an answer, else from a
run that is some hundred times as long. It is run again and again under other chance (seeds 1, 2, ...),
and of each figure is counted how often its 95 % interval was told, how often it then held the truth, and why
there was none.
What studies of many runs say has a table of its own: coverage_of_studies.py.

Printed is the table of docs/statistics.md. Nothing is written; modelled lines only, in this process.
"""

import argparse
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from line_sim.analysis.growth.growth import growth_of
from line_sim.analysis.lasting.ceiling import ceiling_of
from line_sim.analysis.lasting.lasting import lasting_of
from line_sim.figures.catalogue import CATALOGUE
from line_sim.figures.flow import Throughput, throughput
from line_sim.figures.latency import latency_rows
from line_sim.figures.populations import Settled
from line_sim.figures.window import window_of
from line_sim.inspection.offline.modelled import ModelledGateway
from line_sim.layout import layout_of
from line_sim.line.line import Line
from line_sim.recording.memory import Memory
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.study.theory.markov import throughput as throughput_of
from line_sim.units import SECOND

RUNS = 300
LONG = 300_000
"""Parts of the run that stands for the truth where theory has no answer."""
LONG_RUN = "long_run"
"""The output in the long run, as a run tells it beside its own."""


@dataclass(frozen=True, slots=True)
class Told:
    """A figure of one run: its value, its interval (None: there is none), and why there is none."""

    value: float | None
    ci: tuple[float, float | None] | None
    why: str = ""


def run(scenario: Scenario) -> Settled:
    """Run a modelled scenario in this process, without files, replays or audit."""
    gateways = {
        spec.name: ModelledGateway(
            spec.gateway.modelled, seed=scenario.seed, station=spec.name, good_label="good"
        )
        for spec in scenario.inspections
    }
    memory, layout = Memory(), layout_of(scenario)
    ending = Line(scenario, gateways, memory).run()
    columns = columns_of(memory.records, layout, ending.at)
    return Settled(columns, layout, window_of(columns, layout))


def told(settled: Settled, scenario: Scenario) -> dict[str, Told]:
    """Return what a run tells of each figure that has an interval."""
    found = {LONG_RUN: in_the_long_run(settled, scenario)}
    for figure in CATALOGUE:
        if figure.fold.interval != "none":
            measured = figure.fold.measure(settled)
            if isinstance(measured, Throughput):
                measured = replace(measured, ceiling=ceiling_of(scenario))
            lack = getattr(measured, "lack", None)
            found[figure.name] = Told(measured.value, measured.ci, lack.reason if lack else "")
    for row in latency_rows(settled.run, settled.layout, settled.window):
        if row.population == "all" and row.value is not None:
            high = None if row.high is None else row.high / SECOND
            ci = None if row.low is None else (row.low / SECOND, high)
            name = f"{row.station}.{row.quantity}.{row.statistic}"
            found[name] = Told(row.value / SECOND, ci, row.lack.reason if row.lack else "")
    return found


def in_the_long_run(settled: Settled, scenario: Scenario) -> Told:
    """Return what a run tells of the output in the long run; what the means say alone has no width."""
    run, window = settled.run, settled.window
    output = throughput(run, window, layout=settled.layout)
    found = lasting_of(scenario, run, window, growth_of(scenario, run, window), output)
    if found is None or found.uph is None:
        return Told(None, None, short(found.why if found else "its means are not known"))
    return Told(found.uph, found.ci or (found.uph, found.uph))


def short(why: str) -> str:
    """Say why the long run is not told as the table does."""
    words = {"outages": "outages", "review": "review", "too little": "explains too little"}
    return next((told for part, told in words.items() if part in why), why)


@dataclass(frozen=True)
class Case:
    """A line, and what is true of it in the long run; a truth of None is taken from a long run."""

    name: str
    line: tuple[dict[str, Any], ...]
    parts: int
    truths: dict[str, float | None]
    every: object = None
    warm_up: float = 0.0
    lead: int = 0
    keys: dict[str, Any] = field(default_factory=dict)
    long: int = LONG

    def scenario(self, seed: int, parts: int | None = None) -> Scenario:
        """Return the line with so many parts after the warm-up; `lead` come before it is over."""
        arrivals = {"saturated": True} if self.every is None else {"every": self.every, "on_full": "wait"}
        how = {"items": (parts or self.parts) + self.lead, "warm_up": self.warm_up, "clock": "virtual"}
        written = {"version": 1, "name": "coverage", "seed": seed, "run": how, "arrivals": arrivals}
        review = {"review": {"buffer": 10**6, "time": 0}} if "inspection" in str(self.line) else {}
        return Scenario.model_validate({**written, "line": list(self.line), **review, **self.keys})

    def known(self) -> dict[str, float]:
        """Return every truth."""
        if all(value is not None for value in self.truths.values()):
            return {name: value for name, value in self.truths.items() if value is not None}
        long = long_run(self.scenario(10**6, self.long).model_dump_json())
        return {
            name: long[name].value if value is None else value  # type: ignore[misc]  # a long run tells it
            for name, value in self.truths.items()
        }


@cache
def long_run(scenario: str) -> dict[str, Told]:
    """Run what stands for the truth, once for each line."""
    known = Scenario.model_validate_json(scenario)
    return told(run(known), known)


def exponential(mean: float) -> dict[str, Any]:
    """Return an exponential time."""
    return {"exponential": {"mean": mean}}


def station(name: str = "press", **keys: Any) -> dict[str, Any]:
    """Return a station."""
    return {"station": name, **keys}


def camera(service: object, **keys: Any) -> dict[str, Any]:
    """Return an inspection that asks a modelled server; its keys beside the inspection's own."""
    server = {
        key: keys.pop(key) for key in ("after_deadline", "miss_rate", "false_alarm_rate") if key in keys
    }
    return {"inspection": "camera", **keys, "gateway": {"modelled": {"service": service, **server}}}


@cache
def root(load: float) -> float:
    """Return the root of s = exp(-(1 - s) / load): D/M/1 (Kleinrock, Queueing Systems I, 6.4)."""
    s = 0.5
    for _ in range(1000):
        s = math.exp(-(1 - s) / load)
    return s


def quantile(p: float, mean: float) -> float:
    """Return a quantile of an exponential time."""
    return -mean * math.log(1 - p)


def cases() -> Iterator[Case]:
    """Yield every line."""
    yield from rare_outages()
    yield from lasting()
    yield from queues()
    yield from independent()


def rare_outages() -> Iterator[Case]:
    """Lines whose machines seldom fail: up for 10 repairs on average."""
    yield saturated(1000, 2000)
    for expected in (1, 5, 10, 20, 40):
        yield saturated(100, 100 * expected)
    for expected in (2, 10, 20, 40):
        failing = {"up": exponential(100), "repair": exponential(8), "counts": "operating"}
        line = (station(cycle=exponential(0.8), breakdowns=failing, buffer=10**6),)
        name = f"takt 1 s, load 0.86, {expected} outages expected"
        truths = {"uph": 3600.0, LONG_RUN: 3600.0, "flow_time": None, "wip": None}
        yield Case(name, line, 125 * expected, truths, every=1, warm_up=1000, lead=1000, long=2 * LONG)
    yield failing_line(
        3000,
        {
            "uph": None,
            LONG_RUN: 14400.0,
            "inference_time": None,
            "timeout_rate": None,
            "camera.response.p50": None,
        },
    )


def failing_line(parts: int, truths: dict[str, float | None]) -> Case:
    """Return a line with time to spare whose press seldom fails."""
    failing = {"up": exponential(1200), "repair": exponential(30), "counts": "operating"}
    pressing = station(cycle=0.18, breakdowns=failing)
    asking = camera({"lognormal": {"mean": 0.12, "cv": 0.4}}, buffer=4, acquisition=0.03, deadline=0.2)
    line = (pressing, asking, station("pack", cycle=0.15, buffer=4))
    keys = {"review": {"buffer": 20, "units": 6, "time": {"lognormal": {"mean": 4, "cv": 0.5}}}}
    name = f"press that fails every 20 min of work, camera, 6 reviewers, {parts:,} parts"
    return Case(name, line, parts, truths, every=0.25, keys=keys)


def lasting() -> Iterator[Case]:
    """Lines whose output in the long run is told beside that of the run.

    One that keeps up ships what comes. Of exponential stations a Markov chain knows the truth; where nothing
    does, it is that of a long run, freed of what chance did in it.
    """
    yield failing_line(20_000, {"uph": 14400.0, LONG_RUN: 14400.0})
    yield saturated(1000, 5_000)
    yield saturated(1000, 20_000)
    for up in (200, 1000):
        failing = {"up": exponential(up), "repair": exponential(up / 10), "counts": "operating"}
        line = tuple(
            station(f"s{number}", cycle=exponential(mean), buffer=20, breakdowns=failing)
            for number, mean in enumerate((0.8, 1, 0.9))
        )
        for parts in (5_000, 20_000):
            name = f"three stations, 20 places, up {up:,} s, repair {up // 10} s, {parts:,} parts"
            yield Case(name, line, parts, dict(UNKNOWN), warm_up=500, lead=400, long=1_000_000)
    for means, places in (((1.0, 1.0, 1.0), 2), ((0.8, 1.0, 0.7), 4)):
        truth = 3600 * throughput_of([1 / mean for mean in means], [places] * 3)
        line = tuple(
            station(f"s{number}", cycle=exponential(mean), buffer=places) for number, mean in enumerate(means)
        )
        for parts in (300, 3_000):
            name = f"exponential stations of {', '.join(map(str, means))} s, {places} places, {parts:,} parts"
            yield Case(name, line, parts, {"uph": truth, LONG_RUN: truth}, warm_up=200, lead=200)
    yield from reviewed()


def reviewed() -> Iterator[Case]:
    """A line whose review bench fills at times and then holds it up."""
    asking = camera(
        {"lognormal": {"mean": 0.12, "cv": 0.4}},
        buffer=4,
        acquisition=0.03,
        deadline=0.25,
        miss_rate=0.1,
        false_alarm_rate=0.03,
    )
    line = (station(cycle=exponential(0.2)), asking, station("pack", cycle=exponential(0.15), buffer=4))
    looking = {"buffer": 10, "units": 2, "time": {"lognormal": {"mean": 4, "cv": 0.5}}}
    keys = {"product": {"defect_rate": 0.05}, "review": looking}
    for parts in (3_000, 20_000):
        name = f"press, camera, pack and a review that is full at times, {parts:,} parts"
        yield Case(name, line, parts, dict(UNKNOWN), warm_up=120, lead=400, keys=keys, long=1_000_000)


UNKNOWN: dict[str, float | None] = {"uph": None, LONG_RUN: None}


def saturated(up: float, parts: int) -> Case:
    """Return a press that always has a part, 1 s each, and fails after `up` seconds of work on average."""
    failing = {"up": exponential(up), "repair": up / 10, "counts": "operating"}
    line = (station(cycle=1, breakdowns=failing),)
    name = f"press that is never short of parts, up {up:,.0f} s, {parts:,} parts"
    return Case(name, line, parts, {"uph": 3600 / 1.1, LONG_RUN: 3600 / 1.1})


def queues() -> Iterator[Case]:
    """Calls and parts that resemble their neighbours."""
    levels = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
    for load, parts in ((0.88, 1000), (0.88, 10000)):
        mean = 0.25 * load / (1 - root(load))
        asking = camera(exponential(0.25 * load), buffer=10**6)
        truths = {f"camera.response.{name}": quantile(p, mean) for name, p in levels.items()}
        truths |= {"flow_time": mean, "wip": mean / 0.25}
        name = f"takt 0.25 s, load {load}, {parts:,} parts"
        yield Case(name, (asking,), parts, truths, every=0.25, warm_up=500.0, lead=2000)
    early: dict[str, Any] = {"warm_up": 1000.0, "lead": 1000}
    for parts in (2000, 20000):
        for after in ("stops", "keeps_computing"):
            deadline = {} if after == "stops" else {"deadline": 10.0, "after_deadline": after}
            asking = camera(exponential(0.8), units=60, **deadline)
            truths = {"timeout_rate": math.exp(-10 / 4)} if deadline else {}
            truths |= {
                f"camera.service.{name}": quantile(p, 4)
                for name, p in levels.items()
                if p < 0.9 or not deadline
            }
            truths |= {} if deadline else {"inference_time": 4.0}
            name = f"one server, load 0.8, {parts:,} calls, {after if deadline else 'no deadline'}"
            yield Case(name, (asking,), parts, truths, every=exponential(1), **early)
        asking = camera(exponential(0.8), units=60, deadline=4.0)
        name = f"one server, load 0.8, {parts:,} calls, stops"
        yield Case(name, (asking,), parts, {"timeout_rate": None}, every=exponential(1), **early)


def independent() -> Iterator[Case]:
    """Calls and parts that have nothing to do with each other."""
    asking = camera(exponential(0.1), deadline=0.3, miss_rate=0.1, false_alarm_rate=0.03)
    truths = {f"camera.service.{name}": quantile(p, 0.1) for name, p in (("p50", 0.5), ("p90", 0.9))}
    late = math.exp(-3)
    truths |= {"timeout_rate": late, "overkill_model": 0.03 * (1 - late), "overkill_latency": late}
    passing = 0.95 * 0.97 * (1 - late)
    truths |= {"escape_rate": 0.005 / (0.005 + 0.95 * 0.97), "first_pass_yield": passing}
    keys = {
        "product": {"defect_rate": 0.05},
        "review": {"buffer": 10**6, "units": 1, "time": 0, "miss_rate": 0.0},
    }
    keys["review"]["false_alarm_rate"] = 1.0
    for parts in (300, 3000):
        yield Case(f"independent answers, {parts:,} parts", (asking,), parts, truths, every=1, keys=keys)


@dataclass
class Count:
    """How often an interval was told, held the truth, and why there was none."""

    runs: int = 0
    told: int = 0
    held: int = 0
    widths: list[float] = field(default_factory=list)
    why: Counter[str] = field(default_factory=Counter)

    def add(self, found: Told, truth: float) -> None:
        """Count one run."""
        self.runs += 1
        if found.ci is None:
            self.why[found.why] += 1
            return
        low, high = found.ci
        self.told += 1
        self.held += low <= truth and (high is None or truth <= high)
        if high is not None and truth:
            self.widths.append((high - low) / 2 / truth)

    def row(self, case: str, figure: str) -> str:
        """Return a row of the table."""
        held = f"{self.held / self.told:.3f}" if self.told else ""
        width = f"{100 * sorted(self.widths)[len(self.widths) // 2]:.1f} %" if self.widths else ""
        wrong = f"{(self.told - self.held) / self.runs:.3f}"
        why = ", ".join(f"{reason} {count / self.runs:.2f}" for reason, count in self.why.most_common())
        return f"| {case} | `{figure}` | {self.told / self.runs:.2f} | {held} | {wrong} | {width} | {why} |"


HEADER = """| line | figure | told | holds where told | wrong, of all runs | half-width | none, why |
|---|---|---|---|---|---|---|"""


def study(case: Case, runs: int, tell: Callable[[str], None]) -> dict[str, Count]:
    """Run a case and tell its rows."""
    known = case.known()
    counts = {name: Count() for name in known}
    for seed in range(1, runs + 1):
        scenario = case.scenario(seed)
        found = told(run(scenario), scenario)
        for name, truth in known.items():
            counts[name].add(found[name] if name in found else Told(None, None, "beyond the deadline"), truth)
    for name, count in counts.items():
        tell(count.row(case.name, name))
    return counts


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    print(HEADER)
    for case in cases():
        if chosen.only in case.name:
            study(case, chosen.runs, lambda row: print(row, flush=True))


if __name__ == "__main__":
    main()
