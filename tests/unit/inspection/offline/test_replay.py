"""A recorded run's calls, answered again: the same line does the same, another line gets the same answers."""

import tracemalloc
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fake_wall import FakeServer, Fare, run_coupled
from gate_lines import lines_with_gates
from hypothesis import given, settings
from stories import camera, modelled, press
from ways_back import rework as joined_by_rework

from line_sim.analysis.summary.summarise import summarise
from line_sim.errors import RunFileError
from line_sim.inspection.gateway import Inquiry, Reply
from line_sim.inspection.offline.recorded import Recording, read_recording
from line_sim.inspection.offline.replay import ReplayGateway, replay_gateway
from line_sim.inspection.opening import open_gateways
from line_sim.inspection.outcome import Answered, TimedOut, Unavailable
from line_sim.layout import layout_of
from line_sim.line.records import Call
from line_sim.recording.tables import CALLS, ITEMS, VISITS
from line_sim.report.cells import cell
from line_sim.report.words import TimeUnit
from line_sim.scenario import Scenario
from line_sim.scenario.dump import dump
from line_sim.testing import run_in_memory, scripted
from line_sim.units import MILLISECOND, SECOND

ANSWERS = [
    Reply(Answered("good", 0.9), 120 * MILLISECOND, "OK", 20_000),
    Reply(Answered("stain", 0.7), 180 * MILLISECOND + 1, "OK", 20_001),
    Reply(TimedOut(), 200 * MILLISECOND + 777, "DEADLINE_EXCEEDED", 20_002),
    Reply(Unavailable(), 3 * MILLISECOND, "UNAVAILABLE", 20_003),
]


def line(
    gateway=None, *, buffer=0, units=1, deadline="200 ms", items=4, rework=False, missing="review"
) -> Scenario:
    """Return a press and a camera, and reviewers who send every part back if there is a way."""
    keys = {"buffer": buffer, "units": units, "deadline": deadline, "acquisition": "30 ms"}
    keys["on_no_result"] = missing
    gateway = gateway or {"modelled": {"service": 1}}
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "replayed",
            "run": items if isinstance(items, dict) else {"items": items},
            "arrivals": {"saturated": True},
            "line": [press("50 ms"), camera(gateway=gateway, **keys)],
            "review": {
                "time": "1 s",
                "buffer": 1,
                "false_alarm_rate": float(rework),
                **(joined_by_rework("camera") if rework else {}),
            },
        }
    )


FULL_WIDTH_1 = "\uff11".encode().decode("latin-1")  # as the bytes that a file has of it


def recorded(folder: Path, calls: tuple[Call, ...], scenario: Scenario | None = None) -> Path:
    """Write the calls of a run, and its scenario beside."""
    path = folder / "calls.csv"
    path.write_text(CALLS.header + "".join(map(CALLS.row, calls)), newline="")
    if scenario:
        (folder / "scenario.yaml").write_text(dump(scenario))
    return path


def replay(path: Path, **keys) -> Any:
    """Run a line on a recording."""
    scenario = line({"replay": {"calls": str(path)}}, **keys)
    with ExitStack() as stack:
        opened = open_gateways(scenario, None, stack, print, path.with_name("server.log"))
        return run_in_memory(scenario, opened), opened["camera"]


@pytest.fixture
def first(tmp_path):
    """A coupled run with the answers above; its calls are in `calls.csv`."""
    told = FakeServer(lambda inquiry: Fare(ANSWERS[inquiry.item_id - 1], sending=1_000_000))
    run = run_coupled(line(), {"camera": told})
    return run, recorded(tmp_path, run.records.calls, line())


def test_the_same_line_does_the_same_again(first):
    """Every visit, departure and answer to the nanosecond, a time-out at the moment it was given up."""
    run, path = first
    again, _ = replay(path)
    assert again.records.items == run.records.items
    assert again.records.visits == run.records.visits
    assert [call._replace(skew=0) for call in run.records.calls] == list(again.records.calls)


@settings(max_examples=60, deadline=None)
@given(lines_with_gates())
def test_a_line_with_gates_does_the_same_again(scenario):
    """Answers come in another order than calls went out: each part gets its own, every row is the same.

    A call that was out when the time was over, or when the line locked up, is in no file.
    """
    run = run_in_memory(scenario)
    with TemporaryDirectory() as folder:
        path = recorded(Path(folder), run.records.calls, scenario)
        try:
            again = run_in_memory(scenario, recordings_of(scenario, path, run.records.calls))
            reason = again.ending.reason
        except RunFileError as error:
            reason = str(error)
    if "has no call of" in reason:
        assert run.ending.how in {"duration over", "deadlocked"}
        return
    assert again.ending == run.ending
    assert [[table.row(row) for row in rows] for table, rows in _told(again.records)] == [
        [table.row(row) for row in rows] for table, rows in _told(run.records)
    ]


def recordings_of(scenario: Scenario, path: Path, calls: tuple[Call, ...]) -> dict[str, ReplayGateway]:
    """Open a run's own recording at each of its inspections; of one that was never asked there is none."""
    written = scenario.model_dump(exclude_none=True)
    for entry in written["line"]:
        if "inspection" in entry:
            entry["gateway"] = {"replay": {"calls": str(path)}}
    replayed = Scenario.model_validate(written)
    told = {call.station for call in calls}
    stops = any(spec.on_no_result == "stop" for spec in scenario.inspections)
    return {
        spec.name: replay_gateway(spec.gateway.replay, spec, replayed)
        if told.issuperset(other.name for other in scenario.inspections)
        else ReplayGateway(
            read_recording(path, spec.name, spec.deadline)
            if spec.name in told
            else Recording(path, spec.name, {}),
            stops=stops,
        )
        for spec in replayed.inspections
    }


def test_a_stop_at_one_inspection_is_replayed_at_all_of_them(tmp_path):
    """A part without an answer stops the line at `a`; answers of `b` that were out then are in no file."""
    quick, slow = {"exponential": {"mean": "200 ms"}}, {"exponential": {"mean": "3 s"}}
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "two",
            "seed": 2,
            "run": {"items": 60},
            "arrivals": {"every": "600 ms"},
            "line": [
                camera("a", buffer=9, deadline="1 s", on_no_result="stop", gateway=modelled(quick)),
                camera("b", buffer=9, units=4, gateway=modelled(slow, servers=4)),
            ],
            "review": {"time": 1, "buffer": 99},
        }
    )
    run = run_in_memory(scenario)
    assert run.ending.how == "stopped"
    path = recorded(tmp_path, run.records.calls, scenario)
    again = run_in_memory(scenario, recordings_of(scenario, path, run.records.calls))
    assert again.ending == run.ending
    assert again.records == run.records


def _told(records):
    return (ITEMS, records.items), (VISITS, records.visits), (CALLS, records.calls)


def test_another_line_gets_the_same_answers(first):
    """Three cameras and a buffer: the parts move otherwise, each gets what it got."""
    run, path = first
    again, _ = replay(path, units=3, buffer=2)
    assert again.records.visits != run.records.visits
    known = {call.item_id: (call.latency, call.outcome, call.label) for call in run.records.calls}
    assert {c.item_id: (c.latency, c.outcome, c.label) for c in again.records.calls} == known


@pytest.mark.parametrize(
    ("deadline", "latencies", "unknown"),
    [
        ("150 ms", [120_000_000, 150_000_000, 150_000_000, 3_000_000], 0),
        ("200 ms", [120_000_000, 180_000_001, 200_000_777, 3_000_000], 0),
        ("1 s", [120_000_000, 180_000_001, 200_000_777, 3_000_000], 1),
        (None, [120_000_000, 180_000_001, 200_000_777, 3_000_000], 1),
    ],
)
def test_a_changed_deadline_changes_only_what_it_must(first, deadline, latencies, unknown):
    """Shorter: late answers time out at it. Longer, or none: what was given up is so as then, and counted."""
    again, gateway = replay(first[1], deadline=deadline)
    calls = sorted(again.records.calls)
    assert [call.latency for call in calls] == latencies
    assert gateway.identity["timed_out_before_the_deadline"] == str(unknown)
    assert len(gateway.remarks) == unknown
    assert calls[2].outcome == "timed_out"


@pytest.mark.parametrize("deadline", ["600 ms", None])
def test_under_a_longer_deadline_no_more_is_known_of_latencies_than_was_recorded(tmp_path, deadline):
    """Of 100 calls 20 were given up at 250 ms, of 345 in truth: p90 is above 250 ms, and not above 600."""
    answered = Reply(Answered("good", 0.9), 100 * MILLISECOND, "OK")
    given_up = Reply(TimedOut(), 250 * MILLISECOND, "DEADLINE_EXCEEDED")
    told = {"camera": scripted(lambda inquiry: given_up if inquiry.item_id % 5 == 0 else answered)}
    then = line(deadline="250 ms", items=100)
    path = recorded(tmp_path, run_in_memory(then, told).records.calls, then)
    again, _ = replay(path, items=100, deadline=deadline)
    layout = layout_of(line(items=100, deadline=deadline))
    summary = summarise(again.records, layout, ended="completed")
    p90 = next(row for row in summary.latency if row.statistic == "p90" and row.population == "all")
    assert (p90.quantity, p90.n, p90.censored) == ("service", 100, 20)
    assert (p90.value, p90.low, p90.high) == (None, 250 * MILLISECOND, None)
    assert cell(p90, TimeUnit("ms", MILLISECOND), layout.inspections[0].deadline) == "> 250.0 (from 250.0)"
    assert any(
        "20 of 100 calls were given up, some of them after 250.0 ms" in text for text in summary.warnings
    )


def test_without_the_scenario_beside_it_a_time_out_is_one_at_the_deadline(first):
    """The recorded deadline is not known: given up at 200.000777 ms, it is late at 200 ms as well."""
    path = first[1]
    path.with_name("scenario.yaml").unlink()
    again, _ = replay(path)
    assert max(call.latency for call in again.records.calls) == 200 * MILLISECOND


def test_parts_that_were_never_recorded_are_named_before_the_first_part(first):
    """Six parts will come for certain, and the recording has four."""
    with pytest.raises(RunFileError) as caught:
        replay(first[1], items=6)
    assert str(caught.value) == (
        f"{first[1]}: has no call of 'camera' for 2 of the parts, 5, 6; "
        "let fewer parts arrive (run.items), or replay a longer run"
    )


def test_a_run_that_an_answer_stopped_is_replayed_to_that_answer(tmp_path):
    """Of 100 parts the third had no answer and stopped the line: of no later one is asked; it was refused."""
    then = line(items=100, missing="stop")
    told = {"camera": scripted(lambda inquiry: ANSWERS[inquiry.item_id - 1])}
    stopped = run_in_memory(then, told)
    path = recorded(tmp_path, stopped.records.calls, then)
    again, _ = replay(path, items=100, missing="stop")
    assert again.ending == stopped.ending
    assert again.ending.reason == "there was no usable answer for part 3"
    assert again.records == stopped.records
    with pytest.raises(RunFileError, match="for 97 of the parts, 4, 5, 6"):
        replay(path, items=100)


def test_calls_that_were_out_when_the_line_stopped_are_out_again(tmp_path):
    """Of two cameras the one waits for part 3, which stops the line, the other for a part of no row."""
    slow = {n: Reply(Answered("good", 0.9), 150 * MILLISECOND, "OK", 20_000) for n in range(1, 9)}
    slow[3] = ANSWERS[2]
    then = line(items=100, units=2, missing="stop")
    stopped = run_in_memory(then, {"camera": scripted(lambda inquiry: slow[inquiry.item_id])})
    asked = {call.item_id for call in stopped.records.calls}
    assert max(asked) < max(visit.item_id for visit in stopped.records.visits if visit.station == "camera")
    again, _ = replay(recorded(tmp_path, stopped.records.calls, then), items=100, units=2, missing="stop")
    assert again.ending == stopped.ending
    assert again.records == stopped.records


def test_a_shorter_deadline_stops_a_replay_sooner(first):
    """The second answer took 180 ms: under 150 ms it is missing. Without a stop all four parts are wanted."""
    again, _ = replay(first[1], items=50, deadline="150 ms", missing="stop")
    assert again.ending.reason == "there was no usable answer for part 2"


def test_a_run_that_outlasts_the_recording_stops_there(first):
    """How many parts will come is not known beforehand: with the fifth the recording is over."""
    again, _ = replay(first[1], items={"duration": 20})
    assert again.ending.how == "stopped"
    assert again.ending.reason == f"{first[1]} has no call of part 5 at 'camera'"
    assert [call.item_id for call in again.records.calls] == [1, 2, 3, 4]
    assert {item.item_id for item in again.records.items} >= {1, 2, 3, 4, 5}


def test_a_part_that_comes_again_gets_the_answer_of_that_visit(tmp_path):
    """Its first call was answered with another label, the second one not; a third one is not known."""
    answers = ANSWERS[1], ANSWERS[0]
    scenario = line(items=2, rework=True)
    told = {"camera": scripted(lambda inquiry: answers[inquiry.visit - 1])}
    run = run_in_memory(scenario, told)
    path = recorded(tmp_path, run.records.calls, scenario)
    again, gateway = replay(path, items=2, rework=True)
    assert [call.label for call in sorted(run.records.calls)] == ["stain", "good"] * 2
    assert again.records == run.records
    with pytest.raises(RunFileError, match=r"has no call of part 2 on its visit 3 at 'camera'"):
        gateway.ask(Inquiry(2, 1, "good", "", 0, None, visit=3))


HEADER = CALLS.header
ROW = "1,camera,1,1,0.000000000,0.120000000,answered,OK,good,0.9,0.000000000,20000\r\n"
SECOND_ATTEMPT = ROW.replace("1,camera,1,1", "1,camera,1,2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            HEADER + ROW.replace("camera", "front"),
            "has no call of the station 'camera'; it has those of 'front'",
        ),
        (HEADER, "has no call of the station 'camera'; it has none at all"),
        ("item_id,station\r\n1,camera\r\n", "has no column attempt, latency_s, outcome"),
        (
            HEADER + SECOND_ATTEMPT + SECOND_ATTEMPT,
            "calls.csv:3: part 1 has a call of this station and attempt already",
        ),
        (HEADER + ROW.replace("answered", "perhaps"), "calls.csv:2: outcome 'perhaps' is none of answered"),
        (HEADER + ROW.replace("0.12", "-0.12"), "calls.csv:2: latency_s -0.120000000 is below 0"),
        (HEADER + "1,camera\r\n", "calls.csv:2: there are 2 fields instead of 12"),
        (HEADER.replace("skew_s", "label") + ROW, "has more than one column label; give each its own name"),
        (
            (HEADER + ROW).replace(",", ";"),
            "request_bytes; semicolons stand between its fields: save it with",
        ),
        (
            (HEADER + ROW).replace(",", "\t"),
            "request_bytes; tabs stand between its fields: save it with commas",
        ),
        (
            HEADER + ROW.replace("0.9,", ","),
            "calls.csv:2: the score '' is no number; restore or delete the row",
        ),
        (HEADER + ROW.replace("0.9,", "90%,"), "calls.csv:2: the score '90%' is no number"),
        (HEADER + ROW.replace("0.9,", "0.1_0,"), "calls.csv:2: the score '0.1_0' is no number"),
        (HEADER + ROW.replace("0.120000000", "1_0"), "calls.csv:2: latency_s '1_0' is no number"),
        (HEADER + ROW.replace("1,camera", "1_0,camera"), "calls.csv:2: item_id '1_0' is no number"),
        (
            HEADER + ROW.replace("1,camera", f"{FULL_WIDTH_1},camera"),
            "calls.csv:2: item_id '\uff11' is no number",
        ),
        (HEADER + ROW.replace("0.9,", "nan,"), "calls.csv:2: the score is nan; it must be in [0, 1]"),
        (HEADER + ROW.replace("0.9,", "1.5,"), "calls.csv:2: the score is 1.5; it must be in [0, 1]"),
        (HEADER + ROW.replace("0.9,", "9" * 400 + ","), "it must be in [0, 1]; restore"),
        (HEADER + ROW.replace("0.12", "1e999999"), "latency_s 1e9999990000000 is longer than a century"),
        (HEADER + ROW.replace("0.120000000", "1e12"), "latency_s 1e12 is longer than a century"),
        (HEADER + ROW.replace("1,camera", "1e999999,camera"), "item_id 1e999999 must be a whole number"),
        (HEADER + ROW.replace("1,camera", "0,camera"), "item_id 0 must be a whole number of at least 1"),
        (HEADER + ROW.replace("1,camera", "1.5,camera"), "item_id 1.5 must be a whole number"),
        (HEADER + ROW.replace("good", "g" * 200_000), "calls.csv:2: field larger than field limit"),
        ("\xff", "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_replayed_is_told_with_its_line(tmp_path, text, said):
    """Damage, another station, a table of another kind."""
    path = tmp_path / "calls.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(RunFileError) as caught:
        read_recording(path, "camera")
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    """With its path."""
    with pytest.raises(RunFileError, match=r"calls\.csv: the file cannot be read"):
        read_recording(tmp_path / "calls.csv", "camera")


def test_a_torn_last_row_is_left_out(tmp_path):
    """A killed run's recording can be replayed as far as it goes."""
    path = tmp_path / "calls.csv"
    path.write_text(HEADER + ROW + ROW[:20], newline="")
    gateway = ReplayGateway(read_recording(path, "camera"))
    assert not gateway.live
    assert list(read_recording(path, "camera").replies) == [(1, 1, 1)]
    assert read_recording(path, "camera").replies[1, 1, 1].latency == 120 * MILLISECOND < SECOND
    assert read_recording(path, "camera").torn
    assert gateway.remarks == (f"camera: the last row of {path} is torn and was left out",)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_whole_last_row_without_a_line_end_is_read(tmp_path, ends):
    """Editors leave the end of the last line out; no row is lost for that."""
    path = tmp_path / "calls.csv"
    text = (HEADER + ROW + ROW.replace("1,camera", "2,camera")).replace("\r\n", ends).removesuffix(ends)
    path.write_text(text, newline="")
    recording = read_recording(path, "camera")
    assert list(recording.replies) == [(1, 1, 1), (2, 1, 1)]
    assert not recording.torn


@pytest.mark.parametrize("torn", [ROW[:-8], ROW[:60], '2,camera,1,1,0,0.1,answered,OK,"go', "2"])
def test_a_last_row_is_torn_wherever_it_ends(tmp_path, torn):
    """Also inside of quotes, or in the middle of a number that a call needs."""
    path = tmp_path / "calls.csv"
    path.write_text(HEADER + ROW.replace("1,", "7,", 1) + torn, newline="")
    recording = read_recording(path, "camera")
    assert list(recording.replies) == [(7, 1, 1)]
    assert recording.torn


@pytest.mark.parametrize("latency", ["1.2E-01", ".12", "0.12", " 0.12", "1.2e-1", "0.1200000000000"])
def test_numbers_are_read_as_spreadsheets_write_them(tmp_path, latency):
    """The same moment, however it is written; so are whole numbers."""
    path = tmp_path / "calls.csv"
    row = ROW.replace(",20000", ",2E+04").replace("0.120000000", latency).replace("1,camera", "1.0,camera")
    path.write_text(HEADER + row, newline="")
    reply = read_recording(path, "camera").replies[1, 1, 1]
    assert (reply.latency, reply.request_bytes) == (120 * MILLISECOND, 20_000)


def test_a_hundred_million_parts_are_not_looked_up_one_by_one(tmp_path):
    """What is missing is told without a list of it."""
    path = recorded(tmp_path, ())
    path.write_text(HEADER + ROW, newline="")
    recording = read_recording(path, "camera")
    tracemalloc.start()
    with pytest.raises(RunFileError, match=r"for 99999999 of the parts, 2, 3, 4, 5, 6, \.\.\.; let fewer"):
        recording.refuse_gaps(100_000_000)
    assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    tracemalloc.stop()
    assert Recording(path, "camera", recording.replies).refuse_gaps(1) is None
