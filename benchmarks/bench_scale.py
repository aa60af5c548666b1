"""Seconds and memory of a whole `line-sim run` of a modelled 3-station line, by its number of parts.

    python benchmarks/bench_scale.py [PARTS ...]

The line: saturated, exponential times of mean 1 s, buffers of 4. All files are written, read back, audited
and summarised, each run in a process of its own. Linear time is a constant number of parts a second.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LINE = """
version: 1
name: benchmark
run: {{items: {parts}}}
arrivals: {{saturated: true}}
line:
  - {{station: a, cycle: {{exponential: {{mean: 1}}}}, buffer: 4}}
  - {{station: b, cycle: {{exponential: {{mean: 1}}}}, buffer: 4}}
  - {{station: c, cycle: {{exponential: {{mean: 1}}}}, buffer: 4}}
"""


def run(parts: int) -> tuple[float, float]:
    """Run the line; return the seconds that it took and the most memory of any run so far, in MB."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "line.yaml"
        scenario.write_text(LINE.format(parts=parts))
        command = [sys.executable, "-m", "line_sim.cli", "run", str(scenario), "--quiet"]
        began = time.perf_counter()
        subprocess.run([*command, "--out", str(Path(folder) / "run")], check=True)
        seconds = time.perf_counter() - began
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Measure from the smallest run to the largest, so that each one's memory is the most so far."""
    sizes = sorted(int(size) for size in sys.argv[1:]) or [30_000, 100_000]
    print(f"{'parts':>10}  {'s':>8}  {'parts/s':>8}  {'MB':>6}")
    for parts in sizes:
        seconds, megabytes = run(parts)
        print(f"{parts:>10,}  {seconds:>8.1f}  {parts / seconds:>8,.0f}  {megabytes:>6.0f}", flush=True)


if __name__ == "__main__":
    main()
