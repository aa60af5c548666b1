"""The command line: one module for every command, and the one place that prints.

Command modules import only click until they are called, so that `line-sim --help` answers at once. Here not
even that is imported: from the first moment on a signal must find somebody who knows what it means.
"""

import gc
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
FEWEST_TO_COLLECT = 50_000
THREADS_OF_ALGEBRA = "OPENBLAS_NUM_THREADS"
_added: set[str] = set()
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
KEPT = {MMAP_THRESHOLD: 2**25, TRIM_THRESHOLD: 2**28, ARENA_MAX: 1}
"""What glibc's `mallopt` is told, by the numbers of malloc.h: from how many bytes on a block comes from the
kernel by itself, how many of free memory are kept at most, and how many heaps the threads have."""


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
        _take_it_easy()
        _keep_what_is_freed()
        _open_what_is_closed()
        from line_sim.cli.group import run_command_line

        code = run_command_line(sys.argv[1:])
    except KeyboardInterrupt:  # between two imports
        code = INTERRUPTED
    while True:
        try:
            _end(code)
        except KeyboardInterrupt:  # by a signal before `_end` had seen to that
            continue


def _take_it_easy() -> None:
    """Have this process do less beside its work; a library's user decides that, so no other module does.

    What a thousand imported modules are made of stays, yet the collector of garbage would look through it two
    hundred times on the way. And numpy's linear algebra starts a thread for each processor, which spins for
    a while, and waits for matrices that are larger than any of ours.
    """
    gc.set_threshold(FEWEST_TO_COLLECT)
    if THREADS_OF_ALGEBRA not in os.environ:
        os.environ[THREADS_OF_ALGEBRA] = "1"
        _added.add(THREADS_OF_ALGEBRA)


def _keep_what_is_freed() -> None:
    """Have memory that is freed kept for what comes next, where the C library is glibc.

    A run's rows come and go in arrays of megabytes. By itself glibc gives each back to the kernel and takes
    it anew, which clears it page by page: 70,000 pages for 2 million parts. A run's threads take turns
    mostly, so that they have one heap, where each uses what another has freed.
    """
    if sys.platform != "linux":
        return
    from ctypes import CDLL

    library = CDLL(None)
    if hasattr(library, "mallopt"):  # musl has none
        for option, value in KEPT.items():
            if not library.mallopt(option, value):  # the others alone would make it worse
                break


def environment_as_given() -> dict[str, str]:
    """Return the environment for a program that this process becomes, without what was added here."""
    return {name: value for name, value in os.environ.items() if name not in _added}


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
    gc.freeze()  # what is left ends with the process: Python would look through it three times first
    sys.exit(code)
