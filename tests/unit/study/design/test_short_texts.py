"""Settings that are too long for a column are cut so that they still tell each other apart."""

from hypothesis import given
from hypothesis import strategies as st

from line_sim.study.design.variants import short_texts


def shown(*texts):
    """Return the short texts, in order."""
    short = short_texts(texts, 16)
    return [short[text] for text in texts]


def test_what_fits_stays_and_what_does_not_is_cut_behind_its_beginning():
    """As long as the beginnings are not the same."""
    assert shown("200 ms", "recordings/monday.csv", "{replay:{calls:x.csv}}") == [
        "200 ms",
        "recordings/mo...",
        "{replay:{call...",
    ]


def test_those_that_begin_alike_are_shown_from_where_they_differ():
    """From the beginning of a word on: 200 ms must not be shown as 00 ms."""
    assert shown("{modelled:{service:200ms}}", "{modelled:{service:250ms}}", "{replay:{calls:x.csv}}") == [
        "...200ms}}",
        "...250ms}}",
        "{replay:{call...",
    ]


def test_those_that_are_alike_even_so_are_numbered():
    """By their place among the settings."""
    texts = [f"{{a:{first}{20 * 'x'},b:{second}}}" for first in "12" for second in "12"]
    assert shown(*texts) == [f"{text[:10]}... #{n}" for n, text in enumerate(texts, 1)]


@given(st.lists(st.text(alphabet="ab{:,. ", max_size=40), max_size=30, unique=True))
def test_however_they_look_each_is_another_and_fits(texts):
    """That is all they are for."""
    short = short_texts(texts, 16)
    assert list(short) == texts
    assert len(set(short.values())) == len(texts)
    assert all(len(each) <= 16 for each in short.values())
