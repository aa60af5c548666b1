"""Keeping Python's garbage collector out of the way of requests."""

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
