"""Columns of times as measuring tools write them: read in the right unit, asked about, or refused by name."""

# ruff: noqa: E501 - each message stands on one line, as a user reads it

import gzip
import os
import tracemalloc
from pathlib import Path

import pytest

from line_sim.errors import ScenarioError
from line_sim.scenario import loads
from line_sim.scenario.measured import columns
from line_sim.scenario.measured.columns import ColumnError, read_times
from line_sim.scenario.measured.naming import unit_of
from line_sim.units import HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND

TEXT = """\
version: 1
name: From the load test
run: {items: 100}
arrivals: {every: 250 ms}
line:
  - station: press
    cycle: {empirical: {file: t.csv, column: latency_ms}}
  - inspection: camera
    gateway: {modelled: {service: {empirical: {file: t.csv, column: latency_ms}}}}
review: {time: 3 s}
"""


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        *(("latency_ms", "ms"), ("duration (ms)", "ms"), ("elapsed [us]", "us"), ("Latency/\u00b5s", "us")),
        *(("elapsedMillis", "ms"), ("latencyMs", "ms"), ("latencyMS", "ms"), ("LATENCY_MS", "ms")),
        *(("latency ns", "ns"), ("took.nanoseconds", "ns"), ("wait_s", "s"), ("Seconds", "s"), ("s", "s")),
        *(("cycle, min.", "min"), ("shift_hours", "h"), ("up-h", "h")),
        *(
            ("elapsed", None),
            ("items", None),
            ("gr\u00f6\u00dfes", None),
            ("p99", None),
            ("t", None),
            ("", None),
        ),
        *(("forms", None), ("LATENCIES", None), ("ms_total", None), ("batch", None)),
    ],
)
def test_the_name_of_a_column_ends_in_its_unit(name, unit):
    """A unit is a word of its own at the end, however it is set off."""
    assert unit_of(name) == unit


@pytest.mark.parametrize(
    ("column", "unit", "field", "expected"),
    [
        ("latency_ms", None, "118.4", 118_400 * MICROSECOND),
        ("latency_ms", None, "118.4005", 118_400_500),
        ("latency_ms", None, "1.18E2", 118 * MILLISECOND),
        ("latency_ms", None, "0.118 s", 118 * MILLISECOND),
        ("latency_ms", "s", "118", 118 * SECOND),
        ("latency_ns", None, "118400000", 118_400 * MICROSECOND),
        ("elapsed", "us", ".5", 500),
        ("up", "min", "1.5", 90 * SECOND),
        ("up_h", None, "2", 2 * HOUR),
        ("t", None, "12.0000000005", 12 * SECOND),
        ("t", None, "12.", 12 * SECOND),
        ("t", "min", "9", 9 * MINUTE),
    ],
)
def test_a_bare_number_is_of_the_unit_that_is_said(tmp_path: Path, column, unit, field, expected):
    """By the key, else by the column's name, else seconds; a unit beside the number is its own."""
    file = tmp_path / "t.csv"
    file.write_text(f"{column},status\n{field},OK\n")
    assert list(read_times(file, column, unit).times) == [expected]


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("\n\nlatency_ms\n118\n\n  \n131\n", "latency_ms", None),
        ("a,t,t\n1,2,3\n", "t", "column: it stands 2 times in the header of FILE; give each column its own name"),
        ("a;t\n1;2\n", "t", "column: it is no column of FILE, whose fields are parted by ';'; save it with commas"),
        ("17,200\n18,200\n", "t", "column: it is no column of FILE, which begins with numbers; put a row of names on top"),
        (
            "metric_name,timestamp,t\nrequests,1,1\nrequest_duration,1,118.4\n",
            "t",
            "column: it holds the values of several metrics, such as requests, request_duration (FILE:3); keep the rows of one",
        ),
        ("t\n" + "1" * 200_000 + "\n", "t", "file: FILE:2: field larger than field limit (131072); this is no CSV file"),
        (
            "t\n" + "x" * 100_000 + "\n",
            "t",
            f"file: FILE:2: '{'x' * 46}... is not a duration; write 250 ms, 1.5 s, 20 min, 2 h or a number of seconds",
        ),
        ("t\n1e999\n", "t", "file: FILE:2: '1e999' is longer than a century"),
        (gzip.compress(b"t\n1\n"), "t", "file: FILE is compressed (gzip); unpack it first"),
        (b"PK\x03\x04....", "t", "file: FILE is a spreadsheet or an archive; save it as CSV"),
        ("t\n1\n".encode("utf-16"), "t", "file: FILE is UTF-16 text; save it as UTF-8"),
    ],
    ids=["blank lines", "twice", "semicolons", "no header", "metrics", "field", "word", "1e999", "gzip", "xlsx", "utf-16"],
)  # fmt: skip
def test_what_is_odd_about_a_file_is_read_or_named(tmp_path: Path, text, column, message):
    """A table of another form is never taken for what it is not."""
    file = tmp_path / "t.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    if message is None:
        assert list(read_times(file, column).times) == [118 * MILLISECOND, 131 * MILLISECOND]
        return
    with pytest.raises(ColumnError) as caught:
        read_times(file, column)
    assert f"{caught.value.part}: {caught.value}".replace(str(file), "FILE") == message


def test_only_files_are_read_as_files(tmp_path: Path):
    """Nobody waits for a pipe without a writer, or reads a device to its end."""
    os.mkfifo(tmp_path / "pipe")
    for path, what in ((tmp_path / "pipe", "a pipe"), (Path("/dev/zero"), "a device")):
        with pytest.raises(ColumnError, match=rf"cannot be read: it is {what}, not a file"):
            read_times(path, "t")


def test_what_is_too_much_is_told(tmp_path: Path, monkeypatch):
    """The limits of a file, of its rows, and of all files together."""
    (tmp_path / "t.csv").write_text("t_s,u_s\n" + "1,2\n" * 20)
    monkeypatch.setattr(columns, "MOST_TIMES", 19)
    with pytest.raises(ColumnError, match=r"has more than 19 times"):
        read_times(tmp_path / "t.csv", "t_s")
    monkeypatch.undo()
    monkeypatch.setattr(columns, "MOST_BYTES", 64)
    with pytest.raises(ColumnError, match=r"cannot be read: it is larger than 0 KiB"):
        read_times(tmp_path / "t.csv", "t_s")
    monkeypatch.undo()
    monkeypatch.setattr(columns, "MOST_BYTES_OF_ALL", 100)
    files = columns.MeasuredFiles()
    assert files.read(tmp_path / "t.csv", "t_s", None) is files.read(tmp_path / "t.csv", "t_s", None)
    with pytest.raises(ColumnError, match="the columns read for one scenario"):
        files.read(tmp_path / "t.csv", "u_s", None)


def test_many_rows_take_little_memory(tmp_path: Path):
    """Eight bytes a time, so that three million are 24 MB; as objects of Python's they would be 120."""
    rows = 300_000
    (tmp_path / "t.csv").write_text("t_ms\n" + "118.25\n" * rows)
    tracemalloc.start()
    found = read_times(tmp_path / "t.csv", "t_ms")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(found.times), found.times[-1]) == (rows, 118_250 * MICROSECOND)
    assert most < 20 * rows


def told(tmp_path: Path, old: str, new: str) -> str:
    """Load the scenario with a change and return what is told of it; "" where nothing is wrong."""
    try:
        loads(TEXT.replace(old, new, 1), "t.yaml", folder=tmp_path)
    except ScenarioError as error:
        return str(error)
    return ""


def test_times_that_would_be_absurd_are_asked_about(tmp_path: Path):
    """`elapsed` in whole milliseconds would be two minutes an answer: nobody guesses, the key settles it."""
    (tmp_path / "t.csv").write_text("latency_ms,elapsed,latency_min,cycle\n118,118,118,24\n131,131,131,26\n")
    service = "service: {empirical: {file: t.csv, column: "
    assert told(tmp_path, "x", "x") == ""
    asked = (
        "t.yaml:9:69: line[1].gateway.modelled.service.empirical.column is elapsed; its name leaves the unit open, "
        "and its middle time would be 131 s; say the unit beside it, such as unit: ms, or unit: s if these are seconds"
    )
    assert told(tmp_path, f"{service}latency_ms", f"{service}elapsed") == asked
    assert told(tmp_path, f"{service}latency_ms", f"{service}elapsed, unit: ms") == ""
    assert "its middle time would be 131 min" in told(
        tmp_path, f"{service}latency_ms", f"{service}latency_min"
    )
    cycle = "cycle: {empirical: {file: t.csv, column: "
    assert "more than 100 times that of arrivals.every" in told(
        tmp_path, f"{cycle}latency_ms", f"{cycle}elapsed"
    )
    assert told(tmp_path, f"{cycle}latency_ms", f"{cycle}cycle") == ""
