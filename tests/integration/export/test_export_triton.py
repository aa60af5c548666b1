"""A model repository for Triton: what is written, and what its python model says, with Triton played."""

import importlib.util
import io
import struct
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from small_networks import write_judge

pytestmark = pytest.mark.server


def jpeg(light: int) -> bytes:
    """Return a small picture in one grey."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (light,) * 3).save(buffer, format="JPEG")
    return buffer.getvalue()


def export(*options: str | Path) -> Any:
    """Run the command in this process, where TensorFlow starts once for all tests."""
    from click.testing import CliRunner
    from line_sim_export.cli import command

    return CliRunner().invoke(command, ["--for", "triton", *map(str, options)])


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that somebody exported: version 0 of `flanges`."""
    return write_judge(tmp_path_factory.mktemp("exported") / "flanges" / "0").parent


@pytest.fixture(scope="module")
def repository(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with it."""
    folder = tmp_path_factory.mktemp("triton") / "repository"
    done = export("--from", exported, "--out", folder)
    assert done.exit_code == 0, done.stderr
    assert "version 0 is 1 here" in done.stdout
    return folder


def test_a_repository_is_as_triton_wants_it(repository: Path) -> None:
    """A version whose number is not 0, the configuration, and a picture to warm up with; no draft."""
    model = repository / "flanges"
    assert sorted(path.name for path in repository.iterdir()) == ["flanges"]
    assert sorted(path.name for path in model.iterdir()) == ["1", "config.pbtxt", "warmup"]
    assert sorted(path.name for path in (model / "1").iterdir()) == ["model.py", "saved_model"]
    part = (model / "warmup" / "part").read_bytes()
    assert struct.unpack("<I", part[:4]) == (len(part) - 4,)
    assert Image.open(io.BytesIO(part[4:])).format == "JPEG"


def test_the_names_are_those_of_the_exported_model() -> None:
    """The configuration writes them down once more, since the signature's module wants TensorFlow."""
    from line_sim_export.model.signature import INPUT, OUTPUTS, SIGNATURE
    from line_sim_export.triton import config

    assert (config.INPUT, config.SIGNATURE) == (INPUT, SIGNATURE)
    assert {"label": "string", "score": "float32"}.items() <= OUTPUTS.items()


def test_a_second_version_keeps_a_changed_configuration(exported: Path, repository: Path) -> None:
    """What somebody tuned is kept, and it is said."""
    config = repository / "flanges" / "config.pbtxt"
    before = config.read_text()
    config.write_text(before.replace("count: 1, kind", "count: 2, kind"))
    done = export("--from", exported, "--out", repository, "--version", "2")
    assert done.exit_code == 0, done.stderr
    assert "is kept as it was" in done.stdout
    assert "count: 2, kind" in config.read_text()
    assert (repository / "flanges" / "2" / "model.py").exists()
    config.write_text(before)


def test_a_model_without_the_signature_leaves_nothing_behind(tmp_path: Path) -> None:
    """It is refused by name, and neither draft nor folder stays."""
    write_judge(tmp_path / "other" / "1", name="judge")
    done = export("--from", tmp_path / "other", "--out", tmp_path / "triton")
    assert done.exit_code == 1
    assert "the signature inspect is missing" in done.stderr
    assert not (tmp_path / "triton").exists()


def test_a_damaged_model_replaces_nothing(exported: Path, tmp_path: Path) -> None:
    """With --force the version that is there stays until the new one has answered."""
    damaged = tmp_path / "flanges" / "0"
    damaged.mkdir(parents=True)
    (damaged / "saved_model.pb").write_bytes(b"no model")
    assert export("--from", exported, "--out", tmp_path / "triton").exit_code == 0
    kept = tmp_path / "triton" / "flanges" / "1" / "saved_model" / "saved_model.pb"
    before = kept.read_bytes()
    done = export("--from", damaged.parent, "--out", tmp_path / "triton", "--force")
    assert done.exit_code == 1
    assert "cannot be loaded" in done.stderr
    assert kept.read_bytes() == before


class Request:
    """What a client sent: an array of JPEGs."""

    def __init__(self, *pictures: bytes) -> None:
        self.image = np.array(pictures, dtype=np.object_).reshape(-1, 1)

    def as_numpy(self) -> Any:
        """Return the pictures, (n, 1)."""
        return self.image


class Tensor:
    """A named array."""

    def __init__(self, name: str, array: Any) -> None:
        self.name, self.array = name, array


class TritonError(Exception):
    """A reason with its code."""

    INTERNAL, INVALID_ARG = 13, 3

    def __init__(self, message: str, code: int) -> None:
        self.message, self.code = message, code


class Response:
    """Outputs by name, or an error."""

    def __init__(self, outputs: list[Tensor] | None = None, error: TritonError | None = None) -> None:
        self.outputs = {tensor.name: tensor.array for tensor in outputs or ()}
        self.error = error

    def told(self) -> list[tuple[str, float]]:
        """Return labels and scores, rounded; they stand in arrays of (n, 1)."""
        labels, scores = self.outputs["label"], self.outputs["score"]
        assert labels.shape == scores.shape == (len(labels), 1)
        assert (labels.dtype, scores.dtype) == (np.object_, np.float32)
        return [
            (label.decode(), round(float(score), 1))
            for (label,), (score,) in zip(labels, scores, strict=True)
        ]


@pytest.fixture(scope="module")
def model(repository: Path) -> Any:
    """The repository's own model.py, loaded as Triton's python backend does it."""
    warned: list[str] = []
    logger = types.SimpleNamespace(log_info=lambda _: None, log_warn=warned.append)
    triton = types.ModuleType("triton_python_backend_utils")
    triton.__dict__.update(
        Tensor=Tensor,
        InferenceResponse=Response,
        TritonError=TritonError,
        Logger=logger,
        get_input_tensor_by_name=lambda request, _: request,
    )
    spec = importlib.util.spec_from_file_location("triton_model", repository / "flanges" / "1" / "model.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "triton_python_backend_utils", triton)
        spec.loader.exec_module(module)
    loaded = module.TritonPythonModel()
    loaded.warned = warned
    loaded.initialize(
        {
            "model_instance_kind": "CPU",
            "model_repository": str(repository / "flanges"),
            "model_version": "1",
            "model_instance_name": "flanges_0",
        }
    )
    return loaded


def test_a_numpy_that_triton_cannot_pass_bytes_to_is_told(model: Any) -> None:
    """The tests have numpy 2, so the log says what to install; under Triton 24.10 the process would die."""
    assert "install numpy below 2" in model.warned[0]


def test_every_request_of_a_batch_gets_its_own_answers(model: Any) -> None:
    """Triton puts requests together; whoever sent two pictures gets two answers, in their order."""
    white, dark = jpeg(255), jpeg(51)
    told = [
        response.told() for response in model.execute([Request(white), Request(dark, white), Request(dark)])
    ]
    assert told == [[("good", 1.0)], [("dark", 0.2), ("good", 1.0)], [("dark", 0.2)]]


def test_a_picture_that_cannot_be_read_fails_its_own_request_alone(model: Any) -> None:
    """Its neighbours in the batch are answered, and the code says whose fault it was."""
    first, bad, last = model.execute([Request(jpeg(255)), Request(b"no picture"), Request(jpeg(51))])
    assert (first.told(), last.told()) == ([("good", 1.0)], [("dark", 0.2)])
    assert bad.outputs == {}
    assert bad.error.code == TritonError.INVALID_ARG
    assert 0 < len(bad.error.message) <= 500
