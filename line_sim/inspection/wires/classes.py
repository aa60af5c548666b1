"""From the tensors of an answer to one label and its score, the same over every wire.

One picture was asked about, so an answer has one row: every dimension but the last is 1. The last one holds
the classes, and there may be none. Where there are several, labels and scores go together by their place, and
the best score decides, wherever it stands. A label may be the number of a class, or there may be scores
alone: then a file of labels says what the classes are called.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from line_sim.inspection.outcome import Answered, checked_score
from line_sim.units import counted

MOST_CLASSES = 100_000
"""Values of one output that are looked at; no network tells so many classes apart."""

MOST_DIMENSIONS = 254
"""Of a tensor in TensorFlow; no other server has as many."""

OF_LOGITS = "; where these are logits, say scores: logits (classify: --scores logits)"
"""The way out of a first answer whose scores are beyond [0, 1]."""

Value = TypeVar("Value")

Label: TypeAlias = str | int
"""What an answer calls a class: its label, or its number."""


class Tensor(NamedTuple, Generic[Value]):
    """An output's values, flat, and its shape; no shape: it was not told."""

    shape: tuple[int, ...] | None
    values: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Classes:
    """What a model's classes are called, and of what kind its scores are.

    `names` has a name for each class, that of class 0 first, and `source` is the file that says so; without
    names a class is called by its number. `logits` are what a softmax (of one score: a sigmoid) makes
    probabilities of.
    """

    names: tuple[str, ...] = ()
    source: str = ""
    logits: bool = False

    @property
    def told(self) -> bool:
        """Whether anything is said of them."""
        return bool(self.names) or self.logits

    def name(self, label: Label) -> str:
        """Return what a class is called. Raises ValueError for a number that no class has."""
        if isinstance(label, str):
            return label
        if label < 0:
            raise ValueError(f"the answer is class {label}; classes are numbered from 0")
        if not self.names:
            return str(label)
        if label >= len(self.names):
            raise ValueError(
                f"the answer is class {label}, and {self.source} names classes 0 to {len(self.names) - 1}"
            )
        return self.names[label]

    def misfit(self, scores: int) -> str:
        """Say why so many scores, one for each class, cannot be named; empty where they can."""
        wanted = max(2, scores)
        if len(self.names) == wanted or (not self.names and scores > 1):
            return ""
        if scores == 1:
            there = f"{self.source} names {len(self.names):,}" if self.names else "no file names them"
            return (
                "one score alone, as of a sigmoid, is that of class 1 of two classes, and "
                f"{there}: give a file of two labels, that of class 0 first (labels)"
            )
        return f"there are {scores:,} scores, one for each class, and {self.source} names {len(self.names):,}"


UNNAMED = Classes()


def judged(classes: Classes, labels: Sequence[Label] | None, scores: Sequence[float] | None) -> Answered:
    """Return the answer that one row of labels, of scores, or of both gives. Raises ValueError.

    Labels alone: there is one, and it counts as certain. Scores alone: one for each class, in the order of
    the classes. The number of one class beside the scores of all: its own score is the one at its place.
    """
    if scores is None:
        return only_label([classes.name(label) for label in labels or ()])
    if labels is None:
        return _best_of_all(classes, scores)
    shares = _shares(classes, scores)
    chosen = labels[0] if len(labels) == 1 < len(shares) else None
    if isinstance(chosen, int):
        return _one_of_all(classes, chosen, shares)
    return best_class([classes.name(label) for label in labels], shares)


def best_class(labels: Sequence[str], scores: Sequence[float]) -> Answered:
    """Return the best of the classes. Raises ValueError where there is none."""
    if len(labels) != len(scores):
        raise ValueError(
            f"the answer has {counted(len(labels), 'labels')} and {counted(len(scores), 'scores')}"
        )
    checked = [checked_score(score) for score in scores]
    best = max(checked)
    names = sorted({label for label, score in zip(labels, checked, strict=True) if score == best})
    if len(names) > 1:
        raise ValueError(f"{len(names):,} labels share the best score, {best:g}")
    return Answered(names[0], best)


def only_label(labels: Sequence[str]) -> Answered:
    """Return the one label of a signature without scores; it counts as certain. Raises ValueError."""
    if len(labels) != 1:
        raise ValueError(f"the answer has {len(labels):,} labels and no scores")
    return Answered(labels[0], 1.0)


def _shares(classes: Classes, scores: Sequence[float]) -> Sequence[float]:
    """Return the probabilities of scores that come beside labels. Raises ValueError for one logit alone."""
    if not classes.logits:
        return scores
    if len(scores) == 1:
        raise ValueError(
            "one logit beside the label is a share of nothing: name the output with the logits of all classes"
        )
    return _softmax(scores)


def _one_of_all(classes: Classes, number: int, shares: Sequence[float]) -> Answered:
    """Return a class by its number, with its own of the scores of all. Raises ValueError."""
    misfit = classes.misfit(len(shares))
    if misfit:
        raise ValueError(misfit)
    return Answered(classes.name(number), checked_score(_at(shares, number)))


def _best_of_all(classes: Classes, scores: Sequence[float]) -> Answered:
    """Return the best of all classes, by their order; one score alone is that of the second of two."""
    misfit = classes.misfit(len(scores))
    if misfit:
        raise ValueError(misfit)
    if len(scores) > 1:
        shares = _softmax(scores) if classes.logits else scores
    elif classes.logits:
        shares = _softmax([0.0, *scores])
    else:
        second = checked_score(scores[0])
        shares = [1.0 - second, second]
    return best_class(classes.names or [str(number) for number in range(len(shares))], shares)


def _softmax(logits: Sequence[float]) -> list[float]:
    """Return the probabilities that logits stand for; of (0, x) they are those of a sigmoid.

    Raises ValueError for what is no finite number.
    """
    numbers = [_finite(logit) for logit in logits]
    most = max(numbers)
    powers = [math.exp(number - most) for number in numbers]
    total = math.fsum(powers)
    return [power / total for power in powers]


def _finite(logit: object) -> float:
    if isinstance(logit, bool) or not isinstance(logit, int | float):
        raise ValueError("the logit is not a number")  # noqa: TRY004 - one kind for all bad answers
    try:
        number = float(logit)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"the logit is {number:g}; it must be finite")
    return number


def _at(scores: Sequence[float], number: int) -> float:
    if not 0 <= number < len(scores):
        raise ValueError(f"the answer is class {number}, and it has {len(scores):,} scores")
    return scores[number]


def one_row(what: str, tensor: Tensor[Value]) -> Sequence[Value]:
    """Return the classes of the only row. Raises ValueError for none, for several, and for far too many."""
    shape, values = tensor
    if shape is not None and any(size != 1 for size in shape[:-1]) and 0 not in shape:
        raise ValueError(f"the {what} is of the shape {shape_text(shape)}; one picture has one row")
    if not len(values):
        raise ValueError(f"the {what} is empty")
    if len(values) > MOST_CLASSES:
        raise ValueError(f"the {what} has {len(values):,} values; at most {MOST_CLASSES:,} are read")
    return values


def refuse_rank(what: str, dimensions: int) -> None:
    """Raise ValueError where there are more dimensions than any tensor has."""
    if dimensions > MOST_DIMENSIONS:
        raise ValueError(f"the {what} has {dimensions:,} dimensions")


def size_of(shape: Sequence[int]) -> int:
    """Return how many values a shape is for, -1 where it can be none."""
    return math.prod(shape) if min(shape, default=0) >= 0 else -1


def whole(what: str, shape: Sequence[int], values: Sequence[Value]) -> Tensor[Value]:
    """Hold the values against the shape; without dimensions they are taken as they are. Raises ValueError."""
    if not shape:
        return Tensor(None, values)
    refuse_rank(what, len(shape))
    if len(values) != size_of(shape):
        raise ValueError(f"the {what} is of the shape {shape_text(shape)} and has {len(values):,} values")
    return Tensor(tuple(shape), values)


def raw_numbers(what: str, content: bytes, layout: str) -> Sequence[float]:
    """Read raw numbers, whole or broken as the layout of `struct` says.

    Raises ValueError for half of one, or far too many.
    """
    size = struct.calcsize(layout)
    if len(content) % size:
        raise ValueError(f"the {what} has {len(content):,} bytes, no multiple of {size}")
    if len(content) > size * MOST_CLASSES:
        raise ValueError(f"the {what} has {len(content):,} bytes; at most {MOST_CLASSES:,} numbers are read")
    return [number for (number,) in struct.iter_unpack(layout, content)]


def shape_text(shape: Sequence[int]) -> str:
    """Write a shape, as far as anybody reads on."""
    sizes = ", ".join(map(str, shape[:8]))
    return f"[{sizes}, ...]" if len(shape) > 8 else f"[{sizes}]"
