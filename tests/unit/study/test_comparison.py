"""What a table of differences claims: no more than the runs can tell."""

from io import StringIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from line_sim.scenario import Scenario
from line_sim.study.comparison.compare import Comparison, Row, compare_figures, judged
from line_sim.study.comparison.scenarios import compare_scenarios
from line_sim.study.comparison.single_runs import Batched, batches_resemble, difference
from line_sim.study.comparison.text import comparison_json, comparison_text
from line_sim.study.replications.text import value_text
from line_sim.study.student import Estimate

NAMES = ("one", "other")
SLOWER = [("line.press.cycle", "1 s", "2 s")]


def compared(ones, others, changes=SLOWER, kpi="escape_rate"):
    """Return the row of one figure over pairs of runs."""
    sides = [{seed: {kpi: value} for seed, value in enumerate(side)} for side in (ones, others)]
    found = compare_figures(NAMES, *sides, [kpi], changes=changes)
    return found.rows[0], comparison_json(found)["kpis"][kpi]


def test_ten_pairs_alike_are_no_proof_of_no_difference():
    """Nothing escaped from either line: the next part may, so there is no interval, and it is said why."""
    row, told = compared([0.0] * 10, [0.0] * 10)
    assert row.difference.interval is None
    assert not row.stands
    assert (told["ci_low"], told["ci_high"]) == (None, None)
    assert "same in all 10 pairs" in told["ci_note"]


def test_a_scenario_against_itself_differs_by_exactly_nothing():
    """There is a reason: nothing in it is different."""
    row, told = compared([0.0, 0.1], [0.0, 0.1], changes=[])
    assert row.difference.interval == (0.0, 0.0)
    assert told["ci_note"] is None


def test_the_same_difference_in_every_pair_is_one():
    """Half of the output in each of ten: by the sign test 1 in 512 is chance; of two pairs, every second."""
    assert compared([3600.0] * 10, [1800.0] * 10, kpi="uph")[0].stands
    assert not compared([3600.0] * 2, [1800.0] * 2, kpi="uph")[0].stands


def test_no_difference_of_shares_is_larger_than_all():
    """From nearly none to nearly all: the interval ends at 1."""
    row, _ = compared([0.0, 0.05, 0.1], [1.0, 0.4, 1.0])
    assert row.difference.interval[1] == 1.0


def test_a_figure_of_which_too_little_is_sure_has_no_star():
    """Twenty batches that drift: a difference at first sight, none that stands."""
    drift = Batched(5.0, tuple(np.linspace(-0.02, 0.02, 20)))
    still = Batched(4.9, tuple(np.tile([0.001, -0.001], 10)))
    assert batches_resemble(still, drift, paired=True)
    found = {"uph": (4.9, 5.0, difference(still, drift, paired=True))}
    assert not judged(found, unsure=["uph"])[0].stands


def test_batches_that_resemble_each_other_widen_the_interval():
    """A wave of 20 batches is worth a few: twice as wide as the same values in another order, and more."""
    wave = np.sin(np.arange(20) / 3)
    calm = Batched(0.0, (0.0,) * 20)
    mixed = np.random.default_rng(1).permutation(wave)
    wide, narrow = (difference(calm, Batched(1.0, tuple(each)), paired=True) for each in (wave, mixed))
    assert wide.half_width > 2 * narrow.half_width
    assert wide.mean == narrow.mean == pytest.approx(1.0)


def test_the_reason_stands_in_the_table():
    """Where the interval would be."""
    sides = [{seed: {"escape_rate": 0.0} for seed in range(10)}] * 2
    assert "same in all 10" in shown(compare_figures(NAMES, *sides, ["escape_rate"], changes=SLOWER))


def shown(found):
    """Return the row of the table of one figure, without its trailing blanks."""
    console = Console(file=StringIO(), width=100, color_system=None)
    console.print(comparison_text(found))
    row = next(line for line in console.file.getvalue().splitlines() if line.startswith(found.rows[0].kpi))
    return row.rstrip()


def test_a_wide_interval_takes_no_value_its_digits():
    """0.57 s beside an interval of a thousand seconds stays 0.57 s; it was told as 1."""
    row = Row("flow_time", 118.4, 0.571, Estimate(-117.829, 456.0, 19, 20), stands=False)
    told = shown(Comparison(*NAMES, "one run of each", 1, (row,)))
    assert told.split()[2:] == ["118", "0.57", "-118", "-1,072", "to", "+837"]


@given(value=st.floats(1e-9, 1e9), like=st.floats(0, 1e9), unit=st.sampled_from(["s", "share", "UPH"]))
def test_no_value_is_rounded_away(value, like, unit):
    """Whatever it is told beside: what is read differs from it by a twentieth at most."""
    text = value_text(value, unit, like)
    read = float(text.replace(",", "").removesuffix(" %")) / (100 if text.endswith("%") else 1)
    assert read == pytest.approx(value, rel=0.0501)


@pytest.mark.parametrize("paired", [True, False])
def test_what_only_rounding_tells_apart_is_the_same(paired):
    """Two runs with the same escapes, their sums in another order: no interval of 0.00000 %."""
    scatter = np.random.default_rng(3).normal(size=20)
    nearly = scatter + 1e-15 * np.tile([1, -1], 10)
    one, other = Batched(0.1, tuple(scatter)), Batched(0.1, tuple(nearly))
    assert (difference(one, other, paired=paired).error == 0) is paired
    by_pairs, _ = compared([0.1 + 0.2, 0.3, 0.5], [0.2 + 0.2, 0.4, 0.6])
    assert by_pairs.difference.lack.short == "same in all 3"


def test_a_comparison_says_that_it_saw_too_few_outages(tmp_path):
    """Of a press that is up for days, in runs of minutes; both sides are named."""
    press = {"station": "press", "cycle": 1, "breakdowns": {"up": "10 h", "repair": "1 h"}}
    written = {"version": 1, "name": "old", "run": {"items": 50}, "arrivals": {"saturated": True}}
    one = Scenario.model_validate(written | {"line": [press]})
    other = Scenario.model_validate(written | {"name": "new", "line": [press | {"cycle": 2}]})
    found, _ = compare_scenarios(one, other, tmp_path / "both", 2)
    notes = [note for note in found.notes if "0 outages of press seen" in note]
    assert [note.partition(":")[0] for note in notes] == ["old", "new"]
