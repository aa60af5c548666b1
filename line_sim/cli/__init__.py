"""The command line: one module for every command, and the one place that prints.

Command modules import only click until they are called, so that `line-sim --help` answers at once. Here not
even that is imported: from the first moment on a signal must find somebody who knows what it means.
"""

import os
import signal
import sys

TYPE_CHECKING = False  # typing itself would take longer than all the rest of this module
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

    from line_sim.cli.group import commands

__all__ = ["commands", "main"]

INTERRUPTED = 130
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def __getattr__(name: str) -> object:
    """Import the group of commands for who wants it without running it."""
    if name != "commands":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from line_sim.cli.group import commands

    return commands


def main() -> "NoReturn":
    """Run the command line and leave with its exit code, also where signals come before and after it."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` and the like stay as they are
            signal.signal(number, _break_off)
    try:
        _open_what_is_closed()
        from line_sim.cli.group import run_command_line

        code = run_command_line(sys.argv[1:])
    except KeyboardInterrupt:  # between two imports
        code = INTERRUPTED
    _end(code)


def _open_what_is_closed() -> None:
    """Fill the places of standard streams that were closed: else a file of a run would get one's number.

    What libraries in C, or the programs we start, write to standard error would then land in that file.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def is_importing(frame: "FrameType | None") -> bool:
    """Whether a signal came while a module was imported: an exception there may be swallowed or mistaken."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _break_off(number: int, frame: "FrameType | None") -> None:  # noqa: ARG001 - the signal module's form
    """Raise KeyboardInterrupt; while modules are imported there is nothing to undo: leave at once."""
    if is_importing(frame):
        os.write(2, b"interrupted\n")
        os._exit(INTERRUPTED)
    raise KeyboardInterrupt


def _end(code: int) -> "NoReturn":
    """Leave; a signal on the way out changes nothing but the time that takes."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda _number, _frame: os._exit(code))
    if code == INTERRUPTED:  # Python would end itself by SIGINT where text that was compiled was interrupted
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):  # closed, full, or never there
                continue
        os._exit(code)
    sys.exit(code)
