"""Everything mixed: what must hold of every line holds of lines that have all there is, side by side."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

import pytest
from carried_through import Impatient, drawn
from fake_wall import FakeServer, Fare, run_coupled, without_skew
from fuzzing import examples
from hypothesis import HealthCheck, event, find, given, settings
from hypothesis import strategies as st
from mixed_lines import MORE, Put, mixed, plain
from strategies import Written

from line_sim.analysis.audit.audit import audit_columns
from line_sim.figures.flow import station_times
from line_sim.figures.stops.crews import crew_times
from line_sim.figures.window import window_of
from line_sim.inspection.gateway import Inquiry, Reply
from line_sim.inspection.offline.recorded import Recording, read_recording
from line_sim.inspection.offline.replay import ReplayGateway
from line_sim.inspection.outcome import Answered, TimedOut, Unavailable
from line_sim.layout import layout_of
from line_sim.line.line import COMPLETED, DEADLOCKED, DURATION_OVER, ENDINGS, INTERRUPTED, STOPPED
from line_sim.recording.reader import RunRecords
from line_sim.recording.run_columns import columns_of
from line_sim.recording.tables import CALLS
from line_sim.report.page.writing import write_page
from line_sim.report.summary_text import summary_text
from line_sim.scenario import Scenario
from line_sim.scenario.dump import dump
from line_sim.simulation import report_again, simulate
from line_sim.testing import InMemoryRun, run_in_memory
from line_sim.units import MILLISECOND

MANY = 20_000
"""Steps that no line of theirs has: at most 25 parts or 90 s, and a part comes again at most 50 times."""

PARTS_OF_OTHERS = {"inference_wait", "changeover", "waits_for_crew"}
"""Shares of a machine's time that are told besides, as parts of its states."""


def fuzz(few: int) -> settings:
    """Return how many lines are tried."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=examples(few), deadline=None, suppress_health_check=slow)


def told(scenario: Scenario) -> InMemoryRun:
    """Run a line in memory, no longer than any of these may take."""
    watch = Impatient(MANY)
    run = run_in_memory(scenario, observers=(watch,))
    assert watch.steps < MANY, "the line never comes to an end"
    return run


@fuzz(150)
@given(mixed())
def test_every_line_ends_and_its_rows_agree(scenario):
    """It has an ending, every part is told of once, shares add up to 1, and the audit is content."""
    records, ending = told(scenario)
    event(ending.how)
    assert ending.how in ENDINGS
    assert ending.how != INTERRUPTED
    assert bool(ending.reason) == (ending.how in {STOPPED, DEADLOCKED})
    assert ending.how != DEADLOCKED or layout_of(scenario).leads_back
    assert ending.at <= (scenario.run.duration or ending.at)
    assert sorted(item.item_id for item in records.items) == list(range(1, len(records.items) + 1))
    on_line = {item.item_id for item in records.items if item.disposition == "on_line"}
    assert ending.how != COMPLETED or (not on_line and len(records.items) == scenario.run.items)
    assert {visit.item_id for visit in records.visits if visit.left_at is None} <= on_line
    layout = layout_of(scenario)
    columns = columns_of(records, layout, ending.at)
    window = window_of(columns, layout)
    for time in station_times(columns, layout, window):
        shares = time.shares()
        assert shares is None or sum(shares[state] for state in shares if state not in PARTS_OF_OTHERS) == 1
        assert time.inference_wait + (time.changeover or 0) <= time.busy
        if time.missed is not None:
            assert 0 <= time.missed.to_work <= time.starved
            assert 0 <= time.missed.to_repair <= time.down
    for crew in crew_times(columns, layout, window):
        assert 0 <= crew.busy <= crew.there
    checks = audit_columns(columns, layout, window, ending.how)
    assert {name: check.detail for name, check in checks.items() if not check.passed} == {}


def files(folder: Path) -> dict[str, bytes]:
    """Return what a run has left, without what tells of the day and the machine."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.name not in {"run.json", "report.html"}
    }


@fuzz(25)
@given(mixed())
def test_every_line_can_be_run_and_told_and_told_again(scenario):
    """`check`, files, text and page; twice the same bytes, and the same again from the files alone."""
    drawn(scenario)
    with TemporaryDirectory() as made:
        first, second = Path(made) / "first", Path(made) / "second"
        result = simulate(scenario, first)
        assert result.ended in ENDINGS
        assert result.summary.audit_passed
        simulate(scenario, second)
        assert files(first) == files(second)
        again = report_again(first)
        assert files(first) == files(second)
        assert json.loads((first / "summary.json").read_text())["audit"]["passed"]
        summary_text(again.summary)
        write_page(again)
        assert (first / "report.html").stat().st_size > 10_000


def fares(station: str) -> Callable[[Inquiry], Fare]:
    """Return what a server makes of each question: mostly an answer, after up to 4 s, or none in time."""

    def fare(inquiry: Inquiry) -> Fare:
        number = crc32(f"{station} {inquiry.item_id} {inquiry.visit}".encode())
        latency, sending = number % 4001 * MILLISECOND, number % 7 * MILLISECOND
        if inquiry.deadline is not None and latency > inquiry.deadline:
            return Fare(Reply(TimedOut(), inquiry.deadline, "DEADLINE_EXCEEDED", 9), sending)
        if number % 11 == 0:
            return Fare(Reply(Unavailable(), latency, "UNAVAILABLE", 9), sending)
        label = "good" if number % 3 else "scratch"
        return Fare(Reply(Answered(label, 0.9), latency, "OK", 9), sending)

    return fare


def recordings_of(scenario: Scenario, records: RunRecords, folder: Path) -> dict[str, ReplayGateway]:
    """Open a run's own calls at each of its inspections; of one that was never asked there is none."""
    path = folder / "calls.csv"
    path.write_text(CALLS.header + "".join(map(CALLS.row, records.calls)), newline="")
    (folder / "scenario.yaml").write_text(dump(scenario))
    asked = {call.station for call in records.calls}
    stops = any(spec.on_no_result == "stop" for spec in scenario.inspections)
    return {
        spec.name: ReplayGateway(
            read_recording(path, spec.name, spec.deadline)
            if spec.name in asked
            else Recording(path, spec.name, {}),
            stops=stops,
        )
        for spec in scenario.inspections
    }


@fuzz(60)
@given(mixed(inspections=1))
def test_a_coupled_run_is_replayed_to_the_row(scenario):
    """Answers that came late, out of order or not at all: its calls again, and every row is the same."""
    run = run_coupled(scenario, {spec.name: FakeServer(fares(spec.name)) for spec in scenario.inspections})
    with TemporaryDirectory() as folder:
        again = run_in_memory(scenario, recordings_of(scenario, run.records, Path(folder)))
    if "has no call of part" in again.ending.reason:
        assert run.ending.how in {DURATION_OVER, DEADLOCKED}, "only a call that was out then is in no file"
        return
    event(run.ending.how)
    assert again.ending == run.ending
    assert without_skew(again.records) == without_skew(run.records)


@pytest.mark.parametrize("put", MORE, ids=lambda put: put.__name__)
def test_the_lines_have_all_there_is(put):
    """Each capability is on some line that is drawn: without it, these tests would say nothing of it."""
    find(plain(inspections=2).flatmap(lambda written: changed_by(put, written)), bool)


@st.composite
def changed_by(draw: st.DrawFn, put: Put, written: Written) -> bool:
    """Whether a capability, put on a line, leaves it another line that can be loaded."""
    before = Scenario.model_validate(written)
    put(draw, written)
    return Scenario.model_validate(written) != before
