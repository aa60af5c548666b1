"""Lines that spoil parts: what is foreseen of them, what replays of them do, and what a reader is told."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from spoiling_lines import spoiling, spoils
from stories import camera, modelled, press
from summaries import lines

from line_sim.analysis.growth.long_run import long_run
from line_sim.analysis.growth.measured import measured
from line_sim.analysis.lasting.controls import Seen
from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.what_if.answers import AnswersAgain, recorded_calls
from line_sim.analysis.what_if.modelled import never_busy
from line_sim.analysis.what_if.replay.recursion import knows
from line_sim.analysis.what_if.replay.replays import replay
from line_sim.analysis.what_if.subject import Subject
from line_sim.analysis.what_if.throttle import throttle_of
from line_sim.cli import commands
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import columns_of
from line_sim.report.diagram import diagram
from line_sim.report.page.quality import quality_section
from line_sim.scenario import Scenario
from line_sim.testing import answered, run_in_memory, scripted
from line_sim.truth import DEFECTIVE

REVIEW = {"time": 1, "buffer": 99}


def scenario(*stations, **keys):
    """Return a line to which a part comes every ten seconds."""
    plain = {"version": 1, "name": "spoilt", "seed": 1, "run": {"items": 400}, "arrivals": {"every": 10}}
    return Scenario.model_validate({**plain, "line": stations, "review": REVIEW, **keys})


def foreseen(spec):
    """Return what is to be expected of the defects: (share defective, to review, missed) by inspection."""
    found = long_run(spec, {}, {}).defects
    told = {each.station: (each.defective, each.reviewed, each.missed) for each in found.inspections}
    return told, found.escapes


def test_what_an_inspection_will_see_is_told_of_all_variants():
    """Each has a rate of its own, 0.1 and 0.3 of half of the parts; the product's own was told of them."""
    rates = {"A": {"share": 0.5, "defect_rate": 0.1}, "B": {"share": 0.5, "defect_rate": 0.3}}
    told, _ = foreseen(scenario(press(1, "mill", **spoils(0.25)), camera("eye"), product={"variants": rates}))
    assert told["eye"][0] == pytest.approx(0.2 + 0.8 * 0.25)


def test_what_an_inspection_will_see_hangs_on_where_it_stands():
    """4 % are brought, then 25 % of the rest spoilt: 4 % before the mill, 28 % behind it."""
    network = {"modelled": {"service": 0, "miss_rate": 0.5, "false_alarm_rate": 0.1}}
    looks = camera("first", gateway=network), camera("last", gateway=network)
    spec = scenario(
        looks[0], press(1, "mill", **spoils(0.25)), looks[1], press(1), product={"defect_rate": 0.04}
    )
    told, escapes = foreseen(spec)
    assert told["first"] == pytest.approx((0.04, 0.04 * 0.5 + 0.96 * 0.1, 0.04 * 0.5))
    bad, good = 0.02 + 0.96 * 0.25, 0.96 * 0.75  # a perfect reviewer has scrapped half of what was brought
    assert told["last"] == pytest.approx((bad / (bad + good), bad * 0.5 + good * 0.1, bad * 0.5))
    assert escapes == pytest.approx(bad * 0.5 / (bad * 0.5 + good))


def test_what_variants_bring_along_is_seen_beside_what_stations_make():
    """A brings 10 % and B 30 %: half and half that is 20 %, and 10 % of the rest are spoilt."""
    variants = {"A": {"share": 0.5, "defect_rate": 0.1}, "B": {"share": 0.5, "defect_rate": 0.3}}
    looks = camera(gateway={"modelled": {"service": 0}})
    spec = scenario(press(1, **spoils(0.1)), looks, product={"variants": variants})
    assert foreseen(spec)[0]["camera"][0] == pytest.approx(0.2 + 0.8 * 0.1)


def test_variants_bring_defects_of_their_own():
    """Half of B and no A come with one, and 20 % of the rest are spoilt: 25 % and 0.2 of 75 %."""
    made = {"variants": {"A": {"share": 0.5, "defect_rate": 0.0}, "B": {"share": 0.5, "defect_rate": 0.5}}}
    spec = scenario(press(1, **spoils(0.2)), camera("eye", gateway=modelled(0)), product=made)
    assert foreseen(spec)[0]["eye"] == pytest.approx((0.4, 0.4, 0.0))


def test_what_is_spoilt_behind_the_last_inspection_escapes():
    """1 - (1 - r1)(1 - r2) where nobody looks; all that the last station spoils where one looks before it."""
    saw, mill = press(1, "saw", **spoils(0.2)), press(1, "mill", **spoils(0.3))
    blind = modelled(0, miss_rate=1.0)
    assert foreseen(scenario(saw, mill, camera(gateway=blind)))[1] == pytest.approx(0.44)
    assert foreseen(scenario(saw, camera(gateway=modelled(0)), mill))[1] == pytest.approx(0.3)
    assert foreseen(scenario(saw, mill, camera(gateway=modelled(0))))[1] == 0


def test_the_load_of_review_is_that_of_what_the_inspection_sees():
    """A quarter of 360 an hour is spoilt and reviewed, where it is seen; else nobody is sent there."""
    mill, look = press(1, "mill", **spoils(0.25)), camera(gateway=modelled(0))
    asked = {
        line: {load.place: load.asked for load in long_run(scenario(*each), {}, {}).outlook.loads}["review"]
        for line, each in (("behind", (mill, look)), ("before", (look, mill)))
    }
    assert asked == {"behind": pytest.approx(90), "before": 0}


def test_what_is_repaired_and_spoilt_again():
    """All is spoilt, found and repaired as often as may be: the mill works on each part 1 + 3 times."""
    review = {**REVIEW, "rework": {"to": "mill", "at_most": 3, "buffer": 9, "defect_rate": 0}}
    spec = scenario(press(1, "mill", **spoils(1)), camera(gateway=modelled(0)), review=review)
    found = long_run(spec, {}, {})
    assert {load.place: load.asked for load in found.outlook.loads}["mill"] == pytest.approx(4 * 360)
    assert found.defects.escapes is None, "nothing is shipped"
    plain = scenario(press(1), camera(gateway=modelled(0)))
    assert long_run(plain, {}, {}).defects is None


@settings(max_examples=60, deadline=None)
@given(spoiling())
def test_a_replay_as_recorded_is_the_run_itself(scenario):
    """The line is run again, as no recursion knows of it; what the reviewers say is what they said."""
    assume(scenario.run.items)  # of a call that is out at the end of a duration nobody knows what it brought
    layout = layout_of(scenario)
    records, ending = run_in_memory(scenario)
    run = columns_of(records, layout, ending.at)
    places = {station.name: place for place, station in enumerate(layout.places)}
    again = {
        spec.name: AnswersAgain(recorded_calls(run, places[spec.name], spec, len(run.parts)))
        for spec in scenario.inspections
    }
    assert not knows(scenario, again)
    told = replay(scenario, again, Interrupt())
    assert told.shipped.tolist() == [i.left_at for i in records.items if i.disposition == "shipped"]
    gone = [i.left_at for i in records.items if i.disposition in {"shipped", "scrapped"}]
    assert told.gone.tolist() == gone


def test_without_its_waiting_the_line_scraps_what_it_scraps():
    """Answers take no time as it is: the same parts are scrapped in the replay, and nothing is lost."""
    spec = scenario(
        *(press(10, "mill", **spoils(0.3)), camera(gateway=modelled(0, miss_rate=0.2))), press(9, "pack")
    )
    layout = layout_of(spec)
    records, ending = run_in_memory(spec)
    run = columns_of(records, layout, ending.at)
    told = throttle_of(spec, run, layout, window_of(run, layout), Interrupt())
    assert told.uph_without_inference == told.uph
    assert sum(item.disposition == "scrapped" for item in records.items) > 50
    assert not never_busy(spec, spec.inspections[0])
    assert never_busy(scenario(press(1), camera(gateway=modelled(0))), spec.inspections[0])


def right(inquiry):
    """Answer rightly."""
    return answered("bad" if inquiry.true_state == DEFECTIVE else "good")


def test_other_shifts_of_a_live_server_know_what_its_camera_saw():
    """The network was always right: in other shifts, too, where the mill spoils other parts or none yet."""
    live = {"grpc": {}}
    line = camera("first", gateway=live), press(1, "mill", **spoils(0.4)), camera("last", gateway=live)
    spec = scenario(*line, product={"defect_rate": 0.2}, review={**REVIEW, "cleared": "ships"})
    records, ending = run_in_memory(spec, dict.fromkeys(("first", "last"), scripted(right)))
    layout = layout_of(spec)
    run = columns_of(records, layout, ending.at)
    shifts = Subject(spec, run, layout, window_of(run, layout), Interrupt()).shifts()
    for number in (0, 2):
        good = {name: shifts._truly_good(number, name) for name in ("first", "last")}
        for name, each in shifts._answers(number).items():
            assert [fate.lane == "ship" for fate in each.fates] == good[name].tolist()
        assert good["first"].mean() == pytest.approx(0.8, abs=0.08)
        assert good["last"].mean() == pytest.approx(0.48, abs=0.1)
        assert not np.any(good["last"] & ~good["first"])


def test_what_was_measured_is_told_by_what_the_parts_were_then():
    """A network that is always right sends no good part to review, though most are spoilt behind it."""
    spec = scenario(
        camera(gateway={"grpc": {}}), press(1, "mill", **spoils(0.7)), product={"defect_rate": 0.1}
    )
    layout = layout_of(spec)
    records, ending = run_in_memory(spec, {"camera": scripted(right)})
    found = measured(columns_of(records, layout, ending.at), layout)["camera"]
    assert (found.review[0].mid, found.review[1].mid) == (0.0, 1.0)


def test_what_chance_sends_to_review_is_told_from_what_is_to_be_expected():
    """Behind a mill that spoils a fifth a fifth is defective on average, whatever parts bring along."""
    spec = scenario(press(1, "mill", **spoils(0.2)), camera(gateway=modelled(0)))
    layout, means = layout_of(spec), long_run_means(spec)
    seen = Seen(None, layout, None, None, means, ())
    assert seen._defective_at(1, 0.0) == pytest.approx(0.2)
    assert seen._defective_at(0, 0.1) == pytest.approx(0.1)


def long_run_means(spec):
    """Return the means of all places."""
    from line_sim.analysis.growth.means import foreseen as answers
    from line_sim.analysis.growth.means import means_of

    return means_of(spec, answers(spec))


def summary_of(spec, gateways=None):
    """Run a line and return its summary, and its columns."""
    records, ending = run_in_memory(spec, gateways)
    layout = layout_of(spec)
    return summarise(records, layout, ended=ending.how, end=ending.at), columns_of(records, layout, ending.at)


def test_summary_text_and_page_tell_what_each_inspection_caught():
    """The same counts in all three, and where the defects were from."""
    look = camera(gateway=modelled(0))
    spec = scenario(press(1, "saw", **spoils(0.5)), look, press(1, "mill", **spoils(1, "chip")))
    summary, run = summary_of(spec)
    numbers = json.loads(json.dumps(summary_json(summary)))
    seen = numbers["inspections"]["camera"]
    saw = seen["defective"]
    assert (seen["looked_at"], seen["caught"], seen["escaped"], seen["false_alarms"]) == (400, saw, 0, 0)
    assert (seen["spoilt_behind"], seen["catch_rate"], seen["defective_rate"]) == (400 - saw, 1.0, saw / 400)
    assert numbers["defects"] == {
        "brought_in": {"left": 0, "shipped": 0},
        "made_at": {
            "saw": {"left": saw, "shipped": 0},
            "mill": {"left": 400 - saw, "shipped": 400 - saw},
        },
    }
    assert numbers["quality"]["escape_rate"] == 1.0
    told = lines(summary)
    assert f"camera 400 {saw} {saw} 0 0 {400 - saw}" in told
    assert any(line.startswith("defects 0 parts brought in") for line in told)
    section = quality_section(summary, run)
    (row,) = section.catches
    assert (row.station, row.cells) == ("camera", ("400", f"{saw}", f"{saw}", "0", "0", f"{400 - saw}"))
    assert f"{400 - saw} parts made at mill, {400 - saw} of them shipped" in section.defects


def test_a_station_is_not_blamed_for_what_is_spoilt_behind_it():
    """All is spoilt by the mill, the last but one: OEE's quality of the saw is 1, and 0 from the mill on."""
    look = camera(gateway=modelled(0))
    spec = scenario(press(1, "saw"), look, press(1, "mill", **spoils(1)), press(1, "pack"))
    found = {each.station: each.quality_ratio for each in summary_of(spec)[0].oee}
    assert found == {"saw": 1.0, "camera": 1.0, "mill": 0.0, "pack": 0.0, "review": None}


def test_a_line_that_makes_no_defects_is_told_of_as_ever():
    """No key, no line, no table."""
    summary, run = summary_of(scenario(press(1), camera(gateway=modelled(0)), product={"defect_rate": 0.3}))
    assert not {"inspections", "defects"} & summary_json(summary).keys()
    assert not any(line.startswith("defects") for line in lines(summary))
    assert quality_section(summary, run).catches == ()


BEHIND = "  - {station: mill, cycle: 1, makes_defects: {rate: 0.25}}\n"


def test_check_shows_what_spoils_and_what_inspections_will_see(tmp_path):
    """By the hour, in the order of the line; the drawing says which station makes defects."""
    written = """
version: 1
name: spoilt
run: {items: 10}
arrivals: {every: 10}
product: {defect_rate: 0.04}
line:
  - {inspection: first, gateway: {modelled: {service: 0}}}
  - {station: mill, cycle: 1, makes_defects: {rate: 0.25, kinds: [chip, scratch]}}
  - {inspection: last, gateway: {modelled: {service: 0, miss_rate: 0.1}}}
review: {time: 1, buffer: 9}
"""
    (tmp_path / "line.yaml").write_text(written)
    told = CliRunner().invoke(commands, ["check", str(tmp_path / "line.yaml")]).output
    assert "[mill]  1 s; spoils 25 % (chip, scratch)" in told
    assert "first: 4 % of the parts are defective then; 14.4 an hour to review, 0 an hour go on defe" in told
    assert "last: 25 % of the parts are defective then; 77.76 an hour to review, 8.64 an hour go on" in told
    assert "defective, of the shipped: 3.23 %" in told
    assert "no inspection stands behind" not in told
    moved = written.replace("station: mill", "station: press").replace("review:", f"{BEHIND}review:")
    (tmp_path / "line.yaml").write_text(moved)
    told = CliRunner().invoke(commands, ["check", str(tmp_path / "line.yaml")]).output
    assert "! no inspection stands behind mill, which makes defects: nothing sees them" in told
    assert "no inspection stands behind press" not in told
    assert "spoils" not in diagram(scenario(press(1)))
