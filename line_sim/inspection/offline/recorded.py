"""A file of recorded calls, as a run left it or somebody's spreadsheet has saved it."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from io import TextIOWrapper
from itertools import count, islice
from pathlib import Path
from sys import intern
from typing import TypeAlias

from line_sim.errors import RunFileError
from line_sim.inspection.gateway import FIRST_ATTEMPT, Reply
from line_sim.inspection.outcome import OUTCOME_NAMES, Answered, Outcome, TimedOut, Unavailable, Unreadable
from line_sim.regular import open_regular
from line_sim.units import LONGEST, SECOND, Nanoseconds

COLUMNS = (
    *("item_id", "station", "attempt", "latency_s", "outcome"),
    *("status", "label", "score", "request_bytes"),
)
MOST_BYTES = 256 * 1024 * 1024
"""A recording takes about six times its size in memory."""

_FIRST = (1, FIRST_ATTEMPT)
_LARGEST = 10**15
_WIDEST_NUMBER = 40
_MOST_NAMED = 5

CallKey: TypeAlias = tuple[int, int, int]
"""Part, which of its visits to the station (from 1) and attempt; a visit begins with attempt 1."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The calls of one station, and the deadline that they had (None: none, or not known).

    `torn`: behind them the file ends in the middle of a row, which is left out.
    """

    path: Path
    station: str
    replies: Mapping[CallKey, Reply]
    deadline: Nanoseconds | None = None
    torn: bool = False

    def refuse_gaps(self, items: int) -> None:
        """Raise RunFileError unless the first call of each of the parts from 1 to `items` is there."""
        there = sum(
            1 for item, visit, attempt in self.replies if (visit, attempt) == _FIRST and item <= items
        )
        if there == items:
            return
        lacking = (item for item in count(1) if (item, *_FIRST) not in self.replies)
        named = ", ".join(map(str, islice(lacking, min(_MOST_NAMED, items - there))))
        more = ", ..." if items - there > _MOST_NAMED else ""
        raise RunFileError(
            f"{self.path}: has no call of {self.station!r} for {items - there} of the parts, {named}{more}; "
            f"let fewer parts arrive (run.items), or replay a longer run"
        )


def read_recording(path: Path, station: str, deadline: Nanoseconds | None = None) -> Recording:
    """Read the calls of one station from a `calls.csv`.

    Columns that are not needed may be missing, others may be there; a last row without its line end is read
    where it is whole, and left out where it is torn. Raises RunFileError with file and line.
    """
    try:
        with TextIOWrapper(open_regular(path, MOST_BYTES), "utf-8-sig", newline="") as file:
            reading = _Reading(path, station, file)
            return Recording(path, station, reading.replies(), deadline, reading.torn)
    except OSError as error:
        why = f"the file cannot be read ({error.strerror}); give the calls.csv of a run"
        raise RunFileError(f"{path}: {why}") from error
    except UnicodeDecodeError as error:
        raise RunFileError(f"{path}: not UTF-8; save the file as UTF-8 or restore it") from error


class _Reading:
    """One pass over a file."""

    def __init__(self, path: Path, station: str, lines: Iterable[str]) -> None:
        self.torn = False
        self._path, self._station = path, station
        self._open = False
        self._rows = csv.reader(self._watched(lines), strict=True)

    def _watched(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield lines, and know whether the last one lacks its end."""
        for line in lines:
            self._open = not line.endswith(("\n", "\r"))
            yield line

    def replies(self) -> dict[CallKey, Reply]:
        """Return the calls of the station. Raises RunFileError."""
        replies: dict[CallKey, Reply] = {}
        visits: Counter[int] = Counter()
        stations: dict[str, None] = {}
        try:
            for row in self._whole_rows():
                if len(stations) < _MOST_NAMED:
                    stations.setdefault(row["station"])
                if row["station"] == self._station:
                    _add(replies, visits, row)
        except UnicodeDecodeError:
            raise
        except (ValueError, csv.Error) as error:
            line = self._rows.line_num
            raise RunFileError(f"{self._path}:{line}: {error}; restore or delete the row") from error
        if not replies:
            held = f"it has those of {', '.join(map(repr, stations))}" if stations else "it has none at all"
            what = f"has no call of the station {self._station!r}; {held}; name it as it was then"
            raise RunFileError(f"{self._path}: {what}")
        return replies

    def _whole_rows(self) -> Iterator[dict[str, str]]:
        """Yield the needed fields of each row. Raises ValueError for a row with too few or too many."""
        header = [name.strip() for name in next(filter(None, self._rows), [])]
        self._refuse_header(header)
        places = {name: header.index(name) for name in COLUMNS}
        rows = filter(None, self._rows)
        while True:
            try:
                fields = next(rows, None)
            except csv.Error:
                if not self._open:
                    raise
                fields = []  # the end of the file stands inside quotes
            if fields is None:
                return
            if self._open and (len(fields) < len(header) or not _can_be_read(fields, places)):
                self.torn = True
                return
            if len(fields) != len(header):
                raise ValueError(f"there are {len(fields)} fields instead of {len(header)}")
            yield {name: fields[place] for name, place in places.items()}

    def _refuse_header(self, header: list[str]) -> None:
        missing = [name for name in COLUMNS if name not in header]
        if missing:
            what = f"has no column {', '.join(missing)}; {_way_out(header)}"
            raise RunFileError(f"{self._path}: {what}")
        twice = [name for name in COLUMNS if header.count(name) > 1]
        if twice:
            what = f"has more than one column {', '.join(twice)}; give each its own name"
            raise RunFileError(f"{self._path}: {what}")


def _way_out(header: list[str]) -> str:
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if any(column in field.split(mark) for field in header for column in COLUMNS if mark in field):
            return f"{name} stand between its fields: save it with commas"
    return "give the calls.csv of a run"


def _can_be_read(fields: list[str], places: Mapping[str, int]) -> bool:
    try:
        _add({}, Counter(), {name: fields[place] for name, place in places.items()})
    except ValueError:
        return False
    return True


def _add(replies: dict[CallKey, Reply], visits: Counter[int], row: Mapping[str, str]) -> None:
    """Add a call; `visits` are those of each part so far."""
    item, attempt = _whole_number(row, "item_id", 1), _whole_number(row, "attempt", 1)
    if attempt == FIRST_ATTEMPT or not visits[item]:
        visits[item] += 1
    key = item, visits[item], attempt
    if key in replies:
        raise ValueError(f"part {item} has a call of this station and attempt already")
    latency = _latency(row["latency_s"])
    replies[key] = Reply(
        _outcome(row), latency, intern(row["status"]), _whole_number(row, "request_bytes", 0)
    )


def _whole_number(row: Mapping[str, str], name: str, least: int) -> int:
    """Read a whole number as a run or a spreadsheet writes it: 1000, 1.0, 1E+03."""
    text = row[name].strip()
    whole = text.isascii() and text.isdecimal() and len(text) < _WIDEST_NUMBER
    number = int(text) if whole else _decimal(name, text)
    if not least <= number <= _LARGEST or number != int(number):
        raise ValueError(f"{name} {text:.40} must be a whole number of at least {least}")
    return int(number)


def _latency(text: str) -> Nanoseconds:
    """Read seconds as a run or a spreadsheet writes them: 0.020000000, .02, 2E-02."""
    seconds = _decimal("latency_s", text.strip())
    if seconds < 0:
        raise ValueError(f"latency_s {text:.40} is below 0")
    if seconds > LONGEST // SECOND:
        raise ValueError(f"latency_s {text:.40} is longer than a century")
    return int((seconds * SECOND).to_integral_value())


def _decimal(name: str, text: str) -> Decimal:
    try:
        number = Decimal(text) if len(text) <= _WIDEST_NUMBER and _plain(text) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"{name} {text!r:.40} is no number")
    return number if number.adjusted() > -_WIDEST_NUMBER else Decimal(0)


def _score(text: str) -> float:
    try:
        return float(text if _plain(text) else "")
    except ValueError:
        raise ValueError(f"the score {text!r:.40} is no number") from None


def _plain(text: str) -> bool:
    """Whether no sign is in it that a number may have in Python alone: 1_0 is 10 there."""
    return text.isascii() and "_" not in text


def _outcome(row: Mapping[str, str]) -> Outcome:
    name = row["outcome"]
    if name == Answered.name:
        return Answered(intern(row["label"]), _score(row["score"]))
    kinds: dict[str, type[TimedOut | Unavailable | Unreadable]] = {
        kind.name: kind for kind in (TimedOut, Unavailable, Unreadable)
    }
    if name not in kinds:
        raise ValueError(f"outcome {name!r:.40} is none of {', '.join(OUTCOME_NAMES)}")
    return kinds[name]()
