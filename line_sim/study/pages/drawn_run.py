"""One run of a study as its page draws it: output over time, parts on the line, answers, states."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from line_sim.errors import RunFileError, ScenarioError
from line_sim.figures.latency import observations
from line_sim.figures.populations import Settled
from line_sim.figures.wip import parts_on_line
from line_sim.layout import Layout, layout_of
from line_sim.recording.run_columns import FloatArray, IntArray
from line_sim.recording.whole import read_object
from line_sim.report.page.timeline import Series as Curve
from line_sim.scenario import Scenario, load
from line_sim.study.comparison.recorded import settled_run
from line_sim.units import HOUR, MILLISECOND, Nanoseconds

STRETCHES = 24
_MOST_POINTS = 600
_MOST_ANSWERS = 240


@dataclass(frozen=True)
class DrawnRun:
    """A run: its folder, its numbers, its scenario where that can be read, and what its rows say.

    `output` are the parts shipped in each stretch of `stretch` ns, whole stretches only; `wip` moments (ns)
    and counts; `answers` by inspection: times (ms) up to which a share of the calls was answered.
    """

    folder: Path
    numbers: Mapping[str, Any]
    scenario: Scenario | None
    end: Nanoseconds
    shipped: IntArray
    wip: tuple[IntArray, IntArray]
    answers: Mapping[str, tuple[FloatArray, FloatArray]] = field(default_factory=dict)

    @property
    def layout(self) -> Layout | None:
        """The line; None where the scenario cannot be read."""
        try:
            return None if self.scenario is None else layout_of(self.scenario)
        except ValueError:
            return None  # it draws from measured times whose file is gone

    def rate(self, stretch: Nanoseconds) -> list[tuple[Nanoseconds, float]]:
        """Return the output (UPH) of each whole stretch of the run, by its beginning."""
        whole = int(self.end // stretch)
        counts = np.bincount(self.shipped // stretch, minlength=whole)[:whole]
        return [(place * stretch, float(count) * HOUR / stretch) for place, count in enumerate(counts)]


def drawn_run(folder: Path) -> DrawnRun:
    """Read a run. Raises RunFileError for a missing or damaged file."""
    numbers = read_object(folder / "summary.json")
    with settled_run(folder, numbers) as settled:
        run = settled.run
        shipped = run.items.left[run.items.shipped]
        moments, counts = parts_on_line(run)
        (curve,) = Curve("", "", moments, counts).thinned(_MOST_POINTS)
        return DrawnRun(
            folder,
            numbers,
            scenario_in(folder),
            run.end,
            np.sort(shipped),
            (curve.moments, curve.values),
            dict(_answers(settled)),
        )


def scenario_in(folder: Path) -> Scenario | None:
    """Return the scenario of a run; None where it is missing or of another version."""
    try:
        return load(folder / "scenario.yaml", read_files=False)
    except ScenarioError:
        return None


def _answers(settled: Settled) -> Iterable[tuple[str, tuple[FloatArray, FloatArray]]]:
    for place, station in enumerate(settled.layout.places):
        if not station.inspects:
            continue
        seen = observations(settled.run, settled.layout, place, settled.window)
        answered = np.sort(seen.service[~seen.timed_out]) / MILLISECOND
        if len(answered):
            ranks = np.unique(np.linspace(1, len(answered), min(len(answered), _MOST_ANSWERS)).astype(int))
            yield station.name, (answered[ranks - 1], 100 * ranks / len(seen.service))


def runs_in(folder: Path) -> list[Path]:
    """Return the folders of runs in one: itself, or its replications in order."""
    if (folder / "summary.json").exists():
        return [folder]
    return sorted(path.parent for path in folder.glob("replication-*/summary.json"))


def pair_to_draw(one: Path, other: Path, most: int = 200) -> tuple[Path, Path] | None:
    """Return a run of each that stands for the rest: their outputs differ about as all do on average.

    Runs of the same seed are paired; where no seed is common, those of the same place in the order. None
    where there are none to be read.
    """
    ours, theirs = ([_seed_and_output(run) for run in runs_in(folder)[:most]] for folder in (one, other))
    by_seed = {seed: (path, uph) for path, seed, uph in theirs}
    pairs = [(path, by_seed[seed][0], by_seed[seed][1] - uph) for path, seed, uph in ours if seed in by_seed]
    if not pairs:
        pairs = [(a, b, y - x) for (a, _, x), (b, _, y) in zip(ours, theirs, strict=False)]
    if not pairs:
        return None
    middle = sum(step for _, _, step in pairs) / len(pairs)
    a, b, _ = min(pairs, key=lambda pair: abs(pair[2] - middle))
    return a, b


def _seed_and_output(folder: Path) -> tuple[Path, object, float]:
    numbers = read_object(folder / "summary.json")
    try:
        return folder, numbers.get("seed"), float(numbers["throughput"]["uph"] or 0.0)
    except (KeyError, TypeError, ValueError) as error:
        raise RunFileError(
            f"{folder / 'summary.json'}: no summary of a run ({error!r:.80}); 'line-sim report {folder}'"
            " makes it again"
        ) from error
