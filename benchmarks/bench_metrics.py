"""What serving metrics does to what is measured: the median call while they are scraped, against without.

    python benchmarks/bench_metrics.py [CALLS] [ROUNDS]

One camera on the coupled clock asks a server that sleeps 20 ms, in a process of its own. Runs with metrics,
scraped once a second by another process, and runs without take turns. Also told: the parts a second of a
modelled line with and without the counting, and what a page takes.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_coupled import latencies, ms, quantile, scenario
from bench_line import scenario as modelled_line
from prometheus_client import generate_latest

from line_sim.layout import layout_of
from line_sim.line.line import Line
from line_sim.live.state import LiveState
from line_sim.metrics.serving import registry_of, serving
from line_sim.recording.reader import read_run
from line_sim.recording.writer import RunFolder
from line_sim.simulation import simulate

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]
from sleeping_server import sleeping_server  # noqa: E402 - the tests' server lies beside their stories

SCRAPER = """
import sys, time, urllib.request
while True:
    urllib.request.urlopen(sys.argv[1], timeout=20).read()
    time.sleep(1)
"""


def calls_of(target: str, calls: int, *, metered: bool) -> list[float]:
    """Run the line, with metrics that are scraped or without; return what each call took."""
    chosen = scenario(target, 1, calls)
    with tempfile.TemporaryDirectory() as folder:
        if not metered:
            return latencies(read_run(simulate(chosen, Path(folder) / "run").folder))
        state = LiveState(layout_of(chosen))
        with serving(state, 0, "127.0.0.1") as port:
            command = [sys.executable, "-c", SCRAPER, f"http://127.0.0.1:{port}/metrics"]
            scraper = subprocess.Popen(command)
            result = simulate(chosen, Path(folder) / "run", observers=(state,))
            assert scraper.poll() is None, "it has scraped to the end"
            scraper.kill()
            scraper.wait()
        return latencies(read_run(result.folder))


def modelled(parts: int, *, counted: bool) -> float:
    """Return the parts a second of a modelled line."""
    chosen = modelled_line(parts)
    state = LiveState(layout_of(chosen)) if counted else None
    with tempfile.TemporaryDirectory() as folder, RunFolder(Path(folder) / "run", time.monotonic) as recorder:
        began = time.perf_counter()
        Line(chosen, {}, recorder, *([state] if state else [])).run()
        return parts / (time.perf_counter() - began)


def page_time(target: str) -> float:
    """Return the median of the seconds that making a page takes."""
    registry = registry_of(LiveState(layout_of(scenario(target, 1, 1))))
    taken = []
    for _ in range(300):
        began = time.perf_counter()
        generate_latest(registry)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    """Run both in turn and print medians and ratios."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    off: list[float] = []
    on: list[float] = []
    with sleeping_server(0.02) as server:
        for _ in range(rounds):
            off += calls_of(server.target, calls, metered=False)
            on += calls_of(server.target, calls, metered=True)
        print(f"a page: {ms(page_time(server.target))}")
    for name, taken in (("off", off), ("on", on)):
        print(f"metrics {name:>3}: median {ms(statistics.median(taken))}  p99 {ms(quantile(taken, 0.99))}")
    print(
        f"ratio of the medians: {statistics.median(on) / statistics.median(off):.4f}  ({len(on)} calls each)"
    )
    pairs = [(modelled(10_000, counted=True), modelled(10_000, counted=False)) for _ in range(rounds)]
    print(f"modelled line, counted / not: {statistics.median(a / b for a, b in pairs):.2f}")


if __name__ == "__main__":
    main()
