"""Two exponential stations with a belt between them: what the travel takes from a buffer's worth."""

import numpy as np
import pytest
from stories import press

from line_sim.study.theory.gauge import exponential, gauged
from line_sim.study.theory.intervals import batch_means, interval_of
from line_sim.study.theory.markov import throughput

pytestmark = pytest.mark.slow

KNOWN_TO = 0.0011
"""The truths below are those of long runs of stations in the place of belts, known to within this."""

LEVEL = 1e-4


@pytest.mark.parametrize(
    ("places", "travel", "truth"), [(4, 2, 0.7710), (4, 4, 0.6491), (8, 4, 0.8137), (2, 1, 0.7304)]
)
def test_the_output_of_two_stations_with_a_belt_between(places, travel, truth):
    """Mean times of 1 s; an interval of the mean gap, with the stations' own times as controls."""
    line = [
        press(exponential(), "s0"),
        press(exponential(), "s1", buffer={"places": places, "travel": travel}),
    ]
    gauge = gauged(*line, items=60_000)
    columns = [gauge.station("s0"), gauge.station("s1")]
    controls = [batch_means(np.asarray(column.work) - 1) for column in columns]
    gap = interval_of(batch_means(columns[-1].gap), controls, level=LEVEL)
    assert gap.detectable <= 0.016 / truth, "the run is too short to show it"
    low, high = 1 / (gap.estimate + gap.half_width), 1 / (gap.estimate - gap.half_width)
    assert low - KNOWN_TO <= truth <= high + KNOWN_TO
    assert high < min(throughput([1, 1], [0, places]), places / travel), "no more than places without travel"
