"""What measure.py recorded of one server, in the shape that line-sim's fit takes.

Series become stretches, cut into rounds, so that whatever drifts shows, and can be drawn again:

- *closed* of one client, and of the sizes to be fitted, are the loops; one size is kept from the fit;
- *takt* series are the lone calls at a takt. They were recorded with one lane alone: of one client's calls
  only one lane works, so they stand for servers of the same precision with more lanes, too. Those that left
  the server less rest than a call takes only tell from which pause on calls are slower;
- *burst*: all at the same moment, after a rest of some 20 ms;
- *given up*: as line-sim does it, where it was recorded (one lane, fp32);
- *poisson*: kept from the fit, cut where no call was out.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from summarise import Row, grouped, read

from line_sim.study.calibration.observed import Call, Observed, PartName, Round, Stretch

ROUNDS = 6
"""Series are cut into so many: each must keep some calls of every client."""


@dataclass(frozen=True)
class Served:
    """A server of measure.py that takes one picture at a time on each lane."""

    precision: str
    lanes: int
    mode: str = "graph"

    @property
    def name(self) -> str:
        """What it is called among the servers of its machine."""
        return f"{self.precision}-{self.lanes}-lane{'s' if self.lanes > 1 else ''}"


class Recorded:
    """The rows of a folder of measure.py's, by series."""

    def __init__(self, folder: Path) -> None:
        self.series = read(folder, "series")
        self.given_up = read(folder, "abandoned")
        self._calls = grouped(read(folder, "calls"), "series")

    def of(self, served: Served, kind: str, level: int | None = None) -> Iterator[Row]:
        """Give a server's series of a kind, or of a kind and a number of clients."""
        setting = (served.precision, served.mode, str(served.lanes), "1")
        for row in self.series:
            its = (row["precision"], row["mode"], row["lanes"], row["max_batch"])
            if its == setting and row["kind"] == kind and level in {None, int(row["level"])}:
                yield row

    def calls(self, series: Row) -> list[Call]:
        """Give a series' calls in the order of sending, each with its client's pause before it."""
        found = []
        for rows in grouped(self._calls[series["series"],], "client").values():
            before = None
            for row in rows:
                sent, took = int(row["issued_us"]), int(row["latency_us"])
                pause = 0 if before is None else sent - before
                before = sent + took
                found.append(Call(sent / 1e6, before / 1e6, int(row["client"]), pause / 1e6))
        return sorted(found)

    def bursts(self, series: Row) -> list[list[Call]]:
        """Give the calls of each burst, numbered in the order of sending."""
        together: dict[str, list[Call]] = defaultdict(list)
        for row in self._calls[series["series"],]:
            sent = int(row["issued_us"]) / 1e6
            together[row["due_us"]].append(Call(sent, sent + int(row["latency_us"]) / 1e6))
        return [
            [call._replace(sender=place) for place, call in enumerate(sorted(calls))]
            for calls in together.values()
        ]


def observed(recorded: Recorded, served: Served, fitted: Sequence[int], kept: int) -> Observed:
    """Return a server's series for the fit: loops of the sizes `fitted`; those of `kept` are held out."""
    alone = Served(served.precision, 1, served.mode)
    stretches = [
        *(
            loop
            for size in fitted
            for row in recorded.of(served, "closed", size)
            for loop in _loops(recorded, row)
        ),
        *(part for row in recorded.of(alone, "takt") for part in _takt(recorded.calls(row))),
        *(part for row in recorded.of(served, "burst") for part in _bursts(recorded, row)),
        *(part for row in recorded.of(served, "poisson") for part in _stream(recorded.calls(row))),
        *(part for row in recorded.of(served, "closed", kept) for part in _loops(recorded, row, "cameras")),
        *(_given_up(recorded.given_up) if served == Served("fp32", 1) else ()),
    ]
    rounds = tuple(Round(tuple(each for at, each in stretches if at == number)) for number in range(ROUNDS))
    return Observed(rounds, max(fitted))


Placed = Iterator[tuple[int, Stretch]]
"""Stretches, each with the number of its round."""


def _cut(calls: Sequence[Call], number: int) -> list[Call]:
    """Return a round's share of some calls."""
    return list(calls[number * len(calls) // ROUNDS : (number + 1) * len(calls) // ROUNDS])


def _stretch(part: PartName, calls: Sequence[Call], size: int = 1, *, rested: bool = False) -> Stretch:
    start = min(call.sent for call in calls)
    moved = tuple(call._replace(sent=call.sent - start, ended=call.ended - start) for call in calls)
    return Stretch(part, moved, size, rested=rested)


def _loops(recorded: Recorded, series: Row, part: PartName = "loop") -> Placed:
    calls, size = recorded.calls(series), int(series["level"])
    each = [[call for call in calls if call.sender == client] for client in range(size)]
    for number in range(ROUNDS):
        yield number, _stretch(part, [call for mine in each for call in _cut(mine, number)], size)


def _takt(calls: Sequence[Call]) -> Placed:
    """Give lone calls at a takt; a series of a few calls is left out."""
    rested = median(call.pause for call in calls) > median(call.latency for call in calls)
    for number in range(ROUNDS) if len(calls) >= 5 * ROUNDS else ():
        cut = _cut(calls, number)
        yield number, _stretch("takt", cut) if rested else _stretch("pauses", cut[1:])


def _bursts(recorded: Recorded, series: Row) -> Placed:
    bursts = recorded.bursts(series)
    for place, calls in enumerate(bursts):
        yield place * ROUNDS // len(bursts), _stretch("burst", calls, len(calls), rested=True)


def _stream(calls: Sequence[Call]) -> Placed:
    """Cut a stream near to equal shares where nobody waits for an answer, if there is such a moment."""
    ends = itertools.accumulate((call.ended for call in calls), max)
    quiet = [
        place for place, (end, call) in enumerate(zip(ends, calls[1:], strict=False), 1) if end <= call.sent
    ]
    shares = [number * len(calls) // ROUNDS for number in range(1, ROUNDS)]
    cuts = [
        0,
        *(min(quiet, key=lambda place: abs(place - share), default=share) for share in shares),
        len(calls),
    ]
    for number, (first, end) in enumerate(itertools.pairwise(cuts)):
        if first < end:
            yield number, _stretch("stream", calls[first:end])


def _given_up(rows: Sequence[Row]) -> Placed:
    """Give the probes behind calls given up, of the server that keeps who is gone in its queue."""
    for row in rows:
        size, patience = int(row["given_up"]), int(row["timeout_us"]) / 1e6
        if row["drop"] == "1" or size == 0:
            continue
        gone = [Call(0.0, patience, place, answered=place < int(row["answered"])) for place in range(size)]
        probe = Call(patience, patience + int(row["probe_latency_us"]) / 1e6, size)
        number = int(row["round"]) * ROUNDS // (1 + max(int(one["round"]) for one in rows))
        yield number, Stretch("given up", (*gone, probe), size, patience=patience)
