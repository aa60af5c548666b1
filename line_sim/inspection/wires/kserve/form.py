"""What a model says of itself, and whether a picture can be asked about in that form.

The datatype and the shape of the input decide how the picture's file is written; the datatypes of the outputs
decide what may be asked of them. A server that tells nothing of a model (MLServer and KServe where nobody
wrote it down) is asked as usual: BYTES of shape [1].
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from line_sim.inspection.wires.classes import shape_text
from line_sim.inspection.wires.fitting.tensors import TensorKind
from line_sim.inspection.wires.kserve.elements import BYTES, LAYOUTS, NUMBERS, UINT8, bytes_element
from line_sim.inspection.wires.question import ModelQuestion, Signature
from line_sim.inspection.wires.told import listed, told_in_line
from line_sim.units import counted

USUAL_INPUT, USUAL_LABEL, USUAL_SCORE = "image", "label", "score"

_OPEN = (-1, 1)
"""Sizes of a dimension that one picture may have there: any, or one."""


class TensorInfo(NamedTuple):
    """What a model says of one of its tensors; -1 in the shape is any size."""

    name: str
    datatype: str
    shape: tuple[int, ...]

    @property
    def words(self) -> str:
        """As an error's text shows it: `BYTES of shape [-1, 1]`."""
        return f"{told_in_line(self.datatype, 20)} of shape {shape_text(self.shape)}"


class Model(NamedTuple):
    """What a server says of a model; no inputs or no outputs: it does not tell."""

    versions: tuple[str, ...]
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]

    @property
    def signature(self) -> Signature:
        """The names that it has, as every dialect tells them."""
        return Signature(
            inputs={one.name: TensorKind(one.datatype, one.shape) for one in self.inputs},
            outputs={one.name: TensorKind(one.datatype, one.shape) for one in self.outputs},
        )


@dataclass(frozen=True, slots=True)
class InputForm:
    """How a picture is written into the input: as one element of BYTES, or as UINT8, a byte each.

    `dimensions` is how many the shape has; all of them are 1 but the last of UINT8.
    """

    name: str
    datatype: str = BYTES
    dimensions: int = 1

    def shape(self, picture: bytes) -> list[int]:
        """Return the shape of this picture."""
        last = len(picture) if self.datatype == UINT8 else 1
        return [1] * (self.dimensions - 1) + [last]

    def raw(self, picture: bytes) -> bytes:
        """Return the picture as the raw content of a tensor."""
        return picture if self.datatype == UINT8 else bytes_element(picture)

    @property
    def words(self) -> str:
        """As an error's text shows it: `'image' as BYTES of 2 dimensions`."""
        return f"{self.name!r} as {self.datatype} of {counted(self.dimensions, 'dimensions')}"


def fitted(question: ModelQuestion, model: Model) -> tuple[ModelQuestion, InputForm]:
    """Return the question in the names of the model, and how its input takes a picture.

    Names that the question leaves open are found out. Raises ValueError, with the way out, where it does not
    fit.
    """
    form = _input_form(question.input_name, model.inputs)
    label, score = _output_names(question, model.outputs)
    for name, datatypes in ((label, (BYTES, *NUMBERS)), (score, tuple(LAYOUTS))):
        if name:
            _refuse_output(name, datatypes, model.outputs)
    found = replace(question, input_name=form.name, label_output=label, score_output=score)
    if not label and not found.asks_for_the_best:
        _refuse_unnamed_classes(found, model.outputs)
    elif not label and not model.outputs:
        raise ValueError(
            f"the server does not tell what {score!r} is, and only of a number may the best class be asked: "
            "name the output with the label, too, or give a file of labels"
        )
    return found, form


def _input_form(name: str, inputs: Sequence[TensorInfo]) -> InputForm:
    if not inputs:
        return InputForm(name or USUAL_INPUT)
    if not name and len(inputs) > 1:
        raise ValueError(f"it has several inputs, {_names(inputs)}: say which one takes the picture (input)")
    found = inputs[0] if not name else _named("input", name, inputs)
    dimensions = max(1, len(found.shape))
    if found.datatype == BYTES and all(size in _OPEN for size in found.shape):
        return InputForm(found.name, BYTES, dimensions)
    if found.datatype == UINT8 and _takes_a_file(found.shape):
        return InputForm(found.name, UINT8, dimensions)
    raise ValueError(
        f"its input {listed([found.name])} is {found.words}; a picture is sent as its JPEG's bytes, which "
        f"{BYTES} of shape [-1] or [-1, 1] and {UINT8} of shape [-1] can take: serve a model that decodes "
        "it, such as an ensemble with a decoder in front"
    )


def _takes_a_file(shape: Sequence[int]) -> bool:
    """Whether a tensor of bytes has room for any number of them, for one picture."""
    return bool(shape) and shape[-1] == -1 and all(size in _OPEN for size in shape)


def _output_names(question: ModelQuestion, outputs: Sequence[TensorInfo]) -> tuple[str, str]:
    """Return the outputs with the label and the score; the usual ones where neither is named."""
    label, score = question.label_output, question.score_output
    if label or score:
        return label, score
    alone = bool(outputs) and USUAL_SCORE not in {one.name for one in outputs}
    return USUAL_LABEL, "" if alone else USUAL_SCORE


def _refuse_unnamed_classes(question: ModelQuestion, outputs: Sequence[TensorInfo]) -> None:
    """Raise ValueError where the model tells how many classes there are, and they cannot be named."""
    shapes = [one.shape for one in outputs if one.name == question.score_output]
    scores = shapes[0][-1] if shapes and shapes[0] else -1
    misfit = question.classes.misfit(scores) if scores > 0 else ""
    if misfit:
        raise ValueError(f"its output {question.score_output!r}: {misfit}")


def _refuse_output(name: str, datatypes: Sequence[str], outputs: Sequence[TensorInfo]) -> None:
    """Raise ValueError where the model has no such output, or one of another datatype."""
    if not outputs:
        return
    found = _named("output", name, outputs)
    if found.datatype not in datatypes:
        what = "label" if BYTES in datatypes else "score"
        raise ValueError(
            f"its output {name!r} is {found.words}; a {what} is {' or '.join(datatypes)}: name another "
            "output (outputs), or serve a model that gives one"
        )


_WAYS_OUT = {
    "input": ": name that one (input)",
    "output": ": name that of the label, of the score, or both "
    "(outputs; classify: --label-output, --score-output)",
}


def _named(what: str, name: str, tensors: Sequence[TensorInfo]) -> TensorInfo:
    for one in tensors:
        if one.name == name:
            return one
    raise ValueError(f"it has no {what} {name!r}; its {what}s are {_names(tensors)}{_WAYS_OUT[what]}")


def _names(tensors: Sequence[TensorInfo]) -> str:
    return listed(one.name for one in tensors)
