"""The regularised incomplete beta function, of which the other distributions but the gamma are made."""

from math import exp, pi, sqrt

from line_sim.special.deviance import deviance, stirling_error

_ENOUGH = 2.0**-52
_MOST_TERMS = 1_000_000
"""At worst there are about as many as a fifth of the root of the larger parameter: 1,800 of 100,000,000."""


def share(a: float, b: float, x: float, rest: float) -> float:
    """Return I_x(a, b), with `rest` = 1 - x told apart, as x may be too near to 1 to tell it.

    By a continued fraction, which is quick for x below the middle; above it, it is 1 - I_rest(b, a) (DLMF
    8.17.4). Raises ArithmeticError of parameters so large that the fraction does not settle.
    """
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - factor(b, a, rest, x) * _fraction(b, a, rest, x)
    return factor(a, b, x, rest) * _fraction(a, b, x, rest)


def factor(a: float, b: float, x: float, rest: float) -> float:
    """Return x^a rest^b / B(a, b), by Loader's way to write a binomial density; x and rest are above 0."""
    n = a + b
    errors = stirling_error(n) - stirling_error(a) - stirling_error(b)
    return sqrt(a / n * b / (2 * pi)) * exp(errors - deviance(a, n * x) - deviance(b, n * rest))


def _fraction(a: float, b: float, x: float, rest: float) -> float:
    """Return the continued fraction that makes I_x(a, b) of x^a rest^b / B(a, b), by Lentz's method.

    Its terms are Didonato and Morris's, "Algorithm 708", ACM Transactions on Mathematical Software 18 (1992),
    the even part of DLMF 8.17.22: where x is near 1 they lose no digits. Lentz's method as Thompson and
    Barnett changed it, Journal of Computational Physics 64 (1986).
    """
    margin = a * rest - b * x + 1
    found = upper = a / (a + 1) * margin
    lower = 0.0
    for m in range(1, _MOST_TERMS):
        turn = m * (b - m) * x / (a + 2 * m - 1)
        over = (a + m - 1) * (a + b + m - 1) * x * turn / (a + 2 * m - 1)
        under = m + turn + (a + m) / (a + 2 * m + 1) * (margin + m * (1 + rest))
        lower = 1 / (under + over * lower)
        upper = under + over / upper
        found *= upper * lower
        if abs(upper * lower - 1) <= _ENOUGH:
            return 1 / found
    raise ArithmeticError(f"the incomplete beta function of {a:g} and {b:g} at {x:g} does not settle")
