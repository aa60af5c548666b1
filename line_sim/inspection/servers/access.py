"""From a scenario's words about a server to what its gateway is given: question, files, secrets, policy."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from line_sim.errors import ScenarioError
from line_sim.inspection.servers.retrying import RetryPolicy
from line_sim.inspection.wires.classes import Classes
from line_sim.inspection.wires.fitting.pixels import Pixels
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.inspection.wires.tls import Tls
from line_sim.nearest import nearest
from line_sim.scenario.access import RetryOptions, TlsOptions
from line_sim.scenario.gateways.asking.labels import Scores, read_labels
from line_sim.scenario.gateways.asking.pixels import RANGES, PixelsOptions
from line_sim.scenario.gateways.kind import LiveKind
from line_sim.scenario.gateways.kserve import KserveOptions
from line_sim.scenario.gateways.servers import ServerOptions
from line_sim.scenario.gateways.serving import ServingOptions, output_named
from line_sim.scenario.model import Scenario


def question_of(options: ServerOptions) -> ModelQuestion:
    """Return what a model is asked.

    Raises ScenarioError for a file of labels that cannot be read, TypeError for options of which nobody has
    said that here.
    """
    match options:
        case ServingOptions():
            return ModelQuestion(
                options.model,
                options.signature,
                version=options.model_version,
                input_name=options.input,
                label_output=output_named(options.label_output),
                score_output=output_named(options.score_output),
                classes=classes_of(options.labels, options.scores),
                pixels=pixels_of(options.pixels),
                constants=options.inputs,
            )
        case KserveOptions():
            return ModelQuestion(
                options.model,
                version=options.version,
                input_name=options.input or "",
                label_output=options.outputs.label or "",
                score_output=options.outputs.score or "",
                queued_at_most=options.timeout,
                classes=classes_of(options.labels, options.scores),
            )
        case _:
            raise TypeError(f"{type(options).__name__}: what do its servers want to be asked?")


def classes_of(labels: str | None, scores: Scores = "probabilities") -> Classes:
    """Return what classes are called. Raises ScenarioError for a file that cannot be read."""
    try:
        names = () if labels is None else read_labels(labels)
    except ValueError as error:
        raise ScenarioError(f"labels {labels}: {error}") from None
    return Classes(names, labels or "", scores == "logits")


def pixels_of(options: PixelsOptions | None) -> Pixels | None:
    """Return how pictures are prepared; None: they are sent as their JPEG."""
    if options is None:
        return None
    return Pixels(
        *RANGES[options.range],
        options.size,
        options.channels,
        options.resize,
        options.mean or (),
        options.std or (),
    )


def unnamed_labels(scenario: Scenario) -> list[str]:
    """Return what the user must know of labels that let parts go on and that no class is called by.

    Raises ScenarioError for a file of labels that cannot be read.
    """
    return [
        f"{spec.name}: ship_when waits for {label!r}, and {why}"
        for spec in scenario.inspections
        if isinstance(spec.gateway, LiveKind)
        for label, why in _in_vain(spec.ship_when.labels, spec.gateway.server)
    ]


def _in_vain(labels: Sequence[str], options: ServerOptions) -> Iterator[tuple[str, str]]:
    """Yield the labels that no class is called by, and why, as far as a scenario says it."""
    if isinstance(options, ServingOptions | KserveOptions) and options.labels:
        names = classes_of(options.labels).names
        for label in labels:
            if label not in names:
                yield label, f"no class of {options.labels} is called so{_nearly(label, names)}"
    elif _numbered(options):
        for label in labels:
            if not re.fullmatch("0|[1-9][0-9]*", label):
                yield label, "without a file of labels the classes are called by their numbers, from 0"


def _numbered(options: ServerOptions) -> bool:
    """Whether there are scores alone, and nobody says what the classes are called."""
    match options:
        case ServingOptions():
            return not options.labels and not output_named(options.label_output)
        case KserveOptions():
            return not options.labels and not options.outputs.label and options.scores == "logits"
        case _:
            return False


def _nearly(label: str, names: Sequence[str]) -> str:
    near = nearest(label, names)
    return "" if near is None else f"; did you mean {near!r}?"


def tls_of(options: TlsOptions | None) -> Tls | None:
    """Return the TLS that is asked for; None: plain text."""
    if options is None:
        return None
    ca, cert, key = (Path(path) if path else None for path in (options.ca, options.cert, options.key))
    return Tls(ca, cert, key, options.server_name)


def retries_of(options: RetryOptions | None) -> RetryPolicy:
    """Return the policy; without options no call is made twice."""
    if options is None:
        return RetryPolicy()
    return RetryPolicy(options.attempts, options.budget, options.on, options.backoff)


def metadata_of(
    options: ServerOptions, where: str, environment: Mapping[str, str] = os.environ
) -> tuple[tuple[str, str], ...]:
    """Return names and values, those from the environment looked up; `where` stands for the key in messages.

    Raises ScenarioError for a variable that is not set or holds what cannot be sent; never tells its value.
    """
    return tuple(
        (
            name,
            value.text
            if value.text is not None
            else _looked_up(value.env or "", f"{where}.{name}", environment),
        )
        for name, value in options.metadata.items()
    )


def _looked_up(variable: str, where: str, environment: Mapping[str, str]) -> str:
    value = environment.get(variable)
    if value is None:
        raise ScenarioError(f"{where}: the environment variable {variable} is not set")
    if not (value and value.isascii() and value.isprintable()):
        raise ScenarioError(f"{where}: the environment variable {variable} does not hold printable ASCII")
    return value
