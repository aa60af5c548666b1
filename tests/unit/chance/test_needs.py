"""What a line is said to draw, against what a line that runs asks for."""

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mixed_lines import mixed
from shared_lines import any_lines as batching_lines
from sharing_lines import any_lines
from spoiling_lines import spoiling
from stories import camera, modelled, press
from variant_lines import written_variants
from ways_back import reworking

from line_sim.chance.chance import Chance
from line_sim.chance.need import By
from line_sim.chance.needs import needs_of
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import Draws
from line_sim.inspection.offline.models import modelled_gateways
from line_sim.layout import REVIEW, layout_of
from line_sim.line.line import Line
from line_sim.scenario import Scenario, load

ROOT = Path(__file__).parents[3]
SHIPPED = (
    *("at_gate", "factory", "gpu_server", "overloaded_review"),
    *("second_camera", "shared_server", "slow_network"),
)
FILES = [
    *sorted((ROOT / "tests" / "golden").glob("*.yaml")),
    *(ROOT / "scenarios" / f"{name}.yaml" for name in SHIPPED),
]
KINDS = ("scratch", "stain")


class Noted(Draws):
    """Draws that note which numbers are asked for."""

    def __init__(self, draws, asked):
        self._draws = draws
        self._asked = asked

    def of(self, item, visit=1, attempt=0):
        """Note it."""
        self._asked.add((item, visit, attempt))
        return self._draws.of(item, visit, attempt)


class Noting(Chance):
    """A chance that notes which draws are asked for, and which numbers of theirs."""

    def __init__(self, seed):
        super().__init__(seed)
        self._chance = Chance(seed)
        self.asked = defaultdict(set)

    def variants(self, mix):
        """Note it."""
        return Noted(self._chance.variants(mix), self.asked[Purpose.VARIANT, ""])

    def durations(self, purpose, place, time):
        """Note it."""
        return Noted(self._chance.durations(purpose, place, time), self.asked[purpose, place])

    def events(self, purpose, place, probability):
        """Note it."""
        return Noted(self._chance.events(purpose, place, probability), self.asked[purpose, place])

    def choices(self, purpose, place, options):
        """Note it."""
        return Noted(self._chance.choices(purpose, place, options), self.asked[purpose, place])


def asked_on(scenario):
    """Run a line, and return which draws it has asked for, and which numbers of theirs."""
    chance = Noting(scenario.seed)
    Line(scenario, modelled_gateways(scenario, chance), defect_kinds=KINDS, chance=chance).run()
    return dict(chance.asked)


def agrees(scenario):
    """Check that a line asks for what it is said to need and nothing else, by the numbers that are said."""
    layout = layout_of(scenario)
    said, asked = needs_of(scenario, layout, KINDS), asked_on(scenario)
    assert {(each.need.purpose, each.need.place) for each in said} == set(asked)
    for each in said:
        need = each.need
        for item, visit, attempt in asked[need.purpose, need.place]:
            assert item >= 1
            assert 1 <= visit <= each.visits
            assert attempt == need.by.attempt
        if each.at is not None:
            assert need.place.split("/")[0] == layout.places[each.at].name


lines = st.one_of(
    mixed(),
    mixed(inspections=2),
    written_variants().map(Scenario.model_validate),
    spoiling(),
    reworking(),
    any_lines(),
    batching_lines(),
)


@given(lines)
def test_a_line_asks_for_what_it_is_said_to_need(scenario):
    """The very purposes and places, for lines of every feature; visits and attempts as they are told."""
    agrees(scenario)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_so_do_the_lines_that_come_with_the_program(path):
    """Both golden ones, and what is shipped."""
    agrees(load(path))


def test_a_part_may_come_to_the_bench_from_each_inspection():
    """Both cameras send every part there: its second look is drawn anew, and no third is said to come."""
    alarmed = modelled(1, false_alarm_rate=1.0)
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "twice",
            "run": {"items": 5},
            "arrivals": {"every": 60},
            "line": [camera(gateway=alarmed), press(1), camera("second", gateway=alarmed)],
            "review": {"time": {"exponential": {"mean": 1}}},
        }
    )
    said = needs_of(scenario, layout_of(scenario))
    (look,) = (each for each in said if each.need.purpose is Purpose.REVIEW_TIME)
    assert (look.visits, look.need.by) == (2, By.VISIT)
    assert {visit for _, visit, _ in asked_on(scenario)[Purpose.REVIEW_TIME, REVIEW]} == {1, 2}
    assert max(each.visits for each in said if each is not look and each.need.place != REVIEW) == 1
