"""The same line with an inference that takes no time."""

from line_sim.analysis.twin import never_ends, run_without_inference
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario
from line_sim.testing import answered, run_in_memory, scripted, timed_out
from line_sim.units import SECOND

LINE = Scenario.model_validate(
    {
        "version": 1,
        "name": "twin",
        "seed": 3,
        "run": {"items": 40},
        "arrivals": {"every": 1},
        "product": {"defect_rate": 0.3},
        "line": [
            {
                "inspection": "camera",
                "buffer": 1,
                "deadline": 3,
                "gateway": {"modelled": {"service": {"exponential": {"mean": 1}}}},
            },
            {"station": "pack", "buffer": 2, "cycle": 0.5},
        ],
        "review": {"buffer": 100, "time": 0.5},
    }
)


def test_the_twin_sees_the_same_parts_and_the_same_answers_at_once():
    """Only the waiting is taken away: states, labels and lanes of answered parts stay as they were."""
    run = run_in_memory(LINE)
    twin, _ = run_without_inference(LINE, run.records.calls)
    was = {item.item_id: item for item in run.records.items}
    assert {call.latency for call in twin.calls} == {0}
    for item in twin.items:
        before = was[item.item_id]
        assert (item.true_state, item.arrived_at) == (before.true_state, before.arrived_at)
        if before.inference_outcome == "answered":
            assert (item.evaluation, item.label, item.lane) == (before.evaluation, before.label, before.lane)


def test_a_part_without_an_answer_is_taken_as_judged_rightly():
    """What the network would have said of it is not known."""
    run = run_in_memory(LINE, {"camera": scripted(lambda _: timed_out(3))})
    assert {item.lane for item in run.records.items} == {"review"}
    twin, _ = run_without_inference(LINE, run.records.calls)
    assert {(item.true_state, item.lane) for item in twin.items} == {
        ("good", "ship"),
        ("defective", "review"),
    }


def test_where_nothing_waits_the_twin_is_the_line_itself():
    """An inference that takes no time costs nothing: the two runs are the same."""
    run = run_in_memory(LINE, {"camera": scripted(lambda _: answered("good"))})
    twin, end = run_without_inference(LINE, run.records.calls)
    assert twin == run.records
    assert end == run.ending.at


def test_the_twin_is_not_slower():
    """Taking the waiting away lets the line end no later."""
    run = run_in_memory(LINE)
    _, end = run_without_inference(LINE, run.records.calls)
    assert 40 * SECOND <= end <= run.ending.at


def test_a_line_that_only_inspects_has_no_twin_to_compare_with():
    """Always a part and nothing but the inference to wait for: its twin would make parts for ever."""
    only = {
        **LINE.model_dump(exclude_none=True),
        "run": {"duration": 5},
        "arrivals": {"saturated": True},
        "line": [{"inspection": "camera", "gateway": {"modelled": {"service": 1}}}],
    }
    assert never_ends(Scenario.model_validate(only))
    assert not never_ends(Scenario.model_validate({**only, "run": {"items": 5}}))
    assert not never_ends(Scenario.model_validate({**only, "arrivals": {"every": 1}}))
    assert not never_ends(
        Scenario.model_validate({**only, "line": [*only["line"], {"station": "pack", "cycle": 1}]})
    )


def test_a_wish_stops_the_twin_too():
    """On a long run it takes as long as the line itself did."""
    interrupt = Interrupt()
    interrupt.wish()
    twin, end = run_without_inference(LINE, (), interrupt)
    assert not twin.calls
    assert end == 0
