"""What a calibration came to, for a person."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from line_sim.study.calibration.fit.fitted import Fitted, Interval

PLAIN = {"box": None, "pad_edge": False, "show_header": False}


def sentence(found: Fitted) -> str:
    """Say in a sentence what kind of server it is."""
    work = f"a lone call takes {_ms(found.lone.value)}"
    best = found.best
    if best.places == 1:
        return f"It takes one call after the other; {work}."
    full = found.law.speeds[-1]
    if not best.limit:
        return (
            f"It shares its processors among all calls; {work}, and {found.observed.most} at once are done "
            f"{full:.2f} times as fast as one alone."
        )
    if full > 0.985 * best.places:
        return f"It is {best.places} servers that take one call each; {work}."
    return f"It works on {best.places} calls at once, {full:.2f} times as fast as on one; {work}."


def facts(found: Fitted) -> list[tuple[str, str]]:
    """Return every number of the fit with its words."""
    return [
        (
            "work of a lone call",
            f"{_interval_ms(found.mean_work)}, p50 {_quantile(found, 50)}, p95 {_quantile(found, 95)}",
        ),
        ("beside the server", f"{_ms(found.law.overhead)} more (network, writing, reading)"),
        ("worked on at once", "as many as there are" if not found.best.limit else str(found.best.places)),
        *(
            (f"mu({n})", f"{mu.value:.3f}  ({mu.low:.3f} to {mu.high:.3f})")
            for n, mu in found.speeds.items()
            if n > 1
        ),
        ("after a pause", _idle(found)),
        ("after the deadline", _after_deadline(found)),
        ("a larger picture", _slope(found)),
        ("first calls", ", ".join(_ms(took) for took in found.observed.cold) or "not measured"),
        ("calls", f"{found.observed.calls:,} in {len(found.observed.rounds)} rounds{_repeated(found)}"),
        ("others on the machine", _foreign(found)),
    ]


def calibration_text(found: Fitted) -> RenderableType:
    """Return the summary as it is printed."""
    numbers = Table(**PLAIN)  # type: ignore[arg-type]
    for name, value in facts(found):
        numbers.add_row(name, value)
    probe = Table(box=None, pad_edge=False)
    for heading in ("held out", "measured", "model", "off", "noise"):
        probe.add_column(heading, justify="left" if heading == "held out" else "right")
    for row in held_out_rows(found):
        probe.add_row(*row)
    notes = [Text(f"! {doubt}") for doubt in found.doubts]
    return Group(
        Text(sentence(found)), Text(""), numbers, Text(""), probe, *([Text(""), *notes] if notes else [])
    )


def held_out_rows(found: Fitted) -> list[tuple[str, str, str, str, str]]:
    """Return what the model says of calls that it was not fitted to: name, measured, model, off, noise."""
    rows = []
    for name, figure in found.held_out.figures.items():
        shown = (lambda value: f"{value:.2f} /s") if name == "throughput" else _ms
        words = f"throughput, {found.held_out.cameras} callers" if name == "throughput" else f"latency {name}"
        rows.append(
            (
                words,
                shown(figure.measured),
                shown(figure.modelled),
                f"{figure.error:+.1%}",
                f"{figure.noise:.1%}",
            )
        )
    return rows


def foreign_of(found: Fitted) -> float | None:
    """Return the mean share of the processors that others had; that of before where rounds cannot tell."""
    known = [one.foreign for one in found.observed.rounds if one.foreign is not None]
    return sum(known) / len(known) if known else found.observed.baseline


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms" if seconds < 0.01 else f"{seconds * 1000:.1f} ms"


def _interval_ms(interval: Interval) -> str:
    return f"{_ms(interval.value)} on average ({_ms(interval.low)} to {_ms(interval.high)})"


def _quantile(found: Fitted, percent: int) -> str:
    ordered = sorted(found.work.tolist())
    return _ms(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)])


def _idle(found: Fitted) -> str:
    steps = [f"of {_ms(step.after)} or longer {_ms(step.adds)}" for step in found.law.idle]
    return f"a call takes more: {', '.join(steps)}" if steps else "a call takes no longer"


def _after_deadline(found: Fitted) -> str:
    if found.deciding is None:
        return "not known; taken to stop"
    does = "work goes on for nobody" if found.law.keeps_computing else "the work stops"
    return f"{does} ({found.deciding.position:.2f}, where 0 is stopped and 1 goes on)"


def _slope(found: Fitted) -> str:
    if found.slope is None:
        return "not known"
    slope = found.slope
    return (
        f"{slope.seconds_per_byte * 1e6:.3f} ms a kB (+- {2 * slope.error * 1e6:.3f}), "
        f"{slope.smallest // 1000} to {slope.largest // 1000} kB"
    )


def _repeated(found: Fitted) -> str:
    if not found.observed.repeated:
        return ""
    return f"; {found.observed.repeated} more were disturbed and done anew"


def _foreign(found: Fitted) -> str:
    share = foreign_of(found)
    return "not known" if share is None else f"{share:.1%} of the processor time"
