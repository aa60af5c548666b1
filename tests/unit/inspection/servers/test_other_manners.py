"""Models as other people export them, behind servers that do as they are told, over both wires."""

import io
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from generated import get_model_metadata_pb2, predict_pb2
from PIL import Image
from stub_rest import rest_gateway_to
from stub_rest import states as rest_states
from stub_server import Server, answer, gateway_to, inquiry, states

from line_sim.errors import GatewayError, ScenarioError
from line_sim.inspection.outcome import Answered, Unreadable
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.wires.classes import Classes
from line_sim.inspection.wires.fitting.pixels import Pixels
from line_sim.inspection.wires.grpc_tensors import TYPES
from line_sim.units import MILLISECOND, SECOND

NUMBERS = {name: number for number, name in TYPES.items()}
Kinds = dict[str, tuple[str, list[int]]]
THREE = Classes(("dark", "grey", "bright"), "three.txt")
KERAS: tuple[Kinds, Kinds] = (
    {"pixels": ("DT_FLOAT", [-1, 4, 4, 3])},
    {"probabilities": ("DT_FLOAT", [-1, 3])},
)


def grpc_metadata(inputs: Kinds, outputs: Kinds, version: int = 7) -> bytes:
    """Write a GetModelMetadataResponse of the signature `inspect`."""
    found = get_model_metadata_pb2.SignatureDefMap()
    for tensors, kinds in (
        (found.signature_def["inspect"].inputs, inputs),
        (found.signature_def["inspect"].outputs, outputs),
    ):
        for name, (dtype, shape) in kinds.items():
            tensors[name].dtype = NUMBERS[dtype]
            tensors[name].tensor_shape.SetInParent()
            for size in shape:
                tensors[name].tensor_shape.dim.add(size=size)
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    response.model_spec.version.value = version
    response.metadata["signature_def"].Pack(found)
    written: bytes = response.SerializeToString()
    return written


def rest_metadata(inputs: Kinds, outputs: Kinds, version: int = 7) -> Any:
    """Say the same in JSON."""

    def told(kinds: Kinds) -> Any:
        return {
            name: {"dtype": dtype, "tensor_shape": {"dim": [{"size": str(size)} for size in shape]}}
            for name, (dtype, shape) in kinds.items()
        }

    signature = {"inputs": told(inputs), "outputs": told(outputs)}
    spec = {"name": "inception_v3", "signature_name": "", "version": str(version)}
    maps = {"signature_def": {"inspect": signature}}
    return 200, {"model_spec": spec, "metadata": {"signature_def": maps}}


@dataclass
class Told:
    """A server of one of the two wires, which says the same over either."""

    server: Any
    over_grpc: bool

    def model(self, inputs: Kinds, outputs: Kinds, version: int = 7) -> None:
        """Serve a model with one signature, `inspect`."""
        said = (grpc_metadata if self.over_grpc else rest_metadata)(inputs, outputs, version)
        self.server.metadata = lambda: said

    def answers(self, **outputs: list[Any]) -> None:
        """Answer each question with rows of these outputs: floats are floats, whole numbers int64."""
        if not self.over_grpc:
            only = next(iter(outputs.values()))
            said = only if len(outputs) == 1 else outputs
            self.server.predict = lambda body: (200, {"outputs": [said] if said is only else rows(outputs)})
            return
        response = predict_pb2.PredictResponse()
        for name, values in outputs.items():
            tensor = response.outputs[name]
            whole = isinstance(values[0], int)
            tensor.dtype = NUMBERS["DT_INT64" if whole else "DT_FLOAT"]
            (tensor.int64_val if whole else tensor.float_val).extend(values)
            for size in (1, len(values)):
                tensor.tensor_shape.dim.add(size=size)
        written = response.SerializeToString()
        self.server.predict = lambda request, context: written

    def state(self, next_state: Callable[[], str]) -> None:
        """Let version 7 be in the next of these states each time it is asked for."""
        numbers = {"LOADING": 20, "AVAILABLE": 30}
        if self.over_grpc:
            self.server.status = lambda: states({7: numbers[next_state()]})
        else:
            self.server.status = lambda: rest_states({7: next_state()})

    def gateway(self, **settings: Any) -> ServerGateway:
        """Make a gateway to it."""
        return (gateway_to if self.over_grpc else rest_gateway_to)(self.server, **settings)

    def refused(self, **settings: Any) -> str:
        """Enter a gateway and give what it refuses with."""
        with pytest.raises(GatewayError) as caught, self.gateway(**settings):
            pass
        return str(caught.value).partition("model 'inception_v3'")[2]

    def picture_sent(self, name: str = "pixels") -> list[float]:
        """Return the numbers of the last picture."""
        sent = self.server.requests[-1]
        if self.over_grpc:
            return [*memoryview(sent.inputs[name].tensor_content).cast("f")]
        return [value for row in sent["inputs"][name][0] for pixel in row for value in pixel]


def rows(outputs: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Put each output into a batch of one."""
    return {name: [values] for name, values in outputs.items()}


@pytest.fixture(params=["grpc", "rest"])
def told(request: pytest.FixtureRequest) -> Told:
    """Both wires."""
    over_grpc = request.param == "grpc"
    return Told(request.getfixturevalue("server" if over_grpc else "rest_server"), over_grpc)


class Photos:
    """Pictures of one colour; that of part 99 is damaged."""

    defect_kinds = ("stain",)
    remarks = ()

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Return a JPEG."""
        buffer = io.BytesIO()
        Image.new("RGB", (16, 12), (128, 128, 128)).save(buffer, "JPEG", quality=100)
        return buffer.getvalue()[:60] if item_id == 99 else buffer.getvalue()


def photographed(gateway: ServerGateway) -> ServerGateway:
    """Give a gateway real pictures."""
    gateway._pictures = Photos()
    return gateway


KERAS_NAMES: dict[str, Any] = {
    "input_name": "pixels",
    "label_output": "",
    "score_output": "probabilities",
    "classes": THREE,
    "pixels": Pixels(0, 1),
}


def test_pixels_in_probabilities_out(told: Told) -> None:
    """The picture is decoded here, to the size that the signature says; the best of all scores has a name."""
    told.model(*KERAS)
    told.answers(probabilities=[0.25, 0.625, 0.125])
    with photographed(told.gateway(**KERAS_NAMES)) as gateway:
        reply = gateway.ask(inquiry())
    assert reply.outcome == Answered("grey", 0.625)
    assert told.picture_sent() == pytest.approx([128 / 255] * 48)
    assert reply.request_bytes > 4 * 48


def test_a_picture_that_cannot_be_decoded_is_not_sent(told: Told) -> None:
    """It is that part's outcome, as of a file that cannot be read; the next part is asked about."""
    told.model(*KERAS)
    told.answers(probabilities=[0.25, 0.625, 0.125])
    with photographed(told.gateway(**KERAS_NAMES)) as gateway:
        before = len(told.server.requests)
        reply = gateway.ask(inquiry()._replace(item_id=99))
        assert (reply.status, type(reply.outcome), reply.request_bytes) == ("NO_PICTURE", Unreadable, 0)
        assert len(told.server.requests) == before
        assert gateway.ask(inquiry()).outcome == Answered("grey", 0.625)


def test_a_picture_for_the_proof_that_cannot_be_decoded(told: Told) -> None:
    """There is nothing to prove a server with; that is the scenario's pictures' fault."""
    told.model(*KERAS)
    with pytest.raises(ScenarioError, match=r"product\.images: "), told.gateway(**KERAS_NAMES):
        pass


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (
            {"classes": Classes(("a", "b"), "two.txt")},
            (
                ": the signature 'inspect', output 'probabilities': there are 3 scores, one for each class, "
                "and two.txt names 2"
            ),
        ),
        (
            {"pixels": Pixels(0, 1, (5, 4))},
            (
                ": the signature 'inspect' has an input 'pixels' that is DT_FLOAT of shape [-1, 4, 4, 3], "
                "and pixels.size is [5, 4]: leave it out"
            ),
        ),
        (
            {"constants": {"t": 1}},
            ": the signature 'inspect' has no input 't'; its inputs are 'pixels' (inputs)",
        ),
        (
            {"input_name": "image"},
            (
                ": the signature 'inspect' must have the one input 'image'; its inputs are 'pixels': say "
                "which takes the picture (input)"
            ),
        ),
        (
            {"score_output": "scores"},
            (
                ": the signature 'inspect' has no output 'scores'; its outputs are 'probabilities': say "
                "which has the label and which the score, or none (label_output, score_output)"
            ),
        ),
    ],
)
def test_what_does_not_fit_is_told_before_a_picture_is_sent(
    told: Told, settings: dict[str, Any], reason: str
) -> None:
    """By the signature alone."""
    told.model(*KERAS)
    assert told.refused(**{**KERAS_NAMES, **settings}) == reason
    assert told.server.requests == []


def test_two_targets_must_take_the_same_pixels(server: Server) -> None:
    """A question is written before it is known who is asked."""
    other = Server()
    other.start()
    try:
        for one, side in ((server, 4), (other, 5)):
            told = Told(one, over_grpc=True)
            told.model({"pixels": ("DT_FLOAT", [-1, side, side, 3])}, KERAS[1])
            told.answers(probabilities=[0.25, 0.625, 0.125])
        gateway = photographed(gateway_to(server, **KERAS_NAMES))
        gateway._targets = (f"127.0.0.1:{server.port}", f"127.0.0.1:{other.port}")
        with pytest.raises(GatewayError) as caught, gateway:
            pass
    finally:
        other.stop()
    assert str(caught.value).endswith(
        "takes pixels, DT_FLOAT of shape [1, 5, 5, 3], rgb, and the targets before it take pixels, DT_FLOAT "
        "of shape [1, 4, 4, 3], rgb: all targets must serve the same model"
    )


def test_a_server_that_does_not_tell_its_signatures(server: Server) -> None:
    """Pixels go as floats where the size is said; other inputs cannot be guessed."""

    def unknown() -> bytes:
        raise NotImplementedError

    told = Told(server, over_grpc=True)
    told.answers(probabilities=[0.25, 0.625, 0.125])
    server.metadata = unknown
    names = {**KERAS_NAMES, "pixels": Pixels(0, 1, (4, 4))}
    with photographed(told.gateway(**names)) as gateway:
        assert gateway.ask(inquiry()).outcome == Answered("grey", 0.625)
    assert told.refused(**names, constants={"t": 1}) == (
        ": the server does not tell of which types its inputs are: 't' cannot be sent (inputs)"
    )
    assert told.refused(**KERAS_NAMES) == (
        ": the model is DT_FLOAT of any shape, which leaves the size open: say pixels.size, [height, width]"
    )


JPEG: Kinds = {"image": ("DT_STRING", [-1])}


@pytest.mark.parametrize(
    ("outputs", "answers", "names", "found"),
    [
        ({"label": ("DT_INT64", [-1])}, {"label": [2]}, {"score_output": ""}, Answered("bright", 1.0)),
        (
            {"label": ("DT_INT64", [-1]), "score": ("DT_FLOAT", [-1, 3])},
            {"label": [1], "score": [0.125, 0.75, 0.125]},
            {},
            Answered("grey", 0.75),
        ),
        (
            {"score": ("DT_FLOAT", [-1, -1])},
            {"score": [0.0, 0.0, 40.0]},
            {"label_output": "", "classes": Classes(THREE.names, "three.txt", logits=True)},
            Answered("bright", 1.0),
        ),
        (
            {"score": ("DT_FLOAT", [-1, 1])},
            {"score": [0.25]},
            {"label_output": "", "classes": Classes(("bad", "good"), "two.txt")},
            Answered("bad", 0.75),
        ),
        (
            {"score": ("DT_FLOAT", [-1])},
            {"score": [0.25, 0.75]},
            {"label_output": "", "classes": Classes()},
            Answered("1", 0.75),
        ),
    ],
)
def test_manners_of_answers(
    told: Told, outputs: Kinds, answers: dict[str, list[Any]], names: dict[str, Any], found: Answered
) -> None:
    """Numbers of classes, all probabilities, logits, one sigmoid's: with the names of a file."""
    told.model(JPEG, outputs)
    told.answers(**answers)
    with told.gateway(**{"classes": THREE, **names}) as gateway:
        assert gateway.ask(inquiry()).outcome == found


def test_too_few_labels_where_the_signature_does_not_tell(told: Told) -> None:
    """The first answer does; still before the first part."""
    told.model(JPEG, {"score": ("DT_FLOAT", [-1, -1])})
    told.answers(score=[0.125, 0.5, 0.25, 0.125])
    assert told.refused(label_output="", classes=THREE) == (
        " gave OK: there are 4 scores, one for each class, and three.txt names 3"
    )


def test_further_inputs_go_along(told: Told) -> None:
    """With every picture, in the types of the signature."""
    told.model({**JPEG, "t": ("DT_FLOAT", []), "n": ("DT_INT64", [-1, 2])}, {"label": ("DT_STRING", [-1])})
    with told.gateway(constants={"t": 1, "n": (3, 4)}, score_output="") as gateway:
        assert gateway.ask(inquiry()).outcome == Answered("good", 1.0)
    inputs = told.server.requests[-1].inputs if told.over_grpc else told.server.requests[-1]["inputs"]
    assert sorted(inputs) == ["image", "n", "t"]
    if told.over_grpc:
        assert ([*inputs["n"].int64_val], [*inputs["t"].float_val]) == ([3, 4], [1.0])
    else:
        assert (inputs["n"], inputs["t"]) == ([[3, 4]], 1.0)


def test_a_further_input_that_is_missing(told: Told) -> None:
    """What the signature has is told, and where to give it."""
    told.model({**JPEG, "t": ("DT_FLOAT", []), "n": ("DT_INT64", [-1])}, {"label": ("DT_STRING", [-1])})
    assert told.refused(constants={"t": 1}) == (
        ": the signature 'inspect' has the inputs 'image', 'n', 't', and 'image', 't' are given: see input "
        "and inputs"
    )


def test_a_label_of_a_version(told: Told) -> None:
    """The server says which version has it; every question asks for the label."""
    told.model(JPEG, {"label": ("DT_STRING", [-1]), "score": ("DT_FLOAT", [-1])}, version=7)
    if told.over_grpc:
        told.server.predict = lambda request, context: answer(version=7)
    with told.gateway(version="stable one") as gateway:
        gateway.ask(inquiry())
        assert gateway.identity["version"] == "7"
    if told.over_grpc:
        assert told.server.requests[-1].model_spec.version_label == "stable one"
    else:
        assert told.server.paths[-1] == "/v1/models/inception_v3/labels/stable%20one:predict"


def test_a_label_that_no_version_has(told: Told) -> None:
    """The server's words, the versions that there are, and where labels are given."""

    def unknown() -> Any:
        raise LookupError("Unrecognized servable version label: nope")

    told.server.metadata = (
        unknown if told.over_grpc else lambda: (400, {"error": "Unrecognized servable version label: nope"})
    )
    assert told.refused(version="nope") == (
        ", version nope is not available there: Unrecognized servable version label: nope; version 1 is "
        "AVAILABLE; a label is one of the version_labels in the server's models.config"
    )


def test_a_label_whose_version_is_being_loaded_is_waited_for(told: Told) -> None:
    """As any model is, and told as such where it does not come."""
    told.model(JPEG, {"label": ("DT_STRING", [-1]), "score": ("DT_FLOAT", [-1])})
    ready, coming = told.server.metadata, iter(["LOADING", "LOADING"])
    told.state(lambda: next(coming, "AVAILABLE"))
    looks = itertools.count()
    told.server.metadata = lambda: ready() if next(looks) >= 2 else not_there(told)
    with told.gateway(version="stable", warm_up_timeout=5 * SECOND) as gateway:
        assert gateway.ask(inquiry()).outcome == Answered("good", 0.875)
    told.state(lambda: "LOADING")
    told.server.metadata = lambda: not_there(told)
    assert "; version 7 is LOADING" in told.refused(version="stable", warm_up_timeout=50 * MILLISECOND)


def not_there(told: Told) -> Any:
    """Say that the version which has the label is not there."""
    if told.over_grpc:
        raise LookupError("Servable not found for request: Specific(inception_v3, 7)")
    return 404, {"error": "Servable not found for request: Specific(inception_v3, 7)"}
