"""The recorded calls of an earlier run, answered again: the same answers after the same times.

A call is known by its station, part, visit and attempt, so that the line may have become another one - its
buffers, deadlines, cameras - while every part gets the answer that it got then. What a changed
deadline makes of a recorded call:

- An answer that took longer than the new deadline is a time-out after exactly the deadline.
- A call that had timed out is not known beyond the moment at which it was given up, and it is given up
  as then: under a longer deadline, too, it holds the station for no longer, and its latency is at least
  that, not at least the new deadline. Such calls are counted, for what they would have said, and when, is
  unknown. Under a shorter deadline it times out at that.
"""

from pathlib import Path

from line_sim.errors import RunFileError, ScenarioError
from line_sim.inspection.gateway import Inquiry, Offline, Reply
from line_sim.inspection.offline.recorded import Recording, read_recording
from line_sim.inspection.outcome import Answered, TimedOut
from line_sim.scenario.gateways.replay import ReplayGateway as GatewayOfRecording
from line_sim.scenario.gateways.replay import ReplayOptions
from line_sim.scenario.load import load
from line_sim.scenario.model import Inspection, Scenario
from line_sim.units import LATEST, Nanoseconds

LATE_STATUS = "DEADLINE_EXCEEDED"


class EndOfRecordingError(RunFileError):
    """The line asks about a part that the recorded run never asked about: nothing is known from here on."""


class ReplayGateway(Offline):
    """Answers from a recording, under the deadline of the line that asks now; see the module.

    With `stops` the recorded answers will stop the line: a call that was out then is in no file.
    """

    def __init__(self, recording: Recording, *, stops: bool = False) -> None:
        self._recording = recording
        self._unknown = 0
        self._stops = stops

    @property
    def identity(self) -> dict[str, str]:
        """Which file answers, and how many of its time-outs a longer deadline cannot see beyond."""
        return {
            "server": "replay",
            "calls": str(self._recording.path),
            "timed_out_before_the_deadline": str(self._unknown),
        }

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the user must know of the answers given so far."""
        name = self._recording.station
        told = []
        if self._recording.torn:
            told.append(f"{name}: the last row of {self._recording.path} is torn and was left out")
        if self._unknown:
            given_up = f"{name}: {self._unknown} recorded calls were given up sooner than they would be now"
            more = "they are given up as then; record with a longer deadline to know what it changes"
            told.append(f"{given_up}; {more}")
        return tuple(told)

    def ask(self, inquiry: Inquiry) -> Reply:
        """Look the call up, or hold it until the line stops. Raises EndOfRecordingError."""
        recorded = self._recording.replies.get((inquiry.item_id, inquiry.visit, inquiry.attempt))
        if recorded is None and self._stops:
            return Reply(TimedOut(), LATEST, LATE_STATUS)
        return self._known(recorded, inquiry)

    def _known(self, recorded: Reply | None, inquiry: Inquiry) -> Reply:
        """Return what became of a recorded call under the deadline of the line that asks."""
        if recorded is None:
            again = f" on its visit {inquiry.visit}" if inquiry.visit > 1 else ""
            raise EndOfRecordingError(
                f"{self._recording.path} has no call of part {inquiry.item_id}{again} "
                f"at {self._recording.station!r}"
            )
        deadline = inquiry.deadline
        if deadline == self._recording.deadline:
            return recorded
        if deadline is None or recorded.latency <= deadline:
            self._unknown += isinstance(recorded.outcome, TimedOut) and recorded.latency != deadline
            return recorded
        return Reply(TimedOut(), deadline, LATE_STATUS, recorded.request_bytes)


def replay_gateway(options: ReplayOptions, spec: Inspection, scenario: Scenario) -> ReplayGateway:
    """Return what answers an inspection from a recording; what is known to lack a part is refused at once.

    Every part comes to the first inspection of a line that loses none and runs until it is empty. Of one that
    an answer stops the calls about some parts were never made, or were out then. Raises RunFileError.
    """
    recording = _recording_of(options, spec)
    stops = any(_stops(other, recording if other is spec else None) for other in scenario.inspections)
    first = scenario.inspections[0].name == spec.name and not stops
    if first and scenario.run.items is not None and scenario.arrivals.on_full == "wait":
        recording.refuse_gaps(scenario.run.items)
    return ReplayGateway(recording, stops=stops)


def _recording_of(options: ReplayOptions, spec: Inspection) -> Recording:
    path = Path(options.calls)
    return read_recording(path, spec.name, _recorded_deadline(path, spec.name))


def _stops(spec: Inspection, recording: Recording | None) -> bool:
    """Whether an answer that the recording of an inspection lacks will stop the line."""
    if spec.on_no_result != "stop" or not isinstance(spec.gateway, GatewayOfRecording):
        return False
    recording = recording or _recording_of(spec.gateway.replay, spec)
    return not all(_brings(reply, spec.deadline) for reply in recording.replies.values())


def _brings(reply: Reply, deadline: Nanoseconds | None) -> bool:
    """Whether a recorded call brings a usable answer under this deadline."""
    in_time = deadline is None or reply.latency <= deadline
    return in_time and isinstance(reply.outcome, Answered)


def read_recordings(scenario: Scenario) -> None:
    """Read every recording that answers in a scenario. Raises RunFileError with what is wrong with any."""
    wrong = []
    for spec in scenario.inspections:
        if isinstance(spec.gateway, GatewayOfRecording):
            try:
                replay_gateway(spec.gateway.replay, spec, scenario)
            except RunFileError as error:
                wrong.append(str(error))
    if wrong:
        raise RunFileError("\n".join(dict.fromkeys(wrong)))


def _recorded_deadline(calls: Path, station: str) -> Nanoseconds | None:
    """Return the deadline that a recorded station had, from the scenario beside its calls."""
    try:
        recorded = load(calls.with_name("scenario.yaml"), read_files=False)
    except ScenarioError:  # a bare file of calls
        return None
    return next((spec.deadline for spec in recorded.inspections if spec.name == station), None)
