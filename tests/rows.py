"""Any rows that a run could write, as hypothesis strategies."""

from hypothesis import strategies as st

from line_sim.line.records import TASKS, Call, Item, Job, Outage, Visit

moments = st.integers(min_value=0, max_value=10**18)
maybe = st.one_of(st.none(), moments)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
numbers = st.integers(min_value=1, max_value=10**9)
scores = st.one_of(st.none(), st.floats(0, 1))
evaluations = st.sampled_from(["", "OK", "NotOK", "NotDecidable", "Undefined"])
states = st.sampled_from(["good", "defective"])
outcomes = st.sampled_from(["answered", "timed_out", "unavailable", "unreadable"])

_USUAL = st.just(1)
_NEVER = st.just(0)
_NOTHING = st.just("")


def _visits(visit, reworked, changeover):
    return st.builds(
        *(Visit, numbers, texts, st.one_of(st.none(), numbers), moments, maybe, maybe, maybe, moments),
        *(visit, reworked, changeover),
    )


def _calls(visit, true_state):
    who = Call, numbers, texts, numbers, numbers
    what = moments, moments, outcomes, texts, texts, scores, moments, numbers
    return st.builds(*who, *what, visit, true_state)


def _items(reworked, made_at, variant):
    return st.builds(
        Item,
        *(numbers, states, texts, moments, maybe, evaluations, texts, scores),
        *(st.one_of(st.just(""), outcomes), maybe, st.sampled_from(["", "ship", "review"])),
        st.sampled_from(["shipped", "scrapped", "lost", "on_line"]),
        *(reworked, made_at, variant),
    )


visits, calls = _visits(_USUAL, _NEVER, _NEVER), _calls(_USUAL, st.just("good"))
items = _items(_NEVER, _NOTHING, _NOTHING)
visits_again, calls_again = _visits(numbers, numbers, moments), _calls(numbers, states)
items_again = _items(numbers, texts, texts)
"""Those of a line on which a part may come to a place again and be spoilt, of variants with set-ups."""

outages = st.builds(Outage, texts, numbers, moments, maybe)
jobs = st.builds(Job, texts, texts, numbers, st.sampled_from(TASKS), texts, moments, maybe, maybe)
