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

USUAL = 5 * GIB // 2
"""Bytes for all requests together where the machine has plenty."""

LEAST = 128 * MIB

OTHER = 8 * GIB // 5
"""Bytes that the process has beside requests: 1.5 GB measured with InceptionV3, its graphs and weights."""

RESERVED = 5 * GIB // 4
"""Address space beyond that, which is mapped but not used: libraries, stacks, the allocator's arenas."""

LARGEST_REQUEST = 128 * MIB

CAP = "TF_MKL_ALLOC_MAX_BYTES"
"""Where TensorFlow's allocator of tensors reads how much it may take; it then refuses instead of growing."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Bytes for all tensors of the process, weights too, and for what all requests together may cost."""

    tensors: int
    requests: int


def shares(asked: int = 0) -> Shares:
    """Share the process's memory out; `asked` are the bytes for requests (0: what fits, 2.5 GiB at most)."""
    room = min(_physical() - OTHER, _space() - OTHER - RESERVED)
    requests = asked or max(LEAST, min(USUAL, room * 3 // 4))
    return Shares(max(room - requests // 4, requests), requests)


def default_max_request(messages: int) -> int:
    """Give the bytes of the largest request where nobody said: it must fit into the messages' share."""
    return min(LARGEST_REQUEST, messages // 5)


def cap_tensors(most: int) -> None:
    """Bound what TensorFlow may take for tensors; to be called before it is imported.

    One that is set already stays. Only TensorFlow's allocator with oneDNN, the usual one, reads it.
    """
    os.environ.setdefault(CAP, str(most))


def spare_address_space() -> None:
    """Reserve little address space where `ulimit -v` bounds it; to be called before anything is started.

    The C library sets an arena of 64 MB aside for every thread and a stack of 8 MB: 1 GB that nobody uses.
    """
    if _space() == UNLIMITED:
        return
    threading.stack_size(MIB)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # the GNU C library has it
    if mallopt is not None:
        mallopt(_ARENA_MAX, 2)


_ARENA_MAX = -8


def _physical() -> int:
    """Give the memory of the machine, or the container if that has less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(machine, *(_number(Path(file)) for file in _CGROUP), _limit(resource.RLIMIT_DATA))


_CGROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def _space() -> int:
    """Give the address space that `ulimit -v` leaves."""
    return _limit(resource.RLIMIT_AS)


def _limit(kind: int) -> int:
    soft, _ = resource.getrlimit(kind)
    return UNLIMITED if soft == resource.RLIM_INFINITY else soft


def _number(file: Path) -> int:
    """Read a limit of the control group; none where there is no such file, or it says `max`."""
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):
        return UNLIMITED
