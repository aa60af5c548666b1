"""A run of a few parts as its summary, and what a person reads of that."""

from io import StringIO

from recorded import PRESS_AND_CAMERA, call, item, run, visit
from rich.console import Console

from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.summary import (
    Estimate,
)
from line_sim.report.summary_text import summary_text


def story(parts=2, layout=PRESS_AND_CAMERA, outcomes=(), latency=0.5, **how):
    """Return the summary of parts that pass press and camera, two seconds each."""
    first, second = layout.line[0].name, layout.line[-1].name
    items, visits, calls = [], [], []
    for n in range(1, parts + 1):
        start = 2 * (n - 1)
        items.append(item(n, start, start + 4, good=n != 2))
        visits += [visit(n, first, start, start, start + 2, start + 2)]
        visits += [visit(n, second, start + 2, start + 2, start + 4, start + 4)]
        outcome = outcomes[n - 1] if outcomes else "answered"
        calls.append(call(n, start + 4 - latency, latency, outcome, second))
    return summarise(run(items, visits, calls), layout, **{"ended": "completed", **how})


def page(summary, width=80):
    """Return the page as a terminal of that width shows it, without colours."""
    console = Console(file=StringIO(), width=width, color_system=None)
    console.print(summary_text(summary))
    return console.file.getvalue()


def lines(summary):
    """Return the page's lines with single blanks."""
    return [" ".join(line.split()) for line in page(summary).splitlines()]


def shift(uph, low, high):
    """Return what twelve shifts of 300 parts say."""
    return Estimate(uph, (low, high), 12, 300)
