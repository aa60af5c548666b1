"""The standard normal distribution, against scipy's."""

import importlib.util
import statistics
import sys

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


@pytest.fixture
def in_python(monkeypatch):
    """Return the standard library's quantile as it is without its twin in C, which may round otherwise."""
    monkeypatch.setitem(sys.modules, "_statistics", None)
    found = importlib.util.find_spec("statistics")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    assert module is not statistics
    return module.NormalDist().inv_cdf


def test_many_at_a_time_are_as_each_alone(in_python):
    """In whatever shape they come, to the bit: in the middle, in both tails, and where one ends."""
    chance = np.random.default_rng(5)
    ends = [np.nextafter(end, to) for end in (0.075, 0.5, 0.925, np.exp(-25.0)) for to in (0.0, end, 1.0)]
    shares = np.concatenate([SHARES, ends, chance.random(100_000), 10.0 ** -chance.uniform(1, 300, 20_000)])
    table = shares[: len(shares) // 4 * 4].reshape(4, -1)
    found = normal.quantiles(table)
    assert found.shape == table.shape
    assert found.ravel().tolist() == list(map(in_python, table.ravel().tolist()))
    assert normal.quantiles(table[:, :0]).shape == (4, 0)
