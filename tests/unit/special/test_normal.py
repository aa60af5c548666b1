"""The standard normal distribution, against scipy's."""

import numpy as np
import pytest
from scipy import special

from line_sim.special import normal

SHARES = np.concatenate([10.0 ** -np.arange(1, 308), np.arange(1, 1000) / 1000, 1 - 2.0 ** -np.arange(2, 54)])


def test_its_share_is_scipys_far_out_as_well():
    """To 37 standard deviations below the middle, where 1e-300 is left."""
    for z in np.linspace(-37, 9, 400).tolist():
        assert normal.share_below(z) == pytest.approx(special.ndtr(z), rel=1e-12)


def test_its_quantile_is_scipys():
    """From 1e-307 to the last float below 1."""
    for share in SHARES.tolist():
        assert normal.quantile(share) == pytest.approx(special.ndtri(share), rel=1e-14, abs=1e-16)


def test_the_ends_lie_nowhere():
    """Nothing lies below minus infinity."""
    assert [normal.quantile(share) for share in (0.0, 0.5, 1.0)] == [-np.inf, 0.0, np.inf]


def test_many_at_a_time_are_as_each_alone():
    """In whatever shape they come."""
    table = SHARES[:100].reshape(4, 25)
    found = normal.quantiles(table)
    assert found.shape == table.shape
    assert found.ravel().tolist() == [normal.quantile(share) for share in table.ravel().tolist()]
