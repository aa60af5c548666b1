"""From a scenario's words to open gateways: pictures, servers, channels."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from line_sim.errors import ScenarioError
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.images.darkroom import Darkroom, Wish
from line_sim.inspection.images.flange import RenderedFlanges
from line_sim.inspection.images.folder import PictureFolder
from line_sim.inspection.images.source import PictureSource
from line_sim.inspection.modelled import ModelledGateway
from line_sim.inspection.replay import Recording, ReplayGateway, read_recording
from line_sim.scenario import gateways as specs
from line_sim.scenario.load import load
from line_sim.scenario.model import Folder, Inspection, Scenario
from line_sim.units import Nanoseconds

Narrate = Callable[[str], None]


def picture_source(scenario: Scenario) -> PictureSource | None:
    """Return the pictures of the scenario's parts; None where nobody will look at one.

    Raises ScenarioError when a folder's pictures cannot be used.
    """
    images = scenario.product.images
    if not isinstance(images, Folder):
        return RenderedFlanges(scenario.seed)
    return PictureFolder(Path(images.folder), scenario.seed) if scenario.live else None


def made_ahead(
    scenario: Scenario, pictures: PictureSource, upcoming: Callable[[int], Wish]
) -> Darkroom | None:
    """Return the same pictures made ahead by a process, where drawing them here would delay other calls.

    `upcoming` tells what part number N will be. None where no more than one camera waits for a real
    server: line time stands still while that one's picture is made.
    """
    live = sum(spec.units for spec in scenario.inspections if spec.gateway.live)
    if not live or (live == 1 and scenario.clock != "realtime"):
        return None
    images = scenario.product.images
    arguments = (
        ["folder", str(scenario.seed), images.folder]
        if isinstance(images, Folder)
        else ["flange", str(scenario.seed)]
    )
    return Darkroom(pictures, arguments, upcoming, scenario.run.items)


def open_gateways(
    scenario: Scenario, pictures: PictureSource | None, stack: ExitStack, narrate: Narrate, last_words: Path
) -> dict[str, Gateway]:
    """Open every inspection's gateway by name; `stack` closes them, and the servers started for them.

    An embedded server that ends before the run does leaves its log at `last_words`.
    Raises GatewayError when one of them can never answer, RunFileError for a recording that cannot.
    """
    servers = _Servers(stack, narrate, last_words)
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
            return _grpc_gateway(server, pictures, servers, narrate)
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


def _grpc_gateway(
    options: specs.GrpcOptions, pictures: PictureSource, servers: "_Servers", narrate: Narrate
) -> Gateway:
    from line_sim.inspection.grpc_gateway import GrpcGateway  # noqa: PLC0415 - modelled runs need no gRPC

    target = servers.target_for(options) if options.embedded else options.target
    narrate(f"connecting to {options.model} at {target} and warming it up")
    return GrpcGateway(
        target,
        options.model,
        options.signature,
        pictures,
        version=options.model_version,
        input_name=options.input,
        label_output=options.label_output,
        score_output=options.score_output,
        server="embedded" if options.embedded else "grpc",
        connect_timeout=options.connect_timeout,
    )


class _Servers:
    """The embedded servers of a run, one for every model and path."""

    def __init__(self, stack: ExitStack, narrate: Narrate, last_words: Path) -> None:
        self._stack = stack
        self._last_words = last_words
        self._narrate = narrate
        self._targets: dict[tuple[str, Path], str] = {}

    def target_for(self, options: specs.GrpcOptions) -> str:
        """Return where the model is served, starting a server for it the first time."""
        base_path = Path(options.model_base_path or Path("models") / options.model).absolute()
        wanted = (options.model, base_path)
        if wanted not in self._targets:
            self._targets[wanted] = self._start(*wanted)
        return self._targets[wanted]

    def _start(self, model: str, base_path: Path) -> str:
        from line_sim.inspection.embedded import EmbeddedServer  # noqa: PLC0415 - as above

        self._narrate(f"starting the embedded server with {base_path}")
        server = self._stack.enter_context(EmbeddedServer(model, base_path, last_words=self._last_words))
        return server.target
