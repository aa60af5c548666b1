"""A figure that is made alone is the one of the whole summary, bit by bit, of every line there is."""

from pathlib import Path
from typing import NamedTuple

import pytest
from carried_through import Impatient
from fuzzing import examples
from hypothesis import HealthCheck, given, settings
from mixed_lines import mixed
from strategies import any_scenarios

from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.summary import Summary
from line_sim.figures.asked.asked import Asked
from line_sim.figures.names import names_of
from line_sim.layout import Layout, layout_of
from line_sim.line.line import Ending
from line_sim.recording.reader import RunRecords
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario, load
from line_sim.study.lean import counts_in, figures_in
from line_sim.study.replications.outages import seen_in
from line_sim.testing import run_in_memory

SHIPPED = sorted(path for path in Path("scenarios").glob("*.yaml") if "version" in path.read_text())
MODELLED = "{modelled: {service: {lognormal: {mean: 30 ms, cv: 0.8}}, miss_rate: 0.1}}"
MANY = 20_000


class Told(NamedTuple):
    """A run, and what its whole summary says."""

    records: RunRecords
    ending: Ending
    summary: Summary

    def asked(self, layout: Layout | None = None) -> Asked:
        """The same run, of which nothing is made yet."""
        layout = layout or self.summary.layout
        return Asked(columns_of(self.records, layout, self.ending.at), layout)


def told(scenario: Scenario) -> Told:
    """Run a line in memory and sum it up."""
    records, ending = run_in_memory(scenario, observers=(Impatient(MANY),))
    summary = summarise(records, layout_of(scenario), ended=ending.how, end=ending.at)
    return Told(records, ending, summary)


def agree(scenario: Scenario) -> Told:
    """Hold every figure, every count and the outages, each asked for alone, against the whole."""
    run = told(scenario)
    whole, counts, names = figures_in(run.summary), counts_in(run.summary), names_of(run.summary.layout)
    assert list(whole) == list(names)
    for name in names:
        alone = run.asked()
        assert alone.figures([name]) == {name: whole[name]}
        assert alone.counts([name]) == ({name: counts[name]} if name in counts else {})
    assert run.asked().counts(names) == {name: counts[name] for name in names if name in counts}
    assert run.asked().outages == seen_in(run.summary)
    other = layout_of(scenario.model_copy(update={"seed": scenario.seed + 1}))
    assert run.asked(other).figures(names) == whole
    return run


def fuzz(few: int) -> settings:
    """Return how many lines are tried."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=examples(few), deadline=None, suppress_health_check=slow)


@fuzz(60)
@given(any_scenarios())
def test_of_any_plain_line(scenario):
    """Stations, inspections, a review, outages."""
    agree(scenario)


@fuzz(60)
@given(mixed())
def test_of_lines_that_have_everything(scenario):
    """Belts, gates, calendars, crews, several ways to stop, shared servers, ways back, variants, defects."""
    agree(scenario)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_of_the_scenarios_that_are_shipped(path):
    """Where a real server is asked its answers are modelled: hundreds of calls have all quantiles."""
    live = [spec.name for spec in load(path).inspections if spec.gateway.model is None]
    modelled = [f"line.{name}.gateway={MODELLED}" for name in live]
    clock = ["run.clock=null"] if live else []
    run = agree(load(path, [*modelled, *clock, "run.items=300", "run.duration=null"]))
    assert run.ending.how == "completed"
    assert len(run.records.items) == 300


def test_of_a_killed_run():
    """Of parts that were on the line there is no story: what is known without them is the same."""
    scenario = load("scenarios/factory.yaml", ["run.items=300", "run.duration=null"])
    run = told(scenario)
    kept = RunRecords(
        run.records.items[:120], *(getattr(run.records, it) for it in ("visits", "calls", "outages"))
    )
    summary = summarise(kept, run.summary.layout, ended=None)
    asked = Asked(columns_of(kept, summary.layout), summary.layout)
    assert asked.figures(names_of(summary.layout)) == figures_in(summary)


def test_no_figure_is_made_of_a_name_that_is_none():
    """Whoever asks has looked at the names before."""
    with pytest.raises(KeyError):
        told(load("scenarios/factory.yaml", ["run.items=20", "run.duration=null"])).asked().figures(
            ["nonsense"]
        )
