"""A server as a group of processes: started, looked at, and ended with all that it started."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

PATIENCE_S = 60.0


class NotStartedError(Exception):
    """A server that ended or was not ready in time; its text has its last lines."""


class Running:
    """A server's processes, in a group of their own and with surroundings of their own.

    What they say is in `log`. Ending it ends the whole group, as what a server has started may outlive it.
    """

    def __init__(self, command: Sequence[str], folder: Path, surroundings: Mapping[str, str]) -> None:
        self.log = folder / "server.log"
        clean = {"LANG": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder), "PYTHONNOUSERSITE": "1"}
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**clean, **surroundings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The server itself, which leads the group."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the server itself still runs."""
        return self._process.poll() is None

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Look again and again until something is so.

        Raises NotStartedError after a minute, or when the server ends.
        """
        until = time.monotonic() + PATIENCE_S
        while not is_so():
            if not self.is_running or time.monotonic() > until:
                last = "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
                raise NotStartedError(f"{' '.join(map(str, self._process.args[:1]))}:\n{last}")  # type: ignore[index]
            time.sleep(0.05)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the server itself and to nothing that it started."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Wait for the server itself to end; return how it did."""
        return self._process.wait(PATIENCE_S)

    def end(self) -> None:
        """End everything at once; return when nothing of it is left."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(PATIENCE_S)
        while members(self.pid):
            time.sleep(0.01)


def members(group: int) -> list[int]:
    """Return the processes of a group that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, of = stat.read_text().rpartition(")")[2].split()[:3]
            if int(of) == group and state != "Z":
                found.append(int(stat.parent.name))
    return found


def free_ports(count: int) -> list[int]:
    """Find ports that nobody has just now, each another."""
    with ExitStack() as all_of_them:
        listeners = [all_of_them.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in listeners]


def said(url: str, document: bytes | None = None) -> tuple[int, bytes]:
    """Ask over HTTP, with a POST where there is a document; code 0 where nobody answers."""
    request = urllib.request.Request(url, data=document)  # noqa: S310 - loopback
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError:
        return 0, b""
