"""What `line-sim export --for triton` writes, in the real Triton; TensorFlow is played (it has 2 GB)."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from line_sim_export.triton.config import BACKENDS
from line_sim_export.triton.repository import MODEL, Place, write_around
from line_sim_export.triton.source import Source
from real_servers.environments import NoServerError
from real_servers.triton import Triton, triton_server

from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.opening import open_gateways
from line_sim.recording.reader import read_run
from line_sim.scenario import Scenario
from line_sim.simulation import simulate

pytestmark = [pytest.mark.slow, pytest.mark.server]

PLAYED = '''
"""As much of TensorFlow as model.py wants, in the folder that Triton looks for modules in first."""
import time
from pathlib import Path
from types import SimpleNamespace
import numpy as np

string, __version__ = "string", "played"
config = SimpleNamespace(list_physical_devices=lambda _: [])
constant = lambda pictures, _: pictures

class errors:
    class OpError(Exception):
        message = "no JPEG"
    class InvalidArgumentError(OpError):
        pass

def load(folder):
    def inspect(image):
        with (Path(folder) / "batches").open("a") as file:
            file.write(f"{len(image)}\\n")
        time.sleep(0.02)
        if not all(picture.startswith(b"\\xff\\xd8") for picture in image):
            raise errors.InvalidArgumentError
        told = {"label": np.full(len(image), b"good", object), "score": np.full(len(image), 0.9, np.float32)}
        return {name: SimpleNamespace(numpy=lambda value=value: value) for name, value in told.items()}
    return SimpleNamespace(signatures={"inspect": inspect})

saved_model = SimpleNamespace(load=load)
'''


def write(repository: Path, name: str, choice: str) -> Path:
    """Write what an export writes around a SavedModel, an empty one; return its folder."""
    place = Place(repository, Source(repository, name, 1), 1, BACKENDS[choice])
    saved = place.version / place.backend.saved_model
    saved.mkdir(parents=True)
    write_around(place, b"\xff\xd8 a picture")
    return saved


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file in which the python model notes how many pictures it is given."""
    repository = tmp_path_factory.mktemp("triton") / "models"
    saved = write(repository, "flanges", "triton")
    shutil.copy(MODEL, saved.parent)
    (saved.parent / "tensorflow.py").write_text(PLAYED)
    write(repository, "engines", "triton-tensorrt")
    return saved / "batches"


@pytest.fixture(scope="module")
def triton(batches: Path) -> Iterator[Triton]:
    """Triton with both, of which it can only load the first: it has no TensorFlow backend here."""
    try:
        with triton_server(batches.parents[4], arguments=["--exit-on-error=false"]) as running:
            yield running
    except NoServerError as error:
        pytest.skip(f"no Triton on this machine: {error}")


def cameras(triton: Triton, units: int) -> Scenario:
    """Return a saturated line that only inspects."""
    gateway = {"kserve": {"target": triton.grpc, "model": "flanges"}}
    line = {
        "version": 1,
        "name": "cameras",
        "run": {"items": 60},
        "arrivals": {"saturated": True},
        "line": [{"inspection": "camera", "units": units, "buffer": 3, "gateway": gateway}],
        "review": {"time": 0, "buffer": 60},
    }
    return Scenario.model_validate(line)


def test_the_python_model_warms_up_and_answers_batches(triton: Triton, batches: Path, tmp_path: Path) -> None:
    """Three cameras are answered, every part, and Triton puts their pictures together."""
    assert triton.states()["flanges/1"] == "READY"
    assert batches.read_text().split() == ["1", "1", "1", "8"], "alone three times, then a full batch"
    result = simulate(cameras(triton, 3), tmp_path / "run")
    answers = [(call.outcome, call.label) for call in read_run(result.folder).calls]
    assert answers == [("answered", "good")] * 60
    assert max(map(int, batches.read_text().split()[4:])) > 1


class OneBad:
    """Pictures of which that of part 7 is none."""

    defect_kinds = ()
    remarks = ()

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Return something that begins like a JPEG, or not."""
        return b"no picture" if item_id == 7 else b"\xff\xd8 a picture"


def test_a_picture_that_cannot_be_read_is_the_callers_fault(triton: Triton, tmp_path: Path) -> None:
    """It gets INVALID_ARGUMENT over the wire; of those that may be in its batch each is answered."""
    with ExitStack() as stack, ThreadPoolExecutor(4) as threads:
        opened = open_gateways(cameras(triton, 1), OneBad(), stack, lambda _: None, tmp_path / "log")
        parts = [Inquiry(item, 1, "good", "", 0, None) for item in range(12)]
        statuses = [reply.status for reply in threads.map(opened["camera"].ask, parts)]
    assert statuses == ["INVALID_ARGUMENT" if part.item_id == 7 else "OK" for part in parts]


def test_the_configuration_for_tensorrt_is_one_that_triton_reads(triton: Triton) -> None:
    """All that is missing here is the backend: a field that it does not know would be told before."""
    assert triton.states()["engines/1"] == "UNAVAILABLE"
    log = triton.running.log.read_text()
    assert "failed to load 'engines' version 1: Invalid argument: unable to find backend library" in log
    assert "Can't parse" not in log
