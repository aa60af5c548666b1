"""Counters and histograms with labels, and the page that Prometheus reads."""

import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Labels: TypeAlias = tuple[str, ...]


class Counter:
    """A number for each combination of labels, that only grows; safe for many threads."""

    def __init__(self, name: str, labels: Sequence[str]) -> None:
        self.name = name
        self._labels = tuple(labels)
        self._lock = threading.Lock()
        self._counts: dict[Labels, int] = {}

    def add(self, values: Labels, amount: int = 1) -> None:
        """Count for these values of the labels."""
        with self._lock:
            self._counts[values] = self._counts.get(values, 0) + amount

    def lines(self) -> Iterator[str]:
        """Write the metric as Prometheus reads it."""
        with self._lock:
            counts = sorted(self._counts.items())
        name = exposed_name(self.name)
        yield f"# TYPE {name} counter"
        for values, count in counts:
            yield f"{name}{_braces(self._labels, values)} {count}"


@dataclass(slots=True)
class _Cell:
    buckets: list[int]
    total: float = 0.0


class Histogram:
    """A distribution for each combination of labels; safe for many threads.

    A value belongs to the first bucket whose limit is greater: as TensorFlow counts, and other than
    Prometheus' own libraries, whose limits belong to their bucket.
    """

    def __init__(self, name: str, labels: Sequence[str], limits: Sequence[float]) -> None:
        self.name = name
        self._labels = tuple(labels)
        self._limits = tuple(limits)
        self._lock = threading.Lock()
        self._cells: dict[Labels, _Cell] = {}

    def add(self, values: Labels, value: float) -> None:
        """Count one value for these values of the labels."""
        place = bisect_right(self._limits, value)
        with self._lock:
            cell = self._cells.setdefault(values, _Cell([0] * (len(self._limits) + 1)))
            cell.buckets[place] += 1
            cell.total += value

    def lines(self) -> Iterator[str]:
        """Write the metric as Prometheus reads it: buckets add up from the lowest."""
        with self._lock:
            cells = sorted((values, tuple(cell.buckets), cell.total) for values, cell in self._cells.items())
        name = exposed_name(self.name)
        yield f"# TYPE {name} histogram"
        limits = [*(f"{limit:g}" for limit in self._limits), "+Inf"]
        for values, buckets, total in cells:
            count = 0
            for limit, more in zip(limits, buckets, strict=True):
                count += more
                yield f"{name}_bucket{_braces((*self._labels, 'le'), (*values, limit))} {count}"
            braces = _braces(self._labels, values)
            yield f"{name}_sum{braces} {total!r}"
            yield f"{name}_count{braces} {count}"


@dataclass(frozen=True)
class MetricsPage:
    """All metrics of a process, on one page."""

    metrics: Sequence[Counter | Histogram] = field(default_factory=tuple)

    def text(self) -> str:
        """Write the page: by name, a type line even where nothing has been counted yet."""
        metrics = sorted(self.metrics, key=lambda metric: metric.name)
        return "".join(f"{line}\n" for metric in metrics for line in metric.lines())


def exponential_limits(first: float, growth: float, count: int) -> list[float]:
    """Give the limits first, first x growth, first x growth^2 and so on."""
    limits = [first]
    while len(limits) < count:
        limits.append(limits[-1] * growth)
    return limits


def exposed_name(path: str) -> str:
    """Turn TensorFlow's path-like name into Prometheus' form: `/a/b` is `:a:b`."""
    return path.replace("/", ":")


def _braces(names: Sequence[str], values: Sequence[str]) -> str:
    pairs = (f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True))
    return f"{{{','.join(pairs)}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
