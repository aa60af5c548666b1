"""What a gateway may need when it is opened: the run around it."""

from collections.abc import Callable
from dataclasses import dataclass

from line_sim.inspection.offline.models import Models
from line_sim.inspection.servers.shared import EmbeddedServers
from line_sim.pictures.source import PictureSource
from line_sim.scenario.model import Scenario

Narrate = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Setting:
    """The run that gateways are opened for.

    `pictures` is None where nobody looks at one; `narrate` is told what is being done.
    """

    scenario: Scenario
    pictures: PictureSource | None
    servers: EmbeddedServers
    models: Models
    narrate: Narrate
