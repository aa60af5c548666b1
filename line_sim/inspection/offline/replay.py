"""The recorded calls of an earlier run, answered again: the same answers after the same times.

A call is known by its station, part, visit and attempt, so that the line may have become another one - its
buffers, deadlines, cameras - while every part gets the answer that it got then. What a changed
deadline makes of a recorded call:

- An answer that took longer than the new deadline is a time-out after exactly the deadline.
- A call that had timed out is not known beyond the moment at which it was given up. Under the recorded
  deadline it is given up as then; under a shorter one, or where the recorded deadline is not known, at
  the new deadline; under a longer one it stays without an answer until the new deadline, the longest
  that it could have held the station. Such calls are counted, for what they would have said is unknown.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from line_sim.errors import RunFileError, ScenarioError
from line_sim.inspection.gateway import FIRST_ATTEMPT, Inquiry, Offline, Reply
from line_sim.inspection.outcome import OUTCOME_NAMES, Answered, Outcome, TimedOut, Unavailable, Unreadable
from line_sim.scenario.gateways.replay import ReplayOptions
from line_sim.scenario.load import load
from line_sim.scenario.model import Inspection, Scenario
from line_sim.units import Nanoseconds, seconds_from_text

COLUMNS = (
    *("item_id", "station", "attempt", "latency_s", "outcome"),
    *("status", "label", "score", "request_bytes"),
)
LATE_STATUS = "DEADLINE_EXCEEDED"
_MOST_NAMED = 5

CallKey: TypeAlias = tuple[int, int, int]
"""Part, which of its visits to the station (from 1) and attempt; a visit begins with attempt 1."""


class EndOfRecordingError(RunFileError):
    """The line asks about a part that the recorded run never asked about: nothing is known from here on."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The calls of one station, and the deadline that they had (None: none, or not known)."""

    path: Path
    station: str
    replies: Mapping[CallKey, Reply]
    deadline: Nanoseconds | None = None

    def refuse_gaps(self, items: Iterable[int]) -> None:
        """Raise RunFileError unless the first call of each of these parts is there."""
        lacking = [item for item in items if (item, 1, FIRST_ATTEMPT) not in self.replies]
        if lacking:
            named = ", ".join(map(str, lacking[:_MOST_NAMED])) + (", ..." if lacking[_MOST_NAMED:] else "")
            raise RunFileError(
                f"{self.path}: has no call of {self.station!r} for {len(lacking)} of the parts, {named}; "
                f"let fewer parts arrive (run.items), or replay a longer run"
            )


def read_recording(path: Path, station: str, deadline: Nanoseconds | None = None) -> Recording:
    """Read the calls of one station from a `calls.csv`; a torn last row is left out.

    Columns that are not needed may be missing, others may be there. Raises RunFileError with file and line.
    """
    replies: dict[CallKey, Reply] = {}
    visits: Counter[int] = Counter()
    stations: dict[str, None] = {}
    rows = csv.DictReader(io.StringIO(_whole_rows(path), newline=""), strict=True)
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise RunFileError(f"{path}: has no column {', '.join(missing)}; give the calls.csv of a run")
    try:
        for row in rows:
            stations.setdefault(row["station"])
            if row["station"] == station:
                _add(replies, visits, row)
    except (ValueError, TypeError, AttributeError, csv.Error) as error:
        raise RunFileError(f"{path}:{rows.line_num}: {error}; restore or delete the row") from error
    if not replies:
        held = f"it has those of {', '.join(map(repr, stations))}" if stations else "it has none at all"
        raise RunFileError(f"{path}: has no call of the station {station!r}; {held}; name it as it was then")
    return Recording(path, station, replies, deadline)


def _whole_rows(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RunFileError(
            f"{path}: the file cannot be read ({error.strerror}); give the calls.csv of a run"
        ) from error
    except UnicodeDecodeError as error:
        raise RunFileError(f"{path}: not UTF-8; save the file as UTF-8 or restore it") from error
    return text[: text.rfind("\n") + 1]


def _add(replies: dict[CallKey, Reply], visits: Counter[int], row: Mapping[str, str]) -> None:
    """Add a call; `visits` are those of each part so far."""
    item, attempt = int(row["item_id"]), int(row["attempt"])
    if attempt == FIRST_ATTEMPT or not visits[item]:
        visits[item] += 1
    key = item, visits[item], attempt
    if key in replies:
        raise ValueError(f"part {item} has a call of this station and attempt already")
    latency = seconds_from_text(row["latency_s"])
    if latency < 0:
        raise ValueError(f"latency_s {row['latency_s']} is below 0")
    replies[key] = Reply(_outcome(row), latency, row["status"], int(row["request_bytes"]))


def _outcome(row: Mapping[str, str]) -> Outcome:
    name = row["outcome"]
    if name == Answered.name:
        return Answered(row["label"], float(row["score"]))
    kinds: dict[str, type[TimedOut | Unavailable | Unreadable]] = {
        kind.name: kind for kind in (TimedOut, Unavailable, Unreadable)
    }
    if name not in kinds:
        raise ValueError(f"outcome {name!r} is none of {', '.join(OUTCOME_NAMES)}")
    return kinds[name]()


class ReplayGateway(Offline):
    """Answers from a recording, under the deadline of the line that asks now; see the module."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._unknown = 0

    @property
    def identity(self) -> dict[str, str]:
        """Which file answers, and how many of its time-outs a longer deadline could not see beyond."""
        return {
            "server": "replay",
            "calls": str(self._recording.path),
            "timed_out_before_the_deadline": str(self._unknown),
        }

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the user must know of the answers given so far."""
        if not self._unknown:
            return ()
        given_up = (
            f"{self._recording.station}: {self._unknown} recorded calls were given up before the deadline"
        )
        return (f"{given_up} and are taken as never answered; record with a longer deadline to know more",)

    def ask(self, inquiry: Inquiry) -> Reply:
        """Look the call up. Raises EndOfRecordingError where there is none."""
        recorded = self._recording.replies.get((inquiry.item_id, inquiry.visit, inquiry.attempt))
        if recorded is None:
            again = f" on its visit {inquiry.visit}" if inquiry.visit > 1 else ""
            raise EndOfRecordingError(
                f"{self._recording.path} has no call of part {inquiry.item_id}{again} "
                f"at {self._recording.station!r}"
            )
        deadline = inquiry.deadline
        if deadline is None or deadline == self._recording.deadline:
            return recorded
        if isinstance(recorded.outcome, TimedOut):
            self._unknown += recorded.latency < deadline
        elif recorded.latency <= deadline:
            return recorded
        return Reply(TimedOut(), deadline, LATE_STATUS, recorded.request_bytes)


def replay_gateway(options: ReplayOptions, spec: Inspection, scenario: Scenario) -> ReplayGateway:
    """Return what answers an inspection from a recording; what is known to lack a part is refused at once.

    Every part comes to the first inspection of a line that loses none and runs until it is empty. Raises
    RunFileError.
    """
    path = Path(options.calls)
    recording = read_recording(path, spec.name, _recorded_deadline(path, spec.name))
    first = scenario.inspections[0].name == spec.name
    if first and scenario.run.items is not None and scenario.arrivals.on_full == "wait":
        recording.refuse_gaps(range(1, scenario.run.items + 1))
    return ReplayGateway(recording)


def _recorded_deadline(calls: Path, station: str) -> Nanoseconds | None:
    """Return the deadline that a recorded station had, from the scenario beside its calls."""
    try:
        recorded = load(calls.with_name("scenario.yaml"), read_files=False)
    except ScenarioError:  # a bare file of calls
        return None
    return next((spec.deadline for spec in recorded.inspections if spec.name == station), None)
