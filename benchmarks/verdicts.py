"""How often a run's verdict names what limits its line, over lines of which that is known.

    python benchmarks/verdicts.py [SEEDS] [PARTS ...] [--held]

Each line is made so that theory says what limits it: one place needs far more than any other, or than the
takt; or nothing does. Every line is run with SEEDS seeds (default 10) of each number of PARTS (default 300
and 2000). A verdict is right where `held_back_by` names the place, and a cause that fits it. Told is how many
were, by line, and what the others said. With --held the answers are taken for those of a real server, whose
model nobody has.
"""

import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.summary import Summary
from line_sim.analysis.summary.verdict import Verdict, verdict
from line_sim.analysis.what_if.remedies import remedies_of
from line_sim.analysis.what_if.throttle import throttle_of
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario
from line_sim.scenario.gateways.grpc import GrpcGateway
from line_sim.testing import run_in_memory

Written = dict[str, Any]

NOTHING = {(None, "takt")}


@dataclass(frozen=True)
class Known:
    """A line, and what limits it: the places and causes that are right."""

    name: str
    right: set[tuple[str | None, str]]
    line: list[Written]
    arrivals: Written = field(default_factory=lambda: {"every": "250 ms"})
    review: Written = field(default_factory=lambda: {"buffer": 20, "units": 2, "time": "1 s"})
    defect_rate: float = 0.02
    crews: Written | None = None

    def scenario(self, seed: int, parts: int) -> Scenario:
        """Return a run of it."""
        inspects = any("inspection" in entry for entry in self.line)
        return Scenario.model_validate(
            {
                "version": 1,
                "name": self.name,
                "seed": seed,
                "run": {"items": parts},
                "arrivals": self.arrivals,
                "product": {"defect_rate": self.defect_rate if inspects else 0.0},
                "crews": self.crews,
                "line": self.line,
                **({"review": self.review} if inspects else {}),
            }
        )


def station(name: str, cycle: object, buffer: int = 4, **keys: Any) -> Written:
    """Return a station."""
    return {"station": name, "cycle": cycle, "buffer": buffer, **keys}


def camera(answer: object, picture: object = "30 ms", name: str = "camera", **keys: Any) -> Written:
    """Return an inspection with a modelled server."""
    options = {key: keys.pop(key) for key in ("servers", "after_deadline") if key in keys}
    gateway = {"modelled": {"service": answer, **options}}
    return {"inspection": name, "buffer": 4, "acquisition": picture, "gateway": gateway, **keys}


def gamma(mean: str, cv: float = 0.5) -> Written:
    """Return a random time."""
    return {"gamma": {"mean": mean, "cv": cv}}


def exponential(mean: str) -> Written:
    """Return a random time without memory."""
    return {"exponential": {"mean": mean}}


def fails(up: str, repair: str, **keys: str) -> Written:
    """Return breakdowns."""
    return {"up": exponential(up), "repair": exponential(repair), **keys}


SATURATED = {"saturated": True}
PRESS, PACK = station("press", "180 ms"), station("pack", "150 ms")
QUICK = camera("90 ms")
SLOW_ANSWERS = {("camera", "typical"), ("camera", "tail")}
LATE = {("camera", "timeouts"), ("camera", "typical"), ("camera", "tail")}
ANY_BUFFER = {(name, "buffer") for name in ("press", "camera", "pack", "a", "b", "c", "d", "e")}

LINES = (
    Known("a slow press", {("press", "cycle")}, [station("press", "300 ms"), QUICK, PACK]),
    Known("a slow press, random", {("press", "cycle")}, [station("press", gamma("300 ms")), QUICK, PACK]),
    Known(
        "a slow press, saturated", {("press", "cycle")}, [station("press", "300 ms"), QUICK, PACK], SATURATED
    ),
    Known("a slow pack", {("pack", "cycle")}, [PRESS, QUICK, station("pack", "300 ms")]),
    Known("a slow pack, random", {("pack", "cycle")}, [PRESS, QUICK, station("pack", gamma("300 ms"))]),
    Known(
        "a slow pack, all random, saturated",
        {("pack", "cycle")},
        [station("press", gamma("180 ms")), camera(gamma("120 ms")), station("pack", gamma("260 ms"))],
        SATURATED,
    ),
    Known(
        "a slow station at the end of five",
        {("label", "cycle")},
        [PRESS, QUICK, PACK, station("wrap", "170 ms"), station("label", "290 ms")],
    ),
    Known(
        "two machines that are too slow together",
        {("press", "cycle")},
        [station("press", gamma("600 ms"), units=2), QUICK, PACK],
    ),
    Known(
        "a slow pack that loses parts",
        {("pack", "cycle")},
        [PRESS, QUICK, station("pack", gamma("320 ms"))],
        {"every": exponential("250 ms"), "on_full": "lose"},
    ),
    Known("slow pictures", {("camera", "acquisition")}, [PRESS, camera("20 ms", "300 ms"), PACK]),
    Known(
        "slow pictures, random, saturated",
        {("camera", "acquisition")},
        [PRESS, camera(gamma("40 ms"), gamma("250 ms", 0.3)), PACK],
        SATURATED,
    ),
    Known("slow answers", SLOW_ANSWERS, [PRESS, camera("300 ms"), PACK]),
    Known("slow answers, random", SLOW_ANSWERS, [PRESS, camera(gamma("290 ms")), PACK]),
    Known("slow answers, saturated", SLOW_ANSWERS, [PRESS, camera(gamma("260 ms")), PACK], SATURATED),
    Known(
        "answers with a long tail",
        SLOW_ANSWERS,
        [PRESS, camera({"lognormal": {"mean": "280 ms", "cv": 2.0}}), PACK],
    ),
    Known(
        "timeouts that fill a small review",
        LATE,
        [PRESS, camera({"lognormal": {"mean": "150 ms", "cv": 0.4}}, deadline="250 ms"), PACK],
        review={"buffer": 3, "units": 1, "time": "5 s"},
        defect_rate=0.01,
    ),
    Known(
        "timeouts that are scrapped",
        LATE,
        [
            PRESS,
            camera({"lognormal": {"mean": "120 ms", "cv": 0.5}}, deadline="180 ms", on_no_result="scrap"),
            PACK,
        ],
    ),
    Known(
        "a slow review",
        {("review", "review")},
        [PRESS, QUICK, PACK],
        review={"buffer": 2, "units": 1, "time": "8 s"},
        defect_rate=0.06,
    ),
    Known(
        "a slow review, saturated",
        {("review", "review")},
        [PRESS, QUICK, PACK],
        SATURATED,
        review={"buffer": 3, "units": 1, "time": gamma("6 s")},
        defect_rate=0.06,
    ),
    Known(
        "two reviewers, still too slow",
        {("review", "review")},
        [PRESS, QUICK, PACK],
        review={"buffer": 4, "units": 2, "time": gamma("10 s")},
        defect_rate=0.1,
    ),
    Known(
        "a press that fails seldom and long",
        {("press", "breakdowns")},
        [station("press", "180 ms", breakdowns=fails("40 s", "30 s")), QUICK, PACK],
    ),
    Known(
        "a pack that is down half its time",
        {("pack", "breakdowns")},
        [PRESS, QUICK, station("pack", "150 ms", breakdowns=fails("3 s", "3 s"))],
    ),
    Known(
        "a press that is down half its time",
        {("press", "breakdowns")},
        [station("press", "150 ms", breakdowns=fails("3 s", "3 s")), QUICK, PACK],
        SATURATED,
    ),
    Known(
        "a press that is down half its time by the calendar",
        {("press", "breakdowns")},
        [station("press", "150 ms", breakdowns=fails("3 s", "3 s", counts="calendar")), QUICK, PACK],
    ),
    Known(
        "no room between stations",
        ANY_BUFFER,
        [station(name, exponential("200 ms"), 0) for name in "abc"],
        SATURATED,
    ),
    Known(
        "no room around a camera",
        ANY_BUFFER,
        [
            station("press", exponential("200 ms"), 0),
            camera(exponential("200 ms"), 0, buffer=0),
            station("pack", exponential("200 ms"), 0),
        ],
        SATURATED,
    ),
    Known("the takt", NOTHING, [PRESS, QUICK, PACK]),
    Known(
        "the takt, random work",
        NOTHING,
        [
            station("press", gamma("180 ms", 0.3)),
            camera(gamma("120 ms", 0.3)),
            station("pack", gamma("150 ms")),
        ],
    ),
    Known(
        "the takt, random arrivals",
        NOTHING,
        [PRESS, QUICK, PACK],
        {"every": exponential("260 ms")},
    ),
    Known("the takt, no inspection", NOTHING, [PRESS, station("mill", "200 ms"), PACK]),
    Known(
        "too few cameras",
        SLOW_ANSWERS,
        [PRESS, camera(gamma("570 ms"), units=2, servers=2), PACK],
    ),
    Known(
        "three cameras of four that are needed, saturated",
        SLOW_ANSWERS,
        [station("press", "150 ms"), camera("600 ms", units=3, servers=3), PACK],
        SATURATED,
    ),
    Known(
        "two cameras at one server",
        SLOW_ANSWERS,
        [PRESS, camera(gamma("290 ms"), units=2, after_deadline="keeps_computing"), PACK],
    ),
    Known(
        "the second of two inspections",
        {("back", "typical"), ("back", "tail")},
        [PRESS, camera("90 ms", name="front"), camera(gamma("280 ms"), name="back"), PACK],
    ),
    Known(
        "one operator for three stations, saturated",
        {("operators", "crew")},
        [station(name, gamma("150 ms"), crew={"operators": ["work"]}) for name in ("cut", "bend", "weld")],
        SATURATED,
        crews={"operators": 1},
    ),
)


def as_live(scenario: Scenario) -> Scenario:
    """Return a line whose answers nobody has a model of."""
    gateway = GrpcGateway.model_validate({"grpc": {}})
    line = tuple(
        spec.model_copy(update={"gateway": gateway}) if spec in scenario.inspections else spec
        for spec in scenario.line
    )
    return scenario.model_copy(update={"line": line})


def told(scenario: Scenario, *, held: bool = False) -> Summary:
    """Run a line and return its summary; `held`: as if a real server had answered."""
    records, ending = run_in_memory(scenario)
    if held:
        scenario = as_live(scenario)
    layout = layout_of(scenario)
    return summarise(
        records,
        layout,
        ended=ending.how,
        end=ending.at,
        compare=lambda run, window: throttle_of(scenario, run, layout, window, Interrupt()),
        improve=lambda run, window: remedies_of(scenario, run, layout, window, Interrupt()),
    )


def right(known: Known, said: Verdict) -> bool:
    """Whether a verdict names what limits a line."""
    return (said.station, said.cause) in known.right


def study(
    lines: tuple[Known, ...], seeds: int, parts: int, *, held: bool = False
) -> Mapping[str, list[Verdict]]:
    """Return the verdicts about every line that are wrong."""
    wrong = {}
    for known in lines:
        said = [verdict(told(known.scenario(seed, parts), held=held)) for seed in range(1, seeds + 1)]
        wrong[known.name] = [one for one in said if not right(known, one)]
    return wrong


def main() -> None:
    """Run the study and print it."""
    words = [word for word in sys.argv[1:] if word != "--held"]
    seeds = int(words[0]) if words else 10
    for parts in [int(word) for word in words[1:]] or [300, 2000]:
        wrong = study(LINES, seeds, parts, held="--held" in sys.argv)
        for name, others in wrong.items():
            said = Counter(f"{one.station}: {one.cause}" for one in others)
            instead = ", ".join(f"{text} ({count})" for text, count in said.most_common())
            beside = f"; else {instead}" if instead else ""
            print(f"{parts:>6}  {seeds - len(others):>3} of {seeds}  {name}{beside}", flush=True)
        missed = sum(map(len, wrong.values()))
        print(f"{parts:>6}  {seeds * len(LINES) - missed} of {seeds * len(LINES)} right", flush=True)


if __name__ == "__main__":
    main()
