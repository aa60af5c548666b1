"""A deadline hides the slow answers and nothing else: what is told stays true, what is hidden is said."""

from io import StringIO

import pytest
from rich.console import Console

from line_sim.analysis.summary.summarise import summarise
from line_sim.figures.catalogue import TIMEOUT_RATE
from line_sim.figures.latency import latency_csv
from line_sim.layout import layout_of
from line_sim.report.summary_text import summary_text
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory

SLOWEST_FIFTH = 131.1  # ms: what 20 % of lognormal times of mean 100 ms and cv 0.4 exceed


def summary(deadline):
    """Return the summary of 2,000 parts with a deadline, the same draws for every one."""
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "a story",
            "seed": 11,
            "run": {"items": 2000},
            "arrivals": {"every": "200 ms"},
            "line": [
                {
                    "inspection": "camera",
                    "deadline": deadline,
                    "gateway": {"modelled": {"service": {"lognormal": {"mean": "100 ms", "cv": 0.4}}}},
                }
            ],
            "review": {"time": 0, "buffer": 3000},
        }
    )
    return summarise(run_in_memory(scenario).records, layout_of(scenario), ended="completed")


UNDISTURBED, CUT = summary(None), summary(f"{SLOWEST_FIFTH} ms")


def service(summary, population="all"):
    """Return {statistic: row} of the service times."""
    wanted = ("service", population)
    return {row.statistic: row for row in summary.latency if (row.quantity, row.population) == wanted}


def page(summary):
    """Return the page as lines with single blanks."""
    console = Console(file=StringIO(), width=80, color_system=None)
    console.print(summary_text(summary))
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]


def test_a_fifth_of_the_answers_miss_the_deadline():
    """Else the stories below would be about something else."""
    assert CUT.figures.of(TIMEOUT_RATE).value == pytest.approx(0.2, abs=0.03)


def test_p50_is_that_of_an_undisturbed_run_on_the_same_draws():
    """To the nanosecond, and so is its interval."""
    cut, whole = service(CUT)["p50"], service(UNDISTURBED)["p50"]
    assert cut.value is not None
    assert (cut.value, cut.low, cut.high) == (whole.value, whole.low, whole.high)


def test_p90_reads_beyond_the_deadline():
    """No figure is made up: the file's field is empty, the page says `> deadline`."""
    p90 = service(CUT)["p90"]
    assert (p90.value, p90.high) == (None, None)
    (row,) = [
        line for line in latency_csv(CUT.latency).split("\r\n") if "service,all" in line and ",p90," in line
    ]
    assert row.split(",")[6] == ""
    (told,) = [line for line in page(CUT) if line.startswith("p90 ")]
    assert told.startswith("p90 > deadline")


def test_no_mean_is_told_without_its_population():
    """The page says how many timed out and that the mean is restricted; the file names populations."""
    lines = page(CUT)
    late = CUT.figures.of(TIMEOUT_RATE).count
    assert f"camera: latency of 2,000 calls, {late:,} timed out (95 % intervals)" in lines
    (mean,) = [line for line in lines if line.startswith("mean ")]
    assert mean.count("*") == 2
    assert "* at least: a call that timed out counts with what was waited (the restricted mean)" in " ".join(
        lines
    )
    names = {(row.population, row.statistic) for row in CUT.latency if row.quantity == "service"}
    assert ("all", "restricted_mean") in names
    assert ("all", "mean") not in names
    assert ("answered", "mean") in names
    assert service(CUT)["restricted_mean"].value < service(UNDISTURBED)["mean"].value
    assert service(CUT, "answered")["mean"].n == 2000 - late
