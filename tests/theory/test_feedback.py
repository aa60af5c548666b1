"""A queue to which a fifth of the parts comes back, again and again: Jackson's simplest network."""

import numpy as np
import pytest
from stories import camera, happens, press

from line_sim.units import SECOND

PARTS = 200_000
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rows():
    """Run Poisson arrivals of 0.6 a second through a station of 1 s on average; each time a fifth is bad."""
    bench = {"time": 0, "buffer": PARTS, "rework": {"to": "s", "at_most": 1000, "buffer": PARTS}}
    line = press({"exponential": {"mean": 1}}, "s", buffer=PARTS), camera(buffer=PARTS)
    told = happens(
        *line,
        items=PARTS,
        every={"exponential": {"mean": f"{1 / 0.6:.9f} s"}},
        defect_rate=0.2,
        review=bench,
        seed=11,
    )
    return told.records


def test_a_part_comes_as_often_as_the_series_says(rows, agrees):
    """1 / (1 - 0.2) visits a part."""
    visits = np.bincount([visit.item_id for visit in rows.visits if visit.station == "s"])[1:]
    agrees(1.25, visits, detects=0.02)


def test_the_station_is_busy_as_its_traffic_says(rows, agrees):
    """0.6 x 1.25 visits a second of 1 s each: the work of all parts over the time in which they came."""
    arrived = np.array([item.arrived_at for item in sorted(rows.items)])
    work = np.zeros(PARTS)
    for visit in rows.visits:
        if visit.station == "s":
            work[visit.item_id - 1] += visit.finished_at - visit.started_at
    gaps = np.diff(arrived, prepend=0)
    agrees(0.75, work, per=gaps, detects=0.03)


def test_three_parts_are_there_and_a_part_stays_for_five_seconds(rows, agrees):
    """L = 0.75 / 0.25 whoever is taken first, and W = L / 0.6 (Little)."""
    items = sorted(rows.items)
    arrived = np.array([item.arrived_at for item in items])
    stayed = np.array([item.left_at for item in items]) - arrived
    agrees(5 * SECOND, stayed, detects=0.2)
    agrees(3.0, stayed, per=np.diff(arrived, prepend=0), detects=0.2)
