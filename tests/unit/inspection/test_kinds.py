"""Every kind of gateway that a scenario may have can be opened."""

from contextlib import ExitStack

import pytest
from every_kind import example_gateways, one_part

from line_sim.inspection.kinds import gateway_of
from line_sim.inspection.offline.models import Models
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.shared import EmbeddedServers
from line_sim.inspection.setting import Setting
from line_sim.pictures.opening import picture_source
from line_sim.scenario.gateways.kinds import KINDS


def opened(scenario, tmp_path, pictures):
    """Return the gateway of the scenario's camera, and what was narrated."""
    told: list[str] = []
    with ExitStack() as stack:
        servers = EmbeddedServers(scenario, stack, told.append, tmp_path / "server.log")
        setting = Setting(scenario, pictures, servers, Models(scenario.seed), told.append)
        return gateway_of(scenario.inspections[0], setting), told


@pytest.mark.parametrize("key", KINDS)
def test_every_kind_opens(tmp_path, key):
    """As live as the scenario's kind says, and known in run.json by a name."""
    scenario = one_part({key: example_gateways(tmp_path)[key]})
    gateway, told = opened(scenario, tmp_path, picture_source(scenario))
    assert gateway.live == KINDS[key].live
    assert gateway.identity["server"] == ("modelled" if key == "server" else key)
    assert told == (["connecting to inception_v3 at 127.0.0.1:1 and warming it up"] if gateway.live else [])
    assert isinstance(gateway, ServerGateway) == gateway.live


def test_a_server_that_nobody_has_pictures_for(tmp_path):
    """Is a mistake of the program that opens it, and named."""
    scenario = one_part({"grpc": {"target": "127.0.0.1:1"}})
    with pytest.raises(TypeError, match=r"camera: a real server is asked about pictures, and there are none"):
        opened(scenario, tmp_path, None)
