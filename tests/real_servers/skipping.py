"""Tests whose server cannot be had on this machine are skipped, and say why."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from real_servers.environments import NoServerError


@contextmanager
def or_skipped() -> Iterator[None]:
    """Skip what is in the with-block where a server cannot be installed; pytest's summary has the reason."""
    try:
        yield
    except NoServerError as error:
        pytest.skip(f"no real server: {error}")
