"""Real servers for the stories of this folder; where one cannot be had they are skipped, with the reason."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image
from real_servers.mlserver import MlModel, MlServer, mlserver
from real_servers.skipping import or_skipped
from real_servers.triton import PROBABILITIES, Triton, TritonModel, triton_server

Form = Literal["grpc", "rest"]
EXPLICIT = ("--model-control-mode=explicit", "--load-model=*")
"""Models come and go as they are told to."""

QUEUE = "dynamic_batching {{ default_queue_policy {{ {} }} }}"
SHORT_QUEUE = QUEUE.format("max_queue_size: 2")
PATIENT_QUEUE = QUEUE.format(
    "timeout_action: REJECT default_timeout_microseconds: 60000000 allow_timeout_override: true"
)

TRITON_MODELS = (
    TritonModel(sleep_ms=5),
    TritonModel("short", sleep_ms=20, batches=1, more=SHORT_QUEUE),
    TritonModel("patient", sleep_ms=20, batches=1, more=PATIENT_QUEUE),
    TritonModel("batching", batches=4, outputs=PROBABILITIES),
    TritonModel("plain_bytes", image="TYPE_UINT8"),
    TritonModel("decoded", image="TYPE_FP32"),
    TritonModel("choosy", fails_on="defective"),
)
ML_MODELS = (MlModel(sleep_ms=5), MlModel("untold", inputs=(), outputs=()))


@pytest.fixture(params=["grpc", "rest"])
def form(request: pytest.FixtureRequest) -> Form:
    """What carries the calls."""
    chosen: Form = request.param
    return chosen


@pytest.fixture(scope="module")
def triton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Triton]:
    """One Triton for all stories of a file that leave it as it was."""
    with ExitStack() as stack:
        yield from _entered(stack, triton_server, tmp_path_factory.mktemp("triton"), TRITON_MODELS, EXPLICIT)


@pytest.fixture(scope="module")
def ml(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MlServer]:
    """One MLServer for all stories of a file that leave it as it was."""
    with ExitStack() as stack:
        yield from _entered(stack, mlserver, tmp_path_factory.mktemp("mlserver"), ML_MODELS)


@pytest.fixture
def new_triton(tmp_path: Path) -> Iterator[Callable[[], Triton]]:
    """Start a Triton of the test's own, as often as it is called."""
    with ExitStack() as stack:
        yield partial(_new, stack, triton_server, tmp_path, [TritonModel(sleep_ms=5)], EXPLICIT)


@pytest.fixture
def new_ml(tmp_path: Path) -> Iterator[Callable[[], MlServer]]:
    """Start an MLServer of the test's own, as often as it is called."""
    with ExitStack() as stack:
        yield partial(_new, stack, mlserver, tmp_path, [MlModel(sleep_ms=5)])


def _entered(stack: ExitStack, server: Callable[..., Any], *arguments: Any) -> Iterator[Any]:
    with or_skipped():
        running = stack.enter_context(server(*arguments))
    yield running


def _new(stack: ExitStack, server: Callable[..., Any], folder: Path, *arguments: Any) -> Any:
    place = folder / f"server-{len(list(folder.iterdir()))}"
    place.mkdir()
    return next(_entered(stack, server, place, *arguments))


@pytest.fixture
def telling_pictures(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Make pictures in whose comment stands what they show; the defective ones can be made larger."""

    def make(defective_bytes: int = 0) -> dict[str, Any]:
        folder = tmp_path / "pictures"
        for shown in ("good", "defective"):
            (folder / shown).mkdir(parents=True)
            Image.new("RGB", (64, 64), "grey").save(folder / shown / "one.jpg", comment=shown.encode())
        larger = folder / "defective" / "one.jpg"
        comments = b"".join(comment(65_000) for _ in range(0, defective_bytes, 65_000))
        larger.write_bytes(larger.read_bytes()[:2] + comments + larger.read_bytes()[2:])
        return {"folder": str(folder)}

    return make


def comment(length: int) -> bytes:
    """Write a JPEG's segment that shows nothing."""
    return b"\xff\xfe" + (length + 2).to_bytes(2, "big") + b"x" * length
