"""Living and dying with the process that started the server."""

import os
import signal
import sys
import threading


def follow_parent() -> None:
    """End this process when its stdin ends, and leave Ctrl-C to the parent.

    The parent holds the other end of the pipe; however it dies, also by SIGKILL, the kernel closes
    it. Ctrl-C reaches the whole group of the terminal: the parent decides what it means.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_stdin, name="parent watch", daemon=True).start()


def _end_with_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)  # at once: whoever might want an answer is gone


class Announcement:
    """The one line on stdout that tells the parent the port; stdout itself then goes to stderr.

    Kept apart from `sys.stdout`, because a model's own printing must neither be taken for the line
    nor fill a pipe that nobody reads any more.
    """

    def __init__(self) -> None:
        self._stdout = os.dup(sys.stdout.fileno())
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def tell(self, port: int) -> None:
        """Write the port, once."""
        os.write(self._stdout, f"serving on port {port}\n".encode())
        os.close(self._stdout)
