"""From a scenario's words to open gateways: pictures, servers, channels."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from line_sim.inspection.gateway import Gateway
from line_sim.inspection.images.flange import RenderedFlanges
from line_sim.inspection.images.folder import PictureFolder
from line_sim.inspection.images.source import PictureSource
from line_sim.inspection.modelled import ModelledGateway
from line_sim.scenario import gateways as specs
from line_sim.scenario.model import Folder, Inspection, Scenario

Narrate = Callable[[str], None]


def picture_source(scenario: Scenario) -> PictureSource | None:
    """Return the pictures of the scenario's parts; None where nobody will look at one.

    Raises ScenarioError when a folder's pictures cannot be used.
    """
    images = scenario.product.images
    if not isinstance(images, Folder):
        return RenderedFlanges(scenario.seed)
    return PictureFolder(Path(images.folder), scenario.seed) if scenario.live else None


def open_gateways(
    scenario: Scenario, pictures: PictureSource | None, stack: ExitStack, narrate: Narrate, last_words: Path
) -> dict[str, Gateway]:
    """Open every inspection's gateway by name; `stack` closes them, and the servers started for them.

    An embedded server that ends before the run does leaves its log at `last_words`.
    Raises GatewayError when one of them can never answer.
    """
    servers = _Servers(stack, narrate, last_words)
    opened: dict[str, Gateway] = {}
    for spec in scenario.inspections:
        gateway = _gateway(spec, scenario.seed, pictures, servers, narrate)
        opened[spec.name] = stack.enter_context(gateway)
    return opened


def _gateway(
    spec: Inspection, seed: int, pictures: PictureSource | None, servers: "_Servers", narrate: Narrate
) -> Gateway:
    match spec.gateway:
        case specs.ModelledGateway(modelled=options):
            return ModelledGateway(options, seed=seed, station=spec.name, good_label=spec.ship_when.labels[0])
        case specs.GrpcGateway(grpc=server) if pictures is not None:
            return _grpc_gateway(server, pictures, servers, narrate)
    raise TypeError(f"{spec.name}: the scenario's rules let a gateway through that cannot be opened")


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
