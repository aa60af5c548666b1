"""Who else uses the machine's processors while a server is measured; Linux tells it in /proc."""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from line_sim.inspection.wires.addresses import host_and_port, socket_path

MOST_FOREIGN = 0.07
"""Above this share of the processors' time in other hands, times are not the server's own."""

PROC = Path("/proc")
_LISTENS = "0A"


class Usage(NamedTuple):
    """Processor seconds so far: of everybody, of this process, of the server (None: it cannot be seen)."""

    at: float
    everybody: float
    own: float
    server: float | None


Read = Callable[[], Usage | None]
"""Tells the usage now; None where the system does not tell."""


def foreign_share(
    before: Usage | None, after: Usage | None, processors: int, *, quiet: bool = False
) -> float | None:
    """Return what share of the processors' time others had in between; None where that is not known.

    Where the server cannot be seen its time would be taken for that of others, and so nothing is said but of
    a `quiet` while, in which it was asked nothing.
    """
    if before is None or after is None:
        return None
    unseen = before.server is None or after.server is None
    if unseen and not quiet:
        return None
    by_server = 0.0 if unseen else (after.server or 0.0) - (before.server or 0.0)
    known = after.own - before.own + by_server
    foreign = after.everybody - before.everybody - known
    return max(0.0, foreign / (processors * max(1e-9, after.at - before.at)))


class Machine:
    """Reads the machine's usage; a server's processes are those that listen at its target and their children.

    `target` None, or one on another machine: then there are none, and all but this process is foreign.
    """

    def __init__(self, target: str | None, proc: Path = PROC) -> None:
        self._proc = proc
        self._here = target is not None and is_here(target)
        self._listening = listeners(target, proc) if target is not None and self._here else set()

    @property
    def sees_server(self) -> bool:
        """Whether the server's use of the processors can be told from that of others."""
        return not self._here or bool(self._listening)

    def __call__(self) -> Usage | None:
        """Read it now."""
        try:
            everybody = _everybody(self._proc)
            server = self._of_server() if self.sees_server else None
        except (OSError, ValueError, IndexError):
            return None
        return Usage(time.monotonic(), everybody, time.process_time(), server)

    def _of_server(self) -> float:
        return sum(seconds for pid, seconds in _tree(self._listening, self._proc) if pid != os.getpid())


def is_here(target: str) -> bool:
    """Whether a target is on this machine, as far as its name says."""
    if socket_path(target) is not None:
        return True
    host = host_and_port(target)[0]
    return host in {"localhost", "::1", "0.0.0.0"} or host.startswith("127.")  # noqa: S104 - a name to compare


def all_processors(proc: Path = PROC) -> int:
    """Return how many processors the system's usage is over."""
    try:
        text = (proc / "stat").read_text(encoding="ascii")
    except OSError:
        return os.cpu_count() or 1
    return len(re.findall(r"^cpu[0-9]", text, re.MULTILINE)) or 1


def listeners(target: str, proc: Path = PROC) -> set[int]:
    """Return the processes that listen at a target on this machine, as far as they may be seen."""
    wanted = {f"socket:[{inode}]" for inode in _inodes(target, proc)}
    return (
        {pid for pid in _pids(proc) if wanted.intersection(_links(proc / str(pid) / "fd"))}
        if wanted
        else set()
    )


def _inodes(target: str, proc: Path) -> Iterator[str]:
    path = socket_path(target)
    if path is not None:
        yield from (row[6] for row in _rows(proc / "net" / "unix") if row[-1] == path)
        return
    port = f"{host_and_port(target)[1]:04X}"
    for name in ("tcp", "tcp6"):
        rows = _rows(proc / "net" / name)
        yield from (row[9] for row in rows if row[1].endswith(f":{port}") and row[3] == _LISTENS)


def _rows(path: Path) -> list[list[str]]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[1:]
    except OSError:
        return []
    return [line.split() for line in lines if len(line.split()) > 6]


def _pids(proc: Path) -> list[int]:
    return [int(child.name) for child in proc.iterdir() if child.name.isdigit()]


def _links(folder: Path) -> Iterator[str]:
    try:
        names = list(folder.iterdir())
    except OSError:
        return
    for name in names:
        try:
            yield str(name.readlink())
        except OSError:
            continue


def _everybody(proc: Path) -> float:
    """Return the processor seconds that were not idle: user, nice, system, irq, softirq, steal."""
    fields = (proc / "stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    ticks = [int(field) for field in fields]
    return float(sum(ticks[:3]) + sum(ticks[5:8])) / _ticks()


def _tree(roots: set[int], proc: Path) -> Iterator[tuple[int, float]]:
    """Yield processes and all that came of them, with their processor seconds."""
    known = {pid: found for pid in _pids(proc) if (found := _process(pid, proc)) is not None}
    for pid, (_, seconds) in known.items():
        above, steps = pid, 0
        while above not in roots and above in known and steps < len(known):
            above, steps = known[above][0], steps + 1
        if above in roots:
            yield pid, seconds


def _process(pid: int, proc: Path) -> tuple[int, float] | None:
    """Return a process's parent and its processor seconds, those of children that have ended among them."""
    try:
        text = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15])) / _ticks()


def _ticks() -> int:
    return os.sysconf("SC_CLK_TCK")
