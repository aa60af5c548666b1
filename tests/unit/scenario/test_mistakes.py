"""Every mistake is told with its place, its value and what is allowed."""

# ruff: noqa: E501 - each message stands on one line, as a user reads it

import pytest

from line_sim.errors import ScenarioError
from line_sim.scenario import loads

GOOD = """\
version: 1
name: Test line
seed: 7
run: {items: 300, clock: coupled, warm_up: 0 s}
arrivals: {every: 250 ms, on_full: wait}
product: {defect_rate: 0.06, images: {rendered: flange}}
line:
  - station: press
    cycle: 180 ms
    breakdowns: {up: {exponential: {mean: 20 min}}, repair: 30 s, counts: operating}
  - inspection: camera
    units: 1
    deadline: 200 ms
    gateway: {grpc: {target: embedded}}
    ship_when: {labels: [good], score_at_least: 0.8}
review: {buffer: 20, time: {lognormal: {mean: 4 s, cv: 0.5}}}
"""

MISTAKES = [
    # keys
    ("units: 1", "unit: 1", "12:5: line[1].unit is an unknown key; did you mean 'units'?"),
    ("counts: operating", "colour: red", "10:67: line[0].breakdowns.colour is an unknown key; the keys here are name, up, repair, counts"),
    ("grpc:", "grcp:", "14:15: line[1].gateway.grcp is an unknown key; did you mean 'grpc'?"),
    ("exponential:", "exponental:", "10:23: line[0].breakdowns.up.exponental is an unknown key; did you mean 'exponential'?"),
    ("- station: press", "- staton: press", "8:5: line[0].staton is an unknown key; did you mean 'station'?"),
    ("cycle: 180 ms", "buffer: 3", "8:5: line[0].cycle is missing"),
    ("name: Test line\n", "", "1:1: name is missing"),
    ("seed: 7", "version: 1", "3:1: version stands here twice; the first is t.yaml:1:1"),
    ("units: 1", "station: x", "11:5: line[1] is {inspection: camera, station: x, deadline: 200 ms, gatewa...; it must have the key station or the key inspection, and not both"),
    ("{target: embedded}", "{target: embedded}, modelled: {service: 1 s}", "14:14: line[1].gateway is {grpc: {target: embedded}, modelled: {service: 1 s}}; it must be a mapping with one of grpc, rest, kserve, modelled, calibrated, server, replay"),
    # durations and times
    ("200 ms", "-1 s", "13:15: line[1].deadline is -1 s; it must be greater than 0"),
    ("200 ms", "0", "13:15: line[1].deadline is 0; it must be greater than 0"),
    ("200 ms", "200 parsec", "13:15: line[1].deadline is 200 parsec; it has the unknown unit 'parsec'; the units are ns, us, ms, s, min, h"),
    ("200 ms", "soon", "13:15: line[1].deadline is soon; it is not a duration; write 250 ms, 1.5 s, 20 min, 2 h or a number of seconds"),
    ("200 ms", "200 years", "13:15: line[1].deadline is 200 years; it has the unknown unit 'years'; the units are ns, us, ms, s, min, h"),
    ("200 ms", "1e9 h", "13:15: line[1].deadline is 1e9 h; it is longer than a century"),
    ("180 ms", ".nan", "9:12: line[0].cycle is .nan; it is not a duration; it must be a finite number of seconds"),
    ("180 ms", "true", "9:12: line[0].cycle is true; it is not a duration; write 250 ms, 1.5 s, 20 min, 2 h or a number of seconds"),
    ("180 ms", "-0.1", "9:12: line[0].cycle is -0.1; it must be 0 or more"),
    ("180 ms", "{cauchy: {mean: 1 s}}", "9:12: line[0].cycle is {cauchy: {mean: 1 s}}; it must be a duration such as 250 ms, or have one key of exponential, uniform, triangular, normal, lognormal, quantiles, gamma, weibull, empirical, values, by_variant"),
    ("180 ms", "{weibul: {mean: 1 s, shape: 2}}", "9:13: line[0].cycle.weibul is an unknown key; did you mean 'weibull'?"),
    ("180 ms", "{weibull: {mean: 1 s}}", "9:22: line[0].cycle.weibull.shape is missing"),
    ("180 ms", "{weibull: {mean: 1 s, cv: 0.5}}", "9:34: line[0].cycle.weibull.cv is an unknown key; the keys here are mean, shape"),
    ("180 ms", "{weibull: {mean: 1 s, shape: 0.1}}", "9:41: line[0].cycle.weibull.shape is 0.1; it must be 0.13 or more"),
    ("180 ms", "{weibull: {mean: 1 s, shape: 2e6}}", "9:41: line[0].cycle.weibull.shape is 2e6; it must be 1,000,000 or less"),
    ("180 ms", "{weibull: {mean: 1 s, shape: .nan}}", "9:41: line[0].cycle.weibull.shape is .nan; it must be a finite number"),
    ("180 ms", "{normal: {mean: -1 s, sd: 1 s}}", "9:28: line[0].cycle.normal.mean is -1 s; it must be 0 or more (a normal that lies mostly below 0 is no time)"),
    ("180 ms", "{normal: {mean: 1 s, sd: 0}}", "9:37: line[0].cycle.normal.sd is 0; it must be greater than 0"),
    ("180 ms", "{normal: {mean: 1 s, sd: -1 s}}", "9:37: line[0].cycle.normal.sd is -1 s; it must be greater than 0"),
    ("180 ms", "{normal: {mean: 1 s, cv: 0.2}}", "9:33: line[0].cycle.normal.cv is an unknown key; the keys here are mean, sd"),
    ("180 ms", "{quantiles: {p50: 85 ms, p99: 85 ms}}", "9:24: line[0].cycle.quantiles is {p50: 85 ms, p99: 85 ms}; p99 must be greater than p50 (a time that never varies is the duration itself)"),
    ("180 ms", "{quantiles: {p50: 85 ms, p99: 90 s}}", "9:24: line[0].cycle.quantiles is {p50: 85 ms, p99: 90 s}; p99 must be at most 1,000 times p50"),
    ("180 ms", "{quantiles: {p50: 0, p99: 90 s}}", "9:30: line[0].cycle.quantiles.p50 is 0; it must be greater than 0"),
    ("180 ms", "{quantiles: {p50: 85 ms, p95: 90 ms}}", "9:37: line[0].cycle.quantiles.p95 is an unknown key; did you mean 'p99'?"),
    ("180 ms", "{exponential: 5 s}", "9:26: line[0].cycle.exponential is 5 s; it must be a mapping with keys such as mean"),
    ("180 ms", "{exponential: {}}", "9:26: line[0].cycle.exponential.mean is missing"),
    ("180 ms", "{uniform: {low: 2 s, high: 1 s}}", "9:22: line[0].cycle.uniform is {low: 2 s, high: 1 s}; low must be below high (a time that never varies is the duration itself)"),
    ("180 ms", "{triangular: {low: 1, mode: 5, high: 3}}", "9:25: line[0].cycle.triangular is {low: 1, mode: 5, high: 3}; mode must lie between low and high"),
    ("cv: 0.5", "cv: 0", "16:56: review.time.lognormal.cv is 0; it must be greater than 0 (a time that never varies is the duration itself)"),
    ("cv: 0.5", "cv: .inf", "16:56: review.time.lognormal.cv is .inf; it must be a finite number"),
    ("every: 250 ms", "every: 0", "5:19: arrivals.every is 0; it must be greater than 0"),
    ("repair: 30 s", "repair: 0 s", "10:61: line[0].breakdowns.repair is 0 s; it must be greater than 0"),
    # numbers and words
    ("units: 1", "units: 2.0", "12:12: line[1].units is 2.0; it must be a whole number"),
    ("units: 1", "units: true", "12:12: line[1].units is true; it must be a whole number"),
    ("units: 1", "units: 0", "12:12: line[1].units is 0; it must be 1 or more"),
    ("items: 300", 'items: "300"', '4:14: run.items is "300"; it must be a whole number'),
    ("items: 300", "items: 1:30", "4:14: run.items is 1:30; it must be a whole number"),
    ("buffer: 20", "buffer: many", "16:18: review.buffer is many; it must be a whole number"),
    ("buffer: 20", "buffer: {places: 3}", "16:18: review.buffer.travel is missing"),
    ("buffer: 20", "buffer: {places: 0, travel: 1 s}", "16:27: review.buffer.places is 0; it must be 1 or more"),
    ("buffer: 20", "buffer: {places: 3, travel: 0 s}", "16:38: review.buffer.travel is 0 s; it must be greater than 0"),
    ("buffer: 20", "buffer: {places: 3, travel: 2 ns}", "16:18: review.buffer is {places: 3, travel: 2 ns}; its travel must be at least 1 ns a place (places without travel are a number)"),
    ("buffer: 20", "buffer: {places: 3, travel: 1 s, accumulates: 1}", "16:56: review.buffer.accumulates is 1; it must be true or false"),
    ("buffer: 20", "buffer: {places: 3, travels: 1 s}", "16:30: review.buffer.travels is an unknown key; did you mean 'travel'?"),
    ("buffer: 20", "buffer: -1", "16:18: review.buffer is -1; it must be 0 or more"),
    ("seed: 7", "seed: -7", "3:7: seed is -7; it must be 0 or more"),
    ("0.06", "1.5", "6:24: product.defect_rate is 1.5; it must be 1 or less"),
    ("0.06", "6 %", "6:24: product.defect_rate is 6 %; it must be a number"),
    ("0.06", ".nan", "6:24: product.defect_rate is .nan; it must be a finite number"),
    ("on_full: wait", "on_full: block", "5:36: arrivals.on_full is block; it must be wait or lose"),
    ("version: 1", "version: 2", "1:10: version is 2; it must be 1"),
    ("version: 1", "version: 1.0", "1:10: version is 1.0; it must be 1"),
    ("version: 1", "version: true", "1:10: version is true; it must be 1"),
    ("name: Test line", "name: 5", "2:7: name is 5; it must be text; put it in quotes if that is what it is"),
    ("name: Test line", "name:", "2:6: name is empty; it must be text; put it in quotes if that is what it is"),
    ("station: press", "station: =1+1", "8:14: line[0].station is =1+1; it must start with a letter or digit and hold only letters, digits, spaces, _-.:+#&/()"),
    ("labels: [good]", "labels: []", "15:25: line[1].ship_when.labels is []; it must have at least one entry"),
    ("labels: [good]", "labels: good", "15:25: line[1].ship_when.labels is good; it must be a list"),
    ("target: embedded", "target: camera-box", "14:30: line[1].gateway.grpc.target is camera-box; it must be embedded or HOST:PORT, such as localhost:8500 or [::1]:8500, or unix:PATH of a socket"),
    ("target: embedded", "target: h:99999", "14:30: line[1].gateway.grpc.target is h:99999; it must be embedded or HOST:PORT, such as localhost:8500 or [::1]:8500, or unix:PATH of a socket"),
    ("{target: embedded}", "{target: h:8500, model_base_path: m}", "14:55: line[1].gateway.grpc.model_base_path is m; only the embedded server loads a model from a path; the target is h:8500"),
    ("{target: embedded}", "{tls: true}", "14:27: line[1].gateway.grpc.tls is true; the embedded server speaks plain text, on this machine alone; leave tls out"),
    ("{target: embedded}", "{target: h:1, targets: [i:1]}", "14:44: line[1].gateway.grpc.targets is [i:1]; it must have either target or targets, and not both"),
    ("{target: embedded}", "{targets: [embedded]}", "14:32: line[1].gateway.grpc.targets[0] is embedded; it must be HOST:PORT; a server of our own is the target, and the only one"),
    ("{target: embedded}", "{targets: []}", "14:31: line[1].gateway.grpc.targets is []; it must have at least one entry"),
    ("{target: embedded}", "{target: h:1, tls: {cert: a.pem}}", "14:40: line[1].gateway.grpc.tls is {cert: a.pem}; it must have both cert and key, or neither"),
    ("{target: embedded}", "{target: h:1, tls: {caa: a.pem}}", "14:41: line[1].gateway.grpc.tls.caa is an unknown key; did you mean 'ca'?"),
    ("{target: embedded}", "{metadata: {X-Key: a}}", "14:32: line[1].gateway.grpc.metadata is {X-Key: (not shown)}; the name X-Key must be of lower-case letters, digits and _.-"),
    ("{target: embedded}", "{metadata: {host: a}}", "14:32: line[1].gateway.grpc.metadata is {host: (not shown)}; the name host is gRPC's or HTTP's own"),
    ("{target: embedded}", '{metadata: {x-key: "a\\nb"}}', "14:40: line[1].gateway.grpc.metadata.x-key is (not shown); it must be printable ASCII"),
    ("{target: embedded}", "{metadata: {x-key: {env: A-B}}}", "14:40: line[1].gateway.grpc.metadata.x-key is (not shown); env must be the name of an environment variable"),
    ("{target: embedded}", "{retries: {attempts: 1}}", "14:42: line[1].gateway.grpc.retries.attempts is 1; it must be 2 or more"),
    ("{target: embedded}", "{retries: {on: [OK]}}", "14:37: line[1].gateway.grpc.retries.on[0] is OK; it must be UNAVAILABLE, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNKNOWN or NOT_FOUND"),
    ("{target: embedded}", "{wait_for_ready: 1}", "14:38: line[1].gateway.grpc.wait_for_ready is 1; it must be true or false"),
    ("seed: 7", "seed: !!python/name:os.system x", "3:7: seed: the tag !!python/name:os.system is not allowed here; write the plain value"),
    ("seed: 7", "seed: !!int 7", "3:7: seed: the tag !!int is not allowed here; write the plain value"),
    ("seed: 7", "seed: 7\n!!str clock: x", "4:1: the tag !!str is not allowed here; write the plain value"),
    ("name: Test line", "name: &n !!str Test line", "2:7: name: the tag !!str is not allowed here; write the plain value"),
    ("{every: 250 ms", "!!map {every: 250 ms", "5:11: arrivals: the tag !!map is not allowed here; write the plain value"),
    # what does not fit together
    ("items: 300, ", "", "4:6: run is {clock: coupled, warm_up: 0 s}; it must have either items or duration, and not both"),
    ("every: 250 ms", "every: 1 s, saturated: true", "5:11: arrivals is {every: 1 s, saturated: true, on_full: wait}; it must have either every or saturated: true, and not both"),
    ("items: 300, clock: coupled, warm_up: 0 s", "duration: 10 s, warm_up: 10 s", "4:32: run.warm_up is 10 s; it must be shorter than run.duration, 10 s"),
    ("station: press", "station: camera", "11:17: line[1].inspection is camera; line[0] has that name already; choose another"),
    ("units: 1", "decides: at_gate", "11:5: line[1].gate is missing; decides is at_gate, so write how many places and what travel its belt has"),
    ("units: 1", "decides: somewhere", "12:14: line[1].decides is somewhere; it must be at_camera or at_gate"),
    ("units: 1", "gate: {places: 3, travel: 1 s}", "12:11: line[1].gate is {places: 3, travel: 1 s}; it is only for an inspection with decides: at_gate; write that, or take it away (gate: null)"),
    ("units: 1", "decides: at_camera\n    gate: {places: 3, travel: 1 s}", "13:11: line[1].gate is {places: 3, travel: 1 s}; it is only for an inspection with decides: at_gate; write that, or take it away (gate: null)"),
    ("units: 1", "decides: at_gate\n    gate: {places: 3, travel: 2 ns}", "13:11: line[1].gate is {places: 3, travel: 2 ns}; its travel must be at least 1 ns a place"),
    ("units: 1", "decides: at_gate\n    gate: {places: 0, travel: 1 s}", "13:20: line[1].gate.places is 0; it must be 1 or more"),
    ("units: 1", "decides: at_gate\n    gate: {places: 1000, travel: 1 s}", "13:11: line[1].gate is {places: 1000, travel: 1 s}; with it more than 1,000 calls may be out at real servers"),
    ("units: 1", "decides: at_gate\n    gate: {places: 3, travel: 1 s, accumulates: false}", "13:36: line[1].gate.accumulates is an unknown key; the keys here are places, travel"),
    ("cycle: 180 ms", "cycle: 180 ms\n    gate: {places: 3, travel: 1 s}", "10:5: line[0].gate is an unknown key; the keys here are station, buffer, units, cycle, changeover, breakdowns, calendar, crew, makes_defects"),
    ("station: press", "station: review", "8:14: line[0].station is review; that is the name of the review bench; choose another"),
    (GOOD[GOOD.index("review:") :], "", "1:1: review is missing; line[1] is an inspection and sends parts there"),
    ("clock: coupled", "clock: virtual", "4:26: run.clock is virtual; line[1] waits for a real server; use coupled, or a modelled gateway"),
    ("clock: coupled", "clock: realtime, pace: 2", "4:42: run.pace is 2; line[1] waits for a real server, which cannot be hurried; use 1, or a modelled gateway"),
    ("clock: coupled", "clock: coupled, pace: 2", "4:41: run.pace is 2; only the realtime clock has a pace; set run.clock to realtime"),
    ("clock: coupled", "pace: 0", "4:25: run.pace is 0; it must be 0.000001 or more"),
    ("clock: coupled", "skew_budget: 0 s", "4:32: run.skew_budget is 0 s; it must be greater than 0"),
]  # fmt: skip


def mistakes_in(text: str) -> list[str]:
    """Load a text that has mistakes and return them, one a line."""
    with pytest.raises(ScenarioError) as caught:
        loads(text, "t.yaml")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(("good", "bad", "message"), MISTAKES, ids=[message for _, _, message in MISTAKES])
def test_a_mistake_is_told_where_it_stands(good: str, bad: str, message: str) -> None:
    """One thing wrong in a good scenario is told first, at its place, and nothing is told twice."""
    assert GOOD.count(good) == 1
    told = mistakes_in(GOOD.replace(good, bad))
    assert f"t.yaml:{message}" in told
    assert len(set(told)) == len(told)


def test_the_good_scenario_is_good() -> None:
    """The table's scenario has no mistake of its own."""
    assert loads(GOOD, "t.yaml").name == "Test line"


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    """YAML's, the values' and the rules' mistakes stand in one list, sorted by their place."""
    text = (
        GOOD.replace("name: Test line", "version: 1")
        .replace("items: 300", "items: 0")
        .replace("20 min", "20 mins")
        .replace("station: press", "station: camera")
        .replace("200 ms", "-1 s")
        .replace("cv: 0.5", "cv: 0.5, sd: 1")
    )
    assert mistakes_in(text) == [
        "t.yaml:1:1: name is missing",
        "t.yaml:2:1: version stands here twice; the first is t.yaml:1:1",
        "t.yaml:4:14: run.items is 0; it must be 1 or more",
        "t.yaml:10:43: line[0].breakdowns.up.exponential.mean is 20 mins; it has the unknown unit 'mins'; the units are ns, us, ms, s, min, h",
        "t.yaml:11:17: line[1].inspection is camera; line[0] has that name already; choose another",
        "t.yaml:13:15: line[1].deadline is -1 s; it must be greater than 0",
        "t.yaml:16:61: review.time.lognormal.sd is an unknown key; the keys here are mean, cv",
    ]


def test_any_number_of_cameras_may_wait_for_a_real_server() -> None:
    """Several inspections, several units, beside modelled and replayed ones."""
    others = (
        "  - inspection: back\n    units: 3\n    gateway: {grpc: {}}\n"
        "  - inspection: side\n    gateway: {replay: {calls: calls.csv}}\n"
        "  - inspection: top\n    gateway: {modelled: {service: 1 s}}\nreview:"
    )
    assert len(loads(GOOD.replace("units: 1", "units: 4").replace("review:", others)).line) == 5


def test_a_tag_on_all_of_it_is_told() -> None:
    """The file is not empty for that."""
    told = ["t.yaml:1:1: the tag !!python/name:os.system is not allowed here; write the plain value"]
    assert mistakes_in("!!python/name:os.system [1]") == told


def test_what_looks_like_a_tag_and_is_none() -> None:
    """In quotes, behind other words, and an anchor alone."""
    for name in ('"!a"', "a !b", "&a b"):
        assert loads(GOOD.replace("name: Test line", f"name: {name}"), "t.yaml").name in ("!a", "a !b", "b")


def test_a_flood_of_mistakes_is_cut_short() -> None:
    """The first 50 are told and the rest are counted."""
    told = mistakes_in(GOOD + "".join(f"key{n}: 1\n" for n in range(60)))
    assert len(told) == 51
    assert told[-1] == "... and 10 more mistakes"


def test_the_name_of_a_gate_is_no_other_stations() -> None:
    """Whether it stands before or behind; without the gate it is a name as any other."""
    at_gate = "units: 1\n    decides: at_gate\n    gate: {places: 3, travel: 1 s}"
    before = GOOD.replace("station: press", "station: camera gate")
    behind = GOOD.replace("review:", "  - {station: camera gate, cycle: 1 s}\nreview:")
    for text, at in ((before, "8:14: line[0]"), (behind, "18:15: line[2]")):
        assert len(loads(text).line) in (2, 3)
        what = f"{at}.station is camera gate; that is the name of the gate of line[1]; choose another"
        assert mistakes_in(text.replace("units: 1", at_gate)) == [f"t.yaml:{what}"]
