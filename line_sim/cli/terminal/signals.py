"""Ctrl-C and SIGTERM: the line stops cleanly at the first, the process at the second."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

from line_sim.line.interrupt import Interrupt

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping_on_signals() -> Generator[Interrupt]:
    """Turn the first signal into a wish to stop the line, and let the second one stop everything."""
    interrupt = Interrupt()

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signal module's form
        if interrupt.wished:
            raise KeyboardInterrupt
        interrupt.wish()

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
