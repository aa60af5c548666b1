"""Cross-validation: which pictures are left out together, and what their heads took them for."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from line_sim.figures.statistics.rates import wilson
from line_sim.pictures.rendered.draws import keyed_generator
from line_sim_export.heads.detectors import Array

FOLDS = 5


@dataclass(frozen=True)
class Validation:
    """The confusion table of pictures that their heads had not seen: counts by true label and label named."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    penalty: float

    @property
    def pictures(self) -> int:
        """How many pictures there are."""
        return sum(map(sum, self.counts))

    @property
    def right(self) -> int:
        """How many were given their true label."""
        return sum(row[place] for place, row in enumerate(self.counts))

    def facts(self) -> dict[str, Any]:
        """Return the table and what follows from it as plain data; no precision of a label never named."""
        named = [sum(column) for column in zip(*self.counts, strict=True)]
        return {
            "method": f"stratified {FOLDS}-fold cross-validation",
            "pictures": self.pictures,
            "named_right": self.right,
            "share_named_right": self.right / self.pictures,
            "interval_95": list(wilson(self.right, self.pictures)),
            "penalty": self.penalty,
            "by_label": {
                label: {
                    "pictures": sum(row),
                    "recall": row[place] / sum(row),
                    "precision": row[place] / named[place] if named[place] else None,
                }
                for place, (label, row) in enumerate(zip(self.labels, self.counts, strict=True))
            },
            "confusion": {
                "rows": "true label",
                "columns": "label named",
                "counts": list(map(list, self.counts)),
            },
        }

    def rows(self) -> list[list[str]]:
        """Return the table's cells, its head first: a row a true label, a column a label named."""
        columns = [str(place + 1) for place in range(len(self.labels))]
        facts = self.facts()["by_label"]
        return [
            ["true label", *columns, "recall"],
            *(
                [f"{place + 1} {label}", *map(str, row), f"{facts[label]['recall']:.1%}"]
                for place, (label, row) in enumerate(zip(self.labels, self.counts, strict=True))
            ),
        ]

    def text(self) -> str:
        """Return the table for a screen, the columns aligned."""
        rows = self.rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join([row[0].ljust(widths[0]), *(map(str.rjust, row[1:], widths[1:]))]) for row in rows
        )

    def markdown(self) -> list[str]:
        """Return the table for a page."""
        head, *rows = (f"| {' | '.join(row)} |" for row in self.rows())
        return [head, "|---" * (len(self.labels) + 2) + "|", *rows]

    def sentence(self) -> str:
        """Say how many were named right, and how sure that is."""
        low, high = wilson(self.right, self.pictures)
        return (
            f"{self.right} of {self.pictures} pictures named right by heads that had not seen them: "
            f"{self.right / self.pictures:.1%} (95 % interval {low:.1%} to {high:.1%})"
        )


def dealt(truth: npt.NDArray[np.intp], seed: int) -> npt.NDArray[np.intp]:
    """Deal every label's pictures, shuffled, to the folds in turn: (n,), each label in each fold alike."""
    fold = np.empty_like(truth)
    generator = keyed_generator("folds", seed)
    for label in np.unique(truth):
        mine = generator.permutation(np.flatnonzero(truth == label))
        fold[mine] = np.arange(len(mine)) % FOLDS
    return fold


def validated(
    probabilities: Array, truth: npt.NDArray[np.intp], labels: tuple[str, ...], penalty: float
) -> Validation:
    """Count what pictures not seen were taken for."""
    pairs = Counter(zip(truth.tolist(), probabilities.argmax(axis=1).tolist(), strict=True))
    every = range(len(labels))
    return Validation(labels, tuple(tuple(pairs[true, named] for named in every) for true in every), penalty)
