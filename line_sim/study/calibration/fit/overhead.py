"""What of a lone call keeps no place of the server: network, writing, reading, a timer that is late.

A ping tells the least of it. A server shows more where more callers ask than it has places, and never leave
it idle: K servers then give K answers in the time of one call's work, and a lone call takes the overhead,
too. One whose places slow each other gives fewer, and shows nothing.
"""

import numpy as np

from line_sim.study.calibration.fit.basis import Basis

MOST_OVERHEAD = 0.6
"""No more than this share of a lone call can be overhead; else nothing is left to be fitted."""


def overhead_of(basis: Basis, places: int, ping: float, generator: np.random.Generator) -> float:
    """Return the overhead in seconds of a server with so many places.

    What a ping takes is believed as long as nothing speaks against it, and as the least where there are
    several places: one place cannot slow itself, so it may speak for less.
    """
    most = MOST_OVERHEAD * basis.alone.busy_mean
    ping = min(ping, most)
    shown = _shown(basis, places)
    if shown is None or (places > 1 and shown < ping):
        return ping
    drawn = [_shown(one, places) or 0.0 for one in basis.drawn_again(generator)]
    return ping if abs(shown - ping) < 2 * float(np.std(drawn)) else float(np.clip(shown, 0.0, most))


def _shown(basis: Basis, places: int) -> float | None:
    """Return a lone call less the work of one; None where no loop fills more than the places."""
    apart = [loop.cycle / callers for callers, loop in basis.loops.items() if callers > places]
    return basis.alone.busy_mean - places * float(np.mean(apart)) if apart else None
