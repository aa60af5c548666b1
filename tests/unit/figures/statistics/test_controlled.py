"""What chance did to things of known mean is taken out of a mean: where it explains all, nothing is left."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_sim.figures.statistics.batch_means import BATCHES, batch_means
from line_sim.figures.statistics.controlled import controlled


def luck(dice, number=1):
    """Return controls of 20 batches."""
    return dice.normal(size=(number, BATCHES))


def test_what_the_controls_explain_is_known_exactly():
    """An output of 100, less 7 for each that was down and 3 for each that was slow, is 100."""
    controls = luck(np.random.default_rng(1), 2)
    found = controlled(100 - 7 * controls[0] - 3 * controls[1], controls)
    assert (found.mean, found.low, found.high) == pytest.approx((100, 100, 100))
    seen = controls.mean(axis=1)
    assert found.shifts == pytest.approx((7 * seen[0], 3 * seen[1]))


def test_the_interval_is_that_of_a_regression_where_the_control_is_nothing():
    """One control: Student's t with 18 degrees of freedom about the line's height at 0 (Law, 11.4)."""
    rising = np.arange(BATCHES, dtype=float)[None, :] - 5
    left = np.tile([1.0, -1.0], BATCHES // 2)
    found = controlled(50 + rising[0] + left, rising)
    slope, height = np.polyfit(rising[0], 50 + rising[0] + left, 1)
    residual = 50 + rising[0] + left - height - slope * rising[0]
    about = rising[0] - rising[0].mean()
    error = np.sqrt(residual @ residual / 18 * (1 / 20 + rising[0].mean() ** 2 / (about @ about)))
    assert found.mean == pytest.approx(height)
    assert found.half_width == pytest.approx(2.100922 * error)


@given(st.floats(-100, 100), st.floats(0.01, 100), st.integers(0, 1000))
def test_it_moves_with_the_output_and_not_with_the_size_of_a_control(more, times, seed):
    """Another zero for the output, another unit for the control: the same interval."""
    dice = np.random.default_rng(seed)
    controls = luck(dice)
    batches = 10 - controls[0] + dice.normal(size=BATCHES)
    one, other = controlled(batches, controls), controlled(batches + more, times * controls)
    assert (other.low - more, other.high - more) == pytest.approx((one.low, one.high))


def test_without_anything_to_explain_there_is_none():
    """No control, one that never varies, two that say the same, more of them than batches."""
    dice = np.random.default_rng(3)
    batches, control = dice.normal(size=BATCHES), luck(dice)
    assert controlled(batches, np.zeros((0, BATCHES))) is None
    assert controlled(batches, np.ones((1, BATCHES))) is None
    assert controlled(batches, np.vstack([control, 2 * control])) is None
    assert controlled(batches, luck(dice, BATCHES - 1)) is None


def test_it_holds_as_often_as_it_says_and_is_narrower():
    """Two thirds of the scatter are explained: 95 of 100 intervals hold the truth, and are less wide."""
    dice = np.random.default_rng(4)
    held, widths, own = 0, [], []
    for _ in range(1000):
        controls = luck(dice, 2)
        batches = 5 - controls[0] - controls[1] + dice.normal(size=BATCHES)
        found = controlled(batches, controls)
        held += found.low <= 5 <= found.high
        widths.append(found.half_width)
        own.append(batch_means(batches.tolist()).half_width)
    assert 930 <= held <= 985
    assert np.mean(widths) < 0.75 * np.mean(own)


def test_what_is_left_counts_less_where_neighbours_resemble_each_other():
    """What the control does not explain goes slowly up and down: the interval allows for it."""
    control = luck(np.random.default_rng(5))
    slow = np.sin(np.arange(BATCHES) / 3)
    quick = np.random.default_rng(6).permutation(slow)
    wide, narrow = (controlled(5 - control[0] + each, control) for each in (slow, quick))
    assert wide.half_width > 1.5 * narrow.half_width
