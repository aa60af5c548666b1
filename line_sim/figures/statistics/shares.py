"""Shares of a whole that add up to exactly 1, also in floating point."""

GRAIN = 2**40
"""Shares are whole multiples of 2^-40: floats add such numbers without rounding, so they sum to 1."""


def exact_shares(parts: list[int]) -> list[float]:
    """Divide parts by their sum so that the quotients, as floats, add up to exactly 1.

    What rounding down leaves goes to the largest remainders; no share is off by more than 1e-12.
    """
    total = sum(parts)
    grains = [part * GRAIN // total for part in parts]
    largest = sorted(range(len(parts)), key=lambda i: parts[i] * GRAIN % total, reverse=True)
    for index in largest[: GRAIN - sum(grains)]:
        grains[index] += 1
    return [grain / GRAIN for grain in grains]
