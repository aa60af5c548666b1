"""The port of a run's metrics bears whoever connects: the run never learns of it."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.registry import Collector
from scraping import SCENARIO, scrape, value

from line_sim.cli import commands
from line_sim.layout import layout_of
from line_sim.live.state import LiveState
from line_sim.metrics.answering import LONGEST_REQUEST, answer
from line_sim.metrics.listening import MOST_CONNECTIONS, PATIENCE_S, Listener
from line_sim.metrics.serving import serving

HOST = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what a user may type
MANY = 300


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a line that stands still."""
    with serving(LiveState(layout_of(SCENARIO)), 0) as number:
        yield number


def descriptors() -> int:
    """Count the descriptors of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


def asked(port: int, request: bytes) -> bytes:
    """Send something and read until the other side hangs up; empty where it did at once."""
    with socket.create_connection((HOST, port), timeout=PATIENCE_S + 10) as caller:
        read = b""
        try:
            caller.sendall(request)
            while more := caller.recv(1 << 16):
                read += more
        except ConnectionError:
            pass
        return read


def test_silent_connections_take_few_descriptors_and_one_thread(port: int) -> None:
    """Hundreds who connect and say nothing: nine descriptors of ours at most, and the page is still there."""
    threads, before = threading.active_count(), descriptors()
    with ExitStack() as stack:
        for _ in range(MANY):
            stack.enter_context(socket.create_connection((HOST, port), timeout=20))
        assert value(scrape(port), "parts_arrived_total") == 0
        ours = descriptors() - before - MANY
        assert ours <= MOST_CONNECTIONS + 1
        assert threading.active_count() == threads


def test_who_does_not_read_the_answer_holds_nobody_up() -> None:
    """Eight read nothing of a long page: the next is refused at once, and served when their time is over."""
    opened = socket.create_server((HOST, 0))
    number = opened.getsockname()[1]
    listener = Listener(opened, lambda request: b"x" * (1 << 24 if b"long" in request else 9))
    listener.start()
    try:
        with ExitStack() as stack:
            for _ in range(MOST_CONNECTIONS):
                slow = stack.enter_context(socket.create_connection((HOST, number), timeout=20))
                slow.sendall(b"GET /long HTTP/1.1\r\n\r\n")
                assert slow.recv(1) == b"x"
            assert asked(number, b"GET /short HTTP/1.1\r\n\r\n") == b""
            deadline = time.monotonic() + PATIENCE_S + 20
            while asked(number, b"GET /short HTTP/1.1\r\n\r\n") != b"x" * 9:
                assert time.monotonic() < deadline
                time.sleep(0.1)
    finally:
        listener.close()


def test_who_says_nothing_is_sent_away(port: int) -> None:
    """Also where there is room: a connection has its time, and no more."""
    assert asked(port, b"GET /metrics HTTP/1.1\r\nHost: a") == b""


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /metrics HTTP/1.1\r\n\r\n", b"200"),
        (b"GET / HTTP/1.0\r\n\r\n", b"200"),
        (b"GET /metrics?name[]=line_sim_parts_arrived_total HTTP/1.1\r\n\r\n", b"200"),
        (b"GET /etc/passwd HTTP/1.1\r\n\r\n", b"404"),
        (b"POST /metrics HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd", b"405"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
        (b"GET\r\n\r\n", b"400"),
        (b"\r\n\r\n", b"400"),
        (b"x" * (LONGEST_REQUEST + 1), b"431"),
    ],
)
def test_every_request_has_its_answer(port: int, request_: bytes, status: bytes) -> None:
    """What is no question for the page is told so in a status; nobody is left without an answer."""
    assert asked(port, request_).startswith(b"HTTP/1.1 " + status)


def test_head_has_no_page(port: int) -> None:
    """Its answer ends with the headers."""
    told = asked(port, b"HEAD /metrics HTTP/1.1\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 200 OK\r\n")
    assert told.endswith(b"\r\n\r\n")


REGISTRY = CollectorRegistry()


@given(
    st.binary(max_size=400) | st.text(max_size=80).map(lambda text: f"GET {text} HTTP/1.1\r\n\r\n".encode())
)
def test_no_bytes_raise(request_: bytes) -> None:
    """Whatever comes, an answer is an answer."""
    assert answer(request_, REGISTRY).startswith(b"HTTP/1.1 ")


def test_a_page_that_cannot_be_made_is_a_status() -> None:
    """No traceback, and no end of the thread."""

    class Broken(Collector):
        def collect(self) -> Iterator[None]:  # type: ignore[override]
            raise ZeroDivisionError

    registry = CollectorRegistry()
    registry.register(Broken())
    assert answer(b"GET /metrics HTTP/1.1\r\n\r\n", registry).startswith(b"HTTP/1.1 500 ")


def test_a_flood_leaves_the_processor_to_the_run() -> None:
    """Who asks without a pause gets answers, but the thread rests nine tenths of the time."""
    taken = []

    def slow(_: bytes) -> bytes:
        began = time.thread_time()
        while time.thread_time() - began < 0.01:
            pass
        taken.append(0.01)
        return b"HTTP/1.1 200 OK\r\n\r\n"

    opened = socket.create_server((HOST, 0))
    listener = Listener(opened, slow)
    number = opened.getsockname()[1]
    listener.start()
    try:
        began = time.monotonic()
        for _ in range(10):
            asked(number, b"GET / HTTP/1.1\r\n\r\n")
        lasted = time.monotonic() - began
    finally:
        listener.close()
    assert sum(taken[:-1]) / lasted < 0.15


def test_without_descriptors_the_run_goes_on(tmp_path: Path) -> None:
    """Where the process may open no more files, callers wait; nothing is raised, the page comes back."""
    story = (
        "import os, resource, socket, sys, time\n"
        "from scraping import SCENARIO, scrape\n"
        "from line_sim.layout import layout_of\n"
        "from line_sim.live.state import LiveState\n"
        "from line_sim.metrics.serving import serving\n"
        "with serving(LiveState(layout_of(SCENARIO)), 0) as port:\n"
        "    scrape(port)\n"
        "    caller = socket.socket(); caller.settimeout(20)\n"
        "    held = []\n"
        "    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\n"
        "    try:\n"
        "        while True: held.append(os.open('/dev/null', os.O_RDONLY))\n"
        "    except OSError: pass\n"
        "    caller.connect(('127.0.0.1', port)); caller.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n')\n"
        "    began = time.process_time(); time.sleep(1); print(time.process_time() - began < 0.3)\n"
        "    for each in held: os.close(each)\n"
        "    print(caller.recv(15))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", story],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("True\nb'HTTP/1.1 200 OK'\n", "")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--metrics-host", EVERYWHERE], "--metrics-host needs --metrics-port"),
        (
            ["--metrics-port", "0", "--metrics-host", "no such host"],
            "--metrics-host is no such host; there is no",
        ),
        (["--metrics-port", "0", "--metrics-host", "192.0.2.1"], "cannot be opened at 192.0.2.1"),
    ],
)
def test_an_address_that_cannot_be_had_is_said(options: list[str], text: str, tmp_path: Path) -> None:
    """Before anything starts, in the command's words."""
    shown = CliRunner().invoke(commands, ["run", "scenarios/default.yaml", "--quiet", *options])
    assert text in f"{shown.output} {shown.exception}"


def test_other_machines_reach_it_only_where_that_is_asked_for() -> None:
    """Loopback is the default: another address of this machine finds nobody."""
    state = LiveState(layout_of(SCENARIO))
    with serving(state, 0) as number, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", number), timeout=5)
    with serving(state, 0, EVERYWHERE) as number:
        socket.create_connection(("127.0.0.2", number), timeout=5).close()
