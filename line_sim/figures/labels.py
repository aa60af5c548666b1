"""What the answers of an inspection said, label by label."""

from dataclasses import dataclass

import numpy as np

from line_sim.layout import Layout, Place
from line_sim.recording.run_columns import RunColumns

MOST_LABELS = 1_000
"""Different labels that are told of one inspection, the most frequent ones."""


@dataclass(frozen=True, slots=True)
class Said:
    """A label: how many answers said it, and the best score that one of them had."""

    label: str
    answers: int
    best: float


@dataclass(frozen=True, slots=True)
class Labels:
    """The answers of one inspection: how many there were, how many met `ship_when`, and what they said."""

    place: Place
    answers: int
    met: int
    said: tuple[Said, ...]


def labels(run: RunColumns, layout: Layout) -> tuple[Labels, ...]:
    """Return what each inspection was answered over the whole run, the most frequent labels first."""
    asked = ((index, place) for index, place in enumerate(layout.places) if place.inspects)
    return tuple(_labels(run, index, place) for index, place in asked)


def _labels(run: RunColumns, index: int, place: Place) -> Labels:
    calls = run.calls(index)
    calls = calls.where(calls.answered)
    codes, which, counts = np.unique(calls.label, return_inverse=True, return_counts=True)
    scores = calls.score
    best = np.full(len(codes), -np.inf)
    np.maximum.at(best, which, scores)
    frequent = np.argsort(-counts, kind="stable")[:MOST_LABELS]
    met = 0
    if place.ship_when is not None:
        good = calls.says("label", *place.ship_when.labels) & (scores >= place.ship_when.score_at_least)
        met = int(np.count_nonzero(good))
    told = (Said(run.words[codes[row]], int(counts[row]), float(best[row])) for row in frequent.tolist())
    return Labels(place, len(calls), met, tuple(told))
