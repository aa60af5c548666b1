"""A second look at some runs of a study: made again on SimPy, they must be the same to the last field.

Which runs are looked at says their seed, and which of the study's lines it is: the same for any number of
workers, and whoever goes on with the study. Where a run is another there the study ends: one of the two
engines is wrong, and nobody knows yet how many of the runs it made are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from line_sim.errors import EngineError, RunFileError
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import INTERRUPTED
from line_sim.recording.whole import write_whole
from line_sim.scenario import Scenario
from line_sim.scenario.dump import dump
from line_sim.simulation import RunResult
from line_sim.study.running.differing import difference
from line_sim.study.running.engines import SIMPY, Ran, on_simpy
from line_sim.study.running.prepared import Prepared

ONE_IN = 1_000
"""So many runs have one among them that is looked at, beside the first of a study."""

DIFFERS = "differs.yaml"


def is_one_of(seed: int, which: int, one_in: int = ONE_IN, what: str = "second look") -> bool:
    """Whether a run is one of those picked by chance; `which` is the number of its line in the study.

    The first 64 bits, little-endian, of the BLAKE2b hash of `seed 0x1F what 0x1F which` say it: lines of a
    study share their seeds, and are not all to be picked at once.
    """
    name = f"{seed}\x1f{what}\x1f{which}".encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "little") % one_in == 0


def look_again(scenario: Scenario, ran: Ran, interrupt: Interrupt | None = None) -> bool:
    """Make a run again on SimPy; False where a stop was wished before it was. Raises EngineError.

    A run that SimPy has made is the same, and one that was broken off is no run.
    """
    if ran.engine == SIMPY:
        return True
    again = Prepared(scenario, on_simpy).run(scenario.seed, interrupt)
    if INTERRUPTED in {ran.ending.how, again.ending.how}:
        return False
    found = _difference(ran, again)
    if found:
        error = EngineError(
            f"{scenario.name}, seed {scenario.seed}: the run of the engine '{ran.engine}' is not that of"
            f" '{SIMPY}': {found}; this is a mistake of line-sim's, please report it"
        )
        error.scenario = dump(scenario)
        raise error
    return True


def look_at_files(scenario: Scenario, result: RunResult, interrupt: Interrupt | None = None) -> bool:
    """Make a run that has left its files again on SimPy, as `look_again`."""
    if result.ending is None:
        return True
    return look_again(scenario, Ran(result.tables, result.ending, result.engine), interrupt)


def _difference(ran: Ran, again: Ran) -> str:
    """Say the first thing in which two runs differ; nothing where they do not."""
    if ran.ending != again.ending:
        one, other = (
            f"{each.how} at {each.at} ns {each.reason}".rstrip() for each in (ran.ending, again.ending)
        )
        return f"it ended: {one}, and there: {other}"
    return difference(ran.rows, again.rows)


@contextmanager
def left_where_engines_differ(folder: Path) -> Iterator[None]:
    """Leave the scenario of a run that two engines make differently in a study's folder, and name it."""
    try:
        yield
    except EngineError as error:
        if not error.scenario:
            raise
        path = folder / DIFFERS
        try:
            write_whole(path, error.scenario)
        except RunFileError as unwritable:
            raise EngineError(f"{error} (its scenario could not be kept: {unwritable})") from error
        raise EngineError(f"{error} with {path}, which 'line-sim run {path}' makes again") from error
