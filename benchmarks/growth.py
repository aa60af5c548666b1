"""Does line-sim know which lines fill up? Forty lines of known kind, some seeds each, 300 parts and 3,000.

    python benchmarks/growth.py [--real] [SEEDS] [PARTS ...]

Twenty of the lines fill up: more comes to one of their places than it makes, or their stations hold each
other up so much that parts pile up outside. Twenty do not, some of them only just. A line is taken to fill up
where the run says so: a place that fills up for sure, or a figure that is no steady state. Which it truly is
follows from how each was made; those of stations that hold each other up, whose truth is not in the means,
were run for 150,000 parts once, as all the others were.

Every line that is missed and every false alarm is named; the last row of each length is the count.

With `--real` the analysis is told that the answers are a real server's, so that it knows no more of them than
the run saw; only lines with an inspection are looked at. There a line also counts as told of where the run
says that one of its places probably fills up.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from line_sim.analysis.growth.growth import Growth, growth_of
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory

SEEDS = 3
LENGTHS = (300, 3_000)
MOST = 2
"""Misses, and false alarms, of 40 lines."""

Written = Mapping[str, Any]


def exponential(mean: str | float) -> Written:
    """Return a memoryless time."""
    return {"exponential": {"mean": mean}}


def station(name: str, cycle: object, **keys: object) -> Written:
    """Return a station."""
    return {"station": name, "cycle": cycle, **keys}


def camera(service: object = "90 ms", name: str = "camera", **keys: object) -> Written:
    """Return an inspection with 30 ms of acquisition; `rates` and the like go to its modelled server."""
    model = {key: keys.pop(key) for key in (*_MODEL,) if key in keys}
    gateway = {"modelled": {"service": service, **model}}
    return {"inspection": name, "buffer": 4, "acquisition": "30 ms", "gateway": gateway, **keys}


_MODEL = ("servers", "after_deadline", "miss_rate", "false_alarm_rate")


def failing(up: object, repair: object, counts: str = "operating") -> Written:
    """Return how a machine fails."""
    return {"up": exponential(up), "repair": exponential(repair), "counts": counts}  # type: ignore[arg-type]


PRESS = station("press", "180 ms")
PACK = station("pack", "150 ms", buffer=4)
LOOK = {"lognormal": {"mean": "4 s", "cv": 0.5}}
LATE = {"lognormal": {"mean": "110 ms", "cv": 0.35}}


def scenario(*line: Written, every: object = "250 ms", defects: float = 0.0, **keys: Any) -> dict[str, Any]:
    """Return a line without the length of its run; `lose` and `saturated` say how parts come."""
    arrivals: dict[str, Any] = {"every": every, "on_full": "lose" if keys.pop("lose", False) else "wait"}
    if keys.pop("saturated", False):
        arrivals = {"saturated": True}
    review = {"buffer": 20, "units": 1, "time": LOOK, **keys.pop("review", {})}
    inspects = any("inspection" in entry for entry in line)
    return {
        "version": 1,
        "name": "growth",
        "arrivals": arrivals,
        "product": {"defect_rate": defects},
        "line": list(line),
        "review": review if inspects else None,
        **keys,
    }


FILL: dict[str, dict[str, Any]] = {
    "review, by defects": scenario(PRESS, camera(), PACK, defects=0.1),
    "review, by 5 %": scenario(PRESS, camera(), PACK, defects=0.0656),
    "review, by false alarms": scenario(PRESS, camera(false_alarm_rate=0.05), PACK, defects=0.04),
    "review, by time-outs": scenario(PRESS, camera(LATE, deadline="170 ms"), PACK, defects=0.04),
    "review, saturated": scenario(PRESS, camera(), PACK, defects=0.1, saturated=True),
    "review, lossy": scenario(PRESS, camera(), PACK, defects=0.12, lose=True),
    "review, of two cameras": scenario(
        *(PRESS, camera(false_alarm_rate=0.02), PACK, camera(name="last", false_alarm_rate=0.02)),
        defects=0.04,
    ),
    "station, by 2 %": scenario(station("press", "255 ms"), PACK),
    "station, by 10 %": scenario(station("press", "275 ms"), PACK),
    "station, random, by 2 %": scenario(station("press", exponential("255 ms"))),
    "last station, random arrivals": scenario(
        PRESS, station("pack", "262 ms", buffer=8), every=exponential("250 ms")
    ),
    "three presses, by 7 %": scenario(station("press", "800 ms", units=3), PACK),
    "breakdowns, often": scenario(station("press", "235 ms", breakdowns=failing("40 s", "5 s")), PACK),
    "breakdowns, rare and long": scenario(
        station("press", "225 ms", breakdowns=failing("8 h", "90 min")), PACK
    ),
    "breakdowns, by the calendar": scenario(
        station("press", "240 ms", breakdowns=failing("5 min", "30 s", "calendar")), PACK
    ),
    "camera, slow": scenario(PRESS, camera("240 ms"), PACK, defects=0.02),
    "camera, random, by 2 %": scenario(
        PRESS, camera({"gamma": {"mean": "225 ms", "cv": 0.5}}), PACK, defects=0.02
    ),
    "two cameras of one server": scenario(PRESS, camera("270 ms", units=2, servers=1), PACK, defects=0.02),
    "a server that keeps computing": scenario(
        PRESS, camera("270 ms", units=2, deadline="400 ms", after_deadline="keeps_computing"), PACK
    ),
    "stations that hold each other up": scenario(
        *(station(name, exponential("200 ms"), buffer=1) for name in "abc")
    ),
}

DO_NOT: dict[str, dict[str, Any]] = {
    "review, at .8": scenario(PRESS, camera(), PACK, defects=0.05),
    "review, at .97": scenario(PRESS, camera(), PACK, defects=0.0606),
    "review, by false alarms, at .9": scenario(PRESS, camera(false_alarm_rate=0.0171), PACK, defects=0.04),
    "review, by time-outs, at .9": scenario(PRESS, camera(LATE, deadline="250 ms"), PACK, defects=0.05),
    "review, saturated, at .9": scenario(
        station("press", "250 ms"), camera(), PACK, defects=0.0562, saturated=True
    ),
    "review, of two cameras, at .9": scenario(
        *(PRESS, camera(false_alarm_rate=0.01), PACK, camera(name="last", false_alarm_rate=0.01)),
        defects=0.037,
    ),
    "station, at .97": scenario(station("press", "242.5 ms"), PACK),
    "station, random, at .97": scenario(
        station("press", exponential("242.5 ms")), every=exponential("250 ms")
    ),
    "random order of times, at .9": scenario(
        *(station("a", "120 ms"), station("b", "225 ms", buffer=2), station("c", "60 ms")),
        every=exponential("250 ms"),
    ),
    "three presses, at .97": scenario(station("press", "727 ms", units=3), PACK),
    "breakdowns, often, at .95": scenario(
        station("press", "211 ms", breakdowns=failing("40 s", "5 s")), PACK
    ),
    "breakdowns, rare and long, at .9": scenario(
        station("press", "190 ms", breakdowns=failing("8 h", "90 min")), PACK
    ),
    "breakdowns, long, at .86": scenario(
        station("press", "180 ms", breakdowns=failing("5 min", "1 min")), PACK
    ),
    "camera, at .97": scenario(
        PRESS, camera({"gamma": {"mean": "212 ms", "cv": 0.5}}, buffer=8), PACK, defects=0.02
    ),
    "two cameras of one server, at .9": scenario(
        PRESS, camera("225 ms", units=2, servers=1), PACK, defects=0.02
    ),
    "stations that hold each other up, at .95": scenario(
        *(station(name, exponential("145 ms"), buffer=1) for name in "abc"), every="245 ms"
    ),
    "stations without buffers, at .8": scenario(*(station(name, exponential("110 ms")) for name in "abc")),
    "lossy, station by 10 %": scenario(station("press", "275 ms"), PACK, lose=True),
    "lossy, random": scenario(
        station("press", exponential("240 ms"), buffer=3), every=exponential("250 ms"), lose=True
    ),
    "saturated, held up": scenario(
        *(station("a", exponential("250 ms")), camera(exponential("220 ms"), buffer=0)),
        station("b", exponential("250 ms")),
        defects=0.075,
        saturated=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a run said of a line that does or does not fill up."""

    name: str
    fills: bool
    said: bool
    growth: Growth


def says(growth: Growth) -> bool:
    """Whether a run says that its line fills up."""
    return growth.reached is False or any(filling.sure for filling in growth.fills)


def of_a_real_server(written: Written) -> Written:
    """Return the line as it is told of where its answers are a real server's."""
    line = [
        {**entry, "gateway": {"grpc": {}}} if "inspection" in entry else entry for entry in written["line"]
    ]
    return {**written, "line": line}


def looked_at(written: Written, seed: int, parts: int, *, real: bool = False) -> Growth:
    """Run a line and say whether it is a steady state."""
    how = {"seed": seed, "run": {"items": parts}}
    spec = Scenario.model_validate({**written, **how})
    happened = run_in_memory(spec)
    run = columns_of(happened.records, layout_of(spec), happened.ending.at)
    known = Scenario.model_validate({**of_a_real_server(written), **how}) if real else spec
    return growth_of(known, run, window_of(run, layout_of(spec)))


def study(seed: int, parts: int, *, real: bool = False) -> Iterator[Found]:
    """Yield what the runs of all lines with one seed say."""
    for fills, lines in ((True, FILL), (False, DO_NOT)):
        for name, written in lines.items():
            if not real or written["review"]:
                growth = looked_at(written, seed, parts, real=real)
                yield Found(name, fills, says(growth) or (real and bool(growth.fills)), growth)


def main(*told: str) -> None:
    """Print what was missed and what was a false alarm."""
    real, numbers = "--real" in told, [int(each) for each in told if each != "--real"]
    seeds, lengths = (numbers or [SEEDS])[0], numbers[1:] or LENGTHS
    for parts in lengths:
        wrong = [_wrong(list(study(seed, parts, real=real)), parts, seed) for seed in range(1, seeds + 1)]
        missed, alarms, unsure = (max(each) for each in zip(*wrong, strict=True))
        print(
            f"{parts:>6,} parts: at worst {missed} missed, {alarms} false alarms, {unsure} told as probable\n"
        )


def _wrong(found: list[Found], parts: int, seed: int) -> tuple[int, int, int]:
    """Tell of one seed, and return how many lines were missed, blamed, and rightly told of as probable."""
    missed = [each.name for each in found if each.fills and not each.said]
    alarms = [each.name for each in found if each.said and not each.fills]
    unsure = [each.name for each in found if each.fills and each.said and not says(each.growth)]
    told = f"missed {missed or 'none'}, false alarms {alarms or 'none'}"
    print(f"{parts:>6,} parts, seed {seed}: {told}" + (f", told as probable {unsure}" if unsure else ""))
    return len(missed), len(alarms), len(unsure)


if __name__ == "__main__":
    main(*sys.argv[1:])
