"""What a run tells of its variants and set-ups, counted by hand."""

import pytest
from hypothesis import given, settings
from stories import camera, modelled, press
from variant_lines import makes, product, scenario_of, written_variants

from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.figures.flow import station_times
from line_sim.figures.names import figures_of, names_of, unit_of
from line_sim.figures.window import Window
from line_sim.layout import layout_of
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import SECOND


def told(*line, made, **keys):
    """Return the summary's data of such a line, and its layout."""
    scenario = scenario_of(*line, made=made, **keys)
    records, ending = run_in_memory(scenario)
    layout = layout_of(scenario)
    return summary_json(summarise(records, layout, ended=ending.how, end=ending.at)), layout


def times(run, start, end, **station):
    """Return how a lone press spent a stretch (s) of a run."""
    layout = layout_of(scenario_of(press(1, **station), made=product(2)))
    columns = columns_of(run.records, layout, run.ending.at)
    (found,) = station_times(columns, layout, Window(start * SECOND, end * SECOND, run.ending.at))
    return found


@pytest.mark.parametrize(
    ("start", "end", "set_up"), [(0, 14, 10), (5, 14, 7), (0, 5, 3), (4, 6, 2), (12, 14, 0)]
)
def test_a_set_up_counts_as_far_as_it_lies_in_the_window(start, end, set_up):
    """Parts 1 and 2 are done at 1 s and 2 s; the set-up for part 3 lasts from 2 s to 12 s."""
    run = makes(press(1, changeover=10), made=product(2))
    found = times(run, start, end, changeover=10)
    assert (found.changeover, found.busy) == (set_up * SECOND, (end - start) * SECOND)


def test_a_repair_amidst_a_set_up_is_down_time():
    """The machine fails at 5 s for 4 s: of the set-up from 2 s on, 3 s lie before and 7 s behind it."""
    failing = {"changeover": 10, "breakdowns": {"up": 5, "repair": 4}}
    run = makes(press(1, **failing), made=product(2), items=3)
    assert run.outages[0] == ("press", 1, 5, 9)
    found = times(run, 0, 12, **failing)
    assert (found.changeover, found.down) == (5 * SECOND + 1 * SECOND, 4 * SECOND)


@pytest.mark.parametrize(("end", "set_up", "starved"), [(3, 1, 0), (6, 2, 2), (8, 3, 3), (17, 10, 3)])
def test_who_is_off_shift_sets_nothing_up(end, set_up, starved):
    """The set-up for part 3 begins at 2 s and stands from 4 s to 7 s, as the operator is off."""
    hours = {"calendars": {"day": {"Mon": ["00:00-00:00:04", "00:00:07-12:00"]}}}
    team = {"crews": {"team": {"people": 1, "calendar": "day"}}, **hours}
    scenario = scenario_of(press(1, changeover=10, crew={"team": ["work"]}), made=product(2), **team)
    records, ending = run_in_memory(scenario)
    layout = layout_of(scenario)
    columns = columns_of(records, layout, ending.at)
    (found,) = station_times(columns, layout, Window(0, end * SECOND, ending.at))
    assert (found.changeover, found.starved) == (set_up * SECOND, starved * SECOND)


def test_who_is_waited_for_sets_nothing_up():
    """Two presses take B at 1 s and 2 s; the operator sets up one from 2 s on, the other from 7 s on."""
    team = {"crews": {"team": 1}, "run": {"duration": 9}}
    scenario = scenario_of(
        press(1, changeover=4, units=2, crew={"team": ["work"]}), made=product(2), items=None, **team
    )
    records, ending = run_in_memory(scenario)
    layout = layout_of(scenario)
    columns = columns_of(records, layout, ending.at)
    (found,) = station_times(columns, layout, Window(0, 9 * SECOND, ending.at))
    assert (found.changeover, found.busy) == (6 * SECOND, 9 * SECOND)


def test_a_set_up_is_lost_availability():
    """ISO 22400-2: 4 s of production in 14 s; the cycles took what was planned."""
    numbers, _ = told(press(1, changeover=10), made=product(2))
    assert numbers["stations"]["press"]["changeover"] == pytest.approx(10 / 13)  # up to the last part's entry
    oee = numbers["oee"]["press"]
    assert oee["availability"] == pytest.approx(3 / 13)
    assert oee["performance"] == pytest.approx(1.0)


def test_the_planned_time_is_that_of_the_variants_that_were_made():
    """Three of A (1 s) and one of B (4 s): seven seconds for four parts, whatever the shares say."""
    made = product(None, A={"share": 0.5}, B={"share": 0.5})
    numbers, _ = told(press({"by_variant": {"A": 1, "B": 4}}), made=made, items=60, every=5)
    took, oee = {"A": 1, "B": 4}, numbers["oee"]["press"]
    count = {name: each["arrived"] for name, each in numbers["variants"].items()}
    mean = sum(took[name] * count[name] for name in took) / 60
    assert oee["planned_run_time_per_item_s"] == pytest.approx(
        mean, abs=0.06
    )  # the last is made behind the end
    assert oee["performance"] == pytest.approx(1.0)


def test_each_variant_is_told_by_its_own_parts():
    """Every B is defective and found so: it is scrapped; A is shipped, after 1 s each."""
    made = product(1, A={"share": 0.5}, B={"share": 0.5, "defect_rate": 1.0})
    inspecting = camera(gateway=modelled(0))
    numbers, layout = told(press(1), inspecting, made=made, items=10, every=2, review={"time": 0})
    a, b = numbers["variants"]["A"], numbers["variants"]["B"]
    keys = ("share", "arrived", "shipped", "scrapped", "lost", "on_line", "defective")
    assert [a[key] for key in keys] == [0.5, 5, 5, 0, 0, 0, 0]
    assert [b[key] for key in keys] == [0.5, 5, 0, 5, 0, 0, 5]
    assert (a["flow_time_s"], a["escape_rate"], b["escape_rate"], b["uph"]) == (1.0, 0.0, None, 0.0)
    known = figures_of(numbers, layout)
    assert known["variants.A.uph"] == a["uph"]
    assert known["variants.B.flow_time"] == 1.0
    assert set(names_of(layout)) == set(known)
    assert [unit_of(f"variants.A.{name}") for name in ("uph", "flow_time", "escape_rate")] == [
        "UPH",
        "s",
        "share",
    ]


def test_a_plain_line_tells_nothing_of_variants():
    """No section, no state, no figure."""
    numbers, layout = told(press(1), made={})
    assert "variants" not in numbers
    assert "changeover" not in numbers["stations"]["press"]
    assert not any("variants" in name or "changeover" in name for name in names_of(layout))


@settings(max_examples=40, deadline=None)
@given(written_variants())
def test_the_variants_are_all_parts(written):
    """Their counts add up to those of the run, and a machine is set up within the time it is busy."""
    scenario = Scenario.model_validate(written)
    records, ending = run_in_memory(scenario)
    numbers = summary_json(summarise(records, layout_of(scenario), ended=ending.how, end=ending.at))
    for key in ("arrived", "lost", "shipped", "scrapped", "on_line"):
        assert sum(each[key] for each in numbers["variants"].values()) == numbers["items"][key]
    rates = [each["uph"] for each in numbers["variants"].values()]
    if None not in rates:
        assert sum(rates) == pytest.approx(numbers["throughput"]["uph"])
    for station in numbers["stations"].values():
        if station.get("changeover") is not None:
            assert 0 <= station["changeover"] <= station["busy"] + 1e-9
