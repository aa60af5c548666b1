"""From a scenario's words about a real server to a gateway to it."""

from line_sim.inspection.servers.access import metadata_of, retries_of, tls_of
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.setting import Setting
from line_sim.inspection.wires.dialect import Dialect
from line_sim.scenario.fields import key_of
from line_sim.scenario.gateways.kind import LiveKind


def server_gateway(kind: LiveKind, dialect: Dialect, station: str, setting: Setting) -> ServerGateway:
    """Return the gateway of a station to real servers; an embedded one is started for it.

    Raises ScenarioError for what the environment lacks, GatewayError for a server that does not start, and
    TypeError where the run has no pictures, which every scenario with a live gateway has.
    """
    if setting.pictures is None:
        raise TypeError(f"{station}: a real server is asked about pictures, and there are none")
    options, key = kind.server, key_of(type(kind))
    metadata = metadata_of(options, f"{station}: gateway.{key}.metadata")
    targets = (setting.servers.target_for(kind),) if options.embedded else options.addresses
    setting.narrate(f"connecting to {options.model} at {', '.join(targets)} and warming it up")
    return ServerGateway(
        dialect,
        targets,
        options.model,
        options.signature,
        setting.pictures,
        version=options.model_version,
        input_name=options.input,
        label_output=options.label_output,
        score_output=options.score_output,
        server="embedded" if options.embedded else key,
        connect_timeout=options.connect_timeout,
        tls=tls_of(options.tls),
        metadata=metadata,
        wait_for_ready=options.wait_for_ready,
        retries=retries_of(options.retries),
        narrate=setting.narrate,
        ended=lambda: options.embedded and setting.servers.ended(kind),
    )
