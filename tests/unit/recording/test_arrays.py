"""Rows that come as arrays leave what records leave: the same bytes, the same columns, the same records."""

import math

import numpy as np
import pytest
from commands import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from row_arrays import array_of, hand_over, step_of
from rows import calls, calls_again, items, items_again, outages, visits, visits_again
from tables_told import told

from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.errors import RunFileError
from line_sim.layout import layout_of
from line_sim.line.records import TASKS, Call, Item, Job, Outage, Visit
from line_sim.recording import RunFolder, RunRecords, narrow, read_columns, read_run, store
from line_sim.recording.arrays import memory as memories
from line_sim.recording.arrays.files import RowFiles
from line_sim.recording.arrays.memory import RowMemory
from line_sim.recording.arrays.records import records_of
from line_sim.recording.arrays.text import TextWriter
from line_sim.recording.reader import tables_of
from line_sim.recording.tables import CREWS, TABLES, VISITS, WHOLE, tables_for
from line_sim.scenario import load
from line_sim.units import LATEST

GOLDEN = ROOT / "tests" / "golden"

whole = st.integers(-(2**61), 2**61) | st.integers(-(10**10), 10**10) | st.sampled_from([0, 1, LATEST])
never_minus_one = whole.filter(lambda number: number != -1)
maybe = st.none() | never_minus_one
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["", ",", '"', "\r\n", "a\0b", "Prüfplatz", "検査", "x" * 300]
)
scores = st.none() | st.floats(allow_nan=False) | st.sampled_from([0.0, -0.0, 1.0, 5e-324])

_VISIT = st.builds(Visit, whole, texts, maybe, whole, maybe, maybe, maybe, whole, whole, whole, whole)
_CALL = st.builds(
    *(Call, whole, texts, whole, whole, whole, whole, texts, texts, texts),
    *(scores, whole, whole, whole, texts),
)
_OUTAGE = st.builds(Outage, texts, whole, whole, maybe, texts)
_ITEM = st.builds(
    *(Item, whole, texts, texts, whole, maybe, texts, texts, scores, texts, maybe, texts, texts),
    *(whole, texts, texts),
)
_JOB = st.builds(Job, texts, texts, whole, texts, texts, whole, maybe, maybe)
anything = st.one_of(_VISIT, _CALL, _OUTAGE, _ITEM, _JOB)
"""Records of any numbers and texts: more than a line would tell."""

usual = st.one_of(visits, calls, items, outages.map(lambda outage: outage._replace(name="")))
again = st.one_of(visits_again, calls_again, items_again, outages)
moments = st.integers(0, LATEST)
jobs = st.builds(
    *(Job, texts, texts, st.integers(1, 9), st.sampled_from(TASKS), texts),
    *(moments, st.none() | moments, st.none() | moments),
)

VISIT = Visit(1, "press", 1, 0, 0, 5, 7, 0)
CALL = Call(1, "camera", 1, 1, 10, 103_000_000, "answered", "OK", "good", 0.5, 12, 30_000)
ITEM = Item(1, "good", "", 0, 99, "OK", "good", 0.1 + 0.2, "answered", 103_000_000, "ship", "shipped")


def by_rows(folder, rounds, tables=WHOLE):
    """Hand over rounds of records as arrays; return the recorder."""
    words = []
    with RunFolder(folder, lambda: 0.0, tables) as run:
        files = RowFiles(run)
        for records in rounds:
            hand_over(files, records, words)
    return run


def by_records(folder, rounds, tables=WHOLE):
    """Tell the same one by one; return the recorder."""
    with RunFolder(folder, lambda: 0.0, tables) as run:
        for record in (record for records in rounds for record in records):
            getattr(run, f"on_{step_of(record)}")(record)
    return run


def contents(folder):
    """Return the bytes of each file."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@settings(deadline=None)
@given(st.lists(st.lists(anything, max_size=12), max_size=3), st.sampled_from([WHOLE, (*TABLES, CREWS)]))
def test_the_text_is_that_of_records(tmp_path_factory, rounds, tables):
    """Byte for byte, whatever the fields hold and whichever columns the files have."""
    folder = tmp_path_factory.mktemp("run")
    by_rows(folder / "rows", rounds, tables)
    by_records(folder / "records", rounds, tables)
    assert contents(folder / "rows") == contents(folder / "records")


@settings(deadline=None)
@given(st.lists(st.lists(usual, max_size=12), max_size=3), st.lists(st.lists(again | jobs, max_size=12)))
def test_the_columns_are_those_that_the_files_give(tmp_path_factory, plain, rich):
    """Number for number, word for word, line for line, on a plain line and on one of every column."""
    folder = tmp_path_factory.mktemp("run")
    for name, rounds, tables in (("plain", plain, TABLES), ("rich", rich, WHOLE)):
        with by_rows(folder / name, rounds, tables).tables() as mine, read_columns(folder / name) as files:
            assert told(mine) == told(files)


def of_run(records):
    """Return records as those of a run."""
    kinds = Item, Visit, Call, Outage, Job
    mine = {kind: tuple(record for record in records if type(record) is kind) for kind in kinds}
    return RunRecords(mine[Item], mine[Visit], mine[Call], mine[Outage], jobs=mine[Job])


@settings(deadline=None)
@given(st.lists(st.lists(again | jobs, max_size=12), max_size=3), st.integers(1, 12), st.integers(1, 12))
def test_rows_in_memory_are_the_records_as_columns(rounds, at_once, fewest):
    """And come back from them as they were, however few rows are put away together, and wherever."""
    run, words = of_run([record for records in rounds for record in records]), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memories, "IN_MEMORY", 1000 * (at_once - 1))
        memory = RowMemory()
        patch.setattr(store, "AT_ONCE", at_once)
        patch.setattr(narrow, "FEWEST", fewest)
        for records in rounds:
            hand_over(memory, records, words)
    with memory.tables as mine, tables_of(run) as theirs:
        assert told(mine) == told(theirs)
        assert records_of(mine) == records_of(theirs) == run


@settings(deadline=None)
@given(st.lists(usual, max_size=20))
def test_records_come_back_from_a_plain_lines_columns(tmp_path_factory, records):
    """With the usual values of the columns that its files have not."""
    folder = tmp_path_factory.mktemp("run") / "run"
    with by_rows(folder, [records], TABLES).tables() as tables:
        assert records_of(tables) == of_run(records)


@pytest.mark.parametrize("name", ["crowded", "inspected"])
def test_a_run_that_was_looked_at_leaves_the_same_as_arrays(tmp_path, name):
    """The files that were kept of it, in rounds of a few hundred rows, and in memory its figures."""
    layout, run = layout_of(load(GOLDEN / f"{name}.yaml")), read_run(GOLDEN / name)
    tables = tables_for(layout)
    every = [run.items, run.visits, run.calls, run.outages]
    rounds = [[each for kind in every for each in kind[n : n + 300]] for n in range(0, len(run.visits), 300)]
    with by_rows(tmp_path / "run", rounds, tables).tables() as written:
        for table in tables:
            kept = (GOLDEN / name / table.file).read_bytes()
            assert (tmp_path / "run" / table.file).read_bytes() == kept, table.file
        memory, words = RowMemory(tables), []
        for records in rounds:
            hand_over(memory, records, words)
        figures = [
            summary_json(summarise(rows, layout, ended=None)) for rows in (run, written, memory.tables)
        ]
    assert figures[0] == figures[1] == figures[2]


def test_every_width_of_number_and_time():
    """One less than a power of ten, that, and one more, to both sides of zero."""
    near = [10**power + more for power in range(19) for more in (-1, 0, 1)]
    rows, words = [VISIT._replace(item_id=sign * n, down=sign * n) for n in near for sign in (1, -1)], []
    text = TextWriter().text(array_of(rows, "visit", words), words, VISITS)
    assert bytes(text).decode() == "".join(map(VISITS.row, rows))


def test_nothing_is_written_within_a_round(tmp_path):
    """A part's story is handed over before or after its last visit: only at the end are both there."""
    with RunFolder(tmp_path / "run", lambda: 0.0) as run:
        files, words = RowFiles(run), []
        files.on_rows("item", array_of([ITEM], "item", words), words)
        files.on_rows("visit", array_of([VISIT], "visit", words), words)
        assert (tmp_path / "run" / "items.csv").read_bytes().count(b"\n") == 1
        files.on_round()
        assert (tmp_path / "run" / "items.csv").read_bytes().count(b"\n") == 2
        assert (tmp_path / "run" / "visits.csv").read_bytes().endswith(VISITS.row(VISIT).encode())


def test_a_story_is_never_without_its_visits(tmp_path, monkeypatch):
    """Where no room is left for the visits, the stories are not written."""
    run = RunFolder(tmp_path / "run", lambda: 0.0)
    files, words = RowFiles(run), []
    files.on_rows("item", array_of([ITEM], "item", words), words)
    files.on_rows("visit", array_of([VISIT], "visit", words), words)
    (visits_file,) = (rows for rows in run._tables if rows.table.file == VISITS.file)
    visits_file._file.close()
    visits_file._file = open("/dev/full", "wb")  # noqa: PTH123, SIM115 - closed by the folder
    with pytest.raises(RunFileError, match=r"cannot be written"):
        files.on_round()
    run.close()
    assert (tmp_path / "run" / "items.csv").read_bytes().count(b"\n") == 1


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (VISIT._replace(left_at=LATEST + 1), r"visits\.csv:3: '6307200000\.000000001' is longer than two"),
        (VISIT._replace(item_id=2**62), r"visits\.csv:3: '4611686018427387904' is too large a number"),
        (CALL._replace(score=math.inf), r"calls\.csv:2: the score is inf"),
    ],
)
def test_what_would_not_be_read_back_is_told_by_the_reader(tmp_path, record, message):
    """As of a run that comes record by record; what comes later is written all the same."""
    run = by_rows(tmp_path / "run", [[VISIT, record], [VISIT]], TABLES)
    with pytest.raises(RunFileError, match=message):
        run.tables()
    assert (tmp_path / "run" / "visits.csv").read_bytes().endswith(VISITS.row(VISIT).encode())


def test_a_code_without_a_word_is_refused():
    """And is no text: the compiled code does not read what lies behind them."""
    words = []
    rows = array_of([VISIT], "visit", words)
    rows["station"] = 7
    with pytest.raises(IndexError):
        RowMemory().on_rows("visit", rows, words)
    assert bytes(TextWriter().text(rows, words, VISITS)).decode() == VISITS.row(VISIT._replace(station=""))


@pytest.mark.parametrize("station", ["press", "p" * 2**21])
def test_more_text_than_there_is_room_for_at_once(station):
    """Fifty thousand rows are written in pieces, and so are two with a text beyond any label."""
    rows = [
        VISIT._replace(item_id=number, station=station) for number in range(50_000 if len(station) < 9 else 2)
    ]
    words = []
    text = TextWriter().text(array_of(rows, "visit", words), words, VISITS)
    assert bytes(text).decode() == "".join(map(VISITS.row, rows))


@pytest.mark.parametrize("stations", [1, 7, 40])
def test_a_long_run_in_memory_goes_to_a_file(monkeypatch, stations):
    """Rows of many rounds and stations come back in their order."""
    monkeypatch.setattr(memories, "IN_MEMORY", 10_000)
    memory, words = RowMemory(), [f"station {number}" for number in range(stations)]
    rows = array_of([VISIT] * 700, "visit", ["press"])
    rows["station"] = np.arange(700) % stations
    for first in range(0, 7_000, 700):
        rows["item_id"] = np.arange(first, first + 700)
        memory.on_rows("visit", rows, words)
    records = records_of(memory.tables).visits
    assert [visit.item_id for visit in records] == list(range(7_000))
    assert {visit.station for visit in records} == set(words)
