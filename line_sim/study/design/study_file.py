"""A study file as it is written, as frozen data: keys, not yet checked against the scenario."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator

from line_sim.scenario.dump import overrides_of
from line_sim.scenario.fields import LocalFile, Record, Text
from line_sim.study.design.demands import Bound, read_bound, read_quantity
from line_sim.study.design.levels import Levels, Quantity, quantity, read_levels

Design = Literal["grid", "lhs"]

USUAL = 10
"""Replications of each variant where the study says nothing."""

MOST_UNTIL = 200
"""Replications of a variant at most, where the study says only how well it has to be known."""

MOST_REPLICATIONS = 100_000


def _share_of_one(written: object, low: float, high: float) -> float:
    found = quantity(written)
    if found is None or found.kind == "time" or not low < found.number < Fraction(str(high)):
        raise ValueError(f"it must be a percentage, more than {100 * low:g} % and less than {100 * high:g} %")
    return float(found.number)


def _settings(written: object) -> tuple[str, ...]:
    """Return overrides as they are typed behind --set."""
    match written:
        case Mapping():
            return overrides_of({str(key): value for key, value in written.items()})
        case list() | tuple() if all(isinstance(each, str) and "=" in each for each in written):
            return tuple(written)
        case _:
            raise ValueError("it must be a mapping of keys to values, or a list of KEY=VALUE")


def _replications(written: object) -> object:
    if isinstance(written, bool) or not isinstance(written, int):
        return written
    return {"least": written, "most": written}


def _best(written: object) -> tuple[str, Quantity | None]:
    match written:
        case str() if written:
            return written, None
        case Mapping() if len(written) == 1:
            ((kpi, zone),) = written.items()
            if isinstance(kpi, str) and (found := quantity(zone)) is not None and found.number > 0:
                return kpi, found
    raise ValueError("it must be a figure, or one figure and a number above 0, such as uph or {uph: 20}")


Chosen = tuple[str, Quantity | None]
"""A figure, and how far apart means of it must be to tell designs apart."""

Key = Annotated[str, Field(strict=True, min_length=1, max_length=1000)]
Count = Annotated[int, Field(strict=True, ge=1, le=MOST_REPLICATIONS)]
Relative = Annotated[float, PlainValidator(lambda written: _share_of_one(written, 0, 1))]
Price = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]


class Replications(Record):
    """How many runs of each variant: at least, at most, and how well figures have to be known in between."""

    least: Count | None = Field(None, description="Runs of each variant, at least.")
    most: Count | None = Field(None, description="Runs of each variant, at most.")
    until: dict[Key, Relative] = Field(
        {}, description="Half-widths of the figures' intervals, as shares of their means, that are enough."
    )


class StudyFile(Record):
    """A question over many runs of a scenario."""

    study: Text = Field(description="What the study is called.")
    scenario: LocalFile = Field(description="The scenario's file, relative to the study's folder.")
    set: Annotated[tuple[str, ...], PlainValidator(_settings)] = Field(
        (), description="What is changed in every variant: keys and values, or a list of KEY=VALUE."
    )
    over: dict[Key, Annotated[Levels, PlainValidator(read_levels)]] = Field(
        min_length=1, description="The axes: keys of the scenario, and their values or ranges."
    )
    design: Design = Field("grid", description="grid: every combination; lhs: a Latin hypercube.")
    points: Annotated[int, Field(strict=True, ge=2, le=100_000)] | None = Field(
        None, description="The points of a Latin hypercube."
    )
    replications: Annotated[Replications, BeforeValidator(_replications)] = Field(
        Replications(), description="Runs of each variant: a number, or {least, most, until}."
    )
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**64)] | None = Field(
        None, description="Use this seed instead of the scenario's."
    )
    cost: dict[Key, Price] = Field({}, description="What each unit of a key's number costs.")
    demand: dict[Key, Annotated[Bound, PlainValidator(read_bound)]] = Field(
        {}, description="What figures have to be: >= 13500, <= 0.5 %, <= 200 ms."
    )
    tolerance: dict[Key, Annotated[Quantity, PlainValidator(read_quantity)]] = Field(
        {}, description="How far from a demand's limit either answer is right."
    )
    best: Annotated[Chosen, PlainValidator(_best)] | None = Field(
        None,
        description="Of designs that cost the same a plan chooses by this figure; {uph: 20}: those nearer to"
        " each other than that are equally good. Default: uph.",
    )
    confidence: Annotated[float, PlainValidator(lambda written: _share_of_one(written, 0.5, 1))] = Field(
        0.95, description="How sure an answer has to be."
    )


def looks_like_a_study(data: Any) -> bool:
    """Whether a file's plain data is meant as a study, not as a scenario."""
    return isinstance(data, Mapping) and "line" not in data and ("study" in data or "over" in data)
