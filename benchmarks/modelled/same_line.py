"""Whether the lines that are measured are the same line: their figures side by side, and theory's.

    python benchmarks/modelled/same_line.py [--parts 20000] [--runs 30]

Of each peer and engine so many runs from other seeds: the throughput (parts by the moment when the last one
left), and where records are kept the mean time that a part waits in front of each station and that a machine
is blocked behind it. Told are the means with their 95 % intervals (Student), and how far each lies from
line-sim on SimPy in standard errors of the difference: beyond 3.5, in less than one of a hundred such tables
of right lines. line-sim's own engines have the same chance: there, anything but 0.0 is a mistake. The exact
throughput is that of the long run; a run begins and ends with an empty line, which costs it some seconds.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from math import sqrt
from pathlib import Path
from statistics import fmean, variance

import by_hand
import peers
from measuring import NOT_THERE

from line_sim.special import students_t
from line_sim.study.theory.network import Network, tandem

HERE = Path(__file__).parent
Runs = list[dict[str, float]]


def in_simpy(line: Callable[[int, int], float], parts: int, seeds: list[str]) -> Runs:
    """Return the throughput of runs by hand."""
    return [{"throughput": parts / line(parts, int(seed))} for seed in seeds]


def asked(python: str | Path, program: str, *arguments: str) -> Runs | None:
    """Have a program tell its runs' figures; None where what it is to run is not there."""
    command = [str(python), str(HERE / program), "compare", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == NOT_THERE:
        return None
    done.check_returncode()
    found: Runs = json.loads(done.stdout)
    return found


def told(mine: list[float], reference: list[float] | None) -> str:
    """Return a mean with its interval, and how far it is from the reference."""
    error = sqrt(variance(mine) / len(mine))
    text = f"{fmean(mine):9.4f} +- {students_t.quantile(len(mine) - 1, 0.975) * error:.4f}"
    if reference is None:
        return text
    apart = sqrt(error**2 + variance(reference) / len(reference))
    return f"{text}  {(fmean(mine) - fmean(reference)) / apart if apart else 0.0:+5.1f}"


def main() -> None:
    """Run all of them and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=30)
    chosen = parser.parse_args()
    parts, seeds = chosen.parts, [str(1 + number) for number in range(chosen.runs)]
    python = peers.cimba()
    runs = {
        "line-sim, simpy": asked(sys.executable, "ours.py", "simpy", str(parts), *seeds),
        "line-sim, compiled": asked(sys.executable, "ours.py", "compiled", str(parts), *seeds),
        "SimPy by hand": in_simpy(by_hand.stores, parts, seeds),
        "SimPy by hand, the leanest": in_simpy(by_hand.leanest, parts, seeds),
        "cimba": asked(python, "in_cimba.py", str(parts), *seeds) if python else None,
    }
    reference = runs["line-sim, simpy"] or []
    print(f"{chosen.runs} runs of {parts:,} parts; exact throughput in the long run: ", end="")
    print(f"{Network(tandem([1, 1, 1], [0, by_hand.PLACES, by_hand.PLACES])).pace(0):.4f}")
    for figure in reference[0]:
        print(f"\n{figure}")
        ours = [run[figure] for run in reference]
        for name, found in runs.items():
            if found is None:
                print(f"  {name:<28} not there")
            elif figure in found[0]:
                mine = [run[figure] for run in found]
                print(f"  {name:<28} {told(mine, None if found is reference else ours)}")


if __name__ == "__main__":
    main()
