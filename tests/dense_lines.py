"""Random lines on which nearly all that happens happens at once.

Every time is 0, 1 or 2 s: cycles, up times and repairs, travels, deadlines; calendars go on and off at whole
seconds. All that the compiled line knows may be on one line.
"""

from typing import Any

from gate_lines import put_gates
from hypothesis import strategies as st
from mixed_lines import CALENDARS, MORE, plain
from spoiling_lines import put_makers
from stopping_lines import hours
from strategies import Written

from line_sim.scenario import Scenario

FEW = st.integers(0, 2)
SOME = st.integers(1, 2)
machines = st.sampled_from([1, 1, 2, 3])
rates = st.sampled_from([0.0, 0.3, 1.0])


@st.composite
def dense_belts(draw: st.DrawFn) -> Written:
    """Return a belt with at most 2 s a place, or one that no place divides."""
    places = draw(st.integers(1, 3))
    travel = draw(st.one_of(SOME.map(lambda cell: cell * places), SOME))
    return {"places": places, "travel": travel, "accumulates": draw(st.booleans())}


fronts = st.one_of(FEW, FEW, dense_belts())


@st.composite
def dense_ways(draw: st.DrawFn) -> list[Written]:
    """Return up to three ways to stop."""
    return [
        {"up": draw(SOME), "repair": draw(SOME), "counts": counts}
        for counts in draw(
            st.lists(st.sampled_from(["operating", "calendar", "parts"]), min_size=1, max_size=3)
        )
    ]


@st.composite
def dense_stations(draw: st.DrawFn, name: str, cycles: st.SearchStrategy[int] = FEW) -> Written:
    """Return a station."""
    entry: Written = {"station": name, "cycle": draw(cycles), "buffer": draw(fronts), "units": draw(machines)}
    if draw(st.booleans()):
        entry["breakdowns"] = [
            way | {"name": f"way {number}"} for number, way in enumerate(draw(dense_ways()))
        ]
    return entry | draw(st.sampled_from([{}, {}, *CALENDARS]))


@st.composite
def dense_inspections(draw: st.DrawFn, name: str) -> Written:
    """Return an inspection, often with a gate, whose answers often come at the very deadline."""
    entry: Written = {
        "inspection": name,
        "buffer": draw(fronts),
        "units": draw(machines),
        "acquisition": draw(FEW),
        "deadline": draw(st.sampled_from([None, 1, 2])),
        "on_no_result": draw(st.sampled_from(["review", "review", "ship", "scrap", "stop"])),
        "gateway": draw(st.sampled_from([{"server": "gpu"}, {"modelled": draw(answering())}])),
    }
    put_gates(draw, entry)
    if "gate" in entry:
        entry["gate"] = {**draw(dense_belts())}
        del entry["gate"]["accumulates"]
    return entry | draw(st.sampled_from([{}, {}, *CALENDARS]))


@st.composite
def answering(draw: st.DrawFn) -> Written:
    """Return a modelled server that takes the calls one by one."""
    return {
        "service": draw(FEW),
        "servers": draw(machines),
        "after_deadline": draw(st.sampled_from(["stops", "keeps_computing"])),
        "overhead": draw(st.sampled_from([0, 0, 1])),
        "miss_rate": draw(rates),
        "false_alarm_rate": draw(st.sampled_from([0.0, 0.3, 0.5])),
    }


runs = st.one_of(
    st.builds(lambda items: {"items": items}, st.integers(1, 60)),
    st.builds(lambda duration: {"duration": duration}, st.integers(1, 60)),
)


@st.composite
def written_dense(draw: st.DrawFn) -> Written:
    """Return a whole scenario as a user writes it."""
    line = [draw(dense_stations("first", SOME))]
    line += [
        draw(dense_stations(f"s{number}") | dense_inspections(f"s{number}"))
        for number in range(draw(st.integers(0, 4)))
    ]
    if draw(st.booleans()):
        put_makers(draw, line)
    arrivals: Written = {"saturated": True}
    if draw(st.booleans()):
        arrivals = {"every": draw(SOME), "on_full": draw(st.sampled_from(["wait", "lose"]))}
        arrivals |= draw(st.sampled_from([{}, {}, *CALENDARS]))
    review = {
        "time": draw(FEW),
        "buffer": draw(fronts),
        "units": draw(machines),
        "false_alarm_rate": draw(rates),
        "miss_rate": draw(rates),
        "cleared": draw(st.sampled_from(["rejoins", "ships"])),
    }
    written: dict[str, Any] = {
        "version": 1,
        "name": "dense",
        "seed": draw(st.integers(0, 999)),
        "run": draw(runs),
        "calendars": {"one": draw(hours()), "two": draw(hours())},
        "arrivals": arrivals,
        "product": {"defect_rate": draw(st.sampled_from([0.0, 0.3]))},
        "line": line,
        "review": review | draw(st.sampled_from([{}, {}, *CALENDARS])),
    }
    if any("inspection" in entry and "server" in entry["gateway"] for entry in line):
        written["servers"] = {"gpu": {"modelled": draw(answering())}}
    if draw(st.booleans()):
        written["product"] |= {
            "variants": {"A": {"share": 0.4}, "B": {"share": 0.6}},
            "sequence": draw(st.sampled_from(["mixed", {"batches": 2}])),
        }
        for entry in line:
            if "station" in entry:
                entry["changeover"] = draw(st.none() | FEW)
    return written


def dense() -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios."""
    return written_dense().map(Scenario.model_validate)


stiff = st.builds(
    lambda places, travel: {"places": places, "travel": travel, "accumulates": False},
    st.integers(1, 3),
    st.integers(1, 7),
)
"""A belt that stands still with all that is on it: whoever waits for it may be locked by that."""


@st.composite
def written_locking(draw: st.DrawFn) -> Written:
    """Return a line that may lock up: two cameras send much to review, from where it rejoins the line."""
    written: dict[str, Any] = draw(written_dense())
    sends = {"service": 0, "false_alarm_rate": draw(st.sampled_from([0.5, 1.0]))}
    for entry in written["line"]:
        entry["buffer"] = draw(st.sampled_from([0, 1]) | stiff)
    cameras = [
        {"inspection": f"camera {number}", "gateway": {"modelled": sends}, "units": draw(machines)}
        | {"acquisition": draw(FEW), "on_no_result": "review", "buffer": draw(st.just(0) | stiff)}
        for number in (1, 2)
    ]
    written["line"][1:1] = cameras[:1]
    written["line"].append(cameras[1])
    written["review"] |= {"buffer": draw(fronts | stiff), "cleared": "rejoins", "miss_rate": 1.0}
    return written


def locked_by_a_belt() -> Scenario:
    """Return a line that locks up in the moment in which a belt stands, with nobody else to notice."""
    belt = {"places": 3, "travel": 7, "accumulates": False}
    camera = {"gateway": {"modelled": {"service": 0, "false_alarm_rate": 1}}}
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "locked",
            "run": {"items": 9},
            "arrivals": {"every": 2},
            "line": [
                {"inspection": "front", "acquisition": 1, **camera},
                {"inspection": "back", "acquisition": 2, "units": 2, "buffer": belt, **camera},
            ],
            "review": {"time": 0, "buffer": belt, "cleared": "rejoins"},
        }
    )


def locking() -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios."""
    return written_locking().map(Scenario.model_validate)


@st.composite
def written_queueing(draw: st.DrawFn) -> Written:
    """Return a line whose cameras ask one slow server; some wait for it longer than others."""
    written: dict[str, Any] = draw(written_dense())
    written["line"] += [{"inspection": f"camera {number}", "gateway": {}} for number in (1, 2)]
    for entry in written["line"]:
        if "inspection" in entry:
            entry["gateway"] = {"server": "gpu"}
            entry["on_no_result"] = draw(st.sampled_from(["ship", "review"]))
            entry["deadline"] = draw(st.sampled_from([1, 3, 9]))
            entry["units"] = draw(machines)
    slow = {"service": draw(st.integers(2, 6) | st.just({"uniform": {"low": 0, "high": 9}}))}
    written["servers"] = {"gpu": {"modelled": draw(answering()) | slow}}
    return written


def queueing() -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios."""
    return written_queueing().map(Scenario.model_validate)


UNKNOWN = {"crews", "way_back", "shares_a_server"}
"""What the compiled line leaves to SimPy's, of what is put on mixed lines."""


@st.composite
def written_known(draw: st.DrawFn, runs: st.SearchStrategy[Written] | None = None) -> Written:
    """Return a mixed line without what the compiled line does not know; cleared parts may rejoin it."""
    written: dict[str, Any] = draw(plain(inspections=draw(FEW)))
    for put in MORE:
        if put.__name__ not in UNKNOWN and draw(st.integers(0, 2)):
            put(draw, written)
    if runs is not None:
        written["run"] = draw(runs)
    written["review"]["cleared"] = draw(st.sampled_from(["rejoins", "ships"]))
    asking = [entry for entry in written["line"] if "inspection" in entry and draw(st.booleans())]
    for entry in asking:
        entry["gateway"] = {"server": "gpu"}
    if asking:
        written["servers"] = {"gpu": {"modelled": draw(answering())}}
    return written


def known_mixed(runs: st.SearchStrategy[Written] | None = None) -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios, of a length of their own or so long."""
    return written_known(runs).map(Scenario.model_validate)
