"""The inference server that line-sim brings along, for as long as a with-block lasts.

It is a process of its own: in a thread it would share the simulator's interpreter lock and stain
the latencies. It ends with the simulator, however that ends: it holds the other end of a pipe that
the kernel closes for the simulator.
"""

import queue
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Self, assert_never

from line_sim.errors import GatewayError
from line_sim.inspection.servers.last_words import ending, keep, said
from line_sim.scenario.gateways.kind import Form
from line_sim.units import SECOND, Nanoseconds, duration_text

SAVED_MODEL = "saved_model.pb"
SERVING = re.compile(rb"serving on port (\d+)\s*")
LOOK_EVERY = 0.5
LAST_LINES = 12
TO_END_S = 2.0
"""How long a server that hung up is given to have ended: its connections close a little earlier."""


def _silent(_: str) -> None:
    """Tell nobody."""


class EmbeddedServer:
    """Serves the model in the version folders under `base_path`, on a free loopback port.

    `on_wait` is told every half second what is being waited for. The server's log goes to `log`, or
    to a file without a name, which nobody need remove. If it ends by itself, what it said is kept at
    `last_words`, and an error before the first part tells the end of it. With `rest` it has a REST API, too.
    `arguments` are further flags of `line-sim serve`.
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
        self._output: BinaryIO | None = None
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

    @property
    def ended(self) -> bool:
        """Whether it has ended by itself since it was started."""
        return self._running.poll() is not None

    def __enter__(self) -> Self:
        """Start the server and wait until it serves.

        Raises GatewayError when there is no model, the server dies, or it takes too long.
        """
        refuse_missing_model(self._base_path)
        try:
            self._output = self._log.open("w+b") if self._log else tempfile.TemporaryFile()
            self._process = self._start(self._output)
            self._port = self._wait_for_port(self._process)
        except OSError as error:
            self._end()
            raise GatewayError(f"the embedded server cannot be started: {error}") from error
        except BaseException:  # whatever it was, no server may outlive it
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the server; nothing of it stays but its last words, if it ended before.

        Raises GatewayError, with those words in it, in place of one that may be due to its end.
        """
        try:
            if error is not None and not isinstance(error, GatewayError):
                return
            how = self._how_it_ended(TO_END_S if error is not None or self._hung_up() else 0)
            if how is None:
                return
            words = self._last_words(how)
            if error is not None:
                raise GatewayError(f"{error}\nthe embedded server has ended ({how}){words}") from error
        finally:
            self._end()

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the server is not running: use it in a with-block")
        return self._process

    def _start(self, output: BinaryIO) -> subprocess.Popen[bytes]:
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
                how = f"not ready within {duration_text(self._start_timeout)}"
                raise GatewayError(f"the embedded server is {how}{self._last_words(how)}")

    def _port_in(self, line: bytes) -> int:
        found = SERVING.fullmatch(line)
        if found is None:
            how = self._how_it_ended(TO_END_S) or "it closed its output"
            raise GatewayError(
                f"the embedded server could not serve {self._base_path} ({how}){self._last_words(how)}\n"
                f"Make the model anew with 'line-sim export', or try 'line-sim serve' to see all of it."
            )
        return int(found[1])

    def _hung_up(self) -> bool:
        """Whether nobody listens any more, so that the process has ended or is about to."""
        try:
            socket.create_connection(("127.0.0.1", self._port), timeout=TO_END_S).close()
        except ConnectionRefusedError:
            return True
        except OSError:  # too busy to take a connection: alive
            return False
        return False

    def _how_it_ended(self, patience: float) -> str | None:
        """Say how the server has ended, waiting so many seconds for it; None: it goes on."""
        try:
            return ending(self._running.wait(patience))
        except subprocess.TimeoutExpired:
            return None

    def _last_words(self, how: str) -> str:
        """Keep the server's log, and give the end of it, indented, for an error's text."""
        if self._output is None:
            return ""
        lines = said(self._output).decode(errors="replace").splitlines()[-LAST_LINES:]
        place = self._log
        if place is None and self._keep_at is not None and keep(self._output, how, self._keep_at):
            place = self._keep_at
        whole = [f"(its whole log: {place})"] if place else []
        return "".join(f"\n  {line}" for line in [*lines, *whole])

    def _end(self) -> None:
        """Ask the server to end, then make it; closing its stdin alone would do, too."""
        if self._output is not None:
            self._output.close()
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


def refuse_missing_model(base_path: Path, looked: str = "") -> None:
    """Raise GatewayError unless the folder holds at least one version folder, named by a number.

    `looked` says where else one would have been found.
    """
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
    raise GatewayError(f"no model at {base_path}{looked}: make one with 'line-sim export --out {base_path}'")


def _free_port() -> int:
    """Return a port that is free now: for REST, 0 means none at all to TensorFlow Serving's flag."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _read_line(process: subprocess.Popen[bytes], lines: "queue.SimpleQueue[bytes]") -> None:
    """Hand on the first line of stdout (empty: it ended), without holding anybody up."""
    stdout: IO[bytes] | None = process.stdout
    lines.put(stdout.readline() if stdout else b"")
