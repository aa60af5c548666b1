"""Seconds and memory of a whole `line-sim run` of large runs, to see whether both are as they should be.

    python benchmarks/modelled/large.py [--engine simpy|compiled|auto] [MILLIONS ...]      default: 1 2 5 10

The line of `the_line.py`; all files are written, audited and summed up, the page is made. Linear time is a
constant number of microseconds a part; flat memory a constant number of MB. The memory is the most that the
command and all its children held at one moment, as the system counts it (resident, what they share twice),
looked at every 50 ms. Disk: some 800 MB a million parts while it runs, where temporary files lie.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from commands import on_engine
from measuring import NotThereError, whole_command
from the_line import scenario_text


def main() -> None:
    """Measure each size and print it as soon as it is known."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("millions", nargs="*", type=float, default=[1, 2, 5, 10])
    parser.add_argument("--engine", default="auto", choices=["simpy", "compiled", "auto"])
    chosen = parser.parse_args()
    try:
        on_engine(["run"], chosen.engine)
    except NotThereError as error:
        sys.exit(f"{error}; --engine simpy measures what is there")
    print(
        f"{'parts':>12} {'wall s':>8} {'us a part':>10} {'processor s':>12} {'us a part':>10} {'peak MB':>8}"
    )
    for millions in chosen.millions:
        parts = round(millions * 1e6)
        with tempfile.TemporaryDirectory() as folder:
            scenario = Path(folder) / "line.yaml"
            scenario.write_text(scenario_text(parts), encoding="utf-8")
            run = ["run", scenario, "--out", Path(folder) / "run", "--quiet"]
            spent = whole_command(on_engine(run, chosen.engine))
        wall, processor = (1e6 * seconds / parts for seconds in (spent.wall, spent.processor))
        print(
            f"{parts:>12,} {spent.wall:>8.1f} {wall:>10.2f} {spent.processor:>12.1f} {processor:>10.2f}"
            f" {spent.peak / 1e6:>8.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
