"""What `confirm.json` tells: the shape in which it is read, by the screen and by the page, also made again.

What somebody changed by hand is refused at its place. Only what is shown is read: a file may hold more, as
one of a later version does.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from line_sim.errors import RunFileError
from line_sim.recording.whole import read_object
from line_sim.scenario.document import key_text, shorten
from line_sim.scenario.fields import Record
from line_sim.scenario.gateways.calibration import identity_text
from line_sim.scenario.mistakes import requirement
from line_sim.study.confirm.findings import Word

JSON = "confirm.json"
AGAIN = "confirm again"

Ended = Literal["under way", "all done", "interrupted", "failed"]
"""Those of the words in `report.ended` that a confirmation says."""

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Count = Annotated[int, Field(strict=True, ge=0)]


class _Read(Record):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Allowed(_Read):
    """How far live and predicted may lie apart."""

    size: Annotated[Number, Field(gt=0)]
    measure: Literal["points", "share of predicted"] = Field(alias="in")

    @property
    def points(self) -> bool:
        """Whether differences are told in points, as of a share."""
        return self.measure == "points"


class Shares(_Read):
    """How much of the variance of a predicted run each thing makes that is not known."""

    server: Number
    line: Number
    calibration: Number
    model: Number


class Predicted(_Read):
    """A figure as predicted; the ends are those of a run with the same seed."""

    mean: Number
    ci_low: Number
    ci_high: Number
    shares_of_variance: Shares


class Lived(_Read):
    """A figure in every live run that counts, and how many of them lie where they were predicted."""

    values: tuple[Number | None, ...]
    mean: Number | None
    inside_predicted_interval: Count


class Apart(_Read):
    """How far live lies from predicted, with the ends of the interval, in the measure of the margin."""

    value: Number
    low: Number
    high: Number
    spread_of_live: Number


class Figure(_Read):
    """What came of a figure."""

    unit: str
    verdict: Word
    why: str
    margin: Allowed
    predicted: Predicted | None
    live: Lived
    apart: Apart | None


class Calibrated(_Read):
    """The calibration that the line was predicted from; an earlier file does not tell its held-out errors."""

    file: str
    name: str
    at: str
    held_out: Mapping[str, Number] = Field({})

    @property
    def identity(self) -> str:
        """Which calibration it is, in a few words."""
        return identity_text(self.name, self.at)


class Forecast(_Read):
    """How the line was predicted."""

    replications: Count
    runs_in_all: Count
    cpu_s_per_run: Number


class Asked(_Read):
    """What was asked for."""

    runs: Count


class Run(_Read):
    """A live run that counts."""

    folder: str
    ended: str | None
    wall_s: Number
    foreign_load: Number | None
    parts: Count


class Answers(_Read):
    """What the answers of an inspection took: as predicted, with a band, and in every live run."""

    predicted: tuple[Number, ...] | None
    predicted_low: tuple[Number, ...] | None
    predicted_high: tuple[Number, ...] | None
    live: tuple[tuple[Number, ...], ...]

    @property
    def band(self) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]] | None:
        """Middle, low and high as predicted; None where nothing is."""
        if self.predicted is None or self.predicted_low is None or self.predicted_high is None:
            return None
        return self.predicted, self.predicted_low, self.predicted_high


class Latency(_Read):
    """The answers' times at some shares of the calls, by inspection."""

    shares: Annotated[tuple[Number, ...], Field(min_length=1)]
    stations: Mapping[str, Answers]


class Told(_Read):
    """A confirmation as far as it got."""

    scenario: str
    seed: Count
    ended: Ended
    calibration: Calibrated
    predicted: Forecast
    asked: Asked
    live: tuple[Run, ...]
    broken_off: tuple[str, ...]
    live_s_per_run: Number | None
    times_faster: Number | None
    kpis: Mapping[str, Figure]
    latency: Latency
    next: tuple[str, ...]
    warnings: tuple[str, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        mistake = next(self._mistakes(), None)
        if mistake is not None:
            raise ValueError(mistake)
        return self

    def _mistakes(self) -> Iterator[str]:
        runs, shares = len(self.live), len(self.latency.shares)
        for kpi, figure in self.kpis.items():
            if len(figure.live.values) != runs:
                yield f"kpis.{kpi}.live.values must have a value for each run of live"
        for station, answers in self.latency.stations.items():
            if len(answers.live) != runs:
                yield f"latency.stations.{station}.live must have a list for each run of live"
            for times in (*(answers.band or ()), *filter(None, answers.live)):
                if len(times) != shares:
                    yield f"latency.stations.{station} must have a time for each of latency.shares"


def read_told(folder: Path) -> Told:
    """Read the confirm.json of a folder. Raises RunFileError for one that no confirmation wrote."""
    path = folder / JSON
    data = read_object(path, AGAIN)
    try:
        return Told.model_validate(data)
    except ValidationError as error:
        mistake = _said(error.errors(include_url=False)[0])
        raise RunFileError(f"{path}: {mistake}; restore it, or {AGAIN}") from None


def _said(details: ErrorDetails) -> str:
    """Say what is wrong in the file: where, what stands there, what is allowed."""
    place = key_text(details["loc"])
    if details["type"] == "missing":
        return f"{place} is missing"
    needed = requirement(details, Told)
    return f"{place} is {_shown(details['input'])}; {needed}" if place else needed


def _shown(value: object) -> str:
    match value:
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return shorten(json.dumps(value, ensure_ascii=False))
