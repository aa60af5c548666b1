"""Parts of several kinds: whose turn it is, what each takes, and when a machine is set up, in exact logs."""

import pytest
from hypothesis import given, settings
from stories import camera, modelled, press
from variant_lines import kinds, makes, product, scenario_of, set_ups, written_variants

from line_sim.analysis.audit.audit import audit
from line_sim.layout import layout_of
from line_sim.line.line import DEADLOCKED
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import SECOND


def test_batches_keep_the_shares_in_the_order_written():
    """Of batches of two, seven of ten are of A: always the variant's that is the furthest behind."""
    made = product(2, A={"share": 0.7}, B={"share": 0.3})
    run = makes(press(1), made=made, items=24)
    assert kinds(run) == "AABBAAAAAABBAAAABBAA" + "AABB"


def test_equal_shares_take_turns():
    """Three variants of a third each, in batches of one."""
    third = {"share": 1 / 3}
    assert kinds(makes(press(1), made=product(1, A=third, B=third, C=third), items=7)) == "ABCABCA"


def test_each_variant_takes_its_own_time():
    """A takes 1 s and B 3 s."""
    run = makes(press({"by_variant": {"A": 1, "B": 3}}), made=product(1))
    assert run.at("press") == [(1, 1, 0, 0, 1, 1), (2, 1, 1, 1, 4, 4), (3, 1, 4, 4, 5, 5), (4, 1, 5, 5, 8, 8)]


def test_a_machine_is_set_up_for_another_variant_and_for_nothing_else():
    """Batches of two: the first part finds all it needs, the third and fifth wait 10 s on the machine."""
    run = makes(press(1, changeover=10), made=product(2), items=5)
    assert set_ups(run) == [(3, 10), (5, 10)]
    assert [visit[3:5] for visit in run.at("press")] == [(0, 1), (1, 2), (2, 13), (13, 14), (14, 25)]


def test_each_machine_has_its_own_last_part():
    """Two machines that take turns between A and B each keep to one variant, and are never set up."""
    run = makes(press(1, units=2, changeover=10), made=product(1), items=6)
    assert set_ups(run) == []


def test_an_idle_machine_waits_set_up_for_its_last_part():
    """Nobody knows what comes next: the set-up begins with the part, however long nothing came."""
    run = makes(press(1, changeover=2), made=product(1), items=3, every=10)
    assert run.at("press") == [(1, 1, 10, 10, 11, 11), (2, 1, 20, 20, 23, 23), (3, 1, 30, 30, 33, 33)]


def test_a_machine_may_fail_amidst_its_set_up():
    """It ages by the set-up as by any work: 3 s of it are 1 s for part 1 and 2 s of the set-up for part 2."""
    failing = {"up": 3, "repair": 5}
    run = makes(press(1, changeover=4, breakdowns=failing), made=product(1), items=2)
    assert run.at("press") == [(1, 1, 0, 0, 1, 1), (2, 1, 1, 1, 11, 11)]
    assert run.outages == [("press", 1, 3, 8)]
    assert (run.down, set_ups(run)) == ({(2, "press"): 5}, [(2, 4)])


def test_pictures_and_looks_by_variant():
    """B's picture takes 2 s and its look 5 s; the network calls everything defective."""
    run = makes(
        camera(
            acquisition={"by_variant": {"A": 1, "B": 2}},
            gateway=modelled(1, false_alarm_rate=1.0),
        ),
        made=product(1),
        items=2,
        review={"time": {"by_variant": {"A": 4, "B": 5}}, "buffer": 5},
    )
    assert run.at("camera") == [(1, 1, 0, 0, 2, 2), (2, 1, 2, 2, 5, 5)]
    assert run.at("review") == [(1, 1, 2, 2, 6, 6), (2, 1, 5, 6, 11, 11)]


def test_each_variant_has_its_own_defect_rate():
    """Every B is defective, no A; what says nothing is as the product says."""
    made = product(1, A={"share": 0.5}, B={"share": 0.5, "defect_rate": 1.0})
    run = makes(press(1), made=made, items=6)
    assert [item.true_state for item in run.records.items] == ["good", "defective"] * 3


@pytest.mark.parametrize(("own", "after"), [(None, ["good", "defective"]), (0.0, ["good", "good"])])
def test_a_repaired_part_keeps_its_variant_and_its_rate(own, after):
    """B is always defective, also after its repair, unless the rework has a rate of its own."""
    made = product(1, A={"share": 0.5}, B={"share": 0.5, "defect_rate": 1.0})
    rework = {"to": "press", "buffer": 5} | ({} if own is None else {"defect_rate": own})
    run = makes(press(1), camera(), made=made, items=2, review={"time": 1, "buffer": 5, "rework": rework})
    told = sorted(run.records.items)
    assert [(item.variant, item.true_state) for item in told] == list(zip("AB", after, strict=True))
    assert [item.reworked for item in told] == [0, 1]


def test_the_kinds_of_defect_are_those_of_the_variant():
    """Each draws among its own; one without kinds has defects without a name."""
    from line_sim.scenario.mix.mix import PerVariant

    made = product(1, A={"share": 0.5, "defect_rate": 1.0}, B={"share": 0.5, "defect_rate": 1.0})
    scenario = scenario_of(press(1), made=made, items=40)
    own = PerVariant(scenario.product.mix, (("scratch", "dent"), ()))
    items = run_in_memory(scenario, defect_kinds=own).records.items
    assert {item.defect for item in items if item.variant == "A"} == {"scratch", "dent"}
    assert {item.defect for item in items if item.variant == "B"} == {""}


def test_another_mix_leaves_all_other_chance_as_it_was():
    """A part that is of the same variant in both lines takes the same time, and is as good or bad."""
    time = {"by_variant": {"A": {"exponential": {"mean": 1}}, "B": {"exponential": {"mean": 2}}}}

    def made(share):
        rates = {"A": {"share": share, "defect_rate": 0.3}, "B": {"share": 1 - share, "defect_rate": 0.3}}
        run = makes(press(time), made=product(None, **rates), items=300)
        took = {v.item_id: v.finished_at - v.started_at for v in run.records.visits}
        return {
            item.item_id: (item.variant, item.true_state, took[item.item_id]) for item in run.records.items
        }

    half, most = made(0.5), made(0.8)
    same = [number for number in half if half[number][0] == most[number][0]]
    assert 150 < len(same) < 300
    assert all(half[number] == most[number] for number in same)
    assert all(half[number][1] == most[number][1] for number in half)
    longer = [half[number][2] / most[number][2] for number in half if number not in same]
    assert all(abs(ratio - 2) < 1e-6 for ratio in longer)  # B in the one, A in the other, by the same draw


def test_a_product_of_one_variant_is_the_product_without():
    """But for its name in items.csv and the set-ups that never come."""
    with_it = makes(
        press({"exponential": {"mean": 1}}, changeover=9),
        made={"defect_rate": 0.3, "variants": {"A": {"share": 1.0}}},
        items=50,
    )
    without = makes(press({"exponential": {"mean": 1}}), made={"defect_rate": 0.3}, items=50)
    assert with_it.visits == without.visits
    assert [item._replace(variant="") for item in with_it.records.items] == [*without.records.items]


@settings(max_examples=150, deadline=None)
@given(written_variants())
def test_random_lines_pass_the_audit_and_do_the_same_again(written):
    """Every part keeps its turn, its time and its set-ups; the same seed gives the same rows."""
    scenario = Scenario.model_validate(written)
    records, ending = run_in_memory(scenario)
    checks = audit(records, layout_of(scenario), ending.how, ending.at)
    assert {name: check for name, check in checks.items() if not check.passed} == {}
    assert run_in_memory(scenario) == (records, ending)
    assert ending.how == DEADLOCKED or len(records.items) == written["run"]["items"]
    assert max((v.changeover for v in records.visits), default=0) <= 3 * SECOND
