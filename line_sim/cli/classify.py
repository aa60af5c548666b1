"""`line-sim classify`: one image to a server."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from line_sim.cli.options import access_options, duration_of, target_option
from line_sim.units import MINUTE, SECOND, Nanoseconds, milliseconds_text

if TYPE_CHECKING:
    from line_sim.inspection.servers.single_call import Classified
    from line_sim.inspection.wires.question import Signature
    from line_sim.inspection.wires.transport import Access
    from line_sim.scenario.gateways.kind import Form

HELP = """Send one IMAGE to a server of TensorFlow Serving's API and print what it is called.

\b
  line-sim classify part.jpg
  line-sim classify part.jpg --format rest --target HOST:8501 --json
  line-sim classify part.jpg --target embedded
  line-sim classify --metadata

The IMAGE is decoded here first; it may be a JPEG, PNG, TIFF, BMP, WebP or GIF, and what is no ordinary
JPEG is converted as a run's pictures are. A model that the server is still loading or warming up is waited
for. The signature's only input takes the picture; its outputs are label and score, or output_0 alone (the
published example's), or those that you name.

The exit code is 2 where the IMAGE cannot be read, 3 where the server cannot be used, and 5 where it gave no
answer in time or none that can be read.
"""


NEWEST = 2**63 - 1
"""No version has a larger number: it is an int64."""


@click.command(short_help="Send one image to a server.", help=HELP)
@click.argument("image", type=click.Path(path_type=Path), required=False)
@click.option("--format", "form", type=click.Choice(["grpc", "rest"]), default="grpc", show_default=True)
@target_option("The server.  [default: localhost:8500 for grpc, localhost:8501 for rest]")
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
    default="inspect",
    show_default=True,
    help="The signature that is called: with label and score, or with output_0 alone.",
)
@click.option(
    "--model-version", type=click.IntRange(0, NEWEST), help="The version.  [default: the newest one]"
)
@click.option("--input", "input_name", metavar="NAME", help="Its input.  [default: the only one it has]")
@click.option("--label-output", metavar="NAME", help="Its output with the label.  [default: label]")
@click.option(
    "--score-output",
    metavar="NAME",
    help="Its output with the score.  [default: score, or none beside a --label-output]",
)
@click.option(
    "--wait",
    metavar="DURATION",
    callback=duration_of,
    help="How long to wait for the server and its model to be there.  [default: 5 s for the server, 1 min "
    "for a model that it is loading]",
)
@click.option("--metadata", "about", is_flag=True, help="Print what the model's signatures take and give.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@access_options
def classify(  # noqa: PLR0917 - click hands over one argument for each option
    image: Path | None,
    form: "Form",
    target: str | None,
    timeout: Nanoseconds,
    model: str,
    signature: str,
    model_version: int | None,
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
) -> None:
    """Send one image to a server."""
    from line_sim.inspection.servers.single_call import Asker, dialect_of
    from line_sim.inspection.wires.question import ModelQuestion
    from line_sim.inspection.wires.tls import Tls
    from line_sim.inspection.wires.transport import Access
    from line_sim.pictures.files.sending import read_proven
    from line_sim.scenario.gateways.servers import CONNECT_TIMEOUT, EMBEDDED

    if (cert is None) != (key is None):
        raise click.UsageError("give both --cert and --key, or neither")
    if image is None and not about:
        raise click.UsageError("give an IMAGE, or --metadata to see what the model takes")
    picture = None if image is None else read_proven(image)
    wants_tls = tls or bool(ca or cert or server_name)
    access = Access(Tls(ca, cert, key, server_name) if wants_tls else None, tuple(header.items()))
    names = (input_name or "", label_output or "", score_output or "")
    question = ModelQuestion(model, signature, model_version, *names)
    dialect = dialect_of(form)
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


@contextmanager
def _server(target: str, form: "Form", model: str, access: "Access") -> Iterator[str]:
    """Give the address, of a server that is started for this question where it is asked for."""
    from line_sim.inspection.servers.embedded import EmbeddedServer
    from line_sim.scenario.gateways.servers import EMBEDDED, find_model

    if target != EMBEDDED:
        yield target
        return
    if access.tls is not None:
        raise click.UsageError("the embedded server speaks plain text: leave the TLS options out")
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
    if as_json:
        told = {name: {"inputs": one.inputs, "outputs": one.outputs} for name, one in signatures.items()}
        click.echo(json.dumps({"version": version, "signatures": told}))
        return
    click.echo(f"version {version}")
    for name, one in sorted(signatures.items()):
        click.echo(f"  {name}: {', '.join(one.inputs)} -> {', '.join(one.outputs)}")
