"""Records become rows and come back as the very same records."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import calls, calls_again, items, items_again, outages, visits, visits_again

from line_sim.line.records import Item, Visit
from line_sim.recording.csvtext import LATEST, count_value, required_time, text_field, time_field
from line_sim.recording.tables import BREAKDOWNS, CALLS, ITEMS, VISITS, Table


def again(table: Table, record: object) -> object:
    """Write a record as a row, read the row as CSV, parse it."""
    (fields,) = csv.reader(io.StringIO(table.row(record), newline=""), strict=True)
    return table.parse(fields)


@given(items, visits, calls, outages)
def test_every_record_comes_back_exactly(item, visit, call, outage):
    """Not a nanosecond, not a digit of a score, not a character of a name is lost."""
    assert again(ITEMS, item) == item
    assert again(VISITS, visit) == visit
    assert again(CALLS, call) == call
    assert again(BREAKDOWNS.having({"name"}), outage) == outage


@given(items_again, visits_again, calls_again)
def test_a_file_with_every_column_tells_every_record_exactly(item, visit, call):
    """Those that the usual line has no use for among them."""
    assert again(ITEMS.having({"reworked", "made_at", "variant"}), item) == item
    assert again(VISITS.having({"visit", "reworked", "changeover_s"}), visit) == visit
    assert again(CALLS.having({"visit", "true_state", "no such column"}), call) == call


def test_a_file_without_a_column_tells_the_usual():
    """A part's third visit is one as all others where the file does not number them."""
    third = Visit(7, "press", 1, 10**9, 10**9, 2 * 10**9, None, 0, visit=3)
    assert again(VISITS, third) == third._replace(visit=1)
    assert VISITS.having({"visit"}).row(third) == VISITS.row(third).replace("\r\n", ",3\r\n")
    assert VISITS.having({"visit"}).header == VISITS.header.replace("\r\n", ",visit\r\n")


def test_a_row_reads_as_the_contract_says():
    """Seconds with nine places, empty for what has not happened, CRLF at the end."""
    assert VISITS.row(Visit(7, "press", 1, 1_500_000_000, 1_500_000_000, 2 * 10**9, None, 0)) == (
        "7,press,1,1.500000000,1.500000000,2.000000000,,0.000000000\r\n"
    )
    story = Item(
        7, "good", "", 10**9, 4 * 10**9 + 1, "OK", "good", 0.75, "answered", 103_000_000, "ship", "shipped"
    )
    assert ITEMS.row(story) == (
        "7,good,,1.000000000,4.000000001,3.000000001,OK,good,0.75,answered,0.103000000,ship,shipped\r\n"
    )


def test_headers_are_those_of_the_contract():
    """The names that scripts and spreadsheets are written against."""
    assert ITEMS.header == (
        "item_id,true_state,defect,arrived_at,left_at,flow_s,evaluation,label,score,"
        "inference_outcome,inference_s,lane,disposition\r\n"
    )
    assert VISITS.header == "item_id,station,unit,queued_at,started_at,finished_at,left_at,down_s\r\n"
    assert CALLS.header == (
        "item_id,station,unit,attempt,issued_at,latency_s,outcome,status,label,score,skew_s,request_bytes\r\n"
    )
    assert BREAKDOWNS.header == "station,unit,failed_at,repaired_at\r\n"
    assert BREAKDOWNS.having({"name"}).header == "station,unit,failed_at,repaired_at,name\r\n"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("press", "press"),
        ("press, left", '"press, left"'),
        ('the "big" one', '"the ""big"" one"'),
        ("two\nlines", '"two\nlines"'),
    ],
)
def test_text_is_quoted_only_where_it_must_be(text, field):
    """RFC 4180, rules 5 to 7."""
    assert text_field(text) == field


@pytest.mark.parametrize(
    "field", ["", "1e3", "1_000.000000000", "1.0000000001", "abc", "٣.000000000", ".000000000", "inf"]
)
def test_what_is_no_decimal_number_of_seconds_is_refused(field):
    """`float` would take several of these."""
    with pytest.raises(ValueError, match="decimal number of seconds"):
        required_time(field)


@given(st.integers(min_value=-LATEST, max_value=LATEST))
def test_times_are_exact(nanoseconds):
    """The fast way and the careful way write and read the same."""
    assert required_time(time_field(nanoseconds)) == nanoseconds


@pytest.mark.parametrize("field", ["9999999999.000000000", "99999999999999999999.5", "-9999999999.000000000"])
def test_a_moment_beyond_all_runs_is_refused(field):
    """The columns of the analysis are 64 bit: a slip of the hand must not end in an overflow there."""
    with pytest.raises(ValueError, match="is longer than two centuries"):
        required_time(field)


def test_a_number_beyond_all_runs_is_refused():
    """The same of whole numbers."""
    with pytest.raises(ValueError, match="is too large a number"):
        count_value("9" * 19)
