"""From the outputs of an answer to one label and its score, the same over gRPC and over REST.

An output may come as raw bytes or as typed values; what it holds is found by its name alone, and any shape
of one row will do: `[1]`, `[1, 1]`, `[]`.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from line_sim.inspection.outcome import Answered
from line_sim.inspection.wires import classes
from line_sim.inspection.wires.classes import Label, one_row, whole
from line_sim.inspection.wires.kserve.elements import BYTES, LAYOUTS, NUMBERS
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.inspection.wires.told import told_in_line


class Output(NamedTuple):
    """An output: its datatype, its shape (none: a scalar, or not told) and its values, flat.

    The values are bytes or texts where the datatype is BYTES, numbers where it is that of a score; of other
    datatypes they are not read.
    """

    datatype: str
    shape: Sequence[int]
    values: Sequence[Any]

    @property
    def kind(self) -> str:
        """Its datatype as an error's text shows it."""
        return told_in_line(self.datatype, _LONGEST)


Find = Callable[[str], Output]
"""Return the output of this name. Raises ValueError where there is none."""


def judged(question: ModelQuestion, find: Find) -> Answered:
    """Read the best class of an answer. Raises ValueError.

    Label and score are matched by their places. A label alone counts as certain; a score alone is that of
    every class, or, where nothing is said of these, what the server was asked to name the best class of.
    """
    label, score = question.label_output, question.score_output
    if question.asks_for_the_best:
        return _named_class(score, find(score))
    labels = _labels(find(label)) if label else None
    return classes.judged(question.classes, labels, _scores(find(score)) if score else None)


def _labels(output: Output) -> list[Label]:
    if output.datatype in NUMBERS:
        return [_number(one) for one in _row("label", output)]
    if output.datatype != BYTES:
        raise ValueError(f"the label is {output.kind}; it must be {', '.join((BYTES, *NUMBERS))}")
    return [_text(one) for one in _row("label", output)]


def _number(element: Any) -> int:
    """Return the number of a class. Raises ValueError."""
    if isinstance(element, bool) or not isinstance(element, int):
        raise ValueError("the label is no whole number")  # noqa: TRY004 - one kind for all bad answers
    return element


def _scores(output: Output) -> Sequence[float]:
    if output.datatype not in LAYOUTS:
        raise ValueError(f"the score is {output.kind}; it must be {', '.join(LAYOUTS)}")
    return _row("score", output)


def _row(what: str, output: Output) -> Sequence[Any]:
    """Return the classes of the only row. An empty buffer is told as one, whatever shape it claims."""
    shape = output.shape if len(output.values) else ()
    return one_row(what, whole(what, shape, output.values))


def _named_class(name: str, output: Output) -> Answered:
    """Read what `classification: 1` gives: `score:index:label`, or `score:index` for a class without a name.

    A label may have colons of its own. A class without a name is called by its index.
    """
    if output.datatype != BYTES:
        raise ValueError(
            f"{name!r} came as {output.kind}, though its best class was asked for "
            "(classification: 1); only Triton knows that question: name an output with the label, or a file "
            "of labels"
        )
    said = [_text(one) for one in _row("best class", output)]
    if len(said) != 1:
        raise ValueError(f"the answer has {len(said):,} best classes; one was asked for")
    return _class_in(said[0])


def _class_in(said: str) -> Answered:
    score, index, *label = said.split(":", 2) if ":" in said else (said, "")
    if not _NUMBER.fullmatch(score) or not _INDEX.fullmatch(index):
        raise ValueError(f"the best class is {told_in_line(said, _LONGEST)!r}; it must be score:index:label")
    return Answered(label[0] if label and label[0] else index, float(score))


_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,4})?|-?inf|-?nan")
_INDEX = re.compile(r"[0-9]{1,12}")
_LONGEST = 100


def _text(element: Any) -> str:
    """Return an element of BYTES as text; JSON has it as text already. Raises ValueError."""
    if isinstance(element, str):
        return element
    if not isinstance(element, bytes):
        raise ValueError("the label is not a string")  # noqa: TRY004 - one kind for all bad answers
    try:
        return element.decode()
    except UnicodeDecodeError:
        raise ValueError("the label is not UTF-8") from None
