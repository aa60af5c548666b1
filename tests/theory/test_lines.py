"""Saturated lines against exact answers: blocking after service in numbers."""

import numpy as np
import pytest
import yaml
from scipy import integrate, stats
from stories import camera, happens, modelled, press

from line_sim.study.theory.gauge import erlang, exponential, gauged
from line_sim.study.theory.markov import exponential_line, stationary, throughput
from line_sim.study.theory.reference import THEORY_FILE
from line_sim.units import SECOND

THEORY = yaml.safe_load(THEORY_FILE.read_text())
pytestmark = pytest.mark.slow


def stations(means, places, kind=exponential):
    """Return stations s0, s1, ... with these mean times."""
    return [
        press(kind(mean), f"s{i}", buffer=b) for i, (mean, b) in enumerate(zip(means, places, strict=True))
    ]


def check_throughput(agrees, truth, line, means, *, items, detects=0.016):
    """Check the mean time between departures, with the stations' mean service times as controls."""
    gauge = gauged(*line, items=items)
    columns = [gauge.station(f"s{index}") for index in range(len(line))]
    controls = [column.work - mean for column, mean in zip(columns, means, strict=True)]
    agrees(1 / truth, columns[-1].gap, controls=controls, detects=detects)


@pytest.mark.parametrize(("buffer", "truth"), THEORY["two_exponential_stations"]["balanced_mu_1"].items())
def test_two_equal_exponential_stations(agrees, buffer, truth):
    """TH = (B + 2) / (B + 3)."""
    assert truth == pytest.approx((buffer + 2) / (buffer + 3), abs=1e-6)
    check_throughput(agrees, truth, stations([1, 1], [0, buffer]), [1, 1], items=60_000)


@pytest.mark.parametrize("case", THEORY["two_exponential_stations"]["cases"])
@pytest.mark.parametrize("reverse", [False, True])
def test_two_unequal_exponential_stations_and_their_mirror(agrees, case, reverse):
    """TH = mu1 (1 - r^(B+2)) / (1 - r^(B+3)), the same with the stations exchanged."""
    means = [1 / rate for rate in (case["mu"][::-1] if reverse else case["mu"])]
    line = stations(means, [0, case["buffer"]])
    assert case["throughput"] == pytest.approx(throughput(case["mu"], [0, case["buffer"]]), abs=1e-7)
    check_throughput(agrees, case["throughput"], line, means, items=60_000)


@pytest.mark.parametrize(("buffer", "truth"), THEORY["hillier_boling_balanced_exponential"]["N=3"].items())
def test_three_equal_exponential_stations(agrees, buffer, truth):
    """Hillier and Boling's table, which the Markov chain solved here gives too."""
    assert truth == pytest.approx(throughput([1] * 3, [0, buffer, buffer]), abs=1e-6)
    check_throughput(agrees, truth, stations([1] * 3, [0, buffer, buffer]), [1] * 3, items=60_000)


@pytest.mark.parametrize(("number", "items"), [(4, 60_000), (6, 50_000)])
def test_longer_lines_without_buffers(agrees, number, items):
    """Four stations make 0.5148; six as their Markov chain says."""
    truth = throughput([1] * number, [0] * number)
    assert number != 4 or truth == pytest.approx(0.5148, abs=5e-5)
    check_throughput(agrees, truth, stations([1] * number, [0] * number), [1] * number, items=items)


@pytest.mark.parametrize("reverse", [False, True])
def test_an_uneven_line_and_its_mirror(agrees, reverse):
    """Rates 1, 1.6, 1.2, 0.9 with buffers 1, 0, 2: the mirrored line has the same throughput."""
    rates, places = [1.0, 1.6, 1.2, 0.9], [0, 1, 0, 2]
    truth = throughput(rates, places)
    assert truth == pytest.approx(throughput(rates[::-1], [0, *places[:0:-1]]), abs=1e-9)
    if reverse:
        rates, places = rates[::-1], [0, *places[:0:-1]]
    means = [1 / rate for rate in rates]
    check_throughput(agrees, truth, stations(means, places), means, items=50_000)


def test_shares_of_three_equal_stations_without_buffers(agrees):
    """How long each machine is blocked and starved, told apart."""
    truth = THEORY["hillier_boling_balanced_exponential"]["shares_N3_B0"]
    solved = exponential_line([1] * 3, [0] * 3)
    gauge = gauged(*stations([1] * 3, [0] * 3), items=60_000)
    for index in range(3):
        column = gauge.station(f"s{index}")
        blocked = sum(share for state, share in solved.items() if state[index][1])
        starved = sum(share for state, share in solved.items() if not state[index][0])
        assert truth["blocked"][index] == pytest.approx(blocked, abs=1e-6)
        assert truth["starved"][index] == pytest.approx(starved, abs=1e-6)
        if index < 2:
            agrees(truth["blocked"][index], column.blocked, per=column.gap, detects=0.02, scale=1)
        if index > 0:
            agrees(truth["starved"][index], column.starved, per=column.gap, detects=0.02, scale=1)
    assert not gauge.station("s2").blocked.any()
    assert not gauge.station("s0").starved.any()


def mean_of_longer(one, other):
    """Return E[max(S1, S2)] = integral of 1 - F1 F2."""
    return integrate.quad(lambda t: 1 - one.cdf(t) * other.cdf(t), 0, np.inf)[0]


def test_a_pair_without_a_buffer_of_uniform_times(agrees):
    """TH = 1 / E[max(S1, S2)] for any times (Muth): uniform on 0 to 2."""
    uniform = {"uniform": {"low": 0, "high": 2}}
    check_throughput(
        agrees, pair_case(0)["throughput"], [press(uniform, "s0"), press(uniform, "s1")], [1, 1], items=60_000
    )


def test_a_pair_without_a_buffer_of_exponential_and_constant_times(agrees):
    """The second machine always takes 1."""
    line = [press(exponential(), "s0"), press(1, "s1")]
    gauge = gauged(*line, items=60_000)
    work, gap = gauge.station("s0").work, gauge.station("s1").gap
    agrees(1 / pair_case(1)["throughput"], gap, controls=[work - 1], detects=0.01)


@pytest.mark.parametrize("stages", [2, 4])
def test_a_pair_without_a_buffer_of_erlang_times(agrees, stages):
    """Erlang times, by numerical integration."""
    erlang_times = stats.gamma(stages, scale=1 / stages)
    truth = 1 / mean_of_longer(erlang_times, erlang_times)
    line = stations([1, 1], [0, 0], kind=lambda mean: erlang(stages, mean))
    check_throughput(agrees, truth, line, [1, 1], items=60_000)


def test_a_takt_before_an_inspection_with_a_deadline(agrees):
    """TH = 1 / E[max(1, min(S, 2))]: a late answer costs the line exactly the deadline."""
    case = pair_case(2)
    inspection = camera(deadline=case["deadline"], on_no_result="ship", gateway=modelled(exponential()))
    gauge = gauged(press(1, "s0"), inspection, items=60_000, review={"time": 1})
    column = gauge.station("camera")
    mean_held = 1 - np.exp(-case["deadline"])
    controls = [column.held - mean_held]
    agrees(1 / case["throughput"], column.gap, controls=controls, detects=0.01)
    agrees(np.exp(-2), column.held == 2, detects=0.1)


def pair_case(index):
    """Return one of the pairs of the reference."""
    return THEORY["zero_buffer_pair"]["cases"][index]


def test_the_packaging_line_to_the_nanosecond():
    """Five constant stations: once the buffers are full each 8 s are divided exactly as the table says."""
    case = THEORY["deterministic_packaging_line"]
    line = [press(work, f"s{i}", buffer=5 if i else 0) for i, work in enumerate(case["service"])]
    visits = happens(*line, items=400).records.visits
    for index in range(len(line)):
        left = [(v.started_at, v.finished_at, v.left_at) for v in visits if v.station == f"s{index}"]
        steady = left[200:300]
        period = steady[-1][2] - steady[0][2]
        assert period == 99 * SECOND / case["throughput"]
        busy = sum(finished - started for started, finished, _ in steady[1:]) / period
        blocked = sum(left_at - finished for _, finished, left_at in steady[1:]) / period
        assert (busy, blocked) == (case["busy"][index], case["blocked"][index])


def review_line(review_places, alarms, service, look):
    """Solve a saturated camera whose parts go to one reviewer with probability `alarms`."""

    def moves(state):
        at_review, blocked = state
        if not blocked:
            yield (1 - alarms) / service, (at_review, False)
            full = at_review == review_places + 1
            yield alarms / service, (at_review if full else at_review + 1, full)
        if at_review:
            yield 1 / look, (at_review if blocked else at_review - 1, False)

    return stationary((0, False), moves)


@pytest.mark.parametrize("places", [0, 2])
def test_a_review_lane_that_blocks_the_camera(agrees, places):
    """Half of the parts go to a reviewer who is too slow: the camera's pace and its blocked share."""
    solved = review_line(places, 0.5, 1.0, 2.5)
    blocked = sum(share for (_, is_blocked), share in solved.items() if is_blocked)
    gauge = gauged(
        camera(gateway=modelled(exponential(), false_alarm_rate=0.5)),
        items=80_000,
        review={"time": exponential(2.5), "buffer": places},
    )
    column = gauge.station("camera")
    agrees(1 / (1 - blocked), column.gap, controls=[column.held - 1], detects=0.04)
    agrees(blocked, column.blocked, per=column.gap, detects=0.03, scale=1)


def test_a_camera_between_a_full_review_and_a_full_ship_lane(agrees):
    """No places anywhere: blocked towards the reviewer or the packer, as the chain of 8 states says."""
    alarms, service, look, pack = 0.4, 1.0, 2.0, 1.2

    def moves(state):
        blocked_by, packing, reviewing = state
        if not blocked_by:
            yield (1 - alarms) / service, ("pack", 1, reviewing) if packing else ("", 1, reviewing)
            yield alarms / service, ("review", packing, 1) if reviewing else ("", packing, 1)
        if packing:
            yield 1 / pack, ("", 1, reviewing) if blocked_by == "pack" else (blocked_by, 0, reviewing)
        if reviewing:
            yield 1 / look, ("", packing, 1) if blocked_by == "review" else (blocked_by, packing, 0)

    solved = stationary(("", 0, 0), moves)
    free = sum(share for (blocked_by, _, _), share in solved.items() if not blocked_by)
    gauge = gauged(
        camera(gateway=modelled(exponential(service), false_alarm_rate=alarms)),
        press(exponential(pack), "pack"),
        items=80_000,
        review={"time": exponential(look), "cleared": "ships"},
    )
    column = gauge.station("camera")
    agrees(service / free, column.gap, controls=[column.held - service], detects=0.025)
