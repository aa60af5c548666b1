"""NVIDIA's Triton, the real one: `nvidia-pytriton` brings its binary and its python backend.

with triton_server(folder, [TritonModel("flanges", sleep_ms=20)]) as triton:
    gateway: {kserve: {target: triton.grpc, model: flanges}}
"""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from real_servers.environments import Environment, environment
from real_servers.running import Running, free_ports, said

MODEL = Path(__file__).with_name("served") / "triton_model.py"
LABEL_AND_SCORE = """output [
  { name: "label" data_type: TYPE_STRING dims: [ 1 ] },
  { name: "score" data_type: TYPE_FP32 dims: [ 1 ] }
]"""
PROBABILITIES = (
    'output [ { name: "probabilities" data_type: TYPE_FP32 dims: [ 2 ] label_filename: "labels.txt" } ]'
)


@dataclass(frozen=True)
class TritonModel:
    """A model of Triton's repository: how long it sleeps, what it takes and gives, how it queues.

    `batches` is the largest batch, 0 for a model that takes none; `more` is the rest of its `config.pbtxt`.
    """

    name: str = "flanges"
    sleep_ms: float = 0
    batches: int = 0
    instances: int = 1
    image: str = "TYPE_STRING"
    outputs: str = LABEL_AND_SCORE
    more: str = ""
    fails_on: str = ""
    versions: Sequence[int] = (1,)

    def write(self, repository: Path) -> Path:
        """Write it into a repository; return its folder."""
        folder = repository / self.name
        for version in self.versions:
            (folder / str(version)).mkdir(parents=True, exist_ok=True)
            shutil.copy(MODEL, folder / str(version) / "model.py")
        (folder / "labels.txt").write_text("good\ndefective\n")
        (folder / "config.pbtxt").write_text(self.config(folder))
        return folder

    def config(self, folder: Path) -> str:
        """Write its `config.pbtxt`."""
        told = {
            "sleep_ms": self.sleep_ms,
            "fails_on": self.fails_on,
            "journal": folder / "journal",
            "stub": folder / "stub",
        }
        parameters = "\n".join(
            f'parameters {{ key: "{key}" value {{ string_value: "{value}" }} }}'
            for key, value in told.items()
        )
        length = 1 if self.image == "TYPE_STRING" else -1
        return f"""backend: "python"
max_batch_size: {self.batches}
input [ {{ name: "image" data_type: {self.image} dims: [ {length} ] }} ]
{self.outputs}
instance_group [ {{ count: {self.instances} kind: KIND_CPU }} ]
{parameters}
{self.more}
"""


class Triton:
    """A Triton that runs: where it is asked, what it says of itself, and how its models are changed."""

    def __init__(self, running: Running, repository: Path, ports: Sequence[int]) -> None:
        self.running = running
        self.repository = repository
        self.rest, self.grpc, self.metrics = (f"127.0.0.1:{port}" for port in ports)

    def computed(self, model: str = "flanges") -> list[str]:
        """Return a line for each picture that a model has computed, as it tells itself."""
        journal = self.repository / model / "journal"
        return journal.read_text().splitlines() if journal.exists() else []

    def stub(self, model: str = "flanges") -> int:
        """Return the process that computes a model."""
        return int((self.repository / model / "stub").read_text())

    def metric(self, name: str, model: str = "flanges") -> float:
        """Return the sum of one of Triton's own metrics over all versions of a model and all reasons."""
        text = said(f"http://{self.metrics}/metrics")[1].decode()
        rows = re.findall(rf"^{name}{{(.*)}} (\S+)$", text, re.MULTILINE)
        return sum(float(value) for labels, value in rows if f'model="{model}"' in labels)

    def load(self, model: str = "flanges") -> None:
        """Load a model, or what has changed of it; done when it returns."""
        self._told(model, "load")

    def unload(self, model: str = "flanges") -> None:
        """Unload a model; done when nobody asks for it any more."""
        self._told(model, "unload")

    def forget(self, model: str) -> None:
        """Unload a model and take it out of the repository."""
        self.unload(model)
        shutil.rmtree(self.repository / model, ignore_errors=True)

    def states(self) -> dict[str, str]:
        """Return how each model is: READY, LOADING, UNAVAILABLE."""
        code, text = said(f"http://{self.rest}/v2/repository/index", b"")
        told = json.loads(text) if code == 200 else []
        return {f"{one['name']}/{one.get('version', '')}": one.get("state", "") for one in told}

    def has_settled(self) -> bool:
        """Whether no model is being loaded, and at least one was."""
        states = self.states().values()
        return bool(states) and not {"LOADING", ""} & set(states)

    def _told(self, model: str, what: str) -> None:
        code, text = said(f"http://{self.rest}/v2/repository/models/{model}/{what}", b"{}")
        if code != 200:
            raise RuntimeError(f"{what} {model}: {code} {text.decode(errors='replace')}")


@contextmanager
def triton_server(
    folder: Path,
    models: Sequence[TritonModel] = (),
    arguments: Sequence[str] = (),
    installed: Environment | None = None,
) -> Iterator[Triton]:
    """Run Triton over `folder/models` for as long as the with-block lasts; `models` are written there before.

    `installed` is another environment than the usual one, with `nvidia-pytriton` in it. Raises NoServerError
    where this machine cannot have it.
    """
    installed = installed or environment("triton", shared=True)
    repository = folder / "models"
    repository.mkdir(parents=True, exist_ok=True)
    for model in models:
        model.write(repository)
    ports = free_ports(3)
    shared_memory = f"line_sim_{ports[0]}_"
    command = [
        *_command(installed, folder, ports),
        f"--backend-config=python,shm-region-prefix-name={shared_memory}",
    ]
    running = Running([*command, *arguments], folder, surroundings(installed))
    try:
        triton = Triton(running, repository, ports)
        running.wait_until(triton.has_settled)
        yield triton
    finally:
        running.end()
        for left in Path("/dev/shm").glob(f"{shared_memory}*"):  # noqa: S108 - what a killed server leaves
            left.unlink()


def surroundings(installed: Environment) -> dict[str, str]:
    """Return the variables that Triton needs: its own libraries, and the Python of its models."""
    libraries = [installed.packages / "nvidia_pytriton.libs", installed.base.library]
    return {
        "LD_LIBRARY_PATH": ":".join(map(str, libraries)),
        "PATH": f"{installed.python.parent}:/usr/bin:/bin",
    }


def _command(installed: Environment, folder: Path, ports: Sequence[int]) -> list[str]:
    server = installed.packages / "pytriton" / "tritonserver"
    options = {
        "model-repository": folder / "models",
        "backend-directory": _backends(installed, server, folder / "backends"),
        "http-address": "127.0.0.1",
        "grpc-address": "127.0.0.1",
        "metrics-address": "127.0.0.1",
        "http-port": ports[0],
        "grpc-port": ports[1],
        "metrics-port": ports[2],
        "allow-gpu-metrics": "false",
        "pinned-memory-pool-byte-size": 0,
        "exit-timeout-secs": 2,
    }
    return [str(server / "bin" / "tritonserver"), *(f"--{name}={value}" for name, value in options.items())]


def _backends(installed: Environment, server: Path, folder: Path) -> Path:
    """Put the python backend and the stub of this Python into one folder; the package has them apart."""
    major, minor = installed.base.version
    shutil.copytree(server / "backends", folder, dirs_exist_ok=True)
    shutil.copy(
        server / "python_backend_stubs" / f"{major}.{minor}" / "triton_python_backend_stub", folder / "python"
    )
    return folder
