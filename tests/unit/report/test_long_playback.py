"""A long run's playback looks at few rows, and says what all of them would say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import item, run, visit

from line_sim.layout import Layout, Place
from line_sim.recording.run_columns import columns_of
from line_sim.report.page.playback import rows
from line_sim.report.page.playback.pace import SPEEDS, pace_of
from line_sim.report.page.playback.rows import Row, near, visits_on
from line_sim.report.page.playback.stretch import Stretch
from line_sim.units import SECOND

PRESS = Layout((Place("press"),))
AROUND = [round(1.2 * speed * SECOND) + by for speed in SPEEDS[6:12] for by in (-2, -1, 0, 1, 2)]


@given(st.lists(st.sampled_from(AROUND), min_size=1, max_size=9), st.integers(1, 4))
def test_the_pace_is_the_same_however_the_first_times_mislead(times, together):
    """It is the fastest of the speeds at which the median of all takes 1.2 seconds and more."""
    pieces = [np.array(times[at : at + together]) for at in range(0, len(times), together)]
    lasting = float(np.median(times)) / SECOND
    assert pace_of(lambda: pieces) == max(speed for speed in SPEEDS if lasting / speed >= 1.2)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=12),
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(1, 3),
)
def test_no_visit_of_a_stretch_lies_outside_of_those_near_it(lasting, begin, length, piece):
    """Some wait, some are blocked, and the last one has not been finished."""
    visits, at = [], 0
    for part, (wait, work, held) in enumerate(lasting, 1):
        visits.append(visit(part, "press", max(at - wait, 0), at, at + work, at + work + held))
        at += work + held
    visits += [visit(len(visits) + 1, "press", at, at), visit(len(visits) + 2, "press", at)]
    columns = columns_of(run([item(1, 0, at)], visits), PRESS)
    stretch, press = Stretch(begin * SECOND, (begin + length) * SECOND, len(visits)), Row(0, 1, "press")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "PIECE", piece)
        some = near(columns, 0, stretch)
    every = columns.visits(0)
    assert visits_on(columns, press, stretch, some).row.tolist() == (
        visits_on(columns, press, stretch, every).row.tolist()
    )
    there = (every.queued <= stretch.end) & ((every.left >= stretch.start) | (every.left < 0))
    assert set(every.row[there]) <= set(some.row)
