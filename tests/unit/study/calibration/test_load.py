"""Who else is at work on the machine: counted from /proc, with the server's own processes left out."""

import os
import socket
from pathlib import Path

import pytest

from line_sim.study.calibration.measuring.load import (
    Machine,
    Usage,
    all_processors,
    foreign_share,
    is_here,
    listeners,
)

TICKS = os.sysconf("SC_CLK_TCK")


def test_what_is_neither_ours_nor_the_servers_is_foreign() -> None:
    """Of 20 s of two processors 12 were used, 1 by us, 8 by the server: 3 of 20."""
    before, after = Usage(0, 100, 10, 50), Usage(10, 112, 11, 58)
    assert foreign_share(before, after, 2) == pytest.approx(0.15)


def test_a_server_that_cannot_be_seen_hides_who_is_at_work() -> None:
    """Its own work would be taken for that of others; while it is asked nothing that does not matter."""
    before, after = Usage(0, 100, 10, None), Usage(10, 112, 11, None)
    assert foreign_share(before, after, 2) is None
    assert foreign_share(before, after, 2, quiet=True) == pytest.approx(11 / 20)
    assert foreign_share(None, after, 2, quiet=True) is None


@pytest.mark.parametrize(
    ("target", "here"),
    [
        ("localhost:8500", True),
        ("127.0.0.1:1", True),
        ("[::1]:8500", True),
        ("unix:/tmp/s", True),
        ("10.0.0.3:8500", False),
        ("gpu:8500", False),
    ],
)
def test_a_target_is_here_or_elsewhere(target: str, here: bool) -> None:
    """By its name."""
    assert is_here(target) is here


def process(proc: Path, pid: int, parent: int, seconds: float, links: tuple[str, ...] = ()) -> None:
    """Write a process of an invented /proc; half of its time is the kernel's."""
    folder = proc / str(pid)
    (folder / "fd").mkdir(parents=True)
    half = int(seconds * TICKS / 2)
    before = " ".join(["0"] * 9)
    (folder / "stat").write_text(f"{pid} (a (b) c) S {parent} {before} {half} {half} 0 0 20\n")
    for number, link in enumerate(links):
        (folder / "fd" / str(number)).symlink_to(link)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """Invent a machine: a server (20) with a child (21) listens at 8500, somebody else (30) works, too."""
    (tmp_path / "net").mkdir()
    row = "0: 0100007F:{port:04X} 00000000:0000 {state} 0:0 0:0 0 0 0 {inode} 1"
    rows = [row.format(port=8500, state="0A", inode=77), row.format(port=8500, state="01", inode=78)]
    (tmp_path / "net" / "tcp").write_text("\n".join(["head", *rows]))
    (tmp_path / "net" / "unix").write_text("head\nf: 00000002 0 00010000 0001 01 79 /run/s.sock\n")
    process(tmp_path, 1, 0, 1)
    process(tmp_path, 20, 1, 4, ("socket:[77]",))
    process(tmp_path, 21, 20, 2)
    process(tmp_path, 30, 1, 50, ("socket:[78]",))
    process(tmp_path, 40, 1, 7, ("socket:[79]",))
    used = [10 * TICKS, 0, 5 * TICKS, 1000 * TICKS, 9, TICKS, 0, 0, 0, 0]
    (tmp_path / "stat").write_text(f"cpu  {' '.join(map(str, used))}\ncpu0 1\ncpu1 1\ncpu2 1\nintr 5\n")
    return tmp_path


def test_a_server_and_what_came_of_it_are_found_by_where_they_listen(proc: Path) -> None:
    """Whoever is only connected to the port is none of it."""
    assert listeners("127.0.0.1:8500", proc) == {20}
    assert listeners("unix:/run/s.sock", proc) == {40}
    assert listeners("127.0.0.1:8501", proc) == set()
    assert all_processors(proc) == 3
    usage = Machine("127.0.0.1:8500", proc)()
    assert usage is not None
    assert usage.server == pytest.approx(6)
    assert usage.everybody == pytest.approx(16)


def test_a_server_elsewhere_uses_nothing_here(proc: Path) -> None:
    """All but us is foreign then; one that is here and not to be found is not known."""
    elsewhere, unseen = Machine("gpu:8500", proc)(), Machine("localhost:9", proc)()
    assert elsewhere is not None
    assert elsewhere.server == 0
    assert unseen is not None
    assert unseen.server is None


def test_a_system_that_does_not_tell_is_not_known(tmp_path: Path) -> None:
    """Not every system has /proc."""
    assert Machine("gpu:8500", tmp_path)() is None
    assert all_processors(tmp_path) >= 1


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells")
def test_on_this_machine_a_listener_is_found() -> None:
    """A socket of our own."""
    with socket.create_server(("127.0.0.1", 0)) as own:
        assert listeners(f"127.0.0.1:{own.getsockname()[1]}") == {os.getpid()}
