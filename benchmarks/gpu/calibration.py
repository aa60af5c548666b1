"""Calibration files for line-sim of what measure.py recorded: the model of each server that the law fits.

    python benchmarks/gpu/calibration.py [FOLDER] [--out scenarios/servers] [--at WHEN]

reads the folder's files (default: the data beside this file), fits limited processor sharing to each server
without batching, as `line-sim calibrate` does, and holds the model against calls that it was not fitted to.
It writes the servers that pass, and prints a table of all. Same data, same bytes. README.md tells the rest.
"""

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from recorded import Recorded, Served, observed

from line_sim.scenario.gateways.calibration_files import calibration_text
from line_sim.study.calibration.files import calibration_of_fit
from line_sim.study.calibration.fit.fit import fit
from line_sim.study.calibration.fit.fitted import Fitted
from line_sim.study.calibration.observed import Call
from line_sim.study.calibration.simulating import closed, stream

HERE = Path(__file__).parent
AT = "2026-11-27"
"""When the data beside this file were recorded."""

FITTED, KEPT = (1, 2, 3, 4, 6, 8, 16), 12
"""Numbers of clients whose closed loops are fitted to, and the one that is kept to look at the model."""

MOST = {"throughput": 0.05, "p50": 0.10, "p95": 0.15}
"""So far may a model that is written be off on what was kept: closed loops, and calls at random moments."""

SIMULATED = 40
OF_THE_MACHINE = ("gpu", "driver", "cuda", "cpu", "cpus", "kernel")
PRECISIONS = ("fp32", "tf32", "fp16", "bf16")
KEEPS_ON = (
    "whether work goes on for calls that were given up was measured with one lane of fp32 alone; it is the "
    "same program, whose queue keeps whom nobody waits for"
)
TAKT_OF_ONE_LANE = "lone calls at a takt were measured with one lane alone"

Errors = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Tried:
    """A server, its fit, and how far that is off on what was kept: by series and figure, as shares."""

    served: Served
    found: Fitted
    errors: Errors

    @property
    def why_not(self) -> str:
        """Why it is not shipped; nothing where it is."""
        if self.found.refusals:
            return f"refused: bursts {self.found.best.off:.0%} off"
        far = [
            f"{name} {error:+.0%} ({series})"
            for series, errors in self.errors.items()
            for name, error in errors.items()
            if abs(error) > MOST[name]
        ]
        return f"too far off: {', '.join(far)}" if far else ""


def tried(recorded: Recorded, served: Served) -> Tried:
    """Fit a server."""
    found = fit(observed(recorded, served, FITTED, KEPT))
    if found.deciding is None:
        doubts = [doubt for doubt in found.doubts if not doubt.startswith("nothing tells")]
        law = replace(found.law, keeps_computing=True)
        found = replace(found, law=law, doubts=(*doubts, KEEPS_ON))
    if served.lanes > 1:
        found = replace(found, doubts=(*found.doubts, TAKT_OF_ONE_LANE))
    return Tried(served, found, _errors(recorded, served, found))


def servers(recorded: Recorded) -> Iterator[Served]:
    """Give the servers without batching of which all was recorded that the fit needs."""
    lanes = sorted({int(row["lanes"]) for row in recorded.series})
    for served in (Served(precision, number) for precision in PRECISIONS for number in lanes):
        alone = Served(served.precision, 1)
        loops = all(any(recorded.of(served, "closed", size)) for size in (*FITTED, KEPT))
        others = all(any(recorded.of(served, kind)) for kind in ("burst", "poisson"))
        if loops and others and any(recorded.of(alone, "takt")):
            yield served


def _errors(recorded: Recorded, served: Served, found: Fitted) -> Errors:
    works = cycle(np.random.default_rng(1).choice(found.work, 65_536).tolist())
    (loops,) = recorded.of(served, "closed", KEPT)
    sent = [part for one in found.observed.rounds for part in one.of("stream")]
    said = [
        took
        for _ in range(SIMULATED)
        for part in sent
        for took in stream(found.law, [call.sent for call in part.calls], works)
    ]
    took = [call.latency for part in sent for call in part.calls]
    return {
        f"{KEPT} clients": _of_loops(recorded.calls(loops), found, works),
        "random": _of_latencies(took, said),
    }


def _of_loops(calls: Sequence[Call], found: Fitted, works: Iterator[float]) -> dict[str, float]:
    """Hold the closed loops of some clients against as many simulated, with the pauses that they made."""
    clients = 1 + max(call.sender for call in calls)
    each = len(calls) // clients
    pauses = cycle([call.pause for call in calls])
    runs = [run for _ in range(SIMULATED) for run in closed(found.law, clients, each, works, pauses)]
    measured = [[call for call in calls if call.sender == client] for client in range(clients)]
    pace = _pace([(mine[0].ended, mine[-1].ended) for mine in measured], each)
    modelled = _pace([(run[0].at, run[-1].at) for run in runs], each)
    said = [ended.latency for run in runs for ended in run]
    return {"throughput": modelled / pace - 1, **_of_latencies([call.latency for call in calls], said)}


def _pace(spans: Sequence[tuple[float, float]], each: int) -> float:
    """Return a client's answers a second."""
    return (each - 1) / float(np.mean([last - first for first, last in spans]))


def _of_latencies(measured: Sequence[float], modelled: Sequence[float]) -> dict[str, float]:
    shares = {"p50": 0.5, "p95": 0.95}
    return {
        name: float(np.quantile(modelled, share) / np.quantile(measured, share)) - 1
        for name, share in shares.items()
    }


def processor(machine: dict[str, Any]) -> str:
    """Return what a machine reckons with: its GPU, or without one its CPU."""
    return str(machine.get("gpu", machine["cpu"])).removeprefix("NVIDIA ")


def file_name(served: Served, machine: dict[str, Any]) -> str:
    """Return how the file of a server is called."""
    return f"{re.sub('[^a-z0-9]+', '-', processor(machine).lower())}-{served.name}.yaml"


def text_of(one: Tried, machine: dict[str, Any], at: str) -> str:
    """Return the calibration file of a server."""
    served = one.served
    lanes = f"{served.lanes} lane{'s' if served.lanes > 1 else ''}"
    name = f"InceptionV3 on one {processor(machine)}, {served.precision}, {lanes}"
    calibration = calibration_of_fit(one.found, measured(served, machine, at), name)
    by_series = {
        series: {figure: round(error, 5) for figure, error in errors.items()}
        for series, errors in one.errors.items()
    }
    held_out = {**calibration.held_out, "by_series": by_series}
    return calibration_text(calibration.model_copy(update={"held_out": held_out}))


def measured(served: Served, machine: dict[str, Any], at: str) -> dict[str, Any]:
    """Return how a server was measured."""
    return {
        "at": at,
        "how": "PyTorch behind a small Python process, random weights, decoding included; one machine, one "
        "run, loopback; benchmarks/gpu/measure.py, then calibration.py (benchmarks/gpu/README.md)",
        "server": {
            "program": "benchmarks/gpu/server.py",
            "framework": f"PyTorch {machine['torch']}",
            "precision": served.precision,
            "lanes": served.lanes,
            "batching": "none",
        },
        "machine": {key: machine[key] for key in OF_THE_MACHINE if key in machine},
        "payload_bytes": machine["mean_jpeg_bytes"],
    }


def table(all_tried: Sequence[Tried]) -> Iterator[str]:
    """Give the lines of a table of all servers, as Markdown."""
    yield (
        f"| server | places | lone call | bursts off | {KEPT} clients: pace, p50, p95 | random: p50, p95 "
        "| written |"
    )
    yield "|---|---|---|---|---|---|---|"
    for one in all_tried:
        cells = [" ".join(f"{error:+.1%}" for error in errors.values()) for errors in one.errors.values()]
        found = one.found
        yield (
            f"| {one.served.name} | {found.best.places} | {1000 * found.lone.value:.2f} ms "
            f"| {found.best.off:.1%} | {' | '.join(cells)} | {one.why_not or 'yes'} |"
        )


def main() -> None:
    """Fit, write, and tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=HERE / "data", help="what measure.py wrote")
    parser.add_argument("--out", type=Path, help="folder for the files (default: none is written)")
    parser.add_argument("--at", help="when it was measured (default: as machine.json says)")
    arguments = parser.parse_args()
    recorded = Recorded(arguments.folder)
    machine = json.loads((arguments.folder / "machine.json").read_text())
    at = arguments.at or machine.get("at", AT)
    all_tried = [tried(recorded, served) for served in servers(recorded)]
    print(
        "\n".join(table(all_tried))
        if all_tried
        else f"{arguments.folder}: no server has all that a fit needs"
    )
    for one in all_tried:
        if arguments.out is not None and not one.why_not:
            path = arguments.out / file_name(one.served, machine)
            path.write_text(text_of(one, machine, at), encoding="utf-8")
            print(f"{path}: {path.stat().st_size / 1000:.0f} kB; doubts: {'; '.join(one.found.doubts)}")


if __name__ == "__main__":
    main()
