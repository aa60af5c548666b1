"""What the live screen does to what is measured: the median call with it on, against with it off.

    python benchmarks/bench_live.py [CALLS] [ROUNDS]

One camera on the coupled clock asks a server that sleeps 20 ms, in a process of its own. Runs with and
without a screen take turns; the screen is the real drawing process, on a pseudo-terminal. Also told: the
parts a second of a modelled line with and without the counting that frames are made from.
"""

import os
import pty
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from bench_coupled import latencies, ms, quantile, scenario
from bench_line import scenario as modelled_line

from line_sim.dashboard.feeding import Feeder
from line_sim.dashboard.framing import frame_of
from line_sim.layout import layout_of
from line_sim.line.line import Line
from line_sim.live.state import LiveState
from line_sim.recording.reader import read_run
from line_sim.recording.writer import RunFolder
from line_sim.simulation import simulate

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]
from sleeping_server import sleeping_server  # noqa: E402 - the tests' server lies beside their stories

SCREEN = (
    "/bin/sh",
    "-c",
    "COLUMNS=160 LINES=50 TERM=xterm-256color exec {python} -m line_sim.dashboard > {terminal}",
)


def calls_of(target: str, calls: int, terminal: str | None) -> list[float]:
    """Run the line, with a screen on a terminal or without; return what each call took."""
    chosen = scenario(target, 1, calls)
    with tempfile.TemporaryDirectory() as folder:
        if terminal is None:
            return latencies(read_run(simulate(chosen, Path(folder) / "run").folder))
        state = LiveState(layout_of(chosen))
        command = tuple(part.format(python=sys.executable, terminal=terminal) for part in SCREEN)
        feeder = Feeder(lambda: frame_of(state) if state.begun else None, command)
        feeder.start()
        result = simulate(chosen, Path(folder) / "run", observers=(state,))
        feeder.close()
        assert not feeder.failed
        return latencies(read_run(result.folder))


def drained_terminal() -> str:
    """Open a pseudo-terminal that somebody reads; return its name."""
    ours, theirs = pty.openpty()
    threading.Thread(
        target=lambda: [None for _ in iter(lambda: os.read(ours, 1 << 16), b"")], daemon=True
    ).start()
    return os.ttyname(theirs)


def modelled(parts: int, *, counted: bool) -> float:
    """Return the parts a second of a modelled line."""
    chosen = modelled_line(parts)
    state = LiveState(layout_of(chosen)) if counted else None
    with tempfile.TemporaryDirectory() as folder, RunFolder(Path(folder) / "run", time.monotonic) as recorder:
        began = time.perf_counter()
        Line(chosen, {}, recorder, *([state] if state else [])).run()
        return parts / (time.perf_counter() - began)


def main() -> None:
    """Run both in turn and print medians and ratios."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    terminal = drained_terminal()
    off: list[float] = []
    on: list[float] = []
    with sleeping_server(0.02) as server:
        for _ in range(rounds):
            off += calls_of(server.target, calls, None)
            on += calls_of(server.target, calls, terminal)
    for name, taken in (("off", off), ("on", on)):
        print(f"screen {name:>3}: median {ms(statistics.median(taken))}  p99 {ms(quantile(taken, 0.99))}")
    print(
        f"ratio of the medians: {statistics.median(on) / statistics.median(off):.4f}  ({len(on)} calls each)"
    )
    pairs = [(modelled(10_000, counted=True), modelled(10_000, counted=False)) for _ in range(rounds)]
    print(f"modelled line, counted / not: {statistics.median(a / b for a, b in pairs):.2f}")


if __name__ == "__main__":
    main()
