"""Whether a question fits a signature of TensorFlow Serving's, and how it is put to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from line_sim.inspection.wires.fitting.constants import Constant, constant
from line_sim.inspection.wires.fitting.pixels import PixelForm, pixel_form
from line_sim.inspection.wires.fitting.tensors import NUMBERS, STRING, WHOLE_NUMBERS, TensorKind
from line_sim.inspection.wires.question import ModelQuestion, Signature
from line_sim.inspection.wires.told import listed
from line_sim.scenario.gateways.serving import NO_OUTPUT, output_named

PUBLISHED_OUTPUT = "output_0"
LABEL, SCORE = "label", "score"

_ONE = ((-1,), (1,), (-1, 1), (1, 1))
"""Shapes of an output with one value for each picture."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a question is put: the picture as its JPEG (`pixels` None) or as pixels, and these other inputs."""

    pixels: PixelForm | None = None
    constants: tuple[Constant, ...] = ()

    @property
    def words(self) -> str:
        """What of it must be the same at all targets, as an error's text shows it; empty: it always is."""
        constants = [f"{one.name!r} as {TensorKind(one.dtype, one.shape)}" for one in self.constants]
        return "; ".join([*([self.pixels.words] if self.pixels else []), *constants])


AS_A_JPEG = Fit()
"""A picture as the bytes of its JPEG, and nothing else."""


def misfit(question: ModelQuestion, signatures: Mapping[str, Signature]) -> str:
    """Compare the question with what the model has; empty where they fit."""
    try:
        fit_to(question, signatures)
    except ValueError as error:
        return str(error)
    return ""


def fit_to(question: ModelQuestion, signatures: Mapping[str, Signature]) -> Fit:
    """Return how a question is put to its signature. Raises ValueError, with the way out, for a misfit."""
    name = question.signature
    if name not in signatures:
        raise ValueError(f"there is no signature {name!r}; its signatures are {listed(signatures)}")
    signature, where = signatures[name], f"the signature {name!r}"
    _refuse_other_inputs(question, signature, where)
    pixels = _picture(question, signature.inputs[question.input_name], where)
    constants = _constants(question, signature, where)
    for output in (question.label_output, question.score_output):
        if output and output not in signature.outputs:
            raise ValueError(
                f"{where} has no output {output!r}; its outputs are {listed(signature.outputs)}{_SAY_OUTPUTS}"
            )
    _refuse_unnamed_classes(question, signature, where)
    return Fit(pixels, constants)


def fit_untold(question: ModelQuestion) -> Fit:
    """Return how a question is put where the server does not tell its signatures. Raises ValueError."""
    if question.constants:
        raise ValueError(
            f"the server does not tell of which types its inputs are: {listed(question.constants)} cannot be "
            "sent (inputs)"
        )
    return AS_A_JPEG if question.pixels is None else Fit(_pixels(question, None, "the model"))


def named(question: ModelQuestion, signature: Signature, where: str) -> ModelQuestion:
    """Return the question in the names of its signature; those that it leaves open are found out.

    Raises ValueError where that cannot be.
    """
    _refuse_strangers(question, signature, where)
    others = [name for name in signature.inputs if name not in question.constants]
    there = listed(signature.inputs)
    if question.input_name in question.constants:
        raise ValueError(f"{where}: the input {question.input_name!r} takes the picture, and no constant")
    if question.input_name not in {"", *others}:
        raise ValueError(f"{where} has no input {question.input_name!r}; it has {there}")
    if not question.input_name and len(others) != 1:
        raise ValueError(f"{where} must have one input for the picture; its inputs are {there}{_SAY_WHICH}")
    label, score = _outputs(question, signature)
    return replace(
        question, input_name=question.input_name or others[0], label_output=label, score_output=score
    )


_SAY_OUTPUTS = ": say which has the label and which the score, or none (label_output, score_output)"
_SAY_WHICH = ": say which it is, and give the others (classify: --input, --constant)"


def _refuse_strangers(question: ModelQuestion, signature: Signature, where: str) -> None:
    for name in question.constants:
        if name not in signature.inputs:
            raise ValueError(
                f"{where} has no input {name!r}; its inputs are {listed(signature.inputs)} (inputs)"
            )


def _refuse_other_inputs(question: ModelQuestion, signature: Signature, where: str) -> None:
    there = listed(signature.inputs)
    _refuse_strangers(question, signature, where)
    if not question.constants and set(signature.inputs) != {question.input_name}:
        known = question.input_name in signature.inputs
        more = ": give the others under inputs" if known else ": say which takes the picture (input)"
        raise ValueError(
            f"{where} must have the one input {question.input_name!r}; its inputs are {there}{more}"
        )
    if set(signature.inputs) != {question.input_name, *question.constants}:
        given = listed({question.input_name, *question.constants})
        raise ValueError(f"{where} has the inputs {there}, and {given} are given: see input and inputs")


def _picture(question: ModelQuestion, kind: TensorKind, where: str) -> PixelForm | None:
    """Return how the picture is written; None: as its JPEG."""
    name = question.input_name
    if question.pixels is not None:
        return _pixels(question, kind, f"{where} has an input {name!r} that")
    if kind.dtype != STRING:
        raise ValueError(
            f"{where} must take JPEG bytes, but its input {name!r} is not a string; it is {kind}: say pixels "
            "to have pictures decoded here (classify: --pixels)"
        )
    if kind.shape is not None and len(kind.shape) != 1:
        raise ValueError(
            f"{where} takes {name!r} of shape {list(kind.shape)}; pictures are sent as a batch of one, "
            f"of shape [1]: export it with the shape [None]"
        )
    return None


def _pixels(question: ModelQuestion, kind: TensorKind | None, what: str) -> PixelForm | None:
    try:
        return None if question.pixels is None else pixel_form(question.pixels, kind)
    except ValueError as error:
        raise ValueError(f"{what} {error}") from None


def _constants(question: ModelQuestion, signature: Signature, where: str) -> tuple[Constant, ...]:
    try:
        return tuple(
            constant(name, given, signature.inputs[name]) for name, given in question.constants.items()
        )
    except ValueError as error:
        raise ValueError(f"{where}: {error} (inputs)") from None


def _refuse_unnamed_classes(question: ModelQuestion, signature: Signature, where: str) -> None:
    """Raise ValueError where the signature tells how many classes there are, and they cannot be named."""
    score = signature.outputs.get(question.score_output)
    scores = score.shape[-1] if score and score.shape else -1
    label = signature.outputs.get(question.label_output)
    of_all = not question.label_output or (
        scores > 1 and label is not None and label.dtype in WHOLE_NUMBERS and label.shape in _ONE
    )
    misfit = question.classes.misfit(scores) if scores > 0 and of_all else ""
    if misfit:
        raise ValueError(f"{where}, output {question.score_output!r}: {misfit}")


def _outputs(question: ModelQuestion, signature: Signature) -> tuple[str, str]:
    """Return the outputs with the label and the score; one is empty where the other comes alone."""
    label, score, there = question.label_output, question.score_output, signature.outputs
    if NO_OUTPUT in {label, score}:
        return output_named(label or LABEL), output_named(score or SCORE)
    if not label and not score and not {LABEL, SCORE} & set(there):
        numbers = [name for name, kind in there.items() if kind.dtype in NUMBERS]
        names = [name for name in there if name not in numbers]
        if len(numbers) < 2 and len(names) < 2:
            return "".join(names), "".join(numbers)
    if label and not score and SCORE not in there:
        return label, ""
    if score and not label and LABEL not in there:
        return "", score
    return label or LABEL, score or SCORE
