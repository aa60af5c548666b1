"""Saturated lines: longer ones, uneven ones and their mirrors, Erlang times, breakdowns."""

from collections.abc import Iterator, Sequence
from math import exp

from line_sim.study.theory.cases import Case, camera, names, share, station, throughput
from line_sim.study.theory.gauge import erlang, exponential
from line_sim.study.theory.network import Network, tandem
from line_sim.study.theory.reference import reference

BUZACOTT = "Buzacott & Shanthikumar 1993: (1-r^(B+2))/(1-r^(B+3))"
HILLIER = "Hillier & Boling, Oper. Res. 15 (1967)"
MUTH = "Muth, Manag. Sci. 19 (1973): 1/E[max(S1, S2)]"
MIRROR = "Yamazaki & Sakasegawa, Manag. Sci. 21 (1975): a line and its mirror"
CHAIN = "Markov chain"


def saturated_lines() -> Iterator[Case]:
    """Yield every case of this kind."""
    yield from _pairs()
    yield from _longer()
    yield from _mirrors()
    yield from _without_buffer()
    yield from _failing()


def _line(
    name: str,
    source: str,
    means: Sequence[float],
    places: Sequence[int],
    *,
    stages: int = 1,
    truth: float | None = None,
) -> Case:
    """Return a line of exponential or Erlang stations; the truth is its Markov chain's by default."""
    kept = [0, *places[1:]]
    known = Network(tandem(means, kept, stages)).pace(0) if truth is None else truth
    labels = names(len(means))
    kinds = [exponential(mean) if stages == 1 else erlang(stages, mean) for mean in means]
    entries = tuple(
        station(label, kind, buffer=b) for label, kind, b in zip(labels, kinds, kept, strict=True)
    )
    works = dict(zip(labels, means, strict=True))
    return Case(name, source, entries, (throughput(known, labels[-1], works),))


def _pairs() -> Iterator[Case]:
    truths = reference()["two_exponential_stations"]
    for places, truth in truths["balanced_mu_1"].items():
        yield _line(f"2 equal exponential, B={places}", BUZACOTT, [1, 1], [0, places], truth=truth)
    for case in truths["cases"]:
        means, places, truth = [1 / rate for rate in case["mu"]], case["buffer"], case["throughput"]
        rates = "/".join(f"{rate:g}" for rate in case["mu"])
        yield _line(f"2 exponential, rates {rates}, B={places}", BUZACOTT, means, [0, places], truth=truth)
        yield _line(f"its mirror, rates {rates}", MIRROR, means[::-1], [0, places], truth=truth)


def _longer() -> Iterator[Case]:
    truths = reference()["hillier_boling_balanced_exponential"]
    for places, truth in truths["N=3"].items():
        yield _line(f"3 equal exponential, B={places}", HILLIER, [1] * 3, [0, places, places], truth=truth)
    shares = truths["shares_N3_B0"]
    middle = [share(shares[state][1], "s1", state) for state in ("blocked", "starved")]
    line = tuple(station(name, exponential()) for name in names(3))
    ends = (share(shares["blocked"][0], "s0", "blocked"), share(shares["starved"][2], "s2", "starved"))
    yield Case("3 equal exponential, B=0, machine time", HILLIER, line, (*middle, *ends))
    for number, places in ((4, 0), (4, 1), (5, 0), (5, 1), (6, 0)):
        yield _line(f"{number} equal exponential, B={places}", CHAIN, [1] * number, [places] * number)
    for number, places in ((2, 0), (2, 1), (2, 3), (3, 1), (4, 0)):
        name = f"{number} equal Erlang-2, B={places}"
        yield _line(name, CHAIN, [1] * number, [places] * number, stages=2)
    yield _line("3 equal Erlang-4, B=0", CHAIN, [1] * 3, [0] * 3, stages=4)


def _mirrors() -> Iterator[Case]:
    lines = (("4 exponential", [1.0, 0.625, 0.8, 1.1], 1), ("3 Erlang-2", [1.0, 0.7, 1.2], 2))
    for kind, means, stages in lines:
        places = [0, 1, 0, 2][: len(means)]
        truth = Network(tandem(means, places, stages)).pace(0)
        yield _line(f"{kind}, uneven", CHAIN, means, places, stages=stages, truth=truth)
        mirrored = [0, *places[:0:-1]]
        yield _line(f"{kind}, its mirror", MIRROR, means[::-1], mirrored, stages=stages, truth=truth)


def _without_buffer() -> Iterator[Case]:
    pair = reference()["zero_buffer_pair"]["cases"]
    uniform = {"uniform": {"low": 0, "high": 2}}
    works = {"s0": 1.0, "s1": 1.0}
    line = (station("s0", uniform), station("s1", uniform))
    yield Case("2 uniform, B=0", MUTH, line, (throughput(pair[0]["throughput"], "s1", works),))
    line = (station("s0", exponential()), station("s1", 1))
    yield Case(
        "exponential, constant, B=0", MUTH, line, (throughput(pair[1]["throughput"], "s1", {"s0": 1.0}),)
    )
    limit = pair[2]["deadline"]
    late = camera(exponential(), deadline=limit, on_no_result="ship")
    seen = {"camera": 1 - exp(-limit)}
    truth = throughput(pair[2]["throughput"], "camera", seen)
    yield Case(
        "takt 1, camera with deadline 2", MUTH, (station("s0", 1), late), (truth,), {"review": {"time": 1}}
    )
    truth = throughput(1 / _longest_with_deadline(1.5), "camera", {"s0": 1.0, "camera": 1 - exp(-1.5)})
    late = camera(exponential(), deadline=1.5, on_no_result="ship")
    line = (station("s0", exponential()), late)
    yield Case("exponential, camera with deadline 1.5", MUTH, line, (truth,), {"review": {"time": 1}})


def _longest_with_deadline(limit: float) -> float:
    """Return E[max(S, min(X, T))] of unit exponentials: the sum of the means less E[min(S, X, T)]."""
    return 1 + (1 - exp(-limit)) - (1 - exp(-2 * limit)) / 2


def _failing() -> Iterator[Case]:
    truths = reference()["isolated_machine_with_breakdowns"]["t0=1 up=20 repair=4 (both exponential)"]
    source = "Hopp & Spearman, Factory Physics: t0 / A"
    down = {"up": exponential(20), "repair": exponential(4)}
    for counts in ("operating", "calendar"):
        machine = station("s0", 1, breakdowns={**down, "counts": counts})
        truth = throughput(1 / truths["mean_effective_time"], "s0")
        yield Case(f"constant 1, breakdowns count {counts}", source, (machine,), (truth,), stretch=3)
    for number, places in ((1, 0), (2, 0), (2, 2), (3, 1)):
        solved = Network(tandem([1.0] * number, [0, *[places] * (number - 1)], up=8.0, repair=2.0))
        written = {"up": exponential(8), "repair": exponential(2), "counts": "operating"}
        labels = names(number)
        line = tuple(
            station(label, exponential(), buffer=places if n else 0, breakdowns=written)
            for n, label in enumerate(labels)
        )
        works = dict.fromkeys(labels, 1.0)
        wanted = (throughput(solved.pace(0), labels[-1], works), share(solved.share(0, "down"), "s0", "down"))
        yield Case(f"{number} exponential that fail, B={places}", CHAIN, line, wanted, stretch=2)
