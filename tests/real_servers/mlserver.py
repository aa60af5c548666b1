"""MLServer, the real one, from its package.

with mlserver(folder, [MlModel("flanges", sleep_ms=20)]) as server:
    gateway: {kserve: {target: server.grpc, model: flanges}}
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from real_servers.environments import environment
from real_servers.running import Running, free_ports, said

MODEL = Path(__file__).with_name("served") / "mlserver_model.py"
IMAGE = ({"name": "image", "datatype": "BYTES", "shape": [-1]},)
ANSWER = (
    {"name": "label", "datatype": "BYTES", "shape": [-1]},
    {"name": "score", "datatype": "FP32", "shape": [-1]},
)


@dataclass(frozen=True)
class MlModel:
    """A model of MLServer's: how long it sleeps, how many pictures at a time, and what its metadata say."""

    name: str = "flanges"
    sleep_ms: float = 0
    places: int = 1
    version: str = "v1.0"
    inputs: Sequence[Mapping[str, Any]] = IMAGE
    outputs: Sequence[Mapping[str, Any]] = ANSWER
    dies_on: str = ""

    def write(self, models: Path) -> None:
        """Write it into a folder of models."""
        folder = models / self.name
        folder.mkdir(parents=True)
        shutil.copy(MODEL, folder / "sleeper.py")
        told = asdict(self)
        extra = {name: told[name] for name in ("sleep_ms", "places", "dies_on")}
        settings = {
            "name": self.name,
            "implementation": "sleeper.Sleeper",
            "parameters": {"version": self.version, "extra": {**extra, "journal": str(folder / "journal")}},
            "inputs": told["inputs"],
            "outputs": told["outputs"],
        }
        (folder / "model-settings.json").write_text(json.dumps(settings))


@dataclass(frozen=True)
class MlServer:
    """An MLServer that runs: where it is asked, and how its models are changed."""

    running: Running
    models: Path
    ports: Sequence[int] = field(repr=False)

    @property
    def rest(self) -> str:
        """Where it listens for HTTP."""
        return f"127.0.0.1:{self.ports[0]}"

    @property
    def grpc(self) -> str:
        """Where it listens for gRPC."""
        return f"127.0.0.1:{self.ports[1]}"

    def computed(self, model: str = "flanges") -> list[str]:
        """Return a line for each picture that a model has computed."""
        journal = self.models / model / "journal"
        return journal.read_text().splitlines() if journal.exists() else []

    def load(self, model: str = "flanges") -> None:
        """Load a model; done when it returns."""
        self._told(model, "load")

    def unload(self, model: str = "flanges") -> None:
        """Unload a model."""
        self._told(model, "unload")

    def is_ready(self) -> bool:
        """Whether the server says that it and its models are ready."""
        return said(f"http://{self.rest}/v2/health/ready")[0] == 200

    def _told(self, model: str, what: str) -> None:
        code, text = said(f"http://{self.rest}/v2/repository/models/{model}/{what}", b"{}")
        if code != 200:
            raise RuntimeError(f"{what} {model}: {code} {text.decode(errors='replace')}")


@contextmanager
def mlserver(folder: Path, models: Sequence[MlModel], **settings: Any) -> Iterator[MlServer]:
    """Run MLServer with these models for as long as the with-block lasts.

    `settings` are those of its `settings.json`.
    Raises NoServerError where this machine cannot have it.
    """
    installed = environment("mlserver")
    for model in models:
        model.write(folder / "models")
    ports = free_ports(3)
    names = ("http_port", "grpc_port", "metrics_port")
    told = {"host": "127.0.0.1", "parallel_workers": 0, **dict(zip(names, ports, strict=True)), **settings}
    (folder / "models" / "settings.json").write_text(json.dumps(told))
    command = [
        str(installed.python),
        "-c",
        "from mlserver.cli import main; main()",
        "start",
        str(folder / "models"),
    ]
    running = Running(command, folder, {"PATH": f"{installed.python.parent}:/usr/bin:/bin"})
    try:
        server = MlServer(running, folder / "models", ports)
        running.wait_until(server.is_ready)
        yield server
    finally:
        running.end()
