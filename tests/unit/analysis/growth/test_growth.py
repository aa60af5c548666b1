"""A run says what it is: a steady state, or the length of a run."""

import json
from functools import partial

import pytest
from recorded import run, without_inference
from stories import camera, modelled, press

from line_sim.analysis.growth.growth import Growth, growth_of
from line_sim.analysis.growth.words import advice_of, sentence
from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.verdict import verdict
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.recording.run_columns import columns_of
from line_sim.report.headline import headline
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import SECOND

LOOK = {"buffer": 20, "time": {"lognormal": {"mean": "4 s", "cv": 0.5}}}
REVIEWED = (
    press("180 ms"),
    camera(gateway=modelled("90 ms"), buffer=4),
    press("150 ms", name="pack", buffer=4),
)


def scenario(*line, items=300, warm_up=0, defects=0.0, every="250 ms", seed=1, **arrivals):
    """Return a line to which a part comes every 250 ms."""
    inspects = any("inspection" in entry for entry in line)
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "a line",
            "seed": seed,
            "run": {"items": items, "warm_up": warm_up},
            "arrivals": {"every": every, **arrivals} if every else {"saturated": True},
            "product": {"defect_rate": defects},
            "line": line,
            "review": LOOK if inspects else None,
        }
    )


def summary(spec, told=None):
    """Run a line and return its summary; `told` is the scenario that the analysis is given instead."""
    happened, layout = run_in_memory(spec), layout_of(spec)
    return summarise(
        happened.records,
        layout,
        ended=happened.ending.how,
        end=happened.ending.at,
        look=partial(growth_of, told or spec),
    )


def growth(spec, told=None) -> Growth:
    """Return what a run of a line says of growth."""
    found = summary(spec, told).growth
    assert found is not None
    return found


def test_a_review_bench_that_is_still_filling():
    """300 parts: the output is none of the line's; the long run stands beside it, and what to do."""
    told = summary(scenario(*REVIEWED, defects=0.1))
    found = told.growth
    assert (found.reached, found.uph_settled, found.limit.place) == (False, False, "review")
    assert found.long_run_uph == pytest.approx(8100)
    by = verdict(told)
    assert (by.station, by.cause) == ("review", "review")
    assert (
        "review fills up: it is sent 1,440 parts an hour and makes 900, so that its 20 places are"
        in by.sentence
    )
    assert "These 300 parts show no steady state; in the long run the line makes at most about 8,100 UPH" in (
        by.sentence
    )
    assert "give review 2 people" in told.warnings[0]
    data = json.loads(json.dumps(summary_json(told), allow_nan=False))["steady_state"]
    assert (data["reached"], data["uph_settled"]) == (False, False)
    assert data["loads"]["review"] == pytest.approx(1.6)
    assert data["fills"][0]["place"] == "review"
    assert data["sentence"] == by.sentence


def test_the_same_line_when_all_is_full():
    """20,000 parts ship at the pace of the long run, which is told as a fact; outside they pile up."""
    told = summary(scenario(*REVIEWED, defects=0.1, items=20_000))
    found = told.growth
    assert (found.uph_settled, found.reached, found.grows) == (True, False, True)
    assert told.throughput.uph == pytest.approx(found.long_run_uph, rel=0.05)
    assert "outside" in {queue.place for queue in found.rising}
    assert "more wait every hour" in verdict(told).sentence
    assert any("flow time and WIP grow with the length of the run" in warning for warning in told.warnings)


def test_a_warm_up_behind_the_filling_settles_a_shorter_run():
    """What the line does before the bench is full is left out of the window."""
    short = growth(scenario(*REVIEWED, defects=0.1, items=3000))
    assert short.uph_settled is False
    cut = growth(scenario(*REVIEWED, defects=0.1, items=3000, warm_up="4 min"))
    assert cut.uph_settled is True


@pytest.mark.parametrize("items", [300, 3000])
def test_two_percent_too_much_is_no_keeping_up(items):
    """A press of 255 ms and a takt of 250: the output is settled, and 282 more wait every hour."""
    told = summary(scenario(press("255 ms"), press("150 ms", name="pack"), items=items))
    assert told.growth.reached is False
    assert told.growth.uph_settled is True
    assert verdict(told).sentence == (
        "press holds the line back: it is sent 14,400 parts an hour and makes 14,118; "
        "about 282 more wait every hour."
    )
    assert (verdict(told).station, verdict(told).cause) == ("press", "cycle")


def test_a_line_that_keeps_up_is_a_steady_state():
    """Nothing is said of it, and nothing holds it back."""
    told = summary(scenario(press("245 ms"), press("150 ms", name="pack")))
    assert (told.growth.reached, told.growth.fills, told.growth.rising) == (True, (), ())
    assert verdict(told).sentence == "Nothing holds the line back: it keeps up with its takt."
    assert sentence(told.growth, 300) is None
    assert list(advice_of(told.growth, 300)) == []


def test_a_line_that_loses_what_finds_no_room_does_not_grow():
    """It is held back all the same, and says what becomes of the rest."""
    told = summary(scenario(press("275 ms"), on_full="lose"))
    assert (told.growth.reached, told.growth.fills) == (True, ())
    assert verdict(told).sentence == (
        "press holds the line back: it is sent 14,400 parts an hour and makes 13,091; the rest is lost."
    )


def test_a_lossy_line_with_a_long_belt_in_it_fills_that_first():
    """1,000 places in front of packing take up what is too much for it; then parts are lost."""
    line = press("150 ms"), press("300 ms", name="pack", buffer=1000)
    found = growth(scenario(*line, on_full="lose"))
    assert (found.reached, found.uph_settled) == (False, True)
    assert [filling.place for filling in found.fills] == ["pack"]


def test_a_saturated_line_fills_nothing_but_its_review_bench():
    """Parts always wait outside it; what review is sent is what the line takes in."""
    assert growth(scenario(press("250 ms"), every=None)).reached is True
    full = growth(scenario(*REVIEWED, every=None, defects=0.1))
    assert [filling.place for filling in full.fills] == ["review"]
    assert full.reached is False
    assert growth(scenario(*REVIEWED, every=None, defects=0.1, items=20_000)).reached is True


def test_breakdowns_too_rare_to_be_seen_count_all_the_same():
    """225 ms and an outage of 90 min in 8 h are 267 ms a part, though the run saw none."""
    failing = {"up": {"exponential": {"mean": "8 h"}}, "repair": {"exponential": {"mean": "90 min"}}}
    told = summary(scenario(press("225 ms", breakdowns=failing)))
    assert told.growth.limit.place == "press"
    assert verdict(told).cause == "breakdowns"
    (outages,) = told.growth.outages
    assert (outages.seen, outages.enough) == (0, False)
    assert any("outages of press seen, and about 20 are needed" in warning for warning in told.warnings)


def test_enough_outages_are_no_warning():
    """An outage every few seconds."""
    failing = {"up": {"exponential": {"mean": "3 s"}}, "repair": "100 ms"}
    (outages,) = growth(scenario(press("200 ms", breakdowns=failing), items=3000)).outages
    assert outages.enough
    assert outages.seen == pytest.approx(outages.expected, rel=0.3)


def live(spec):
    """Return the scenario as of a real server, of which nobody knows anything but what a run has measured."""
    line = tuple(
        entry.model_copy(update={"gateway": blind.gateway}) if hasattr(entry, "gateway") else entry
        for entry in spec.line
    )
    return spec.model_copy(update={"line": line})


(blind,) = Scenario.model_validate(
    {
        "version": 1,
        "name": "a server",
        "run": {"items": 1},
        "arrivals": {"saturated": True},
        "line": [camera(gateway={"grpc": {}}, deadline="1 s")],
        "review": LOOK,
    }
).inspections


def test_the_answers_of_a_real_server_are_those_of_the_run():
    """With as many parts as it takes to be sure; before that the run says that it probably is."""
    line = (
        press("180 ms"),
        camera(gateway=modelled("90 ms", false_alarm_rate=0.04)),
        press("150 ms", name="pack"),
    )
    few = scenario(*line, defects=0.04, seed=4)
    found = growth(few, live(few))
    assert (found.reached, found.limit) == (None, None)
    assert [(filling.place, filling.sure) for filling in found.fills] == [("review", False)]
    assert "review is probably filling up: it is sent" in sentence(found, 300)
    assert any(advice.endswith("too few to be sure; run longer") for advice in advice_of(found, 300))
    many = scenario(*line, defects=0.04, seed=4, items=3000)
    sure = growth(many, live(many))
    assert (sure.reached, sure.limit.place) == (False, "review")
    assert sure.limit.asked == pytest.approx(14_400 * (0.04 + 0.96 * 0.04), rel=0.15)


def test_a_review_bench_near_its_limit_is_not_vouched_for():
    """At 96 % with no false alarm in 300 parts: a few would do, and 20,000 parts show that there are none."""
    line = press("180 ms"), camera(gateway=modelled("90 ms"))
    few = scenario(*line, defects=0.06)
    found = growth(few, live(few))
    assert (found.reached, found.fills, [load.place for load in found.may_fill]) == (None, (), ["review"])
    assert any(
        "300 parts of this run are too few to say whether it fills up" in advice
        for advice in (advice_of(found, 300))
    )
    many = scenario(*line, defects=0.05, items=20_000)
    assert growth(many, live(many)).reached is True
    assert growth(few).reached is True  # of a model all is known


def test_of_a_server_that_was_hardly_asked_nothing_is_known():
    """Five parts are no ground for a steady state."""
    spec = scenario(press("180 ms"), camera(gateway=modelled("90 ms")), items=5)
    assert growth(spec, live(spec)).reached is None


def test_a_slow_real_server_fills_its_camera():
    """Its mean answer of 240 ms is measured; with the picture 270 ms are more than the takt."""
    line = press("180 ms"), camera(gateway=modelled("240 ms"), acquisition="30 ms", deadline="1 s")
    spec = scenario(*line)
    found = growth(spec, live(spec))
    assert (found.limit.place, found.cause) == ("camera", "typical")
    assert found.limit.makes == pytest.approx(3600 / 0.27)


def test_the_headline_keeps_a_loss_to_these_parts():
    """It is no fact about a line that has not settled."""
    spec = scenario(*REVIEWED, defects=0.1)
    happened = run_in_memory(spec)
    told = summarise(
        happened.records,
        layout_of(spec),
        ended="completed",
        end=happened.ending.at,
        compare=without_inference(20_000.0),
        look=partial(growth_of, spec),
    )
    assert "of its output in these 300 parts, which show no steady state: " in headline(told)


def test_a_run_without_parts_says_nothing():
    """An interrupted run may have none."""
    spec = scenario(press("255 ms"))
    layout = layout_of(spec)
    empty = columns_of(run(), layout)
    found = growth_of(spec, empty, window_of(empty, layout))
    assert found.rising == ()
    assert found.limit.place == "press"


def test_a_belt_to_review_that_passes_too_little_holds_parts_up_from_the_first_crowd_on():
    """1,440 parts an hour on a belt that takes 900: it need not be full for that, and people do not help."""
    belt = {"places": 2, "travel": "8 s"}
    written = scenario(*REVIEWED, items=3000, defects=0.1).model_dump(exclude_none=True)
    found = growth(
        Scenario.model_validate({**written, "review": {"time": "0.1 s", "units": 2, "buffer": belt}})
    )
    (filling,) = found.fills
    assert (filling.place, filling.load.makes, filling.full_at) == ("review", 900, None)
    assert (found.cause, found.limit.place) == ("belt", "review")
    assert found.settles_at is not None
    assert found.settles_at < 100 * SECOND, (
        "seen: two parts, as close behind each other as the belt lets them"
    )
    assert any(
        "give the belt to review less travel or more places" in told for told in advice_of(found, 3000)
    )
