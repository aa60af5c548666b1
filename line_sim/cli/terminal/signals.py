"""Ctrl-C and SIGTERM: the line stops cleanly at the first, the process at the second."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

from line_sim.cli import SIGNALS, is_importing
from line_sim.line.interrupt import Interrupt

AGAIN_S = 0.01


@contextmanager
def stopping_on_signals() -> Generator[Interrupt]:
    """Turn the first signal into a wish to stop the line, and let the second one stop everything.

    What the second one stops tidies up after itself: further ones do not break that off. A signal that comes
    while a module is imported counts as soon as it is there.
    """
    interrupt = Interrupt()
    broken_off = False

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signal module's form
        nonlocal broken_off
        if broken_off:
            return
        if is_importing(frame):
            signal.setitimer(signal.ITIMER_REAL, AGAIN_S)
            return
        broken_off = interrupt.wished
        if broken_off:
            raise KeyboardInterrupt
        interrupt.wish()

    heard = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in (*heard, signal.SIGALRM)}
    try:
        yield interrupt
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
