"""The same line with other answers: one thing changed, everything else as it was."""

from line_sim.analysis.what_if.answers import (
    AS_RECORDED,
    AT_ONCE,
    NEVER_MISSING,
    AnswersAgain,
    Change,
    recorded_calls,
)
from line_sim.analysis.what_if.replay.replays import never_ends, replay
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import columns_of
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


def changed(run, change, line=LINE, most=40):
    """Return the records of the line with its answers changed."""
    spec = line.inspections[0]
    calls = recorded_calls(columns_of(run.records, layout_of(line)), 0, spec, most)
    return run_in_memory(line, {"camera": AnswersAgain(calls, change)})


def test_a_replay_as_recorded_is_the_run_itself():
    """Same parts, same answers after the same time: every visit and every part, to the nanosecond."""
    run = run_in_memory(LINE)
    again = changed(run, AS_RECORDED)
    assert again.records.visits == run.records.visits
    assert [item.left_at for item in again.records.items] == [item.left_at for item in run.records.items]


def test_answers_at_once_change_nothing_but_the_waiting():
    """States, labels and lanes of answered parts stay as they were."""
    run = run_in_memory(LINE)
    twin = changed(run, AT_ONCE)
    was = {item.item_id: item for item in run.records.items}
    assert {call.latency for call in twin.records.calls} == {0}
    for item in twin.records.items:
        before = was[item.item_id]
        assert (item.true_state, item.arrived_at) == (before.true_state, before.arrived_at)
        if before.inference_outcome == "answered":
            assert (item.evaluation, item.label, item.lane) == (before.evaluation, before.label, before.lane)


def test_a_part_without_an_answer_is_taken_as_judged_rightly():
    """What the network would have said of it is not known; the time that was waited stays."""
    run = run_in_memory(LINE, {"camera": scripted(lambda _: timed_out(3))})
    assert {item.lane for item in run.records.items} == {"review"}
    twin = changed(run, NEVER_MISSING)
    lanes = {(item.true_state, item.lane) for item in twin.records.items}
    assert lanes == {("good", "ship"), ("defective", "review")}
    assert {call.latency for call in twin.records.calls} == {3 * SECOND}


def test_a_cut_tail_shortens_only_what_is_longer():
    """No answer takes more than a second then."""
    run = run_in_memory(LINE)
    twin = changed(run, Change(SECOND, none_missing=True))
    was = {call.item_id: call.latency for call in run.records.calls}
    assert {call.item_id: call.latency for call in twin.records.calls} == {
        item: min(latency, SECOND) for item, latency in was.items()
    }


def test_a_part_that_was_never_asked_about_waits_like_one_that_was():
    """Only the first two are known: the third waits as long as the first, and so on."""
    times = iter(range(1, 41))
    run = run_in_memory(LINE, {"camera": scripted(lambda _: answered("good", latency=next(times)))})
    twin = changed(run, AS_RECORDED, most=2)
    assert [call.latency // SECOND for call in twin.records.calls] == [1, 2] * 20


def test_of_several_attempts_the_whole_time_counts_and_the_last_answer():
    """Asked at 1 s for 2 s without an answer, asked again at 3 s and answered after half a second."""
    run = run_in_memory(LINE, {"camera": scripted(lambda _: answered("good", latency=1))})
    first = run.records.calls[0]
    late = first._replace(outcome="timed_out", status="DEADLINE_EXCEEDED", label="", score=None)
    again = first._replace(attempt=2, issued_at=first.issued_at + SECOND, latency=SECOND // 2)
    records = type(run.records)(run.records.items, run.records.visits, (late, again), ())
    calls = recorded_calls(columns_of(records, layout_of(LINE)), 0, LINE.inspections[0], 40)
    assert [fate.outcome for fate in calls.fates] == [answered("good").outcome]
    assert (calls.item.tolist(), calls.latency.tolist()) == ([1], [3 * SECOND // 2])


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
    brought = [{**only["line"][0], "buffer": {"places": 2, "travel": 1}}, *only["line"][1:]]
    assert not never_ends(Scenario.model_validate({**only, "line": brought}))
    assert not never_ends(Scenario.model_validate({**only, "arrivals": {"every": 1}}))
    assert not never_ends(
        Scenario.model_validate({**only, "line": [*only["line"], {"station": "pack", "cycle": 1}]})
    )


def test_a_wish_stops_a_replay_too():
    """On a long run the user need not wait for it."""
    interrupt = Interrupt()
    interrupt.wish()
    assert replay(LINE, {"camera": scripted(lambda _: answered("good"))}, interrupt) is None


def test_a_replay_counts_what_the_records_tell():
    """Departures, the last part's entry, the end: those of the line that it runs."""
    run = run_in_memory(LINE)
    calls = recorded_calls(columns_of(run.records, layout_of(LINE)), 0, LINE.inspections[0], 40)
    told = replay(LINE, {"camera": AnswersAgain(calls)}, Interrupt())
    shipped = [item.left_at for item in run.records.items if item.disposition == "shipped"]
    assert told.shipped.tolist() == shipped
    assert told.end == run.ending.at
    assert told.last_entry == max(
        visit.queued_at for visit in run.records.visits if visit.station == "camera"
    )
