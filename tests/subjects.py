"""Lines run in memory, as remedies and throttle look at them."""

from line_sim.analysis.what_if.subject import Subject
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import HOUR


def subject(scenario: Scenario) -> Subject:
    """Run a line in memory and return what is known of it."""
    records, ending = run_in_memory(scenario)
    layout = layout_of(scenario)
    run = columns_of(records, layout, ending.at)
    return Subject(scenario, run, layout, window_of(run, layout), Interrupt())


def shipped_an_hour(scenario: Scenario) -> float:
    """Run a line and count what it ships until its last part has come in."""
    it = subject(scenario)
    within = it.window.left_within(it.run.items.left) & it.run.items.shipped
    return float(within.sum() * HOUR / it.window.length)
