"""Stations that make defects as a scenario writes them: what is taken, and where each mistake stands."""

import pytest

from line_sim.errors import ScenarioError
from line_sim.pictures.rendered.flange import RenderedFlanges
from line_sim.scenario import dump, loads
from line_sim.scenario.images.rendered import DEFECTS

TEXT = """\
version: 1
name: A mill that scratches
run: {items: 10}
arrivals: {every: 1 s}
product: {images: {rendered: flange}}
line:
  - station: mill
    cycle: 1 s
    makes_defects: {rate: 0.01, kinds: [scratch, chip]}
  - inspection: camera
    gateway: {modelled: {service: 30 ms}}
review: {time: 1 s}
"""
LIVE = TEXT.replace("{modelled: {service: 30 ms}}", "{grpc: {}}")


def test_it_is_read_and_written_back():
    """Without kinds they are those of the pictures; null makes none."""
    scenario = loads(TEXT)
    assert loads(dump(scenario)) == scenario
    makes = scenario.line[0].makes_defects
    assert (makes.rate, makes.kinds) == (0.01, ("scratch", "chip"))
    assert loads(TEXT.replace(", kinds: [scratch, chip]", "")).line[0].makes_defects.kinds == ()
    assert loads(TEXT.replace("{rate: 0.01, kinds: [scratch, chip]}", "null")).line[0].makes_defects is None
    assert loads(TEXT, overrides=["line.mill.makes_defects.rate=0.2"]).line[0].makes_defects.rate == 0.2


MISTAKES = [
    ("0.01", "1.5", "9:27: line[0].makes_defects.rate is 1.5; it must be 1 or less"),
    ("0.01", "1 %", "9:27: line[0].makes_defects.rate is 1 %; it must be a number"),
    ("rate: 0.01, ", "", "9:20: line[0].makes_defects.rate is missing"),
    ("{rate: 0.01, kinds: [scratch, chip]}", "0.01", "9:20: line[0].makes_defects is 0.01"),
    ("kinds: [scratch, chip]", "kind: scratch", "9:33: line[0].makes_defects.kind is"),
    ("scratch, chip", "chip, chip", "chip stands there twice; they are made all as often"),
    ("scratch, chip", "''", "9:41: line[0].makes_defects.kinds[0] is"),
    (
        "    gateway: {modelled",
        "    makes_defects: {rate: 1}\n    gateway: {modelled",
        "11:5: line[1].makes_defects is an unknown key",
    ),
]


@pytest.mark.parametrize(("good", "bad", "message"), MISTAKES)
def test_a_mistake_is_told_where_it_stands(good, bad, message):
    """Line, column, key and what is allowed."""
    with pytest.raises(ScenarioError) as error:
        loads(TEXT.replace(good, bad))
    assert message in str(error.value)


def test_a_real_server_must_be_shown_what_the_station_makes():
    """Its pictures know some kinds of defect; a modelled one sees no pictures, and takes any."""
    assert loads(LIVE).live
    assert loads(TEXT.replace("chip]", "dent]")).line[0].makes_defects.kinds == ("scratch", "dent")
    with pytest.raises(ScenarioError) as error:
        loads(LIVE.replace("chip]", "dent]"))
    told = "the drawn flange has no such defect; it has stain, scratch, pits, missing_bore, chip"
    assert f"9:50: line[0].makes_defects.kinds[1] is dent; {told}" in str(error.value)


def test_pictures_from_a_folder_tell_no_kinds(tmp_path):
    """They are good or defective; without kinds the station makes defects all the same."""
    folder = LIVE.replace("{rendered: flange}", f"{{folder: {tmp_path}}}")
    with pytest.raises(
        ScenarioError, match="pictures from a folder tell no kinds of defect; take kinds away"
    ):
        loads(folder)
    assert loads(folder.replace(", kinds: [scratch, chip]", "")).line[0].makes_defects.rate == 0.01


def test_the_defects_that_are_named_are_those_that_are_drawn():
    """One word for each painter."""
    assert RenderedFlanges(0).defect_kinds == DEFECTS["flange"]
