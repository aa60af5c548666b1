"""Lines of which it is known which design is the cheapest that does: exact by Markov chain or closed form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from line_sim.study.design.document import Asked
from line_sim.study.design.study import read_study
from line_sim.study.plan.planned import Planned
from line_sim.study.plan.planning import plan
from line_sim.study.workers import Processes

TWO_STATIONS = """
version: 1
name: Two stations
seed: 5
run: {duration: 300 s, warm_up: 20 s}
arrivals: {saturated: true}
line:
  - {station: a, cycle: {exponential: {mean: 1 s}}}
  - {station: b, buffer: 0, cycle: {exponential: {mean: 1 s}}}
"""
"""Two exponential stations that always have work, and no place between them."""


@dataclass(frozen=True)
class PlanCase:
    """A study, and the settings of which any is the right answer, by the values of its axes in order."""

    name: str
    scenario: Mapping[str, Any]
    study: Mapping[str, Any]
    right: tuple[tuple[Any, ...], ...]

    def write(self, folder: Path) -> Path:
        """Write both files and return the study's."""
        (folder / "line.yaml").write_text(yaml.safe_dump(dict(self.scenario)), encoding="utf-8")
        path = folder / "study.yaml"
        study = {"study": self.name, "scenario": "line.yaml", **self.study}
        path.write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
        return path


def exponential(mean: float) -> dict[str, Any]:
    """Return an exponential time of so many seconds."""
    return {"exponential": {"mean": f"{mean * 1e9:.0f} ns"}}


def scenario(
    line: Sequence[Mapping[str, Any]], duration: float, warm_up: float, **keys: Any
) -> dict[str, Any]:
    """Return a saturated line that is run for so many seconds."""
    return {
        "version": 1,
        "name": "line",
        "seed": 1,
        "run": {"duration": duration, "warm_up": warm_up},
        "arrivals": {"saturated": True},
        "line": [dict(each) for each in line],
        **keys,
    }


def fewest_places(
    name: str, rates: Sequence[float], least: float, right: tuple, places: range, **study: Any
) -> PlanCase:
    """Return stations in a row of which the fewest waiting places are sought for a throughput.

    A second of line time stands for the time unit of the rates.
    """
    stations = [
        {"station": f"s{place}", "cycle": exponential(1 / rate), "buffer": 0}
        for place, rate in enumerate(rates)
    ]
    keys = [f"line.s{place}.buffer" for place in range(1, len(rates))]
    return PlanCase(
        name,
        scenario(stations, 700, 100),
        {
            "over": {key: list(places) for key in keys},
            "cost": dict.fromkeys(keys, 1),
            "demand": {"uph": f">= {3600 * least:.10g}"},
            **study,
        },
        right,
    )


def cameras_and_servers(least: float, right: tuple[int, int]) -> PlanCase:
    """Return a saturated camera whose units share a server of several workers."""
    model = {"modelled": {"service": exponential(0.3), "servers": 1}}
    camera = {"inspection": "camera", "acquisition": "200 ms", "gateway": model}
    units, servers = "line.camera.units", "line.camera.gateway.modelled.servers"
    return PlanCase(
        f"cameras and servers for {least:,.0f}",
        scenario([camera], 120, 5, review={"buffer": 50, "time": "1 ms"}),
        {
            "over": {units: [1, 2, 3, 4, 5, 6], servers: [1, 2, 3, 4]},
            "cost": {units: 1, servers: 3},
            "demand": {"uph": f">= {least:.10g}"},
        },
        (right,),
    )


def deadlines() -> PlanCase:
    """Return cameras with a server each whose deadline trades output for escapes."""
    model = {"modelled": {"service": exponential(0.3), "servers": 3, "miss_rate": 0.02}}
    camera = {"inspection": "camera", "acquisition": "30 ms", "on_no_result": "ship", "gateway": model}
    units, deadline = "line.camera.units", "line.camera.deadline"
    return PlanCase(
        "deadlines",
        scenario([camera], 300, 3, product={"defect_rate": 0.06}, review={"buffer": 1000, "time": "1 ms"}),
        {
            "over": {units: [1, 2, 3], deadline: [f"{ms} ms" for ms in range(300, 901, 100)]},
            "cost": {units: 1},
            "demand": {"uph": ">= 20000", "escape_rate": "<= 1 %"},
            "tolerance": {"uph": "1 %", "escape_rate": "0.035 %"},
        },
        ((2, "600 ms"),),
    )


def reviewers(reviewer: int, place: int, right: tuple[int, int]) -> PlanCase:
    """Return a saturated inspector, a fifth of whose parts go to review; both take exponential times."""
    model = {"modelled": {"service": exponential(1), "false_alarm_rate": 0.2}}
    units, buffer = "review.units", "review.buffer"
    return PlanCase(
        f"reviewers at {reviewer}, places at {place}",
        scenario(
            [{"inspection": "inspector", "gateway": model}],
            1500,
            150,
            review={"units": 1, "buffer": 0, "time": exponential(5), "cleared": "ships"},
        ),
        {
            "over": {units: [1, 2, 3], buffer: [0, 1, 2, 3, 4, 5, 6, 7]},
            "cost": {units: reviewer, buffer: place},
            "demand": {"uph": f">= {3600 * 0.88:.10g}"},
            "tolerance": {"uph": 17},
        },
        (right,),
    )


def cases() -> tuple[PlanCase, ...]:
    """Return every case."""
    four = (1, 1.1, 0.9, 1.2)
    return (
        fewest_places("places for .75", (1, 1, 1), 0.75, ((2, 3), (3, 2)), range(7), tolerance={"uph": 14}),
        fewest_places(
            *("places for .80", (1, 1, 1), 0.80, ((4, 4),), range(7)),
            tolerance={"uph": 26},
            best={"uph": 20},
        ),
        fewest_places(
            *("four stations for .70", four, 0.70, ((2, 2, 2),), range(1, 5)),
            tolerance={"uph": 28},
            best={"uph": 10},
        ),
        fewest_places(
            *("four stations for .72", four, 0.72, ((2, 3, 2),), range(1, 5)),
            tolerance={"uph": 28},
            best={"uph": 20},
        ),
        cameras_and_servers(19_000, (3, 2)),
        cameras_and_servers(26_000, (4, 3)),
        deadlines(),
        reviewers(40, 5, (1, 6)),
        reviewers(10, 2, (2, 0)),
    )


def planned(case: PlanCase, folder: Path, seed: int, *, quick: bool = True) -> tuple[bool, Planned]:
    """Plan once, in this process; return whether the answer is one of the right ones, and the plan."""
    study = read_study(case.write(folder), Asked(seed=seed))
    found = plan(study, folder / "plan", Processes(1), quick=quick)
    chosen = next((each for each in found.designs if each.number == found.chosen), None)
    return chosen is not None and tuple(chosen.settings.values()) in case.right, found


def right_of(case: PlanCase, folder: Path, plans: int = 20) -> int:
    """Return how many of so many plans are right, each under other chance."""
    right = 0
    for seed in range(1, plans + 1):
        (folder / str(seed)).mkdir()
        right += planned(case, folder / str(seed), seed)[0]
    return right
