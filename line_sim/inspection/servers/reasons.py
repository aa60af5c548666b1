"""What servers say in a run: why calls came back without use, and what versions there were."""

import threading
from collections import Counter

from line_sim.inspection.outcome import Outcome, Unavailable, Unreadable
from line_sim.inspection.wires.told import told

_MOST = 20
"""Different reasons that are kept; a server that gives another one each time says no more with the next."""

_LONGEST = 300

_MOST_MENTIONED = 100
"""Different versions that are kept: a server that calls each answer's another says no more with the next."""


class Reasons:
    """Counts the reasons of outcomes; several threads may note one."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def note(self, outcome: Outcome) -> None:
        """Count an outcome's reason, if it has one."""
        if not isinstance(outcome, Unavailable | Unreadable) or not outcome.detail:
            return
        reason = f"{outcome.name}: {told(outcome.detail, _LONGEST)}"
        with self._lock:
            known = reason in self._counts or len(self._counts) < _MOST
            self._counts[reason if known else f"{outcome.name}: other reasons"] += 1

    @property
    def text(self) -> str:
        """All of them on one line, the most frequent first."""
        with self._lock:
            return "; ".join(f"{reason} ({count:,} x)" for reason, count in self._counts.most_common())


class Mentioned:
    """Different words in the order in which they were first said; several threads may note one."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._lock = threading.Lock()

    def note(self, word: str) -> None:
        """Keep a word that is new, if it says anything; of too many the rest is "..."."""
        with self._lock:
            if word and word not in self._words and len(self._words) <= _MOST_MENTIONED:
                self._words.append(word if len(self._words) < _MOST_MENTIONED else "...")

    @property
    def text(self) -> str:
        """All of them on one line."""
        with self._lock:
            return ", ".join(self._words)
