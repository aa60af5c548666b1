"""Keeping Python's garbage collector out of the way of requests."""

import ctypes
import gc
import threading

_settling = threading.Lock()


def settle_memory() -> None:
    """Free what an unloaded version left, and keep the collector from walking the loaded ones.

    A graph is a great many objects: going through them in the middle of a request would cost 100 ms.
    """
    with _settling:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        _give_back()


def _give_back() -> None:
    """Let the C library return what loading took and freed: 600 MB of an InceptionV3, else kept for good."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # the GNU C library has it
    if trim is not None:
        trim(0)
