"""From a scenario's words about a real server to a gateway to it."""

from typing import assert_never

from line_sim.inspection.servers.access import metadata_of, question_of, retries_of, tls_of
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.setting import Setting
from line_sim.inspection.wires.dialect import Dialect
from line_sim.scenario.fields import key_of
from line_sim.scenario.gateways.kind import SERVING, Form, LiveKind, Protocol


def dialect_of(form: Form, protocol: Protocol = SERVING) -> Dialect:
    """Return what a protocol's servers are spoken to in over this form; only that is loaded."""
    match protocol:
        case "serving":
            return _serving(form)
        case "kserve":
            return _kserve(form)
        case _:
            assert_never(protocol)


def _serving(form: Form) -> Dialect:
    match form:
        case "grpc":
            from line_sim.inspection.servers.grpc import GRPC  # noqa: PLC0415 - see above

            return GRPC
        case "rest":
            from line_sim.inspection.servers.rest import REST  # noqa: PLC0415 - see above

            return REST
        case _:
            assert_never(form)


def _kserve(form: Form) -> Dialect:
    from line_sim.inspection.servers.kserve import KserveDialect  # noqa: PLC0415 - see above

    match form:
        case "grpc":
            from line_sim.inspection.wires.kserve import grpc_wire  # noqa: PLC0415 - see above

            return KserveDialect(grpc_wire.GRPC)
        case "rest":
            from line_sim.inspection.wires.kserve import rest_wire  # noqa: PLC0415 - see above

            return KserveDialect(rest_wire.REST)
        case _:
            assert_never(form)


def server_gateway(kind: LiveKind, station: str, setting: Setting) -> ServerGateway:
    """Return the gateway of a station to real servers; an embedded one is started for it.

    Raises ScenarioError for what the environment lacks, GatewayError for a server that does not start, and
    TypeError where the run has no pictures, which every scenario with a live gateway has.
    """
    if setting.pictures is None:
        raise TypeError(f"{station}: a real server is asked about pictures, and there are none")
    options, key, question = kind.server, key_of(type(kind)), question_of(kind.server)
    metadata = metadata_of(options, f"{station}: gateway.{key}.metadata")
    targets = (setting.servers.target_for(kind),) if options.embedded else options.addresses
    setting.narrate(f"connecting to {options.model} at {', '.join(targets)} and warming it up")
    return ServerGateway(
        dialect_of(kind.form, kind.protocol),
        targets,
        question.model,
        question.signature,
        setting.pictures,
        version=question.version,
        input_name=question.input_name,
        label_output=question.label_output,
        score_output=question.score_output,
        queued_at_most=question.queued_at_most,
        classes=question.classes,
        pixels=question.pixels,
        constants=question.constants,
        server="embedded" if options.embedded else key,
        connect_timeout=options.connect_timeout,
        tls=tls_of(options.tls),
        metadata=metadata,
        wait_for_ready=options.wait_for_ready,
        retries=retries_of(options.retries),
        narrate=setting.narrate,
        ended=lambda: options.embedded and setting.servers.ended(kind),
    )
