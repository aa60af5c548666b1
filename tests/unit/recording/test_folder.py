"""A run's folder: never writes over anything, keeps what was done, names what is damaged."""

import re
from pathlib import Path

import pytest

from line_sim.errors import RunFileError, ScenarioError
from line_sim.line.records import Call, Item, Outage, Visit
from line_sim.recording import RunFolder, RunRecords, read_info, read_run
from line_sim.recording.reader import RunInfo

VISIT = Visit(1, "press", 1, 0, 0, 5, 7, 0)
ODD_VISIT = Visit(2, 'line\nbreak, "quoted"', None, 3, None, None, None, 0)
CALL = Call(1, "camera", 1, 1, 10, 103_000_000, "answered", "OK", "good", 0.1 + 0.2, 12, 30_000)
OUTAGE = Outage("press", 1, 2, None)
ITEM = Item(1, "good", "", 0, 99, "OK", "good", 0.1 + 0.2, "answered", 103_000_000, "ship", "shipped")


class Clock:
    """Wall time that moves when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def record(folder: Path) -> RunRecords:
    """Write one short run and close it."""
    with RunFolder(folder, Clock()) as run:
        run.on_visit(VISIT)
        run.on_visit(ODD_VISIT)
        run.on_call(CALL)
        run.on_outage(OUTAGE)
        run.on_item(ITEM)
    return RunRecords((ITEM,), (VISIT, ODD_VISIT), (CALL,), (OUTAGE,))


def test_a_run_is_read_back_as_it_was_told(tmp_path):
    """The same records in the same order, and the same run gives the same bytes."""
    told = record(tmp_path / "a")
    record(tmp_path / "b")
    assert read_run(tmp_path / "a") == told
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_nothing_of_the_users_is_written_over(tmp_path):
    """A folder that holds anything is refused, and what it holds is left alone."""
    (tmp_path / "items.csv").write_text("mine")
    with pytest.raises(ScenarioError, match="not empty; choose a new one"):
        RunFolder(tmp_path, Clock())
    assert (tmp_path / "items.csv").read_text() == "mine"


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    """The system's own words, and the way out."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(ScenarioError, match=r"cannot be (made|used) .*; choose another with --out"):
        RunFolder(tmp_path / "taken", Clock())


def test_rows_are_on_disk_within_a_second(tmp_path):
    """A killed run keeps what it did: rows are flushed at the first record after a second."""
    clock = Clock()
    run = RunFolder(tmp_path / "run", clock)
    run.on_visit(VISIT)
    clock.seconds = 0.9
    run.on_visit(VISIT)
    assert read_run(tmp_path / "run").visits == ()
    clock.seconds = 1.0
    run.on_call(CALL)
    assert read_run(tmp_path / "run") == RunRecords((), (VISIT, VISIT), (CALL,), ())
    run.close()


def test_a_story_is_never_on_disk_before_its_last_visit(tmp_path):
    """The line tells a part's story just before its last visit: killed in between, a run has neither."""
    clock = Clock()
    run = RunFolder(tmp_path / "run", clock)
    clock.seconds = 1.0
    run.on_item(ITEM)
    assert read_run(tmp_path / "run").items == ()
    run.on_visit(VISIT)
    assert read_run(tmp_path / "run").items == (ITEM,)
    clock.seconds = 2.0
    lost = ITEM._replace(disposition="lost")
    run.on_item(lost)
    assert read_run(tmp_path / "run").items == (ITEM, lost)
    run.close()


def broken_off(folder: Path, error: BaseException) -> None:
    """Begin a run that is broken off between a part's story and its last visit."""
    with RunFolder(folder, Clock()) as run:
        run.on_visit(VISIT)
        run.flush()
        run.on_visit(VISIT._replace(item_id=2))
        run.on_item(ITEM._replace(item_id=2))
        raise error


def test_a_run_that_is_broken_off_at_once_leaves_what_was_written(tmp_path):
    """As a kill does: what waits may tell of a part that was half handed over."""
    with pytest.raises(KeyboardInterrupt):
        broken_off(tmp_path / "run", KeyboardInterrupt())
    assert read_run(tmp_path / "run").visits == (VISIT,)
    assert read_run(tmp_path / "run").items == ()


def test_a_run_that_ends_with_an_error_loses_no_row(tmp_path):
    """What came before it is all told."""
    with pytest.raises(RunFileError):
        broken_off(tmp_path / "run", RunFileError("no room"))
    assert [visit.item_id for visit in read_run(tmp_path / "run").visits] == [1, 2]


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_torn_last_row_is_left_out_and_said(tmp_path, cut):
    """Wherever the kill cut the last row, even inside quotes, the rows before it stand."""
    folder = tmp_path / "run"
    told = record(folder)
    path = folder / "visits.csv"
    path.write_bytes(path.read_bytes()[:-cut])
    read = read_run(folder)
    assert read.partial
    assert read.visits == told.visits[:1]


def test_a_cut_inside_a_character_is_a_torn_row_too(tmp_path):
    """UTF-8 may be cut in the middle of a letter."""
    folder = tmp_path / "run"
    record(folder)
    with (folder / "visits.csv").open("ab") as file:
        file.write("3,Säge".encode()[:-3])
    assert read_run(folder).partial
    assert len(read_run(folder).visits) == 2


def test_a_file_saved_by_a_spreadsheet_is_still_read(tmp_path):
    """Byte order mark and bare line feeds are tolerated."""
    folder = tmp_path / "run"
    told = record(folder)
    calls = folder / "calls.csv"
    calls.write_bytes(b"\xef\xbb\xbf" + calls.read_bytes().replace(b"\r\n", b"\n"))
    assert read_run(folder) == told


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("visits.csv", b"1,press,1,", b"1,press,one,", r"visits\.csv:2: 'one' is not a whole number"),
        ("visits.csv", b"1,press,1,", b"1,press,0,", r"visits\.csv:2: '0' must be at least 1"),
        ("visits.csv", b'2,"line', b'x,"line', r"visits\.csv:3: 'x' is not a whole number"),
        ("visits.csv", b"1,press,1,0.000000000,", b"1,press,1,", r"visits\.csv:2: 7 fields instead of 8"),
        (
            "visits.csv",
            b"press,1,0.0",
            b"press,1,0.x",
            r"visits\.csv:2: '0.x00000000' is not a deci",
        ),
        ("visits.csv", b"item_id", b"part", r"visits\.csv:1: the header is 'part,station,.*', not 'item_id,"),
        ("calls.csv", b"answered", b"guessed", r"calls\.csv:2: 'guessed' is none of answered, timed_out, "),
        ("calls.csv", b"0.30000000000000004", b"nan", r"calls\.csv:2: the score is nan"),
        (
            "items.csv",
            b"shipped",
            b"eaten",
            r"items\.csv:2: 'eaten' is none of shipped, scrapped",
        ),
        (
            "items.csv",
            b"0.000000099,0.000000099",
            b"0.000000099,1.0",
            r"items\.csv:2: flow_s '1.0' is not",
        ),
        ("items.csv", b"ship,", b"\xff\xfe,", r"items\.csv:2: not UTF-8"),
        ("breakdowns.csv", b"press", b'"press"x', r"breakdowns\.csv:2: .*; restore or delete the row"),
    ],
)
def test_damage_is_named_with_its_line(tmp_path, file, old, new, message):
    """Every damage is a RunFileError (exit code 4) that says where and what."""
    folder = tmp_path / "run"
    record(folder)
    path = folder / file
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    with pytest.raises(RunFileError, match=message):
        read_run(folder)


def test_a_missing_file_is_named(tmp_path):
    """A folder that is no run's folder says so."""
    with pytest.raises(RunFileError, match=r"items\.csv: there is no such file; is this the folder"):
        read_run(tmp_path)


def test_the_word_on_the_run_is_written_whole_and_may_be_renewed(tmp_path):
    """Written at the start and again at the end; nothing half-written is left beside it."""
    folder = tmp_path / "run"
    with RunFolder(folder, Clock()) as run:
        assert read_info(folder) == RunInfo()
        run.write_info({"ended": None})
        assert read_info(folder) == RunInfo()
        run.write_info({"ended": "completed", "ended_at_s": 98765432.123456789})
        run.write_scenario("name: Flange line\n")
    assert read_info(folder) == RunInfo("completed", 98765432_123456790)
    assert (folder / "scenario.yaml").read_text() == "name: Flange line\n"
    assert not list(folder.glob("*.part"))


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_a_damaged_word_on_the_run_is_refused(tmp_path, text):
    """It must be a JSON object."""
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(RunFileError, match=r"run\.json.*restore or delete it"):
        read_info(tmp_path)


@pytest.mark.parametrize("text", [r'{"reason": "\ud800"}', r'{"servers": [{"\uDFFF": 1}]}'])
def test_half_a_character_is_refused(tmp_path, text):
    """No page could be written with it."""
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(RunFileError, match=r"run\.json: .*U\+D[8F][0F][0F], which is half a character"):
        read_info(tmp_path)


def test_a_character_in_two_halves_is_one(tmp_path):
    """As other programs write what lies beyond 16 bits."""
    (tmp_path / "run.json").write_text(r'{"reason": "\ud83c\udfed", "ended": null}')
    assert read_info(tmp_path) == RunInfo()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"ended": "done", "ended_at_s": 1}', "ended is 'done'; it must be completed, duration over"),
        ('{"ended": 5, "ended_at_s": 1}', "ended is 5; it must be completed"),
        ('{"ended": ["completed"], "ended_at_s": 1}', "it must be completed"),
        ('{"ended": "completed", "ended_at_s": "x"}', "ended_at_s is x; it must be seconds of line time"),
        ('{"ended": "completed", "ended_at_s": [1]}', "it must be seconds of line time"),
        ('{"ended": "completed", "ended_at_s": true}', "it must be seconds of line time"),
        ('{"ended": "completed", "ended_at_s": NaN}', "NaN is no finite number"),
        ('{"ended": "completed", "ended_at_s": -1}', "ended_at_s is -1; it must be seconds of line time"),
        ('{"ended": "completed", "ended_at_s": 1e400}', "it must be seconds of line time"),
        ('{"ended": "completed"}', "ended_at_s is None; it must be seconds of line time"),
        ('{"ended_at_s": 5.5}', "ended_at_s is 5.5; it must be null like ended"),
    ],
)
def test_an_ending_that_no_run_can_have_is_refused(tmp_path, text, message):
    """Edited by hand, or by another program: one clear message, not a traceback or another window."""
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(RunFileError, match=re.escape(message)):
        read_info(tmp_path)
