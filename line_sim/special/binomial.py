"""The binomial distribution: how many of n, each with the same probability (DLMF 8.17.5)."""

from line_sim.special import beta


def at_most(k: int, n: int, probability: float) -> float:
    """Return how probable it is that k of n do at most; k is 0 to n."""
    return 1.0 if k >= n else beta.share(n - k, k + 1, 1 - probability, probability)


def more_than(k: int, n: int, probability: float) -> float:
    """Return how probable it is that more than k of n do; k is 0 to n."""
    return 0.0 if k >= n else beta.share(k + 1, n - k, probability, 1 - probability)
