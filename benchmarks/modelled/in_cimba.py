"""The line in cimba 0.9.6, a C engine whose processes numba compiles; in a venv of its own (`peers.py`).

    VENV/bin/python benchmarks/modelled/in_cimba.py nothing|records|files PARTS    what a run takes, as JSON
    VENV/bin/python benchmarks/modelled/in_cimba.py ... PARTS --once FOLDER        once, as a program would
    VENV/bin/python benchmarks/modelled/in_cimba.py compare PARTS SEED...          its figures, run by run

`nothing` keeps the moment of the last departure. `records` keeps what line-sim's records hold of this line:
when each part came in at each station, when its machine began and ended and when it left. cimba has no rows,
so each is a Dataset of float seconds that is captured, 9 of them (a part leaves one station when it comes in
at the next). `files` writes `visits.csv` and `items.csv` of them with pandas, the way of somebody who has
them in arrays; cimba writes no file itself.

What differs from line-sim: time is a float of seconds, not whole nanoseconds; every machine draws from the
one stream of the trial (cimba's fastest way), so that a change of the line changes all of it; nothing is
audited. What is the same: places, blocking after service (`put` comes back when the part has found its
place), one machine each. Compiled code is not kept on the disk: each process compiles, about half a second
for `nothing` (told apart, like line-sim's start).
"""

import json
import sys
from pathlib import Path

import cimba as cb
import numpy as np
import pandas as pd
from cimba import random
from measuring import tell

PLACES = 4


class Machine(cb.Model):
    """A machine between the waiting places in front of it and those behind it."""

    before: cb.Ref[cb.Store[int]]
    after: cb.Ref[cb.Store[int]]

    @cb.process
    def work(self) -> None:
        """Work on one part after the other; each leaves when there is a place for it."""
        while True:
            part = self.before.get()
            cb.hold(random.exponential(1.0))
            self.after.put(part)


class LastMachine(cb.Model):
    """The machine at the end; its parts leave at once."""

    before: cb.Ref[cb.Store[int]]
    ended: cb.Output[float]

    @cb.process
    def work(self) -> None:
        """Work on one part after the other."""
        while True:
            self.before.get()
            cb.hold(random.exponential(1.0))
            self.ended = cb.now()


class Line(cb.Model):
    """The line; it keeps nothing but when its last part left."""

    parts: cb.Param[int] = 1
    a: cb.Store[int] = cb.Store(capacity=PLACES)
    b: cb.Store[int] = cb.Store(capacity=PLACES)
    c: cb.Store[int] = cb.Store(capacity=PLACES)
    first: Machine
    second: Machine
    third: LastMachine

    def __init__(self, parts: int) -> None:
        self.parts = parts
        self.first, self.second, self.third = Machine(), Machine(), LastMachine()
        self.first.before, self.first.after = self.a, self.b
        self.second.before, self.second.after = self.b, self.c
        self.third.before = self.c

    @cb.process
    def source(self) -> None:
        """Bring part after part, as soon as there is a place."""
        for part in range(self.parts):
            self.a.put(part)


class ToldMachine(cb.Model):
    """A machine that keeps when it began, when it ended, and when the part left it."""

    before: cb.Ref[cb.Store[int]]
    after: cb.Ref[cb.Store[int]]
    started: cb.Dataset = cb.Dataset()
    finished: cb.Dataset = cb.Dataset()
    left: cb.Dataset = cb.Dataset()

    @cb.process
    def work(self) -> None:
        """Work on one part after the other and keep the times."""
        while True:
            part = self.before.get()
            self.started.record(cb.now())
            cb.hold(random.exponential(1.0))
            self.finished.record(cb.now())
            self.after.put(part)
            self.left.record(cb.now())


class ToldLastMachine(cb.Model):
    """The machine at the end; its part leaves when it is finished."""

    before: cb.Ref[cb.Store[int]]
    started: cb.Dataset = cb.Dataset()
    finished: cb.Dataset = cb.Dataset()
    ended: cb.Output[float]

    @cb.process
    def work(self) -> None:
        """Work on one part after the other and keep the times."""
        while True:
            self.before.get()
            self.started.record(cb.now())
            cb.hold(random.exponential(1.0))
            self.finished.record(cb.now())
            self.ended = cb.now()


class ToldLine(cb.Model):
    """The line with all its times kept."""

    parts: cb.Param[int] = 1
    a: cb.Store[int] = cb.Store(capacity=PLACES)
    b: cb.Store[int] = cb.Store(capacity=PLACES)
    c: cb.Store[int] = cb.Store(capacity=PLACES)
    came: cb.Dataset = cb.Dataset()
    first: ToldMachine
    second: ToldMachine
    third: ToldLastMachine

    def __init__(self, parts: int) -> None:
        self.parts = parts
        self.first, self.second, self.third = ToldMachine(), ToldMachine(), ToldLastMachine()
        self.first.before, self.first.after = self.a, self.b
        self.second.before, self.second.after = self.b, self.c
        self.third.before = self.c
        told = [self.came, self.third.started, self.third.finished]
        for machine in (self.first, self.second):
            told += [machine.started, machine.finished, machine.left]
        for dataset in told:
            dataset.capture()

    @cb.process
    def source(self) -> None:
        """Bring part after part, as soon as there is a place, and keep when."""
        for part in range(self.parts):
            self.a.put(part)
            self.came.record(cb.now())


def nothing(parts: int, seed: int = 1) -> float:
    """Run the line; return when its last part left."""
    line = Line(parts)
    return float(_run(line, seed)[line.third].ended[0, 0])


def records(parts: int, seed: int = 1) -> dict[str, tuple[np.ndarray, ...]]:
    """Run the line; return of each station when each part was queued, started, finished and left."""
    line = ToldLine(parts)
    results = _run(line, seed)

    def values(model: cb.Model, name: str) -> np.ndarray:
        return getattr(results[model], name).trial(0, 0)[1]

    came = values(line, "came")
    found = {}
    for name, machine in (("a", line.first), ("b", line.second)):
        left = values(machine, "left")
        found[name] = came, values(machine, "started"), values(machine, "finished"), left
        came = left
    finished = values(line.third, "finished")
    found["c"] = came, values(line.third, "started"), finished, finished
    return found


def files(parts: int, folder: Path, seed: int = 1) -> None:
    """Run the line; write visits.csv and items.csv with what line-sim's hold of this line.

    Columns that never change here (the unit, the true state) are left out: that is in cimba's favour.
    """
    found = records(parts, seed)
    item = np.arange(1, parts + 1)
    names = ("queued_at", "started_at", "finished_at", "left_at")
    visits = pd.concat(
        pd.DataFrame({"item_id": item, "station": station} | dict(zip(names, times, strict=True)))
        for station, times in found.items()
    )
    visits.to_csv(folder / "visits.csv", index=False, float_format="%.9f")
    items = pd.DataFrame({"item_id": item, "arrived_at": found["a"][0], "left_at": found["c"][3]})
    items.to_csv(folder / "items.csv", index=False, float_format="%.9f")


def _run(line: cb.Model, seed: int) -> cb.Results:
    results = cb.Experiment(line, seed=seed).run(workers=1)
    if results.failed.any():
        raise RuntimeError(str(results.failure_reasons))
    return results


def figures(parts: int, seed: int) -> dict[str, float]:
    """Return what `same_line.py` compares: throughput, and the mean wait and blocking at each station."""
    found = records(parts, seed)
    told = {"throughput": parts / float(found["c"][3][-1])}
    for station, (queued, started, finished, left) in found.items():
        told[f"{station} waited"] = float(np.mean(started - queued))
        told[f"{station} blocked"] = float(np.mean(left - finished))
    return told


def main() -> None:
    """Do as the command line says."""
    what, parts, *more = sys.argv[1], int(sys.argv[2]), *sys.argv[3:]
    kinds = {
        "nothing": lambda parts, _: nothing(parts),
        "records": lambda parts, _: records(parts),
        "files": files,
    }
    if what == "compare":
        json.dump([figures(parts, int(seed)) for seed in more], sys.stdout)
    elif more:
        kinds[what](parts, Path(more[1]))
    else:
        tell(kinds[what], parts)


if __name__ == "__main__":
    main()
