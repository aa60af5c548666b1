"""From a scenario's words to open gateways: servers, channels."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from line_sim import scenario as specs
from line_sim.errors import ScenarioError
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.modelled import ModelledGateway
from line_sim.inspection.replay import Recording, ReplayGateway, read_recording
from line_sim.inspection.servers.access import metadata_of, retries_of, tls_of
from line_sim.pictures.source import PictureSource
from line_sim.scenario.gateways.servers import ServerOptions
from line_sim.scenario.load import load
from line_sim.scenario.model import Inspection, Scenario
from line_sim.units import Nanoseconds

if TYPE_CHECKING:
    from line_sim.inspection.servers.embedded import EmbeddedServer
    from line_sim.inspection.servers.live import LiveGateway

Narrate = Callable[[str], None]


def open_gateways(
    scenario: Scenario, pictures: PictureSource | None, stack: ExitStack, narrate: Narrate, last_words: Path
) -> dict[str, Gateway]:
    """Open every inspection's gateway by name; `stack` closes them, and the servers started for them.

    An embedded server that ends before the run does leaves its log at `last_words`.
    Raises GatewayError when one of them can never answer, RunFileError for a recording that cannot.
    """
    servers = _Servers(scenario, stack, narrate, last_words)
    opened: dict[str, Gateway] = {}
    for spec in scenario.inspections:
        gateway = _gateway(spec, scenario, pictures, servers, narrate)
        opened[spec.name] = stack.enter_context(gateway)
    return opened


def remarks(gateways: Mapping[str, Gateway]) -> list[str]:
    """Return what the user must know of the answers that were given."""
    replays = [gateway for gateway in gateways.values() if isinstance(gateway, ReplayGateway)]
    return [remark for gateway in replays for remark in gateway.remarks]


def _gateway(
    spec: Inspection,
    scenario: Scenario,
    pictures: PictureSource | None,
    servers: "_Servers",
    narrate: Narrate,
) -> Gateway:
    match spec.gateway:
        case specs.ModelledGateway(modelled=options):
            good = spec.ship_when.labels[0]
            return ModelledGateway(options, seed=scenario.seed, station=spec.name, good_label=good)
        case specs.ReplayGateway(replay=recorded):
            return ReplayGateway(_recording(spec, scenario, Path(recorded.calls)))
        case specs.GrpcGateway(grpc=server) if pictures is not None:
            from line_sim.inspection.servers.grpc_gateway import GrpcGateway  # noqa: PLC0415 - modelled runs need no gRPC

            return _live_gateway(GrpcGateway, server, spec.name, pictures, servers, narrate)
        case specs.RestGateway(rest=server) if pictures is not None:
            from line_sim.inspection.servers.rest_gateway import RestGateway  # noqa: PLC0415 - as above

            return _live_gateway(RestGateway, server, spec.name, pictures, servers, narrate)
    raise TypeError(f"{spec.name}: the scenario's rules let a gateway through that cannot be opened")


def _recording(spec: Inspection, scenario: Scenario, path: Path) -> Recording:
    """Read a recording, and refuse at once what is known to lack a part.

    Every part comes to the first inspection of a line that loses none and runs until it is empty.
    """
    recording = read_recording(path, spec.name, _recorded_deadline(path, spec.name))
    first = scenario.inspections[0].name == spec.name
    if first and scenario.run.items is not None and scenario.arrivals.on_full == "wait":
        recording.refuse_gaps(range(1, scenario.run.items + 1))
    return recording


def _recorded_deadline(calls: Path, station: str) -> Nanoseconds | None:
    """Return the deadline that a recorded station had, from the scenario beside its calls."""
    try:
        recorded = load(calls.with_name("scenario.yaml"), read_files=False)
    except ScenarioError:  # a bare file of calls
        return None
    return next((spec.deadline for spec in recorded.inspections if spec.name == station), None)


def _live_gateway(
    kind: "type[LiveGateway]",
    options: ServerOptions,
    station: str,
    pictures: PictureSource,
    servers: "_Servers",
    narrate: Narrate,
) -> Gateway:
    metadata = metadata_of(options, f"{station}: gateway.{kind.kind}.metadata")
    targets = (servers.target_for(options, kind.kind),) if options.embedded else options.addresses
    narrate(f"connecting to {options.model} at {', '.join(targets)} and warming it up")
    return kind(
        targets,
        options.model,
        options.signature,
        pictures,
        version=options.model_version,
        input_name=options.input,
        label_output=options.label_output,
        score_output=options.score_output,
        server="embedded" if options.embedded else kind.kind,
        connect_timeout=options.connect_timeout,
        tls=tls_of(options.tls),
        metadata=metadata,
        wait_for_ready=options.wait_for_ready,
        retries=retries_of(options.retries),
        narrate=narrate,
    )


class _Servers:
    """The embedded servers of a run, one for every model and path."""

    def __init__(self, scenario: Scenario, stack: ExitStack, narrate: Narrate, last_words: Path) -> None:
        self._stack = stack
        self._last_words = last_words
        self._narrate = narrate
        self._over_rest = {
            _wanted(spec.gateway.rest)
            for spec in scenario.inspections
            if isinstance(spec.gateway, specs.RestGateway) and spec.gateway.rest.embedded
        }
        self._running: dict[tuple[str, Path], EmbeddedServer] = {}

    def target_for(self, options: ServerOptions, kind: str) -> str:
        """Return where the model is served, starting a server for it the first time."""
        wanted = _wanted(options)
        if wanted not in self._running:
            self._running[wanted] = self._start(*wanted, rest=wanted in self._over_rest)
        server = self._running[wanted]
        return server.rest_target if kind == "rest" else server.target

    def _start(self, model: str, base_path: Path, *, rest: bool) -> "EmbeddedServer":
        from line_sim.inspection.servers.embedded import EmbeddedServer  # noqa: PLC0415 - as above

        self._narrate(f"starting the embedded server with {base_path}")
        server = EmbeddedServer(model, base_path, last_words=self._last_words, rest=rest)
        return self._stack.enter_context(server)


def _wanted(options: ServerOptions) -> tuple[str, Path]:
    """Return the model and the path that an embedded server must have."""
    return options.model, Path(options.model_base_path or Path("models") / options.model).absolute()
