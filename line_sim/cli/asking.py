"""Options that say how a model is asked and how its answer is read, as a scenario's gateway does."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from line_sim.inspection.wires.question import Names

Command = Callable[..., Any]

NEWEST = 2**63 - 1
"""No version of TensorFlow Serving's has a larger number: it is an int64."""


def _pixels(ctx: click.Context, param: click.Parameter, value: str | None) -> Any:  # noqa: ARG001 - click's form
    """Read how pictures are decoded: a range, or a mapping as a scenario has it."""
    from line_sim.scenario.gateways.asking.pixels import PixelsOptions

    return None if value is None else _checked(PixelsOptions, _read(value))


def _constants(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Read further inputs, each NAME=VALUE."""
    from line_sim.scenario.gateways.asking.constants import Inputs

    pairs = [value.partition("=") for value in values]
    if any(not (name and equals) for name, equals, _ in pairs):
        raise click.BadParameter("write NAME=VALUE, such as threshold=0.5")
    return dict(_checked(Inputs, {name: _read(value) for name, _, value in pairs}))


def _read(value: str) -> Any:
    from line_sim.scenario.document import read_yaml

    document = read_yaml(value, "the value")
    if document.mistakes:
        raise click.BadParameter(document.mistakes[0].text)
    return document.data


def _checked(kind: Any, value: Any) -> Any:
    from pydantic import TypeAdapter, ValidationError

    from line_sim.scenario.gateways.asking.pixels import PixelsOptions
    from line_sim.scenario.mistakes import requirement

    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise click.BadParameter(f"{where or 'it'}: {requirement(first, PixelsOptions)}") from None


def number_or_label(written: str | None) -> int | str | None:
    """Read a version of TensorFlow Serving's. Raises BadParameter for a number that none has."""
    if written is None or not written.lstrip("+-").isdigit():
        return written
    if not (written.isascii() and written.isdigit() and len(written) < 20 and int(written) <= NEWEST):
        raise click.BadParameter(f"{written} is no number from 0 to {NEWEST}", param_hint="--model-version")
    return int(written)


_OPTIONS = (
    click.option(
        "--labels",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="What the classes are called, one a line, class 0 first.  [default: by their numbers]",
    ),
    click.option(
        "--scores",
        type=click.Choice(["probabilities", "logits"]),
        help="What the scores are.  [default: probabilities]",
    ),
    click.option(
        "--pixels",
        metavar="RANGE",
        callback=_pixels,
        help="Decode the picture here and send numbers: 0..1, -1..1, 0..255, or a mapping as a scenario has "
        "it: '{range: 0..1, size: [224, 224]}'.  [default: send the JPEG]",
    ),
    click.option(
        "--constant",
        "constants",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_constants,
        help="A further input of the signature, such as threshold=0.5; repeatable.",
    ),
)


def asking_options(function: Command) -> Command:
    """Add what a scenario's gateway says of labels, scores, pixels and inputs."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def asked_with(options: Mapping[str, Any]) -> "Names":
    """Return what those options say of a question. Raises ScenarioError for a file that cannot be read."""
    from line_sim.inspection.servers.access import classes_of, pixels_of

    labels = None if options["labels"] is None else str(options["labels"])
    return {
        "classes": classes_of(labels, options["scores"] or "probabilities"),
        "pixels": pixels_of(options["pixels"]),
        "constants": options["constants"],
    }
