"""Every inspection's gateway, open for a run."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol, runtime_checkable

from line_sim.inspection.extra import ELSEWHERE, refuse_without_extra
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.kinds import gateway_of
from line_sim.inspection.offline.models import Models, unused_servers
from line_sim.inspection.servers.shared import EmbeddedServers
from line_sim.inspection.setting import Narrate, Setting
from line_sim.pictures.source import PictureSource
from line_sim.scenario.gateways.kind import LiveKind
from line_sim.scenario.model import Scenario


@runtime_checkable
class _Telling(Protocol):
    """A gateway that tells of its answers."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the user must know of the answers given so far."""


def open_gateways(
    scenario: Scenario, pictures: PictureSource | None, stack: ExitStack, narrate: Narrate, last_words: Path
) -> dict[str, Gateway]:
    """Open every inspection's gateway by name; `stack` closes them, and the servers started for them.

    An embedded server that ends before the run does leaves its log at `last_words`.
    Raises GatewayError when one of them can never answer, RunFileError for a recording that cannot.
    """
    for remark in [*unused_servers(scenario), *_unnamed_labels(scenario)]:
        narrate(remark)
    servers = EmbeddedServers(scenario, stack, narrate, last_words)
    setting = Setting(scenario, pictures, servers, Models(scenario.seed), narrate)
    return {spec.name: stack.enter_context(gateway_of(spec, setting)) for spec in scenario.inspections}


def _unnamed_labels(scenario: Scenario) -> list[str]:
    """Say which labels no class of a real server is called by; only there what asks servers is loaded."""
    if not scenario.live:
        return []
    from line_sim.inspection.servers.access import unnamed_labels  # noqa: PLC0415 - see above

    return unnamed_labels(scenario)


def refuse_embedded_without_extra(scenario: Scenario) -> None:
    """Raise GatewayError for a station that asks the embedded server, where the extra is not installed."""
    for spec in scenario.inspections:
        if isinstance(spec.gateway, LiveKind) and spec.gateway.server.embedded:
            modelled = f"--set 'line.{spec.name}.gateway={{modelled: {{service: 120 ms}}}}'"
            refuse_without_extra(
                f"{spec.name}: the embedded server", f"{ELSEWHERE}; or model one: {modelled}"
            )
            return


def remarks(gateways: Mapping[str, Gateway]) -> list[str]:
    """Return what the user must know of the answers that were given."""
    telling = [gateway for gateway in gateways.values() if isinstance(gateway, _Telling)]
    return [remark for gateway in telling for remark in gateway.remarks]
