"""Small sweeps for short stories: a line of thirty parts, a few variants of it."""

from pathlib import Path

from line_sim.study.design.document import Asked
from line_sim.study.design.study import Study, read_study
from line_sim.study.sweep.sweep import sweep
from line_sim.study.sweep.swept import How, Sweep
from line_sim.study.workers import Processes

LINE = """\
version: 1
name: Small line
seed: 3
run: {items: 30}
arrivals: {every: {exponential: {mean: 1 s}}}
product: {defect_rate: 0.3}
line:
  - {station: press, cycle: {exponential: {mean: 500 ms}}, buffer: 2}
  - inspection: camera
    deadline: 1 s
    gateway: {modelled: {service: {exponential: {mean: 600 ms}}, miss_rate: 0.2}}
review: {time: 2 s, buffer: 50, miss_rate: 0.1}
"""
FILES = ("sweep.csv", "runs.csv", "sweep.json", "study.yaml", "sweep-state.json")
CAMERAS = {"line.camera.units": [1, 2], "line.camera.deadline": ["500 ms", "1 s"]}


def line_in(folder: Path, text: str = LINE) -> Path:
    """Write the line into a folder and return its file."""
    path = folder / "line.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def study_in(folder: Path, text: str = LINE, **asked: object) -> Study:
    """Return a study of the line: two cameras by two deadlines, three replications, unless said otherwise."""
    return read_study(line_in(folder, text), Asked(**{"over": CAMERAS, "replications": 3, **asked}))


def swept(study: Study, folder: Path, how: How = How(), jobs: int = 1) -> Sweep:  # noqa: B008 - frozen
    """Sweep a study into a folder."""
    with Processes(jobs) as workers:
        return sweep(study, folder, workers, how)[0]


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a sweep."""
    return {name: (folder / name).read_bytes() for name in FILES}
