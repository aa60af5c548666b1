"""Whole numbers that stand for what is not there, and sums that cannot run over."""

import numpy as np

NONE = -1
"""Nothing: no part, no place, a moment that has not come."""

FAR = (1 << 63) - 1
"""A moment that no run gets to; whatever would come later still comes then."""

WHOLE = np.int64
"""The type of everything that is counted or timed."""
