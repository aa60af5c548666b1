"""Options that several commands share, and how they become overrides of the scenario."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from line_sim.units import Nanoseconds, parse_duration

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from line_sim.inspection.wires.question import Names

Command = Callable[..., Any]

scenario_argument = click.argument("scenario", type=click.Path(path_type=Path), metavar="SCENARIO")


def set_option(function: Command) -> Command:
    """Add `--set KEY=VALUE`, any number of times."""
    return click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="KEY=VALUE",
        help="Override a key of the scenario, e.g. line.1.deadline=150ms or line.pack.units=2; repeatable.",
    )(function)


def engine_option(function: Command) -> Command:
    """Add `--engine`, the line that is wished for."""
    return click.option(
        "--engine",
        type=click.Choice(["auto", "simpy", "compiled"]),  # the engine's own WISHES, which loads numpy
        default="auto",
        show_default=True,
        help="Run SimPy's line or the compiled one, or the quicker of them.  [docs/engine.md]",
    )(function)


def target_option(what: str) -> Callable[[Command], Command]:
    """Add `--target`, with what it means there."""
    metavar = "HOST:PORT|unix:PATH|embedded"
    return click.option("--target", metavar=metavar, callback=_checked_target, help=what)


def _checked_target(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001 - click's form
    """Refuse what can be no target; a socket's path is relative to where the command was typed."""
    from line_sim.scenario.gateways.servers import checked_target, placed_target

    try:
        return None if value is None else placed_target(checked_target(value), Path.cwd())
    except ValueError as error:
        raise click.BadParameter(f"{value}: {error}") from None


def duration_of(ctx: click.Context, param: click.Parameter, value: str | None) -> Nanoseconds | None:  # noqa: ARG001 - click's form
    """Read an option's duration, as its callback. Raises BadParameter for what is none above 0."""
    if value is None:
        return None
    try:
        found = parse_duration(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if found <= 0:
        raise click.BadParameter(f"{value} is not greater than 0")
    return found


def _headers(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:  # noqa: ARG001 - as above
    from line_sim.scenario.access import named

    pairs = [value.partition("=") for value in values]
    if any(not equals or not value for _, equals, value in pairs):
        raise click.BadParameter("write NAME=VALUE")
    try:
        named({name: value for name, _, value in pairs})
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return {name: value for name, _, value in pairs}


PEM = click.Path(path_type=Path, exists=True, dir_okay=False)
_ACCESS = (
    click.option(
        "--header", multiple=True, metavar="NAME=VALUE", callback=_headers, help="Metadata; repeatable."
    ),
    click.option("--tls", is_flag=True, help="Speak TLS.  [also with --ca, --cert, --server-name]"),
    click.option("--ca", type=PEM, help="PEM file of the authorities to trust."),
    click.option("--cert", type=PEM, help="PEM file of our own certificate."),
    click.option("--key", type=PEM, help="PEM file of its key."),
    click.option("--server-name", help="The name that the server's certificate must have."),
)


def access_options(function: Command) -> Command:
    """Add what a server may ask for before it answers: metadata (`header`, a mapping) and TLS."""
    for option in reversed(_ACCESS):
        function = option(function)
    return function


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

    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        raise click.BadParameter(_why(error.errors()[0])) from None


def _why(details: "ErrorDetails") -> str:
    """Say what a value cannot be, as a scenario's mistakes are told."""
    from line_sim.scenario.gateways.asking.pixels import PixelsOptions
    from line_sim.scenario.mistakes import known_keys, requirement

    where = ".".join(str(part) for part in details["loc"])
    if details["type"] == "missing":
        return f"{where} is missing"
    if details["type"] == "extra_forbidden":
        return f"{where} is an unknown key; the keys here are {', '.join(known_keys((), PixelsOptions))}"
    needed = requirement(details, PixelsOptions)
    return f"{where}: {needed}" if where else needed


def number_or_label(written: str | None) -> int | str | None:
    """Read a version of TensorFlow Serving's. Raises BadParameter for a number that none has."""
    if written is None or not written.lstrip("+-").isdigit():
        return written
    if not (written.isascii() and written.isdigit() and len(written) < 20 and int(written) <= NEWEST):
        raise click.BadParameter(f"{written} is no number from 0 to {NEWEST}", param_hint="--model-version")
    return int(written)


_ASKING = (
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
    for option in reversed(_ASKING):
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
