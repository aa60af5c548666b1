"""Status, metadata and health of the embedded server, and versions that come and go."""

import shutil
from pathlib import Path

import grpc
import pytest
from generated import get_model_metadata_pb2, get_model_status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from serving_stories import Pictures, copy_in, eventually, predict, refusal, request_for, rpc, spin, statuses

from line_sim.errors import GatewayError
from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.servers.grpc import GRPC
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.wires import grpc_wire
from line_sim.inspection.wires.fitting.tensors import TensorKind
from line_sim.units import SECOND

pytestmark = pytest.mark.server
Code = grpc.StatusCode


def test_status_tells_the_version(server: EmbeddedServer) -> None:
    """The one version is AVAILABLE; a model or version that is not there is NOT_FOUND."""
    assert statuses(server.target) == {1: "AVAILABLE"}
    for question, text in (
        (grpc_wire.ModelQuestion("stranger", ""), "Could not find any versions of model stranger"),
        (grpc_wire.ModelQuestion("tiny", "", version=9), "Could not find version 9 of model tiny"),
    ):
        with pytest.raises(grpc.RpcError) as caught:
            rpc(server.target, grpc_wire.GET_MODEL_STATUS, grpc_wire.status_request(question))
        assert (caught.value.code(), caught.value.details()) == (Code.NOT_FOUND, text)


def test_metadata_tells_all_signatures(server: EmbeddedServer) -> None:
    """Every signature with its inputs and outputs, under the known type URL."""
    request = grpc_wire.metadata_request(grpc_wire.ModelQuestion("tiny", ""))
    answer = rpc(server.target, grpc_wire.GET_MODEL_METADATA, request)
    message = get_model_metadata_pb2.GetModelMetadataResponse.FromString(answer)
    url = message.metadata["signature_def"].type_url
    assert url == "type.googleapis.com/tensorflow.serving.SignatureDefMap"
    assert (message.model_spec.version.value, message.model_spec.signature_name) == (1, "")
    assert grpc_wire.read_signatures(answer)["inspect"] == grpc_wire.Signature(
        {"image": TensorKind("DT_STRING", (-1,))},
        {"label": TensorKind("DT_STRING", (-1,)), "score": TensorKind("DT_FLOAT", (-1,))},
    )


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ([], "GetModelMetadataRequest must specify at least one metadata_field"),
        (["colour"], "Metadata field colour is not supported"),
    ],
)
def test_metadata_has_one_field_only(server: EmbeddedServer, fields: list[str], text: str) -> None:
    """Anything but `signature_def` is refused."""
    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=fields)
    request.model_spec.name = "tiny"
    with pytest.raises(grpc.RpcError) as caught:
        rpc(server.target, grpc_wire.GET_MODEL_METADATA, request.SerializeToString())
    assert (caught.value.code(), caught.value.details()) == (Code.INVALID_ARGUMENT, text)


def test_health_is_the_standard_one(server: EmbeddedServer) -> None:
    """A probe that knows nothing of TensorFlow Serving learns that it serves."""
    with grpc.insecure_channel(server.target) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        for service in ("", "tensorflow.serving.PredictionService"):
            request = health_pb2.HealthCheckRequest(service=service)
            assert stub.Check(request, timeout=60).status == health_pb2.HealthCheckResponse.SERVING


def test_a_new_version_takes_over_without_a_gap(models: Path, base: Path) -> None:
    """Asked all the time, the server answers all the time; then version 1 is unloaded but remembered."""
    flags = ["--file_system_poll_wait_seconds=0.1"]
    with (
        EmbeddedServer("tiny", base, arguments=flags) as server,
        ServerGateway(GRPC, server.target, "tiny", "inspect", Pictures()) as gateway,
    ):
        copy_in(models / "tiny" / "2", base / "00000002")
        asked = [gateway.ask(Inquiry(0, 0, "good", "", 0, 60 * SECOND)) for _ in range(20)]
        assert eventually(lambda: statuses(server.target) == {2: "AVAILABLE", 1: "END"})
        asked.append(gateway.ask(Inquiry(0, 0, "good", "", 0, 60 * SECOND)))
        assert {reply.status for reply in asked} == {"OK"}
        assert gateway.identity["version"].endswith("2")


def test_a_removed_version_gives_way_to_the_one_before(models: Path, base: Path) -> None:
    """The highest version that is left is served; with none left the model is gone but the server stays."""
    copy_in(models / "tiny" / "2", base / "2")
    with EmbeddedServer("tiny", base, arguments=["--file_system_poll_wait_seconds=0.1"]) as server:
        assert statuses(server.target) == {2: "AVAILABLE"}
        shutil.rmtree(base / "2")
        assert eventually(lambda: statuses(server.target) == {2: "END", 1: "AVAILABLE"})
        shutil.rmtree(base / "1")
        assert eventually(lambda: statuses(server.target) == {2: "END", 1: "END"})
        assert refusal(server, request_for("count"))[0] == "NOT_FOUND"


def test_a_version_that_cannot_be_loaded_changes_nothing(base: Path) -> None:
    """The old version goes on; the new one is listed as END with the reason."""
    with EmbeddedServer("tiny", base, arguments=["--file_system_poll_wait_seconds=0.1"]) as server:
        (base / "2").mkdir()
        (base / "2" / "saved_model.pb").write_bytes(b"this is no model")
        assert eventually(lambda: statuses(server.target).get(2) == "END")
        request = grpc_wire.status_request(grpc_wire.ModelQuestion("tiny", "", version=2))
        answer = rpc(server.target, grpc_wire.GET_MODEL_STATUS, request)
        message = get_model_status_pb2.GetModelStatusResponse.FromString(answer)
        status = message.model_version_status[0].status
        assert status.error_code != 0
        assert "saved_model.pb" in status.error_message
        assert predict(server, request_for("count")).model_spec.version.value == 1


def test_work_past_its_deadline_stops(models: Path, base: Path) -> None:
    """A version is unloaded only when nobody runs in it: after a hopeless request it can be."""
    with EmbeddedServer("tiny", base, arguments=["--file_system_poll_wait_seconds=0.1"]) as server:
        assert refusal(server, spin(2**31 - 1), timeout=0.3)[0] == "DEADLINE_EXCEEDED"
        copy_in(models / "tiny" / "2", base / "2")
        assert eventually(lambda: statuses(server.target) == {2: "AVAILABLE", 1: "END"})


def test_warm_up_comes_before_serving(models: Path, base: Path) -> None:
    """The recorded request has been counted before the first client asks."""
    copy_in(models / "warm", base / "3")
    flags = ["--num_request_iterations_for_warmup=2"]
    with EmbeddedServer("tiny", base, arguments=flags) as server:
        assert predict(server, request_for("count")).outputs["count"].int_val[0] == 3
    with EmbeddedServer("tiny", base, arguments=["--enable_model_warmup=false"]) as server:
        assert predict(server, request_for("count")).outputs["count"].int_val[0] == 1


def test_a_new_version_is_warmed_up_for_what_is_asked(models: Path, base: Path, tmp_path: Path) -> None:
    """The records are replayed with every filter of outputs that clients asked the old version with."""
    copy_in(models / "warm", base / "3")
    with EmbeddedServer("tiny", base, arguments=["--file_system_poll_wait_seconds=0.1"]) as server:
        filtered = request_for("count")
        filtered.output_filter.append("count")
        assert predict(server, filtered).outputs["count"].int_val[0] == 2
        copy_in(models / "warm", base / "4")
        assert eventually(lambda: statuses(server.target).get(4) == "AVAILABLE")
        assert predict(server, filtered).outputs["count"].int_val[0] == 3  # all outputs, then those asked for


def test_a_damaged_warm_up_file_fails_the_load(base: Path) -> None:
    """It is said which kind of file is needed."""
    extra = base / "1" / "assets.extra"
    extra.mkdir()
    (extra / "tf_serving_warmup_requests").write_bytes(b"no records in here at all")
    with (
        pytest.raises(GatewayError, match="verify your warmup data is in TFRecord format"),
        EmbeddedServer("tiny", base),
    ):
        pass
