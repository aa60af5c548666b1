"""A container's entrypoint, run with a stand-in for the server that it starts."""

import shutil
import socketserver
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def stand_in_for(server: str, folder: Path) -> Path:
    """Make a program of that name which prints its arguments, one a line; return the folder."""
    binary = folder / server
    binary.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    binary.chmod(0o755)
    return folder


def run_entrypoint(
    script: Path, *arguments: str, path: Path, **environment: object
) -> "subprocess.CompletedProcess[str]":
    """Run an entrypoint with these variables alone."""
    bash = shutil.which("bash")
    assert bash
    settings = {name: str(value) for name, value in environment.items()}
    return subprocess.run(
        [bash, str(script), *arguments],
        env={"PATH": f"{path}:/usr/bin:/bin", **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def answering(asked: bytes, answer: Callable[[], str]) -> Iterator[int]:
    """Listen on a port for a question with this first line, and say what `answer` does; yield the port."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.readline() == asked + b"\r\n"
            while self.rfile.readline().strip():
                pass
            self.wfile.write(answer().encode())

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()
