"""Whether a line predicted from a calibrated server does live what was predicted, on runs not fitted to.

    python benchmarks/confirm.py --server fifo1 --load 0.8    one cell: calibrate once, then 40 live runs
    python benchmarks/confirm.py --server fifo1               all three loads
    python benchmarks/confirm.py --simulated                  the same in line time: laws without a machine
    python benchmarks/confirm.py --server embedded --turns 4  calibration and live runs in four turns
    python benchmarks/confirm.py --table                      what is there by now

Servers: fifo1, fifo2 and sharing sleep by a law that is known (tests/law_server.py, a process of its own);
embedded is the real one. Everything lies in --folder: SERVER/server.yaml, measured once for all loads, and
SERVER-LOAD.json, a cell of the table. A line of four cameras gets parts at random moments, so many that the
server is loaded that much; answers later than five times the mean are no use, and the part is scrapped.

Told for each figure: predicted, the mean of the live runs, how far they are apart (% of the live mean,
points of the rate), the noise of that mean (95 %, Student) and of a single run (two standard deviations of
the repeats), and how many live runs lie in the predicted 95 % interval of one run. Asked: uph within 1.5 %,
the median answer 2 %, the fallback rate 1 point (met: yes), or inside the noise (met: mean, or repeats
alone); 90 % of the runs in their interval.

How long, on a machine that has nothing else to do: a calibration 5 minutes; a cell of fifo1 5 to 6, of the
others 3. All twelve cells and four calibrations: an hour and some minutes; servers that sleep may be measured
side by side. --simulated: half an hour of a processor for all nine cells of ten calibrations each.

A machine that others have a share of drifts: --turns N calibrates and runs live N times in turns, and fits
all calibrations together. What was measured is kept: --again fits and predicts anew, with the code as it is.
"""

import argparse
import json
import pickle
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from confirm_figures import TOLD, of_each, pooled, say, shown
from PIL import Image

from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario
from line_sim.scenario.gateways.calibration import Calibration
from line_sim.scenario.gateways.calibration_files import read_calibration
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.study.calibration.calibrate import Around, Request, calibrate
from line_sim.study.calibration.files import write_calibration
from line_sim.study.calibration.fit.fit import fit
from line_sim.study.calibration.law import Law
from line_sim.study.calibration.measuring.measure import How
from line_sim.study.calibration.observed import Observed
from line_sim.study.confirm.live import live_runs
from line_sim.study.confirm.load import meter_for
from line_sim.study.confirm.predicted.fitting import model_error
from line_sim.study.confirm.predicted.model import asked_servers, gateways_of, replaced
from line_sim.study.confirm.predicted.predicting import Subject, forecast
from line_sim.study.lean import figures_in, lean_run
from line_sim.study.workers import Processes

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]
from known_servers import Known, gamma  # noqa: E402 - the tests' servers lie beside their stories
from law_server import law_server  # noqa: E402 - as above

MEAN, CV = 0.05, 0.3
LAWS = {
    "fifo1": ("--places", "1", "--speeds", "1"),
    "fifo2": ("--places", "2", "--speeds", "1,2"),
    "sharing": ("--places", "4", "--speeds", "1,1.6,1.8,1.8"),
}
SERVERS = (*LAWS, "embedded")
LOADS = (0.5, 0.8, 0.95)
CAMERAS = 4
PATIENCE = 5
"""The deadline, in means of a lone call."""

OBSERVED = "observed.pickle"
"""What was measured of a server, call by call, beside its calibration."""


@contextmanager
def served(name: str) -> Iterator[str]:
    """Run a server for as long as the with-block lasts; give its HOST:PORT."""
    if name in LAWS:
        with law_server("--mean", str(MEAN), "--cv", str(CV), *LAWS[name]) as target:
            yield target
    else:
        with EmbeddedServer("inception_v3", Path("models/inception_v3").resolve()) as server:
            yield server.address("grpc")


def line(name: str, target: str, pictures: Path, *, every: float, deadline: float, parts: int) -> Scenario:
    """Return a line whose parts come at random, so many seconds apart on average."""
    images = {"folder": str(pictures)} if name in LAWS else {"rendered": "flange"}
    camera = {
        "inspection": "camera",
        "buffer": 20,
        "units": CAMERAS,
        "acquisition": "5 ms",
        "deadline": deadline,
        "on_no_result": "scrap",
        "gateway": {"grpc": {"target": target}},
        "ship_when": {"score_at_least": 0},
    }
    return Scenario.model_validate(
        {
            "version": 1,
            "name": f"{name} every {1000 * every:.0f} ms",
            "seed": 11,
            "run": {"items": parts, "warm_up": 20 * every},
            "arrivals": {"every": {"exponential": {"mean": every}}},
            "product": {"defect_rate": 0, "images": images},
            "line": [camera],
            "review": {"time": "1 s", "buffer": 1000},
        }
    )


def two_pictures(folder: Path) -> Path:
    """Make pictures that cost nothing to show."""
    for state in ("good", "defective"):
        (folder / state).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (32, 32), (90, 90, 90)).save(folder / state / "one.jpg")
    return folder


def calibrated(name: str, target: str, asked: argparse.Namespace) -> Calibration:
    """Return the server's calibration, measured now unless that was done before."""
    path = asked.folder / name / "server.yaml"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pictures = two_pictures(asked.folder / "pictures")
        scenario = line(name, target, pictures, every=2 * MEAN, deadline=5.0, parts=1)
        how = How(CAMERAS, asked.seconds, any_load=asked.any_load)
        say(f"{name}: calibrating for {asked.seconds:g} s")
        request = Request(scenario, scenario.inspections[0], how, name)
        done = calibrate(request, path, Around(narrate=say))
        (path.parent / OBSERVED).write_bytes(pickle.dumps(done.found.observed))
    return read_calibration(path)


def fitted_again(name: str, asked: argparse.Namespace) -> Calibration:
    """Fit what was measured of a server with the code as it is now."""
    path = asked.folder / name / "server.yaml"
    observed = pickle.loads((path.parent / OBSERVED).read_bytes())
    measured = read_calibration(path).measured.model_dump(exclude_none=True)
    return write_calibration(path, fit(observed), measured, name)


def capacity(calibration: Calibration) -> tuple[float, float]:
    """Return the mean of a lone call in seconds, and the most calls a second that the server answers."""
    model = calibration.model
    mean = model.alone.mean_ns / 1e9
    most = model.sharing.most(CAMERAS) if model.sharing is not None else float(model.servers)
    return mean, most / mean


def in_turns(name: str, asked: argparse.Namespace) -> None:
    """Calibrate and run live in turns, and take all calibrations together: of a machine that drifts."""
    loads, folder = asked.load or LOADS, asked.folder / name
    each: list[Observed] = []
    for turn in range(1, asked.turns + 1):
        now = argparse.Namespace(**vars(asked) | {"folder": asked.folder / f"turn-{turn}"})
        now.runs = asked.runs // asked.turns
        with served(name) as target:
            calibrated(name, target, now)
        each.append(pickle.loads((now.folder / name / OBSERVED).read_bytes()))
        if turn == 1:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "server.yaml").write_bytes((now.folder / name / "server.yaml").read_bytes())
        for load in loads:
            more, path = seen(name, load, now, asked), seen_path(name, load, asked)
            if turn > 1:
                more["runs"] = [*json.loads(path.read_text())["runs"], *more["runs"]]
            path.write_text(json.dumps(more))
    rounds = tuple(one for observed in each for one in observed.rounds)
    (folder / OBSERVED).write_bytes(pickle.dumps(replace(each[0], rounds=rounds)))
    fitted_again(name, asked)


def seen_path(name: str, load: float, asked: argparse.Namespace) -> Path:
    """Return where the live runs of a cell are kept."""
    return asked.folder / f"{name}-{100 * load:.0f}.seen.json"


def seen(
    name: str, load: float, asked: argparse.Namespace, planned: argparse.Namespace | None = None
) -> dict[str, Any]:
    """Run the line of a cell live, again and again, and keep what it told; `planned`: loaded as that says."""
    path = seen_path(name, load, asked)
    with served(name) as target:
        mean, most = capacity(calibrated(name, target, planned or asked))
        pictures = two_pictures(asked.folder / "pictures")
        times = {"every": round(1 / (load * most), 6), "deadline": round(PATIENCE * mean, 6)}
        scenario = line(name, target, pictures, **times, parts=asked.parts)
        with tempfile.TemporaryDirectory() as folder:
            meter = meter_for(asked_servers(scenario))
            runs = [
                {"figures": run.figures, "seconds": run.seconds, "foreign_load": run.foreign_load}
                for run in live_runs(scenario, Path(folder), asked.runs, ("camera",), meter, say, Interrupt())
            ]
    found = {**times, "parts": asked.parts, "runs": runs}
    path.write_text(json.dumps(found))
    return found


def cell(name: str, load: float, asked: argparse.Namespace) -> dict[str, Any]:
    """Predict one line and hold its live runs against that, those that were kept where there are some."""
    path = seen_path(name, load, asked)
    if not path.exists():
        seen(name, load, asked)
    kept = json.loads(path.read_text())
    calibration = read_calibration(asked.folder / name / "server.yaml")
    pictures = two_pictures(asked.folder / "pictures")
    times = {key: kept[key] for key in ("every", "deadline", "parts")}
    scenario = line(name, "localhost:1", pictures, **times)
    subject = Subject(scenario, asked_servers(scenario), calibration, model_error(calibration))
    with Processes(asked.jobs) as workers:
        predicted = forecast(subject, asked.replications, workers, Interrupt(), lambda _, __: None)
    assert predicted is not None
    loads = [run["foreign_load"] for run in kept["runs"] if run["foreign_load"] is not None]
    return {
        "server": name,
        "load": load,
        "runs": len(kept["runs"]),
        "parts": kept["parts"],
        "model_error": subject.error,
        "foreign_load": fmean(loads) if loads else None,
        "live_s": fmean(run["seconds"] for run in kept["runs"]),
        "predicted_cpu_s": predicted.cpu_s,
        "kpis": of_each(predicted, [run["figures"] for run in kept["runs"]]),
    }


def simulated(name: str, load: float, asked: argparse.Namespace) -> dict[str, Any]:
    """Do the same with a server of that law that is simulated, calibrations included: no machine disturbs it.

    Each of --calibrations measures anew, and a share of the live runs is held against each prediction.
    """
    places, speeds = int(LAWS[name][1]), tuple(map(float, LAWS[name][3].split(",")))
    most = max(speeds) / MEAN
    pictures = two_pictures(asked.folder / "pictures")
    scenario = line(
        name,
        "localhost:1",
        pictures,
        every=round(1 / (load * most), 6),
        deadline=PATIENCE * MEAN,
        parts=asked.parts,
    )
    servers = asked_servers(scenario)
    truth = ModelledOptions.model_validate(
        {
            "service": {"gamma": {"mean": MEAN, "cv": CV}},
            "sharing": {"places": places, "speed": dict(enumerate(speeds, 1))},
        }
    )
    lived = replaced(scenario, servers, truth)
    cells, errors, cpu = [], [], []
    for number in range(1, asked.calibrations + 1):
        known = Known(Law(places, speeds), gamma(MEAN, CV, number), MEAN)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "server.yaml"
            write_calibration(path, fit(known.observed(), number), {"at": "now", "how": "simulated"}, name)
            subject = Subject(scenario, servers, found := read_calibration(path), model_error(found))
            with Processes(asked.jobs) as workers:
                predicted = forecast(subject, asked.replications, workers, Interrupt(), lambda _, __: None)
        assert predicted is not None
        live = [
            figures_in(lean_run(lived, None, gateways_of(lived, ("camera",), (seed, seed), 1.0)).summary)
            for seed in range(1000 * number, 1000 * number + asked.runs)
        ]
        cells.append(of_each(predicted, live))
        errors.append(subject.error)
        cpu.append(predicted.cpu_s)
        say(f"{name} at {100 * load:.0f} %: calibration {number} of {asked.calibrations}")
    told = set.intersection(*map(set, cells))
    return {
        "server": f"{name}, simulated",
        "load": load,
        "runs": asked.runs * len(cells),
        "parts": asked.parts,
        "model_error": fmean(errors),
        "foreign_load": None,
        "live_s": None,
        "predicted_cpu_s": fmean(cpu),
        "kpis": {kpi: pooled([each[kpi] for each in cells]) for kpi in TOLD if kpi in told},
    }


def main() -> None:
    """Make the cells that are asked for, and print them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--server", choices=SERVERS, action="append")
    parser.add_argument("--load", type=float, action="append")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--parts", type=int, default=150)
    parser.add_argument("--replications", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=300.0, help="of calibrating")
    parser.add_argument("--any-load", action="store_true", help="measure on a machine that is not quiet")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("results/bench-confirm"))
    parser.add_argument("--simulated", action="store_true", help="servers of that law, and no machine")
    parser.add_argument("--calibrations", type=int, default=10, help="with --simulated: so many")
    parser.add_argument("--table", action="store_true", help="print what is there, and measure nothing")
    parser.add_argument("--turns", type=int, default=1, help="calibrate and run live in so many turns")
    parser.add_argument("--live", action="store_true", help="run live, and predict later")
    parser.add_argument("--again", action="store_true", help="fit anew what was measured, and predict that")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if asked.table:
        for path in sorted(asked.folder.glob("*.json")):
            if not path.name.endswith(".seen.json"):
                shown(json.loads(path.read_text()))
        return
    for name in asked.server or (LAWS if asked.simulated else SERVERS):
        if asked.again:
            fitted_again(name, asked)
        elif asked.turns > 1:
            in_turns(name, asked)
        for load in asked.load or LOADS:
            if asked.live:
                seen(name, load, asked)
                continue
            began = time.monotonic()
            found = (simulated if asked.simulated else cell)(name, load, asked)
            kind = "-simulated" if asked.simulated else ""
            path = asked.folder / f"{name}-{100 * load:.0f}{kind}.json"
            path.write_text(json.dumps(found, indent=2))
            shown(found)
            say(f"({time.monotonic() - began:.0f} s; {path})")


if __name__ == "__main__":
    main()
