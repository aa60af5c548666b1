"""Replays, limits and the long run of lines with variants."""

import pytest
from hypothesis import assume, given, settings
from stories import camera, modelled, press
from variant_lines import product, scenario_of, written_variants

from line_sim.analysis.growth.means import foreseen
from line_sim.analysis.growth.mixed import means_of, unsure
from line_sim.analysis.lasting.ceiling import ceiling_of
from line_sim.analysis.limits import limits
from line_sim.analysis.summary.helps import Helps
from line_sim.analysis.what_if.changes import changes, everywhere
from line_sim.analysis.what_if.modelled import NeverBusy, never_busy
from line_sim.analysis.what_if.replay.recursion import knows
from line_sim.analysis.what_if.replay.replays import never_ends, run_again, work_out
from line_sim.analysis.what_if.trials import tried
from line_sim.chance.chance import Chance
from line_sim.inspection.offline.models import modelled_gateways
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario
from line_sim.scenario.mix.mix import Mix
from line_sim.testing import run_in_memory
from line_sim.units import SECOND

RATES = {"A": {"share": 0.5, "defect_rate": 0.0}, "B": {"share": 0.5, "defect_rate": 1.0}}


@settings(max_examples=150, deadline=None)
@given(written_variants())
def test_what_is_worked_out_is_what_the_line_does(written):
    """Of any line with variants that the recursion knows: times, defects and looks by variant."""
    for station in (written["line"][0], written["line"][2]):
        station |= {"changeover": None, "breakdowns": None}
    written["line"][1]["on_no_result"] = "review"
    written["review"] |= {"rework": None, "cleared": "ships"}
    scenario = Scenario.model_validate(written)
    assume(not never_ends(scenario))
    chance = Chance(scenario.seed)

    def gateways():
        found = modelled_gateways(scenario)
        rates = scenario.product.defect_rates
        foreseen_too = {
            spec.name: NeverBusy(spec, rates, chance, in_time=False)
            for spec in scenario.inspections
            if never_busy(scenario, spec)
        }
        return found | foreseen_too

    assume(knows(scenario, gateways()))
    told = work_out(scenario, gateways(), Interrupt(), chance)
    run = run_again(scenario, gateways(), Interrupt(), chance)
    assert [list(moments) for moments in told[:2]] == [list(moments) for moments in run[:2]]


def test_a_line_with_set_ups_is_run_again():
    """How long a part takes hangs on the one before it: the recursion does not know that."""
    plain = scenario_of(press({"by_variant": {"A": 1, "B": 2}}), made=product())
    assert knows(plain, {})
    assert not knows(scenario_of(press(1, changeover=1), made=product()), {})


def test_the_mix_behind_an_inspection_is_another():
    """All of B is defective and scrapped: behind the camera there is A alone, which takes 1 s."""
    line = [camera(gateway=modelled(0)), press({"by_variant": {"A": 1, "B": 5}}, changeover=2)]
    scenario = scenario_of(*line, made=product(None, **RATES), review={"time": 0})
    _, pack, _ = means_of(scenario, foreseen(scenario))
    assert pack.time == pytest.approx(1 * SECOND)
    whole = scenario_of(line[1], made=product(None, **RATES))
    assert means_of(whole, {})[0].time == pytest.approx(3 * SECOND + 0.5 * 2 * SECOND)


def test_means_that_are_only_nearly_known_say_so():
    """Machines side by side that are set up for batches; repairs of parts of another mix."""
    several = press(1, changeover=1, units=2)
    assert unsure(scenario_of(several, made=product(3)))
    assert not unsure(scenario_of(several, made=product(None)))
    assert not unsure(scenario_of(press(1, changeover=1), made=product(3)))
    review = {"time": 1, "buffer": 9, "rework": {"to": "press", "buffer": 9}}
    line = press(1), camera()
    assert unsure(scenario_of(*line, made=product(None, **RATES), review=review))
    assert not unsure(scenario_of(*line, made=product(None), review=review))


@pytest.mark.parametrize("batch", [None, 7])
def test_a_saturated_station_makes_what_is_said_at_best(batch):
    """Over 3,000 parts: cycle by variant, set-ups and a tool change; within 2 %."""
    made = product(batch, A={"share": 0.6}, B={"share": 0.4})
    station = press({"by_variant": {"A": 1, "B": 2}}, changeover=1.5, breakdowns={"up": 100, "repair": 9})
    scenario = scenario_of(station, made=made, items=3_500)
    _, ending = run_in_memory(scenario)
    uph = limits(scenario).stations[0].uph
    assert 3_500 * 3600 / (ending.at / SECOND) == pytest.approx(uph, rel=0.02)
    assert limits(scenario).zero_buffer_uph is None


def test_a_quicker_station_is_set_up_quicker_too():
    """A tenth of 2 s of work and of 8 s of set-up before every part: 400 UPH where there were 360."""
    scenario = scenario_of(press(2, changeover=8), made=product(), items=100)
    found = {each.remedy: each.trial for each in changes(scenario, frozenset({"press"}), frozenset())}
    for trial in (found[Helps.FASTER], everywhere(scenario).trial):
        gone = tried(trial, {}, Chance(scenario.seed), Interrupt(), 100).gone
        assert gone[-1] == round(0.9 * (100 * 2 + 99 * 8) * SECOND)
    only_set_up = scenario_of(press(0, changeover=8), made=product())
    assert Helps.FASTER in {each.remedy for each in changes(only_set_up, frozenset({"press"}), frozenset())}


def test_set_ups_for_parts_that_come_back_bound_nothing():
    """Repaired at once, each B comes right behind itself: fewer set-ups than of a mix, and more parts."""
    review = {"time": 0, "buffer": 9, "rework": {"to": "press", "buffer": 9, "defect_rate": 0.0}}
    line = press(1, changeover=2), camera(gateway=modelled(0))
    back = scenario_of(*line, made=product(None, **RATES), items=400, review=review)
    records, ending = run_in_memory(back)
    each = sum(1 + (2 if visit.changeover else 0) for visit in records.visits if visit.station == "press")
    assert ending.at == each * SECOND, "the press never waits"
    changes = Mix(("A", "B"), (1 / 3, 2 / 3)).changes()
    assert each < len(records.items) * 1.5 * (1 + 2 * changes)
    assert unsure(back)
    assert ceiling_of(back) is None


def test_what_is_cleared_may_come_out_of_turn():
    """Only where it comes to a set-up, and where variants are not all sent away alike or are in batches."""
    line = press(1), camera(), press(1, "pack", changeover=2)
    cleared = {"time": 1, "buffer": 9, "cleared": "rejoins"}
    assert unsure(scenario_of(*line, made=product(None, **RATES), review=cleared))
    assert unsure(scenario_of(*line, made=product(3), review=cleared))
    assert not unsure(scenario_of(*line, made=product(None), review=cleared))
    ships = {**cleared, "cleared": "ships"}
    assert not unsure(scenario_of(*line, made=product(None, **RATES), review=ships))
    assert not unsure(scenario_of(line[2], *line[:2], made=product(None, **RATES), review=cleared))
