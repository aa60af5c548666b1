"""What a lean run of 1,000 parts takes beside the line itself, in milliseconds of processor, stage by stage.

    python benchmarks/bench_lean.py [--parts 1000] [--times 30]

A plain line of three stations, and the default line with its camera modelled and people who look again. Each
stage is the least of so many times; `whole` is a run as sweeps and plans make it, `summary` the same run with
its whole summary instead of the asked figures.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]

from line_sim.analysis.audit.audit import audit_columns  # noqa: E402
from line_sim.figures.names import names_of  # noqa: E402
from line_sim.recording.reader import RunRecords, tables_of  # noqa: E402
from line_sim.scenario import Scenario, load, loads  # noqa: E402
from line_sim.study.lean import asked_of, figures_in, summary_of  # noqa: E402
from line_sim.study.running.prepared import Prepared, prepared  # noqa: E402

PLAIN = """
version: 1
name: Three stations
seed: 1
run: {items: 1000, warm_up: 60 s}
arrivals: {every: {exponential: {mean: 1 s}}}
line:
  - {station: a, cycle: {lognormal: {mean: 700 ms, cv: 0.5}}, buffer: 20}
  - {station: b, cycle: {lognormal: {mean: 700 ms, cv: 0.5}}, buffer: 20}
  - {station: c, cycle: {lognormal: {mean: 700 ms, cv: 0.5}}, buffer: 20}
"""
MODELLED = "line.camera.gateway={modelled: {service: {lognormal: {mean: 30 ms, cv: 0.3}}}}"


def least(work: Callable[[], object], times: int) -> float:
    """Return the least processor time of so many, in ms."""
    took = []
    for _ in range(times):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return 1e3 * min(took)


def stages(scenario: Scenario, wanted: list[str], times: int) -> dict[str, float]:
    """Return what each stage takes."""
    line, seed = prepared(scenario), scenario.seed
    ran = line.run(seed)
    assert isinstance(ran.rows, RunRecords), "the stages are those of a run on SimPy"
    rows, tables = ran.rows, tables_of(ran.rows)
    window = line.asked(line.columns(ran)).window

    def asked(names: list[str]) -> object:
        run = line.asked(line.columns(ran._replace(rows=tables)))
        return run.figures(names), run.counts(names), run.outages

    columns = line.columns(ran._replace(rows=tables))
    few = max(1, times // 10)
    return {
        "line made ready (once)": least(lambda: Prepared(scenario), times),
        "line found ready": least(lambda: prepared(scenario), times),
        "the run": least(lambda: line.run(seed), few),
        "records to columns": least(lambda: tables_of(rows), times),
        "the asked figures": least(lambda: asked(wanted), times),
        "all figures": least(lambda: asked(list(names_of(line.layout))), times),
        "audit": least(lambda: audit_columns(columns, line.layout, window, ran.ending.how), times),
        "whole": least(lambda: asked_of(scenario, wanted), few),
        "summary": least(lambda: figures_in(summary_of(scenario)), few),
    }


def main() -> None:
    """Print a table of both lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", type=int, default=1000)
    parser.add_argument("--times", type=int, default=30)
    asked = parser.parse_args()
    parts = [f"run.items={asked.parts}", "run.duration=null"]
    flanges = load(ROOT / "scenarios/default.yaml", [MODELLED, "run.clock=null", *parts])
    plain = stages(loads(PLAIN, overrides=parts), ["uph", "flow_time", "b.busy"], asked.times)
    default = stages(flanges, ["uph", "escape_rate", "camera.response.p99"], asked.times)
    print(f"{asked.parts} parts, ms of processor {'three stations':>14} {'default line':>14}")
    for name, took in plain.items():
        print(f"{name:32} {took:14.3f} {default[name]:14.3f}")


if __name__ == "__main__":
    main()
