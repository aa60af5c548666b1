"""The fast way from rows to columns gives what the careful way gives, or steps aside for it."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import calls, calls_again, items, items_again, outages, visits, visits_again

from line_sim.errors import RunFileError
from line_sim.inspection.outcome import LONGEST_LABEL
from line_sim.layout import Layout, Place
from line_sim.line.records import Call, Visit
from line_sim.recording import RunRecords, read_columns, read_run
from line_sim.recording import chunks as chunking
from line_sim.recording.columnar import parse_rows
from line_sim.recording.columns import LINE, columns_of_records
from line_sim.recording.rows import Outages
from line_sim.recording.run_columns import columns_of
from line_sim.recording.store import ColumnStore
from line_sim.recording.tables import BREAKDOWNS, CALLS, ITEMS, VISITS


def told(columns, table, store):
    """Return columns as lists, codes as words."""
    kinds = {column.name: column.kind for column in table.recorded}
    return {
        name: [store.words[code] for code in column.tolist()] if kinds[name] == "word" else column
        for name, column in columns.items()
        if name in kinds
    }


def same(one, other):
    """Whether two tables of columns are equal, NaN and all."""
    assert set(one) == set(other)
    for name, column in one.items():
        np.testing.assert_array_equal(np.asarray(column), np.asarray(other[name]), err_msg=name)


@settings(deadline=None)
@given(st.data())
def test_the_fast_way_reads_what_the_careful_way_reads(data):
    """Whatever the records are: equal columns, or a word that it would rather not."""
    table, kind = data.draw(
        st.sampled_from(
            [
                *((ITEMS, items), (VISITS, visits), (CALLS, calls), (BREAKDOWNS, outages)),
                (ITEMS.having({"reworked", "made_at", "variant"}), items_again),
                (VISITS.having({"visit", "reworked", "changeover_s"}), visits_again),
                (CALLS.having({"visit", "true_state"}), calls_again),
            ]
        )
    )
    records = data.draw(st.lists(kind, max_size=5))
    store = ColumnStore()
    fast = parse_rows("".join(map(table.row, records)).encode(), table, store)
    if fast is not None:
        same(told(fast, table, store), told(columns_of_records(records, table, store), table, store))


PLAIN = (
    b"7,press,1,1.500000000,1.500000000,2.000000000,,0.000000000\r\n8,camera,,1.500000000,,,,0.250000000\r\n"
)


def test_rows_as_we_write_them_go_the_fast_way():
    """Else the fast way would be right for the wrong reason."""
    store = ColumnStore()
    found = told(parse_rows(PLAIN, VISITS, store), VISITS, store)
    assert found["station"] == ["press", "camera"]
    assert found["item_id"].tolist() == [7, 8]
    assert found["unit"].tolist() == [1, -1]
    assert found["left_at"].tolist() == [-1, -1]
    assert found["started_at"].tolist() == [1_500_000_000, -1]
    assert found["down_s"].tolist() == [0, 250_000_000]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"7,press", b"seven,press"),
        (b"7,press", b",press"),
        (b"7,press", b"-7,press"),
        (b"7,press", b"9999999999999999999,press"),
        (b"press,1,", b"press,0,"),
        (b"press,1,", b'"press",1,'),
        (b"press,1,", b"press,1,1,"),
        (b"press,1,", b"press\r,1,"),
        (b"press", b"\xff\xfe"),
        (b"1.500000000,1.5", b"1.500000,1.5"),
        (b"1.500000000,1.5", b"-1.500000000,1.5"),
        (b"1.500000000,1.5", b",1.5"),
        (b"1.500000000,1.5", b"1,500000000,1.5"),
        (b"1.500000000,1.5", b"12345678901.500000000,1.5"),
        (b"\r\n8", b"\r\n\r\n8"),
        (b"press", b"p" * 300),
    ],
)
def test_what_is_not_as_we_write_it_is_left_to_the_row_reader(old, new):
    """It has the words for what is wrong, and patience with what is only unusual."""
    assert parse_rows(PLAIN.replace(old, new, 1), VISITS, ColumnStore()) is None


@pytest.fixture
def folder(tmp_path):
    """A folder with empty tables, but for visits."""
    for table in (ITEMS, CALLS, BREAKDOWNS, VISITS):
        (tmp_path / table.file).write_bytes(table.header.encode())
    return tmp_path


def write(folder, rows):
    """Put rows into visits.csv."""
    (folder / "visits.csv").write_bytes(VISITS.header.encode() + rows)


@settings(deadline=None)
@given(rows=st.lists(visits, max_size=30), size=st.integers(1, 400))
def test_rows_cut_anywhere_are_read_whole(tmp_path_factory, rows, size):
    """Names with commas, quotes and line ends in them, a file in pieces of any size: the same rows."""
    folder = tmp_path_factory.mktemp("run")
    for table in (ITEMS, CALLS, BREAKDOWNS):
        (folder / table.file).write_bytes(table.header.encode())
    write(folder, "".join(map(VISITS.row, rows)).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunking, "CHUNK", size)
        assert read_run(folder) == RunRecords((), tuple(rows), (), ())
        with read_columns(folder) as tables:
            stations = tables.store.stations("visits.csv")
            lines = sorted(
                line for code in stations for line in tables.store.column(("visits.csv", code), LINE).tolist()
            )
            assert len(lines) == len(rows)
    if rows:
        assert lines[0] == 2


@pytest.mark.parametrize("size", [70, 100_000])
def test_the_header_says_which_columns_there_are(folder, monkeypatch, size):
    """Numbered visits are read where they are told, also by a run's columns; else each is the first."""
    monkeypatch.setattr(chunking, "CHUNK", size)
    numbered = VISITS.having({"visit"})
    again = [Visit(1, "press", 1, turn, turn, turn, turn, 0, visit=turn) for turn in range(1, 9)]
    for table, turns in ((numbered, range(1, 9)), (VISITS, [1] * 8)):
        (folder / "visits.csv").write_bytes("".join([table.header, *map(table.row, again)]).encode())
        assert [visit.visit for visit in read_run(folder).visits] == [*turns]
        with read_columns(folder) as tables:
            columns = columns_of(tables, Layout((Place("press"),)))
            assert columns.visits(0).visit.tolist() == [*turns]


@pytest.mark.parametrize("size", [70, 1000, 5000])
@pytest.mark.parametrize("label", ["\n" * LONGEST_LABEL, '"\n' * (LONGEST_LABEL // 2), "\r\n" * 500])
def test_a_label_of_nothing_but_line_ends_is_read_whole(folder, monkeypatch, label, size):
    """Wherever the pieces of the file end: what a run may write, its report can read."""
    monkeypatch.setattr(chunking, "CHUNK", size)
    told = [Call(item, "camera", 1, 1, 0, 1, "answered", "OK", label, 0.5, 0, 1) for item in range(1, 9)]
    (folder / "calls.csv").write_bytes("".join([CALLS.header, *map(CALLS.row, told)]).encode())
    assert read_run(folder).calls == tuple(told)
    with read_columns(folder) as tables:
        assert tables.store.rows(("calls.csv", tables.store.code("camera"))) == len(told)
        assert not tables.partial


@pytest.mark.parametrize("size", [10, 70, 1000])
def test_damage_far_down_is_named_with_its_line(folder, monkeypatch, size):
    """In whichever piece of the file it is."""
    monkeypatch.setattr(chunking, "CHUNK", size)
    write(folder, PLAIN * 20 + PLAIN.replace(b"7,press", b"x,press") + PLAIN)
    with pytest.raises(RunFileError, match=r"visits\.csv:42: 'x' is not a whole number"):
        read_columns(folder)


def test_a_flow_time_that_is_none_is_refused(folder):
    """It is in the file for a reader's sake and must be true all the same."""
    row = b"7,good,,1.000000000,4.000000000,2.000000000,OK,good,0.75,answered,0.103000000,ship,shipped\r\n"
    (folder / "items.csv").write_bytes(ITEMS.header.encode() + row)
    with pytest.raises(RunFileError, match=r"items\.csv:2: flow_s '2.000000000' is not left_at - arrived_at"):
        read_columns(folder)


def test_many_rows_move_out_of_memory_and_come_back(monkeypatch):
    """Beyond a limit the columns lie in a file of the system's."""
    monkeypatch.setattr("line_sim.recording.store.IN_MEMORY", 1000)
    store = ColumnStore()
    for begin in range(0, 1000, 100):
        numbers = np.arange(begin, begin + 100)
        store.append("visits.csv", {"station": np.array(numbers % 2, np.int32), "item_id": numbers})
    assert store.column(("visits.csv", 1), "item_id").tolist() == list(range(1, 1000, 2))
    assert store.rows(("visits.csv", 0)) == 500
    assert len(store.column(("calls.csv", 0), "item_id")) == 0
    store.close()


def test_a_full_temporary_folder_is_named_with_the_way_out(monkeypatch):
    """What is missing is room, not a file of the run."""
    store = ColumnStore(in_memory=0)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_file", SimpleNamespace(seek=lambda _: None, write=full, close=lambda: None))
    with pytest.raises(RunFileError, match=r"no room for the columns .*No space left .* TMPDIR"):
        store.append("items.csv", {"item_id": np.arange(3)})


def test_a_view_has_every_column_of_its_record():
    """Called as in the file but for `_at`, `_s` and `_id`; another name is refused with all there are."""
    store = ColumnStore()
    store.append("breakdowns.csv", columns_of_records([("press", 1, 5, None, "jam")], BREAKDOWNS, store))
    rows = Outages(store, (("breakdowns.csv", store.code("press")),))
    told = {name: getattr(rows, name).tolist() for name in ("unit", "failed", "repaired")}
    assert told == {"unit": [1], "failed": [5], "repaired": [-1]}
    with pytest.raises(
        AttributeError, match=r"breakdowns\.csv has no column 'queued'; it has station, unit, f"
    ):
        rows.queued  # noqa: B018 - the asking is what is tested
