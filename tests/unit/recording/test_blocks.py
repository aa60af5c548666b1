"""Records written by the block are the bytes of records written row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_sim.line.records import Call, Item, Visit
from line_sim.recording.blocks import NotABlockError, calls_text, items_text, visits_text
from line_sim.recording.tables import CALLS, DISPOSITIONS, EVALUATIONS, ITEMS, LANES, TRUE_STATES, VISITS

times = st.one_of(st.integers(0, 2_000_000_000), st.integers(0, 10**18))
maybe = st.none() | times
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
scores = st.none() | st.floats(0, 1)
counts = st.integers(1, 10**12)

VISIT = st.builds(Visit, counts, words, st.none() | st.integers(1, 2000), times, maybe, maybe, maybe, times)
CALL = st.builds(
    Call, counts, words, st.integers(1, 30), counts, times, times, words, words, words, scores, times, counts
)
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


@given(st.lists(VISIT, min_size=1, max_size=20))
def test_visits(visits):
    """Whatever the times, names and gaps."""
    assert visits_text(visits) == "".join(map(VISITS.row, visits))


@given(st.lists(items(), min_size=1, max_size=20))
def test_items(stories):
    """Also of parts still on the line, whose flow time is not known."""
    assert items_text(stories) == "".join(map(ITEMS.row, stories))


@given(st.lists(CALL, min_size=1, max_size=20))
def test_calls(calls):
    """With scores to the last digit and labels with commas, quotes and line ends."""
    assert calls_text(calls) == "".join(map(CALLS.row, calls))


@pytest.mark.parametrize("change", [{"skew": -5}, {"label": "a\0b"}, {"latency": 2**70}])
def test_what_has_no_place_in_a_block_is_left_to_the_rows(change):
    """A negative time, a NUL and a number beyond 64 bit are refused, never written wrongly."""
    call = Call(1, "camera", 1, 1, 0, 5, "answered", "OK", "good", 0.5, 0, 10)
    with pytest.raises(NotABlockError):
        calls_text([call, call._replace(**change)])
