"""Fisher's F distribution: the ratio of two mean squares."""

from math import isinf

from line_sim.special import beta


def share_above(over: float, under: float, ratio: float) -> float:
    """Return the share of F above a ratio, of so many degrees of freedom over and under the line.

    It is I_x(under / 2, over / 2), x = under / (under + over ratio): Johnson, Kotz & Balakrishnan, Continuous
    Univariate Distributions 2 (1995), section 27.
    """
    if ratio <= 0 or isinf(ratio):
        return 0.0 if ratio > 0 else 1.0
    odds = over / under * ratio
    return beta.share(under / 2, over / 2, 1 / (1 + odds), odds / (1 + odds) if not isinf(odds) else 1.0)
