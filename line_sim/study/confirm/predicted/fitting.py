"""Whether a calibration may speak of the server that a scenario asks."""

from collections.abc import Iterator, Mapping
from itertools import islice
from math import sqrt
from statistics import fmean
from typing import Any

from line_sim.chance.chance import Chance
from line_sim.errors import ScenarioError
from line_sim.line.mix.parts import maker_of
from line_sim.pictures.opening import pictures_of
from line_sim.scenario import Scenario
from line_sim.scenario.gateways.calibration import Calibration
from line_sim.scenario.gateways.servers import ServerOptions

ALIKE = 1.5
"""Requests at most so many times larger or smaller than the measured ones are taken for alike."""

_LOOKED_AT = 5
"""So many of the line's first pictures tell how large its requests are."""


def refuse_another(calibration: Calibration, asked: Mapping[str, ServerOptions]) -> None:
    """Raise ScenarioError where another model was measured than the one that an inspection asks."""
    measured = calibration.measured.model
    for name, server in asked.items():
        if measured is not None and server.model != measured:
            raise ScenarioError(
                f"{name}: it asks the model {server.model}, and {calibration.name} was measured with "
                f"{measured}; calibrate with --model {server.model}, or have the inspection ask {measured}"
            )


def doubts(scenario: Scenario, calibration: Calibration, asked: Mapping[str, ServerOptions]) -> Iterator[str]:
    """Yield what the line asks of the server that was not measured.

    Raises ScenarioError for pictures that cannot be used.
    """
    yield from _more_calls(scenario, calibration, asked)
    yield from _other_sizes(calibration, scenario)
    stretches = calibration.blocks.alone
    if len(stretches) < 2:  # one that is drawn again is always the same
        holds = "one stretch of measurements" if stretches else "no measurements"
        yield (
            f"{calibration.name} holds {holds} (blocks), so that nobody knows how well its model is "
            "known: the intervals are too narrow"
        )


def measured_together(calibration: Calibration) -> int | None:
    """Return how many calls were out at most when the server was measured; None where nobody says."""
    sharing = calibration.model.sharing
    known = [*calibration.blocks.together, *(sharing.speed if sharing else ())]
    return max(known, default=None)


def _more_calls(
    scenario: Scenario, calibration: Calibration, asked: Mapping[str, ServerOptions]
) -> Iterator[str]:
    known = measured_together(calibration)
    out = sum(spec.most_calls for spec in scenario.inspections if spec.name in asked)
    if known is not None and out > known:
        yield (
            f"up to {out} calls may be out at once, and {calibration.name} was measured with {known} at "
            "most: beyond that its model is a guess"
        )


def _picture_sizes(scenario: Scenario) -> list[int]:
    """Return the bytes of the first pictures; none where no part has one."""
    pictures = pictures_of(scenario)
    if pictures is None:
        return []
    maker = maker_of(Chance(scenario.seed), scenario.product, pictures.defect_kinds)
    parts = (maker.make(number) for number in range(1, _LOOKED_AT + 1))
    return [
        len(pictures.picture(part.item_id, part.true_state, part.defect))
        for part in islice(parts, _LOOKED_AT)
    ]


def _other_sizes(calibration: Calibration, scenario: Scenario) -> Iterator[str]:
    measured = calibration.measured.payload_bytes
    sizes = _picture_sizes(scenario) if measured else []
    if not measured or not sizes or measured / ALIKE <= fmean(sizes) <= measured * ALIKE:
        return
    slope = calibration.payload
    more = "" if slope is None else f": {1000 * slope.seconds_per_byte * (fmean(sizes) - measured):+.2g} ms"
    yield (
        f"a picture of this line has about {fmean(sizes):,.0f} bytes, and the server was measured with "
        f"requests of {measured:,}: reading and sending them takes another time, which is not predicted{more}"
    )


OF_TIMES = ("throughput", "mean", "p50")
"""The errors of a held-out probe that say by how much answers are taken for too long or too short."""


def model_error(calibration: Calibration) -> float:
    """Return the share by which the model's times are off on what it was not fitted to; 0 if nobody looked.

    It is the root mean square of the errors of the throughput, the mean and the median, which a line feels,
    as far as it is more than the probe's own noise: what chance alone would do there is no error of a model.
    """
    errors, noise = calibration.held_out, calibration.held_out.get("noise") or {}
    squares = [
        _number(errors, name) ** 2 - _number(noise, name) ** 2 for name in OF_TIMES if _number(errors, name)
    ]
    return sqrt(max(0.0, fmean(squares))) if squares else 0.0


def _number(told: Mapping[str, Any], name: str) -> float:
    value = told.get(name) if isinstance(told, Mapping) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
