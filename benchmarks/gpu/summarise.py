"""The tables of what measure.py wrote, as Markdown.

    python benchmarks/gpu/summarise.py [FOLDER]

reads the folder's CSV files, gzipped or not (default: the data beside this file), with Python alone.
A quantile is an order statistic: the smallest value that at least that share of all is no greater than.
"""

import argparse
import csv
import gzip
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

Row = dict[str, str]
Cells = Sequence[object]


def read(folder: Path, name: str) -> list[Row]:
    """Read a file of rows."""
    plain, packed = folder / f"{name}.csv", folder / f"{name}.csv.gz"
    with plain.open(newline="") if plain.exists() else gzip.open(packed, "rt", newline="") as file:
        return list(csv.DictReader(file))


def quantile(values: Iterable[float], share: float) -> float:
    """Give the order statistic."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(values: Iterable[float], digits: int = 2) -> str:
    """Write median and 99th percentile of microseconds as milliseconds."""
    values = list(values)
    return f"{quantile(values, 0.5) / 1e3:.{digits}f} / {quantile(values, 0.99) / 1e3:.{digits}f}"


def grouped(rows: Iterable[Row], *columns: str) -> dict[tuple[str, ...], list[Row]]:
    """Put rows with the same values together, in the order in which they first come."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[column] for column in columns)].append(row)
    return groups


def numbers(rows: Iterable[Row], column: str) -> list[float]:
    """Give one column."""
    return [float(row[column]) for row in rows]


def pace(rows: Iterable[Row], who: str, began: str, took: str) -> float:
    """Give answers a second while all who ask back to back are at it."""
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        spans[row[who]].append((float(row[began]), float(row[began]) + float(row[took])))
    start = max(min(first for first, _ in one) for one in spans.values())
    end = min(max(last for _, last in one) for one in spans.values())
    return sum(start < last <= end for one in spans.values() for _, last in one) * 1e6 / (end - start)


def table(title: str, heads: Cells, rows: Iterable[Cells]) -> None:
    """Print a table."""
    print(f"\n### {title}\n")
    for cells in (heads, ["---"] * len(heads), *rows):
        print("| " + " | ".join(map(str, cells)) + " |")


def across(
    rows: list[Row], down: tuple[str, ...], over: str, told: Callable[[list[Row]], str]
) -> tuple[Cells, list[Cells]]:
    """Lay groups out in two directions: the heads and the rows of a table."""
    columns = sorted({row[over] for row in rows}, key=float)
    cells = grouped(rows, *down, over)
    return (
        (*down, *(f"{over} {column}" for column in columns)),
        [
            (*key, *(told(cells[*key, column]) if (*key, column) in cells else "" for column in columns))
            for key in grouped(rows, *down)
        ],
    )


def in_process(folder: Path) -> None:
    """Tell of batches, of concurrent batches of one, and of decoding."""
    batches = read(folder, "batches")
    kinds = ("precision", "mode")
    table(
        "One batch at a time, ms on the GPU (median / p99)",
        *across(batches, kinds, "batch", lambda rows: spread(numbers(rows, "gpu_us"))),
    )
    table(
        "One batch at a time, ms by the wall clock (median / p99)",
        *across(batches, kinds, "batch", lambda rows: spread(numbers(rows, "wall_us"))),
    )
    concurrent = read(folder, "concurrent")
    table(
        "Batches of one, several lanes at once: pictures a second",
        *across(concurrent, kinds, "lanes", lambda rows: f"{pace(rows, 'lane', 'start_us', 'wall_us'):.0f}"),
    )
    table(
        "Batches of one, several lanes at once: ms by the wall clock (median / p99)",
        *across(concurrent, kinds, "lanes", lambda rows: spread(numbers(rows, "wall_us"))),
    )
    decode = grouped(read(folder, "decode"), "what", "pictures")
    table(
        "Decoding, ms (median / p99)",
        ("what", "pictures", "ms"),
        [(*key, spread(numbers(rows, "wall_us"))) for key, rows in decode.items()],
    )


def served(folder: Path) -> Iterator[Row]:
    """Give all calls, each with what its series tells."""
    series = {row["series"]: row for row in read(folder, "series")}
    for row in read(folder, "calls"):
        yield series[row["series"]] | row


def behind_a_server(folder: Path) -> None:
    """Tell of closed loops, bursts, random arrivals, takts, and of calls given up."""
    calls = list(served(folder))
    setting = ("precision", "mode", "lanes", "max_batch", "max_wait_us")
    kinds = grouped(calls, "kind")
    closed = kinds["closed",]
    table(
        "Closed loops: answers a second",
        *across(closed, setting, "level", lambda rows: f"{_middle_pace(rows):.0f}"),
    )
    for title, kind, over in (
        ("Closed loops: latency, ms (median / p99)", "closed", "level"),
        ("Bursts: latency, ms (median / p99)", "burst", "level"),
        ("One client at a takt: latency, ms (median / p99)", "takt", "every_ms"),
    ):
        told = across(kinds[kind,], setting, over, lambda rows: spread(numbers(rows, "latency_us"), 1))
        table(title, *told)
    table(
        "One call alone, back to back: where its time goes, ms (median / p99)",
        (*setting, "arrive", "decode", "wait", "work", "on the GPU", "back", "all"),
        [(*key, *_stages(rows)) for key, rows in grouped(_level(closed, "1"), *setting).items()],
    )
    batched = [row for row in calls if row["max_batch"] != "1"]
    table(
        "Batches behind the server: ms on the GPU (median / p99)",
        *across(batched, setting[:2], "batch", lambda rows: spread(numbers(rows, "gpu_us"))),
    )
    table(
        "Batches behind the server: ms from a batch's start to its answers (median / p99)",
        *across(batched, setting[:2], "batch", lambda rows: spread(numbers(rows, "work_us"))),
    )
    table(
        "Random arrivals at 0.7 of the best closed loop: latency, ms (median / p99)",
        (*setting, "calls a second", "latency"),
        [
            (*key, f"{1e3 / float(rows[0]['every_ms']):.0f}", spread(numbers(rows, "latency_us"), 1))
            for key, rows in grouped(kinds["poisson",], *setting).items()
        ],
    )
    lost = grouped(read(folder, "abandoned"), "drop", "given_up")
    table(
        "One call at once after calls were given up: its latency, ms (median / p99), and pictures computed",
        ("drop", "given up", "given up after ms", "latency", "computed (median)"),
        [
            (
                *key,
                f"{float(rows[0]['timeout_us']) / 1e3:.1f}",
                spread(numbers(rows, "probe_latency_us"), 1),
                f"{quantile(numbers(rows, 'computed'), 0.5):.0f}",
            )
            for key, rows in lost.items()
        ],
    )


def _level(rows: Iterable[Row], level: str) -> list[Row]:
    return [row for row in rows if row["level"] == level]


def _middle_pace(rows: list[Row]) -> float:
    """Give the median pace of those series that were measured with this setting and level."""
    series = grouped(rows, "series").values()
    return quantile([pace(one, "client", "issued_us", "latency_us") for one in series], 0.5)


def _stages(rows: list[Row]) -> list[str]:
    stages = ("arrive_us", "decode_us", "wait_us", "work_us")
    back = [float(row["latency_us"]) - sum(float(row[stage]) for stage in stages) for row in rows]
    told = [spread(numbers(rows, stage)) for stage in (*stages, "gpu_us")]
    return [*told, spread(back), spread(numbers(rows, "latency_us"))]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent / "data")
    folder = parser.parse_args().folder
    in_process(folder)
    behind_a_server(folder)


if __name__ == "__main__":
    main()
