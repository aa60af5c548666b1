"""What a line can make before anything is run, against closed forms."""

import math
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stories import camera
from strategies import station_entries
from ways_back import rework

from line_sim.analysis.limits import limits
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import HOUR, MILLISECOND, SECOND


def scenario(*line, **keys):
    """Return a saturated line of the given entries."""
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "limits",
            "run": {"items": 1},
            "arrivals": {"saturated": True},
            "line": line,
            "review": {"time": 0},
            **keys,
        }
    )


def station(name, cycle, **keys):
    """Return a station."""
    return {"station": name, "cycle": cycle, **keys}


@pytest.mark.parametrize(
    ("cycle", "mean"),
    [
        ({"normal": {"mean": 0, "sd": 1}}, math.sqrt(2 / math.pi)),
        ({"normal": {"mean": 1, "sd": 1}}, 1.2875999709),
        ({"weibull": {"mean": 1, "shape": 0.5}}, 1),
        ({"quantiles": {"p50": 1, "p99": 3}}, math.exp((math.log(3) / 2.326347874) ** 2 / 2)),
    ],
)
def test_a_station_makes_as_much_as_the_mean_of_its_draws_says(cycle, mean):
    """Of a normal the mean of what is left above 0, at best and at least."""
    found = limits(scenario(station("press", cycle)))
    assert found.bottleneck.uph == pytest.approx(3600 / mean, rel=1e-8)
    assert found.zero_buffer_uph == pytest.approx(3600 / mean, rel=1e-8)  # one station alone


def test_the_bottleneck_is_the_station_with_the_lowest_rate_of_its_units_together():
    """Two presses of 300 ms make more than one saw of 200 ms."""
    found = limits(scenario(station("press", "300 ms", units=2), station("saw", "200 ms")))
    assert found.bottleneck.name == "saw"
    assert found.bottleneck.uph == pytest.approx(18_000)
    assert found.stations[0].uph == pytest.approx(24_000)


def test_repairs_lengthen_the_mean_time_of_a_part():
    """Hopp & Spearman: t0 = 1, up 20, repair 4 give an effective 1.2."""
    failing = station("a", 1, breakdowns={"up": {"exponential": {"mean": 20}}, "repair": 4})
    assert limits(scenario(failing)).stations[0].mean == pytest.approx(1.2 * SECOND)


def test_a_belt_passes_no_more_than_its_places_in_its_travel():
    """Three places in 6 s: 1,800 an hour, less than either station makes, also where they are the slowest."""
    belt = {"places": 3, "travel": 6}
    found = limits(scenario(station("a", 1), station("b", 1.5, buffer=belt)))
    assert [limit.name for limit in found.stations] == ["a", "belt to b", "b"]
    assert (found.bottleneck.name, found.bottleneck.uph) == ("belt to b", pytest.approx(1800))
    assert found.zero_buffer_uph == pytest.approx(1800)
    stands = limits(scenario(station("a", 1), station("b", 1.5, buffer={**belt, "accumulates": False})))
    assert stands.zero_buffer_uph is None


def test_two_exponential_stations_without_buffer():
    """Muth: 1 / E[max(S1, S2)] is 2/3 for two exponential stations of mean 1, within its draws."""
    time = {"exponential": {"mean": 1}}
    found = limits(scenario(station("a", time), station("b", time)))
    assert found.zero_buffer_uph == pytest.approx(2 / 3 * 3600, rel=0.01)


def test_exponential_before_constant_without_buffer():
    """Muth: E[max(exp(1), 1)] = 1 + 1/e."""
    found = limits(scenario(station("a", {"exponential": {"mean": 1}}), station("b", 1)))
    assert found.zero_buffer_uph == pytest.approx(3600 / (1 + math.exp(-1)), rel=0.01)


@pytest.mark.parametrize("buffer", [0, 2])
def test_a_real_line_lies_between_its_limits(buffer):
    """What is promised before the run holds in the run."""
    time = {"lognormal": {"mean": 1, "cv": 0.6}}
    line = [station("a", time), station("b", time, buffer=buffer), station("c", time, buffer=buffer)]
    found = limits(scenario(*line))
    run = run_in_memory(scenario(*line, run={"items": 4000}))
    uph = 4000 * HOUR / run.ending.at
    assert found.zero_buffer_uph is not None
    assert found.zero_buffer_uph * 0.98 < uph < found.bottleneck.uph * 1.02


def test_an_inspection_waits_for_the_answer_but_no_longer_than_its_deadline():
    """E[min(exp(100 ms), 100 ms)] = 63.2 ms, behind 30 ms of acquisition."""
    camera = {
        "inspection": "camera",
        "acquisition": "30 ms",
        "deadline": "100 ms",
        "gateway": {"modelled": {"service": {"exponential": {"mean": "100 ms"}}}},
    }
    expected = 30 + 100 * (1 - math.exp(-1))
    assert limits(scenario(camera)).stations[0].mean == pytest.approx(expected * MILLISECOND, rel=0.01)


def test_a_live_server_is_taken_at_the_time_that_is_assumed_of_it():
    """Nobody knows its latency before the run: the best case is 0, the worst the deadline."""
    camera = {"inspection": "camera", "acquisition": "30 ms", "deadline": "200 ms", "gateway": {"grpc": {}}}
    live = scenario(camera)
    assert limits(live).stations[0].mean == 30 * MILLISECOND
    assert limits(live, 150 * MILLISECOND).stations[0].mean == 180 * MILLISECOND
    assert limits(live, SECOND).stations[0].mean == 230 * MILLISECOND


def test_the_demand_is_the_takt():
    """14,400 parts an hour at a takt of 250 ms; a saturated line has none."""
    paced = scenario(station("a", "100 ms"), arrivals={"every": "250 ms"})
    assert limits(paced).demand_uph == pytest.approx(14_400)
    assert limits(scenario(station("a", "100 ms"))).demand_uph is None


def test_several_units_have_no_zero_buffer_bound_and_no_time_is_no_limit():
    """The bound is for single machines; a line that needs no time has none at all."""
    assert limits(scenario(station("a", 1, units=2), station("b", 1))).zero_buffer_uph is None
    assert limits(scenario(station("a", 0))).bottleneck.uph == math.inf


HEAVY = {"lognormal": {"mean": 10, "cv": 5}}


@given(seed=st.integers(0, 2**64 - 1), entries=st.lists(station_entries("s"), min_size=1, max_size=3))
@settings(max_examples=30, deadline=None)
@example(seed=1, entries=[{"station": "s", "cycle": HEAVY}])
@example(seed=2, entries=[{"station": "s", "cycle": HEAVY}, {"station": "s", "cycle": 9}])
def test_at_least_is_never_above_at_best(seed, entries):
    """Whatever is drawn, no line makes less at best than at least; one station alone makes the same."""
    named = [entry | {"station": f"s{place}", "units": 1} for place, entry in enumerate(entries)]
    found = limits(scenario(*named, seed=seed))
    if found.zero_buffer_uph is not None:
        assert found.zero_buffer_uph <= found.bottleneck.uph
        assert len(named) > 1 or found.zero_buffer_uph == found.bottleneck.uph


def test_a_long_line_takes_no_more_than_a_short_one():
    """A thousand random stations in less memory than one column of all their draws."""
    line = [station(f"s{place}", {"exponential": {"mean": 1}}) for place in range(1000)]
    spec = scenario(*line)
    tracemalloc.start()
    found = limits(spec)
    assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    tracemalloc.stop()
    assert found.zero_buffer_uph is not None
    assert found.zero_buffer_uph == pytest.approx(3600 / sum(1 / place for place in range(1, 1001)), rel=0.05)


def test_a_line_with_a_way_back_has_no_least():
    """How often parts come again is not known beforehand; at best none does."""
    line = station("press", 1), camera()
    assert limits(scenario(*line)).zero_buffer_uph == pytest.approx(3600)
    again = limits(scenario(*line, review={"time": 1, **rework()}))
    assert (again.zero_buffer_uph, again.bottleneck.uph) == (None, 3600)


def test_a_gate_lets_the_camera_make_what_its_pictures_allow():
    """Pictures of 1 s and answers of 3 s: 3,600 an hour by the camera; held under it, 900."""
    held = camera(acquisition=1, gateway={"modelled": {"service": 3, "servers": 4}})
    gate = {"decides": "at_gate", "gate": {"places": 8, "travel": 4}}
    found = limits(scenario({**held, **gate}))
    assert [limit.name for limit in found.stations] == ["camera", "belt to camera gate", "camera gate"]
    assert (found.bottleneck.name, found.bottleneck.uph) == ("camera", pytest.approx(3600))
    assert limits(scenario(held)).bottleneck.uph == pytest.approx(900)
    assert found.zero_buffer_uph is None


@pytest.mark.parametrize(
    ("places", "servers", "apart"),
    [(8, 4, 3 / 4), (8, 2, 3 / 2), (1, 4, 4 / 2), (2, 4, 4 / 3)],
)
def test_a_gate_passes_no_more_than_its_room_and_the_servers_allow(places, servers, apart):
    """So many parts on camera and belt, each for picture and answer; and one answer a service and server."""
    gateway = {"modelled": {"service": 3, "servers": servers}}
    at_gate = {"decides": "at_gate", "gate": {"places": places, "travel": places / 4}}
    found = limits(scenario(camera(acquisition=1, gateway=gateway, **at_gate)))
    gate = found.stations[-1]
    assert (gate.name, gate.mean) == ("camera gate", pytest.approx(apart * SECOND))


def test_no_line_with_a_gate_makes_more_than_its_limits():
    """Short belts and long ones, few servers and many: counted over 210 parts, whole cycles of each."""
    for places, travel, servers in ((1, 1, 1), (2, 1, 3), (4, 4, 2), (6, 3, 1), (9, 9, 4)):
        gateway = {"modelled": {"service": 3, "servers": servers}}
        at_gate = {"decides": "at_gate", "gate": {"places": places, "travel": travel}}
        line = scenario(camera(acquisition=1, gateway=gateway, **at_gate), run={"items": 430})
        left = sorted(item.left_at for item in run_in_memory(line).records.items)
        made = 210 * HOUR / (left[-1] - left[-211])
        best = limits(line).bottleneck.uph
        assert 0.75 * best <= made <= best * (1 + 1e-9), (places, travel, servers)
