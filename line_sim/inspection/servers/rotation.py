"""Several targets that take turns, without those that are not there at the moment."""

import threading


class Rotation:
    """Round-robin over targets 0 .. n-1; a target that is set aside is passed over. Thread safe.

    Where every target is set aside they all take turns again: it cannot get worse.
    """

    def __init__(self, targets: int) -> None:
        self._next = 0
        self._aside = [False] * targets
        self._times = [0] * targets
        self._lock = threading.Lock()

    def take(self) -> tuple[int, bool]:
        """Return whose turn it is, and whether no target at all is known to be there."""
        with self._lock:
            count = len(self._aside)
            order = [(self._next + step) % count for step in range(count)]
            there = [target for target in order if not self._aside[target]]
            chosen = (there or order)[0]
            self._next = chosen + 1
            return chosen, not there

    def set_aside(self, target: int) -> bool:
        """Pass a target over from now on; False when it already was."""
        with self._lock:
            newly = not self._aside[target]
            self._aside[target] = True
            self._times[target] += newly
            return newly

    def bring_back(self, target: int) -> None:
        """Let a target take its turn again."""
        with self._lock:
            self._aside[target] = False

    @property
    def times_aside(self) -> tuple[int, ...]:
        """How often each target was set aside."""
        with self._lock:
            return tuple(self._times)
