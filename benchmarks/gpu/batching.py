"""Whether line-sim's modelled server with `batching` does what the measured ones did that put calls together.

    python benchmarks/gpu/batching.py [FOLDER]

builds the model of each such server from what was measured: what a batch of 1, 2, 4 and 8 took from its
start to its answers, and as overhead all of a lone call that was neither that nor waiting. Lines of so many
cameras that always have a part ask it; the table tells how far their pace is off that of as many clients.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from summarise import Row, grouped, pace, served

from line_sim.scenario import loads
from line_sim.study.lean import figures_in, summary_of

SIZES = (1, 2, 4, 8)
"""Sizes whose times are given; fp32 needs longer for 3 than for 4, which `service` does not allow."""

CLIENTS = (1, 2, 4, 6, 8, 12, 16)
PARTS = 3_000
MOST_VALUES = 200
PAUSE = {"exponential": {"mean": "20 us"}}
"""A client's own time before a call; were it the same for all, they would call as one."""


def beside(lone: Sequence[Row]) -> float:
    """Return what of a lone call is neither waiting nor its batch, in microseconds."""
    return fmean(float(row["latency_us"]) - float(row["wait_us"]) - float(row["work_us"]) for row in lone)


def times(rows: Sequence[Row], size: int) -> dict[str, Any]:
    """Return what batches of a size took, evenly over their order."""
    took = sorted(float(row["work_us"]) for row in rows if int(row["batch"]) == size)
    some = took[:: max(1, len(took) // MOST_VALUES)]
    return {"values": {"of": [f"{one / 1000:.3f} ms" for one in some]}}


def modelled_pace(clients: int, service: dict[int, Any], more: float, wait_us: int) -> float:
    """Return the answers a second that so many cameras get which always have a part."""
    batching = {"max": max(SIZES), "wait": f"{wait_us} us"}
    model = {"service": service, "batching": batching, "overhead": f"{more / 1000:.3f} ms"}
    line = {
        "version": 1,
        "name": "So many cameras",
        "review": {"units": 1, "time": "1 ms"},
        "run": {"items": PARTS},
        "arrivals": {"saturated": True},
        "line": [
            {
                "inspection": "camera",
                "units": clients,
                "buffer": clients,
                "acquisition": PAUSE,
                "gateway": {"modelled": model},
            }
        ],
    }
    uph = figures_in(summary_of(loads(json.dumps(line))))["uph"]
    assert uph is not None  # a saturated line makes something
    return uph / 3600


def _error(
    rows: Sequence[Row] | None, clients: int, service: dict[int, Any], more: float, wait_us: int
) -> str:
    if rows is None:
        return ""
    measured = pace(rows, "client", "issued_us", "latency_us")
    return f"{modelled_pace(clients, service, more, wait_us) / measured - 1:+.0%}"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent / "data")
    calls = [row for row in served(parser.parse_args().folder) if row["max_batch"] == str(max(SIZES))]
    print(f"| server; clients: | {' | '.join(map(str, CLIENTS))} |")
    print(f"|---|{'---|' * len(CLIENTS)}")
    for (precision,), of_precision in grouped(calls, "precision").items():
        for (wait,), rows in grouped(of_precision, "max_wait_us").items():
            loops = grouped([row for row in rows if row["kind"] == "closed"], "level")
            more = beside(loops["1",])
            service = {size: times(of_precision, size) for size in SIZES}
            cells = [
                _error(loops.get((str(clients),)), clients, service, more, int(wait)) for clients in CLIENTS
            ]
            print(
                f"| {precision}, batch {max(SIZES)}, {int(wait) // 1000} ms | {' | '.join(cells)} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
