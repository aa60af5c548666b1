"""The inference server that line-sim brings along, for as long as a with-block lasts.

It is a process of its own: in a thread it would share the simulator's interpreter lock and stain
the latencies. It ends with the simulator, however that ends: it holds the other end of a pipe that
the kernel closes for the simulator.
"""

import os
import queue
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self, assert_never

from line_sim.errors import GatewayError
from line_sim.scenario.gateways.kind import Form
from line_sim.units import SECOND, Nanoseconds, duration_text

SAVED_MODEL = "saved_model.pb"
SERVING = re.compile(rb"serving on port (\d+)\s*")
LOOK_EVERY = 0.5
LAST_LINES = 12


def _silent(_: str) -> None:
    """Tell nobody."""


class EmbeddedServer:
    """Serves the model in the version folders under `base_path`, on a free loopback port.

    `on_wait` is told every half second what is being waited for. The server's log goes to `log`, or
    to a temporary file that is kept only when the server fails to start; if it ends by itself later on,
    what it said is copied to `last_words`. With `rest` it has a REST API, too. `arguments` are further flags
    of `line-sim serve`.
    """

    def __init__(
        self,
        model: str,
        base_path: Path,
        *,
        log: Path | None = None,
        last_words: Path | None = None,
        start_timeout: Nanoseconds = 120 * SECOND,
        on_wait: Callable[[str], None] = _silent,
        rest: bool = False,
        arguments: Sequence[str] = (),
    ) -> None:
        self._model = model
        self._base_path = base_path
        self._log = log
        self._keep_at = last_words
        self._keeps_log = log is not None
        self._start_timeout = start_timeout
        self._on_wait = on_wait
        self._arguments = tuple(arguments)
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._rest_port = _free_port() if rest else 0

    @property
    def target(self) -> str:
        """HOST:PORT to connect to."""
        return f"127.0.0.1:{self._port}"

    @property
    def rest_target(self) -> str:
        """HOST:PORT of its REST API; it must have been asked for."""
        if not self._rest_port:
            raise RuntimeError("the server was started without its REST API")
        return f"127.0.0.1:{self._rest_port}"

    def address(self, form: Form) -> str:
        """Return the HOST:PORT at which it is spoken to in this form."""
        match form:
            case "grpc":
                return self.target
            case "rest":
                return self.rest_target
            case _:
                assert_never(form)

    @property
    def pid(self) -> int:
        """The server's process id; it must have been started."""
        return self._running.pid

    def __enter__(self) -> Self:
        """Start the server and wait until it serves.

        Raises GatewayError when there is no model, the server dies, or it takes too long.
        """
        refuse_missing_model(self._base_path)
        if self._log is None:
            handle, name = tempfile.mkstemp(prefix="line-sim-serve-", suffix=".log")
            os.close(handle)
            self._log = Path(name)
        try:
            self._process = self._start(self._log)
            self._port = self._wait_for_port(self._process)
        except BaseException as error:  # whatever it was, no server may outlive it
            self._end()
            if not isinstance(error, GatewayError):  # interrupted: its log tells nothing
                self._forget_log()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the server; nothing of it stays but its last words, if it ended before."""
        if self._running.poll() is not None and self._log is not None and self._keep_at is not None:
            shutil.copyfile(self._log, self._keep_at)
        self._end()
        self._forget_log()

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the server is not running: use it in a with-block")
        return self._process

    def _start(self, log: Path) -> subprocess.Popen[bytes]:
        flags = [
            "--port=0",
            "--host=127.0.0.1",
            f"--model_name={self._model}",
            f"--model_base_path={self._base_path}",
            "--max_num_load_retries=0",  # a model that cannot be loaded is told at once
            "--announce_port",
            "--exit_with_parent",
            *([f"--rest_api_port={self._rest_port}"] if self._rest_port else []),
            *self._arguments,
        ]
        with log.open("wb") as output:
            return subprocess.Popen(  # noqa: S603 - our own module, run by our own interpreter
                [sys.executable, "-m", "line_sim_serving", *flags],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
            )

    def _wait_for_port(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for the line with the port; stdout ends when the server dies."""
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=_read_line, args=(process, lines), daemon=True).start()
        started = time.monotonic()
        while True:
            try:
                return self._port_in(lines.get(timeout=LOOK_EVERY))
            except queue.Empty:
                waited = time.monotonic() - started
            self._on_wait(f"starting the inference server with {self._base_path} ({waited:.0f} s)")
            if waited > self._start_timeout / SECOND:
                limit = duration_text(self._start_timeout)
                raise GatewayError(f"the embedded server did not serve within {limit}{self._last_words()}")

    def _port_in(self, line: bytes) -> int:
        found = SERVING.fullmatch(line)
        if found is None:
            raise GatewayError(
                f"the embedded server could not serve {self._base_path}{self._last_words()}\n"
                f"Make the model anew with 'line-sim export', or try 'line-sim serve' to see all of it."
            )
        return int(found[1])

    def _last_words(self) -> str:
        """Give the end of the server's log, indented, for an error's text."""
        if self._log is None:
            return ""
        lines = self._log.read_text(errors="replace").splitlines()
        return "".join(f"\n  {line}" for line in [*lines[-LAST_LINES:], f"(its whole log: {self._log})"])

    def _end(self) -> None:
        """Ask the server to end, then make it; closing its stdin alone would do, too."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _forget_log(self) -> None:
        """Remove the log, if it is a temporary one."""
        if self._log is not None and not self._keeps_log:
            self._log.unlink(missing_ok=True)
            self._log = None


def refuse_missing_model(base_path: Path) -> None:
    """Raise GatewayError unless the folder holds at least one version folder, named by a number."""
    try:
        names = [child.name for child in base_path.iterdir() if child.is_dir()]
    except OSError:
        names = []
    if any(name.isascii() and name.isdigit() for name in names):
        return
    if (base_path / SAVED_MODEL).exists():
        raise GatewayError(
            f"{base_path} is one level too deep: it is a version's folder, the model's folder is its parent, "
            f"{base_path.absolute().parent}"
        )
    for name in sorted(names):
        if (base_path / name / SAVED_MODEL).exists():
            raise GatewayError(
                f"no version at {base_path}: {name} holds a model, but a version's folder is named by a "
                f"number; rename it, for example to {base_path / '1'}"
            )
    raise GatewayError(f"no model at {base_path}: make one with 'line-sim export --out {base_path}'")


def _free_port() -> int:
    """Return a port that is free now: for REST, 0 means none at all to TensorFlow Serving's flag."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _read_line(process: subprocess.Popen[bytes], lines: "queue.SimpleQueue[bytes]") -> None:
    """Hand on the first line of stdout (empty: it ended), without holding anybody up."""
    stdout: IO[bytes] | None = process.stdout
    lines.put(stdout.readline() if stdout else b"")
