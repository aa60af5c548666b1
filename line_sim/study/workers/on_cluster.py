"""What runs on a worker of a cluster: a chunk of jobs, and an ear for the wish to stop.

`distributed` is imported where it is needed: only workers and clients of a cluster have it.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock, Thread
from typing import Any

from line_sim.errors import ClusterError
from line_sim.line.interrupt import Interrupt
from line_sim.study.workers.chunks import Outcome, done, packed
from line_sim.study.workers.identity import Identity, identity

LISTEN_S = 5.0
"""An ear listens so long for a call of which this process has nothing more to do."""


def do_chunk(perform: bytes, jobs: bytes, call: str, home: Identity) -> bytes:
    """Do a chunk of the call of this name, unless this worker is not like the study's home."""
    from distributed import get_worker  # noqa: PLC0415

    if others := home.differences(identity()):
        where = f"worker {get_worker().address}"
        return packed(Outcome[Any](error=ClusterError(f"{where} has {others}; {INSTALL}")))
    with _one_at_a_time, _ear(call).listening() as interrupt:
        return done(perform, jobs, interrupt)


INSTALL = "install the same on every worker, or results would hang on who did the run"

_one_at_a_time = Lock()
"""However many threads a worker has: the runs of a process would only take turns."""
_ears: dict[str, "_Ear"] = {}
_ears_lock = Lock()


class _Ear:
    """Hears, as long as this process has chunks of a call, that the call is to stop.

    The wish is a `distributed.Event` that its home sets: a task that is cancelled runs on.
    """

    def __init__(self, call: str) -> None:
        from distributed import Event, get_client  # noqa: PLC0415

        self._call = call
        self._event = Event(call, client=get_client())
        self._interrupt = Interrupt()
        self.wanted = True
        self._stopped = bool(self._event.is_set())
        Thread(target=self._listen, daemon=True).start()

    @contextmanager
    def listening(self) -> Generator[Interrupt]:
        """Give the interrupt of a chunk that begins now."""
        self._interrupt = Interrupt()
        if self._stopped:
            self._interrupt.wished = True
        try:
            yield self._interrupt
        finally:
            self.wanted = False

    def _listen(self) -> None:
        while not self._stopped:
            try:
                self._stopped = bool(self._event.wait(timeout=LISTEN_S))
            except Exception:  # noqa: BLE001 - the way to the scheduler is broken: that is no wish
                time.sleep(1)
            with _ears_lock:
                if not self.wanted:
                    del _ears[self._call]
                    return
        self._interrupt.wished = True
        with _ears_lock:
            del _ears[self._call]


def _ear(call: str) -> _Ear:
    with _ears_lock:
        if call not in _ears:
            _ears[call] = _Ear(call)
        _ears[call].wanted = True
        return _ears[call]
