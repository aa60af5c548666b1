"""`line-sim classify`: one image to a server."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from line_sim.cli.options import (
    access_options,
    asked_with,
    asking_options,
    duration_of,
    number_or_label,
    target_option,
)
from line_sim.units import MINUTE, SECOND, Nanoseconds, milliseconds_text

if TYPE_CHECKING:
    from line_sim.inspection.servers.single_call import Classified
    from line_sim.inspection.wires.fitting.tensors import TensorKind
    from line_sim.inspection.wires.question import Names, Signature
    from line_sim.inspection.wires.transport import Access
    from line_sim.scenario.gateways.kind import Form, Protocol

HELP = """Send one IMAGE to an inference server and print what it is called.

\b
  line-sim classify part.jpg
  line-sim classify part.jpg --format rest --target HOST:8501 --json
  line-sim classify part.jpg --target embedded
  line-sim classify --metadata
  line-sim classify part.jpg --protocol kserve --target HOST:8001 --model flanges

The server has TensorFlow Serving's API or, with --protocol kserve, KServe's v2 protocol: Triton, MLServer,
KServe.

The IMAGE is decoded here first; it may be a JPEG, PNG, TIFF, BMP, WebP or GIF, and what is no ordinary
JPEG is converted as a run's pictures are. A model that the server is still loading or warming up is waited
for. The only input takes the picture; the outputs are label and score, or output_0 alone (the published
example's), or those that you name, or the only ones of their types. Classes by number, probabilities and
logits get their names from --labels; a model that does not decode takes --pixels. With kserve a
--score-output without --labels has Triton name its best class.

The exit code is 2 where the IMAGE cannot be read, 3 where the server cannot be used, and 5 where it gave no
answer in time or none that can be read.
"""

_SIGNATURE: "dict[Protocol, str]" = {"serving": "inspect", "kserve": ""}


@click.command(short_help="Send one image to a server.", help=HELP)
@click.argument("image", type=click.Path(path_type=Path), required=False)
@click.option(
    "--protocol",
    type=click.Choice(["serving", "kserve"]),
    default="serving",
    show_default=True,
    help="TensorFlow Serving's API, or KServe's v2 protocol.",
)
@click.option("--format", "form", type=click.Choice(["grpc", "rest"]), default="grpc", show_default=True)
@target_option("The server.  [default: localhost:8500, 8501 for rest; 8001 and 8000 for kserve]")
@click.option(
    "--timeout",
    default="5 s",
    show_default=True,
    callback=duration_of,
    help="The longest wait for the answer.",
)
@click.option("--model", default="inception_v3", show_default=True, help="The model's name there.")
@click.option(
    "--signature",
    help="The signature that is called.  [default: inspect]",
)
@click.option(
    "--model-version", metavar="VERSION", help="The version, or a label of one.  [default: the newest one]"
)
@click.option(
    "--input", "input_name", metavar="NAME", help="Its input for the picture.  [default: the only one it has]"
)
@click.option(
    "--label-output",
    metavar="NAME",
    help="Its output with the label, or none.  [default: label, if it has one]",
)
@click.option(
    "--score-output",
    metavar="NAME",
    help="Its output with the score, or none.  [default: score, or none beside a --label-output]",
)
@click.option(
    "--wait",
    metavar="DURATION",
    callback=duration_of,
    help="How long to wait for the server and its model to be there.  [default: 5 s for the server, 1 min "
    "for a model that it is loading]",
)
@asking_options
@click.option("--metadata", "about", is_flag=True, help="Print what the model's signatures take and give.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@access_options
def classify(  # noqa: PLR0917 - click hands over one argument for each option
    image: Path | None,
    protocol: "Protocol",
    form: "Form",
    target: str | None,
    timeout: Nanoseconds,
    model: str,
    signature: str | None,
    model_version: str | None,
    input_name: str | None,
    label_output: str | None,
    score_output: str | None,
    wait: Nanoseconds | None,
    about: bool,
    as_json: bool,
    header: dict[str, str],
    tls: bool,
    ca: Path | None,
    cert: Path | None,
    key: Path | None,
    server_name: str | None,
    **asking: Any,
) -> None:
    """Send one image to a server."""
    from line_sim.inspection.servers.opening import dialect_of
    from line_sim.inspection.servers.single_call import Asker
    from line_sim.inspection.wires.question import ModelQuestion
    from line_sim.inspection.wires.tls import Tls
    from line_sim.inspection.wires.transport import Access
    from line_sim.pictures.files.sending import read_proven
    from line_sim.scenario.gateways.servers import CONNECT_TIMEOUT, EMBEDDED

    if (cert is None) != (key is None):
        raise click.UsageError("give both --cert and --key, or neither")
    if image is None and not about:
        raise click.UsageError("give an IMAGE, or --metadata to see what the model takes")
    if protocol == "kserve":
        _refuse_what_kserve_lacks(target, signature, asking)
        label_output, score_output = _without_none(label_output, score_output)
    version = model_version if protocol == "kserve" else number_or_label(model_version)
    picture = None if image is None else read_proven(image)
    wants_tls = tls or bool(ca or cert or server_name)
    access = Access(Tls(ca, cert, key, server_name) if wants_tls else None, tuple(header.items()))
    names: Names = {
        "version": version,
        "input_name": input_name or "",
        "label_output": label_output or "",
        "score_output": score_output or "",
        **asked_with(asking),
    }
    question = ModelQuestion(model, signature or _SIGNATURE[protocol], **names)
    dialect = dialect_of(form, protocol)
    patience = wait or min(timeout, CONNECT_TIMEOUT)
    with (
        _server(target or dialect.usual_target, form, model, access) as address,
        Asker(dialect, address, question, access, patience, loading=wait or MINUTE) as asker,
    ):
        if about:
            _show_signatures(asker.version(), asker.signatures(), as_json=as_json)
        if picture is not None:
            if target == EMBEDDED:  # its first answer takes seconds, and says nothing of the others
                asker.classify(picture, MINUTE)
            _show(asker.classify(picture, timeout), image, address, model, as_json=as_json)


def _refuse_what_kserve_lacks(target: str | None, signature: str | None, asking: dict[str, Any]) -> None:
    """Say what KServe's protocol has not, before anything is asked."""
    from line_sim.scenario.gateways.servers import EMBEDDED

    if target == EMBEDDED:
        raise click.UsageError("the embedded server has TensorFlow Serving's API: leave --protocol out")
    if signature is not None:
        raise click.UsageError("models of KServe's protocol have no signatures: leave --signature out")
    given = [option for option, name in (("--pixels", "pixels"), ("--constant", "constants")) if asking[name]]
    if given:
        raise click.UsageError(
            f"only a model of TensorFlow Serving's is asked so: leave {', '.join(given)} out"
        )


def _without_none(label: str | None, score: str | None) -> tuple[str | None, str | None]:
    """Return the names of both outputs, None for one that the model has not, or that is to be found out.

    KServe's dialect has no word for `none`: where one output is named, the other is not there.
    """
    from line_sim.inspection.wires.kserve.form import USUAL_LABEL, USUAL_SCORE
    from line_sim.scenario.gateways.serving import NO_OUTPUT

    if label == score == NO_OUTPUT:
        raise click.UsageError("--label-output and --score-output are none: one of them holds the answer")
    if label == NO_OUTPUT:
        return None, score or USUAL_SCORE
    return (label or USUAL_LABEL, None) if score == NO_OUTPUT else (label, score)


@contextmanager
def _server(target: str, form: "Form", model: str, access: "Access") -> Iterator[str]:
    """Give the address, of a server that is started for this question where it is asked for."""
    from line_sim.inspection.extra import ELSEWHERE, refuse_without_extra
    from line_sim.inspection.servers.embedded import EmbeddedServer
    from line_sim.scenario.gateways.servers import EMBEDDED, find_model

    if target != EMBEDDED:
        yield target
        return
    if access.tls is not None:
        raise click.UsageError("the embedded server speaks plain text: leave the TLS options out")
    refuse_without_extra("the embedded server", ELSEWHERE)
    click.echo("starting the embedded server", err=True)
    with EmbeddedServer(model, find_model(model, Path.cwd()), rest=form == "rest") as server:
        yield server.address(form)


def _show(found: "Classified", image: Path | None, target: str, model: str, *, as_json: bool) -> None:
    if as_json:
        told = {
            "image": str(image),
            "label": found.label,
            "score": found.score,
            "latency_s": found.latency / SECOND,
            "target": target,
            "model": model,
            "version": found.version,
        }
        click.echo(json.dumps(told))
        return
    score = "" if found.score is None else f" {found.score:.3f}"
    version = f", version {found.version}" if found.version else ""
    click.echo(f"{found.label}{score}  ({milliseconds_text(found.latency)}; {target}, {model}{version})")


def _show_signatures(version: str, signatures: "dict[str, Signature]", *, as_json: bool) -> None:
    from line_sim.inspection.servers.serving import ANOTHER_PROTOCOL

    if as_json:
        told = {name: _as_json(one) for name, one in signatures.items()}
        click.echo(json.dumps({"version": version, "signatures": told}))
        return
    click.echo(f"version {version or 'not told'}")
    if not signatures:
        click.echo(f"  its signatures are not told{ANOTHER_PROTOCOL}")
    for name, one in sorted(signatures.items()):
        click.echo(f"  {name}: {_as_text(one.inputs)} -> {_as_text(one.outputs)}")


def _as_json(signature: "Signature") -> dict[str, Any]:
    tensors = {**signature.inputs, **signature.outputs}
    kinds = {name: {"dtype": kind.dtype, "shape": kind.shape} for name, kind in tensors.items()}
    return {"inputs": list(signature.inputs), "outputs": list(signature.outputs), "tensors": kinds}


def _as_text(tensors: "Mapping[str, TensorKind]") -> str:
    return ", ".join(f"{name} ({kind})" for name, kind in tensors.items())
