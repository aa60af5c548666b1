"""Which outputs clients ask for: a new version is warmed up for them before it takes over."""

import threading
from collections.abc import Iterable
from typing import TypeAlias

MOST_FILTERS = 32

Filter: TypeAlias = tuple[str, ...]


class Asked:
    """The filters of outputs that were asked for and answered, by signature; safe for many threads.

    The runtime makes a program of its own for every set of outputs, which takes seconds the first time.
    """

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._seen: frozenset[tuple[str, Filter]] = frozenset()

    def add(self, signature: str, outputs: Iterable[str]) -> None:
        """Take note of an answered request; only so many different ones are kept."""
        entry = signature, tuple(sorted(outputs))
        if entry in self._seen:
            return
        with self._changing:
            if len(self._seen) < MOST_FILTERS:
                self._seen |= {entry}

    def filters(self, signature: str) -> set[Filter]:
        """Give the filters that this signature was asked with."""
        return {outputs for name, outputs in self._seen if name == signature}
