"""The embedded servers of a run, one for every model and path, whichever gateways share them."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from line_sim.inspection.extra import ELSEWHERE, refuse_without_extra
from line_sim.scenario.gateways.kind import LiveKind
from line_sim.scenario.gateways.servers import ServerOptions
from line_sim.scenario.model import Scenario

if TYPE_CHECKING:
    from line_sim.inspection.servers.embedded import EmbeddedServer

Wanted: TypeAlias = tuple[str, Path]
"""The model and the path that an embedded server must have."""


class EmbeddedServers:
    """Starts a server the first time that one is wanted; `stack` ends them.

    `narrate` is told of each start. A server that ends before the run does leaves its log at `last_words`.
    """

    def __init__(
        self, scenario: Scenario, stack: ExitStack, narrate: Callable[[str], None], last_words: Path
    ) -> None:
        self._stack = stack
        self._last_words = last_words
        self._narrate = narrate
        kinds = [spec.gateway for spec in scenario.inspections if isinstance(spec.gateway, LiveKind)]
        self._over_rest = {
            _wanted(kind.server) for kind in kinds if kind.form == "rest" and kind.server.embedded
        }
        self._running: dict[Wanted, EmbeddedServer] = {}

    def target_for(self, kind: LiveKind) -> str:
        """Return where the model is served. Raises GatewayError when it cannot be."""
        wanted = _wanted(kind.server)
        if wanted not in self._running:
            self._running[wanted] = self._start(*wanted, rest=wanted in self._over_rest)
        return self._running[wanted].address(kind.form)

    def ended(self, kind: LiveKind) -> bool:
        """Whether the server that was started for it has ended; nobody starts it again."""
        return self._running[_wanted(kind.server)].ended

    def _start(self, model: str, base_path: Path, *, rest: bool) -> "EmbeddedServer":
        refuse_without_extra("the embedded server", ELSEWHERE)
        from line_sim.inspection.servers.embedded import (  # noqa: PLC0415 - others are there already
            EmbeddedServer,
            refuse_missing_model,
        )

        if base_path == _usual(model):
            refuse_missing_model(base_path, ", nor in models/ above it, beside the scenario or above that")
        self._narrate(f"starting the embedded server with {base_path}")
        server = EmbeddedServer(model, base_path, last_words=self._last_words, rest=rest)
        return self._stack.enter_context(server)


def _wanted(options: ServerOptions) -> Wanted:
    return options.model, Path(options.base_path or _usual(options.model)).absolute()


def _usual(model: str) -> Path:
    return Path("models", model).absolute()
