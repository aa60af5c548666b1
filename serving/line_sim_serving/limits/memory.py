"""How much memory this process may have, and how it is shared out."""

import ctypes
import os
import resource
import threading
from dataclasses import dataclass
from pathlib import Path

UNLIMITED = 1 << 62
MIB = 1 << 20
GIB = 1 << 30

USUAL = 2 * GIB
"""Bytes for all requests together where the machine has plenty."""

LEAST = 128 * MIB

OTHER = 8 * GIB // 5
"""Bytes that the process has beside requests: 1.5 GB measured with InceptionV3, its graphs and weights."""

WEIGHTS = 2 * GIB // 5
"""What of that are tensors, too."""

RESERVED = {resource.RLIMIT_AS: 5 * GIB // 4, resource.RLIMIT_DATA: 5 * GIB // 8}
"""Memory beyond that which is mapped but not used, and counts for a limit of the shell's all the same."""

LARGEST_REQUEST, SMALLEST_REQUEST = 100 * MIB, 16 * MIB

CAP = "TF_MKL_ALLOC_MAX_BYTES"
"""Where TensorFlow's allocator of tensors reads how much it may take; it then refuses instead of growing."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Bytes for all tensors, weights too, for all requests together, and for what comes in."""

    tensors: int
    requests: int
    received: int

    def largest_request(self, threads: int) -> int:
        """Give the bytes of the largest request, where so many may come in at once.

        One is there one and a half times while it is taken from gRPC, and must fit when it is read.
        """
        fits = min(self.received * 2 // (3 * threads), self.requests // 20)
        return max(SMALLEST_REQUEST, min(LARGEST_REQUEST, fits))


def shares(asked: int = 0) -> Shares:
    """Share the process's memory out; `asked` are the bytes for requests (0: what fits, 2 GiB at most).

    Of what remains beside the process itself three fifths are for requests, a quarter for what comes in; the
    rest is nobody's.
    """
    room = min(_machine() - OTHER, *(_limit(kind) - OTHER - unused for kind, unused in RESERVED.items()))
    requests = asked or max(LEAST, min(USUAL, room * 3 // 5))
    received = max(LEAST, room // 4)
    return Shares(max(room - requests // 4 - received // 2 + WEIGHTS, requests), requests, received)


def cap_tensors(most: int) -> None:
    """Bound what TensorFlow may take for tensors; to be called before it is imported.

    One that is set already stays. Only TensorFlow's allocator with oneDNN, the usual one, reads it.
    """
    os.environ.setdefault(CAP, str(most))


def spare_unused() -> None:
    """Map little that is not used, where a limit of the shell's counts it; before anything is started.

    The C library sets an arena of 64 MB aside for every thread and a stack of 8 MB: 1 GB that nobody uses.
    """
    if all(_limit(kind) == UNLIMITED for kind in RESERVED):
        return
    threading.stack_size(MIB)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # the GNU C library has it
    if mallopt is not None:
        mallopt(_ARENA_MAX, 2)


_ARENA_MAX = -8


def _machine() -> int:
    """Give the memory of the machine, or the container if that has less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(machine, *(_number(Path(file)) for file in _CGROUP))


_CGROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def _limit(kind: int) -> int:
    soft, _ = resource.getrlimit(kind)
    return UNLIMITED if soft == resource.RLIM_INFINITY else soft


def _number(file: Path) -> int:
    """Read a limit of the control group; none where there is no such file, or it says `max`."""
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):
        return UNLIMITED
