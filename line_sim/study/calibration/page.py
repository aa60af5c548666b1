"""The page of a calibration: what was measured, the law that was fitted, how far one is from the other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from line_sim.report.studies.blocks import (
    Block,
    Chart,
    Column,
    Columns,
    Facts,
    Heading,
    Page,
    Row,
    Section,
    Table,
    Tile,
    Words,
)
from line_sim.report.studies.charts import Axis, Bar, Mark, Point, Series, Spec, lines, rows
from line_sim.study.calibration.fit.alone import OF_LONE_CALLS
from line_sim.study.calibration.fit.fitted import Fitted
from line_sim.study.calibration.fit.places import BurstTimes
from line_sim.study.calibration.measuring.load import MOST_FOREIGN
from line_sim.study.calibration.text import facts, foreign_of, held_out_rows, sentence

Values = npt.NDArray[np.float64]

CURVE = 160
"""Points of a distribution that are drawn."""


def calibration_page(found: Fitted, measured: Mapping[str, Any], name: str) -> Page:
    """Return the page; `measured` is how, where and when, as the calibration's file says it."""
    refused = bool(found.refusals)
    return Page(
        kind="calibration",
        name=name,
        headline=found.refusals[0] if refused else sentence(found),
        seconds=() if refused else (_seconds(found),),
        about=f"{measured['how']}; {measured['at']}",
        chip="no law fits" if refused else "fitted",
        whole=not refused,
        warnings=(*found.refusals[1:], *found.doubts),
        tiles=tuple(_tiles(found)),
        sections=(
            Section("alone", "A call that is alone", tuple(_alone(found)), "Alone"),
            Section("together", "Several calls at once", tuple(_together(found)), "Together"),
            Section("given-up", "After the deadline", (_probes(found),), "Given up"),
            Section("held-out", "Calls that it was not fitted to", tuple(_held_out(found)), "Held out"),
            Section("load", "Over the time", tuple(_over_time(found)), "Time"),
            Section("about", "How it was measured", (Facts(tuple(_about(found, measured))),), "About"),
        ),
    )


def _seconds(found: Fitted) -> str:
    pace = found.held_out.figures["throughput"]
    return f"Held out of the fit, its throughput is {pace.error:+.1%} off (chance: {pace.noise:.1%})."


def _tiles(found: Fitted) -> Iterator[Tile]:
    lone = found.lone
    yield Tile("lone call", f"{lone.value * 1000:.1f} ms", f"{lone.low * 1000:.1f} to {lone.high * 1000:.1f}")
    yield Tile("worked on at once", str(found.best.places) if found.best.limit else "all")
    most = max(found.speeds)
    full = found.speeds[most]
    yield Tile(f"speed with {most}", f"{full.value:.2f} x", f"{full.low:.2f} to {full.high:.2f}")
    foreign = foreign_of(found)
    share = "?" if foreign is None else f"{foreign:.1%}"
    tone = "bad" if foreign is not None and foreign > MOST_FOREIGN else "plain"
    yield Tile("others' load", share, "of the processor time", tone)


def _alone(found: Fitted) -> Iterator[Block]:
    at_takt = _distribution(found.work + found.law.overhead)
    series = [Series("at the takt", at_takt, "a", steps=True)]
    busy = [c.latency for s in found.observed.of("loop", 1) for c in s.calls[1:]]
    series.append(Series("right after one another", _distribution(np.array(busy)), "b", steps=True))
    spec = lines(
        Axis("time of a lone call, ms", "ms"), Axis("share of the calls below, %", "%", 0, 100), series
    )
    yield Chart(
        "work",
        "Lone calls",
        spec,
        _of_pauses(found),
        (("a", "at the takt"), ("b", "right after one another")),
    )
    pauses = [call for part in OF_LONE_CALLS for s in found.observed.of(part, 1) for call in s.calls[1:]]
    yield Chart(
        "pauses",
        "Lone calls by the pause before them",
        _by_pause(found, [(c.pause, c.latency) for c in pauses]),
    )
    if found.slope is not None:
        slope = found.slope
        yield Words(
            f"A kB more takes {slope.seconds_per_byte * 1e6:.3f} ms (standard error "
            f"{slope.error * 1e6:.3f}), over pictures of {slope.smallest:,} to {slope.largest:,} bytes, "
            f"{slope.calls} calls.",
            "note",
        )


def _of_pauses(found: Fitted) -> str:
    steps = [
        f"after {step.after * 1000:.1f} ms without work {step.adds * 1000:.1f} ms" for step in found.law.idle
    ]
    if not steps:
        return "A pause before a call makes no difference that can be told from chance."
    return f"A call takes more {', '.join(steps)}."


def _distribution(values: Values) -> tuple[Point, ...]:
    ordered = np.sort(values) * 1000
    shares = np.linspace(0, 1, min(CURVE, ordered.size))
    return tuple(
        Point(float(ordered[round(share * (ordered.size - 1))]), float(100 * share)) for share in shares
    )


def _by_pause(found: Fitted, calls: Sequence[tuple[float, float]]) -> Spec:
    """Draw the mean of groups of calls with pauses of about the same length."""
    ordered = sorted(calls)
    groups = [group for group in np.array_split(np.array(ordered), 12) if group.size]
    points = []
    for group in groups:
        pause, took = group[:, 0], group[:, 1]
        error = float(1.96 * took.std() / np.sqrt(max(1, took.size - 1)))
        middle = float(took.mean())
        points.append(
            Point(float(pause.mean()) * 1000, middle * 1000, (middle - error) * 1000, (middle + error) * 1000)
        )
    marks = [Mark("takes more", x=step.after * 1000, tone="soft") for step in found.law.idle]
    unique = tuple(sorted({point.x: point for point in points}.values(), key=lambda point: point.x))
    y = Axis("mean latency, ms", "ms")
    return lines(Axis("pause before the call, ms", "ms"), y, [Series("lone calls", unique, dots=True)], marks)


def _together(found: Fitted) -> Iterator[Block]:
    speeds = found.speeds
    measured = tuple(Point(n, mu.value, mu.low, mu.high) for n, mu in speeds.items())
    model = tuple(Point(n, found.law.speed(n)) for n in speeds)
    spec = lines(
        Axis("calls at once", names=tuple((float(n), str(n)) for n in speeds)),
        Axis("work done, against one call alone", "x", zero=True),
        [Series("measured", measured, "a", dots=True), Series("the law", model, "b")],
    )
    keys = (("a", "measured, with its 95 % interval"), ("b", "the law"))
    yield Chart("speeds", "How much is done with n calls at once", spec, keys=keys)
    yield Columns(
        tuple(
            Column("", (Chart(f"burst-{n}", _burst_title(burst), _burst(burst, expected), keys=_BURST_KEYS),))
            for n, (burst, expected) in enumerate(zip(found.bursts, found.best.expected, strict=True))
        ),
        many=True,
    )
    yield Table(
        "How well each number of places says when bursts are answered",
        (
            Heading("places", number=False),
            Heading("answers off, beyond chance"),
            Heading("squares, in errors"),
        ),
        tuple(
            Row((str(one.places) if one.limit else "no limit", f"{one.off:.1%}", f"{one.score:.1f}"))
            for one in found.candidates
        ),
    )


_BURST_KEYS = (("a", "measured"), ("b", "the law"))


def _burst_title(burst: BurstTimes) -> str:
    return f"{burst.size} calls, {burst.spacing * 1000:.1f} ms apart ({burst.number} x)"


def _burst(burst: BurstTimes, expected: Values) -> Spec:
    """Draw when the calls of a burst were answered, in the order of sending."""
    size = burst.size
    real = tuple(
        Point(n + 1, 1000 * mean, 1000 * (mean - 1.96 * error), 1000 * (mean + 1.96 * error))
        for n, (mean, error) in enumerate(
            zip(burst.means[:size].tolist(), burst.errors[:size].tolist(), strict=True)
        )
    )
    model = tuple(Point(n + 1, 1000 * mean) for n, mean in enumerate(expected[:size].tolist()))
    names = tuple((float(n), str(n)) for n in range(1, size + 1))
    series = [Series("measured", real, "a", dots=True), Series("the law", model, "b", dots=True)]
    return lines(
        Axis("call, in the order of sending", names=names),
        Axis("answered after, ms", "ms", zero=True),
        series,
    )


def _probes(found: Fitted) -> Block:
    headings = ("given up", "probes", "their latency", "if the work stops", "if it goes on", "position")
    return Table(
        "A call that is sent when others have been given up in mid-service",
        tuple(Heading(text) for text in headings),
        tuple(
            Row(
                (
                    str(each.given_up),
                    str(each.number),
                    f"{each.mean * 1000:.1f} ms",
                    f"{each.stopped * 1000:.1f} ms",
                    f"{each.went_on * 1000:.1f} ms",
                    f"{each.position:.2f} +- {each.error:.2f}" if each.tells else "tells nothing",
                )
            )
            for each in found.probes
        ),
    )


def _held_out(found: Fitted) -> Iterator[Block]:
    probe = found.held_out
    series = [
        Series("measured", _distribution(probe.measured), "a", steps=True),
        Series("the law", _distribution(probe.modelled.ravel()), "b", steps=True),
    ]
    spec = lines(Axis("latency, ms", "ms"), Axis("share of the calls below, %", "%", 0, 100), series)
    yield Chart("stream", "Calls at random moments", spec, keys=_BURST_KEYS)
    headings = (Heading("", number=False), *map(Heading, ("measured", "the law", "off", "chance alone")))
    yield Table("Held out", headings, tuple(Row(row) for row in held_out_rows(found)))


def _over_time(found: Fitted) -> Iterator[Block]:
    means = [float(block.mean()) * 1000 for block in found.blocks if block.size]
    middle = float(np.mean(means))
    points = tuple(Point(n, 100 * (mean / middle - 1)) for n, mean in enumerate(means, 1))
    y = Axis("off the mean of all, %", "%", zero=True)
    spec = lines(Axis("stretch of lone calls"), y, [Series("lone calls", points, dots=True)])
    yield Chart("drift", "Residuals: each stretch of lone calls", spec)
    known = [(n, one.foreign) for n, one in enumerate(found.observed.rounds, 1) if one.foreign is not None]
    if known:
        bars = [Bar(f"round {n}", 100 * share, text=f"{share:.1%}") for n, share in known]
        limit = Mark("refused above", x=100 * MOST_FOREIGN)
        yield Chart("foreign", "Processor time that others had", rows(Axis("%", "%", 0), bars, [limit]))


def _about(found: Fitted, measured: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from facts(found)
    for key in ("at", "how", "target", "model", "payload_bytes"):
        yield key, str(measured.get(key) or "-")
    for key, value in {**measured.get("server", {}), **measured.get("machine", {})}.items():
        yield key, str(value)
