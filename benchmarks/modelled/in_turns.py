"""A modelled line in line-sim, against the same line by hand in SimPy and in cimba, in turns.

    python benchmarks/modelled/in_turns.py                                     60,000 parts, five minutes
    python benchmarks/modelled/in_turns.py --parts 2000000 --rounds 3 --only command --only program

The line is in `the_line.py`, each peer's way in `by_hand.py` and `in_cimba.py`. Each number is taken in a
fresh process that has run the line once with 2,000 parts before, so that whatever is compiled is compiled:
starts are a table of their own, cold (nothing has been compiled and kept yet) and warm. The command
`line-sim run` and cimba's program are told whole, start-up and all; the command also without its start.

Told are the medians of the rounds; of the ratios, with the least and the largest: how many times as many
parts as SimPy by hand, of processor time (the system's part in it) and by the clock. On a machine that others
have a share of, the clock says more of the others.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median as middle

import peers
from commands import on_engine
from measuring import NotThereError, Spent, in_process, median, whole_command
from the_line import scenario_text

HERE = Path(__file__).parent
PYTHON = Path(sys.executable)
ENGINES = "simpy", "compiled"
BY_HAND = "SimPy by hand"
Measure = Callable[[int], Spent]


def by_hand(kind: str, parts: int) -> Spent:
    """Measure the line by hand."""
    return in_process(PYTHON, HERE / "by_hand.py", kind, str(parts))


def cimba(kind: str, parts: int) -> Spent:
    """Measure the line in cimba."""
    return in_process(_cimba(), HERE / "in_cimba.py", kind, str(parts))


def cimba_program(kind: str, parts: int) -> Spent:
    """Measure a program that runs the line in cimba once, start-up and compiling and all."""
    with tempfile.TemporaryDirectory() as folder:
        return whole_command([_cimba(), HERE / "in_cimba.py", kind, str(parts), "--once", folder])


def ours(kind: str, engine: str, parts: int) -> Spent:
    """Measure the line in line-sim."""
    return in_process(PYTHON, HERE / "ours.py", kind, engine, str(parts))


def command(engine: str, parts: int, surroundings: dict[str, str] | None = None) -> Spent:
    """Measure the command `line-sim run`, whole."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "line.yaml"
        scenario.write_text(scenario_text(parts), encoding="utf-8")
        run = ["run", scenario, "--out", Path(folder) / "run", "--quiet"]
        return whole_command(on_engine(run, engine), surroundings)


def cold_command(engine: str, parts: int) -> Spent:
    """Measure it where nothing that was compiled has been kept."""
    with tempfile.TemporaryDirectory() as cache:
        return command(engine, parts, {"XDG_CACHE_HOME": cache})


def _cimba() -> Path:
    python = peers.cimba()
    if python is None:
        raise NotThereError(f"{peers.CIMBA} cannot be installed here")
    return python


def measures() -> dict[str, Measure]:
    """Return what is measured, by its name."""
    found: dict[str, Measure] = {
        BY_HAND: partial(by_hand, "stores"),
        f"{BY_HAND}, the leanest": partial(by_hand, "leanest"),
        "cimba, nothing recorded": partial(cimba, "nothing"),
        "cimba, the same times recorded": partial(cimba, "records"),
        "cimba, the same times in files": partial(cimba, "files"),
        "cimba, a program with files": partial(cimba_program, "files"),
    }
    for engine in ENGINES:
        found |= {
            f"{engine}: records made": partial(ours, "made", engine),
            f"{engine}: records in memory": partial(ours, "kept", engine),
            f"{engine}: records in files": partial(ours, "files", engine),
            f"{engine}: simulate()": partial(ours, "simulate", engine),
            f"{engine}: the command": partial(command, engine),
        }
    return found


def starts() -> dict[str, Measure]:
    """Return the starts that are measured, with one part."""
    found: dict[str, Measure] = {"cimba, a program": partial(cimba_program, "nothing")}
    for engine in ENGINES:
        found[f"{engine}: the command"] = partial(command, engine)
    return found | {"compiled: the command, cold": partial(cold_command, "compiled")}


def taken(
    chosen: dict[str, Measure], parts: int, rounds: int
) -> tuple[dict[str, list[Spent]], dict[str, str]]:
    """Measure in turns; return what each took, round by round, and why some of it could not be measured."""
    found: dict[str, list[Spent]] = {name: [] for name in chosen}
    missing: dict[str, str] = {}
    for _ in range(rounds):
        for name, measure in chosen.items():
            if name in missing:
                continue
            try:
                found[name].append(measure(parts))
            except NotThereError as error:
                missing[name] = str(error)
    return found, missing


def spread(numbers: list[float]) -> str:
    """Return the median, and the least and the largest."""
    return f"{middle(numbers):6.2f} ({min(numbers):.2f} to {max(numbers):.2f})"


def table(found: dict[str, list[Spent]], missing: dict[str, str], one: list[Spent] | None) -> None:
    """Print what was found; `one` is what the ratios are of, round by round."""
    print(f"{'':<34} {'processor s':>11} {'wall s':>8}  {'x, processor time':<25} x, by the clock")
    for name, spent in found.items():
        if name in missing:
            print(f"{name:<34} {missing[name]}")
            continue
        told = median(spent)
        line = f"{name:<34} {told.processor:>11.3f} {told.wall:>8.3f}"
        if one:
            pairs = list(zip(one, spent, strict=True))
            processor = spread([base.processor / each.processor for base, each in pairs])
            line += f"  {processor:<25} {spread([base.wall / each.wall for base, each in pairs])}"
        print(line)


def without_starts(found: dict[str, list[Spent]], begun: dict[str, list[Spent]]) -> dict[str, list[Spent]]:
    """Return what the commands took beyond their start, which is the median of a run with one part."""
    told = {}
    for engine in ENGINES:
        name = f"{engine}: the command"
        if found.get(name) and begun.get(name):
            start = median(begun[name])
            told[f"{name}, less its start"] = [
                Spent(one.processor - start.processor, one.wall - start.wall) for one in found[name]
            ]
    return told


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", metavar="TEXT", help="only what has it in its name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="leave every single number there, too")
    chosen = parser.parse_args()
    some = {
        name: measure
        for name, measure in measures().items()
        if name == BY_HAND or not chosen.only or any(text in name for text in chosen.only)
    }
    begun, unbegun = taken(starts(), 1, chosen.rounds)
    print(f"starts: one part, a process of its own, medians of {chosen.rounds}")
    table(begun, unbegun, None)
    found, missing = taken(some, chosen.parts, chosen.rounds)
    found |= without_starts(found, begun)
    print(f"\n{chosen.parts:,} parts, medians of {chosen.rounds} rounds in turns; x: {BY_HAND} = 1")
    table(found, missing, found[BY_HAND])
    if chosen.json:
        raw = {name: [asdict(one) for one in spent] for name, spent in found.items()}
        chosen.json.write_text(json.dumps({"parts": chosen.parts, "taken": raw}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
