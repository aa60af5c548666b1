"""A test process that grows without end says where, before the system ends whatever it chooses."""

import faulthandler
import os
import threading
import time
from pathlib import Path

MOST_BYTES = 14 * 2**30
"""More than any test process takes: those that export networks come to 10 GB with TensorFlow's own heaps."""

LOOKED_AT_EVERY_S = 2.0
GREW = 86
"""The exit code of a process that has grown."""

_OWN = Path("/proc/self/statm")


def end_if_grown(most_bytes: int = MOST_BYTES, every_s: float = LOOKED_AT_EVERY_S) -> None:
    """Look at this process's memory from now on; at too much tell where its threads are, and end it.

    pytest-xdist names the test that the worker was at. Does nothing where memory is not told as on Linux.
    """
    if not _OWN.exists():
        return
    told_to = os.dup(2)  # standard error as it is before tests have theirs captured

    def look() -> None:
        while _taken() <= most_bytes:
            time.sleep(every_s)
        os.write(told_to, b"\n%d MB of memory are taken: this process ends here\n" % (_taken() >> 20))
        faulthandler.dump_traceback(told_to)
        os._exit(GREW)

    threading.Thread(target=look, name="looks at memory", daemon=True).start()


def _taken() -> int:
    """Return the bytes of memory that this process holds now."""
    return int(_OWN.read_bytes().split()[1]) * os.sysconf("SC_PAGESIZE")
