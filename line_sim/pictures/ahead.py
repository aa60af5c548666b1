"""Pictures made ahead, in a process of their own.

To draw a flange takes some 15 ms, in which the interpreter lock is held: done in the simulator's process
while calls of other cameras are out, it would delay this camera's call and stain the others' latencies; and
the call after it finds a machine gone cold (the median of a lone camera was 0.4 ms above a bare stub).
On a real line the picture is the camera's work, so here it is another process's, some parts ahead.

    python -m line_sim.pictures.ahead

reads a pickled source of pictures and then a line of JSON for each picture that is wanted, and writes its
length (8 bytes, big-endian) and bytes. It knows no kinds of pictures: it works with a copy of the source that
the run has, and a folder's files are proven readable once. A run never depends on it: where it is gone, or
stuck, the source itself is asked.
"""

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from types import TracebackType
from typing import BinaryIO, Self, TypeAlias, cast

from line_sim.pictures.source import PictureSource
from line_sim.scenario.mix.mix import PerVariant
from line_sim.truth import GOOD

Wish: TypeAlias = tuple[int, str, str]
"""Part, true state, defect: what `PictureSource.picture` is asked for."""

DRAWN_AHEAD = 512
"""How many parts ahead pictures are drawn: 11 MB of flanges, 8 s of work.

They are there before the first part. A run of no more parts draws none while its calls are out, so that
nothing competes with the server whose answers are measured.
"""

FILES_AHEAD = 32
"""How many parts ahead files are read: a moment's work, but each may have megabytes."""

BATCHES = 16
"""In how many batches those ahead are ordered: few calls pay for ordering."""

SOME = 32
"""More pictures than these are worth a word to who waits for them."""

PROOF: Wish = (0, GOOD, "")
"""The picture that servers are proved and warmed with."""

PATIENCE_S = 20.0
"""Seconds in which nothing comes, while somebody waits, after which the process counts as stuck.

The largest picture that is taken is converted in less; and where it is wronged nothing is lost but time.
"""

LEAVE_S = 2.0
"""Seconds that it may take to be gone once it is killed."""

NICENESS = 5  # the server goes first where both want the same core


class PicturesAhead:
    """A source of pictures that has those of the coming parts ready; open it as a context manager.

    The process works with a copy of `source`; it itself is asked where the process cannot answer. `upcoming`
    tells what part number N will be, `last` is the number of the last one that is made before it is asked
    for (None: every one is). Pictures are made `ahead` parts ahead, and half as many are kept behind, for a
    second look.
    """

    def __init__(
        self,
        source: PictureSource,
        upcoming: Callable[[int], Wish],
        last: int | None = None,
        *,
        ahead: int,
    ) -> None:
        self._source = source
        self._upcoming = upcoming
        self._last = last
        self._ahead = ahead
        self._kept = ahead + ahead // 2
        self._batch = max(1, ahead // BATCHES)
        self._ordered_to = 0
        self._lock = threading.Lock()
        self._shelf: OrderedDict[Wish, Future[bytes | None]] = OrderedDict()
        self._awaited: deque[Future[bytes | None]] = deque()
        self._process: subprocess.Popen[bytes] | None = None
        self._outbox: SimpleQueue[bytes] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="pictures ahead", daemon=True)
        self._writer = threading.Thread(target=self._write, name="pictures wished for", daemon=True)
        self._heard_at = 0.0
        self._gone = False
        self._closing = False
        self.trouble = ""

    @property
    def defect_kinds(self) -> tuple[str, ...] | PerVariant[tuple[str, ...]]:
        """The kinds of defect of the source."""
        return self._source.defect_kinds

    @property
    def remarks(self) -> Sequence[str]:
        """What a user must know of the source."""
        return self._source.remarks

    def __enter__(self) -> Self:
        """Start the process; `get_ahead` waits for the first pictures."""
        module, pipe = "line_sim.pictures.ahead", subprocess.PIPE
        self._process = subprocess.Popen(  # noqa: S603 - our own module, run by our own interpreter
            [sys.executable, "-m", module], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
        self._reader.start()
        self._writer.start()
        with self._lock:
            self._outbox.put(pickle.dumps(self._source))
            self._order([PROOF])
            self._look_ahead(0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process; it also ends by itself when this one is killed."""
        if self._process is None:
            return
        self._closing = True
        self._process.kill()
        self._give_up()
        for thread in (self._reader, self._writer):
            thread.join(LEAVE_S)
        with suppress(subprocess.TimeoutExpired):  # a disk that hangs keeps even who is killed
            self._process.wait(LEAVE_S)
            for pipe in (self._process.stdin, self._process.stdout):
                with suppress(OSError):
                    cast("BinaryIO", pipe).close()

    def get_ahead(self, narrate: Callable[[str], None] = lambda _: None) -> None:
        """Wait until all that has been ordered is there; `narrate` is told where that takes a while."""
        with self._lock:
            missing = [picture for picture in self._shelf.values() if not picture.done()]
        if len(missing) > SOME:
            narrate(f"making the pictures of the first parts: {len(missing)} to go")
        for picture in missing:
            self._wait_for(picture)

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Return the part's JPEG, from the shelf where it is ready. Raises what the source raises."""
        wish = (item_id, true_state, defect)
        with self._lock:
            self._look_ahead(item_id)
            if wish not in self._shelf:
                self._order([wish])
            ready = self._shelf[wish]
        picture = self._wait_for(ready)
        return self._source.picture(*wish) if picture is None else picture

    def _look_ahead(self, item_id: int) -> None:
        """Order the pictures of the parts that come next, and clear the shelf of long-gone ones."""
        to = item_id + self._ahead if self._last is None else min(item_id + self._ahead, self._last)
        if to - self._ordered_to >= self._batch or (to == self._last and to > self._ordered_to):
            self._order([self._upcoming(coming) for coming in range(self._ordered_to + 1, to + 1)])
            self._ordered_to = to
        while len(self._shelf) > self._kept:
            self._shelf.popitem(last=False)

    def _order(self, wishes: Sequence[Wish]) -> None:
        ordered: list[Future[bytes | None]] = [Future() for _ in wishes]
        self._shelf.update(zip(wishes, ordered, strict=True))
        self._awaited.extend(ordered)
        if self._gone:
            self._give_up()
        else:
            self._outbox.put(b"".join(json.dumps(wish).encode() + b"\n" for wish in wishes))

    def _wait_for(self, picture: Future[bytes | None]) -> bytes | None:
        """Wait for a picture, but not for a process that is stuck; None: it has not made it."""
        began = time.monotonic()
        while not picture.done():
            left = max(began, self._heard_at) + PATIENCE_S - time.monotonic()
            if left <= 0:
                self._end(f"has made none for {PATIENCE_S:.0f} s")
            else:
                with suppress(TimeoutError):
                    picture.result(left)
        return picture.result()

    def _end(self, why: str) -> None:
        """Do without the process from now on, and note why."""
        if not (self._gone or self._closing):
            self.trouble = (
                f"the process that makes pictures ahead {why}; the simulator made them itself from then on, "
                "which may have delayed calls"
            )
        cast("subprocess.Popen[bytes]", self._process).kill()
        self._give_up()

    def _write(self) -> None:
        """Tell the process what it is told, however slow it is to listen: nobody waits for that."""
        stdin = cast("BinaryIO", cast("subprocess.Popen[bytes]", self._process).stdin)
        with suppress(OSError, ValueError):  # it is gone, as the reader will tell
            while told := self._outbox.get():
                stdin.write(told)
                stdin.flush()

    def _read(self) -> None:
        """Take pictures as they come, in the order in which they were wished for."""
        stdout = cast("BinaryIO", cast("subprocess.Popen[bytes]", self._process).stdout)
        while len(head := stdout.read(8)) == 8:
            length = int.from_bytes(head)
            picture = stdout.read(length)
            if len(picture) < length:
                break  # it ended in the middle of one
            self._heard_at = time.monotonic()
            with suppress(IndexError):
                self._awaited.popleft().set_result(picture or None)
        self._end("has ended")

    def _give_up(self) -> None:
        """Let nobody wait for what will not come: the source itself is asked."""
        self._gone = True
        self._outbox.put(b"")
        with suppress(IndexError):
            while True:
                self._awaited.popleft().set_result(None)


def main() -> None:
    """Make the pictures that are wished for on stdin; one that cannot be made is empty."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run; the end of stdin ends this
    with suppress(OSError, AttributeError):
        os.nice(NICENESS)
    source: PictureSource = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the run that started us
    for line in sys.stdin.buffer:
        try:
            picture = source.picture(*json.loads(line))
        except Exception:  # noqa: BLE001 - whatever it is, the run's own source says it where it is needed
            picture = b""
        sys.stdout.buffer.write(len(picture).to_bytes(8) + picture)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main()
