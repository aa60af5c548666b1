"""The columns that a run keeps are those that its files give; where they cannot be, the files are read."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import calls, items, outages, visits
from tables_told import told

from line_sim.errors import RunFileError
from line_sim.line.records import Call, Visit
from line_sim.recording import RunFolder, kept, read_columns, store, writer
from line_sim.recording.store import ColumnStore
from line_sim.recording.tables import VISITS
from line_sim.units import LONGEST

VISIT = Visit(1, "press", 1, 0, 0, 5, 7, 0)
CALL = Call(1, "camera", 1, 1, 10, 103_000_000, "answered", "OK", "good", 0.5, 12, 30_000)


def recorded(folder, records, many=kept.MANY_ROWS):
    """Write records, a flush after each few of them, the last ones as a block; return the recorder."""
    with pytest.MonkeyPatch.context() as patch, RunFolder(folder, lambda: 0.0) as run:
        patch.setattr(kept, "MANY_ROWS", many)
        for number, record in enumerate(records):
            getattr(run, f"on_{type(record).__name__.lower()}")(record)
            if number % 3 == 2:
                patch.setattr(writer, "FEWEST", 1 if number > 10 else 64)
                run.flush()
    return run


@settings(deadline=None)
@given(st.lists(st.one_of(items, visits, calls, outages), max_size=20), st.integers(1, 4))
def test_what_is_kept_is_what_is_read_back(tmp_path_factory, records, many):
    """Number for number, word for word, line for line: whatever texts hold, whenever it was flushed."""
    folder = tmp_path_factory.mktemp("run") / "run"
    with recorded(folder, records, many).tables() as mine, read_columns(folder) as files:
        assert told(mine) == told(files)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (VISIT._replace(left_at=3 * LONGEST), r"visits\.csv:3: '9460800000\.000000000' is longer than two"),
        (VISIT._replace(item_id=2**70), r"visits\.csv:3: '1180591620717411303424' is too large a number"),
        (CALL._replace(score=float("nan")), r"calls\.csv:2: the score is nan"),
    ],
)
def test_what_would_not_be_read_back_is_told_by_the_reader(tmp_path, record, message):
    """A run that goes beyond what a file may hold ends as its report would."""
    run = recorded(tmp_path / "run", [VISIT, record])
    with pytest.raises(RunFileError, match=message):
        run.tables()


def test_a_run_without_room_for_its_columns_reads_its_files(tmp_path, monkeypatch):
    """A full temporary folder is no reason to end a line that runs."""

    def full(*_):
        raise RunFileError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(ColumnStore, "append", full)
        run = recorded(tmp_path / "run", [VISIT, CALL] * 4, many=1)
    with run.tables() as mine, read_columns(tmp_path / "run") as files:
        assert told(mine) == told(files)
        assert len(told(mine)["visits.csv", "press"][0]) == 4


@pytest.mark.parametrize("rows", [1000, 200_000])
def test_a_temporary_folder_that_is_full_is_noticed_whenever_rows_go_there(rows, tmp_path, monkeypatch):
    """In the middle of a run, or when its last rows are put away; what waits then is not tried again."""
    full = partial(open, "/dev/full", "wb", buffering=0)
    monkeypatch.setattr(store, "TemporaryFile", lambda **_: full())
    monkeypatch.setattr(store, "IN_MEMORY", 0)
    visits = kept.Kept((VISITS,))
    visits.add(VISITS, [VISIT._replace(item_id=number) for number in range(rows)])
    assert visits.settled() is None
    visits.add(VISITS, [VISIT])
    assert visits.settled() is None
