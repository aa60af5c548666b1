"""Fixtures of the unit tests."""

from collections.abc import Iterator

import pytest
from stub_rest import RestServer
from stub_server import Server
from stub_v2 import V2Server


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve for one test."""
    running = Server()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def rest_server() -> Iterator[RestServer]:
    """Serve REST for one test."""
    running = RestServer()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def v2() -> Iterator[V2Server]:
    """Serve KServe's v2 protocol for one test."""
    running = V2Server()
    running.start()
    yield running
    running.stop()
