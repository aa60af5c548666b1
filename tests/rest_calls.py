"""What the tests of the REST port have in common: a client, and a server with everything switched on."""

import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from line_sim.inspection.servers.embedded import EmbeddedServer


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    body: bytes
    headers: urllib3.HTTPHeaderDict

    @property
    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)

    @property
    def error(self) -> tuple[int, str]:
        """Status and text of a refusal, whose body has one key."""
        (text,) = self.json.values() if set(self.json) == {"error"} else (f"no error: {self.body!r}",)
        return self.status, text


class RestClient:
    """Keeps its connections, as clients do; proxies of the machine are not asked."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._pool = urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=200, timeout=60, retries=False)

    @property
    def connections(self) -> int:
        """How many connections it has opened."""
        return self._pool.num_connections

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        """Make a request; underscores of header names stand for dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self._pool.urlopen(method, path, body, named)
        return Reply(response.status, response.data, response.headers)

    def get(self, path: str) -> Reply:
        """Ask for what is below `/v1/models/`."""
        return self.ask("GET", f"/v1/models/{path}")

    def post(self, path: str, document: Any) -> Reply:
        """Send a document (bytes: as they are) to what is below `/v1/models/`."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.ask("POST", f"/v1/models/{path}", body)


@dataclass(frozen=True)
class RestServer:
    """A running server and a client of it."""

    server: EmbeddedServer
    client: RestClient


def free_port() -> int:
    """Find a port that nobody has just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def model_config(models: Path) -> str:
    """Write a configuration with the tiny model, labelled, and the published one."""
    tiny = f'name: "tiny" base_path: "{models / "only_version_1"}" model_platform: "tensorflow"'
    published = f'name: "inception_v3" base_path: "{models / "published"}" model_platform: "tensorflow"'
    label = 'version_labels { key: "stable" value: 1 }'
    return f"model_config_list {{ config {{ {tiny} {label} }} config {{ {published} }} }}\n"
