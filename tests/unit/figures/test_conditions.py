"""A condition says the same of a column as of each record in it."""

from hypothesis import given
from hypothesis import strategies as st
from recorded import PRESS_AND_CAMERA, run
from rows import items

from line_sim.figures.conditions import ALWAYS, Either, Every, Is
from line_sim.recording.run_columns import columns_of

plain = st.one_of(
    st.builds(Is, st.just("true_state"), st.sampled_from(["good", "defective", "nonsense"])),
    st.builds(Is, st.just("lane"), st.sampled_from(["", "ship", "review"])),
    st.builds(Is, st.just("evaluation"), st.just("OK"), st.sampled_from(["NotOK", ""])),
    st.builds(Is, st.just("disposition"), st.sampled_from(["shipped", "scrapped", "lost"])),
)
conditions = st.recursive(
    st.one_of(plain, st.just(ALWAYS)),
    lambda inner: st.one_of(
        st.builds(lambda one, other: one & other, inner, inner),
        st.builds(lambda one, other: one | other, inner, inner),
        st.builds(lambda one: ~one, inner),
        st.builds(lambda some: Every(tuple(some)), st.lists(inner, max_size=3)),
        st.builds(lambda some: Either(tuple(some)), st.lists(inner, max_size=3)),
    ),
    max_leaves=6,
)


@given(st.lists(items, max_size=12), conditions)
def test_a_column_and_its_records_agree(stories, condition):
    """Whatever the condition is made of, and also where no row holds its words."""
    columns = columns_of(run(stories), PRESS_AND_CAMERA)
    assert condition.of(columns.items).tolist() == [condition.holds(story) for story in stories]


def test_conditions_read_as_they_mean():
    """As the documentation tells them."""
    stopped = Is("lane", "review") | Is("disposition", "scrapped")
    assert str(Is("true_state", "good") & stopped) == (
        "true_state is good and (lane is review or disposition is scrapped)"
    )
    assert str(~Is("evaluation", "")) == "evaluation is not empty"
    assert str(ALWAYS) == "always"
