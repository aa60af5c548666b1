"""Records written by the block are the bytes of records written row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_sim.line.records import DISPOSITIONS, EVALUATIONS, LANES, Call, Item, Outage, Visit
from line_sim.recording.blocks import NotABlockError, block_text
from line_sim.recording.columns import NotAColumnError, columns_of, values_of
from line_sim.recording.store import ColumnStore
from line_sim.recording.tables import BREAKDOWNS, CALLS, ITEMS, VISITS
from line_sim.truth import TRUE_STATES

times = st.one_of(st.integers(0, 2_000_000_000), st.integers(0, 10**18))
maybe = st.none() | times
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
scores = st.none() | st.floats(0, 1)
counts = st.integers(1, 10**12)

VISIT = st.builds(Visit, counts, words, st.none() | st.integers(1, 2000), times, maybe, maybe, maybe, times)
CALL = st.builds(
    Call, counts, words, st.integers(1, 30), counts, times, times, words, words, words, scores, times, counts
)
OUTAGE = st.builds(Outage, words, counts, times, maybe, words)
OUTCOMES = st.sampled_from(["", "answered", "timed_out"])


@st.composite
def items(draw):
    """A part's story; it leaves no earlier than it came."""
    came, stay = draw(times), draw(maybe)
    return Item(
        draw(counts),
        draw(st.sampled_from(TRUE_STATES)),
        draw(words),
        came,
        None if stay is None else came + stay,
        draw(st.sampled_from(EVALUATIONS)),
        draw(words),
        draw(scores),
        draw(OUTCOMES),
        draw(maybe),
        draw(st.sampled_from(LANES)),
        draw(st.sampled_from(DISPOSITIONS)),
    )


def by_block(records, table):
    """Write records by way of columns."""
    store = ColumnStore()
    values = values_of(records, table)
    return block_text(values, columns_of(values, table, store), table, store.words).decode()


@given(st.lists(VISIT, min_size=1, max_size=20))
def test_visits(visits):
    """Whatever the times, names and gaps."""
    assert by_block(visits, VISITS) == "".join(map(VISITS.row, visits))


@given(st.lists(items(), min_size=1, max_size=20))
def test_items(stories):
    """Also of parts still on the line, whose flow time is not known."""
    assert by_block(stories, ITEMS) == "".join(map(ITEMS.row, stories))


@given(st.lists(CALL, min_size=1, max_size=20))
def test_calls(calls):
    """With scores to the last digit and labels with commas, quotes and line ends."""
    assert by_block(calls, CALLS) == "".join(map(CALLS.row, calls))


@given(st.lists(OUTAGE, min_size=1, max_size=20))
def test_outages(outages):
    """Also those that are not over."""
    assert by_block(outages, BREAKDOWNS) == "".join(map(BREAKDOWNS.row, outages))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"skew": -5}, NotABlockError),
        ({"label": "a\0b"}, NotABlockError),
        ({"latency": 2**70}, NotAColumnError),
        ({"score": float("nan")}, NotAColumnError),
    ],
)
def test_what_has_no_place_in_a_block_is_left_to_the_rows(change, refusal):
    """A negative time, a NUL, a number beyond 64 bit and none at all are refused, never written wrongly."""
    call = Call(1, "camera", 1, 1, 0, 5, "answered", "OK", "good", 0.5, 0, 10)
    with pytest.raises(refusal):
        by_block([call, call._replace(**change)], CALLS)


def test_a_moment_before_the_run_is_not_taken_for_none():
    """The columns know -1 as `not yet`: beside a part that has not left, one that left then is refused."""
    here = Visit(1, "press", 1, 0, 0, 5, None, 0)
    assert by_block([here], VISITS) == VISITS.row(here)
    with pytest.raises(NotABlockError):
        by_block([here, here._replace(left_at=-1)], VISITS)
    story = Item(1, "good", "", 9, 5, "", "", None, "", None, "", "shipped")
    with pytest.raises(NotABlockError):
        by_block([story], ITEMS)
