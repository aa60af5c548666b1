"""Two runs side by side on the same axes: output over time, parts on the line, answers, machines' states."""

from collections.abc import Iterator, Mapping
from typing import Any

from line_sim.layout import Layout
from line_sim.report.page.axes import round_up
from line_sim.report.page.machines import STATES
from line_sim.report.page.wip import clock_unit
from line_sim.report.studies.blocks import (
    Block,
    Chart,
    Column,
    Columns,
    Heading,
    Row,
    Section,
    Share,
    Stack,
    Stacks,
    Table,
    Words,
)
from line_sim.report.studies.charts import Axis, Mark, Point, Series, lines
from line_sim.report.words import TimeUnit, length, percent
from line_sim.study.pages.drawn_run import STRETCHES, DrawnRun
from line_sim.units import MILLISECOND, SECOND, duration_text

KEYS = (("a", "A"), ("b", "B"))
_LETTER_FROM = 3.0  # percent of a bar: less has no room for a letter

Pair = tuple[DrawnRun, DrawnRun]


def pair_sections(pair: Pair, which: str) -> Iterator[Section]:
    """Yield what the page draws of two runs; `which` says which they are."""
    end = max(run.end for run in pair)
    if end <= 0:
        return
    yield Section("output", "Output over time", (Words(which, "note"), *_over_time(pair)), "Over time")
    inspections = list(dict.fromkeys(name for run in pair for name in run.answers))
    if inspections:
        charts = tuple(Column("", (_answers(pair, name, place),)) for place, name in enumerate(inspections))
        yield Section("answers", "How long the answers took", (Columns(charts),), "Latency")
    yield Section("states", "Where the machines' time went", tuple(_states(pair)), "Machines")


def _over_time(pair: Pair) -> Iterator[Block]:
    end = max(run.end for run in pair)
    clock = clock_unit(end)
    stretch = max(round(round_up(end / STRETCHES / clock.size) * clock.size), 1)
    across = Axis(f"Line time, {clock.name}", unit=clock.name, low=0, high=end / clock.size)
    rates = tuple(_rates(run, side, stretch, clock) for run, side in zip(pair, KEYS, strict=True))
    finding = f"Units shipped in each stretch of {duration_text(stretch)}, as an hourly rate."
    yield Chart("rates", "Output", lines(across, Axis("UPH", unit="UPH", low=0), rates), finding, KEYS)
    wip = tuple(_wip(run, side, clock) for run, side in zip(pair, KEYS, strict=True))
    up = Axis("Parts on the line", unit="parts", low=0)
    yield Chart("wip", "Parts on the line", lines(across, up, wip), "", KEYS)


def _rates(run: DrawnRun, side: tuple[str, str], stretch: int, clock: TimeUnit) -> Series:
    found = run.rate(stretch)
    points = [Point(at / clock.size, rate) for at, rate in found]
    if found:
        points.append(Point((found[-1][0] + stretch) / clock.size, found[-1][1]))
    return Series(side[1], tuple(points), side[0], steps=True)


def _wip(run: DrawnRun, side: tuple[str, str], clock: TimeUnit) -> Series:
    moments, counts = (column.tolist() for column in run.wip)
    points = [Point(moment / clock.size, float(count)) for moment, count in zip(moments, counts, strict=True)]
    if points:
        points.append(Point(run.end / clock.size, points[-1].y))
    return Series(side[1], tuple(points), side[0], steps=True)


def _answers(pair: Pair, name: str, place: int) -> Chart:
    series, said = [], []
    for run, (tone, side) in zip(pair, KEYS, strict=True):
        if name not in run.answers:
            said.append(f"{side} has no such calls.")
            continue
        times, shares = (column.tolist() for column in run.answers[name])
        points = [Point(time, share) for time, share in zip(times, shares, strict=True)]
        series.append(Series(side, tuple(points), tone, steps=True))
        said.append(f"{side}: {_median(run, name)}.")
    across = Axis("from the call to the answer, ms (logarithmic)", unit="ms", log=True)
    up = Axis("% of calls answered", unit="%", low=0, high=100)
    title = f"{name}: calls answered within a time"
    return Chart(
        f"answers-{place}", title, lines(across, up, series, _deadlines(pair, name)), _joined(said), KEYS
    )


def _joined(said: list[str]) -> str:
    return " ".join(said)


def _deadlines(pair: Pair, name: str) -> list[Mark]:
    found: dict[int, list[str]] = {}
    for run, (_, side) in zip(pair, KEYS, strict=True):
        deadline = _deadline(run.layout, name)
        if deadline is not None:
            found.setdefault(deadline, []).append(side)
    return [
        Mark(f"deadline{'' if len(sides) == 2 else f' {sides[0]}'}", x=deadline / MILLISECOND)
        for deadline, sides in found.items()
    ]


def _deadline(layout: Layout | None, name: str) -> int | None:
    places = () if layout is None else layout.places
    return next((place.deadline for place in places if place.name == name), None)


def _median(run: DrawnRun, name: str) -> str:
    """Say half of the calls' time, and how many timed out."""
    service = run.numbers["latency"][name]["service"]["all"]
    median, n, late = service["p50"]["value_s"], service["n"], service["censored"]
    half = (
        "half of them not within the deadline"
        if median is None
        else f"half within {length(round(median * SECOND))}"
    )
    return f"{half}; {late:,} of {n:,} timed out"


def _states(pair: Pair) -> Iterator[Block]:
    shares = tuple(shares_in(run.numbers) for run in pair)
    seen = [state for state in STATES if any(state in each for side in shares for each in side.values())]
    legend = tuple((state, *STATES[state]) for state in seen)
    columns = tuple(
        Column(
            side,
            (Stacks(f"Where the machines' time went: {side}", tuple(_stacks(found, run)), legend),),
        )
        for (_, side), found, run in zip(KEYS, shares, pair, strict=True)
    )
    yield Columns(columns)
    headings = [Heading("Station", number=False), Heading("Line", number=False)]
    headings += [Heading(state.capitalize()) for state in seen]
    rows = [
        Row((name, side, *_cells(found[name], seen)))
        for name in dict.fromkeys((*shares[0], *shares[1]))
        for (_, side), found in zip(KEYS, shares, strict=True)
        if name in found
    ]
    yield Table("Machine time, % of the window", tuple(headings), tuple(rows))


def _cells(found: Mapping[str, float], seen: list[str]) -> tuple[str, ...]:
    return tuple(f"{100 * found[state]:.1f}" if state in found else "" for state in seen)


def _stacks(found: Mapping[str, Mapping[str, float]], run: DrawnRun) -> Iterator[Stack]:
    for name, parts in found.items():
        units = run.numbers["stations"][name]["units"]
        note = f"\N{MULTIPLICATION SIGN} {units}" if units > 1 else ""
        yield Stack(name, tuple(_share(state, share) for state, share in parts.items() if share > 0), note)


def _share(state: str, share: float) -> Share:
    letter, words = STATES[state]
    wide = round(100 * share, 3)
    return Share(state, letter if wide >= _LETTER_FROM else "", wide, f"{words}: {percent(share)}")


def shares_in(numbers: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return of every station what its machines' time went into, in shares that add up to 1.

    Waiting for people is a part of starved and of down in summary.json, and stays there.
    """
    return {
        name: _parts(known) for name, known in numbers["stations"].items() if known.get("busy") is not None
    }


def _parts(known: Mapping[str, Any]) -> dict[str, float]:
    waits, sets_up = (float(known.get(key) or 0.0) for key in ("inference_wait", "changeover"))
    found = {"working": known["busy"] - waits - sets_up, "waiting": waits, "changeover": sets_up}
    found |= {state: float(known.get(state) or 0.0) for state in ("blocked", "down", "starved", "off")}
    return {state: share for state, share in found.items() if share > 0}
